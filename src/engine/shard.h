/* SPDX-License-Identifier: MIT */
#ifndef ENGINE_SHARD_H
#define ENGINE_SHARD_H

/*
 * One worker's results: a table from keys to states. When it has filled its
 * memory it writes itself, in the order of its keys, as a run to a temporary
 * file and starts anew; too many runs are merged into one. So the number of
 * keys costs disk, not memory. A key longer than the memory is held
 * nonetheless. One thread at a time.
 */

#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "engine/state.h"

struct shard;

/* memory: bytes that its table may take, what growing and sorting it takes
 * included; the least is 256 KiB. Merging takes up to 4 MiB more. */
struct shard *shard_new(const struct state_type *type, uint64_t memory);
void shard_free(struct shard *shard);

/* Adds a value to the state of a key. Returns 0, or -1 with err set when
 * spilling failed (the disk is full); then nothing more may be added. */
int shard_add(struct shard *shard, struct slice key, const void *value,
    struct err *err) CHECKED;

/* Gets each key once, in order; both slices and state are valid during the
 * call. Returns 0, or -1 with err set to stop. */
typedef int shard_take(void *context, struct slice key, const void *state,
    struct err *err);

/*
 * Gives every key of all shards, in the order of memcmp, with its states
 * merged. The shards are not changed. Returns 0, or -1 with err set: what
 * take() said, or a run that could not be read.
 */
int shards_merge(struct shard *const *shards, size_t count, shard_take *take,
    void *context, struct err *err) CHECKED;

#endif
