/* SPDX-License-Identifier: MIT */
#ifndef RECORD_CELLS_H
#define RECORD_CELLS_H

/*
 * The cells of one thread's table (record/counts.h), found by their keys. All
 * functions are the owner's, but for those that say otherwise. Start it with
 * cells_init() in memory that is all zero.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/counts.h"
#include "record/pages.h"

enum { CELLS_FIRST_SLOTS = 64 };

/* Its texts lie behind it. */
struct cell {
	_Atomic(uint64_t) count;     /* written by the owner alone */
	_Atomic(uint64_t) collected; /* by the collector alone */
	struct counts_key key;
	struct cell *older;
};

struct cells_slot {
	uint64_t hash;
	struct cell *cell; /* NULL: the slot is empty */
};

struct cells {
	_Atomic(struct cell *) newest; /* the owner pushes, anyone reads */
	struct pages pages;
	struct cells_slot *slots; /* open addressing; about half are taken */
	size_t mask;              /* their number - 1; a power of two - 1 */
	size_t taken;
	struct cells_slot first_slots[CELLS_FIRST_SLOTS];
};

void cells_init(struct cells *cells, struct pages pages);

/* The cell of a key, which is made where there is none; NULL when all of
 * COUNTS_MOST, or the kernel's memory, is in use. The key is copied. */
struct cell *cells_find(struct cells *cells, const struct counts_key *key);

/* Marks all as collected, where there is no collector beside. */
void cells_forget(struct cells *cells);

/* The newest; those before it are its older ones. For any thread. */
static inline struct cell *
cells_newest(const struct cells *cells)
{
	return atomic_load_explicit(&cells->newest, memory_order_acquire);
}

/* What was not collected yet. Exact for the owner and for the collector; a
 * glance for others. */
static inline uint64_t
cell_news(const struct cell *cell)
{
	return atomic_load_explicit(&cell->count, memory_order_relaxed) -
	    atomic_load_explicit(&cell->collected, memory_order_relaxed);
}

/* The collector has seen n of the news. */
static inline void
cell_collect(struct cell *cell, uint64_t n)
{
	atomic_fetch_add_explicit(&cell->collected, n, memory_order_relaxed);
}

/* Returns what is too much: news stay below 2^64, so that the count may go
 * around. */
static inline uint64_t
cell_add(struct cell *cell, uint64_t n)
{
	uint64_t count = atomic_load_explicit(&cell->count,
	    memory_order_relaxed);
	uint64_t most = UINT64_MAX - cell_news(cell);
	uint64_t added = n < most ? n : most;

	atomic_store_explicit(&cell->count, count + added,
	    memory_order_relaxed);
	return n - added;
}

#endif
