/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/diagonal.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

enum { RUN = 6 };

/* A run of sites, by what it looks like wherever it stands. */
struct run {
	uint64_t hash;
	uint32_t place; /* of its first site */
};

/* A run that both lists have once. */
struct anchor {
	uint32_t old, new;
	size_t before; /* in the longest rising row that ends here; from 1 */
};

static int
compare_runs(const void *a, const void *b)
{
	const struct run *left = a;
	const struct run *right = b;

	if (left->hash != right->hash)
		return left->hash < right->hash ? -1 : 1;
	return left->place < right->place ? -1 : left->place > right->place;
}

static int
compare_anchors(const void *a, const void *b)
{
	const struct anchor *left = a;
	const struct anchor *right = b;

	return left->old < right->old ? -1 : left->old > right->old;
}

static uint64_t
hash_run(const struct chain_site *sites)
{
	uint64_t hash = RUN;

	for (size_t i = 0; i < RUN; i++) {
		uint64_t apart = sites[i].line - sites[0].line;

		hash = hash_mix(hash ^ sites[i].operation,
		    apart ^ UINT64_C(0xa0761d6478bd642f));
	}
	return hash;
}

/* The runs of a list, sorted; NULL where it is shorter than one. */
static struct run *
list_runs(const struct chain_site *sites, size_t count, size_t *runs_count)
{
	struct run *runs;

	*runs_count = count < RUN ? 0 : count - RUN + 1;
	runs = xcalloc(*runs_count + 1, sizeof(runs[0]));
	for (size_t i = 0; i < *runs_count; i++)
		runs[i] = (struct run){ hash_run(&sites[i]), (uint32_t)i };
	qsort(runs, *runs_count, sizeof(runs[0]), compare_runs);
	return runs;
}

/* How many runs look like the first of them. */
static size_t
equal_runs(const struct run *runs, size_t count)
{
	size_t equal = 1;

	while (equal < count && runs[equal].hash == runs[0].hash)
		equal++;
	return equal;
}

/* Those that each of both sorted lists has once, in old's order. */
static size_t
find_anchors(struct anchor *anchors, const struct run *old, size_t old_count,
    const struct run *new, size_t new_count)
{
	size_t count = 0;
	size_t i = 0;
	size_t j = 0;

	while (i < old_count && j < new_count) {
		size_t olds = equal_runs(&old[i], old_count - i);
		size_t news = equal_runs(&new[j], new_count - j);
		bool old_is_first = old[i].hash <= new[j].hash;
		bool new_is_first = new[j].hash <= old[i].hash;

		if (old_is_first && new_is_first && olds == 1 && news == 1)
			anchors[count++] = (struct anchor){ old[i].place,
				new[j].place, 0 };
		if (old_is_first)
			i += olds;
		if (new_is_first)
			j += news;
	}
	qsort(anchors, count, sizeof(anchors[0]), compare_anchors);
	return count;
}

/*
 * Leaves the longest row of anchors that rises on both sides (patience
 * sorting): ends[k] is the anchor, from 1, that ends the row of k + 1 with the
 * least place in new.
 */
static size_t
keep_rising(struct anchor *anchors, size_t count)
{
	size_t *ends = xcalloc(count + 1, sizeof(ends[0]));
	size_t length = 0;
	size_t at;

	for (size_t i = 0; i < count; i++) {
		size_t low = 0;
		size_t high = length;

		while (low < high) {
			size_t middle = (low + high) / 2;

			if (anchors[ends[middle] - 1].new < anchors[i].new)
				low = middle + 1;
			else
				high = middle;
		}
		anchors[i].before = low > 0 ? ends[low - 1] : 0;
		ends[low] = i + 1;
		if (low == length)
			length++;
	}
	at = length > 0 ? ends[length - 1] : 0;
	for (size_t k = length; k-- > 0; at = anchors[at - 1].before)
		ends[k] = at;
	for (size_t k = 0; k < length; k++)
		anchors[k] = anchors[ends[k] - 1];
	free(ends);
	return length;
}

/* Fills opposite evenly from one anchor up to the next. */
static void
fill(uint32_t *opposite, const struct anchor *from, const struct anchor *to)
{
	uint64_t olds = to->old - from->old;
	uint64_t news = to->new - from->new;

	for (uint64_t i = 0; i < olds; i++) {
		uint64_t share = i * news;

		opposite[from->old + i] = (uint32_t)(from->new + share / olds);
	}
}

uint32_t *
diagonal_find(const struct chain_site *old, size_t old_count,
    const struct chain_site *new, size_t new_count)
{
	size_t old_runs_count;
	size_t new_runs_count;
	struct run *old_runs = list_runs(old, old_count, &old_runs_count);
	struct run *new_runs = list_runs(new, new_count, &new_runs_count);
	struct anchor *anchors = xcalloc(old_count, sizeof(anchors[0]));
	uint32_t *opposite = xcalloc(old_count, sizeof(opposite[0]));
	struct anchor end = { (uint32_t)old_count, (uint32_t)new_count, 0 };
	struct anchor last = { 0, 0, 0 };
	size_t count = find_anchors(anchors, old_runs, old_runs_count, new_runs,
	    new_runs_count);

	count = keep_rising(anchors, count);
	for (size_t i = 0; i < count; i++) {
		fill(opposite, &last, &anchors[i]);
		last = anchors[i];
	}
	fill(opposite, &last, &end);
	free(anchors);
	free(new_runs);
	free(old_runs);
	return opposite;
}
