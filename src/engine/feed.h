/* SPDX-License-Identifier: MIT */
#ifndef ENGINE_FEED_H
#define ENGINE_FEED_H

/*
 * Combine and reduce for one who maps by himself: block by block, as input
 * comes, in his own thread. Mappers are those of a job (engine/job.h), one an
 * input; all of them emit into one shard, whose keys can be had in order at
 * any time. So what follows logs counts as what reads them whole:
 *
 *	feed = feed_new(&state, memory, take_side, context);
 *	mapper = mapper_new(run, feed_emit(feed));
 *	mapper_begin(mapper, 0);
 *	mapper_map(mapper, &block);
 *	...
 *	status = feed_give(feed, take, context, err);
 *	mapper_end(mapper);
 *	mapper_free(mapper);
 *	feed_free(feed);
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "engine/job.h"
#include "engine/shard.h"
#include "engine/state.h"

struct feed;

/* memory: bytes it may hold before it spills. side(context) gets the second
 * output as it comes. */
struct feed *feed_new(const struct state_type *state, uint64_t memory,
    void (*side)(void *context, struct slice bytes), void *context);
void feed_free(struct feed *feed); /* NULL is allowed */

/* What its mappers emit to. */
struct emit *feed_emit(struct feed *feed);

/* While it is paused, what is emitted is dropped. */
void feed_pause(struct feed *feed, bool is_paused);

/* Returns 0, or -1 with err set when a key could not be kept (the disk is
 * full): from then on nothing is. */
int feed_check(const struct feed *feed, struct err *err) CHECKED;

/* Gives every key so far to take(context), once, in the order of memcmp; the
 * feed is not changed and goes on. Returns 0, or -1 with err set: what take()
 * said, or feed_check(). */
int feed_give(struct feed *feed, shard_take *take, void *context,
    struct err *err) CHECKED;

#endif
