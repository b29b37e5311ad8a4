/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "engine/feed.h"

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

static void
take_side(void *context, struct slice bytes)
{
	buf_add(context, bytes);
}

static int
take(void *context, struct slice key, const void *state, struct err *err)
{
	const uint64_t *number = state;

	(void)err;
	buf_add_format(context, "%.*s=%" PRIu64 " ", SLICE_ARG(key), *number);
	return 0;
}

static int
refuse(void *context, struct slice key, const void *state, struct err *err)
{
	(void)context;
	(void)key;
	(void)state;
	return err_set(err, "enough");
}

static void
add(struct feed *feed, const char *key, uint64_t number)
{
	emit_add(feed_emit(feed), slice_str(key), &number);
}

static void
check_keys(struct feed *feed, const char *wanted)
{
	struct buf got = { 0 };
	struct err err;

	CHECK_INT(feed_give(feed, take, &got, &err), 0);
	CHECK_SLICE(buf_slice(&got), wanted);
	buf_release(&got);
}

static void
gives_keys_at_any_time(void)
{
	struct feed *feed = feed_new(&sum, 1 << 20, take_side, NULL);

	check_keys(feed, "");
	add(feed, "b", 1);
	add(feed, "a", 2);
	check_keys(feed, "a=2 b=1 ");
	check_keys(feed, "a=2 b=1 ");
	add(feed, "b", 3);
	add(feed, "aa", 4);
	check_keys(feed, "a=2 aa=4 b=4 ");
	feed_free(feed);
}

static void
gives_side_at_once(void)
{
	struct buf side = { 0 };
	struct feed *feed = feed_new(&sum, 1 << 20, take_side, &side);

	emit_side(feed_emit(feed), slice_str("one "));
	CHECK_SLICE(buf_slice(&side), "one ");
	emit_side(feed_emit(feed), slice_str("two"));
	CHECK_SLICE(buf_slice(&side), "one two");
	feed_free(feed);
	buf_release(&side);
}

static void
drops_while_paused(void)
{
	struct buf side = { 0 };
	struct feed *feed = feed_new(&sum, 1 << 20, take_side, &side);

	add(feed, "a", 1);
	feed_pause(feed, true);
	add(feed, "a", 1);
	add(feed, "b", 1);
	emit_side(feed_emit(feed), slice_str("lost"));
	feed_pause(feed, false);
	add(feed, "a", 1);
	check_keys(feed, "a=2 ");
	CHECK_INT(side.len, 0);
	feed_free(feed);
	buf_release(&side);
}

static int
count_twice(void *context, struct slice key, const void *state, struct err *err)
{
	uint64_t *count = context;

	(void)key;
	(void)err;
	*count += *(const uint64_t *)state == 2;
	return 0;
}

/* More keys than the least memory holds, one each. */
static void
add_many(struct feed *feed)
{
	struct buf key = { 0 };

	for (unsigned i = 0; i < 30000; i++) {
		buf_clear(&key);
		buf_add_format(&key, "key %u", i);
		emit_add(feed_emit(feed), buf_slice(&key),
		    &(const uint64_t){ 1 });
	}
	buf_release(&key);
}

static void
spills_and_goes_on(void)
{
	struct feed *feed = feed_new(&sum, 1, take_side, NULL);
	uint64_t twice = 0;
	struct err err;

	add_many(feed);
	CHECK_INT(feed_give(feed, count_twice, &twice, &err), 0);
	CHECK_INT(twice, 0);
	add_many(feed);
	CHECK_INT(feed_give(feed, count_twice, &twice, &err), 0);
	CHECK_INT(twice, 30000);
	feed_free(feed);
}

static void
may_be_stopped(void)
{
	struct feed *feed = feed_new(&sum, 1 << 20, take_side, NULL);
	struct err err;

	add(feed, "a", 1);
	CHECK_INT(feed_give(feed, refuse, NULL, &err), -1);
	CHECK_STR(err.text, "enough");
	check_keys(feed, "a=1 ");
	feed_free(feed);
}

/* Where nothing can be spilled. */
static void
keeps_failing(void)
{
	struct feed *feed = feed_new(&sum, 1, take_side, NULL);
	struct err err;

	CHECK_INT(setenv("TMPDIR", "/nowhere", 1), 0);
	CHECK_INT(feed_check(feed, &err), 0);
	add_many(feed);
	CHECK_INT(feed_check(feed, &err), -1);
	CHECK(strstr(err.text, "/nowhere") != NULL);
	feed_pause(feed, false);
	CHECK_INT(feed_give(feed, take, NULL, &err), -1);
	feed_free(feed);
	(void)unsetenv("TMPDIR");
}

static const struct tap_test tests[] = {
	{ "keys are given in order at any time, and it goes on",
	    gives_keys_at_any_time },
	{ "the second output comes at once", gives_side_at_once },
	{ "what is emitted while it is paused is dropped", drops_while_paused },
	{ "it spills, is looked at, and goes on", spills_and_goes_on },
	{ "who is given keys may stop", may_be_stopped },
	{ "a failure to spill is told from then on", keeps_failing },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
