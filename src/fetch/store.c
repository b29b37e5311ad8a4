/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/store.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/worker.h"
#include "fetch/store_count.h"
#include "fetch/store_file.h"
#include "fetch/store_writer.h"

struct store {
	struct writer *writer;
	struct worker *worker;
	size_t sent;           /* messages that were not taken yet */
	size_t results;        /* sent, ever */
	struct message *early; /* those that settle() took, in order */
	struct message **early_end;
	int64_t now; /* of the opening */
};

struct store *
store_open(const struct store_options *options, struct err *err)
{
	struct writer *writer = writer_open(options, err);
	struct store *store;

	if (writer == NULL)
		return NULL;
	store = xcalloc(1, sizeof(*store));
	store->writer = writer;
	store->early_end = &store->early;
	store->now = options->now;
	store->worker = worker_new(writer_work, writer, options->wake,
	    options->wake_state);
	if (store->worker != NULL)
		return store;
	err_errno(err, "cannot start the store's thread");
	writer_free(writer);
	free(store);
	return NULL;
}

int
store_close(struct store *store, struct err *err)
{
	struct store_message *message;
	struct err why;
	int status = 0;

	if (store == NULL)
		return 0;
	while ((message = store_wait(store)) != NULL)
		store_message_free(message);
	worker_free(store->worker);
	fault_point("store.close");
	if (!store_failed(store, &why) &&
	    writer_give_back(store->writer, &why) != 0)
		writer_fail(store->writer, &why);
	if (store_failed(store, &why)) {
		*err = why;
		status = -1;
	}
	writer_free(store->writer);
	free(store);
	return status;
}

int64_t
store_paused_until(struct store *store, const char *origin, struct err *err)
{
	int64_t until;

	if (writer_paused_until(store->writer, origin, &until, err) != 0)
		return -1;
	return until > store->now ? until : 0;
}

struct store_message *
store_message(enum store_kind kind)
{
	struct store_message *message = xcalloc(1, sizeof(*message));

	message->kind = kind;
	message->arena = xcalloc(1, sizeof(*message->arena));
	message->next_due = INT64_MAX;
	return message;
}

void
store_message_free(struct store_message *message)
{
	if (message == NULL)
		return;
	for (size_t i = 0; i < message->body_count; i++)
		buf_release(&message->bodies[i]);
	free(message->bodies);
	free(message->results);
	buf_release(&message->ids);
	arena_release(message->arena);
	free(message->arena);
	free(message);
}

void
store_send(struct store *store, struct store_message *message)
{
	store->sent++;
	if (message->kind == STORE_FINISH)
		store->results += message->item_count;
	worker_send(store->worker, &message->message);
}

/* The first of those that settle() took. */
static struct message *
take_early(struct store *store)
{
	struct message *message = store->early;

	if (message != NULL)
		store->early = message->next;
	if (store->early == NULL)
		store->early_end = &store->early;
	return message;
}

static struct store_message *
taken(struct store *store, struct message *message)
{
	if (message == NULL)
		return NULL;
	store->sent--;
	return store_message_of(message);
}

struct store_message *
store_take(struct store *store)
{
	struct message *message = take_early(store);

	if (message == NULL)
		message = worker_take(store->worker);
	return taken(store, message);
}

struct store_message *
store_wait(struct store *store)
{
	struct message *message = take_early(store);

	if (message == NULL && store->sent > 0)
		message = worker_wait(store->worker);
	return taken(store, message);
}

size_t
store_pending(const struct store *store)
{
	return store->sent;
}

size_t
store_uncommitted(const struct store *store)
{
	return store->results - writer_committed(store->writer);
}

bool
store_failed(struct store *store, struct err *err)
{
	return writer_failed(store->writer, err);
}

/* Waits until all that was sent is committed and the writer is idle. Replies
 * that come meanwhile are kept for store_take(). */
static int
settle(struct store *store, struct err *err)
{
	struct store_message *sync = store_message(STORE_SYNC);
	struct message *message;

	worker_send(store->worker, &sync->message);
	while ((message = worker_wait(store->worker)) != &sync->message) {
		message->next = NULL;
		*store->early_end = message;
		store->early_end = &message->next;
	}
	store_message_free(sync);
	return store_failed(store, err) ? -1 : 0;
}

int
store_count(struct store *store, int64_t now, struct store_counts *counts,
    struct err *err)
{
	if (settle(store, err) != 0)
		return -1;
	return count_items(writer_db(store->writer), now, counts, err);
}

static int
write_began(struct db *db, int64_t now, struct err *err)
{
	if (db_begin(db, err) != 0 ||
	    meta_write(db, META_BEGAN, now, err) != 0 ||
	    meta_write(db, META_ENDED, 0, err) != 0 ||
	    meta_write(db, META_EXIT_STATUS, 0, err) != 0)
		return -1;
	return db_commit(db, err);
}

static int
write_ended(struct db *db, int64_t now, int exit_status, struct err *err)
{
	if (db_begin(db, err) != 0 ||
	    meta_write(db, META_ENDED, now, err) != 0 ||
	    meta_write(db, META_EXIT_STATUS, exit_status, err) != 0)
		return -1;
	if (exit_status == 0 && meta_write(db, META_LAST_GOOD, now, err) != 0)
		return -1;
	if (exit_status <= 1 && meta_write(db, META_LAST_DONE, now, err) != 0)
		return -1;
	return db_commit(db, err);
}

int
store_run_began(struct store *store, int64_t now, struct err *err)
{
	if (settle(store, err) != 0)
		return -1;
	if (write_began(writer_db(store->writer), now, err) == 0)
		return 0;
	writer_fail(store->writer, err);
	return -1;
}

void
store_run_ended(struct store *store, int64_t now, int exit_status)
{
	struct err err;

	if (settle(store, &err) != 0)
		return; /* store_close() tells why */
	if (write_ended(writer_db(store->writer), now, exit_status, &err) != 0)
		writer_fail(store->writer, &err);
}
