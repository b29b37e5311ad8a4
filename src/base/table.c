/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/table.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

enum { TABLE_FIRST_ROOM = 64 };

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
static struct table_slot *
slot_of(const struct table *table, uint64_t hash, struct slice key)
{
	size_t at = hash & (table->room - 1);
	struct table_slot *slot = &table->slots[at];

	while (slot->entry != NULL &&
	    (slot->hash != hash || !slice_equal(slot->entry->key, key))) {
		at = (at + 1) & (table->room - 1);
		slot = &table->slots[at];
	}
	return slot;
}

/* Puts a slot's content where it goes in a table that does not have it. */
static void
place(struct table *table, const struct table_slot *slot)
{
	size_t at = slot->hash & (table->room - 1);

	while (table->slots[at].entry != NULL)
		at = (at + 1) & (table->room - 1);
	table->slots[at] = *slot;
}

static bool
is_full(const struct table *table)
{
	return table->count >= table->room - table->room / 4;
}

static void
grow(struct table *table)
{
	struct table_slot *old = table->slots;
	size_t old_room = table->room;
	size_t room = old_room == 0 ? TABLE_FIRST_ROOM : old_room * 2;

	/* First, since memory that is short may leave this (record/guard.h). */
	table->slots = xcalloc(room, sizeof(table->slots[0]));
	table->room = room;
	for (size_t i = 0; i < old_room; i++)
		if (old[i].entry != NULL)
			place(table, &old[i]);
	free(old);
}

void *
table_find(const struct table *table, struct slice key)
{
	struct table_entry *entry;

	if (table->count == 0)
		return NULL;
	entry = slot_of(table, hash_bytes(key), key)->entry;
	return entry == NULL ? NULL : entry->value;
}

/* A new entry: its value, all zero, and behind it the bytes of its key. */
static struct table_entry *
make_entry(struct table *table, struct slice key)
{
	struct table_entry *entry;
	char *bytes;

	entry = arena_take(&table->arena,
	    sizeof(*entry) + table->value_size + key.len);
	memset(entry->value, 0, table->value_size);
	bytes = entry->value + table->value_size;
	if (key.len > 0)
		memcpy(bytes, key.ptr, key.len);
	entry->key = slice_make(bytes, key.len);
	return entry;
}

void *
table_add(struct table *table, struct slice key, bool *added)
{
	uint64_t hash = hash_bytes(key);
	struct table_slot *slot;

	if (is_full(table))
		grow(table);
	slot = slot_of(table, hash, key);
	if (added != NULL)
		*added = slot->entry == NULL;
	if (slot->entry == NULL) {
		slot->hash = hash;
		slot->entry = make_entry(table, key);
		table->count++;
	}
	return slot->entry->value;
}

size_t
table_bytes(const struct table *table)
{
	return table->arena.bytes + table->room * sizeof(table->slots[0]);
}

/* --- in the order of the keys --- */

/*
 * Keys are sorted by seven bytes at a time, held as a number beside the
 * entry, so that few comparisons go to the keys themselves. The low byte
 * says how many bytes were left: a prefix sorts first, and what has 8 or more
 * left may need a closer look.
 */
enum { HEAD_BYTES = 7, HEAD_MORE = HEAD_BYTES + 1, FEW = 12 };

struct sorting {
	uint64_t head;
	struct table_entry *entry;
};

static uint64_t
head_of(struct slice key, size_t depth)
{
	struct slice rest = slice_from(key, depth);
	unsigned char bytes[sizeof(uint64_t)] = { 0 };
	uint64_t head;

	if (rest.len >= sizeof(bytes)) {
		memcpy(bytes, rest.ptr, sizeof(bytes));
		bytes[HEAD_BYTES] = HEAD_MORE;
	} else if (rest.len > 0) {
		memcpy(bytes, rest.ptr, rest.len);
		bytes[HEAD_BYTES] = (unsigned char)rest.len;
	}
	memcpy(&head, bytes, sizeof(head));
	return be64toh(head);
}

/* Whether a comes before b, whose first depth bytes are the same. */
static bool
is_less(const struct sorting *a, const struct sorting *b, size_t depth)
{
	if (a->head != b->head || (a->head & 0xff) < HEAD_MORE)
		return a->head < b->head;
	return slice_compare(slice_from(a->entry->key, depth),
		   slice_from(b->entry->key, depth)) < 0;
}

static void
sort_few(struct sorting *items, size_t n, size_t depth)
{
	for (size_t i = 1; i < n; i++) {
		struct sorting item = items[i];
		size_t at = i;

		for (; at > 0 && is_less(&item, &items[at - 1], depth); at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

static void
swap(struct sorting *a, struct sorting *b)
{
	struct sorting kept = *a;

	*a = *b;
	*b = kept;
}

/* A part of what is sorted, whose keys share their first depth bytes. */
struct part {
	struct sorting *items;
	size_t n;
	size_t depth;
};

/*
 * Divides a part by the head of an item in the middle, which is any, since
 * they come in the order of their hashes: those with less, those with the
 * same, whose next bytes count, and those with more.
 */
static void
divide(const struct part *part, struct part parts[3])
{
	struct sorting *items = part->items;
	uint64_t pivot = items[part->n / 2].head;
	size_t less = 0;
	size_t more = part->n;

	for (size_t i = 0; i < more;) {
		if (items[i].head < pivot)
			swap(&items[i++], &items[less++]);
		else if (items[i].head > pivot)
			swap(&items[i], &items[--more]);
		else
			i++;
	}
	parts[0] = (struct part){ items, less, part->depth };
	parts[1] = (struct part){ items + less, more - less, part->depth };
	parts[2] = (struct part){ items + more, part->n - more, part->depth };
	if ((pivot & 0xff) < HEAD_MORE)
		return;
	parts[1].depth += HEAD_BYTES;
	for (size_t i = 0; i < parts[1].n; i++)
		parts[1].items[i].head = head_of(parts[1].items[i].entry->key,
		    parts[1].depth);
}

/* Sorts the smaller parts by calling itself and goes on with the largest, so
 * that the calls are no deeper than the binary logarithm of n. */
static void
sort(struct part part)
{
	while (part.n > FEW) {
		struct part parts[3];
		size_t largest = 0;

		divide(&part, parts);
		for (size_t i = 1; i < 3; i++)
			if (parts[i].n > parts[largest].n)
				largest = i;
		for (size_t i = 0; i < 3; i++)
			if (i != largest)
				sort(parts[i]);
		part = parts[largest];
	}
	sort_few(part.items, part.n, part.depth);
}

size_t
table_bytes_most(const struct table *table)
{
	size_t more = table->count * sizeof(struct sorting);
	size_t grown = 2 * table->room * sizeof(table->slots[0]);

	if (is_full(table) && grown > more)
		more = grown;
	return table_bytes(table) + more;
}

struct table_entry **
table_sorted(const struct table *table)
{
	struct sorting *items = xcalloc(table->count, sizeof(items[0]));
	struct table_entry **entries = (struct table_entry **)items;
	size_t n = 0;

	for (size_t i = 0; i < table->room; i++) {
		struct table_entry *entry = table->slots[i].entry;

		if (entry != NULL)
			items[n++] = (struct sorting){ head_of(entry->key, 0),
				entry };
	}
	sort((struct part){ items, n, 0 });
	/* They stay where they are: no item is overwritten before its turn. */
	for (size_t i = 0; i < n; i++) {
		struct table_entry *entry = items[i].entry;

		entries[i] = entry;
	}
	return entries;
}
