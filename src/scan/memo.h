/* SPDX-License-Identifier: MIT */
#ifndef SCAN_MEMO_H
#define SCAN_MEMO_H

/*
 * What texts came to, so that an entry whose text was seen before is counted
 * without being made: from the bytes of entry.source, and the moment they
 * stand at, to the keys of the rows. Sums wait here and are given when they
 * are asked for: a log says the same few thousand things over and over, and
 * then a line costs one look-up instead of one for each row, and no parsing.
 *
 * Bounded: when MEMO_BYTES are full, what waits is given and the memo starts
 * anew; where that happens before most items were of use it rests for good,
 * since such a log has nothing that repeats. Pure; one thread at a time.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "model/tally.h"

enum { MEMO_BYTES = 4 * 1024 * 1024 };

/* Of one source at one moment. What is looked at when it is found lies
 * together. */
struct memo_item {
	struct slice keys; /* each behind its length, a size_t */
	struct tally_sum sum;
	uint32_t moment; /* the caller's number for day and hour */
	uint32_t flags;  /* the caller's */
	size_t source_len;
	char source[];
};

struct memo {
	struct memo_slot *slots; /* open addressing, half full at most */
	size_t room;             /* a power of two, or 0 */
	size_t count;
	uint64_t uses; /* of the items that are there */
	bool is_resting;
	struct arena arena;

	/* Gets each item whose sum is not 0, before it is forgotten. */
	void (*give)(void *context, const struct memo_item *item);
	void *context;
};

void memo_init(struct memo *memo,
    void (*give)(void *context, const struct memo_item *item), void *context);

/* Does not give; see memo_give(). */
void memo_release(struct memo *memo);

/* The item, or NULL. Whoever finds it adds to its sum. */
struct memo_item *memo_find(struct memo *memo, struct slice source,
    uint32_t moment);

/* Adds an item, whose sum is 0: its rows are counted already. keys are copied.
 * Nothing happens where the item is there. */
void memo_add(struct memo *memo, struct slice source, uint32_t moment,
    struct slice keys, uint32_t flags);

/* Gives all that waits and forgets everything. */
void memo_give(struct memo *memo);

/* Adds a key to what memo_add() takes. */
void memo_key_add(struct buf *keys, struct slice key);

/* Takes the next key off the front of an item's keys; false at the end. */
bool memo_key_next(struct slice *keys, struct slice *key);

#endif
