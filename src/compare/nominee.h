/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_NOMINEE_H
#define COMPARE_NOMINEE_H

/*
 * Which free lines of the new text may be an old line: those that share the
 * rarest words with it. An inverted index finds them: for each word the lines
 * that have it. Shared words are summed with ln(1 + lines / lines with the
 * word); of equal sums the one nearest to where the line is expected comes
 * first.
 *
 * How much of the index is looked at for a line is bounded: rare words come
 * first, and of a word too common only the lines near the expected one. Pure.
 */

#include <stddef.h>
#include <stdint.h>

#include "compare/lexicon.h"

enum { NOMINEES_MOST = 30 };

struct nominees {
	struct lexicon *lexicon;
	uint32_t *starts; /* by word, and one more: where its lines start */
	uint32_t *lines;
	size_t words; /* that the index has: later ones are in no free line */
	size_t free;  /* lines in the index */
	double *sums; /* by line; all 0 between calls */
	uint32_t *touched;
	size_t looks; /* at most, for one line */
};

/* taken[n - 1] is not 0 for each line n of the new text that is not free. */
void nominees_init(struct nominees *nominees, struct lexicon *lexicon,
    const size_t *taken, size_t looks);
void nominees_release(struct nominees *nominees);

/* Writes the lines, the best first, to found, which has room for most of them
 * (NOMINEES_MOST and less), and returns how many there are. */
size_t nominees_find(struct nominees *nominees, size_t old, size_t expected,
    size_t *found, size_t most);

#endif
