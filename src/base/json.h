/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_H
#define BASE_JSON_H

/*
 * JSON (RFC 8259) in log lines: a scanner that finds members without building
 * a tree, and a writer of strings. Values are slices of the text. The scanner
 * is lenient about what it steps over (a log line may be cut), strict about
 * what it returns: a value is given only when its end is there.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json_value {
	enum json_kind kind;
	struct slice raw; /* as written, a string with its quotes */
};

/* Reads the value at the front of text (blanks before it are skipped) and
 * moves text behind it. False when there is none or it is cut. Nesting beyond
 * 64 levels counts as none. */
bool json_next_value(struct slice *text, struct json_value *value);

/*
 * Steps through the members of an object: start with members = the object's
 * raw text; each call gives the next key (raw, with its quotes) and value,
 * false at the end or where the text breaks off.
 */
bool json_next_member(struct slice *members, struct slice *key,
    struct json_value *value);

/* The same for the items of an array. */
bool json_next_item(struct slice *items, struct json_value *value);

/* The member of an object by its name; when a name stands twice, the last,
 * as jansson and most parsers have it. */
bool json_member(struct slice object, const char *name,
    struct json_value *value);

/* What a JSON pointer (RFC 6901: "/a/b/0", "~1" for "/", "~0" for "~")
 * points at. */
bool json_pointer(struct slice text, const char *pointer,
    struct json_value *value);

/*
 * Adds the characters of a raw string (quotes and escapes undone, surrogate
 * pairs joined, a lone surrogate or a broken escape as U+FFFD). A value of
 * another kind is added as it is written, null as nothing.
 */
void json_add_text(struct buf *buf, const struct json_value *value);

/* Adds bytes as a JSON string with its quotes; bytes that are no UTF-8 become
 * U+FFFD. Returns false when there were such bytes. */
bool json_add_string(struct buf *buf, struct slice bytes);

/* Adds bytes as a JSON string that holds their base64 (RFC 4648, section 4). */
void json_add_base64(struct buf *buf, struct slice bytes);

#endif
