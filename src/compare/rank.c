/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/rank.h"

#include <stdlib.h>

#include "base/alloc.h"

enum {
	ENOUGH_COUNTS = 10, /* on both days, for a ratio to mean something */
	ENOUGH_SITES = 10   /* for their median to */
};

static uint64_t
add_up(uint64_t sum, uint64_t more)
{
	return more > UINT64_MAX - sum ? UINT64_MAX : sum + more;
}

static uint64_t
count_of(const struct site *site)
{
	return site == NULL ? 0 : site->count;
}

static int
compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return (left > right) - (left < right);
}

static double
median(double *values, size_t count)
{
	qsort(values, count, sizeof(values[0]), compare_doubles);
	return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

void
traffic_tell(struct traffic *traffic, const struct pair *pairs, size_t count)
{
	double *ratios = xcalloc(count, sizeof(ratios[0]));
	size_t n = 0;
	double old_sum = 0;
	double new_sum = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t old = count_of(pairs[i].old);
		uint64_t new = count_of(pairs[i].new);

		old_sum += (double)old;
		new_sum += (double)new;
		if (old >= ENOUGH_COUNTS && new >= ENOUGH_COUNTS)
			ratios[n++] = (double)new / (double)old;
	}
	*traffic = (struct traffic){ 0 };
	if (old_sum > 0)
		traffic->total = new_sum / old_sum;
	traffic->factor = traffic->total;
	if (n >= ENOUGH_SITES) {
		traffic->factor = median(ratios, n);
		traffic->sites = n;
	}
	free(ratios);
}

uint64_t
change_size(const struct change *change)
{
	return change->new_count > change->old_count ?
	    change->new_count - change->old_count :
	    change->old_count - change->new_count;
}

/* What it is ranked by, as its sign ... */
static int
direction(const struct change *change)
{
	if (change->expected >= 0)
		return (change->excess > 0) - (change->excess < 0);
	return (change->new_count > change->old_count) -
	    (change->new_count < change->old_count);
}

/* ... and its size. */
static double
magnitude(const struct change *change)
{
	if (change->expected >= 0)
		return change->excess < 0 ? -change->excess : change->excess;
	return (double)change_size(change);
}

bool
change_rose(const struct change *change)
{
	return direction(change) > 0;
}

const struct site *
change_site(const struct change *change)
{
	return change->pair.new != NULL ? change->pair.new : change->pair.old;
}

struct slice
change_function(const struct change *change)
{
	const struct site *site = change_site(change);

	if (site->function.len == 0 && change->pair.old != NULL)
		site = change->pair.old;
	return site->function;
}

const char *
change_name(enum change_kind kind)
{
	static const char *const names[] = {
		[CHANGE_APPEARED] = "appeared",
		[CHANGE_VANISHED] = "vanished",
		[CHANGE_GREW] = "grew",
		[CHANGE_SHRANK] = "shrank",
		[CHANGE_SAME] = "same",
	};

	return names[kind];
}

/* Risers, fallers, the rest. */
static int
group_of(const struct change *change)
{
	static const int groups[] = { 1, 2, 0 }; /* fell, same, rose */

	return groups[direction(change) + 1];
}

static int
compare_sites(const struct site *a, const struct site *b)
{
	int order = slice_compare(a->file, b->file);

	if (order == 0)
		order = line_compare(a->line, b->line);
	if (order == 0)
		order = slice_compare(a->operation, b->operation);
	if (order == 0)
		order = slice_compare(a->function, b->function);
	return order;
}

static int
compare_changes(const void *a, const void *b)
{
	const struct change *left = a;
	const struct change *right = b;
	int order;

	order = group_of(left) - group_of(right);
	if (order == 0)
		order = (magnitude(left) < magnitude(right)) -
		    (magnitude(left) > magnitude(right));
	/* counts beyond 2^53 are not exact as a double */
	if (order == 0)
		order = (change_size(left) < change_size(right)) -
		    (change_size(left) > change_size(right));
	if (order == 0)
		order = compare_sites(change_site(left), change_site(right));
	if (order == 0)
		order = (left->pair.new == NULL) - (right->pair.new == NULL);
	return order;
}

static enum change_kind
kind_of(const struct pair *pair)
{
	if (pair->old == NULL)
		return CHANGE_APPEARED;
	if (pair->new == NULL)
		return CHANGE_VANISHED;
	if (pair->new->count > pair->old->count)
		return CHANGE_GREW;
	if (pair->new->count < pair->old->count)
		return CHANGE_SHRANK;
	return CHANGE_SAME;
}

static struct change
make_change(const struct pair *pair, double factor)
{
	struct change change = {
		.pair = *pair,
		.kind = kind_of(pair),
		.old_count = count_of(pair->old),
		.new_count = count_of(pair->new),
		.expected = -1,
		.share = -1,
	};

	if (factor > 0) {
		change.expected = (double)change.old_count * factor;
		change.excess = (double)change.new_count - change.expected;
	}
	return change;
}

static void
tell_shares(struct ranking *ranking)
{
	double rise = 0;

	for (size_t i = 0; i < ranking->count; i++)
		if (change_rose(&ranking->changes[i]))
			rise += magnitude(&ranking->changes[i]);
	for (size_t i = 0; i < ranking->count; i++)
		if (change_rose(&ranking->changes[i]))
			ranking->changes[i].share = magnitude(
							&ranking->changes[i]) /
			    rise;
}

static void
count_changes(struct ranking *ranking)
{
	ranking->risers = 0;
	ranking->changed = 0;
	for (size_t i = 0; i < ranking->count; i++) {
		if (change_rose(&ranking->changes[i]))
			ranking->risers++;
		if (ranking->changes[i].kind != CHANGE_SAME)
			ranking->changed++;
	}
}

void
ranking_init(struct ranking *ranking, const struct pair *pairs, size_t count,
    double factor)
{
	*ranking = (struct ranking){ .count = count };
	ranking->changes = xcalloc(count, sizeof(ranking->changes[0]));
	for (size_t i = 0; i < count; i++) {
		struct change change = make_change(&pairs[i], factor);

		ranking->changes[i] = change;
		ranking->old_sum = add_up(ranking->old_sum, change.old_count);
		ranking->new_sum = add_up(ranking->new_sum, change.new_count);
	}
	qsort(ranking->changes, count, sizeof(ranking->changes[0]),
	    compare_changes);
	tell_shares(ranking);
	count_changes(ranking);
}

void
ranking_release(struct ranking *ranking)
{
	free(ranking->changes);
	*ranking = (struct ranking){ 0 };
}

static bool
has_count(const struct change *change, uint64_t min_count)
{
	return change->old_count >= min_count || change->new_count >= min_count;
}

void
ranking_keep(struct ranking *ranking, uint64_t min_count, uint64_t min_delta)
{
	size_t kept = 0;

	for (size_t i = 0; i < ranking->count; i++)
		if (has_count(&ranking->changes[i], min_count) &&
		    change_size(&ranking->changes[i]) >= min_delta)
			ranking->changes[kept++] = ranking->changes[i];
	ranking->count = kept;
	count_changes(ranking);
}

bool
ranking_rose_above(const struct ranking *ranking, double percent,
    uint64_t min_count)
{
	for (size_t i = 0; i < ranking->count; i++) {
		const struct change *change = &ranking->changes[i];
		double base = change->expected >= 0 ? change->expected :
						      (double)change->old_count;

		if (change_rose(change) && has_count(change, min_count) &&
		    (double)change->new_count > base * (1 + percent / 100))
			return true;
	}
	return false;
}
