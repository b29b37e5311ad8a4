/* SPDX-License-Identifier: MIT */
#ifndef ENGINE_MERGE_H
#define ENGINE_MERGE_H

/*
 * The ordered merge of sorted tables and runs: each key once, its states
 * merged.
 */

#include "base/err.h"
#include "base/table.h"
#include "engine/run.h"
#include "engine/shard.h"
#include "engine/state.h"

struct merge;

struct merge *merge_new(const struct state_type *type);
void merge_free(struct merge *merge);

/* Adds what is to be merged; it must stay unchanged until merge_run(). */
void merge_add_table(struct merge *merge, const struct table *table);
void merge_add_run(struct merge *merge, int fd, const struct run *run);

/* Gives every key to take(context) in the order of memcmp. Once only. Returns
 * 0, or -1 with err set. */
int merge_run(struct merge *merge, shard_take *take, void *context,
    struct err *err) CHECKED;

#endif
