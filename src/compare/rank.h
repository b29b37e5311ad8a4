/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_RANK_H
#define COMPARE_RANK_H

/*
 * From rows of sites to changes, the worst first. Pure: no I/O.
 *
 * Rows are ranked by the lower bound of their excess over what was expected, so
 * that what is large and sure comes first. Then come those that rose, but may
 * have done so by chance, the largest excess first; then what fell, and what
 * may only have moved (its pair has a twin), the largest first; then the rest.
 * Ties are ordered by file, line and operation.
 *
 * A row may rank high, since much depends on it, and yet be within the noise;
 * which ones stand out is told for each (change_stands_out).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compare/lineup.h"
#include "compare/match.h"
#include "compare/noise.h"

enum change_kind {
	CHANGE_APPEARED, /* no such site before */
	CHANGE_VANISHED,
	CHANGE_GREW,
	CHANGE_SHRANK,
	CHANGE_SAME
};

struct change {
	struct pair pair;
	const uint64_t *old_counts; /* of each old day */
	enum change_kind kind;      /* by the counts as they are */
	uint64_t old_count;         /* the mean; 0 where it appeared */
	uint64_t new_count;
	struct noise_verdict noise; /* expected, excess, its lower bound, ... */
	double share; /* of all rises; negative: it did not rise */
};

struct ranking {
	struct change *changes;
	size_t count;
	uint64_t old_sum, new_sum; /* at most 2^64-1 */
	double expected_sum;
	double excess_sum; /* of those that rose */
	size_t risers;     /* change_rose(), of those that are left */
	size_t standing;   /* of them: those that stand out, in any place */
	size_t changed;    /* not CHANGE_SAME, of those that are left */
	size_t days;       /* old ones */
	double factor;     /* new traffic over old that was reckoned with */
	struct noise noise;
};

/* Judges and ranks rows; factor is new traffic over old, traffic tells that of
 * the old days. The rows' sites and counts are borrowed. */
void ranking_init(struct ranking *ranking, const struct lineup_row *rows,
    size_t count, const struct traffic *traffic, double factor);
void ranking_release(struct ranking *ranking);

/* A ranking of its own of the same rows. */
void ranking_copy(struct ranking *ranking, const struct ranking *of);

/* Leaves out changes with both counts below min_count, and those by less than
 * min_delta. Shares stay those of all rises. */
void ranking_keep(struct ranking *ranking, uint64_t min_count,
    uint64_t min_delta);

/* Leaves only those that wanted() wants; sums and shares are then of these,
 * what they were judged by is not. */
void ranking_select(struct ranking *ranking,
    bool (*wanted)(const struct change *change, const void *context),
    const void *context);

/* Whether a change with at least min_count on one day rose by more than so
 * many percent: of what was expected, or of the old count. What appeared rose
 * by more than any; what may only have moved did not rise. */
bool ranking_rose_above(const struct ranking *ranking, double percent,
    uint64_t min_count, bool of_expected);

/* The first change that stands out; where none does, the first. There is
 * one. */
const struct change *ranking_first(const struct ranking *ranking);

/* Whether more than expected was counted, and not as what may only have moved:
 * of that nothing is known to be beyond what was expected. */
bool change_rose(const struct change *change);

/* Whether that is more than noise, many sites being looked at: more than a
 * lower bound above 0, see noise_judge(). Where it holds for none, nothing
 * stands out. */
bool change_stands_out(const struct change *change);

/* Whether less than expected was, by more than noise. */
bool change_falls_short(const struct change *change);

/* "appeared", "vanished", ... */
const char *change_name(enum change_kind kind);

/* Where it is now, or was; never NULL. */
const struct site *change_site(const struct change *change);

/* As logs name it on either day, the new one first; may be empty. */
struct slice change_function(const struct change *change);

/* |new - old|; whether it fell is new_count < old_count. */
uint64_t change_size(const struct change *change);

#endif
