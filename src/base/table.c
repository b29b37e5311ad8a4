/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { TABLE_FIRST_ROOM = 64 };

/*
 * Eight bytes at a time, multiplied and folded, as wyhash does; seeded with a
 * constant, since the order of slots never shows and a table is bounded by
 * the memory limit, not by the honesty of its keys: probing stays linear in
 * the worst case, and sorting does the rest.
 */
static uint64_t
mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t
hash_of(struct slice key)
{
	const uint64_t p0 = 0xa0761d6478bd642fULL;
	const uint64_t p1 = 0xe7037ed1a0b428dbULL;
	uint64_t hash = p0 ^ key.len;
	uint64_t word;

	while (key.len >= sizeof(word)) {
		memcpy(&word, key.ptr, sizeof(word));
		hash = mix(hash ^ word, p1);
		key = slice_from(key, sizeof(word));
	}
	word = 0;
	if (key.len > 0)
		memcpy(&word, key.ptr, key.len);
	return mix(hash ^ word, p1 ^ p0);
}

void
table_init(struct table *table, size_t value_size)
{
	*table = (struct table){ .value_size = value_size };
}

void
table_release(struct table *table)
{
	free(table->slots);
	arena_release(&table->arena);
	table_init(table, table->value_size);
}

/* The slot where the key is, or the empty one where it would go. */
static size_t
slot_of(const struct table *table, uint64_t hash, struct slice key)
{
	size_t at = hash & (table->room - 1);

	while (table->slots[at] != NULL) {
		const struct table_entry *entry = table->slots[at];

		if (entry->hash == hash && slice_equal(entry->key, key))
			break;
		at = (at + 1) & (table->room - 1);
	}
	return at;
}

static void
grow(struct table *table)
{
	struct table_entry **old = table->slots;
	size_t old_room = table->room;

	table->room = old_room == 0 ? TABLE_FIRST_ROOM : old_room * 2;
	table->slots = xcalloc(table->room, sizeof(struct table_entry *));
	for (size_t i = 0; i < old_room; i++)
		if (old[i] != NULL)
			table->slots[slot_of(table, old[i]->hash,
			    old[i]->key)] = old[i];
	free(old);
}

void *
table_find(const struct table *table, struct slice key)
{
	const struct table_entry *entry;

	if (table->count == 0)
		return NULL;
	entry = table->slots[slot_of(table, hash_of(key), key)];
	return entry == NULL ? NULL : (void *)(uintptr_t)entry->value;
}

void *
table_add(struct table *table, struct slice key, bool *added)
{
	uint64_t hash = hash_of(key);
	struct table_entry *entry;
	size_t at;

	if (table->count >= table->room / 2)
		grow(table);
	at = slot_of(table, hash, key);
	entry = table->slots[at];
	if (added != NULL)
		*added = entry == NULL;
	if (entry != NULL)
		return entry->value;
	entry = arena_take(&table->arena, sizeof(*entry) + table->value_size);
	entry->hash = hash;
	entry->key = arena_copy(&table->arena, key);
	memset(entry->value, 0, table->value_size);
	table->slots[at] = entry;
	table->count++;
	return entry->value;
}

size_t
table_bytes(const struct table *table)
{
	return table->arena.bytes + table->room * sizeof(struct table_entry *);
}

static int
by_key(const void *a, const void *b)
{
	const struct table_entry *const *x = a;
	const struct table_entry *const *y = b;

	return slice_compare((*x)->key, (*y)->key);
}

struct table_entry **
table_sorted(const struct table *table)
{
	struct table_entry **entries;
	size_t n = 0;

	entries = xcalloc(table->count, sizeof(struct table_entry *));
	for (size_t i = 0; i < table->room; i++)
		if (table->slots[i] != NULL)
			entries[n++] = table->slots[i];
	qsort(entries, n, sizeof(struct table_entry *), by_key);
	return entries;
}
