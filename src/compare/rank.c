/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/rank.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

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

uint64_t
change_size(const struct change *change)
{
	return change->new_count > change->old_count ?
	    change->new_count - change->old_count :
	    change->old_count - change->new_count;
}

bool
change_rose(const struct change *change)
{
	return change->noise.excess > 0 && change->pair.twin == NULL;
}

bool
change_stands_out(const struct change *change)
{
	return change->noise.stands_out;
}

bool
change_falls_short(const struct change *change)
{
	return change->pair.twin == NULL &&
	    change->noise.ratio_high * (double)change->old_count <
	    change->noise.expected;
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

/* Risers, fallers and what may only have moved, the rest. */
static int
group_of(const struct change *change)
{
	if (change->noise.excess == 0)
		return 2;
	return change_rose(change) ? 0 : 1;
}

/* The larger first. */
static int
compare_sizes(double a, double b)
{
	return (a < b) - (a > b);
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
		order = compare_sizes(left->noise.low, right->noise.low);
	if (order == 0)
		order = compare_sizes(fabs(left->noise.excess),
		    fabs(right->noise.excess));
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
make_change(const struct lineup_row *row, const struct noise_verdict *verdict)
{
	struct change change = {
		.pair = row->pair,
		.old_counts = row->old,
		.kind = kind_of(&row->pair),
		.old_count = count_of(row->pair.old),
		.new_count = count_of(row->pair.new),
		.noise = *verdict,
		.share = -1,
	};

	/* Where the same went missing elsewhere, that is what happened. */
	if (row->pair.twin != NULL) {
		change.noise.stands_out = false;
		change.noise.low = 0;
	}
	return change;
}

static void
sum_up(struct ranking *ranking)
{
	ranking->old_sum = 0;
	ranking->new_sum = 0;
	ranking->expected_sum = 0;
	ranking->excess_sum = 0;
	for (size_t i = 0; i < ranking->count; i++) {
		const struct change *change = &ranking->changes[i];

		ranking->old_sum = add_up(ranking->old_sum, change->old_count);
		ranking->new_sum = add_up(ranking->new_sum, change->new_count);
		ranking->expected_sum += change->noise.expected;
		if (change_rose(change))
			ranking->excess_sum += change->noise.excess;
	}
	for (size_t i = 0; i < ranking->count; i++)
		if (change_rose(&ranking->changes[i]))
			ranking->changes[i].share =
			    ranking->changes[i].noise.excess /
			    ranking->excess_sum;
}

static void
count_changes(struct ranking *ranking)
{
	ranking->risers = 0;
	ranking->standing = 0;
	ranking->changed = 0;
	for (size_t i = 0; i < ranking->count; i++) {
		if (change_rose(&ranking->changes[i]))
			ranking->risers++;
		if (change_stands_out(&ranking->changes[i]))
			ranking->standing++;
		if (ranking->changes[i].kind != CHANGE_SAME)
			ranking->changed++;
	}
}

/* The verdicts on the rows, in their order; the caller frees them. */
static struct noise_verdict *
judge(struct noise *noise, const struct lineup_row *rows, size_t count,
    const struct traffic *traffic, double factor)
{
	struct noise_verdict *verdicts = xcalloc(count, sizeof(verdicts[0]));
	struct noise_series *series = xcalloc(count, sizeof(series[0]));

	for (size_t i = 0; i < count; i++) {
		series[i].old = rows[i].old;
		series[i].new = count_of(rows[i].pair.new);
	}
	noise_judge(noise, series, count, traffic, factor, verdicts);
	free(series);
	return verdicts;
}

void
ranking_init(struct ranking *ranking, const struct lineup_row *rows,
    size_t count, const struct traffic *traffic, double factor)
{
	struct noise_verdict *verdicts;

	*ranking = (struct ranking){
		.count = count,
		.days = traffic->day_count,
		.factor = factor > 0 ? factor : 1,
	};
	verdicts = judge(&ranking->noise, rows, count, traffic, factor);
	ranking->changes = xcalloc(count, sizeof(ranking->changes[0]));
	for (size_t i = 0; i < count; i++)
		ranking->changes[i] = make_change(&rows[i], &verdicts[i]);
	free(verdicts);
	qsort(ranking->changes, count, sizeof(ranking->changes[0]),
	    compare_changes);
	sum_up(ranking);
	count_changes(ranking);
}

void
ranking_copy(struct ranking *ranking, const struct ranking *of)
{
	*ranking = *of;
	ranking->changes = xcalloc(of->count, sizeof(of->changes[0]));
	for (size_t i = 0; i < of->count; i++)
		ranking->changes[i] = of->changes[i];
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

void
ranking_select(struct ranking *ranking,
    bool (*wanted)(const struct change *change, const void *context),
    const void *context)
{
	size_t kept = 0;

	for (size_t i = 0; i < ranking->count; i++)
		if (wanted(&ranking->changes[i], context))
			ranking->changes[kept++] = ranking->changes[i];
	ranking->count = kept;
	sum_up(ranking);
	count_changes(ranking);
}

const struct change *
ranking_first(const struct ranking *ranking)
{
	for (size_t i = 0; i < ranking->count; i++)
		if (change_stands_out(&ranking->changes[i]))
			return &ranking->changes[i];
	return ranking->changes;
}

/* What appeared has a base of 0. */
static double
base_of(const struct change *change, bool is_expected)
{
	if (change->kind == CHANGE_APPEARED)
		return 0;
	return is_expected ? change->noise.expected : (double)change->old_count;
}

bool
ranking_rose_above(const struct ranking *ranking, double percent,
    uint64_t min_count, bool of_expected)
{
	for (size_t i = 0; i < ranking->count; i++) {
		const struct change *change = &ranking->changes[i];
		double base = base_of(change, of_expected);
		double new = (double)change->new_count;

		if (has_count(change, min_count) && change->pair.twin == NULL &&
		    new > base &&new > base *(1 + percent / 100))
			return true;
	}
	return false;
}
