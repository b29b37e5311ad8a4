/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "engine/feed.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "engine/emit.h"

struct feed {
	struct emit emit;
	void (*side)(void *context, struct slice bytes);
	void *context;
	bool failed;
	struct err err; /* why, if failed */
};

static int
take_side(void *context, struct slice bytes, struct err *err)
{
	struct feed *feed = context;

	(void)err;
	feed->side(feed->context, bytes);
	return 0;
}

static void
take_failure(void *context, const struct err *err)
{
	struct feed *feed = context;

	feed->failed = true;
	feed->err = *err;
}

struct feed *
feed_new(const struct state_type *state, uint64_t memory,
    void (*side)(void *context, struct slice bytes), void *context)
{
	struct feed *feed = xcalloc(1, sizeof(*feed));

	feed->emit = (struct emit){
		.shard = shard_new(state, memory),
		.context = feed,
		.side = take_side,
		.fail = take_failure,
	};
	feed->side = side;
	feed->context = context;
	return feed;
}

void
feed_free(struct feed *feed)
{
	if (feed == NULL)
		return;
	shard_free(feed->emit.shard);
	free(feed);
}

struct emit *
feed_emit(struct feed *feed)
{
	return &feed->emit;
}

void
feed_pause(struct feed *feed, bool is_paused)
{
	feed->emit.is_closed = is_paused || feed->failed;
}

int
feed_check(const struct feed *feed, struct err *err)
{
	if (!feed->failed)
		return 0;
	*err = feed->err;
	return -1;
}

int
feed_give(struct feed *feed, shard_take *take, void *context, struct err *err)
{
	if (feed_check(feed, err) != 0)
		return -1;
	return shards_merge(&feed->emit.shard, 1, take, context, err);
}
