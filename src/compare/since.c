/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/since.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

/*
 * The noise of a slot: its coefficient of variation. A slot in which 1,000 were
 * seen, give or take .2 of them, tells as much as a Poisson count of 24 would;
 * counts are scaled down to what they are worth, and then taken as such.
 */
#define NOISE .2

/* The least that two ratios must explain better than one (in logarithms of the
 * likelihood), for there are many points to choose from. */
#define GAIN 6
#define ENDING 3 /* and so much more, where it ends before the day does */

/* The rise must be so large at least, most of it behind the point. */
#define RISE 1.15
#define MOST .6

/* How much of the rise may be there before, as far as that can be told; */
#define BEFORE (1.0 / 3)
/* and how much more than was expected, if that is so much of all excess. */
#define CALM .25
#define ERRORS 2

struct sum {
	double expected, seen; /* as they are worth */
	double plain, excess;  /* expected, and beyond it, as they are */
};

static struct sum
less(struct sum all, struct sum part)
{
	return (struct sum){ all.expected - part.expected, all.seen - part.seen,
		all.plain - part.plain, all.excess - part.excess };
}

/*
 * sums[i] is of the slots before i. Where nothing was expected and nothing was
 * seen nothing is told: such slots share one count, so that code that is new
 * has a time before it, and a quiet night is none.
 */
static void
add_up(struct sum *sums, const struct since_slot *slots, size_t count)
{
	size_t empty = 0;

	for (size_t i = 0; i < count; i++)
		empty += slots[i].expected <= 0;
	sums[0] = (struct sum){ 0 };
	for (size_t i = 0; i < count; i++) {
		double expected = slots[i].expected;
		double seen = slots[i].seen;
		double worth;

		if (expected <= 0)
			expected = 1 / (double)empty;
		worth = 1 / (1 + NOISE * NOISE * fmax(expected, seen));
		sums[i + 1].expected = sums[i].expected + worth * expected;
		sums[i + 1].seen = sums[i].seen + worth * seen;
		sums[i + 1].plain = sums[i].plain + expected;
		sums[i + 1].excess = sums[i].excess + seen - expected;
	}
}

/* The logarithm of the likelihood of Poisson counts at their best ratio, but
 * for what is the same for all divisions. */
static double
likelihood(struct sum sum)
{
	return sum.seen > 0 && sum.expected > 0 ?
	    sum.seen * log(sum.seen / sum.expected) :
	    0;
}

/* A part of the day, and how much better two ratios explain it. */
struct span {
	size_t begin, end;
	double gain;
};

/* Takes another span where that explains more, with a higher ratio within. */
static void
try_span(struct span *best, const struct sum *sums, size_t count, size_t begin,
    size_t end)
{
	struct sum in = less(sums[end], sums[begin]);
	struct sum out = less(sums[count], in);
	double gain = likelihood(in) + likelihood(out) -
	    likelihood(sums[count]);

	if (gain > best->gain &&
	    in.seen * out.expected > out.seen * in.expected)
		*best = (struct span){ begin, end, gain };
}

/* A rise lasts to the end of the day, unless one that ends before explains
 * clearly more: there are count times as many of those. */
static struct span
best_span(const struct sum *sums, size_t count)
{
	struct span last = { 0, count, 0 };
	struct span best = { 0, count, 0 };

	for (size_t begin = 1; begin < count; begin++) {
		try_span(&last, sums, count, begin, count);
		for (size_t end = begin + 1; end < count; end++)
			try_span(&best, sums, count, begin, end);
	}
	best.gain -= ENDING + log((double)count);
	return best.gain > last.gain ? best : last;
}

/* Whether outside of it counts were about as expected, and rose within. */
static bool
is_rise(struct sum in, struct sum out)
{
	double ratio = in.seen / in.expected;
	double ratio_out = out.seen / out.expected;
	double error = ratio_out / sqrt(out.seen + 1);

	return ratio >= RISE &&
	    ratio_out - ERRORS * error <= 1 + (ratio - 1) * BEFORE &&
	    in.excess > 0 &&
	    (out.excess <= CALM * out.plain ||
		out.excess <= CALM * in.excess) &&
	    in.excess >= MOST * (in.excess + fmax(out.excess, 0));
}

bool
since_find(const struct since_slot *slots, size_t count, size_t *first)
{
	struct sum *sums = xcalloc(count + 1, sizeof(sums[0]));
	struct span span;
	bool is_found;

	add_up(sums, slots, count);
	span = best_span(sums, count);
	is_found = span.gain >= GAIN;
	if (is_found) {
		struct sum in = less(sums[span.end], sums[span.begin]);

		is_found = is_rise(in, less(sums[count], in));
	}
	if (is_found)
		*first = span.begin;
	free(sums);
	return is_found;
}
