/* SPDX-License-Identifier: MIT */
#ifndef FETCH_STORE_LISTINGS_H
#define FETCH_STORE_LISTINGS_H

/*
 * Which ids a job has. Listings are numbered; an item keeps the number of the
 * last one that it was seen in. It is listed when that is the last complete
 * listing or a later one: one that broke off adds to what is known and takes
 * nothing away.
 */

#include "base/db.h"
#include "fetch/store.h"

struct listings;

/* NULL with err set. db must outlive it. queues: whether new items are for
 * this run. */
struct listings *listings_open(struct db *db, bool queues, struct err *err);
void listings_free(struct listings *listings); /* NULL is allowed */

/* The number of the last complete one; 0: there was none. */
int64_t listings_complete(const struct listings *listings);

/* Serve STORE_LIST and STORE_LISTED, in a transaction of the caller's. The
 * first of either after an end begins a listing. */
int listings_add(struct listings *listings, struct store_message *message,
    struct err *err) CHECKED;
int listings_end(struct listings *listings, struct store_message *message,
    struct err *err) CHECKED;

#endif
