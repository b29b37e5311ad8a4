/* SPDX-License-Identifier: MIT */
#ifndef ROWS_H
#define ROWS_H

/*
 * A ranking made by hand, for tests of what is told of one:
 *
 *	struct rows rows = { .factor = 1 };
 *
 *	rows_add(&rows, "app/a.rb:4 index User.put", 736, 3463);
 *	rows_finish(&rows);
 *	... rows.ranking ...
 *
 * A place is FILE:LINE FUNCTION OPERATION, with "-" for no function; a count
 * below 0 is a day on which there is no such site. The noise from day to day is
 * 12 %.
 */

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "compare/rank.h"

enum { ROWS_MOST = 64 };

#define ROWS_NOISE .12

struct rows {
	double factor;
	struct site old[ROWS_MOST];
	struct site new[ROWS_MOST];
	struct change changes[ROWS_MOST];
	struct ranking ranking;
};

static inline struct site
rows_site(const char *place, int64_t count)
{
	struct slice rest = slice_str(place);
	struct site site = { .count = (uint64_t)count };
	struct slice where = { 0 };

	(void)slice_cut(&rest, ' ', &where);
	(void)slice_cut(&where, ':', &site.file);
	site.line = where;
	(void)slice_cut(&rest, ' ', &site.function);
	site.operation = rest;
	if (slice_is(site.function, "-"))
		site.function = slice_str("");
	return site;
}

static inline void
rows_judge(struct noise_verdict *verdict, double x, double y, double factor)
{
	double expected = x * factor;
	double ratio = log((y + .5) / (expected + .5));

	verdict->expected = expected;
	verdict->error = sqrt(
	    1 / (x + .5) + 1 / (y + .5) + 2 * ROWS_NOISE * ROWS_NOISE);
	verdict->excess = y - expected;
	verdict->low = fmax(y * (1 - exp(1.645 * verdict->error - ratio)), 0);
	verdict->stands_out = verdict->low > 0;
	verdict->ratio_low = NAN;
	verdict->ratio_high = NAN;
	verdict->p = NAN;
	verdict->q = NAN;
}

/* A site that moved from one place to another, or stayed. */
static inline struct change *
rows_add_moved(struct rows *rows, const char *old_place, const char *new_place,
    int64_t old, int64_t new)
{
	size_t i = rows->ranking.count++;
	struct change *change = &rows->changes[i];

	assert(i < ROWS_MOST);
	rows->old[i] = rows_site(old_place, old);
	rows->new[i] = rows_site(new_place, new);
	change->pair.old = old < 0 ? NULL : &rows->old[i];
	change->pair.new = new < 0 ? NULL : &rows->new[i];
	change->pair.kind = old < 0 || new < 0 ? MATCH_NONE : MATCH_EXACT;
	change->pair.score = -1;
	change->old_count = old < 0 ? 0 : (uint64_t)old;
	change->new_count = new < 0 ? 0 : (uint64_t) new;
	change->kind = old < 0 ? CHANGE_APPEARED :
	    new < 0            ? CHANGE_VANISHED :
	    new > old          ? CHANGE_GREW :
	    new < old          ? CHANGE_SHRANK :
				 CHANGE_SAME;
	change->share = -1;
	rows_judge(&change->noise, (double)change->old_count,
	    (double)change->new_count, rows->factor);
	return change;
}

static inline struct change *
rows_add(struct rows *rows, const char *place, int64_t old, int64_t new)
{
	return rows_add_moved(rows, place, place, old, new);
}

static inline int
rows_compare(const void *a, const void *b)
{
	const struct change *left = a;
	const struct change *right = b;

	if (left->noise.low != right->noise.low)
		return left->noise.low < right->noise.low ? 1 : -1;
	return (left->noise.excess < right->noise.excess) -
	    (left->noise.excess > right->noise.excess);
}

/* Ranks what was added, and sums up. */
static inline void
rows_finish(struct rows *rows)
{
	struct ranking *ranking = &rows->ranking;

	ranking->changes = rows->changes;
	ranking->factor = rows->factor;
	ranking->days = 1;
	ranking->noise = (struct noise){ .days = 1, .cv = ROWS_NOISE };
	qsort(rows->changes, ranking->count, sizeof(rows->changes[0]),
	    rows_compare);
	for (size_t i = 0; i < ranking->count; i++) {
		const struct change *change = &rows->changes[i];

		ranking->old_sum += change->old_count;
		ranking->new_sum += change->new_count;
		ranking->expected_sum += change->noise.expected;
		if (change_rose(change))
			ranking->excess_sum += change->noise.excess;
		ranking->risers += change_rose(change);
		ranking->standing += change->noise.stands_out;
		ranking->changed += change->kind != CHANGE_SAME;
	}
	for (size_t i = 0; i < ranking->count; i++)
		if (change_rose(&rows->changes[i]))
			rows->changes[i].share = rows->changes[i].noise.excess /
			    ranking->excess_sum;
}

#endif
