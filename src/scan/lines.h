/* SPDX-License-Identifier: MIT */
#ifndef SCAN_LINES_H
#define SCAN_LINES_H

/*
 * The lines of a block. Pure. A line is given without its LF, and without a
 * CR before that.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

/* Takes the next line off the front of *block; false when it is empty. */
static inline bool
lines_next(struct slice *block, struct slice *line)
{
	if (!slice_cut(block, '\n', line))
		return false;
	if (line->len > 0 && line->ptr[line->len - 1] == '\r')
		line->len--;
	return true;
}

/* The start of a text without the byte order mark that Windows' programs put
 * there. */
struct slice without_bom(struct slice text);

/* Whether the line holds an ESC at all. */
bool line_is_coloured(struct slice line);

/*
 * The line without its colour codes and other terminal sequences (ECMA-48
 * CSI and OSC): the line itself where it holds none, else a copy in buf.
 */
struct slice line_plain(struct slice line, struct buf *buf);

#endif
