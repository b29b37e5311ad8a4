/* SPDX-License-Identifier: MIT */
#ifndef SCAN_ARROW_SOURCE_H
#define SCAN_ARROW_SOURCE_H

/*
 * What the entry of an arrow is made of: the text behind the arrow, which
 * names the caller, and what the statement above it does. Both go into the
 * source of the entry (struct entry, scan/reader.h), the bytes by which the
 * same is counted again.
 *
 * What a statement does is written down in one of two ways: as the names of
 * its operations, or as the name that Rails gives it ("City Load") where that
 * alone tells them. The latter need not be read, nor its SQL, to be seen
 * again. Which of them it is can be told from the bytes, so that sources of
 * the two ways are never equal.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"
#include "model/sql.h"
#include "scan/waiting.h"

/* Starts as { 0 } but for is_ecto. */
struct arrow_source {
	bool is_ecto; /* only the SQL tells, maybe several */
	struct sql_operations operations; /* of arrow_source_read() */
	struct buf operation;             /* in Rails, the one of them */
	struct buf what;
	struct buf bytes;
};

void arrow_source_release(struct arrow_source *source);

/* Reads what a statement does into source->operations; NULL, of which nothing
 * is known, does nothing. */
void arrow_source_read(struct arrow_source *source,
    const struct waiting *waiting);

/* Whether such a name tells what its statement does. One without a blank never
 * does, nearly all others do. */
bool arrow_source_is_named(struct arrow_source *source, struct slice name);

/* What a statement does, written down by such a name, or by its operations,
 * which are read. Valid until the next call of either. */
struct slice arrow_source_name(struct arrow_source *source, struct slice name);
struct slice arrow_source_operations(struct arrow_source *source,
    const struct waiting *waiting);

/* The source of an entry. Valid until the next call. */
struct slice arrow_source_make(struct arrow_source *source, struct slice text,
    struct slice what);

#endif
