/* SPDX-License-Identifier: MIT */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

/*
 * Many small things with one life: taken one by one, freed in one call. One
 * thread at a time. Start it as { 0 }.
 */

#include <stddef.h>

#include "base/slice.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* the newest first */
	size_t used;                /* in the newest block */
	size_t bytes;               /* taken from the system in all */
};

void arena_release(struct arena *arena);

/* size bytes, aligned for any type, not cleared; valid until the release. */
void *arena_take(struct arena *arena, size_t size);

/* A copy of the bytes; valid until the release. */
struct slice arena_copy(struct arena *arena, struct slice bytes);

/* A copy as a C string. */
char *arena_str(struct arena *arena, struct slice bytes);

#endif
