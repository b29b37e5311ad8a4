/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/order.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/table.h"
#include "compare/chain.h"
#include "compare/match_inside.h"
#include "compare/renamed.h"

/* Below so many a count says little of whether the site is there every day. */
#define FEW 10.

/* The noise of a site from day to day, of ln(count), where none is measured. */
#define DAY_NOISE .15

/* A free site, with its names as numbers. */
struct spot {
	uint32_t file;
	struct chain_site site;
	const struct site *of;
};

/* The free sites of a day, sorted by file, line, operation and function. */
struct side {
	struct chain_site *sites;
	const struct site **of; /* those of the same places */
	size_t *begins; /* by file: its first site; one more for the end */
};

struct order {
	struct matching *matching;
	double log_factor; /* NaN: not known */
	struct table files, operations, functions;
	struct side old, new;
	struct chain chain;
};

/* The number of a name, from 0 on. */
static uint32_t
number_of(struct table *table, struct slice name)
{
	bool is_added;
	uint32_t *number = table_add(table, name, &is_added);

	if (is_added)
		*number = (uint32_t)table->count - 1;
	return *number;
}

/* Sites without a line have operations of their own: they match each other. */
static struct spot
spot_of(struct order *order, const struct site *site)
{
	struct spot spot = { .of = site };
	uint32_t operation = number_of(&order->operations, site->operation);
	bool has_line = slice_number(site->line, &spot.site.line) >= 0;
	double count = (double)site->count;

	if (slice_number(site->line, &spot.site.line) > 0)
		spot.site.line = UINT64_MAX;
	spot.file = number_of(&order->files, site->file);
	spot.site.operation = 2 * operation + has_line;
	if (site->function.len > 0)
		spot.site.function = number_of(&order->functions,
					 site->function) +
		    1;
	spot.site.log_count = log(count + .5);
	spot.site.presence = count / (count + FEW);
	return spot;
}

static int
compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare_spots(const void *a, const void *b)
{
	const struct spot *left = a;
	const struct spot *right = b;
	int order = compare_numbers(left->file, right->file);

	if (order == 0)
		order = compare_numbers(left->site.line, right->site.line);
	if (order == 0)
		order = line_compare(left->of->line, right->of->line);
	if (order == 0)
		order = compare_numbers(left->site.operation,
		    right->site.operation);
	if (order == 0)
		order = compare_numbers(left->site.function,
		    right->site.function);
	return order;
}

static struct spot *
list_spots(struct order *order, const struct site **sites, size_t count)
{
	struct spot *spots = xcalloc(count + 1, sizeof(spots[0]));

	for (size_t i = 0; i < count; i++)
		spots[i] = spot_of(order, sites[i]);
	qsort(spots, count, sizeof(spots[0]), compare_spots);
	return spots;
}

/* Takes sorted spots apart; files is how many there are. */
static void
side_init(struct side *side, const struct spot *spots, size_t count,
    size_t files)
{
	side->sites = xcalloc(count + 1, sizeof(side->sites[0]));
	side->of = xcalloc(count + 1, sizeof(side->of[0]));
	side->begins = xcalloc(files + 1, sizeof(side->begins[0]));
	for (size_t i = 0; i < count; i++) {
		side->sites[i] = spots[i].site;
		side->of[i] = spots[i].of;
		side->begins[spots[i].file + 1] = i + 1;
	}
	for (size_t file = 0; file < files; file++)
		if (side->begins[file + 1] == 0)
			side->begins[file + 1] = side->begins[file];
}

static void
side_release(struct side *side)
{
	free(side->sites);
	free(side->of);
	free(side->begins);
}

static size_t
side_count(const struct side *side, size_t file)
{
	return side->begins[file + 1] - side->begins[file];
}

static void
order_init(struct order *order, struct matching *matching, double factor)
{
	struct spot *old;
	struct spot *new;

	*order = (struct order){
		.matching = matching,
		.log_factor = factor > 0 && isfinite(factor) ? log(factor) :
							       NAN,
	};
	table_init(&order->files, sizeof(uint32_t));
	table_init(&order->operations, sizeof(uint32_t));
	table_init(&order->functions, sizeof(uint32_t));
	old = list_spots(order, matching->old, matching->old_count);
	new = list_spots(order, matching->new, matching->new_count);
	side_init(&order->old, old, matching->old_count, order->files.count);
	side_init(&order->new, new, matching->new_count, order->files.count);
	free(old);
	free(new);
}

static void
order_release(struct order *order)
{
	table_release(&order->files);
	table_release(&order->operations);
	table_release(&order->functions);
	side_release(&order->old);
	side_release(&order->new);
	chain_release(&order->chain);
}

static bool
sites_are_same(const struct order *order, size_t i, size_t j)
{
	const struct chain_site *old = &order->old.sites[i];
	const struct chain_site *new = &order->new.sites[j];

	return old->line == new->line && old->operation == new->operation &&
	    old->function ==
	    new->function &&slice_equal(order->old.of[i]->line,
		order->new.of[j]->line);
}

/* Pairs the sites of a file that has the same ones on both days; false where
 * it has not. */
static bool
pair_same(struct order *order, size_t file)
{
	size_t i = order->old.begins[file];
	size_t j = order->new.begins[file];
	size_t count = side_count(&order->old, file);

	if (count != side_count(&order->new, file))
		return false;
	for (size_t k = 0; k < count; k++)
		if (!sites_are_same(order, i + k, j + k))
			return false;
	for (size_t k = 0; k < count; k++)
		matching_add(order->matching, order->old.of[i + k],
		    order->new.of[j + k], MATCH_EXACT, 1);
	return true;
}

/* Pairs what the chain links of an old file and a new one, which may be the
 * same; share is how sure it is that they are. */
static void
pair_links(struct order *order, size_t old_file, size_t new_file, double share)
{
	size_t i = order->old.begins[old_file];
	size_t j = order->new.begins[new_file];

	chain_sites(&order->chain, order->old.sites + i,
	    side_count(&order->old, old_file), order->new.sites + j,
	    side_count(&order->new, new_file), order->log_factor);
	for (size_t k = 0; k < order->chain.count; k++) {
		const struct chain_link *link = &order->chain.links[k];
		const struct site *old = order->old.of[i + link->old];
		const struct site *new = order->new.of[j + link->new];
		double score = share * link->score;
		enum match_kind kind = MATCH_SHIFTED;

		if (score < MATCH_SURE)
			kind = MATCH_MAYBE;
		else if (old_file != new_file)
			kind = MATCH_MOVED;
		else if (slice_equal(old->line, new->line))
			kind = MATCH_EXACT;
		matching_add(order->matching, old, new, kind, score);
	}
}

/* Lists the files that one side has and the other has not; numbers are theirs,
 * by place in the list. */
static struct renamed_file *
list_alone(const struct side *side, const struct side *other, size_t files,
    size_t **numbers, size_t *count)
{
	struct renamed_file *list = xcalloc(files + 1, sizeof(list[0]));

	*numbers = xcalloc(files + 1, sizeof((*numbers)[0]));
	*count = 0;
	for (size_t file = 0; file < files; file++) {
		size_t begin = side->begins[file];
		size_t sites = side_count(side, file);

		if (sites == 0 || side_count(other, file) > 0 ||
		    side->of[begin]->file.len == 0)
			continue;
		list[*count] = (struct renamed_file){ side->of[begin]->file,
			side->sites + begin, sites };
		(*numbers)[(*count)++] = file;
	}
	return list;
}

static void
pair_renamed(struct order *order)
{
	size_t files = order->files.count;
	size_t *old_numbers;
	size_t *new_numbers;
	size_t old_count;
	size_t new_count;
	size_t count;
	struct renamed_file *old = list_alone(&order->old, &order->new, files,
	    &old_numbers, &old_count);
	struct renamed_file *new = list_alone(&order->new, &order->old, files,
	    &new_numbers, &new_count);
	struct renamed_pair *pairs = renamed_find(&order->chain, old, old_count,
	    new, new_count, order->log_factor, &count);

	for (size_t k = 0; k < count; k++)
		pair_links(order, old_numbers[pairs[k].old],
		    new_numbers[pairs[k].new], pairs[k].score);
	free(pairs);
	free(old);
	free(new);
	free(old_numbers);
	free(new_numbers);
}

void
matching_by_order(struct matching *matching, double factor)
{
	struct order order;

	order_init(&order, matching, factor);
	for (size_t file = 0; file < order.files.count; file++)
		if (!pair_same(&order, file))
			pair_links(&order, file, file, 1);
	pair_renamed(&order);
	order_release(&order);
	matching_drop_paired(matching);
}

/* A free site, for matching by count. */
struct counted {
	const struct site *of;
	double log_count; /* of what is expected on the new day */
	double variance;  /* of that, by counting alone */
};

/* Order of operation, then of count. */
static int
compare_counted(const void *a, const void *b)
{
	const struct counted *left = a;
	const struct counted *right = b;
	int order = slice_compare(left->of->operation, right->of->operation);

	if (order == 0)
		order = compare_numbers(left->of->count, right->of->count);
	return order;
}

/* Those with an operation that were counted at least 10 times, sorted. */
static struct counted *
list_counted(const struct site **sites, size_t count, double log_factor,
    size_t *kept)
{
	struct counted *list = xcalloc(count + 1, sizeof(list[0]));

	*kept = 0;
	for (size_t i = 0; i < count; i++) {
		double n = (double)sites[i]->count + .5;

		if (n > FEW && sites[i]->operation.len > 0)
			list[(*kept)++] = (struct counted){ sites[i],
				log(n) + log_factor, 1 / n };
	}
	qsort(list, *kept, sizeof(list[0]), compare_counted);
	return list;
}

/* How like two counts are: 1 where equal, 0 or less where they differ by more
 * than chance allows. */
static double
likeness(const struct counted *a, const struct counted *b)
{
	double error = sqrt(
	    a->variance + b->variance + 2 * DAY_NOISE * DAY_NOISE);

	return 1 - fabs(a->log_count - b->log_count) / (2 * error);
}

/* The first of a sorted list that is not before a site. */
static size_t
first_not_before(const struct counted *list, size_t count,
    const struct counted *site)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = slice_compare(list[middle].of->operation,
		    site->of->operation);

		if (order < 0 ||
		    (order == 0 && list[middle].log_count < site->log_count))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The only one of a list that is like a site, NULL where none is or several
 * are. They would stand beside its own place. */
static const struct counted *
only_like(const struct counted *list, size_t count, const struct counted *site)
{
	const struct counted *found = NULL;
	size_t at = first_not_before(list, count, site);
	size_t end = at + 2 < count ? at + 2 : count;

	for (size_t i = at > 2 ? at - 2 : 0; i < end; i++) {
		if (!slice_equal(list[i].of->operation, site->of->operation) ||
		    likeness(&list[i], site) <= 0)
			continue;
		if (found != NULL)
			return NULL;
		found = &list[i];
	}
	return found;
}

void
matching_tell_twins(struct matching *matching, double factor)
{
	double log_factor = factor > 0 && isfinite(factor) ? log(factor) : 0;
	size_t old_count;
	size_t new_count;
	struct counted *old = list_counted(matching->old, matching->old_count,
	    log_factor, &old_count);
	struct counted *new = list_counted(matching->new, matching->new_count,
	    0, &new_count);

	for (size_t i = 0; i < old_count; i++) {
		const struct counted *like = only_like(new, new_count, &old[i]);

		if (like != NULL && only_like(old, old_count, like) == &old[i])
			matching_add_twins(matching, old[i].of, like->of);
	}
	free(old);
	free(new);
	matching_drop_paired(matching);
}
