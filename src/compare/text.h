/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_TEXT_H
#define COMPARE_TEXT_H

/*
 * The lines of a source file, as they are compared: without the white space
 * around them, and with one blank for each run of it inside. So code that was
 * only indented anew is the same code. Pure: no I/O.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct text_line {
	struct slice text; /* normalised; empty: a blank line */
	uint64_t hash;     /* of text: equal texts have equal hashes */
	uint32_t indent;   /* columns before it, tabs to the next eighth */
};

/* Lines are counted from 1: line n is lines[n - 1]. */
struct text {
	struct text_line *lines;
	size_t count;
	char *bytes; /* of the lines' texts */
};

/* What is larger, or has more lines, is not followed line by line. */
enum { TEXT_BYTES_MOST = 8 << 20, TEXT_LINES_MOST = 400000 };

/* Whether bytes are taken as a text: no NUL in the first 8,000, as git tells
 * binary files, and within the limits above. */
bool text_is_one(struct slice bytes);

/* bytes need not outlive the text. A last line without an end counts too; CR
 * before LF is white space. Release it with text_release(). */
void text_init(struct text *text, struct slice bytes);
void text_release(struct text *text);

#endif
