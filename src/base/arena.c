/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/msg.h"

enum { ARENA_BLOCK = 64 * 1024, ARENA_ALIGN = 16 };

struct arena_block {
	struct arena_block *older;
	size_t size;
	_Alignas(ARENA_ALIGN) char bytes[];
};

void
arena_release(struct arena *arena)
{
	while (arena->blocks != NULL) {
		struct arena_block *block = arena->blocks;

		arena->blocks = block->older;
		free(block);
	}
	*arena = (struct arena){ 0 };
}

static void
add_block(struct arena *arena, size_t need)
{
	size_t size = need > ARENA_BLOCK ? need : ARENA_BLOCK;
	struct arena_block *block;

	block = xmalloc(sizeof(*block) + size);
	block->older = arena->blocks;
	block->size = size;
	arena->blocks = block;
	arena->used = 0;
	arena->bytes += sizeof(*block) + size;
}

void *
arena_take(struct arena *arena, size_t size)
{
	void *taken;

	if (size > SIZE_MAX / 2)
		msg_out_of_memory();
	size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	if (arena->blocks == NULL || size > arena->blocks->size - arena->used)
		add_block(arena, size);
	taken = arena->blocks->bytes + arena->used;
	arena->used += size;
	return taken;
}

struct slice
arena_copy(struct arena *arena, struct slice bytes)
{
	char *copy = arena_take(arena, bytes.len);

	if (bytes.len > 0)
		memcpy(copy, bytes.ptr, bytes.len);
	return slice_make(copy, bytes.len);
}

char *
arena_str(struct arena *arena, struct slice bytes)
{
	char *copy = arena_take(arena, bytes.len + 1);

	if (bytes.len > 0)
		memcpy(copy, bytes.ptr, bytes.len);
	copy[bytes.len] = '\0';
	return copy;
}
