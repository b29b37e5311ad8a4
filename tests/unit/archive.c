/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/archive.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/db.h"
#include "base/duration.h"
#include "fetch/store_file.h"
#include "scratch.h"
#include "tap.h"

static const int64_t now = INT64_C(1371013443) * DURATION_S;

enum { MANY = 200, LARGE = 400 * 1024 };

static void
need(bool held, const struct err *err)
{
	if (!held) {
		printf("# %s\n", err->text);
		abort();
	}
}

/* Writes a store as a run would, by hand: its tables are the contract. */
static void
write_store(const char *sql)
{
	struct err err = { "" };
	struct db *db = db_open(scratch_path("job.db"), DB_WRITE, &store_schema,
	    &err);

	need(db != NULL, &err);
	need(db_exec(db, sql, &err) == 0, &err);
	db_close(db);
}

/* Three items: a with an answer, b that failed, and c that is listed no more,
 * with an answer. */
static void
write_three(void)
{
	write_store(
	    "INSERT INTO meta VALUES ('complete', 2), ('listing', 2);"
	    "INSERT INTO item VALUES"
	    " (1, 'a', 2, 0, 1371017043000000000, 0, 2, 1, 9, NULL, NULL),"
	    " (2, 'b', 4, 0, 5, 8, 2, 1, 9, 'HTTP 500', NULL),"
	    " (3, 'c', 2, 0, 1371017043000000000, 0, 1, 1, 9, NULL, NULL);"
	    "INSERT INTO answer VALUES"
	    " (1, 200, 1371013443000000000, 1371017043000000000,"
	    "  1371020643000000000, 'e', NULL, 'text/plain', x'616263'),"
	    " (3, 200, 1, 2, 3, NULL, NULL, NULL, x'');");
}

static struct archive *
open_archive(void)
{
	struct err err = { "" };
	struct archive *archive = archive_open(scratch_path("job.db"), &err);

	need(archive != NULL, &err);
	return archive;
}

static void
finds(void)
{
	struct err err = { "" };
	struct archive_item item;
	struct archive *archive;

	scratch_make();
	write_three();
	archive = open_archive();
	CHECK_INT(archive_find(archive, slice_str("a"), &item, &err), 1);
	CHECK_SLICE(item.id, "a");
	CHECK_INT(item.state, ITEM_DONE);
	CHECK(item.listed && item.has_answer);
	CHECK_INT(item.status, 200);
	CHECK_INT(item.received, now);
	CHECK_INT(item.expires, now + DURATION_H);
	CHECK_INT(item.stale_until, now + 2 * DURATION_H);
	CHECK_SLICE(item.type, "text/plain");
	CHECK_SLICE(item.body, "abc");
	CHECK_INT(archive_find(archive, slice_str("b"), &item, &err), 1);
	CHECK(item.listed && !item.has_answer);
	CHECK_INT(item.attempts, 8);
	CHECK_SLICE(item.cause, "HTTP 500");
	CHECK_INT(archive_find(archive, slice_str("c"), &item, &err), 1);
	CHECK(!item.listed && item.has_answer);
	CHECK_INT(item.body.len, 0);
	CHECK_INT(archive_find(archive, slice_str("d"), &item, &err), 0);
	archive_close(archive);
	archive_close(NULL);
	scratch_remove();
}

/* MANY items, every tenth with a large answer, so that chunks end for either
 * reason. */
static void
steps_through_all(void)
{
	struct err err = { "" };
	struct archive_item item;
	struct archive_item other;
	struct archive *archive;
	int wrong = 0;
	int count = 0;

	scratch_make();
	write_store("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
		    "  SELECT i + 1 FROM n WHERE i < 200)"
		    " INSERT INTO item SELECT i, 'item ' || i,"
		    "  0, 1, 0, 0, 1, NULL, NULL, NULL, NULL FROM n;"
		    "INSERT INTO answer SELECT id, 200, 0, 0, 0, NULL, NULL,"
		    "  NULL, zeroblob(409600) FROM item WHERE id % 10 = 0");
	archive = open_archive();
	while (archive_next(archive, &item, &err) == 1) {
		char id[32];

		count++;
		(void)snprintf(id, sizeof(id), "item %d", count);
		wrong += !slice_is(item.id, id);
		wrong += item.body.len != (count % 10 == 0 ? LARGE : 0);
		/* Neither disturbs the other. */
		wrong += archive_find(archive, slice_str("item 7"), &other,
			     &err) != 1;
		wrong += !slice_is(item.id, id);
	}
	CHECK_INT(count, MANY);
	CHECK_INT(wrong, 0);
	CHECK_INT(archive_next(archive, &item, &err), 0);
	archive_close(archive);
	scratch_remove();
}

/* Between two steps a writer gets through. */
static void
holds_no_lock(void)
{
	struct err err = { "" };
	struct archive_item item;
	struct archive *archive;

	scratch_make();
	write_three();
	archive = open_archive();
	CHECK_INT(archive_next(archive, &item, &err), 1);
	write_store("PRAGMA busy_timeout = 0;"
		    "INSERT INTO item VALUES"
		    " (9, 'z', 0, 1, 0, 0, 2, NULL, NULL, NULL, NULL)");
	CHECK_INT(archive_next(archive, &item, &err), 1);
	CHECK_INT(archive_next(archive, &item, &err), 1);
	CHECK_INT(archive_next(archive, &item, &err), 1);
	CHECK_SLICE(item.id, "z");
	archive_close(archive);
	scratch_remove();
}

static void
counts(void)
{
	struct err err = { "" };
	struct store_counts count;
	struct archive *archive;

	scratch_make();
	write_three();
	archive = open_archive();
	CHECK_INT(archive_counts(archive, now, &count, &err), 0);
	CHECK_INT(count.by_state[ITEM_DONE], 1);
	CHECK_INT(count.by_state[ITEM_FAILED], 1);
	CHECK_INT(count.unlisted, 1);
	CHECK_INT(archive_check(archive, &err), 0);
	archive_close(archive);
	scratch_remove();
}

static struct archive_run
last_run(void)
{
	struct err err = { "" };
	struct archive *archive = open_archive();
	struct archive_run run;

	need(archive_last_run(archive, &run, &err) == 0, &err);
	archive_close(archive);
	return run;
}

static struct store *
open_store(void)
{
	struct store_options options = {
		.path = scratch_path("job.db"),
		.now = now,
		.horizon = DURATION_D,
	};
	struct err err = { "" };
	struct store *store = store_open(&options, &err);

	need(store != NULL, &err);
	return store;
}

/* A run that ends with this status, a minute after it began. */
static void
run(int64_t began, int exit_status)
{
	struct err err = { "" };
	struct store *store = open_store();

	need(store_run_began(store, began, &err) == 0, &err);
	CHECK_INT(last_run().began, began);
	CHECK_INT(last_run().ended, 0);
	store_run_ended(store, began + DURATION_M, exit_status);
	need(store_close(store, &err) == 0, &err);
}

static void
tells_of_the_last_run(void)
{
	struct store_message *message = store_message(STORE_LISTED);
	struct err err = { "" };
	struct store *store;

	scratch_make();
	write_store("");
	CHECK_INT(last_run().began, 0);
	CHECK_INT(last_run().last_good, 0);
	run(now, 0);
	run(now + DURATION_H, 2);
	CHECK_INT(last_run().began, now + DURATION_H);
	CHECK_INT(last_run().ended, now + DURATION_H + DURATION_M);
	CHECK_INT(last_run().exit_status, 2);
	CHECK_INT(last_run().last_good, now + DURATION_M);
	CHECK_INT(last_run().listed_at, 0);
	store = open_store();
	message->complete = true;
	message->now = now;
	store_send(store, message);
	need(store_close(store, &err) == 0, &err);
	CHECK_INT(last_run().listed_at, now);
	scratch_remove();
}

static off_t
size_of_store(void)
{
	struct stat st;

	scratch_need(stat(scratch_path("job.db"), &st) == 0, "stat");
	return st.st_size;
}

static void
forgets(void)
{
	static const struct slice ids[] = { SLICE("a"), SLICE("nobody") };
	struct err err = { "" };
	struct archive_item item;
	struct archive *archive;
	off_t before;

	scratch_make();
	write_three();
	write_store("UPDATE answer SET body = zeroblob(1000000)");
	before = size_of_store();
	CHECK_INT(archive_forget(scratch_path("job.db"), NULL, 0, &err), 1);
	CHECK(size_of_store() < before - 900000);
	archive = open_archive();
	CHECK_INT(archive_find(archive, slice_str("c"), &item, &err), 0);
	CHECK_INT(archive_find(archive, slice_str("a"), &item, &err), 1);
	archive_close(archive);
	CHECK_INT(archive_forget(scratch_path("job.db"), ids, 2, &err), 1);
	CHECK(size_of_store() < 100000);
	archive = open_archive();
	CHECK_INT(archive_find(archive, slice_str("a"), &item, &err), 0);
	CHECK_INT(archive_find(archive, slice_str("b"), &item, &err), 1);
	CHECK_INT(archive_check(archive, &err), 0);
	archive_close(archive);
	scratch_remove();
}

static void
gives_while_it_may(void)
{
	struct archive_item item = {
		.has_answer = true,
		.expires = 10,
		.stale_until = 20,
	};

	CHECK(archive_may_give(&item, 9));
	CHECK(archive_may_give(&item, 19));
	CHECK(!archive_may_give(&item, 20));
	item.stale_until = 0;
	CHECK(archive_may_give(&item, 9));
	CHECK(!archive_may_give(&item, 10));
	item.has_answer = false;
	CHECK(!archive_may_give(&item, 9));
}

/* The view for other programs. */
static void
shows_items(void)
{
	struct err err = { "" };
	struct db *db;
	struct db_query *query;

	scratch_make();
	write_three();
	db = db_open(scratch_path("job.db"), DB_READ, &store_schema, &err);
	need(db != NULL, &err);
	query = db_prepare(db,
	    "SELECT id, status, fetched_at, body, typeof(body) FROM items",
	    &err);
	need(query != NULL && db_step(query, &err) == 1, &err);
	CHECK_SLICE(db_bytes(query, 0), "a");
	CHECK_INT(db_int(query, 1), 200);
	CHECK_SLICE(db_bytes(query, 2), "2013-06-12T05:04:03Z");
	CHECK_SLICE(db_bytes(query, 3), "abc");
	CHECK_SLICE(db_bytes(query, 4), "blob");
	CHECK_INT(db_step(query, &err), 0);
	db_query_free(query);
	db_close(db);
	scratch_remove();
}

static void
refuses_what_is_no_store(void)
{
	struct err err = { "" };

	scratch_make();
	CHECK(archive_open(scratch_path("job.db"), &err) == NULL);
	CHECK(strstr(err.text, "job.db: No such file") != NULL);
	CHECK_INT(archive_forget(scratch_path("none/job.db"), NULL, 0, &err),
	    -1);
	(void)scratch_write("job.db",
	    slice_str("no database, but long enough"));
	CHECK(archive_open(scratch_path("job.db"), &err) == NULL);
	scratch_remove();
}

static const struct tap_test tests[] = {
	{ "an item is found by its id, with its answer", finds },
	{ "all items come in order, large ones too", steps_through_all },
	{ "no lock is held between two items", holds_no_lock },
	{ "items are counted", counts },
	{ "the last run, the last good one and the listing are known",
	    tells_of_the_last_run },
	{ "what is forgotten gives its space back", forgets },
	{ "an answer is given while fresh, or stale but allowed",
	    gives_while_it_may },
	{ "other programs read a view", shows_items },
	{ "what is no store is refused", refuses_what_is_no_store },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
