/* SPDX-License-Identifier: MIT */
#ifndef SCAN_FIELDS_H
#define SCAN_FIELDS_H

/*
 * The JSON of a log line: where it begins, and the values in it that someone
 * asked for, all found in one pass over its members. What is asked for are
 * JSON pointers (RFC 6901); each has a slot. A list of {"key": ..., "value":
 * {"stringValue": ...}}, as OpenTelemetry writes its attributes, is read as
 * an object with those keys.
 *
 * A set of fields does not change once it is filled, and may then be used by
 * many threads.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/slice.h"

struct fields;

enum { FIELDS_MOST = 128, FIELD_LIST_MOST = 32 };

/* Some slots: bit n % 64 of words[n / 64] is slot n. */
struct field_set {
	uint64_t words[FIELDS_MOST / 64];
};

static inline void
field_set_add(struct field_set *set, int slot)
{
	set->words[slot / 64] |= (uint64_t)1 << slot % 64;
}

static inline bool
field_sets_meet(const struct field_set *a, const struct field_set *b)
{
	return ((a->words[0] & b->words[0]) | (a->words[1] & b->words[1])) != 0;
}

/* The values of one line by their slots; where raw.len is 0 there was none.
 * Valid as long as the line. Begins as { 0 }. */
struct field_values {
	struct field_set found;
	struct json_value slots[FIELDS_MOST];
};

struct fields *fields_new(void);
void fields_free(struct fields *fields);

/* Asks for one more pointer. Returns its slot, from 0 on (the same for the same
 * pointer), or -1 with err set when it is no pointer or there are too many. */
int fields_add(struct fields *fields, struct slice pointer, struct err *err);

/* Places where one thing may be, in the order to look at them. */
struct field_list {
	int slots[FIELD_LIST_MOST];
	size_t count;
	struct field_set set; /* the same, where the order is no matter */
};

/* Whether any place of the list has a value. */
static inline bool
field_list_is_found(const struct field_list *list,
    const struct field_values *values)
{
	return field_sets_meet(&list->set, &values->found);
}

/* Adds pointers, separated by blanks. Returns 0, or -1 with err set. */
int fields_add_list(struct fields *fields, struct field_list *list,
    const char *pointers, struct err *err) CHECKED;

/* The first value of a list that is there, null aside, or NULL. */
const struct json_value *field_list_first(const struct field_list *list,
    const struct field_values *values);

enum json_line {
	JSON_LINE_NONE, /* no JSON object in it */
	JSON_LINE_FOUND,
	JSON_LINE_BROKEN /* it begins with "{" and breaks off */
};

/*
 * Looks for the object that a line is, or that stands behind a prefix in it:
 * at its first "{". Where it is found, so is all that was asked for in it, and
 * begin is where it begins.
 */
enum json_line fields_find(const struct fields *fields, struct slice line,
    struct field_values *values, const char **begin);

#endif
