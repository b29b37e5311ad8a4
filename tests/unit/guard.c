/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/guard.h"

#include <malloc.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "base/table.h"

#include "sanitized.h"
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

static void
add_number(void *context)
{
	struct table *table = context;
	size_t number = table->count;

	(void)table_add(table,
	    slice_make((const char *)&number, sizeof(number)), NULL);
}

static bool
has_numbers(const struct table *table, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (table_find(table,
			slice_make((const char *)&i, sizeof(i))) == NULL)
			return false;
	return true;
}

/* A table that grows with the next entry; it is large, so that the kernel is
 * asked for it. */
static void
fill(struct table *table)
{
	size_t grew_behind = 0;

	while (table->room < (size_t)1 << 17) {
		size_t room = table->room;

		add_number(table);
		if (table->room != room)
			grew_behind = table->count - 1;
	}
	while (table->count < 2 * grew_behind)
		add_number(table);
}

static void
keeps_a_table_whole(void)
{
	struct rlimit before;
	struct rlimit none;
	struct table table;
	size_t count;

	if (IS_SANITIZED)
		SKIP("under a sanitizer");
	/* What is large is the kernel's, though there is room in the heap. */
	CHECK(mallopt(M_MMAP_THRESHOLD, 1 << 16) == 1);
	table_init(&table, 0);
	fill(&table);
	count = table.count;
	CHECK_INT(getrlimit(RLIMIT_AS, &before), 0);
	none = before;
	none.rlim_cur = 1;
	CHECK_INT(setrlimit(RLIMIT_AS, &none), 0);
	CHECK(!guard_run(add_number, &table));
	CHECK_INT(setrlimit(RLIMIT_AS, &before), 0);
	CHECK(has_numbers(&table, count));
	CHECK(guard_run(add_number, &table));
	CHECK(has_numbers(&table, count + 1));
	table_release(&table);
}

static const struct tap_test tests[] = {
	{ "work is done", does_the_work },
	{ "work that runs out of memory is left at once", leaves_the_work },
	{ "the innermost guard is gone back to", nests },
	/* before there are threads, whose heaps have room */
	{ "a table that can't grow stays whole", keeps_a_table_whole },
	{ "each thread has guards of its own", is_each_threads_own },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
