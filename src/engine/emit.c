/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "engine/emit.h"

static void
fail(struct emit *emit, const struct err *err)
{
	emit->is_closed = true;
	emit->fail(emit->context, err);
}

void
emit_add(struct emit *emit, struct slice key, const void *value)
{
	struct err err;

	if (!emit->is_closed && shard_add(emit->shard, key, value, &err) != 0)
		fail(emit, &err);
}

void
emit_side(struct emit *emit, struct slice bytes)
{
	struct err err;

	if (!emit->is_closed && emit->side(emit->context, bytes, &err) != 0)
		fail(emit, &err);
}
