/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/arena.h"

#include "tap.h"

enum { COUNT = 5000 };

/* Sizes from 0 to far more than a block, in no order. */
static size_t
size_of(size_t i)
{
	return i % 1000 == 999 ? 200000 : i * 7919 % 301;
}

static void
keeps_things_apart(void)
{
	struct arena arena = { 0 };
	static char *taken[COUNT];

	for (size_t i = 0; i < COUNT; i++) {
		taken[i] = arena_take(&arena, size_of(i));
		CHECK_INT((uintptr_t)taken[i] % 16, 0);
		memset(taken[i], (int)(i % 251), size_of(i));
	}
	for (size_t i = 0; i < COUNT; i++)
		for (size_t j = 0; j < size_of(i); j++)
			if (!CHECK(taken[i][j] == (char)(i % 251)))
				goto out;
out:
	arena_release(&arena);
}

static void
takes_few_blocks(void)
{
	struct arena arena = { 0 };

	for (size_t i = 0; i < 100000; i++)
		(void)arena_take(&arena, 16);
	CHECK(arena.bytes >= 1600000);
	CHECK(arena.bytes < 1600000 + 2 * 65536);
	arena_release(&arena);
	CHECK_INT(arena.bytes, 0);
	CHECK(arena.blocks == NULL);
}

static void
copies(void)
{
	struct arena arena = { 0 };
	char text[] = "ab\0c";
	struct slice copy = arena_copy(&arena, slice_make(text, 4));
	char *string = arena_str(&arena, slice_make("xyz", 2));
	struct slice nothing = arena_copy(&arena, slice_make(NULL, 0));

	text[0] = 'X';
	CHECK_BYTES(copy.ptr, copy.len, "ab\0c", 4);
	CHECK_STR(string, "xy");
	CHECK_INT(nothing.len, 0);
	CHECK_STR(arena_str(&arena, slice_make(NULL, 0)), "");
	arena_release(&arena);
}

static void
starts_anew(void)
{
	struct arena arena = { 0 };

	arena_release(&arena);
	(void)arena_take(&arena, 10);
	arena_release(&arena);
	CHECK_STR(arena_str(&arena, slice_str("again")), "again");
	arena_release(&arena);
}

static const struct tap_test tests[] = {
	{ "things are aligned and do not overlap", keeps_things_apart },
	{ "many things share a block", takes_few_blocks },
	{ "bytes are copied, NULs too", copies },
	{ "an arena may be used again after its release", starts_anew },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
