/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/lineup.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/table.h"
#include "compare/grouping.h"

/*
 * rows[0 .. new_count) are those of the new day's sites, in their order; behind
 * them come those that only old days have, which `vanished` finds again.
 */
struct lineup {
	size_t days; /* old ones in all */
	size_t added;
	const struct site *new_sites;
	size_t new_count;
	struct lineup_row *rows;
	size_t count;
	size_t room;
	struct table vanished;      /* site key -> index in rows, a size_t */
	struct lineup_row **groups; /* of each lineup_group() */
	size_t group_count;
	size_t group_room;
	bool is_over;
	struct arena arena; /* of counts, and of sites that were made */
};

static uint64_t *
counts_new(struct lineup *lineup)
{
	uint64_t *counts = arena_take(&lineup->arena,
	    lineup->days * sizeof(counts[0]));

	for (size_t i = 0; i < lineup->days; i++)
		counts[i] = 0;
	return counts;
}

static struct lineup_row
row_new(struct lineup *lineup, const struct site *new)
{
	return (struct lineup_row){
		.pair = { NULL, new, MATCH_NONE, -1, NULL },
		.old = counts_new(lineup),
	};
}

struct lineup *
lineup_new(size_t days, const struct site *new_sites, size_t new_count)
{
	struct lineup *lineup = xcalloc(1, sizeof(*lineup));

	*lineup = (struct lineup){
		.days = days,
		.new_sites = new_sites,
		.new_count = new_count,
		.count = new_count,
		.room = new_count,
		.rows = xcalloc(new_count, sizeof(lineup->rows[0])),
	};
	table_init(&lineup->vanished, sizeof(size_t));
	for (size_t i = 0; i < new_count; i++)
		lineup->rows[i] = row_new(lineup, &new_sites[i]);
	return lineup;
}

void
lineup_free(struct lineup *lineup)
{
	if (lineup == NULL)
		return;
	table_release(&lineup->vanished);
	arena_release(&lineup->arena);
	for (size_t i = 0; i < lineup->group_count; i++)
		free(lineup->groups[i]);
	free(lineup->groups);
	free(lineup->rows);
	free(lineup);
}

/* The row of a site that the new day has not. */
static struct lineup_row *
vanished_row(struct lineup *lineup, const struct site *old, struct buf *key)
{
	size_t *index;
	bool added;

	grouping_key(key, &grouping_whole, old);
	index = table_add(&lineup->vanished, buf_slice(key), &added);
	if (added) {
		xgrow(&lineup->rows, &lineup->room, lineup->count + 1,
		    sizeof(lineup->rows[0]));
		*index = lineup->count++;
		lineup->rows[*index] = row_new(lineup, NULL);
	}
	return &lineup->rows[*index];
}

static uint64_t *
counts_of(const struct lineup_row *row)
{
	return (uint64_t *)(uintptr_t)row->old; /* the lineup's own */
}

void
lineup_add(struct lineup *lineup, const struct matching *matching)
{
	struct buf key = { 0 };

	for (size_t i = 0; i < matching->count; i++) {
		const struct pair *pair = &matching->pairs[i];
		struct lineup_row *row;

		if (pair->old == NULL) {
			row = &lineup->rows[pair->new - lineup->new_sites];
			if (row->pair.old == NULL)
				row->pair.twin = pair->twin;
			continue;
		}
		row = pair->new == NULL ?
		    vanished_row(lineup, pair->old, &key) :
		    &lineup->rows[pair->new - lineup->new_sites];
		row->pair = *pair;
		counts_of(row)[lineup->added] += pair->old->count;
	}
	lineup->added++;
	buf_release(&key);
}

/* Adds what is only compared. */
static uint64_t
add_weight(uint64_t sum, uint64_t more)
{
	return more <= UINT64_MAX - sum ? sum + more : UINT64_MAX;
}

static uint64_t
add_up(struct lineup *lineup, uint64_t sum, uint64_t more)
{
	if (more > UINT64_MAX - sum)
		lineup->is_over = true;
	return add_weight(sum, more);
}

/* The mean of the old counts, to the nearest, a half up. No sum of them is
 * made, which might be too large. */
static uint64_t
mean(const struct lineup *lineup, const uint64_t *counts)
{
	uint64_t days = lineup->days;
	uint64_t whole = 0;
	uint64_t rest = 0;

	assert(days > 0);
	for (size_t i = 0; i < days; i++) {
		whole += counts[i] / days;
		rest += counts[i] % days;
	}
	whole += rest / days;
	rest %= days;
	return whole + (rest >= days - rest ? 1 : 0);
}

/* With several old days the count of the old site is none of theirs. */
static void
set_mean(struct lineup *lineup, struct lineup_row *row)
{
	struct site *old;

	if (row->pair.old == NULL || lineup->days == 1)
		return;
	old = arena_take(&lineup->arena, sizeof(*old));
	*old = *row->pair.old;
	old->count = mean(lineup, row->old);
	row->pair.old = old;
}

const struct lineup_row *
lineup_rows(struct lineup *lineup, size_t *count)
{
	for (size_t i = 0; i < lineup->count; i++)
		set_mean(lineup, &lineup->rows[i]);
	*count = lineup->count;
	return lineup->rows;
}

/* What becomes of the name of a group of old sites. */
struct name {
	uint64_t total;    /* counts under it, of all old days */
	uint64_t stayed;   /* of them, what is under the same name */
	struct slice best; /* the key of the group that most of them went to */
	uint64_t best_count;
	bool is_new; /* the new day has it too */
};

/* What lineup_group() works on. */
struct grouping {
	struct lineup *lineup;
	const struct tally_keys *keys;
	bool is_followed;    /* what moved counts where it is now */
	bool follows_twins;  /* so does what only may have moved */
	struct table names;  /* group key -> struct name */
	struct table moves;  /* both keys -> counts, a uint64_t */
	struct table groups; /* group key -> struct lineup_row */
	struct buf old_key, new_key, both_keys;
};

static uint64_t
old_total(const struct lineup *lineup, const struct lineup_row *row)
{
	uint64_t total = 0;

	for (size_t i = 0; i < lineup->days; i++)
		total = add_weight(total, row->old[i]);
	return total;
}

/* Where a row is now, as far as the grouping believes it. */
static const struct site *
site_now(const struct grouping *grouping, const struct lineup_row *row)
{
	if (row->pair.new == NULL && grouping->follows_twins)
		return row->pair.twin;
	return row->pair.new;
}

static void
set_keys(struct grouping *grouping, const struct lineup_row *row)
{
	const struct site *now = site_now(grouping, row);

	buf_clear(&grouping->old_key);
	buf_clear(&grouping->new_key);
	if (row->pair.old != NULL)
		grouping_key(&grouping->old_key, grouping->keys, row->pair.old);
	if (now != NULL)
		grouping_key(&grouping->new_key, grouping->keys, now);
}

/* Adds counts to what went from one name to another. Sums only grow, so the
 * best of them is told as they do. */
static void
add_move(struct grouping *grouping, struct name *name, uint64_t count)
{
	struct slice old = buf_slice(&grouping->old_key);
	struct slice new = buf_slice(&grouping->new_key);
	uint64_t *sum = &name->stayed;

	if (!slice_equal(old, new)) {
		buf_clear(&grouping->both_keys);
		buf_add_format(&grouping->both_keys, "%zu:", old.len);
		buf_add(&grouping->both_keys, old);
		buf_add(&grouping->both_keys, new);
		sum = table_add(&grouping->moves,
		    buf_slice(&grouping->both_keys), NULL);
	}
	*sum = add_weight(*sum, count);
	if (*sum > name->best_count) {
		name->best_count = *sum;
		if (!slice_equal(name->best, new))
			name->best = arena_copy(&grouping->lineup->arena, new);
	}
}

static void
learn_names(struct grouping *grouping, const struct lineup_row *row)
{
	struct name *name;
	uint64_t count;

	set_keys(grouping, row);
	if (row->pair.new != NULL) {
		name = table_add(&grouping->names,
		    buf_slice(&grouping->new_key), NULL);
		name->is_new = true;
	}
	if (row->pair.old == NULL)
		return;
	name = table_add(&grouping->names, buf_slice(&grouping->old_key), NULL);
	count = old_total(grouping->lineup, row);
	name->total = add_weight(name->total, count);
	if (row->pair.new != NULL)
		add_move(grouping, name, count);
}

/* The key of the group in which the old counts of a row stand. */
static struct slice
destination(const struct grouping *grouping, const struct lineup_row *row)
{
	struct slice old = buf_slice(&grouping->old_key);
	const struct name *name = table_find(&grouping->names, old);

	if (grouping->is_followed) {
		if (site_now(grouping, row) != NULL)
			return buf_slice(&grouping->new_key);
		return name->best_count > 0 ? name->best : old;
	}
	if (!name->is_new && name->best_count > name->total / 2)
		return name->best;
	return old;
}

static struct site *
site_new(struct grouping *grouping, const struct site *site)
{
	struct site *copy = arena_take(&grouping->lineup->arena, sizeof(*copy));

	*copy = grouping_site(grouping->keys, site);
	return copy;
}

static struct lineup_row *
group_of(struct grouping *grouping, struct slice key)
{
	bool added;
	struct lineup_row *group = table_add(&grouping->groups, key, &added);

	if (added)
		*group = row_new(grouping->lineup, NULL);
	return group;
}

/* A group of one side only may have moved where all of it may; see
 * tell_match(). */
static void
add_twin(struct pair *group, bool is_first, const struct pair *row)
{
	if (is_first)
		group->twin = row->twin;
	if (row->twin == NULL)
		group->twin = NULL;
}

static void
add_new(struct grouping *grouping, const struct lineup_row *row)
{
	struct lineup_row *group = group_of(grouping,
	    buf_slice(&grouping->new_key));
	struct site *site;

	add_twin(&group->pair, group->pair.new == NULL, &row->pair);
	if (group->pair.new == NULL)
		group->pair.new = site_new(grouping, row->pair.new);
	site = (struct site *)(uintptr_t)group->pair.new; /* made here */
	site->count = add_up(grouping->lineup, site->count,
	    row->pair.new->count);
}

/* A group is where most of its old counts were, and was matched as they. */
static void
add_old(struct grouping *grouping, const struct lineup_row *row)
{
	struct lineup *lineup = grouping->lineup;
	struct lineup_row *group = group_of(grouping,
	    destination(grouping, row));
	struct site *site = (struct site *)(uintptr_t)group->pair.old;

	add_twin(&group->pair, site == NULL, &row->pair);
	if (site == NULL || row->pair.old->count > site->count) {
		site = site_new(grouping, row->pair.old);
		site->count = row->pair.old->count;
		group->pair.old = site;
		group->pair.kind = row->pair.kind;
		group->pair.score = row->pair.score;
	}
	for (size_t i = 0; i < lineup->days; i++)
		counts_of(
		    group)[i] = add_up(lineup, group->old[i], row->old[i]);
}

static void
add_row(struct grouping *grouping, const struct lineup_row *row)
{
	set_keys(grouping, row);
	if (row->pair.new != NULL)
		add_new(grouping, row);
	if (row->pair.old != NULL)
		add_old(grouping, row);
}

/* Groups without lines are matched by their names. */
static void
tell_match(const struct grouping *grouping, struct pair *pair)
{
	struct buf old = { 0 };
	struct buf new = { 0 };

	if (pair->old != NULL && pair->new != NULL)
		pair->twin = NULL;
	if (pair->old == NULL || pair->new == NULL) {
		pair->kind = MATCH_NONE;
		pair->score = -1;
		return;
	}
	grouping_key(&old, grouping->keys, pair->old);
	grouping_key(&new, grouping->keys, pair->new);
	if (slice_equal(buf_slice(&old), buf_slice(&new))) {
		pair->kind = MATCH_EXACT;
		pair->score = 1;
	} else if (!tally_keys_have(grouping->keys, TALLY_LINE)) {
		pair->kind = MATCH_MOVED;
		pair->score = -1;
	}
	buf_release(&old);
	buf_release(&new);
}

static const struct lineup_row *
finish_groups(struct grouping *grouping, size_t *count)
{
	struct lineup *lineup = grouping->lineup;
	struct table_entry **sorted = table_sorted(&grouping->groups);
	struct lineup_row *groups;

	*count = grouping->groups.count;
	groups = xcalloc(*count, sizeof(groups[0]));
	xgrow(&lineup->groups, &lineup->group_room, lineup->group_count + 1,
	    sizeof(lineup->groups[0]));
	lineup->groups[lineup->group_count++] = groups;
	for (size_t i = 0; i < *count; i++) {
		struct lineup_row *group = &groups[i];

		*group = *(struct lineup_row *)(void *)sorted[i]->value;
		if (group->pair.old != NULL)
			((struct site *)(uintptr_t)group->pair.old)->count =
			    mean(lineup, group->old);
		tell_match(grouping, &group->pair);
	}
	free(sorted);
	return groups;
}

const struct lineup_row *
lineup_group(struct lineup *lineup, const struct tally_keys *keys,
    bool is_followed, size_t *count)
{
	struct grouping grouping = {
		.lineup = lineup,
		.keys = keys,
		.is_followed = is_followed || tally_keys_have(keys, TALLY_LINE),
		.follows_twins = is_followed,
	};
	const struct lineup_row *groups;

	table_init(&grouping.names, sizeof(struct name));
	table_init(&grouping.moves, sizeof(uint64_t));
	table_init(&grouping.groups, sizeof(struct lineup_row));
	for (size_t i = 0; i < lineup->count; i++)
		learn_names(&grouping, &lineup->rows[i]);
	for (size_t i = 0; i < lineup->count; i++)
		add_row(&grouping, &lineup->rows[i]);
	groups = finish_groups(&grouping, count);
	table_release(&grouping.names);
	table_release(&grouping.moves);
	table_release(&grouping.groups);
	buf_release(&grouping.old_key);
	buf_release(&grouping.new_key);
	buf_release(&grouping.both_keys);
	return groups;
}

bool
lineup_is_over(const struct lineup *lineup)
{
	return lineup->is_over;
}
