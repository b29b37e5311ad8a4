/* SPDX-License-Identifier: MIT */
#ifndef SCAN_LINES_H
#define SCAN_LINES_H

/*
 * The lines of a block. Pure. A line is given without its LF, and without a
 * CR before that.
 */

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/slice.h"

static inline struct slice
lines_without_cr(struct slice line)
{
	line.len -= line.len > 0 && line.ptr[line.len - 1] == '\r';
	return line;
}

/* Takes the next line off the front of *block; false when it is empty. */
static inline bool
lines_next(struct slice *block, struct slice *line)
{
	const char *end;

	if (block->len == 0)
		return false;
	end = memchr(block->ptr, '\n', block->len);
	*line = slice_head(*block,
	    end == NULL ? block->len : (size_t)(end - block->ptr));
	*block = slice_from(*block, line->len + (end != NULL));
	*line = lines_without_cr(*line);
	return true;
}

/* The start of a text without the byte order mark that Windows' programs put
 * there. */
struct slice without_bom(struct slice text);

/* Whether the line holds an ESC at all. */
bool line_is_coloured(struct slice line);

/* The line without the blanks and colours (ESC [ digits m) at its front. */
struct slice line_skip_colours(struct slice line);

/*
 * The line without its colour codes and other terminal sequences (ECMA-48
 * CSI and OSC): the line itself where it holds none, else a copy in buf.
 */
struct slice line_plain(struct slice line, struct buf *buf);

/*
 * As slice_find(), and faster in texts as short as lines are, where the first
 * byte of the literal stands in few places. literal is not empty.
 */
const char *line_find(struct slice line, const char *literal);

#endif
