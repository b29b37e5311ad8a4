/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/guard.h"

#include <pthread.h>
#include <stddef.h>

#include "base/buf.h"

#include "tap.h"

static void
add_a_word(void *context)
{
	buf_add_str(context, "word");
}

/* More bytes than there can be. */
static void
run_out(void *context)
{
	buf_add_str(context, "before");
	(void)buf_reserve(context, SIZE_MAX);
	buf_add_str(context, "behind");
}

static void
nest(void *context)
{
	CHECK(!guard_run(run_out, context));
	CHECK(guard_run(add_a_word, context));
	run_out(context);
	buf_add_str(context, "never");
}

static void
does_the_work(void)
{
	struct buf buf = { 0 };

	CHECK(guard_run(add_a_word, &buf));
	CHECK_SLICE(buf, "word");
	buf_release(&buf);
}

static void
leaves_the_work(void)
{
	struct buf buf = { 0 };

	CHECK(!guard_run(run_out, &buf));
	CHECK_SLICE(buf, "before");
	CHECK(!guard_run(run_out, &buf));
	CHECK(guard_run(add_a_word, &buf));
	CHECK_SLICE(buf, "beforebeforeword");
	buf_release(&buf);
}

static void
nests(void)
{
	struct buf buf = { 0 };

	CHECK(!guard_run(nest, &buf));
	CHECK_SLICE(buf, "beforewordbefore");
	buf_release(&buf);
}

static void *
run_out_often(void *unused)
{
	struct buf buf = { 0 };
	uintptr_t failed = 0;

	for (int i = 0; i < 1000; i++) {
		buf_clear(&buf);
		failed += !guard_run(nest, &buf);
	}
	buf_release(&buf);
	return failed == 1000 ? NULL : unused;
}

static void
is_each_threads_own(void)
{
	pthread_t threads[4];
	void *result;

	for (size_t i = 0; i < 4; i++)
		CHECK_INT(pthread_create(&threads[i], NULL, run_out_often,
			      &threads),
		    0);
	for (size_t i = 0; i < 4; i++) {
		CHECK_INT(pthread_join(threads[i], &result), 0);
		CHECK(result == NULL);
	}
}

static const struct tap_test tests[] = {
	{ "work is done", does_the_work },
	{ "work that runs out of memory is left at once", leaves_the_work },
	{ "the innermost guard is gone back to", nests },
	{ "each thread has guards of its own", is_each_threads_own },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
