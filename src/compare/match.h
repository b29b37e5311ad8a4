/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_MATCH_H
#define COMPARE_MATCH_H

/*
 * Which site of the old day is which site of the new one. Pure: no I/O. A
 * site stands in one pair at most; who is in no pair is free, and each matcher
 * pairs some of those that the ones before it left free:
 *
 *	matching_init(&matching, old, old_count, new, new_count);
 *	matching_by_place(&matching);
 *	matching_by_function(&matching);
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
};

struct matching {
	const struct site **old; /* those that are still free */
	size_t old_count;
	const struct site **new;
	size_t new_count;
	struct pair *pairs;
	size_t count;
	size_t room;
};

/* All sites free. Both arrays must outlive the matching. */
void matching_init(struct matching *matching, const struct site *old,
    size_t old_count, const struct site *new, size_t new_count);
void matching_release(struct matching *matching);

/* Pairs sites that are equal in all fields; then those with the same file,
 * line and operation, where logs name the function only at times. */
void matching_by_place(struct matching *matching);

/* Pairs sites of the same file, function and operation, in the order of their
 * lines: the code above them grew or shrank. */
void matching_by_function(struct matching *matching);

/* Gives each site that is still free a pair of its own. */
void matching_finish(struct matching *matching);

/* "exact", "shifted", ... */
const char *match_name(enum match_kind kind);

/* Order of lines: as numbers, an empty one first. <0, 0 or >0. */
int line_compare(struct slice a, struct slice b);

#endif
