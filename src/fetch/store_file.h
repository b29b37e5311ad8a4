/* SPDX-License-Identifier: MIT */
#ifndef FETCH_STORE_FILE_H
#define FETCH_STORE_FILE_H

/*
 * What is in a store's file: its tables, and numbers by name. store_file.c
 * has the schema with its comments; a change of it is one more step there.
 */

#include <stdint.h>

#include "base/db.h"

extern const struct db_schema store_schema; /* of a job's file */
extern const struct db_schema share_schema; /* of shared limits */

/* Numbers by name, all that is not of one item. */
#define META_LISTING "listing"     /* the last listing that was begun */
#define META_COMPLETE "complete"   /* the last one that was completed */
#define META_LISTED_AT "listed_at" /* when it was */
#define META_RUN "run"             /* how many runs there were */
#define META_BEGAN "began"         /* the last one */
#define META_ENDED "ended"
#define META_EXIT_STATUS "exit_status"
#define META_LAST_GOOD "last_good" /* the end of one with status 0 */
#define META_LAST_DONE "last_done" /* of one with status 0 or 1 */

/* A number; 0 where it was never written. */
int meta_read(struct db *db, const char *name, int64_t *value,
    struct err *err) CHECKED;
int meta_write(struct db *db, const char *name, int64_t value,
    struct err *err) CHECKED;

/* The number of the last item; 0: there is none. */
int store_last_row(struct db *db, int64_t *last, struct err *err) CHECKED;

/* Prepares count statements into queries. On -1 some may be there: all are
 * freed by queries_free() in either case. */
int queries_prepare(struct db *db, const char *const *sql, size_t count,
    struct db_query **queries, struct err *err) CHECKED;
void queries_free(struct db_query **queries, size_t count);

#endif
