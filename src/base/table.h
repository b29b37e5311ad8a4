/* SPDX-License-Identifier: MIT */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

/*
 * A hash table from byte strings to values of one fixed size. Keys are copied
 * into the table's own arena and values lie beside them, so neither moves
 * until the release: pointers to values stay valid while the table grows.
 * One thread at a time. Nothing is ever removed but all of it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

struct table_entry {
	struct slice key;
	_Alignas(16) char value[];
};

/* The hash is here too, so that looking goes to the entries of other keys
 * only where their hashes are the same, and growing to none. */
struct table_slot {
	uint64_t hash;
	struct table_entry *entry; /* NULL: the slot is empty */
};

struct table {
	struct table_slot *slots; /* open addressing, a power of two */
	size_t room;
	size_t count;
	size_t value_size;
	struct arena arena;
};

/* An empty table; value_size is in bytes and may be 0 for a set. */
void table_init(struct table *table, size_t value_size);
void table_release(struct table *table);

/* The value of a key, or NULL. */
void *table_find(const struct table *table, struct slice key);

/* The value of a key, added all zero where it was not there; *added (may be
 * NULL) says whether it was. */
void *table_add(struct table *table, struct slice key, bool *added);

/* How much memory the table holds, in bytes. */
size_t table_bytes(const struct table *table);

/* How much it may hold for a moment, in bytes: while it grows for one key
 * more (that key not counted), or while it is sorted. */
size_t table_bytes_most(const struct table *table);

/*
 * All entries in the order of their keys (memcmp, a prefix first). The caller
 * frees the array; it is valid until the table changes.
 */
struct table_entry **table_sorted(const struct table *table);

#endif
