/* SPDX-License-Identifier: MIT */
#ifndef MODEL_TALLY_H
#define MODEL_TALLY_H

/*
 * A tally: sums of counts and entries, grouped by some columns. This module
 * knows its columns, its keys (byte strings whose memcmp order is the order
 * of the rows) and its CSV form, tallyman-tally(5).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum tally_column {
	TALLY_DAY,  /* 2013-06-12 */
	TALLY_HOUR, /* 2013-06-12T05 */
	TALLY_HOST,
	TALLY_REVISION,
	TALLY_FILE,
	TALLY_LINE, /* digits, or empty */
	TALLY_FUNCTION,
	TALLY_OPERATION, /* Kind.verb */
	TALLY_KIND,
	TALLY_VERB,
	TALLY_COLUMNS
};

/* The columns a tally is grouped by, in the order in which they stand. */
struct tally_keys {
	enum tally_column column[TALLY_COLUMNS];
	size_t count;
};

/* One row, or one thing to be added to it. Slices are borrowed. */
struct tally_row {
	struct slice value[TALLY_COLUMNS];
	uint64_t count;
	uint64_t entries;
};

/* What is summed for one key. A sum that would pass 2^64-1 stays there. */
struct tally_sum {
	uint64_t count;
	uint64_t entries;
	bool is_over; /* it would have passed */
};

void tally_sum_add(struct tally_sum *sum, const struct tally_sum *more);

/* day,file,line,function,operation */
extern const struct tally_keys tally_default_keys;

const char *tally_column_name(enum tally_column column);

/* Whether the keys hold a column. */
bool tally_keys_have(const struct tally_keys *keys, enum tally_column column);

/* Reads "day,file,line"; "site" stands for file,line,function. Returns 0, or
 * -1 with err set: an unknown name (the nearest is named) or one twice. */
int tally_keys_parse(struct tally_keys *keys, const char *text,
    struct err *err) CHECKED;

/*
 * A row's key: its values in the order of the columns, such that memcmp on
 * keys orders rows by their columns, lines as numbers (an empty line first).
 * Leading zeros of a line are dropped.
 */
void tally_key_add(struct buf *key, const struct tally_keys *keys,
    const struct tally_row *row);

/* Whether bytes have the form of such a key, for what was stored. */
bool tally_key_is_valid(struct slice key, const struct tally_keys *keys);

/* The values of a key, which is valid, into row's slices of buf (cleared
 * first). */
void tally_key_read(struct slice key, const struct tally_keys *keys,
    struct buf *buf, struct tally_row *row);

/* Adds the header line, or a row. */
void tally_header_add(struct buf *csv, const struct tally_keys *keys);
void tally_row_add(struct buf *csv, const struct tally_keys *keys,
    const struct tally_row *row, bool safe);

/*
 * Looks at the first line of a text. Returns 1 when it is a tally's header:
 * known columns, then count,entries (*keys are its columns); 0 when it is
 * nothing of the kind; -1 with err set when it means to be one but is wrong
 * ("no column 'fil'; did you mean file?").
 */
int tally_header_read(struct slice text, struct tally_keys *keys,
    struct err *err) CHECKED;

/*
 * Reads a tally from pieces of its text. row(context) gets each row; values of
 * columns that the tally has not are empty; kind and verb are told from the
 * operation where that is there. A row that is wrong (its width, a count that
 * is no number or beyond 2^64-1, a line that is no number) goes to
 * bad(context) with its line and reason, and reading goes on.
 */
struct tally_reader;
typedef int tally_take(void *context, const struct tally_row *row,
    struct err *err);
typedef void tally_bad(void *context, uint64_t line, const char *reason);

struct tally_reader *tally_reader_new(tally_take *row, tally_bad *bad,
    void *context);
void tally_reader_free(struct tally_reader *reader);

/* Returns 0, or -1 with err set: a header that is none ("line 1: no tally:
 * ..."), a quote left open, or what row() said. */
int tally_reader_feed(struct tally_reader *reader, struct slice text,
    struct err *err) CHECKED;
int tally_reader_finish(struct tally_reader *reader, struct err *err) CHECKED;

/* The columns of the header that was read; NULL before it was. */
const struct tally_keys *tally_reader_keys(const struct tally_reader *reader);

#endif
