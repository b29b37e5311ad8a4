/* SPDX-License-Identifier: MIT */
#ifndef FETCH_STORE_ANSWERS_H
#define FETCH_STORE_ANSWERS_H

/* The answers in a job's file, one for an item at most. */

#include "base/db.h"
#include "fetch/store.h"

struct answers;

/* NULL with err set. db must outlive it. */
struct answers *answers_open(struct db *db, struct err *err);
void answers_free(struct answers *answers); /* NULL is allowed */

/* What an answer does to the one that the item of row has. In a transaction of
 * the caller's. */
int answers_put(struct answers *answers, int64_t row,
    const struct store_answer *answer, struct err *err) CHECKED;

#endif
