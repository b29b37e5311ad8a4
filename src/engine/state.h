/* SPDX-License-Identifier: MIT */
#ifndef ENGINE_STATE_H
#define ENGINE_STATE_H

/*
 * What a job keeps for each key. A state is of fixed size and may own memory
 * of the arena that it is given (a list, a small table), which lives as long
 * as the state. All operations are associative and commutative, so that the
 * answer does not depend on how the input was cut: as the states of
 * aggregates in ClickHouse and PostgreSQL.
 */

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"

struct state_type {
	size_t size; /* bytes; a new state is all zero */

	/* Adds one value that map() emitted. */
	void (*add)(void *state, const void *value, struct arena *arena);

	/* Adds another state of the same key. */
	void (*merge)(void *state, const void *more, struct arena *arena);

	/* Adds its bytes, for disk; they are read by the same process. */
	void (*write)(const void *state, struct buf *bytes);

	/* Makes a state, all zero before, from its bytes. */
	void (*read)(void *state, struct slice bytes, struct arena *arena);
};

#endif
