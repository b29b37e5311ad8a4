/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/rails_shape.h"

#include <string.h>

#include "base/hash.h"
#include "base/mask.h"
#include "model/sqltable.h"
#include "scan/lines.h"
#include "scan/tag.h"

enum {
	SHAPE_MOST = 1024, /* bytes of one that is kept */
	SHAPE_HEAD = 40,   /* bytes behind a duration that tell which */
};

void
rails_shapes_release(struct rails_shapes *shapes)
{
	for (size_t i = 0; i < RAILS_SHAPES; i++)
		buf_release(&shapes->items[i].bytes);
	buf_release(&shapes->plain);
}

/* The place of a statement's shape in the table. Some of the bytes that make
 * the shape choose it; where these go beyond the line they are those of the
 * next. */
static size_t
place_of(const struct rails_statement *statement)
{
	const char *at = statement->tail.ptr + SHAPE_HEAD - 24;
	const struct slice head = statement->head;
	uint64_t name = head.len;

	if (head.len >= sizeof(name))
		name += hash_word(head.ptr + head.len - sizeof(name));
	return hash_mix(hash_word(at) ^ hash_word(at + 16),
		   hash_word(at + 8) ^ name) %
	    RAILS_SHAPES;
}

/* tag_may_be_in() at the end of a line, in a block that ends there. Most hold
 * none of the marks, which is told at once. */
static bool
has_comment(struct slice text, const char *end)
{
	uint64_t marks;

	if (text.len > MASK_BYTES || end - text.ptr < MASK_BYTES)
		return tag_may_be_in(text);
	marks = mask_of(text.ptr, '#') | mask_of(text.ptr, '/') |
	    mask_of(text.ptr, '-');
	if (text.len < MASK_BYTES)
		marks &= (UINT64_C(1) << text.len) - 1;
	return marks != 0 && tag_may_be_in(text);
}

/* Whether a statement has that shape, and no comment. */
static bool
fits(const struct rails_shape *shape, const struct rails_statement *statement,
    const char *end)
{
	const struct slice head = statement->head;
	const struct slice tail = statement->tail;
	const char *bytes = shape->bytes.ptr;

	if (shape->bytes.len == 0 || head.len != shape->head_len ||
	    tail.len < shape->tail_len ||
	    memcmp(bytes, head.ptr, head.len) != 0 ||
	    memcmp(bytes + head.len, tail.ptr, shape->tail_len) != 0)
		return false;
	if (shape->is_whole)
		return tail.len == shape->tail_len;
	return !has_comment(slice_from(tail, shape->tail_len), end);
}

const struct rails_shape *
rails_shapes_find(const struct rails_shapes *shapes,
    const struct rails_statement *statement, const char *end)
{
	const struct rails_shape *shape;

	if (end - statement->tail.ptr < SHAPE_HEAD)
		return NULL;
	shape = &shapes->items[place_of(statement)];
	return fits(shape, statement, end) ? shape : NULL;
}

/* Whether a part of a line came to that text: so no colour goes beyond it. */
static bool
is_plain_part(struct rails_shapes *shapes, struct slice part, struct slice text)
{
	return slice_equal(slice_trim(line_plain(part, &shapes->plain)), text);
}

bool
rails_shapes_can_learn(struct rails_shapes *shapes,
    const struct rails_statement *statement,
    const struct rails_reading *reading)
{
	const struct slice head = statement->head;
	const struct slice tags = reading->tags;

	/* A further tag may be one or not, as the line goes on. */
	return !tag_may_be_in(statement->tail) && head.len >= tags.len &&
	    slice_equal(slice_head(head, tags.len), tags) &&
	    head.ptr[tags.len] != '[' &&
	    is_plain_part(shapes, slice_from(head, tags.len), reading->name) &&
	    is_plain_part(shapes, statement->tail, reading->sql) &&
	    !slice_starts(reading->name, "Started ");
}

/* How long a verb is at the front of a statement; 0: another one. */
static size_t
verb_length(struct slice sql)
{
	static const char *const verbs[] = { "SELECT ", "INSERT ", "UPDATE ",
		"DELETE ", NULL };

	for (size_t i = 0; verbs[i] != NULL; i++)
		if (slice_starts(sql, verbs[i]))
			return strlen(verbs[i]);
	return 0;
}

/* How much of a tail belongs to the shape. Where the name tells all, the rest
 * need only be SQL; else the quote, a blank and a letter behind the table are
 * looked at. */
static size_t
tail_length(struct slice tail, bool is_by_name)
{
	struct slice sql = line_skip_colours(tail);
	struct slice table;
	size_t len = 0;

	if (is_by_name)
		len = verb_length(sql);
	else if (sql_is_plain_query(sql, &table))
		len = (size_t)(table.ptr - sql.ptr) + table.len + 3;
	if (len == 0 || len > sql.len)
		return tail.len;
	return (size_t)(sql.ptr - tail.ptr) + len;
}

void
rails_shapes_learn(struct rails_shapes *shapes,
    const struct rails_statement *statement, const char *end,
    const struct rails_reading *reading)
{
	const struct slice tail = statement->tail;
	struct rails_shape *shape;

	if (end - tail.ptr < SHAPE_HEAD)
		return;
	shape = &shapes->items[place_of(statement)];
	shape->head_len = statement->head.len;
	shape->tail_len = tail_length(tail, reading->is_by_name);
	shape->name_len = reading->name.len;
	shape->tags_len = reading->tags.len;
	shape->is_whole = shape->tail_len == tail.len;
	buf_clear(&shape->bytes);
	if (shape->head_len + shape->tail_len > SHAPE_MOST)
		return;
	buf_add(&shape->bytes, statement->head);
	buf_add(&shape->bytes, slice_head(tail, shape->tail_len));
	buf_add(&shape->bytes, reading->name);
	buf_add(&shape->bytes, reading->what);
}
