/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "engine/split.h"

#include <string.h>

#include "base/find.h"

void
split_stream(struct split *split, struct source *source, uint64_t max_line)
{
	*split = (struct split){
		.max_line = max_line,
		.source = source,
		.is_stream = true,
		.block.line = 1,
	};
}

void
split_file(struct split *split, struct source *source, uint64_t begin,
    uint64_t before, uint64_t max_line)
{
	/* A line begins there where the byte before ends one. */
	*split = (struct split){
		.max_line = max_line,
		.source = source,
		.next = begin > 0 ? begin - 1 : 0,
		.block.offset = begin > 0 ? begin - 1 : 0,
		.first_before = before,
		.is_inside = begin > 0,
	};
}

void
split_goes_on(struct split *split)
{
	split->goes_on = true;
}

void
split_text(struct split *split, struct slice text, uint64_t offset,
    uint64_t line, uint64_t max_line)
{
	*split = (struct split){
		.max_line = max_line,
		.is_stream = true,
		.block.offset = offset,
		.block.line = line,
		.ended = true,
	};
	buf_add(&split->bytes, text);
}

void
split_release(struct split *split)
{
	buf_release(&split->bytes);
}

/* The length of the whole lines at the front of text. */
static size_t
whole_lines(struct slice text)
{
	const char *end = slice_rchr(text, '\n');

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
	if (split->block.line != 0)
		split->block.line += find_count(text, '\n');
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

	if (lines.len > split->max_line)
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

/* Reads a piece at its place; less of it means that the file ends, here or
 * because it was cut. */
static ssize_t
read_piece(struct split *split, char *into)
{
	ssize_t n;

	if (split->is_stream)
		return source_read(split->source, into, SPLIT_BLOCK,
		    &split->err);
	n = source_read_at(split->source, split->next, into, SPLIT_BLOCK,
	    &split->err);
	if (n > 0)
		split->next += (uint64_t)n;
	return n;
}

/* Reads on, once; false when nothing more comes. */
static bool
read_more(struct split *split)
{
	ssize_t n;

	if (split->ended || split->damaged)
		return false;
	n = read_piece(split, buf_reserve(&split->bytes, SPLIT_BLOCK));
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
 * end is not: forgets its bytes until the end comes. SPLIT_END where it does
 * not, and the file goes on. */
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
	if (end == NULL && split->goes_on && !split->damaged)
		return SPLIT_END;
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
	if (rest.len == 0 || split->goes_on ||
	    (!split->is_stream && source_was_cut(split->source)))
		return SPLIT_END;
	split->used += give(split, rest, &kind);
	return kind;
}

/* Passes over the rest of the line that the first byte is in; false where no
 * line begins behind it that is wanted. */
static bool
find_first_line(struct split *split)
{
	split->is_inside = false;
	while (split->block.offset < split->first_before) {
		const char *end = slice_chr(unread(split), '\n');

		if (end != NULL) {
			split->used = (size_t)(end - split->bytes.ptr) + 1;
			split->block.offset += split->used;
			break;
		}
		split->block.offset += split->bytes.len;
		buf_clear(&split->bytes);
		if (!read_more(split))
			return false;
	}
	return split->block.offset < split->first_before;
}

enum split_kind
split_next(struct split *split)
{
	enum split_kind kind;
	size_t len;

	step_over(split, split->block.text);
	split->block.text = slice_make(NULL, 0);
	if (split->is_inside && !find_first_line(split))
		return split->damaged ? give_rest(split) : SPLIT_END;
	while ((len = whole_lines(unread(split))) == 0 ||
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
