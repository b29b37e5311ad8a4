/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/suspect.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* What each later commit that touched the same leaves of a score. */
#define DECAY 0.9

static const struct {
	double weight;
	const char *text;
} reasons[] = {
	[SUSPECT_LINE] = { 1, "changed this line" },
	[SUSPECT_FUNCTION] = { 0.6, "changed this function" },
	[SUSPECT_FILE] = { 0.3, "changed this file" },
	[SUSPECT_CALLER] = { 0.2, "changed a caller" },
	[SUSPECT_CONFIG] = { 0.1, "changed a configuration or lock file" },
};

double
suspect_weight(enum suspect_reason reason)
{
	return reasons[reason].weight;
}

const char *
suspect_reason_text(enum suspect_reason reason)
{
	return reasons[reason].text;
}

/* By site, then the newest commit first, then the strongest reason. */
static int
compare_touches(const void *a, const void *b)
{
	const struct suspect_touch *left = *(struct suspect_touch *const *)a;
	const struct suspect_touch *right = *(struct suspect_touch *const *)b;

	if (left->site != right->site)
		return left->site < right->site ? -1 : 1;
	if (left->commit != right->commit)
		return left->commit < right->commit ? -1 : 1;
	return (left->reason > right->reason) - (left->reason < right->reason);
}

/* Who touches a line touches its function and file too; callers and settings
 * are things of their own. */
static void
count_touch(size_t *counts, enum suspect_reason reason)
{
	counts[reason]++;
	if (reason == SUSPECT_LINE)
		counts[SUSPECT_FUNCTION]++;
	if (reason <= SUSPECT_FUNCTION)
		counts[SUSPECT_FILE]++;
}

/* A commit while it is scored. */
struct entry {
	struct suspect suspect;
	double best;  /* the most that one touch gave */
	size_t index; /* among the commits */
};

static void
add_touch(struct entry *entry, const struct suspect_touch *touch, double given)
{
	struct suspect *suspect = &entry->suspect;

	suspect->score += given;
	if (given <= entry->best)
		return;
	entry->best = given;
	suspect->reason = touch->reason;
	suspect->site = touch->site;
	suspect->path = touch->path;
	suspect->line = touch->line;
}

/* The touches are sorted; weights add up to 1. */
static void
add_touches(struct entry *entries, const struct suspect_touch **touches,
    size_t count, const double *weights)
{
	size_t later[SUSPECT_REASONS] = { 0 };

	for (size_t i = 0; i < count; i++) {
		const struct suspect_touch *touch = touches[i];
		bool is_new_site = i == 0 ||
		    touches[i - 1]->site != touch->site;

		if (is_new_site)
			memset(later, 0, sizeof(later));
		else if (touches[i - 1]->commit == touch->commit)
			continue;
		add_touch(&entries[touch->commit], touch,
		    weights[touch->site] * suspect_weight(touch->reason) *
			pow(DECAY, (double)later[touch->reason]));
		count_touch(later, touch->reason);
	}
}

static double
positive(double weight)
{
	return weight > 0 ? weight : 0;
}

/* Shares of their sum; equal ones where that is 0. The caller frees them. */
static double *
share_weights(const double *weights, size_t count)
{
	double *shares = xcalloc(count, sizeof(shares[0]));
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += positive(weights[i]);
	for (size_t i = 0; i < count; i++)
		shares[i] = sum > 0 ? positive(weights[i]) / sum :
				      1 / (double)count;
	return shares;
}

static int
compare_entries(const void *a, const void *b)
{
	const struct entry *left = a;
	const struct entry *right = b;

	if (left->suspect.score != right->suspect.score)
		return left->suspect.score > right->suspect.score ? -1 : 1;
	return left->index < right->index ? -1 : left->index > right->index;
}

/* Sorts the entries and writes back those with a score. */
static size_t
take_best(struct suspect *commits, struct entry *entries, size_t count)
{
	size_t kept = 0;

	qsort(entries, count, sizeof(entries[0]), compare_entries);
	while (kept < count && entries[kept].suspect.score > 0) {
		commits[kept] = entries[kept].suspect;
		kept++;
	}
	return kept;
}

size_t
suspects_rank(struct suspect *commits, size_t count,
    const struct suspect_touch *touches, size_t touch_count,
    const double *site_weights, size_t site_count)
{
	struct entry *entries = xcalloc(count, sizeof(entries[0]));
	const struct suspect_touch **sorted = xcalloc(touch_count,
	    sizeof(sorted[0]));
	double *shares = share_weights(site_weights, site_count);
	size_t kept;

	for (size_t i = 0; i < count; i++) {
		entries[i] = (struct entry){ commits[i], 0, i };
		entries[i].suspect.score = 0;
	}
	for (size_t i = 0; i < touch_count; i++) {
		assert(touches[i].commit < count);
		assert(touches[i].site < site_count);
		sorted[i] = &touches[i];
	}
	qsort(sorted, touch_count, sizeof(sorted[0]), compare_touches);
	add_touches(entries, sorted, touch_count, shares);
	kept = take_best(commits, entries, count);
	free(shares);
	free(sorted);
	free(entries);
	return kept;
}

void
suspects_release(struct suspects *suspects)
{
	free(suspects->items);
	arena_release(&suspects->arena);
	*suspects = (struct suspects){ 0 };
}
