/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "engine/split.h"

#include <string.h>

void
split_mapped(struct split *split, struct slice text, uint64_t offset,
    uint64_t max_line)
{
	*split = (struct split){
		.max_line = max_line,
		.mapped = text,
		.block.offset = offset,
	};
}

void
split_stream(struct split *split, struct source *source, uint64_t max_line)
{
	*split = (struct split){
		.max_line = max_line,
		.source = source,
		.block.line = 1,
	};
}

void
split_release(struct split *split)
{
	buf_release(&split->bytes);
}

/* The length of the whole lines at the front of text, about want bytes of
 * them, at least one line; 0 when not even one ends. */
static size_t
whole_lines(struct slice text, size_t want)
{
	const char *end = slice_rchr(slice_head(text, want), '\n');

	if (end == NULL && text.len > want)
		end = slice_chr(slice_from(text, want), '\n');
	return end == NULL ? 0 : (size_t)(end - text.ptr) + 1;
}

/* Where in text the first line longer than max begins; text.len where none
 * is. Only asked for a limit so small that a block can hold such lines. */
static size_t
first_too_long(struct slice text, uint64_t max)
{
	struct slice rest = text;
	struct slice line;
	const char *begin = rest.ptr;

	while (slice_cut(&rest, '\n', &line)) {
		if (line.len > max)
			return (size_t)(begin - text.ptr);
		begin = rest.ptr;
	}
	return text.len;
}

/* Counts the lines of the block just given, where they are counted. */
static void
step_over(struct split *split, struct slice text)
{
	split->block.offset += split->step;
	split->step = 0;
	if (split->block.line == 0)
		return;
	while (text.len > 0) {
		const char *end = slice_chr(text, '\n');

		if (end == NULL)
			return;
		split->block.line++;
		text = slice_from(text, (size_t)(end - text.ptr) + 1);
	}
}

/*
 * Gives lines (whole, or the last of the input) or the first too long one of
 * them. Returns how many bytes were given.
 */
static size_t
give(struct split *split, struct slice lines, enum split_kind *kind)
{
	size_t good = lines.len;
	struct slice line;
	struct slice rest;

	if (split->max_line < SPLIT_BLOCK || lines.len > SPLIT_BLOCK)
		good = first_too_long(lines, split->max_line);
	if (good > 0) {
		*kind = SPLIT_LINES;
	} else {
		rest = lines;
		(void)slice_cut(&rest, '\n', &line);
		*kind = SPLIT_TOO_LONG;
		split->too_long = line.len;
		good = lines.len - rest.len;
	}
	split->block.text = slice_head(lines, good);
	split->step = good;
	return good;
}

static enum split_kind
next_mapped(struct split *split)
{
	enum split_kind kind;
	size_t len;

	if (split->mapped.len == 0)
		return SPLIT_END;
	len = whole_lines(split->mapped, SPLIT_BLOCK);
	if (len == 0)
		len = split->mapped.len;
	len = give(split, slice_head(split->mapped, len), &kind);
	split->mapped = slice_from(split->mapped, len);
	return kind;
}

/* Reads on, once; false when nothing more comes. */
static bool
read_more(struct split *split)
{
	ssize_t n;

	if (split->ended || split->damaged)
		return false;
	n = source_read(split->source, buf_reserve(&split->bytes, SPLIT_BLOCK),
	    SPLIT_BLOCK, &split->err);
	if (n > 0)
		split->bytes.len += (size_t)n;
	split->ended = n == 0;
	split->damaged = n < 0;
	return n > 0;
}

static struct slice
unread(const struct split *split)
{
	return slice_from(buf_slice(&split->bytes), split->used);
}

/* Passes over a line of which more than max_line bytes are there and whose
 * end is not: forgets its bytes until the end comes. */
static enum split_kind
skip_line(struct split *split)
{
	uint64_t len = 0;
	const char *end = NULL;

	while (end == NULL) {
		struct slice text = unread(split);
		size_t n;

		end = slice_chr(text, '\n');
		n = end == NULL ? text.len : (size_t)(end - text.ptr);
		len += n;
		split->used += n + (end != NULL);
		if (end != NULL)
			break;
		buf_clear(&split->bytes);
		split->used = 0;
		if (!read_more(split))
			break;
	}
	split->too_long = len;
	split->step = len + (end != NULL);
	split->block.text = slice_make("\n", 1); /* counts as one line */
	return SPLIT_TOO_LONG;
}

/* What is left when the stream has ended or broken. */
static enum split_kind
give_rest(struct split *split)
{
	struct slice rest = unread(split);
	enum split_kind kind;

	if (split->damaged) {
		/* A line cut by damage might read as something else. */
		split->too_long = rest.len;
		split->used = split->bytes.len;
		split->damaged = false;
		split->ended = true;
		return SPLIT_TROUBLE;
	}
	if (rest.len == 0)
		return SPLIT_END;
	split->used += give(split, rest, &kind);
	return kind;
}

static enum split_kind
next_stream(struct split *split)
{
	enum split_kind kind;
	size_t len;

	while ((len = whole_lines(unread(split), SPLIT_BLOCK)) == 0 ||
	    unread(split).len < SPLIT_BLOCK) {
		if (len == 0 && unread(split).len > split->max_line)
			return skip_line(split);
		buf_drop(&split->bytes, split->used);
		split->used = 0;
		if (!read_more(split))
			break;
	}
	if (len == 0)
		return give_rest(split);
	split->used += give(split, slice_head(unread(split), len), &kind);
	return kind;
}

enum split_kind
split_next(struct split *split)
{
	step_over(split, split->block.text);
	split->block.text = slice_make(NULL, 0);
	return split->source == NULL ? next_mapped(split) : next_stream(split);
}
