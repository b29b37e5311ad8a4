/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/cells.h"

#include <string.h>

#include "base/hash.h"

/* Bytes of a cell that count as one of COUNTS_MOST. */
enum { ROOM_UNIT = 256 };

/* Of COUNTS_MOST, what is in use: one bound for the tables of all threads. */
static _Atomic(uint64_t) room;

void
cells_init(struct cells *cells, struct pages pages)
{
	cells->pages = pages;
	cells->slots = cells->first_slots;
	cells->mask = CELLS_FIRST_SLOTS - 1;
}

static uint64_t
hash_key(const struct counts_key *key)
{
	return hash_mix(hash_bytes(key->site), hash_bytes(key->operations));
}

static bool
is_key(const struct counts_key *a, const struct counts_key *b)
{
	return a->kind == b->kind && slice_equal(a->site, b->site) &&
	    slice_equal(a->operations, b->operations);
}

static struct slice
copy(char *to, struct slice bytes)
{
	if (bytes.len > 0)
		memcpy(to, bytes.ptr, bytes.len);
	return slice_make(to, bytes.len);
}

/* Takes memory for a cell; NULL when all of COUNTS_MOST, or the kernel's, is
 * in use. */
static struct cell *
take_room(struct pages *pages, size_t size)
{
	uint64_t units = (size + ROOM_UNIT - 1) / ROOM_UNIT;
	struct cell *cell = NULL;

	if (atomic_fetch_add(&room, units) + units <= COUNTS_MOST)
		cell = pages_take(pages, size);
	if (cell == NULL)
		atomic_fetch_sub(&room, units);
	return cell;
}

static struct cell *
new_cell(struct cells *cells, const struct counts_key *key)
{
	struct cell *cell = take_room(&cells->pages,
	    sizeof(*cell) + key->site.len + key->operations.len);
	char *text;

	if (cell == NULL)
		return NULL;
	text = (char *)(cell + 1);
	cell->key.kind = key->kind;
	cell->key.site = copy(text, key->site);
	cell->key.operations = copy(text + key->site.len, key->operations);
	cell->older = atomic_load_explicit(&cells->newest,
	    memory_order_relaxed);
	atomic_store_explicit(&cells->newest, cell, memory_order_release);
	return cell;
}

/* The slot of a key, or the empty one where it belongs. */
static struct cells_slot *
find_slot(const struct cells *cells, uint64_t hash,
    const struct counts_key *key)
{
	for (size_t at = hash;; at++) {
		struct cells_slot *slot = &cells->slots[at & cells->mask];

		if (slot->cell == NULL ||
		    (slot->hash == hash && is_key(&slot->cell->key, key)))
			return slot;
	}
}

/* The old index is left where it lies: all old ones together are smaller than
 * the new one. */
static bool
grow(struct cells *cells)
{
	const struct cells_slot *old = cells->slots;
	size_t count = cells->mask + 1;
	size_t mask = 2 * count - 1;
	struct cells_slot *slots = pages_take(&cells->pages,
	    2 * count * sizeof(*slots));

	if (slots == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t at = old[i].hash & mask;

		if (old[i].cell == NULL)
			continue;
		while (slots[at].cell != NULL)
			at = (at + 1) & mask;
		slots[at] = old[i];
	}
	cells->slots = slots;
	cells->mask = mask;
	return true;
}

struct cell *
cells_find(struct cells *cells, const struct counts_key *key)
{
	uint64_t hash = hash_key(key);
	struct cells_slot *slot = find_slot(cells, hash, key);

	if (slot->cell != NULL)
		return slot->cell;
	if (2 * cells->taken > cells->mask) {
		if (!grow(cells))
			return NULL;
		slot = find_slot(cells, hash, key);
	}
	slot->cell = new_cell(cells, key);
	if (slot->cell == NULL)
		return NULL;
	slot->hash = hash;
	cells->taken++;
	return slot->cell;
}

void
cells_forget(struct cells *cells)
{
	for (struct cell *cell = cells_newest(cells); cell != NULL;
	     cell = cell->older)
		cell_collect(cell, cell_news(cell));
}
