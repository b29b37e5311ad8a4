/* SPDX-License-Identifier: MIT */
#ifndef ENGINE_EMIT_H
#define ENGINE_EMIT_H

/*
 * What emit_add() and emit_side() of engine/job.h write to: the inside of
 * struct emit, for those who run mappers, engine/job.c and engine/feed.c.
 */

#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"
#include "engine/job.h"
#include "engine/shard.h"

struct emit {
	struct shard *shard;
	bool is_closed; /* what comes is dropped; so after a failure */
	void *context;
	/* Takes the second output. Returns 0, or -1 with err set. */
	int (*side)(void *context, struct slice bytes, struct err *err);
	/* Is told the failure. */
	void (*fail)(void *context, const struct err *err);
};

#endif
