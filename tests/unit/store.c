/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/store.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/duration.h"
#include "base/random.h"
#include "fetch/archive.h"
#include "fetch/store_file.h"
#include "fetch/store_queue.h"
#include "scratch.h"
#include "tap.h"

static const int64_t now = INT64_C(1371013443) * DURATION_S;

static const struct rate_spec limits[] = {
	{
	    .kind = RATE_PER,
	    .amount = 10,
	    .per = DURATION_S,
	    .burst = 10,
	},
	{
	    .kind = RATE_PER,
	    .amount = 20,
	    .per = DURATION_S,
	    .burst = 20,
	},
};

/* Options of a run at a time so many seconds after now. */
static struct store_options
run_at(int64_t seconds)
{
	return (struct store_options){
		.path = scratch_path("job.db"),
		.limits = limits,
		.limit_count = 2,
		.now = now + seconds * DURATION_S,
		.horizon = 30 * DURATION_D,
	};
}

static void
need(bool held, const struct err *err)
{
	if (!held) {
		printf("# %s\n", err->text);
		abort();
	}
}

static struct store *
open_with(const struct store_options *options)
{
	struct err err = { "" };
	struct store *store = store_open(options, &err);

	need(store != NULL, &err);
	return store;
}

static struct store *
open_at(int64_t seconds)
{
	struct store_options options = run_at(seconds);

	return open_with(&options);
}

static void
close_store(struct store *store)
{
	struct err err = { "" };

	need(store_close(store, &err) == 0, &err);
}

/* Sends a message and waits for its reply, freeing others. */
static struct store_message *
ask(struct store *store, struct store_message *message)
{
	struct store_message *reply;

	store_send(store, message);
	while ((reply = store_wait(store)) != NULL && reply != message)
		store_message_free(reply);
	return reply;
}

static void
tell(struct store *store, struct store_message *message)
{
	store_message_free(ask(store, message));
}

static void
sync_store(struct store *store)
{
	tell(store, store_message(STORE_SYNC));
}

/* Lists the letters of a string. */
static struct store_message *
list_message(const char *letters)
{
	struct store_message *message = store_message(STORE_LIST);

	message->now = now;
	for (; *letters != '\0'; letters++) {
		buf_add_char(&message->ids, *letters);
		buf_add_char(&message->ids, '\0');
	}
	return message;
}

/* Ends a listing; how many ids it had. */
static int64_t
end_list(struct store *store, bool complete)
{
	struct store_message *message = store_message(STORE_LISTED);
	int64_t count;

	message->now = now;
	message->complete = complete;
	message = ask(store, message);
	count = message->id_count;
	store_message_free(message);
	return count;
}

static void
list_all(struct store *store, const char *letters)
{
	tell(store, list_message(letters));
	(void)end_list(store, true);
}

static struct store_message *
claim(struct store *store, size_t max, int64_t seconds)
{
	struct store_message *message = store_message(STORE_CLAIM);

	message->max = max;
	message->now = now + seconds * DURATION_S;
	message->lease = message->now + DURATION_M;
	return ask(store, message);
}

/* The ids of a claim, one after the other, in a static buffer. */
static const char *
claimed(struct store *store, size_t max, int64_t seconds)
{
	static char ids[512];
	struct store_message *message = claim(store, max, seconds);
	size_t len = 0;

	for (size_t i = 0; i < message->item_count && len < 500; i++)
		len += (size_t)snprintf(ids + len, sizeof(ids) - len, "%.*s",
		    SLICE_ARG(message->items[i].id));
	ids[len] = '\0';
	store_message_free(message);
	return ids;
}

/* A message of results for what was claimed: all in one state, due so many
 * seconds after now, without an answer. */
static struct store_message *
results_of(const struct store_message *claim, enum item_state state,
    int64_t seconds)
{
	struct store_message *message = store_message(STORE_FINISH);

	message->item_count = claim->item_count;
	message->results = xcalloc(claim->item_count + 1,
	    sizeof(*message->results));
	for (size_t i = 0; i < claim->item_count; i++) {
		message->results[i].row = claim->items[i].row;
		message->results[i].state = state;
		message->results[i].due = now + seconds * DURATION_S;
	}
	return message;
}

/* An answer that is fresh for an hour and may be given for two. */
static struct store_answer
answer_of(const char *body)
{
	return (struct store_answer){
		.kind = ANSWER_NEW,
		.status = 200,
		.received = now,
		.expires = now + DURATION_H,
		.stale_until = now + 2 * DURATION_H,
		.body = slice_str(body),
	};
}

/* Claims max items and finishes them all in the same way. */
static void
finish(struct store *store, size_t max, enum item_state state, int64_t seconds)
{
	struct store_message *items = claim(store, max, 0);

	tell(store, results_of(items, state, seconds));
	store_message_free(items);
}

/* Claims max items; results for them, with an answer each. */
static struct store_message *
answers(struct store *store, size_t max, const char *body)
{
	struct store_message *items = claim(store, max, 0);
	struct store_message *results = results_of(items, ITEM_DONE, 3600);

	for (size_t i = 0; i < results->item_count; i++)
		results->results[i].answer = answer_of(body);
	store_message_free(items);
	return results;
}

/* The same, sent and not waited for. */
static void
answer(struct store *store, size_t max, const char *body)
{
	store_send(store, answers(store, max, body));
}

/* How an item stands in the file; state -1: it is not there. */
static struct archive_item
look(const char *id)
{
	static char body[64];
	static char cause[64];
	struct err err = { "" };
	struct archive *archive = archive_open(scratch_path("job.db"), &err);
	struct archive_item item = { .state = (enum item_state) - 1 };

	need(archive != NULL, &err);
	need(archive_find(archive, slice_str(id), &item, &err) >= 0, &err);
	(void)snprintf(body, sizeof(body), "%.*s", SLICE_ARG(item.body));
	(void)snprintf(cause, sizeof(cause), "%.*s", SLICE_ARG(item.cause));
	item.body = slice_str(body);
	item.cause = slice_str(cause);
	archive_close(archive);
	return item;
}

/* What a query for one number says of a file. */
static int64_t
number(const char *name, const struct db_schema *schema, const char *sql)
{
	struct err err = { "" };
	struct db *db = db_open(scratch_path(name), DB_READ, schema, &err);
	struct db_query *query;
	int64_t value;

	need(db != NULL, &err);
	query = db_prepare(db, sql, &err);
	need(query != NULL && db_step(query, &err) == 1, &err);
	value = db_int(query, 0);
	db_query_free(query);
	db_close(db);
	return value;
}

static void
lists_once(void)
{
	struct store *store;
	struct store_message *message;

	scratch_make();
	store = open_at(0);
	message = ask(store, list_message("abca"));
	CHECK_INT(message->id_count, 4);
	CHECK_INT(message->new_count, 3);
	store_message_free(message);
	message = ask(store, list_message("cd"));
	CHECK_INT(message->id_count, 2);
	CHECK_INT(message->new_count, 1);
	store_message_free(message);
	CHECK_INT(end_list(store, true), 4);
	message = ask(store, list_message("ad"));
	CHECK_INT(message->new_count, 0);
	store_message_free(message);
	CHECK_INT(end_list(store, true), 2);
	CHECK_INT(end_list(store, false), 0);
	close_store(store);
	scratch_remove();
}

static void
claims_in_order(void)
{
	struct store *store;
	struct store_message *late = list_message("cd");

	scratch_make();
	store = open_at(0);
	late->now = now + 5 * DURATION_S;
	tell(store, late);
	tell(store, list_message("ab"));
	CHECK_STR(claimed(store, 1, 5), "a");
	CHECK_STR(claimed(store, 2, 5), "bc");
	CHECK_STR(claimed(store, 2, 5), "d");
	CHECK_STR(claimed(store, 2, 5), "");
	close_store(store);
	scratch_remove();
}

/* A thousand items, seven at a time, while results come in. */
static void
claims_each_once(void)
{
	static bool seen[1000];
	struct store_message *message = store_message(STORE_LIST);
	struct store *store;
	int wrong = 0;
	size_t count = 0;

	scratch_make();
	store = open_at(0);
	for (int i = 0; i < 1000; i++) {
		buf_add_format(&message->ids, "%d", i);
		buf_add_char(&message->ids, '\0');
	}
	tell(store, message);
	for (;;) {
		message = claim(store, 7, 0);
		if (message->item_count == 0)
			break;
		for (size_t i = 0; i < message->item_count; i++) {
			char id[16];
			size_t at;

			(void)snprintf(id, sizeof(id), "%.*s",
			    SLICE_ARG(message->items[i].id));
			at = (size_t)strtoul(id, NULL, 10);
			wrong += at >= 1000 || seen[at];
			seen[at % 1000] = true;
			count++;
		}
		store_send(store, results_of(message, ITEM_FAILED, 0));
		store_message_free(message);
	}
	store_message_free(message);
	CHECK_INT(wrong, 0);
	CHECK_INT(count, 1000);
	close_store(store);
	scratch_remove();
}

static void
tells_what_is_due_next(void)
{
	struct store *store;
	struct store_message *message;

	scratch_make();
	store = open_at(0);
	message = claim(store, 9, 0);
	CHECK_INT(message->item_count, 0);
	CHECK(message->next_due == INT64_MAX);
	store_message_free(message);
	tell(store, list_message("abc"));
	finish(store, 1, ITEM_RETRY, 20);
	finish(store, 1, ITEM_DEFERRED, 10);
	finish(store, 1, ITEM_DONE, 5);
	message = claim(store, 9, 9);
	CHECK_INT(message->item_count, 0);
	CHECK_INT(message->next_due, now + 10 * DURATION_S);
	store_message_free(message);
	CHECK_STR(claimed(store, 9, 20), "ba");
	close_store(store);
	scratch_remove();
}

static void
runs_along_the_index(void)
{
	struct err err = { "" };
	struct db *db;
	struct db_query *query;
	bool indexed = false;

	scratch_make();
	close_store(open_at(0));
	db = db_open(scratch_path("job.db"), DB_READ, &store_schema, &err);
	need(db != NULL, &err);
	query = db_prepare(db, "EXPLAIN QUERY PLAN " QUEUE_FIND, &err);
	need(query != NULL, &err);
	while (db_step(query, &err) == 1) {
		struct slice step = db_bytes(query, 3);

		if (slice_find(step, "INDEX queue (due<?)") != NULL)
			indexed = true;
		CHECK(slice_find(step, "SCAN") == NULL);
		CHECK(slice_find(step, "B-TREE") == NULL);
	}
	CHECK(indexed);
	db_query_free(query);
	db_close(db);
	scratch_remove();
}

/* Finishes the one item that is claimed with an answer. */
static void
answer_with(struct store *store, int64_t seconds, struct store_answer with)
{
	struct store_message *items = claim(store, 1, seconds);
	struct store_message *results = results_of(items, ITEM_DONE,
	    seconds + 3600);

	CHECK_INT(items->item_count, 1);
	results->results[0].answer = with;
	tell(store, results);
	store_message_free(items);
	sync_store(store);
}

static void
keeps_answers(void)
{
	struct store_answer with = answer_of("one");
	struct store_message *items;
	struct store *store;

	scratch_make();
	store = open_at(0);
	list_all(store, "a");
	with.etag = slice_str("W/\"1\"");
	with.modified = slice_str("Wed, 12 Jun 2013 05:04:03 GMT");
	answer_with(store, 0, with);
	close_store(store);
	CHECK_INT(look("a").state, ITEM_DONE);
	CHECK_INT(look("a").due, now + DURATION_H);
	CHECK_SLICE(look("a").body, "one");
	CHECK_INT(look("a").received, now);
	CHECK_INT(look("a").expires, now + DURATION_H);
	CHECK_INT(look("a").stale_until, now + 2 * DURATION_H);

	store = open_at(3600);
	items = claim(store, 1, 3600);
	CHECK_SLICE(items->items[0].etag, "W/\"1\"");
	CHECK_SLICE(items->items[0].modified, "Wed, 12 Jun 2013 05:04:03 GMT");
	store_message_free(items);
	close_store(store);
	scratch_remove();
}

static void
renews_and_drops_answers(void)
{
	struct store_answer with = answer_of("one");
	struct store *store;

	scratch_make();
	store = open_at(0);
	list_all(store, "a");
	with.type = slice_str("text/plain");
	answer_with(store, 0, with);
	close_store(store);

	store = open_at(3600);
	answer_with(store, 3600,
	    (struct store_answer){
		.kind = ANSWER_RENEWED,
		.status = 304,
		.received = now + 1,
		.expires = now + 2,
		.stale_until = now + 3,
	    });
	CHECK_SLICE(look("a").body, "one");
	CHECK_INT(look("a").status, 200);
	CHECK_INT(look("a").expires, now + 2);
	close_store(store);

	store = open_at(9999);
	with = answer_of("");
	with.status = 204;
	with.body = slice_make(NULL, 0);
	answer_with(store, 9999, with);
	CHECK(look("a").has_answer);
	CHECK_INT(look("a").body.len, 0);
	CHECK_INT(look("a").status, 204);
	close_store(store);

	store = open_at(99999);
	answer_with(store, 99999,
	    (struct store_answer){ .kind = ANSWER_DROPPED });
	CHECK(!look("a").has_answer);
	close_store(store);
	scratch_remove();
}

static void
keeps_causes(void)
{
	struct store_message *items;
	struct store_message *results;
	struct store *store;

	scratch_make();
	store = open_at(0);
	list_all(store, "a");
	items = claim(store, 1, 0);
	results = results_of(items, ITEM_FAILED, 0);
	results->results[0].attempts = 8;
	results->results[0].cause = slice_str("HTTP 500");
	tell(store, results);
	store_message_free(items);
	close_store(store);
	CHECK_INT(look("a").state, ITEM_FAILED);
	CHECK_INT(look("a").attempts, 8);
	CHECK_SLICE(look("a").cause, "HTTP 500");
	scratch_remove();
}

static void
takes_no_lost_result(void)
{
	struct store_message *items;
	struct store_message *results;
	struct store *store;

	scratch_make();
	store = open_at(0);
	list_all(store, "ab");
	items = claim(store, 2, 0);
	results = results_of(items, ITEM_DONE, 60);
	results->item_count = 1;
	results = ask(store, results);
	CHECK_INT(results->lost, 0);
	store_message_free(results);
	results = results_of(items, ITEM_FAILED, 60);
	results->results[0].answer = answer_of("late");
	results = ask(store, results);
	CHECK_INT(results->lost, 1);
	store_message_free(results);
	results = results_of(items, ITEM_FAILED, 60);
	results->kind = STORE_EXTEND;
	results = ask(store, results);
	CHECK_INT(results->lost, 2);
	store_message_free(results);
	store_message_free(items);
	close_store(store);
	CHECK_INT(look("a").state, ITEM_DONE);
	CHECK(!look("a").has_answer);
	CHECK_INT(look("b").state, ITEM_FAILED);
	scratch_remove();
}

static void
claims_what_is_listed(void)
{
	struct store *store;

	scratch_make();
	store = open_at(0);
	list_all(store, "abc");
	list_all(store, "b");
	CHECK_STR(claimed(store, 1, 0), "b");
	CHECK_STR(claimed(store, 9, 0), "");
	close_store(store);

	store = open_at(0);
	CHECK_STR(claimed(store, 9, 0), "b");
	CHECK(!look("a").listed);
	CHECK(look("b").listed);
	/* A listing that broke off adds what it had. */
	tell(store, list_message("cd"));
	(void)end_list(store, false);
	CHECK_STR(claimed(store, 9, 0), "cd");
	sync_store(store);
	CHECK(!look("a").listed);
	CHECK(look("b").listed);
	CHECK(look("d").listed);
	close_store(store);
	scratch_remove();
}

/* Results of what is listed no longer are kept, but not queued again. */
static void
queues_no_unlisted_result(void)
{
	struct store_message *items;
	struct store *store;

	scratch_make();
	store = open_at(0);
	list_all(store, "ab");
	items = claim(store, 9, 0);
	list_all(store, "b");
	tell(store, results_of(items, ITEM_RETRY, 0));
	store_message_free(items);
	CHECK_STR(claimed(store, 9, 0), "b");
	close_store(store);
	scratch_remove();
}

/* One item in each state: a failed, b stale, c gone, d retry, e deferred, f
 * fresh, g running, h waiting. */
static void
make_one_of_each(void)
{
	struct store_message *items;
	struct store_message *results;
	struct store *store = open_at(0);

	list_all(store, "abcdefgh");
	finish(store, 1, ITEM_FAILED, 0);
	finish(store, 1, ITEM_DONE, 100);
	finish(store, 1, ITEM_GONE, 100);
	items = claim(store, 1, 0);
	results = results_of(items, ITEM_RETRY, 300);
	results->results[0].attempts = 3;
	tell(store, results);
	store_message_free(items);
	finish(store, 1, ITEM_DEFERRED, 300);
	finish(store, 1, ITEM_DONE, 1000);
	CHECK_STR(claimed(store, 1, 0), "g");
	close_store(store);
}

static void
takes_up_what_is_due(void)
{
	struct store_message *items;
	struct store *store;

	scratch_make();
	make_one_of_each();
	store = open_at(50);
	CHECK_STR(claimed(store, 9, 50), "agh");
	close_store(store);
	store = open_at(100);
	CHECK_STR(claimed(store, 9, 100), "aghbc");
	items = claim(store, 9, 300);
	CHECK_INT(items->item_count, 2);
	CHECK_SLICE(items->items[0].id, "d");
	CHECK_INT(items->items[0].attempts, 3);
	CHECK_INT(items->items[1].attempts, 0);
	store_message_free(items);
	close_store(store);
	scratch_remove();
}

static void
claims_only_the_failed(void)
{
	struct store_options options;
	struct store *store;

	scratch_make();
	make_one_of_each();
	options = run_at(500);
	options.retry_only = true;
	store = open_with(&options);
	list_all(store, "abcdefghi");
	CHECK_INT(look("a").state, ITEM_FAILED);
	CHECK_STR(claimed(store, 9, 500), "a");
	CHECK_STR(claimed(store, 9, 500), "");
	CHECK_INT(look("d").state, ITEM_RETRY);
	CHECK_INT(look("b").state, ITEM_DONE);
	close_store(store);
	store = open_at(500);
	CHECK_STR(claimed(store, 20, 500), "aghibcde");
	close_store(store);
	scratch_remove();
}

/* What a retry does not get to is still there for the next one. */
static void
leaves_the_failed_to_the_next(void)
{
	struct store_options options;
	struct store *store;

	scratch_make();
	store = open_at(0);
	list_all(store, "abc");
	finish(store, 3, ITEM_FAILED, 0);
	close_store(store);
	options = run_at(0);
	options.retry_only = true;
	store = open_with(&options);
	finish(store, 1, ITEM_DONE, 60);
	finish(store, 1, ITEM_FAILED, 0);
	close_store(store);
	store = open_with(&options);
	CHECK_STR(claimed(store, 9, 0), "bc");
	close_store(store);
	scratch_remove();
}

static void
refreshes_all(void)
{
	struct store_options options;
	struct store *store;

	scratch_make();
	make_one_of_each();
	options = run_at(1);
	options.refresh = true;
	store = open_with(&options);
	CHECK_STR(claimed(store, 20, 1), "aghbcdef");
	close_store(store);
	scratch_remove();
}

static void
mends_a_clock_that_was_ahead(void)
{
	struct store *store;

	scratch_make();
	store = open_at(0);
	list_all(store, "abcd");
	finish(store, 1, ITEM_DONE, INT64_C(31) * 86400);
	finish(store, 1, ITEM_RETRY, INT64_C(31) * 86400);
	finish(store, 1, ITEM_DEFERRED, INT64_C(29) * 86400);
	close_store(store);
	store = open_at(0);
	CHECK_STR(claimed(store, 9, 0), "abd");
	close_store(store);
	store = open_at(-3600);
	CHECK_STR(claimed(store, 9, -3600), "abd");
	close_store(store);
	scratch_remove();
}

/* The key of item "a" as a run claims it, in a static buffer. */
static const char *
claimed_key(struct store *store)
{
	static char keys[4][RANDOM_UUID];
	static unsigned next;
	char *key = keys[next++ % 4];
	struct store_message *items = claim(store, 1, 0);

	CHECK_INT(items->item_count, 1);
	(void)snprintf(key, RANDOM_UUID, "%.*s",
	    SLICE_ARG(items->items[0].idempotency_key));
	store_message_free(items);
	return key;
}

/* Runs work in a child process, which is killed when it returns, or after
 * so many milliseconds (0: never). What fails in it fails here. */
static void
killed_after(void (*work)(void), int ms)
{
	int status = 0;
	pid_t child;

	(void)fflush(stdout);
	child = fork();
	if (child == 0) {
		tap.failed = false;
		work();
		(void)fflush(stdout);
		if (tap.failed)
			_exit(1);
		(void)raise(SIGKILL);
	}
	if (ms > 0) {
		(void)poll(NULL, 0, ms);
		(void)kill(child, SIGKILL);
	}
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void
killed(void (*work)(void))
{
	killed_after(work, 0);
}

static void
claim_with_key(void)
{
	struct store_options options = run_at(0);
	struct store *store;

	options.idempotency_keys = true;
	store = open_with(&options);
	list_all(store, "a");
	(void)scratch_write("key", slice_str(claimed_key(store)));
}

static void
keeps_keys(void)
{
	struct store_options options;
	struct store *store;
	const char *first;

	scratch_make();
	killed(claim_with_key);
	options = run_at(0);
	options.idempotency_keys = true;
	store = open_with(&options);
	first = claimed_key(store);
	CHECK_INT(strlen(first), RANDOM_UUID - 1);
	CHECK_STR(scratch_read(scratch_path("key")), first);
	close_store(store);
	store = open_with(&options);
	CHECK_STR(claimed_key(store), first);
	close_store(store);
	store = open_with(&options);
	finish(store, 1, ITEM_FAILED, 0);
	close_store(store);
	store = open_with(&options);
	CHECK_STR(claimed_key(store), first);
	close_store(store);
	store = open_with(&options);
	finish(store, 1, ITEM_DONE, -1);
	close_store(store);
	store = open_with(&options);
	CHECK(strcmp(claimed_key(store), first) != 0);
	close_store(store);
	scratch_remove();
}

static struct store_message *
grant_message(size_t limit, int64_t units)
{
	struct store_message *message = store_message(STORE_GRANT);

	message->limit = limit;
	message->needed = message->wanted = units;
	message->now = now;
	return message;
}

/* The grant of so many units; until is 0 when it was refused. */
static struct rate
grant(struct store *store, size_t limit, int64_t units)
{
	struct store_message *message = ask(store, grant_message(limit, units));
	struct rate rate = message->rate;

	store_message_free(message);
	return rate;
}

static void
take_grant(void)
{
	struct store *store = open_at(0);
	struct rate rate = grant(store, 0, 9);

	CHECK_INT(rate.until, now + 9 * DURATION_S / 10);
}

static void
persists_grants(void)
{
	struct store *store;
	struct rate first;
	struct rate second;

	scratch_make();
	killed(take_grant);
	store = open_at(0);
	first = grant(store, 0, 1);
	CHECK_INT(first.tat, now + 9 * DURATION_S / 10);
	/* Another amount per second goes on where that one ended. */
	second = grant(store, 1, 1);
	CHECK_INT(second.tat, first.until);
	CHECK_INT(second.until - second.tat, DURATION_S / 20);
	close_store(store);
	scratch_remove();
}

static void
takes_grants_back(void)
{
	struct store_message *message;
	struct store *store;
	struct rate first;

	scratch_make();
	store = open_at(0);
	first = grant(store, 0, 5);
	message = grant_message(0, 0);
	message->rate = first;
	message->rate.tat += 2 * (first.until - first.tat) / 5;
	tell(store, message);
	CHECK_INT(grant(store, 0, 1).tat,
	    first.tat + 2 * (first.until - first.tat) / 5);
	close_store(store);
	scratch_remove();
}

static void
shares_limits(void)
{
	struct store_options options;
	struct store_message *message;
	struct store *one;
	struct store *two;
	struct rate first;

	scratch_make();
	options = run_at(0);
	options.share_path = scratch_path("share.db");
	one = open_with(&options);
	options.path = scratch_path("other.db");
	two = open_with(&options);
	first = grant(one, 0, 5);
	CHECK_INT(grant(two, 0, 1).tat, first.until);

	message = store_message(STORE_PAUSE);
	message->origin = "https://api.example.com";
	message->until = now + DURATION_M;
	tell(one, message);
	message = grant_message(0, 1);
	message->origin = "https://api.example.com";
	message = ask(two, message);
	CHECK_INT(message->until, now + DURATION_M);
	store_message_free(message);
	message = grant_message(0, 1);
	message->origin = "https://other.example.com";
	message = ask(two, message);
	CHECK_INT(message->until, 0);
	store_message_free(message);
	close_store(one);
	close_store(two);
	CHECK_INT(number("share.db", &share_schema,
		      "SELECT count(*) FROM limit_state"),
	    1);
	CHECK_INT(number("job.db", &store_schema,
		      "SELECT count(*) FROM limit_state"),
	    0);
	scratch_remove();
}

static void
take_ten_grants(void)
{
	struct store_options options = run_at(0);
	char name[32];
	struct store *store;

	(void)snprintf(name, sizeof(name), "%d.db", (int)getpid());
	options.path = scratch_path(name);
	options.share_path = scratch_path("share.db");
	store = open_with(&options);
	for (int i = 0; i < 10; i++)
		(void)grant(store, 0, 1);
	close_store(store);
}

/* Four processes, ten tenths of a second each; not all are granted. */
static void
shares_between_processes(void)
{
	pid_t children[4];
	int64_t tat;

	scratch_make();
	(void)fflush(stdout);
	for (size_t i = 0; i < 4; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			take_ten_grants();
			_exit(0);
		}
	}
	for (size_t i = 0; i < 4; i++) {
		int status = 1;

		CHECK(waitpid(children[i], &status, 0) == children[i]);
		CHECK_INT(status, 0);
	}
	tat = number("share.db", &share_schema, "SELECT tat FROM limit_state");
	CHECK_INT(tat, now + DURATION_S + 9 * DURATION_S / 10);
	scratch_remove();
}

static void
pause_origin(void)
{
	struct store_message *message = store_message(STORE_PAUSE);
	struct store *store = open_at(0);

	message->origin = "https://api.example.com";
	message->until = now + 10 * DURATION_S;
	tell(store, message);
	message = store_message(STORE_PAUSE);
	message->origin = "https://api.example.com";
	message->until = now + 5 * DURATION_S; /* shorter: does nothing */
	tell(store, message);
}

static void
persists_pauses(void)
{
	struct err err = { "" };
	struct store *store;

	scratch_make();
	killed(pause_origin);
	store = open_at(9);
	CHECK_INT(store_paused_until(store, "https://api.example.com", &err),
	    now + 10 * DURATION_S);
	CHECK_INT(store_paused_until(store, "https://example.com", &err), 0);
	close_store(store);
	store = open_at(INT64_C(-40) * 86400); /* the clock was ahead */
	CHECK_INT(store_paused_until(store, "https://api.example.com", &err),
	    0);
	close_store(store);
	scratch_remove();
}

/* Waits until the file has so many answers; at most ten seconds. */
static int64_t
answers_soon(int64_t count)
{
	int64_t there = 0;

	for (int i = 0; i < 1000 && there < count; i++) {
		there = number("job.db", &store_schema,
		    "SELECT count(*) FROM answer");
		(void)poll(NULL, 0, there < count ? 10 : 0);
	}
	return there;
}

static void
commits_by_itself(void)
{
	struct store *store;

	scratch_make();
	store = open_at(0);
	list_all(store, "abcdef");
	answer(store, 6, "body");
	CHECK_INT(answers_soon(6), 6);
	CHECK_INT(store_pending(store), 1);
	close_store(store);
	scratch_remove();
}

static void
work_and_die(void)
{
	struct store *store = open_at(0);

	list_all(store, "abcdef");
	answer(store, 2, "kept");
	sync_store(store);
	CHECK_STR(claimed(store, 2, 0), "cd");
	sync_store(store);
	answer(store, 1, "in vain");
}

static void
survives_a_kill(void)
{
	struct err err = { "" };
	struct archive *archive;
	struct store *store;

	scratch_make();
	killed(work_and_die);
	store = open_at(0);
	CHECK_SLICE(look("a").body, "kept");
	CHECK_INT(look("b").state, ITEM_DONE);
	CHECK(look("e").state == ITEM_WAITING || look("e").has_answer);
	CHECK_STR(claimed(store, 2, 0), "cd");
	close_store(store);
	archive = archive_open(scratch_path("job.db"), &err);
	need(archive != NULL, &err);
	CHECK_INT(archive_check(archive, &err), 0);
	archive_close(archive);
	scratch_remove();
}

/* Lists more and more, and answers it, for as long as it may. */
static void
work_on(void)
{
	struct store *store = open_at(0);

	for (int i = 0; i < 100000; i++) {
		struct store_message *message = store_message(STORE_LIST);

		buf_add_format(&message->ids, "%d", i);
		buf_add_char(&message->ids, '\0');
		store_send(store, message);
		store_message_free(claim(store, 1, i));
		answer(store, 1, "body");
		if (i % 100 == 0)
			sync_store(store);
	}
}

/* Whatever was committed is whole: an item is done if and only if it has its
 * answer. */
static void
survives_kills_anywhere(void)
{
	static const char torn[] =
	    "SELECT count(*) FROM item LEFT JOIN answer"
	    " ON answer.item = item.id WHERE (state = 2) <> (body IS NOT NULL)";
	int64_t done = 0;

	scratch_make();
	for (int i = 1; i <= 10; i++) {
		int64_t before = done;

		killed_after(work_on, 20 * i);
		close_store(open_at(0));
		CHECK_INT(number("job.db", &store_schema, torn), 0);
		CHECK_INT(number("job.db", &store_schema,
			      "SELECT count(*) FROM item WHERE state = 1"),
		    0);
		done = number("job.db", &store_schema,
		    "SELECT count(*) FROM answer");
		CHECK(done >= before);
	}
	CHECK(done > 0);
	scratch_remove();
}

static atomic_int woken;

static void
count_wakes(void *state)
{
	(void)state;
	woken++;
}

/* While the test holds the file's lock nothing can be committed. */
static void
tells_what_is_not_committed(void)
{
	struct err err = { "" };
	struct store *store;
	struct store_message *message;
	struct db *db;

	scratch_make();
	store = open_at(0);
	list_all(store, "abc");
	message = answers(store, 2, "body");
	sync_store(store);
	db = db_open(scratch_path("job.db"), DB_WRITE, &store_schema, &err);
	need(db != NULL && db_begin(db, &err) == 0, &err);
	store_send(store, message);
	CHECK_INT(store_uncommitted(store), 2);
	db_close(db);
	sync_store(store);
	CHECK_INT(store_uncommitted(store), 0);
	close_store(store);
	scratch_remove();
}

/* Files may get no larger than 200 kB in this process. Each of the seven
 * messages wakes once, and so do the commit and the one that fails. */
static void
fill_the_disk(void)
{
	static char body[100000];
	struct rlimit limit = { 200000, 200000 };
	struct store_options options = run_at(0);
	struct store_message *items;
	struct err err = { "" };
	struct store *store;

	options.wake = count_wakes;
	store = open_with(&options);
	list_all(store, "abcd");
	tell(store, answers(store, 1, "small"));
	sync_store(store);
	CHECK(!store_failed(store, &err));
	(void)signal(SIGXFSZ, SIG_IGN);
	scratch_need(setrlimit(RLIMIT_FSIZE, &limit) == 0, "setrlimit");
	memset(body, 'x', sizeof(body) - 1);
	tell(store, answers(store, 3, body));
	for (int i = 0; i < 1000 && woken < 9; i++)
		(void)poll(NULL, 0, 10);
	CHECK_INT(woken, 9);
	CHECK(store_failed(store, &err));
	CHECK(strstr(err.text, "job.db: ") != NULL);
	items = claim(store, 1, 0);
	CHECK_INT(items->item_count, 0);
	store_message_free(items);
	CHECK_INT(store_run_began(store, now, &err), -1);
	CHECK_INT(store_close(store, &err), -1);
}

static void
fails_on_a_full_disk(void)
{
	struct store *store;

	scratch_make();
	killed(fill_the_disk);
	store = open_at(0);
	CHECK_SLICE(look("a").body, "small");
	CHECK_STR(claimed(store, 9, 0), "bcd");
	close_store(store);
	scratch_remove();
}

static void
counts_by_state(void)
{
	struct store_counts counts;
	struct err err = { "" };
	struct store *store;

	scratch_make();
	make_one_of_each();
	store = open_at(100);
	list_all(store, "abcdefg");
	answer(store, 1, "old");
	CHECK_INT(store_count(store, now, &counts, &err), 0);
	CHECK_INT(counts.by_state[ITEM_WAITING], 3);
	CHECK_INT(counts.by_state[ITEM_DONE], 2);
	CHECK_INT(counts.by_state[ITEM_RETRY], 1);
	CHECK_INT(counts.by_state[ITEM_DEFERRED], 1);
	CHECK_INT(counts.unlisted, 1);
	CHECK_INT(counts.stale, 0);
	CHECK_INT(counts.next_due, now);
	close_store(store);
	scratch_remove();
}

/* An item with an answer that fails is given from the cache for a while. */
static void
counts_what_is_stale(void)
{
	struct store_counts counts;
	struct err err = { "" };
	struct store_message *items;
	struct store *store;

	scratch_make();
	store = open_at(0);
	list_all(store, "ab");
	answer(store, 1, "old");
	close_store(store);
	store = open_at(3600);
	items = claim(store, 9, 3600);
	tell(store, results_of(items, ITEM_FAILED, 3600));
	store_message_free(items);
	CHECK_INT(store_count(store, now + 3600 * DURATION_S, &counts, &err),
	    0);
	CHECK_INT(counts.by_state[ITEM_FAILED], 2);
	CHECK_INT(counts.stale, 1);
	CHECK(counts.next_due == INT64_MAX);
	CHECK_INT(store_count(store, now + 7200 * DURATION_S, &counts, &err),
	    0);
	CHECK_INT(counts.stale, 0);
	close_store(store);
	scratch_remove();
}

/* Counting waits for the writer; what it replies meanwhile is not lost. */
static void
keeps_replies_in_order(void)
{
	struct store_counts counts;
	struct err err = { "" };
	struct store_message *sent[3];
	struct store *store;

	scratch_make();
	memset(&counts, 0, sizeof(counts));
	store = open_at(0);
	for (size_t i = 0; i < 3; i++) {
		sent[i] = list_message("ab");
		store_send(store, sent[i]);
		if (i == 1)
			CHECK_INT(store_count(store, now, &counts, &err), 0);
	}
	CHECK_INT(counts.by_state[ITEM_WAITING], 2);
	CHECK_INT(store_pending(store), 3);
	CHECK(store_take(store) == sent[0]);
	CHECK(store_wait(store) == sent[1]);
	CHECK(store_wait(store) == sent[2]);
	CHECK(store_wait(store) == NULL);
	CHECK(store_take(store) == NULL);
	CHECK_INT(store_pending(store), 0);
	for (size_t i = 0; i < 3; i++)
		store_message_free(sent[i]);
	close_store(store);
	scratch_remove();
}

static void
refuses_strange_files(void)
{
	struct store_options options;
	struct err err = { "" };

	scratch_make();
	options = run_at(0);
	(void)scratch_write("job.db",
	    slice_str("no database, but long enough"));
	CHECK(store_open(&options, &err) == NULL);
	CHECK(strstr(err.text, "job.db: ") != NULL);
	options.path = scratch_path("good.db");
	options.share_path = scratch_path("good.db");
	CHECK(store_open(&options, &err) == NULL);
	CHECK(strstr(err.text, "another program's") != NULL);
	CHECK_INT(store_close(NULL, &err), 0);
	scratch_remove();
}

static const struct tap_test tests[] = {
	{ "an id is listed once, and is new once", lists_once },
	{ "claims give what is due, the oldest first", claims_in_order },
	{ "no item is claimed twice", claims_each_once },
	{ "a claim says when the next item is due", tells_what_is_due_next },
	{ "a claim runs along an index and sorts nothing",
	    runs_along_the_index },
	{ "an answer is kept and its validators come back", keeps_answers },
	{ "a 304 renews, gone drops, an empty body is one",
	    renews_and_drops_answers },
	{ "a failure is kept with its cause", keeps_causes },
	{ "a result that is not ours any more is not taken",
	    takes_no_lost_result },
	{ "what is listed no longer is not claimed", claims_what_is_listed },
	{ "a result of what is listed no longer is not queued",
	    queues_no_unlisted_result },
	{ "a run takes up what failed, is stale or was running",
	    takes_up_what_is_due },
	{ "a retry claims only what had failed", claims_only_the_failed },
	{ "what a retry leaves the next one finds",
	    leaves_the_failed_to_the_next },
	{ "a refresh claims all", refreshes_all },
	{ "what a clock that was ahead put off is due",
	    mends_a_clock_that_was_ahead },
	{ "an idempotency key outlives a kill and lasts until done",
	    keeps_keys },
	{ "a grant outlives a kill, and a change of the amount",
	    persists_grants },
	{ "an unspent grant is given back", takes_grants_back },
	{ "jobs share limits and pauses", shares_limits },
	{ "processes share limits", shares_between_processes },
	{ "a pause outlives a kill until it is over", persists_pauses },
	{ "results are committed without being asked for", commits_by_itself },
	{ "what a kill would lose is known", tells_what_is_not_committed },
	{ "a kill loses nothing that was committed", survives_a_kill },
	{ "after a kill an item is done or it is not",
	    survives_kills_anywhere },
	{ "a full disk ends the service and keeps what was there",
	    fails_on_a_full_disk },
	{ "items are counted by state", counts_by_state },
	{ "failed items with an answer count as stale", counts_what_is_stale },
	{ "replies come in order, also after counting",
	    keeps_replies_in_order },
	{ "a strange file is refused", refuses_strange_files },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
