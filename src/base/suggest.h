/* SPDX-License-Identifier: MIT */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

/*
 * "Did you mean": the nearest of some known words, by Damerau-Levenshtein
 * distance (adjacent letters swapped count as one slip), as git does it.
 */

struct suggest {
	const char *word;    /* what was typed */
	const char *nearest; /* the best so far, or NULL */
	unsigned distance;
};

/* Starts with the word that was typed; both are kept, not copied. */
void suggest_init(struct suggest *suggest, const char *word);

/* Offers a known word. */
void suggest_offer(struct suggest *suggest, const char *known);

/* The nearest word offered, or NULL when none is near enough to be meant
 * (more than a third of its letters, at least two, would have to change). */
const char *suggest_nearest(const struct suggest *suggest);

#endif
