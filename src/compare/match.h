/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_MATCH_H
#define COMPARE_MATCH_H

/*
 * Which site of the old day is which site of the new one. Pure: no I/O. A
 * site stands in one pair at most; who is in no pair is free, and each matcher
 * pairs some of those that the ones before it left free:
 *
 *	matching_init(&matching, old, old_count, new, new_count);
 *	matching_by_targets(&matching, targets);
 *	matching_by_order(&matching, factor);
 *	matching_finish(&matching);
 *	... matching.pairs[0 .. matching.count) ...
 *	matching_release(&matching);
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* A site and operation, or what several were added up to: then the fields
 * that they may differ in are empty. All is borrowed. */
struct site {
	struct slice file;
	struct slice line; /* digits without leading zeros, or empty */
	struct slice function;
	struct slice operation;
	uint64_t count;
};

enum match_kind {
	MATCH_EXACT,    /* the same file, line and operation */
	MATCH_SHIFTED,  /* the same code on another line */
	MATCH_EDITED,   /* code that was changed */
	MATCH_SPLIT,    /* one line that became several */
	MATCH_MOVED,    /* in another file */
	MATCH_MAYBE,    /* a guess below certainty */
	MATCH_DOUBTFUL, /* a match that other evidence speaks against */
	MATCH_NONE      /* on one side only */
};

struct pair {
	const struct site *old; /* NULL: appeared */
	const struct site *new; /* NULL: vanished */
	enum match_kind kind;
	double score; /* 0 to 1; negative: not known */
	/* Of what is on one side only: where on the other it may have moved to
	 * or from; not known for sure, so their counts stay apart. Or NULL. */
	const struct site *twin;
};

/* Below that a match is MATCH_MAYBE: of five such one is wrong. */
#define MATCH_SURE .6

/* Where the source says that the line of a site went. */
struct match_target {
	struct slice file; /* as the new day's log names it; borrowed */
	struct slice line; /* empty: the line is gone */
	double score;
	enum match_kind kind; /* MATCH_NONE: gone */
	bool is_known; /* the source tells; if not, the rest is not set */
	bool names_operation; /* the line's text has a word of the operation */
	/* Where the line was, as the new day's log names that file; empty: as
	 * the old one's did. Borrowed. */
	struct slice old_file;
};

struct matching {
	const struct site **old; /* those that are still free */
	size_t old_count;
	const struct site **new;
	size_t new_count;
	struct pair *pairs;
	size_t count;
	size_t room;

	/* For matchers, see match_inside.h. */
	const struct site *all_old, *all_new; /* as given */
	bool *old_is_paired, *new_is_paired;  /* one for each of them */
};

/* All sites free. Both arrays must outlive the matching. */
void matching_init(struct matching *matching, const struct site *old,
    size_t old_count, const struct site *new, size_t new_count);
void matching_release(struct matching *matching);

/* Pairs sites that are equal in all fields; then those with the same file,
 * line and operation, where logs name the function only at times. */
void matching_by_place(struct matching *matching);

/*
 * Pairs free old sites with the free new ones that are where the source says,
 * with the same operation; targets[i] is of the i-th old site that was given to
 * matching_init(). One below MATCH_SURE is MATCH_MAYBE. Then, where the new day
 * has no such operation there, with the free one that is nearest, five lines
 * away at most, or where the old one was: MATCH_DOUBTFUL, as is an edited line
 * that has no word of the operation left. (Python 3.8 reports calls of several
 * lines elsewhere than 3.7 did.) What the source knows to be gone, or to be
 * where the new day counts nothing, gets a pair of its own, so that no other
 * matcher guesses.
 */
void matching_by_targets(struct matching *matching,
    const struct match_target *targets);

/* Gives each site that is still free a pair of its own. */
void matching_finish(struct matching *matching);

/* "exact", "shifted", ... */
const char *match_name(enum match_kind kind);

/* Order of lines: as numbers, an empty one first. <0, 0 or >0. */
int line_compare(struct slice a, struct slice b);

#endif
