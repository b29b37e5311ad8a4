/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_SIMILAR_H
#define COMPARE_SIMILAR_H

/*
 * How alike two lines are: 1 less their Levenshtein distance (the fewest bytes
 * that must be put in, taken out or changed) over the longer one's length. One
 * line is prepared and then compared with many. Pure: no I/O.
 *
 * The distance is found 64 bytes at a time (Myers 1999, as Hyyro 2003 has it
 * for long lines). Of a line of more than SIMILAR_MOST bytes only its two ends
 * are seen, half of that each, so the time is bounded.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum { SIMILAR_MOST = 256, SIMILAR_WORDS = SIMILAR_MOST / 64 };

struct similar {
	size_t full; /* length of the line */
	size_t len;  /* of what is seen of it */
	/* Bit i of the masks of a byte: whether the byte stands at i. */
	uint64_t masks[256][SIMILAR_WORDS];
};

/* The line need not outlive the call. */
void similar_init(struct similar *similar, struct slice line);

/* 0 (nothing in common) to 1 (the same); 1 where both are empty. */
double similar_to(const struct similar *similar, struct slice line);

#endif
