/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/alike.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

/* How many of the changes must have the ratio. */
#define MOST .75

/* By how much ratios may differ that are the same: a person would say "x3" of
 * both, and two standard errors are nothing strange. */
#define NEAR .15
#define ERRORS 2

/* One-sided, 95 %. */
#define SURE 1.645

/* How much of the excess all but the largest part must have: of less nobody
 * would speak. */
#define LEAST .1

struct sum {
	double expected;
	double seen;
	double variance; /* of seen, by noise alone */
};

static void
add(struct sum *sum, const struct change *change)
{
	double expected = change->noise.expected;
	double error = expected * change->noise.error;

	sum->expected += expected;
	sum->seen += (double)change->new_count;
	sum->variance += error * error + 1;
}

static double
log_ratio(double seen, double expected)
{
	return log((seen + .5) / (expected + .5));
}

/* Whether a change is large enough to tell the ratio of all from none. */
static bool
can_tell(const struct change *change, double ratio)
{
	return 2 * change->noise.error <= ratio;
}

/* Nearer to the ratio of all than to none, and as near as noise allows. */
static bool
has_ratio(const struct change *change, double ratio)
{
	double own = log_ratio((double)change->new_count,
	    change->noise.expected);

	return 2 * own >= ratio &&
	    fabs(own - ratio) <= NEAR + ERRORS * change->noise.error;
}

/* Whether most have the ratio of all, of those that can tell. */
static bool
most_have_ratio(const struct change *const *changes, size_t count,
    const struct sum *all)
{
	double ratio = log_ratio(all->seen, all->expected);
	double near = 0;
	double weight = 0;
	size_t near_count = 0;
	size_t told = 0;

	for (size_t i = 0; i < count; i++) {
		double size = changes[i]->noise.expected +
		    (double)changes[i]->new_count;

		if (!can_tell(changes[i], ratio))
			continue;
		told++;
		weight += size;
		near_count += has_ratio(changes[i], ratio);
		near += has_ratio(changes[i], ratio) ? size : 0;
	}
	return told > 0 && (double)near_count >= MOST * (double)told &&
	    near >= MOST * weight;
}

/* Whether what is left without the part that rose most rose by half as much at
 * least, as logarithms, by more than noise, and is worth a word. */
static bool
rest_rose(const struct sum *parts, size_t count, const struct sum *all)
{
	struct sum rest = *all;
	size_t first = 0;

	for (size_t i = 1; i < count; i++)
		if (parts[i].seen - parts[i].expected >
		    parts[first].seen - parts[first].expected)
			first = i;
	rest.expected -= parts[first].expected;
	rest.seen -= parts[first].seen;
	rest.variance -= parts[first].variance;
	return rest.seen - rest.expected > SURE * sqrt(rest.variance) &&
	    rest.seen - rest.expected >= LEAST * (all->seen - all->expected) &&
	    2 * log_ratio(rest.seen, rest.expected) >=
	    log_ratio(all->seen, all->expected);
}

bool
alike_rose(const struct change *const *changes, const size_t *parts,
    size_t count, size_t part_count)
{
	struct sum *sums;
	struct sum all = { 0 };
	bool is_alike;

	if (part_count < 2)
		return false;
	sums = xcalloc(part_count, sizeof(sums[0]));
	for (size_t i = 0; i < count; i++) {
		add(&sums[parts[i]], changes[i]);
		add(&all, changes[i]);
	}
	/* what is all new has no ratio */
	is_alike = all.seen > all.expected &&
	    (all.expected < 1 || most_have_ratio(changes, count, &all)) &&
	    rest_rose(sums, part_count, &all);
	free(sums);
	return is_alike;
}
