/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/store_writer.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/fault.h"
#include "fetch/store_file.h"
#include "fetch/store_queue.h"

/* A group is committed when it has so many results, or is so old. */
enum { GROUP_RESULTS = STORE_GROUP / 2 };
#define GROUP_AGE (50 * DURATION_MS)

struct writer {
	struct store_options options;
	struct db *db;
	struct db *share; /* NULL: none */
	struct queue *queue;
	struct limits *own;    /* in db */
	struct limits *shared; /* in share; NULL: none */

	/* The transaction on db that is open, if one is. */
	bool in_group;
	int64_t group_since; /* clock_now() */
	size_t group_results;
	atomic_size_t committed; /* results, ever */

	/* Written once: whoever sees failed sees the whole of err. */
	struct err err;
	atomic_bool failed;
};

static void
wake_owner(struct writer *writer)
{
	if (writer->options.wake != NULL)
		writer->options.wake(writer->options.wake_state);
}

static int
group_begin(struct writer *writer, struct err *err)
{
	if (writer->in_group)
		return 0;
	if (db_begin(writer->db, err) != 0)
		return -1;
	writer->in_group = true;
	writer->group_since = clock_now();
	writer->group_results = 0;
	return 0;
}

static int
group_commit(struct writer *writer, struct err *err)
{
	if (!writer->in_group)
		return 0;
	writer->in_group = false;
	if (db_commit(writer->db, err) != 0)
		return -1;
	if (writer->group_results > 0) {
		atomic_fetch_add(&writer->committed, writer->group_results);
		wake_owner(writer);
	}
	return 0;
}

static int
open_share(struct writer *writer, struct err *err)
{
	const struct store_options *options = &writer->options;

	if (options->share_path == NULL)
		return 0;
	writer->share = db_open(options->share_path, DB_WRITE, &share_schema,
	    err);
	if (writer->share == NULL)
		return -1;
	writer->shared = limits_open(writer->share, err);
	return writer->shared == NULL ? -1 : 0;
}

static int
begin_run(struct writer *writer, struct err *err)
{
	const struct store_options *options = &writer->options;

	if (group_begin(writer, err) != 0)
		return -1;
	writer->queue = queue_open(writer->db, options, err);
	if (writer->queue == NULL ||
	    limits_tidy(writer->own, options->now,
		options->now + options->horizon, err) != 0)
		return -1;
	fault_point("store.open");
	return group_commit(writer, err);
}

struct writer *
writer_open(const struct store_options *options, struct err *err)
{
	struct writer *writer = xcalloc(1, sizeof(*writer));

	writer->options = *options;
	writer->db = db_open(options->path, DB_WRITE, &store_schema, err);
	if (writer->db == NULL)
		goto fail;
	writer->own = limits_open(writer->db, err);
	if (writer->own != NULL && begin_run(writer, err) == 0 &&
	    open_share(writer, err) == 0)
		return writer;
fail:
	writer_free(writer);
	return NULL;
}

void
writer_free(struct writer *writer)
{
	if (writer == NULL)
		return;
	queue_free(writer->queue);
	limits_free(writer->own);
	limits_free(writer->shared);
	db_close(writer->db);
	db_close(writer->share);
	free(writer);
}

static int
serve_list(struct writer *writer, struct store_message *message,
    struct err *err)
{
	if (group_begin(writer, err) != 0)
		return -1;
	return queue_list(writer->queue, message, err);
}

static int
serve_listed(struct writer *writer, struct store_message *message,
    struct err *err)
{
	if (group_begin(writer, err) != 0)
		return -1;
	return queue_listed(writer->queue, message, err);
}

/* Asking in vain writes nothing. */
static int
serve_claim(struct writer *writer, struct store_message *message,
    struct err *err)
{
	bool made_keys;

	if (queue_find(writer->queue, message, err) != 0)
		return -1;
	if (message->item_count == 0)
		return 0;
	if (group_begin(writer, err) != 0 ||
	    queue_mark(writer->queue, message, &made_keys, err) != 0)
		return -1;
	return made_keys ? group_commit(writer, err) : 0;
}

static int
serve_finish(struct writer *writer, struct store_message *message,
    struct err *err)
{
	if (group_begin(writer, err) != 0)
		return -1;
	writer->group_results += message->item_count;
	return queue_finish(writer->queue, message, err);
}

static int
serve_extend(struct writer *writer, struct store_message *message,
    struct err *err)
{
	if (group_begin(writer, err) != 0)
		return -1;
	return queue_extend(writer->queue, message, err);
}

/* A shared file's transaction is as short as can be: others wait for it. */
static int
grant_shared(struct writer *writer, const struct rate_spec *spec,
    struct store_message *message, struct err *err)
{
	if (db_begin(writer->share, err) != 0 ||
	    limits_grant(writer->shared, spec, message, err) != 0)
		return -1;
	return db_commit(writer->share, err);
}

static int
serve_grant(struct writer *writer, struct store_message *message,
    struct err *err)
{
	const struct rate_spec *spec;

	assert(message->limit < writer->options.limit_count);
	spec = &writer->options.limits[message->limit];
	if (writer->shared != NULL)
		return grant_shared(writer, spec, message, err);
	if (group_begin(writer, err) != 0 ||
	    limits_grant(writer->own, spec, message, err) != 0)
		return -1;
	return group_commit(writer, err);
}

static int
pause_shared(struct writer *writer, const struct store_message *message,
    struct err *err)
{
	if (writer->shared == NULL)
		return 0;
	if (db_begin(writer->share, err) != 0 ||
	    limits_pause(writer->shared, message->origin, message->until,
		err) != 0)
		return -1;
	return db_commit(writer->share, err);
}

static int
serve_pause(struct writer *writer, struct store_message *message,
    struct err *err)
{
	if (group_begin(writer, err) != 0 ||
	    limits_pause(writer->own, message->origin, message->until, err) !=
		0 ||
	    group_commit(writer, err) != 0)
		return -1;
	return pause_shared(writer, message, err);
}

static int
serve_sync(struct writer *writer, struct store_message *message,
    struct err *err)
{
	(void)message;
	return group_commit(writer, err);
}

static int (*const serve[])(struct writer *writer,
    struct store_message *message, struct err *err) = {
	[STORE_LIST] = serve_list,
	[STORE_LISTED] = serve_listed,
	[STORE_CLAIM] = serve_claim,
	[STORE_FINISH] = serve_finish,
	[STORE_GRANT] = serve_grant,
	[STORE_PAUSE] = serve_pause,
	[STORE_EXTEND] = serve_extend,
	[STORE_SYNC] = serve_sync,
};

/* How long the group may still wait: negative: for ever, there is none. */
static int64_t
group_time_left(const struct writer *writer)
{
	int64_t left = writer->group_since + GROUP_AGE - clock_now();

	if (!writer->in_group)
		return -1;
	return left > 0 ? left : 0;
}

static bool
group_is_due(const struct writer *writer)
{
	return writer->in_group &&
	    (writer->group_results >= GROUP_RESULTS ||
		group_time_left(writer) == 0);
}

/* What a claim that failed has found is not the run's. */
static void
serve_message(struct writer *writer, struct store_message *message)
{
	struct err err;

	if (!atomic_load(&writer->failed) &&
	    serve[message->kind](writer, message, &err) != 0)
		writer_fail(writer, &err);
	if (atomic_load(&writer->failed) && message->kind == STORE_CLAIM)
		message->item_count = 0;
}

void
writer_work(struct worker *worker, void *state)
{
	struct writer *writer = state;
	struct message *message;
	struct err err;

	for (;;) {
		message = worker_receive(worker, group_time_left(writer));
		if (message != NULL) {
			serve_message(writer, store_message_of(message));
			worker_reply(worker, message);
		} else if (worker_is_closed(worker)) {
			break;
		}
		if (group_is_due(writer) && group_commit(writer, &err) != 0)
			writer_fail(writer, &err);
	}
	if (group_commit(writer, &err) != 0)
		writer_fail(writer, &err);
}

int
writer_give_back(struct writer *writer, struct err *err)
{
	if (group_begin(writer, err) != 0 ||
	    queue_give_back(writer->queue, err) != 0)
		return -1;
	return group_commit(writer, err);
}

size_t
writer_committed(const struct writer *writer)
{
	return atomic_load(&writer->committed);
}

struct db *
writer_db(struct writer *writer)
{
	return writer->db;
}

int
writer_paused_until(struct writer *writer, const char *origin, int64_t *until,
    struct err *err)
{
	int64_t shared = 0;

	if (limits_paused_until(writer->own, origin, until, err) != 0)
		return -1;
	if (writer->shared != NULL &&
	    limits_paused_until(writer->shared, origin, &shared, err) != 0)
		return -1;
	if (shared > *until)
		*until = shared;
	return 0;
}

/* The run's loop may be asleep. */
void
writer_fail(struct writer *writer, const struct err *err)
{
	db_rollback(writer->db);
	if (writer->share != NULL)
		db_rollback(writer->share);
	if (writer->in_group) /* the thread reads it when the owner is here */
		writer->in_group = false;
	if (atomic_load(&writer->failed))
		return;
	writer->err = *err;
	atomic_store(&writer->failed, true);
	wake_owner(writer);
}

bool
writer_failed(const struct writer *writer, struct err *err)
{
	if (!atomic_load(&writer->failed))
		return false;
	*err = writer->err;
	return true;
}
