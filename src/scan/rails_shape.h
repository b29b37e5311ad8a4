/* SPDX-License-Identifier: MIT */
#ifndef SCAN_RAILS_SHAPE_H
#define SCAN_RAILS_SHAPE_H

/*
 * Nearly all of a Rails log are statements that were seen before. A shape is
 * what is the same in those that do the same, whatever their duration and the
 * rest of their line:
 *
 *	[tag]   City Load (0.5ms)  SELECT "cities".* FROM "cities" LIMIT 1
 *	^~~~~~~~~~~~~~~~~~       ^~~~~~~~~
 *
 * its bytes before the duration, and behind it as many as it takes until
 * nothing but a comment could change what the statement does. They are
 * compared as they stand in the log, with its colours. So a statement whose
 * shape is known need not be read again.
 *
 * There is a place for each of a few hundred shapes, and a new one drives out
 * the old. A table belongs to one thread.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/slice.h"
#include "scan/rails_line.h"

enum { RAILS_SHAPES = 256 }; /* a power of two */

struct rails_shape {
	struct buf bytes; /* of the head and the tail, then name and what */
	size_t head_len;
	size_t tail_len;
	size_t name_len;
	size_t tags_len; /* at the front of the head */
	bool is_whole;   /* nothing else stands in the line */
};

/* Starts as { 0 }. */
struct rails_shapes {
	struct rails_shape items[RAILS_SHAPES];
	struct buf plain; /* a part of a line without its colours */
};

void rails_shapes_release(struct rails_shapes *shapes);

/*
 * The shape of a statement: NULL where none is known, or a comment may be in
 * it. Valid until the next rails_shapes_learn(). The statement's line lies in
 * a block that ends at `end`: what follows the line is looked at too, and very
 * near to the end nothing is ever known.
 */
const struct rails_shape *rails_shapes_find(const struct rails_shapes *shapes,
    const struct rails_statement *statement, const char *end);

/* What was learned of it. */
static inline struct slice
rails_shape_name(const struct rails_shape *shape)
{
	return slice_make(shape->bytes.ptr + shape->head_len + shape->tail_len,
	    shape->name_len);
}

static inline struct slice
rails_shape_what(const struct rails_shape *shape)
{
	return slice_from(buf_slice(&shape->bytes),
	    shape->head_len + shape->tail_len + shape->name_len);
}

/* What came out where a statement's line was read in full. */
struct rails_reading {
	struct slice tags;
	struct slice name;
	struct slice sql;
	struct slice what; /* it does: any bytes that the user chooses */
	bool is_by_name;   /* the name alone tells it, not the SQL */
};

/*
 * Whether the parts of a line as it stands are those of what was read,
 * whatever stands in other lines for the duration and behind it; `what` may
 * not be known yet. Only such a line has a shape to learn.
 */
bool rails_shapes_can_learn(struct rails_shapes *shapes,
    const struct rails_statement *statement,
    const struct rails_reading *reading);

/* Learns the shape; `end` as for rails_shapes_find(). All is copied. */
void rails_shapes_learn(struct rails_shapes *shapes,
    const struct rails_statement *statement, const char *end,
    const struct rails_reading *reading);

#endif
