/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/memo.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

enum {
	FIRST_SLOTS = 1024, /* a power of two */
	ITEMS_MOST = 16 * 1024,
	SOURCE_MOST = 4096 /* longer ones hardly repeat */
};

/* The third of wyhash's numbers. */
#define MOMENT_SEED UINT64_C(0x8ebc6af09c88c6e3)

/* The hash is kept beside, so that what is another item is not looked at. */
struct memo_slot {
	uint64_t hash;
	struct memo_item *item;
};

void
memo_init(struct memo *memo,
    void (*give)(void *context, const struct memo_item *item), void *context)
{
	*memo = (struct memo){ .give = give, .context = context };
}

void
memo_release(struct memo *memo)
{
	free(memo->slots);
	memo->slots = NULL;
	memo->room = 0;
	memo->count = 0;
	arena_release(&memo->arena);
}

/* The same source stands at many moments. */
static uint64_t
hash_of(struct slice source, uint32_t moment)
{
	return hash_mix(hash_bytes(source) + moment, MOMENT_SEED);
}

/* The slot of the item, or the empty one where it would go. */
static struct memo_slot *
slot_of(const struct memo *memo, uint64_t hash, struct slice source,
    uint32_t moment)
{
	size_t mask = memo->room - 1;
	size_t at = hash & mask;

	for (;; at = (at + 1) & mask) {
		struct memo_slot *slot = &memo->slots[at];
		const struct memo_item *item = slot->item;

		if (item == NULL ||
		    (slot->hash == hash && item->moment == moment &&
			item->source_len == source.len &&
			memcmp(item->source, source.ptr, source.len) == 0))
			return slot;
	}
}

struct memo_item *
memo_find(struct memo *memo, struct slice source, uint32_t moment)
{
	struct memo_item *item;

	if (memo->count == 0)
		return NULL;
	item = slot_of(memo, hash_of(source, moment), source, moment)->item;
	memo->uses += item != NULL;
	return item;
}

/* Makes room; false where there is no use in remembering more. */
static bool
make_room(struct memo *memo)
{
	if (memo->count < ITEMS_MOST && memo->arena.bytes < MEMO_BYTES)
		return true;
	memo->is_resting = memo->uses < memo->count;
	memo_give(memo);
	return !memo->is_resting;
}

/* Small tables stay in the cache, so they grow only as they must. */
static void
grow(struct memo *memo)
{
	struct memo_slot *old = memo->slots;
	size_t old_room = memo->room;

	memo->room = old_room == 0 ? FIRST_SLOTS : old_room * 2;
	memo->slots = xcalloc(memo->room, sizeof(memo->slots[0]));
	for (size_t i = 0; i < old_room; i++) {
		size_t at = old[i].hash & (memo->room - 1);

		if (old[i].item == NULL)
			continue;
		while (memo->slots[at].item != NULL)
			at = (at + 1) & (memo->room - 1);
		memo->slots[at] = old[i];
	}
	free(old);
}

void
memo_add(struct memo *memo, struct slice source, uint32_t moment,
    struct slice keys, uint32_t flags)
{
	uint64_t hash = hash_of(source, moment);
	struct memo_item *item;
	struct memo_slot *slot;

	if (memo->is_resting || source.len > SOURCE_MOST || !make_room(memo))
		return;
	if (memo->count >= memo->room / 2)
		grow(memo);
	slot = slot_of(memo, hash, source, moment);
	if (slot->item != NULL)
		return;
	item = arena_take(&memo->arena, sizeof(*item) + source.len);
	*item = (struct memo_item){
		.keys = arena_copy(&memo->arena, keys),
		.moment = moment,
		.flags = flags,
		.source_len = source.len,
	};
	memcpy(item->source, source.ptr, source.len);
	slot->hash = hash;
	slot->item = item;
	memo->count++;
}

void
memo_give(struct memo *memo)
{
	for (size_t i = 0; i < memo->room && memo->count > 0; i++) {
		const struct memo_item *item = memo->slots[i].item;

		if (item == NULL)
			continue;
		if (item->sum.entries > 0)
			memo->give(memo->context, item);
		memo->slots[i].item = NULL;
		memo->count--;
	}
	memo->uses = 0;
	arena_release(&memo->arena);
}

void
memo_key_add(struct buf *keys, struct slice key)
{
	buf_add(keys, slice_make((const char *)&key.len, sizeof(key.len)));
	buf_add(keys, key);
}

bool
memo_key_next(struct slice *keys, struct slice *key)
{
	if (keys->len == 0)
		return false;
	memcpy(&key->len, keys->ptr, sizeof(key->len));
	key->ptr = keys->ptr + sizeof(key->len);
	*keys = slice_from(*keys, sizeof(key->len) + key->len);
	return true;
}
