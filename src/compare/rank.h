/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_RANK_H
#define COMPARE_RANK_H

/*
 * From pairs of sites to changes, the worst first. Pure: no I/O.
 *
 * What a change is ranked by is its rise: new - old; or, where the traffic is
 * known, its excess: new - expected. Risers come first, the largest rise at
 * the top; then what fell, the largest fall first; then the rest. Ties are
 * ordered by file, line and operation.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compare/match.h"

enum change_kind {
	CHANGE_APPEARED, /* no such site before */
	CHANGE_VANISHED,
	CHANGE_GREW,
	CHANGE_SHRANK,
	CHANGE_SAME
};

struct change {
	struct pair pair;
	enum change_kind kind;
	uint64_t old_count; /* 0 where it appeared */
	uint64_t new_count;
	double expected; /* of the new count; negative: not known */
	double excess;   /* new - expected; only where that is known */
	double share;    /* of all rises; negative: it did not rise */
};

struct ranking {
	struct change *changes;
	size_t count;
	uint64_t old_sum, new_sum; /* at most 2^64-1 */
	size_t risers;             /* of those that are left */
	size_t changed;            /* not CHANGE_SAME, of those that are left */
};

/*
 * How much more traffic the new day had, told from the sites themselves: the
 * median of new/old over those that have at least 10 on both days. With fewer
 * than 10 such sites the ratio of the sums, which the change that is sought
 * distorts. 0 where the old day has nothing at all.
 */
struct traffic {
	double factor;
	size_t sites; /* that the median was taken of; 0: it is the sums' */
	double total; /* the ratio of the sums */
};

void traffic_tell(struct traffic *traffic, const struct pair *pairs,
    size_t count);

/* Ranks the pairs; factor is new traffic over old, 0 where not known. */
void ranking_init(struct ranking *ranking, const struct pair *pairs,
    size_t count, double factor);
void ranking_release(struct ranking *ranking);

/* Leaves out changes with both counts below min_count, and those by less than
 * min_delta. Shares stay those of all rises. */
void ranking_keep(struct ranking *ranking, uint64_t min_count,
    uint64_t min_delta);

/* Whether a change with at least min_count on one day rose by more than so
 * many percent, of what was expected where that is known; what appeared rose
 * by more than any. */
bool ranking_rose_above(const struct ranking *ranking, double percent,
    uint64_t min_count);

/* Whether it is a riser, as they are ranked. */
bool change_rose(const struct change *change);

/* "appeared", "vanished", ... */
const char *change_name(enum change_kind kind);

/* Where it is now, or was; never NULL. */
const struct site *change_site(const struct change *change);

/* As logs name it on either day, the new one first; may be empty. */
struct slice change_function(const struct change *change);

/* |new - old|; whether it fell is new_count < old_count. */
uint64_t change_size(const struct change *change);

#endif
