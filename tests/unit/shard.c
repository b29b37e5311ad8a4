/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "engine/shard.h"

#include <inttypes.h>

#include "base/buf.h"
#include "tap.h"

/* A state that sums numbers. */
static void
sum_add(void *state, const void *value, struct arena *arena)
{
	uint64_t *sum = state;
	const uint64_t *number = value;

	(void)arena;
	*sum += *number;
}

static void
sum_write(const void *state, struct buf *bytes)
{
	buf_add(bytes, slice_make(state, sizeof(uint64_t)));
}

static void
sum_read(void *state, struct slice bytes, struct arena *arena)
{
	(void)arena;
	memcpy(state, bytes.ptr, sizeof(uint64_t));
}

static const struct state_type sum = {
	.size = sizeof(uint64_t),
	.add = sum_add,
	.merge = sum_add,
	.write = sum_write,
	.read = sum_read,
};

static int
print(void *context, struct slice key, const void *state, struct err *err)
{
	const uint64_t *number = state;

	(void)err;
	buf_add_format(context, "%.*s=%" PRIu64 "\n", SLICE_ARG(key), *number);
	return 0;
}

static void
add(struct shard *shard, const char *key, uint64_t number)
{
	struct err err;

	CHECK_INT(shard_add(shard, slice_str(key), &number, &err), 0);
}

static void
merges_in_order(void)
{
	struct shard *shards[2];
	struct buf text = { 0 };
	struct err err;

	shards[0] = shard_new(&sum, 1 << 20);
	shards[1] = shard_new(&sum, 1 << 20);
	add(shards[0], "b", 1);
	add(shards[0], "a", 2);
	add(shards[0], "", 9);
	add(shards[1], "b", 3);
	add(shards[1], "ab", 4);
	add(shards[1], "b", 5);
	CHECK_INT(shards_merge(shards, 2, print, &text, &err), 0);
	CHECK_SLICE(text, "=9\na=2\nab=4\nb=9\n");
	shard_free(shards[0]);
	shard_free(shards[1]);
	buf_release(&text);
}

/* Adds n keys of a cycle in two shards, and prints what they hold. */
static void
fill(struct buf *text, uint64_t memory)
{
	struct shard *shards[2];
	struct err err;
	char key[32];

	for (size_t s = 0; s < 2; s++) {
		shards[s] = shard_new(&sum, memory);
		for (unsigned i = 0; i < 300000; i++) {
			(void)snprintf(key, sizeof(key), "key %u",
			    i * 7919 % (60000 + 30000 * (unsigned)s));
			add(shards[s], key, i);
		}
	}
	CHECK_INT(shards_merge(shards, 2, print, text, &err), 0);
	shard_free(shards[0]);
	shard_free(shards[1]);
}

static void
spills_the_same(void)
{
	struct buf large = { 0 };
	struct buf small = { 0 };

	fill(&large, 1 << 30);
	fill(&small, 1);
	CHECK(large.len > 1000000);
	CHECK(slice_equal(buf_slice(&large), buf_slice(&small)));
	buf_release(&large);
	buf_release(&small);
}

static int
refuse(void *context, struct slice key, const void *state, struct err *err)
{
	(void)context;
	(void)key;
	(void)state;
	return err_set(err, "no more");
}

static void
stops_when_told(void)
{
	struct shard *shard = shard_new(&sum, 1);
	struct err err;

	add(shard, "a", 1);
	CHECK_INT(shards_merge(&shard, 1, refuse, NULL, &err), -1);
	CHECK_STR(err.text, "no more");
	shard_free(shard);
}

static void
says_that_the_disk_is_full(void)
{
	struct shard *shard = shard_new(&sum, 1);
	struct err err = { "" };
	int status = 0;
	char key[32];
	uint64_t one = 1;

	setenv("TMPDIR", "/nonexistent/folder", 1);
	for (unsigned i = 0; i < 300000 && status == 0; i++) {
		(void)snprintf(key, sizeof(key), "key %u", i);
		status = shard_add(shard, slice_str(key), &one, &err);
	}
	unsetenv("TMPDIR");
	CHECK_INT(status, -1);
	CHECK_STR(err.text,
	    "temporary file in /nonexistent/folder: "
	    "No such file or directory");
	shard_free(shard);
}

static const struct tap_test tests[] = {
	{ "shards are merged in the order of their keys", merges_in_order },
	{ "a shard that spills gives what one in memory gives",
	    spills_the_same },
	{ "a merge stops when its taker says so", stops_when_told },
	{ "a run that cannot be written is an error",
	    says_that_the_disk_is_full },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
