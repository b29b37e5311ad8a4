/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/match.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "compare/match_inside.h"

enum field { FILE_NAME, LINE, FUNCTION, OPERATION, FIELDS };

/*
 * A matcher as data: sites are sorted by all four fields in this order, and
 * those that agree in the first few of them are paired, first with first.
 */
struct rule {
	enum field order[FIELDS];
	size_t joined;     /* how many must agree */
	bool needs_filled; /* the first field but one may not be empty */
};

static const struct rule same = { { FILE_NAME, LINE, FUNCTION, OPERATION }, 4,
	false };
static const struct rule same_place = {
	{ FILE_NAME, LINE, OPERATION, FUNCTION }, 3, true
};

int
line_compare(struct slice a, struct slice b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return slice_compare(a, b);
}

static struct slice
get(const struct site *site, enum field field)
{
	switch (field) {
	case FILE_NAME:
		return site->file;
	case LINE:
		return site->line;
	case FUNCTION:
		return site->function;
	case OPERATION:
	case FIELDS:
		break;
	}
	return site->operation;
}

/* Compares two sites by the first n fields of a rule. */
static int
compare(const struct site *a, const struct site *b, const struct rule *rule,
    size_t n)
{
	int order = 0;

	for (size_t i = 0; i < n && order == 0; i++) {
		struct slice left = get(a, rule->order[i]);
		struct slice right = get(b, rule->order[i]);

		order = rule->order[i] == LINE ? line_compare(left, right) :
						 slice_compare(left, right);
	}
	return order;
}

/* For qsort_r. */
static int
compare_all(const void *a, const void *b, void *rule)
{
	const struct site *const *left = a;
	const struct site *const *right = b;

	return compare(*left, *right, rule, FIELDS);
}

static void
sort(const struct site **sites, size_t count, const struct rule *rule)
{
	struct rule copy = *rule; /* qsort_r's argument is not const */

	qsort_r(sites, count, sizeof(sites[0]), compare_all, &copy);
}

void
matching_add(struct matching *matching, const struct site *old,
    const struct site *new, enum match_kind kind, double score)
{
	xgrow(&matching->pairs, &matching->room, matching->count + 1,
	    sizeof(matching->pairs[0]));
	matching->pairs[matching->count++] = (struct pair){ old, new, kind,
		score, NULL };
	if (old != NULL)
		matching->old_is_paired[old - matching->all_old] = true;
	if (new != NULL)
		matching->new_is_paired[new - matching->all_new] = true;
}

void
matching_add_twins(struct matching *matching, const struct site *old,
    const struct site *new)
{
	matching_add(matching, old, NULL, MATCH_NONE, -1);
	matching->pairs[matching->count - 1].twin = new;
	matching_add(matching, NULL, new, MATCH_NONE, -1);
	matching->pairs[matching->count - 1].twin = old;
}

bool
matching_has_old(const struct matching *matching, const struct site *old)
{
	return matching->old_is_paired[old - matching->all_old];
}

bool
matching_has_new(const struct matching *matching, const struct site *new)
{
	return matching->new_is_paired[new - matching->all_new];
}

void
matching_drop_paired(struct matching *matching)
{
	size_t old_free = 0;
	size_t new_free = 0;

	for (size_t i = 0; i < matching->old_count; i++)
		if (!matching_has_old(matching, matching->old[i]))
			matching->old[old_free++] = matching->old[i];
	for (size_t i = 0; i < matching->new_count; i++)
		if (!matching_has_new(matching, matching->new[i]))
			matching->new[new_free++] = matching->new[i];
	matching->old_count = old_free;
	matching->new_count = new_free;
}

static bool
may_join(const struct site *site, const struct rule *rule)
{
	return !rule->needs_filled || get(site, rule->order[1]).len > 0;
}

/* Walks both sorted lists at once. */
static void
apply(struct matching *matching, const struct rule *rule)
{
	const struct site **old = matching->old;
	const struct site **new = matching->new;
	size_t i = 0;
	size_t j = 0;

	sort(old, matching->old_count, rule);
	sort(new, matching->new_count, rule);
	while (i < matching->old_count && j < matching->new_count) {
		int order = compare(old[i], new[j], rule, rule->joined);

		if (order == 0 && may_join(old[i], rule))
			matching_add(matching, old[i++], new[j++], MATCH_EXACT,
			    1);
		else if (order <= 0)
			i++;
		else
			j++;
	}
	matching_drop_paired(matching);
}

static const struct site **
pointers(const struct site *sites, size_t count)
{
	const struct site **list = xcalloc(count, sizeof(list[0]));

	for (size_t i = 0; i < count; i++)
		list[i] = &sites[i];
	return list;
}

void
matching_init(struct matching *matching, const struct site *old,
    size_t old_count, const struct site *new, size_t new_count)
{
	*matching = (struct matching){
		.old = pointers(old, old_count),
		.old_count = old_count,
		.new = pointers(new, new_count),
		.new_count = new_count,
		.all_old = old,
		.all_new = new,
		.old_is_paired = xcalloc(old_count, sizeof(bool)),
		.new_is_paired = xcalloc(new_count, sizeof(bool)),
	};
}

void
matching_release(struct matching *matching)
{
	free(matching->old);
	free(matching->new);
	free(matching->pairs);
	free(matching->old_is_paired);
	free(matching->new_is_paired);
	*matching = (struct matching){ 0 };
}

void
matching_by_place(struct matching *matching)
{
	apply(matching, &same);
	apply(matching, &same_place);
}

void
matching_finish(struct matching *matching)
{
	for (size_t i = 0; i < matching->old_count; i++)
		matching_add(matching, matching->old[i], NULL, MATCH_NONE, -1);
	for (size_t i = 0; i < matching->new_count; i++)
		matching_add(matching, NULL, matching->new[i], MATCH_NONE, -1);
	matching_drop_paired(matching);
}

const char *
match_name(enum match_kind kind)
{
	static const char *const names[] = {
		[MATCH_EXACT] = "exact",
		[MATCH_SHIFTED] = "shifted",
		[MATCH_EDITED] = "edited",
		[MATCH_SPLIT] = "split",
		[MATCH_MOVED] = "moved",
		[MATCH_MAYBE] = "maybe",
		[MATCH_DOUBTFUL] = "doubtful",
		[MATCH_NONE] = "none",
	};

	return names[kind];
}
