/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/level.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/table.h"
#include "compare/alike.h"
#include "compare/element.h"

/* Adtributor's T_EEP and T_EP. */
#define EXPLAINS_SOME .1
#define EXPLAINS_ENOUGH .67

enum {
	EVERYWHERE = 4, /* that many rows, for "everything rose" to tell more
			 * than their names */
	NO_ELEMENT = -1
};

/* An element while it is added up. */
struct part {
	struct level_element element;
	double low;    /* of the changes in it that stand out */
	double excess; /* of those that rose */
	double surprise;
};

/* What is told of one level. */
struct view {
	struct part *parts;
	size_t part_count;
	size_t *order; /* the parts by surprise; the first `count` are chosen */
	size_t count;
	long *part_of; /* of each change, or NO_ELEMENT */
	size_t covers; /* changes in what was chosen */
	enum level_kind kind;
	bool explains; /* what was chosen does */
	bool is_alike; /* each rose alike, or is one change */
};

/* From the narrowest on: of levels that come to the same this is named. */
static const enum level_kind kinds[] = { LEVEL_CHANGE, LEVEL_SITE,
	LEVEL_FUNCTION, LEVEL_FILE, LEVEL_DIRECTORY, LEVEL_OPERATION,
	LEVEL_KIND };

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* Into what an element falls apart: the first that gives two parts or more. */
static const enum level_kind finer[] = { LEVEL_FILE, LEVEL_FUNCTION, LEVEL_SITE,
	LEVEL_CHANGE };

enum { FINER = sizeof(finer) / sizeof(finer[0]) };

static uint64_t
add_up(uint64_t sum, uint64_t more)
{
	return more > UINT64_MAX - sum ? UINT64_MAX : sum + more;
}

static void
add_change(struct part *part, const struct change *change)
{
	struct level_element *element = &part->element;

	element->old = add_up(element->old, change->old_count);
	element->new = add_up(element->new, change->new_count);
	element->expected += change->noise.expected;
	element->changes++;
	if (change_stands_out(change))
		part->low += change->noise.low;
	if (change_rose(change))
		part->excess += change->noise.excess;
}

static double
half_surprise(double p, double mean)
{
	return p > 0 ? p * log(p / mean) / 2 : 0;
}

/* How unlike its parts of what was expected and of what was counted are. */
static double
surprise_of(const struct part *part, const struct ranking *ranking)
{
	double p = part->element.expected / fmax(ranking->expected_sum, 1);
	double q = (double)part->element.new /
	    fmax((double)ranking->new_sum, 1);
	double mean = (p + q) / 2;

	return half_surprise(p, mean) + half_surprise(q, mean);
}

/* The elements in which something stands out, in order of their first. */
static void
find_parts(struct view *view, const struct ranking *ranking,
    struct table *indices)
{
	struct buf key = { 0 };
	bool is_new;

	for (size_t i = 0; i < ranking->count; i++) {
		const struct change *change = &ranking->changes[i];
		size_t *index;

		if (!change_stands_out(change) ||
		    !element_key(&key, view->kind, change))
			continue;
		index = table_add(indices, buf_slice(&key), &is_new);
		if (!is_new)
			continue;
		*index = view->part_count++;
		view->parts[*index].element.change = change;
		view->parts[*index].element.name = element_name(view->kind,
		    change);
	}
	buf_release(&key);
}

/* Adds up all that is in these elements, whether it rose or not. */
static void
fill_parts(struct view *view, const struct ranking *ranking,
    const struct table *indices)
{
	struct buf key = { 0 };

	for (size_t i = 0; i < ranking->count; i++) {
		const struct change *change = &ranking->changes[i];
		const size_t *index = NULL;

		if (element_key(&key, view->kind, change))
			index = table_find(indices, buf_slice(&key));
		view->part_of[i] = index == NULL ? NO_ELEMENT : (long)*index;
		if (index != NULL)
			add_change(&view->parts[*index], change);
	}
	for (size_t i = 0; i < view->part_count; i++)
		view->parts[i].surprise = surprise_of(&view->parts[i], ranking);
	buf_release(&key);
}

/* For qsort_r; of equals the first found. */
static int
compare_surprise(const void *a, const void *b, void *parts)
{
	size_t left = *(const size_t *)a;
	size_t right = *(const size_t *)b;
	const struct part *all = parts;

	if (all[left].surprise != all[right].surprise)
		return all[left].surprise < all[right].surprise ? 1 : -1;
	return (left > right) - (left < right);
}

/* By surprise, the first that explain something, until it is enough. Returns
 * how much of the rise they explain. */
static double
take(struct view *view, double sum)
{
	double explained = 0;

	for (size_t i = 0; i < view->part_count &&
	     view->count < LEVEL_ELEMENTS && explained <= EXPLAINS_ENOUGH;
	     i++) {
		const struct part *part = &view->parts[view->order[i]];

		if (part->low <= EXPLAINS_SOME * sum)
			continue;
		explained += part->low / sum;
		view->order[view->count++] = view->order[i];
	}
	return explained;
}

/* Drops what was taken, but is not needed to explain enough: a small part may
 * be the more surprising one. */
static void
drop(struct view *view, double sum, double explained)
{
	size_t kept = 0;

	for (size_t i = 0; i < view->count; i++) {
		const struct part *part = &view->parts[view->order[i]];

		if (explained - part->low / sum > EXPLAINS_ENOUGH) {
			explained -= part->low / sum;
			continue;
		}
		view->covers += part->element.changes;
		view->order[kept++] = view->order[i];
	}
	view->count = kept;
}

static void
choose(struct view *view)
{
	double sum = 0;
	double explained;

	for (size_t i = 0; i < view->part_count; i++) {
		view->order[i] = i;
		sum += view->parts[i].low;
	}
	qsort_r(view->order, view->part_count, sizeof(view->order[0]),
	    compare_surprise, view->parts);
	explained = take(view, sum);
	drop(view, sum, explained);
	view->explains = explained > EXPLAINS_ENOUGH;
}

/* Parts changes by a finer level. Returns into how many. */
static size_t
divide(const struct change *const *changes, size_t count, enum level_kind kind,
    size_t *parts)
{
	struct table indices;
	struct buf key = { 0 };
	size_t part_count = 0;
	bool is_new;

	table_init(&indices, sizeof(size_t));
	for (size_t i = 0; i < count; i++) {
		size_t *index;

		(void)element_key(&key, kind, changes[i]);
		index = table_add(&indices, buf_slice(&key), &is_new);
		if (is_new)
			*index = part_count++;
		parts[i] = *index;
	}
	table_release(&indices);
	buf_release(&key);
	return part_count;
}

/* Also tells of how many sites they are; NULL: not asked for. */
static bool
rose_alike(const struct change *const *changes, size_t count, size_t *sites)
{
	size_t *parts = xcalloc(count, sizeof(parts[0]));
	size_t part_count = 0;
	bool is_alike;

	if (sites != NULL)
		*sites = divide(changes, count, LEVEL_SITE, parts);
	for (size_t i = 0; i < FINER && part_count < 2; i++)
		part_count = divide(changes, count, finer[i], parts);
	is_alike = alike_rose(changes, parts, count, part_count);
	free(parts);
	return is_alike;
}

static bool
all_rose_alike(const struct ranking *ranking)
{
	const struct change **all = xcalloc(ranking->count, sizeof(all[0]));
	bool is_alike;

	for (size_t i = 0; i < ranking->count; i++)
		all[i] = &ranking->changes[i];
	is_alike = rose_alike(all, ranking->count, NULL);
	free(all);
	return is_alike;
}

/* Tells of a part whether its changes rose alike. */
static void
test_part(struct view *view, size_t part, const struct ranking *ranking)
{
	struct level_element *element = &view->parts[part].element;
	const struct change **members = xcalloc(element->changes,
	    sizeof(members[0]));
	size_t count = 0;

	for (size_t i = 0; i < ranking->count; i++)
		if (view->part_of[i] == (long)part)
			members[count++] = &ranking->changes[i];
	element->is_alike = rose_alike(members, count, &element->sites);
	if (count > 1 && !element->is_alike)
		view->is_alike = false;
	free(members);
}

static void
view_init(struct view *view, enum level_kind kind,
    const struct ranking *ranking)
{
	struct table indices;

	*view = (struct view){ .kind = kind };
	view->parts = xcalloc(ranking->standing, sizeof(view->parts[0]));
	view->order = xcalloc(ranking->standing, sizeof(view->order[0]));
	view->part_of = xcalloc(ranking->count, sizeof(view->part_of[0]));
	table_init(&indices, sizeof(size_t));
	find_parts(view, ranking, &indices);
	fill_parts(view, ranking, &indices);
	table_release(&indices);
	choose(view);
	view->is_alike = true;
	for (size_t i = 0; view->explains && i < view->count; i++)
		test_part(view, view->order[i], ranking);
}

static void
view_release(struct view *view)
{
	free(view->parts);
	free(view->order);
	free(view->part_of);
}

/* Levels that rose alike before others; of those the one that takes in more,
 * of the others less: where not all of it rose, the fewer the better. */
static bool
is_better(const struct view *view, const struct view *best)
{
	if (best == NULL || view->is_alike != best->is_alike)
		return best == NULL || view->is_alike;
	if (view->covers != best->covers)
		return (view->covers > best->covers) == view->is_alike;
	return view->count < best->count;
}

/* Half of all rows or more, not all of which rose, name no place. */
static bool
is_told(const struct view *view, const struct ranking *ranking)
{
	return view->explains &&
	    (view->is_alike || view->covers <= ranking->count / 2);
}

/* The largest share first. */
static int
compare_shares(const void *a, const void *b)
{
	const struct level_element *left = a;
	const struct level_element *right = b;

	return (left->share < right->share) - (left->share > right->share);
}

static void
give(struct level *level, const struct view *view,
    const struct ranking *ranking)
{
	level->kind = view->kind;
	level->count = view->count;
	for (size_t i = 0; i < view->count; i++) {
		const struct part *part = &view->parts[view->order[i]];

		level->elements[i] = part->element;
		level->elements[i].share = part->excess /
		    fmax(ranking->excess_sum, part->excess);
		level->share += level->elements[i].share;
	}
	level->share = fmin(level->share, 1);
	qsort(level->elements, level->count, sizeof(level->elements[0]),
	    compare_shares);
}

void
level_tell(struct level *level, const struct ranking *ranking)
{
	struct view views[KINDS];
	const struct view *best = NULL;

	*level = (struct level){ .kind = LEVEL_NONE };
	if (ranking->standing == 0)
		return;
	if (ranking->count >= EVERYWHERE && all_rose_alike(ranking)) {
		level->share = 1;
		return;
	}
	for (size_t i = 0; i < KINDS; i++) {
		view_init(&views[i], kinds[i], ranking);
		if (is_told(&views[i], ranking) && is_better(&views[i], best))
			best = &views[i];
	}
	if (best != NULL)
		give(level, best, ranking);
	for (size_t i = 0; i < KINDS; i++)
		view_release(&views[i]);
}
