/* SPDX-License-Identifier: MIT */
#ifndef FETCH_STORE_QUEUE_H
#define FETCH_STORE_QUEUE_H

/*
 * The items of a job's file: listed, claimed, finished. Each function serves
 * one kind of message (store.h) and, but for queue_claim() when nothing is
 * due, is called in a transaction of the caller's.
 */

#include "base/db.h"
#include "fetch/store.h"

struct queue;

/* The statement behind a claim: what is due by ?1, ?2 items at most. It runs
 * along the index "queue", without sorting; a test looks at its plan. */
#define QUEUE_FIND                                                   \
	"SELECT id, key, attempts, etag, modified, idempotency_key," \
	" cause IS NOT NULL AND state IN (0, 4)"                     \
	" FROM item LEFT JOIN answer ON answer.item = item.id"       \
	" WHERE queued AND due <= ?1 ORDER BY due, id LIMIT ?2"

/*
 * Begins a run: counts it, gives back what a killed one was running, takes up
 * what is due anew, and settles what this run may claim. In a transaction;
 * db must outlive the queue. NULL with err set.
 */
struct queue *queue_open(struct db *db, const struct store_options *options,
    struct err *err);
void queue_free(struct queue *queue); /* NULL is allowed */

int queue_list(struct queue *queue, struct store_message *message,
    struct err *err) CHECKED;
int queue_listed(struct queue *queue, struct store_message *message,
    struct err *err) CHECKED;

/*
 * Finds what can be claimed and fills the message, then marks that as running:
 * two steps, so that a transaction is only begun when there is something.
 * queue_mark() makes the idempotency keys; *made_keys says whether it did.
 */
int queue_find(struct queue *queue, struct store_message *message,
    struct err *err) CHECKED;
int queue_mark(struct queue *queue, struct store_message *message,
    bool *made_keys, struct err *err) CHECKED;

int queue_finish(struct queue *queue, struct store_message *message,
    struct err *err) CHECKED;
int queue_extend(struct queue *queue, struct store_message *message,
    struct err *err) CHECKED;

/* What is still claimed waits again. */
int queue_give_back(struct queue *queue, struct err *err) CHECKED;

#endif
