/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_ALIGN_H
#define COMPARE_ALIGN_H

/*
 * Where the lines of a text went in another text. Pure: no I/O.
 *
 * After LHDiff (Asaduzzaman, Roy, Schneider, Di Penta: LHDiff, ICSM 2013),
 * with these steps:
 *
 *  1. Lines that a line diff finds in both, in order, are anchors
 *     (compare/anchor.h).
 *  2. Each other old line has as candidates the 30 free new lines that share
 *     the rarest words with it. Their score is .6 times how alike the lines
 *     are (1 - Levenshtein distance / longer length) and .4 times how alike
 *     their contexts are (cosine of the words of four lines above and
 *     four below, of those that have words).
 *  3. An old line that was split over up to 8 lines, and up to 8 lines that
 *     were joined to one, count as candidates too where the parts, glued
 *     together, are .85 alike to the whole.
 *  4. Candidates of .45 and more are taken, the best first, each line once.
 *     There, lines of functions of the same name (compare/enclosing.h) count
 *     .05 more than their score; of equals the one that moved least, seen from
 *     its neighbours, is better.
 *  5. Lines without words go where the lines next to them went.
 */

#include <stddef.h>
#include <stdint.h>

#include "compare/text.h"

enum align_kind {
	ALIGN_GONE,
	ALIGN_SAME,   /* the same text in the same order: an anchor */
	ALIGN_EDITED, /* another text, the same out of order, or joined */
	ALIGN_SPLIT   /* to is the first of several */
};

struct align_line {
	size_t to; /* line of the new text, from 1; 0: gone */
	enum align_kind kind;
	double score; /* 0 to 1; anchors have 1 */
};

struct align {
	struct align_line *lines; /* of the old text: line n is lines[n - 1] */
	size_t count;
	/* For each line of the new text the old line that it came from, 0 for
	 * what is new. Of a split line all its new lines; of joined lines the
	 * first. */
	size_t *from;
	size_t from_count;
};

/* Aligns all lines: one to one, but for what is split or joined. It takes time
 * in proportion to what changed, and a bounded amount at worst. Neither text is
 * kept. */
void align_init(struct align *align, const struct text *old,
    const struct text *new);
void align_release(struct align *align);

/*
 * How likely line `to` of new is line `from` of old, by the score above, for
 * texts that were not aligned with each other (code that went to another file).
 * Both lines count from 1.
 */
double align_score(const struct text *old, size_t from, const struct text *new,
    size_t to);

#endif
