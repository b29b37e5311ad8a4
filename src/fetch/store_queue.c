/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/store_queue.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/random.h"
#include "fetch/store_answers.h"
#include "fetch/store_file.h"
#include "fetch/store_listings.h"
#include "fetch/store_takeup.h"

enum query { FIND, NEXT_DUE, MARK, FINISH, EXTEND, GIVE_BACK, QUERY_COUNT };

/* The numbers of states are store.h's. 0, 3, 6: waiting, retry, deferred. */
static const char *const sql[QUERY_COUNT] = {
	[FIND] = QUEUE_FIND,
	[NEXT_DUE] = "SELECT due FROM item WHERE queued AND due > ?1"
		     " ORDER BY due LIMIT 1",
	/* ?4 NULL: no key was made */
	[MARK] = "UPDATE item SET state = 1, queued = 0, run = ?2, lease = ?3,"
		 " idempotency_key = ifnull(?4, idempotency_key) WHERE id = ?1",
	/* ?1 row, ?2 run, ?7 the last complete listing. A key serves until the
	 * item is done or gone. (For an IN of three SQLite would make a table
	 * at each run.) */
	[FINISH] = "UPDATE item SET state = ?3, due = ?4, attempts = ?5,"
		   " cause = ?6, queued = (?3 = 0 OR ?3 = 3 OR ?3 = 6)"
		   "  AND listing >= ?7,"
		   " idempotency_key ="
		   "  iif(?3 IN (2, 5), NULL, idempotency_key)"
		   " WHERE id = ?1 AND state = 1 AND run = ?2",
	[EXTEND] = "UPDATE item SET lease = ?3"
		   " WHERE id = ?1 AND state = 1 AND run = ?2",
	[GIVE_BACK] = "UPDATE item SET state = 0, queued = listing >= ?1"
		      " WHERE state = 1",
};

struct queue {
	struct db *db;
	struct db_query *queries[QUERY_COUNT];
	struct answers *answers;
	struct listings *listings;
	int64_t run; /* the number of this one */
	bool makes_keys;
	size_t running;           /* claimed and not finished */
	struct store_item *found; /* of a claim, kept for its memory */
	size_t room;
};

static int
begin_run(struct queue *queue, const struct store_options *options,
    struct err *err)
{
	struct db *db = queue->db;

	if (queries_prepare(db, sql, QUERY_COUNT, queue->queries, err) != 0 ||
	    meta_read(db, META_RUN, &queue->run, err) != 0)
		return -1;
	queue->run++;
	if (meta_write(db, META_RUN, queue->run, err) != 0)
		return -1;
	queue->answers = answers_open(db, err);
	queue->listings = listings_open(db, !options->retry_only, err);
	if (queue->answers == NULL || queue->listings == NULL)
		return -1;
	return take_up(db, options, listings_complete(queue->listings), err);
}

struct queue *
queue_open(struct db *db, const struct store_options *options, struct err *err)
{
	struct queue *queue = xcalloc(1, sizeof(*queue));

	queue->db = db;
	queue->makes_keys = options->idempotency_keys;
	if (begin_run(queue, options, err) == 0)
		return queue;
	queue_free(queue);
	return NULL;
}

void
queue_free(struct queue *queue)
{
	if (queue == NULL)
		return;
	queries_free(queue->queries, QUERY_COUNT);
	answers_free(queue->answers);
	listings_free(queue->listings);
	free(queue->found);
	free(queue);
}

int
queue_list(struct queue *queue, struct store_message *message, struct err *err)
{
	return listings_add(queue->listings, message, err);
}

int
queue_listed(struct queue *queue, struct store_message *message,
    struct err *err)
{
	return listings_end(queue->listings, message, err);
}

static void
add_found(struct queue *queue, struct store_message *message)
{
	struct db_query *row = queue->queries[FIND];
	struct arena *arena = message->arena;

	xgrow(&queue->found, &queue->room, message->item_count + 1,
	    sizeof(*queue->found));
	queue->found[message->item_count++] = (struct store_item){
		.row = db_int(row, 0),
		.id = arena_copy(arena, db_bytes(row, 1)),
		.attempts = (unsigned)db_int(row, 2),
		.etag = arena_copy(arena, db_bytes(row, 3)),
		.modified = arena_copy(arena, db_bytes(row, 4)),
		.idempotency_key = arena_copy(arena, db_bytes(row, 5)),
		.suspect = db_int(row, 6) != 0,
	};
}

/* When the first item is due that is not due yet. */
static int
find_next_due(struct queue *queue, struct store_message *message,
    struct err *err)
{
	struct db_query *query = queue->queries[NEXT_DUE];
	int status;

	db_set_int(query, 1, message->now);
	status = db_step(query, err);
	message->next_due = status == 1 ? db_int(query, 0) : INT64_MAX;
	db_reset(query);
	return status < 0 ? -1 : 0;
}

int
queue_find(struct queue *queue, struct store_message *message, struct err *err)
{
	struct db_query *query = queue->queries[FIND];
	size_t bytes;
	int status;

	message->item_count = 0;
	db_set_int(query, 1, message->now);
	db_set_int(query, 2, (int64_t)message->max);
	while ((status = db_step(query, err)) == 1)
		add_found(queue, message);
	if (status != 0)
		return -1;
	bytes = message->item_count * sizeof(*message->items);
	message->items = arena_take(message->arena, bytes);
	if (bytes > 0)
		memcpy(message->items, queue->found, bytes);
	return find_next_due(queue, message, err);
}

static int
mark_one(struct queue *queue, struct store_message *message,
    struct store_item *item, bool *made_keys, struct err *err)
{
	struct db_query *query = queue->queries[MARK];
	char key[RANDOM_UUID];

	db_set_int(query, 1, item->row);
	if (queue->makes_keys && item->idempotency_key.len == 0) {
		random_uuid(key);
		item->idempotency_key = arena_copy(message->arena,
		    slice_str(key));
		db_set_text(query, 4, item->idempotency_key);
		*made_keys = true;
	} else {
		db_set_null(query, 4);
	}
	return db_run(query, err);
}

int
queue_mark(struct queue *queue, struct store_message *message, bool *made_keys,
    struct err *err)
{
	struct db_query *query = queue->queries[MARK];

	fault_point("store.claim");
	*made_keys = false;
	db_set_int(query, 2, queue->run);
	db_set_int(query, 3, message->lease);
	for (size_t i = 0; i < message->item_count; i++)
		if (mark_one(queue, message, &message->items[i], made_keys,
			err) != 0)
			return -1;
	queue->running += message->item_count;
	return 0;
}

/* 1: it was ours and is finished; 0: it was not; -1 with err set. */
static int
finish_one(struct queue *queue, const struct store_result *result,
    struct err *err)
{
	struct db_query *query = queue->queries[FINISH];

	assert(result->state != ITEM_RUNNING);
	db_set_int(query, 1, result->row);
	db_set_int(query, 3, result->state);
	db_set_int(query, 4, result->due);
	db_set_int(query, 5, result->attempts);
	if (result->cause.len > 0)
		db_set_text(query, 6, result->cause);
	else
		db_set_null(query, 6);
	if (db_run(query, err) != 0)
		return -1;
	if (db_changes(queue->db) == 0)
		return 0;
	queue->running--;
	return answers_put(queue->answers, result->row, &result->answer, err) ==
		0 ?
	    1 :
	    -1;
}

int
queue_finish(struct queue *queue, struct store_message *message,
    struct err *err)
{
	struct db_query *query = queue->queries[FINISH];
	int status;

	fault_point("store.finish.before");
	db_set_int(query, 2, queue->run);
	db_set_int(query, 7, listings_complete(queue->listings));
	for (size_t i = 0; i < message->item_count; i++) {
		status = finish_one(queue, &message->results[i], err);
		if (status < 0)
			return -1;
		if (status == 0)
			message->lost++;
	}
	fault_point("store.finish.after");
	return 0;
}

int
queue_extend(struct queue *queue, struct store_message *message,
    struct err *err)
{
	struct db_query *query = queue->queries[EXTEND];

	db_set_int(query, 2, queue->run);
	db_set_int(query, 3, message->lease);
	for (size_t i = 0; i < message->item_count; i++) {
		db_set_int(query, 1, message->results[i].row);
		if (db_run(query, err) != 0)
			return -1;
		if (db_changes(queue->db) == 0)
			message->lost++;
	}
	return 0;
}

int
queue_give_back(struct queue *queue, struct err *err)
{
	struct db_query *query = queue->queries[GIVE_BACK];

	if (queue->running == 0)
		return 0; /* all rows would be read in vain */
	db_set_int(query, 1, listings_complete(queue->listings));
	return db_run(query, err);
}
