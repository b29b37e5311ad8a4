/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/chain.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "compare/diagonal.h"

#define NONE UINT32_MAX

/* What matches are worth and cost, see order.h. */
#define BASE .4
#define PRESENCE .3
#define MOVE .02
#define SHIFT .35
#define SURPRISE .45
#define SURPRISE_RATE 1.5
#define FUNCTION .6

/* What takes how much off a link's score. */
#define DOUBT_ONE_SIDE .05
#define DOUBT_BOTH_SIDES .3
#define DOUBT_FUNCTION .3

/* A match, as the end of the best chain that ends so. */
struct chain_node {
	double value;
	uint32_t old, new;
	uint32_t before; /* a node, or NONE */
};

/* The best chain that ends with a shift. */
struct chain_shift {
	uint64_t shift; /* new line - old line, modulo 2^64 */
	uint32_t node;  /* NONE: the slot is empty */
};

/* The lists while they are looked at. */
struct lists {
	const struct chain_site *old;
	const struct chain_site *new;
	size_t old_count, new_count;
	double log_factor;
};

void
chain_release(struct chain *chain)
{
	free(chain->links);
	free(chain->nodes);
	free(chain->shifts);
	free(chain->heads);
	free(chain->nexts);
	free(chain->bests);
	*chain = (struct chain){ 0 };
}

static void
clear_shifts(struct chain *chain, size_t size)
{
	xgrow(&chain->shifts, &chain->shift_room, size,
	    sizeof(chain->shifts[0]));
	for (size_t i = 0; i < size; i++)
		chain->shifts[i].node = NONE;
	chain->shift_size = size;
	chain->shift_count = 0;
}

/* The slot of a shift: the one that it is in, or that it belongs to. */
static struct chain_shift *
shift_slot(const struct chain *chain, uint64_t shift)
{
	size_t mask = chain->shift_size - 1;
	size_t at = (shift * UINT64_C(0x9e3779b97f4a7c15)) >> 32 & mask;

	while (
	    chain->shifts[at].node != NONE && chain->shifts[at].shift != shift)
		at = (at + 1) & mask;
	return &chain->shifts[at];
}

static void
grow_shifts(struct chain *chain)
{
	size_t size = chain->shift_size;
	struct chain_shift *shifts = chain->shifts;

	chain->shifts = NULL;
	chain->shift_room = 0;
	clear_shifts(chain, 2 * size);
	for (size_t i = 0; i < size; i++)
		if (shifts[i].node != NONE) {
			*shift_slot(chain, shifts[i].shift) = shifts[i];
			chain->shift_count++;
		}
	free(shifts);
}

/* Lists the places of each operation in new. */
static void
list_operations(struct chain *chain, const struct lists *lists)
{
	size_t count = lists->new_count;

	xgrow(&chain->nexts, &chain->next_room, count, sizeof(uint32_t));
	for (size_t j = count; j-- > 0;) {
		uint32_t operation = lists->new[j].operation;
		size_t heads = chain->head_count;

		if (operation >= heads) {
			xgrow(&chain->heads, &chain->head_count,
			    (size_t)operation + 1, sizeof(uint32_t));
			memset(chain->heads + heads, 0xff,
			    (chain->head_count - heads) * sizeof(uint32_t));
		}
		chain->nexts[j] = chain->heads[operation];
		chain->heads[operation] = (uint32_t)j;
	}
}

static void
forget_operations(struct chain *chain, const struct lists *lists)
{
	for (size_t j = 0; j < lists->new_count; j++)
		chain->heads[lists->new[j].operation] = NONE;
}

/* The first place at or behind from that has the operation. Whoever asks never
 * goes back. */
static uint32_t
find_operation(struct chain *chain, uint32_t operation, size_t from)
{
	uint32_t *head;

	if (operation >= chain->head_count)
		return NONE;
	head = &chain->heads[operation];
	while (*head != NONE && *head < from)
		*head = chain->nexts[*head];
	return *head;
}

static bool
functions_differ(const struct chain_site *a, const struct chain_site *b)
{
	return a->function != 0 && b->function != 0 &&
	    a->function != b->function;
}

/* What a match is worth by itself. */
static double
worth(const struct chain_site *old, const struct chain_site *new,
    double log_factor)
{
	double change = fabs(new->log_count - old->log_count - log_factor);
	double value = BASE + PRESENCE * (old->presence + new->presence);

	if (!isnan(change))
		value -= SURPRISE * (1 - exp(-change / SURPRISE_RATE));
	if (functions_differ(old, new))
		value -= FUNCTION;
	return value;
}

static uint64_t
shift_of(const struct lists *lists, uint32_t i, uint32_t j)
{
	return lists->new[j].line - lists->old[i].line;
}

/* Adds the match of two sites, behind the best chain that can come before. */
static void
add_node(struct chain *chain, const struct lists *lists, uint32_t i, uint32_t j)
{
	uint64_t shift = shift_of(lists, i, j);
	uint32_t same = shift_slot(chain, shift)->node;
	uint32_t best = j > 0 ? chain->bests[j - 1] : NONE;
	struct chain_node node = { .old = i, .new = j, .before = NONE };

	if (shift != 0)
		node.value = -SHIFT;
	if (best != NONE && chain->nodes[best].value - SHIFT > node.value) {
		node.before = best;
		node.value = chain->nodes[best].value - SHIFT;
	}
	if (same != NONE && chain->nodes[same].new < j &&
	    chain->nodes[same].value >= node.value) {
		node.before = same;
		node.value = chain->nodes[same].value;
	}
	if (shift != 0)
		node.value -= MOVE;
	node.value += worth(&lists->old[i], &lists->new[j], lists->log_factor);
	xgrow(&chain->nodes, &chain->node_room, chain->node_count + 1,
	    sizeof(chain->nodes[0]));
	chain->nodes[chain->node_count++] = node;
}

/* Whether a node ends a better chain than another, or than none. */
static bool
is_better(const struct chain *chain, uint32_t id, uint32_t other)
{
	return other == NONE ||
	    chain->nodes[other].value < chain->nodes[id].value;
}

/* Lets what comes later in the new list go on from the nodes of a row, which
 * are those from first on, in its order; end is that of the band. */
static void
offer_row(struct chain *chain, size_t first, size_t end)
{
	uint32_t *bests = chain->bests;
	uint32_t best = (uint32_t)first;
	size_t next = first;

	for (size_t j = chain->nodes[first].new; j < end; j++) {
		if (next < chain->node_count && chain->nodes[next].new == j) {
			if (is_better(chain, (uint32_t)next, best))
				best = (uint32_t)next;
			next++;
		}
		if (is_better(chain, best, bests[j]))
			bests[j] = best;
		else if (next == chain->node_count)
			break; /* from here on the others are better too */
	}
}

/* Lets what has the same shift go on from a node. */
static void
offer_node(struct chain *chain, const struct lists *lists, uint32_t id)
{
	const struct chain_node *node = &chain->nodes[id];
	uint64_t shift = shift_of(lists, node->old, node->new);
	struct chain_shift *slot = shift_slot(chain, shift);

	if (slot->node == NONE) {
		*slot = (struct chain_shift){ shift, id };
		if (++chain->shift_count > chain->shift_size / 2)
			grow_shifts(chain);
	} else if (is_better(chain, id, slot->node)) {
		slot->node = id;
	}
}

/* All matches of an old site with places from .. end - 1 of the new ones. */
static void
add_row(struct chain *chain, const struct lists *lists, uint32_t i, size_t from,
    size_t end)
{
	size_t first = chain->node_count;
	uint32_t j = find_operation(chain, lists->old[i].operation, from);

	for (; j < end; j = chain->nexts[j])
		add_node(chain, lists, i, j);
	if (first < chain->node_count)
		offer_row(chain, first, end);
	for (size_t id = first; id < chain->node_count; id++)
		offer_node(chain, lists, (uint32_t)id);
}

static void
add_rows(struct chain *chain, const struct lists *lists,
    const uint32_t *opposite)
{
	size_t seen = 0; /* places of the new list that were in the band */

	for (size_t i = 0; i < lists->old_count; i++) {
		size_t from = 0;
		size_t end = lists->new_count;

		if (opposite != NULL) {
			if (opposite[i] > CHAIN_BAND)
				from = opposite[i] - CHAIN_BAND;
			if ((size_t)opposite[i] + CHAIN_BAND < end)
				end = (size_t)opposite[i] + CHAIN_BAND;
		}
		for (; seen < end; seen++)
			chain->bests[seen] = seen > 0 ? chain->bests[seen - 1] :
							NONE;
		add_row(chain, lists, (uint32_t)i, from, end);
	}
	for (; seen < lists->new_count; seen++)
		chain->bests[seen] = chain->bests[seen - 1];
}

/* How sure a link is, see order.h. */
static double
score(const struct chain *chain, const struct lists *lists, size_t link)
{
	const struct chain_link *at = &chain->links[link];
	uint64_t shift = shift_of(lists, at->old, at->new);
	bool before = shift == 0;
	bool behind = true;
	double value = 1;

	if (link > 0)
		before = shift == shift_of(lists, at[-1].old, at[-1].new);
	if (link + 1 < chain->count)
		behind = shift == shift_of(lists, at[1].old, at[1].new);
	if (!before && !behind)
		value -= DOUBT_BOTH_SIDES;
	else if (!before || !behind)
		value -= DOUBT_ONE_SIDE;
	if (functions_differ(&lists->old[at->old], &lists->new[at->new]))
		value -= DOUBT_FUNCTION;
	return value;
}

/* Makes the links of the best chain of all. */
static void
take_links(struct chain *chain, const struct lists *lists)
{
	uint32_t best = chain->bests[lists->new_count - 1];
	size_t count = 0;

	if (best != NONE && chain->nodes[best].value <= 0)
		best = NONE;
	for (uint32_t id = best; id != NONE; id = chain->nodes[id].before)
		count++;
	xgrow(&chain->links, &chain->link_room, count, sizeof(chain->links[0]));
	chain->count = count;
	for (uint32_t id = best; id != NONE; id = chain->nodes[id].before)
		chain->links[--count] = (struct chain_link){
			chain->nodes[id].old, chain->nodes[id].new, 0
		};
	for (size_t i = 0; i < chain->count; i++)
		chain->links[i].score = score(chain, lists, i);
}

void
chain_sites(struct chain *chain, const struct chain_site *old, size_t old_count,
    const struct chain_site *new, size_t new_count, double log_factor)
{
	const struct lists lists = { old, new, old_count, new_count,
		log_factor };
	uint32_t *opposite = NULL;

	chain->count = 0;
	chain->node_count = 0;
	if (old_count == 0 || new_count == 0)
		return;
	if (old_count > CHAIN_WHOLE && new_count > CHAIN_WHOLE)
		opposite = diagonal_find(old, old_count, new, new_count);
	clear_shifts(chain, 64);
	list_operations(chain, &lists);
	xgrow(&chain->bests, &chain->best_room, new_count, sizeof(uint32_t));
	add_rows(chain, &lists, opposite);
	take_links(chain, &lists);
	forget_operations(chain, &lists);
	free(opposite);
}
