/* SPDX-License-Identifier: MIT */
#ifndef FETCH_STORE_WRITER_H
#define FETCH_STORE_WRITER_H

/*
 * The store's other side: serves its messages on a SQLite file, in a thread of
 * its own, and commits them in groups. Between writer_open() and worker_new(),
 * while the thread waits for a message behind a STORE_SYNC, and after
 * worker_free() the files belong to the store's owner, who may then use what
 * is below.
 */

#include "base/db.h"
#include "base/worker.h"
#include "fetch/store.h"
#include "fetch/store_limits.h"

struct writer;

static inline struct store_message *
store_message_of(struct message *message)
{
	return (struct store_message *)(void *)message; /* its first member */
}

/* Opens the files and begins a run. NULL with err set. */
struct writer *writer_open(const struct store_options *options,
    struct err *err);
void writer_free(struct writer *writer); /* NULL is allowed */

/* The thread's body, for worker_new(). */
void writer_work(struct worker *worker, void *writer);

/* Gives back what is claimed; at the end. */
int writer_give_back(struct writer *writer, struct err *err) CHECKED;

/* How many results were committed, ever; in any thread. */
size_t writer_committed(const struct writer *writer);

/* The job's file. */
struct db *writer_db(struct writer *writer);

int writer_paused_until(struct writer *writer, const char *origin,
    int64_t *until, struct err *err) CHECKED;

/* From now on nothing is served any more; err is why. The first reason is
 * kept. */
void writer_fail(struct writer *writer, const struct err *err);

/* Whether that has happened, and why; in any thread. */
bool writer_failed(const struct writer *writer, struct err *err);

#endif
