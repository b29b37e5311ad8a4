/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "compare/match.h"
#include "compare/match_inside.h"

enum { NEAR_LINES = 5 };

/* What each pass of matching_by_targets() works on. */
struct aiming {
	struct matching *matching;
	const struct match_target *targets; /* of matching->all_old */
	const struct site **new;            /* the free ones, by place */
	size_t count;
};

/* Where a new site may be, and of which operation. */
struct place {
	struct slice file;
	struct slice line;
	struct slice operation;
};

static struct place
place_of(const struct site *site)
{
	return (struct place){ site->file, site->line, site->operation };
}

static int
compare_places(const struct place *a, const struct place *b)
{
	int order = slice_compare(a->file, b->file);

	if (order == 0)
		order = slice_compare(a->operation, b->operation);
	if (order == 0)
		order = line_compare(a->line, b->line);
	return order;
}

/* For qsort: by file, operation, line; then by function. */
static int
compare_sites(const void *a, const void *b)
{
	const struct site *left = *(const struct site *const *)a;
	const struct site *right = *(const struct site *const *)b;
	struct place at_left = place_of(left);
	struct place at_right = place_of(right);
	int order = compare_places(&at_left, &at_right);

	return order != 0 ? order :
			    slice_compare(left->function, right->function);
}

/* The first site that is not before a place; count where all are. */
static size_t
first_at(const struct aiming *aiming, const struct place *place)
{
	size_t low = 0;
	size_t high = aiming->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct place other = place_of(aiming->new[middle]);

		if (compare_places(&other, place) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The free new site of this place, one of the same function if there is; or
 * NULL. */
static const struct site *
find_at(const struct aiming *aiming, const struct place *place,
    struct slice function)
{
	const struct site *found = NULL;

	for (size_t i = first_at(aiming, place); i < aiming->count; i++) {
		const struct site *site = aiming->new[i];
		struct place other = place_of(site);

		if (compare_places(&other, place) != 0)
			break;
		if (matching_has_new(aiming->matching, site))
			continue;
		if (slice_equal(site->function, function))
			return site;
		if (found == NULL)
			found = site;
	}
	return found;
}

/* Lines between two places; UINT64_MAX where one is no number. */
static uint64_t
distance(struct slice a, struct slice b)
{
	uint64_t left;
	uint64_t right;

	if (slice_number(a, &left) != 0 || slice_number(b, &right) != 0)
		return UINT64_MAX;
	return left > right ? left - right : right - left;
}

static bool
is_same_code(const struct site *site, const struct place *place)
{
	return slice_equal(site->file, place->file) &&
	    slice_equal(site->operation, place->operation);
}

/* The free new site that is nearest to a place, NEAR_LINES away at most; or
 * NULL. Of two that are as near the one above, where a call begins. */
static const struct site *
find_near(const struct aiming *aiming, const struct place *place)
{
	struct place from = *place;
	const struct site *nearest = NULL;
	uint64_t least = NEAR_LINES + 1;
	char text[32];
	uint64_t line;

	if (slice_number(place->line, &line) != 0)
		return NULL;
	snprintf(text, sizeof(text), "%" PRIu64,
	    line > NEAR_LINES ? line - NEAR_LINES : 0);
	from.line = slice_str(text);
	for (size_t i = first_at(aiming, &from); i < aiming->count; i++) {
		const struct site *site = aiming->new[i];
		uint64_t lines = distance(site->line, place->line);

		if (!is_same_code(site, place) || lines > NEAR_LINES)
			break;
		if (lines < least &&
		    !matching_has_new(aiming->matching, site)) {
			nearest = site;
			least = lines;
		}
	}
	return nearest;
}

/* The kind of a match with the very place. */
static enum match_kind
kind_of(const struct match_target *target)
{
	if (target->kind == MATCH_EDITED && !target->names_operation)
		return MATCH_DOUBTFUL;
	if (target->score < MATCH_SURE)
		return MATCH_MAYBE;
	return target->kind;
}

static void
aim(const struct aiming *aiming, const struct site *old,
    const struct match_target *target)
{
	struct place place = { target->file, target->line, old->operation };
	const struct site *new;

	if (!target->is_known || target->kind == MATCH_NONE)
		return;
	new = find_at(aiming, &place, old->function);
	if (new != NULL)
		matching_add(aiming->matching, old, new, kind_of(target),
		    target->score);
}

/* What the very place has not may be counted near it, or where it was. */
static void
aim_near(const struct aiming *aiming, const struct site *old,
    const struct match_target *target)
{
	struct place place = { target->file, target->line, old->operation };
	struct place before = place_of(old);
	const struct site *new = NULL;

	if (!target->is_known || matching_has_old(aiming->matching, old))
		return;
	if (target->old_file.len > 0)
		before.file = target->old_file;
	if (target->kind != MATCH_NONE)
		new = find_near(aiming, &place);
	if (new == NULL)
		new = find_at(aiming, &before, old->function);
	matching_add(aiming->matching, old, new,
	    new == NULL ? MATCH_NONE : MATCH_DOUBTFUL,
	    new == NULL ? -1 : target->score / 2);
}

static void
aim_all(const struct aiming *aiming,
    void (*shoot)(const struct aiming *aiming, const struct site *old,
	const struct match_target *target))
{
	struct matching *matching = aiming->matching;

	for (size_t i = 0; i < matching->old_count; i++) {
		const struct site *old = matching->old[i];

		if (!matching_has_old(matching, old))
			shoot(aiming, old,
			    &aiming->targets[old - matching->all_old]);
	}
}

void
matching_by_targets(struct matching *matching,
    const struct match_target *targets)
{
	struct aiming aiming = {
		.matching = matching,
		.targets = targets,
		.new = xcalloc(matching->new_count, sizeof(aiming.new[0])),
		.count = matching->new_count,
	};

	for (size_t i = 0; i < matching->new_count; i++)
		aiming.new[i] = matching->new[i];
	qsort(aiming.new, aiming.count, sizeof(aiming.new[0]), compare_sites);
	aim_all(&aiming, aim);
	aim_all(&aiming, aim_near);
	free(aiming.new);
	matching_drop_paired(matching);
}
