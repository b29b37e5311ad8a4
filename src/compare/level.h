/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_LEVEL_H
#define COMPARE_LEVEL_H

/*
 * The level at which a rise sits: one operation wherever it is issued, all of a
 * directory, one file, one function, or one site. Pure: no I/O.
 *
 * After Adtributor (Bhagwan et al., NSDI 2014): the elements of each level are
 * taken by their surprise, leaving out those that explain less than .1 of the
 * rise, until they explain .67 of it; three at most, and none that is not
 * needed for that. What stands out from the noise counts, by the lower bound of
 * its excess.
 *
 * A rise is only said to be of a file, a directory ... where its members rose
 * alike (the "ripple effect" of HotSpot and Squeeze): most of them by the same
 * ratio, as far as noise lets one tell, and also without the one part of it
 * that rose most. Of such levels the one that takes in the most wins; a file
 * of which one site rose is that site. Where no level is so, the narrowest
 * that explains the rise is told.
 */

#include <stdbool.h>
#include <stddef.h>

#include "compare/rank.h"

enum level_kind {
	LEVEL_OPERATION,
	LEVEL_KIND,
	LEVEL_DIRECTORY,
	LEVEL_FILE,
	LEVEL_FUNCTION, /* of a file */
	LEVEL_SITE,     /* all operations of a line */
	LEVEL_CHANGE,   /* one operation of a line */
	LEVEL_NONE      /* everywhere, or nowhere in particular */
};

enum { LEVEL_ELEMENTS = 3 };

struct level_element {
	/* One of those that it is made of, with which it is named: its file,
	 * directory, function ... as the kind says. */
	const struct change *change;
	struct slice name; /* of directories, kinds; else empty */
	double share;      /* of the whole excess */
	uint64_t old, new; /* sums */
	double expected;
	size_t changes; /* how many of the ranking it is made of */
	size_t sites;   /* of how many sites, whatever the operation */
	bool is_alike;  /* several, and they rose by like ratios */
};

struct level {
	enum level_kind kind;
	struct level_element elements[LEVEL_ELEMENTS]; /* the largest first */
	size_t count;
	double share; /* of the whole excess that they explain; of LEVEL_NONE 1
		       * where everything rose alike (traffic?), else 0 */
};

/* Tells it from a ranking by site and operation. */
void level_tell(struct level *level, const struct ranking *ranking);

#endif
