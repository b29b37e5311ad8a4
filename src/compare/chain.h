/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_CHAIN_H
#define COMPARE_CHAIN_H

/*
 * The best way to match two lists of sites that keep their order: those of a
 * file on the old day and on the new. What makes it the best is told in
 * order.h. Pure: no I/O.
 *
 * A match is a node. The best chain that ends with it goes on from the best of
 * all chains that end before it on both sides, or from the best of those that
 * end with its own shift; so two maxima are kept, one by place in the new list,
 * one by shift, and each node takes a few steps.
 *
 * Where both lists are longer than CHAIN_WHOLE only matches near a diagonal are
 * looked at, see diagonal.h.
 */

#include <stddef.h>
#include <stdint.h>

enum { CHAIN_WHOLE = 128, CHAIN_BAND = 48 };

/* A site, in a list that is sorted by line, then by operation. */
struct chain_site {
	uint64_t line;
	uint32_t operation; /* a number; only equal ones match */
	uint32_t function;  /* a number; 0: not known */
	double log_count;   /* ln(count + .5) */
	double presence;    /* 0 to 1: how unlikely it is to miss on a day */
};

struct chain_link {
	uint32_t old, new; /* places in the lists */
	double score;      /* see order.h */
};

/* Start it as { 0 }; it keeps memory from one use to the next. */
struct chain {
	struct chain_link *links; /* what was found, in order */
	size_t count;
	struct chain_node *nodes;
	size_t node_count, node_room;
	struct chain_shift *shifts; /* by shift: open addressing */
	size_t shift_count, shift_size, shift_room;
	uint32_t *heads; /* by operation: its first place in the new list */
	size_t head_count;
	uint32_t *nexts; /* by place: the next of that operation, or none */
	uint32_t *bests; /* by place: the node that the best chain ends with */
	size_t next_room, best_room, link_room;
};

void chain_release(struct chain *chain);

/* Links the sites of two lists; each at most 2^32 - 2 long. log_factor is
 * ln T, NaN where T is not known. Operations are numbered from 0 on. */
void chain_sites(struct chain *chain, const struct chain_site *old,
    size_t old_count, const struct chain_site *new, size_t new_count,
    double log_factor);

#endif
