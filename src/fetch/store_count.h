/* SPDX-License-Identifier: MIT */
#ifndef FETCH_STORE_COUNT_H
#define FETCH_STORE_COUNT_H

/* Counts a job's items; for store_count() and archive_counts(). Reads all of
 * them, a bounded number at a time. */

#include "base/db.h"
#include "fetch/store.h"

int count_items(struct db *db, int64_t now, struct store_counts *counts,
    struct err *err) CHECKED;

#endif
