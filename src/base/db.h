/* SPDX-License-Identifier: MIT */
#ifndef BASE_DB_H
#define BASE_DB_H

/*
 * SQLite, thinly: open, prepare, step, transaction. One connection belongs to
 * one thread at a time and is never carried over fork().
 *
 * The journal is in mode TRUNCATE and synchronous FULL: a commit that returned
 * is on disk, a transaction is whole or not there after kill -9 and power
 * cuts. Not WAL: SQLite 3.7.0 to 3.51.2 may corrupt a WAL file that two
 * connections reset at the same instant (sqlite.org/wal.html#walresetbug), and
 * Debian 12 has 3.40.1. So readers and the one writer of a file block each
 * other for the time of a commit or of a read transaction: a reader reads a
 * bounded number of rows, resets its statement, and only then prints them.
 *
 * Errors read "PATH: why" (and SQLite's own words for it). After an I/O error
 * or a full disk nothing is retried: the transaction is rolled back, the
 * error is told.
 *
 * A connection takes about 4 MiB whatever the size of the file, and up to
 * 32 MiB for what a transaction changes (of a larger one the rest is written
 * before its commit, and readers wait meanwhile). But what SQLite has to sort
 * it sorts in memory: a query over many rows has an index for its order.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct db;
struct db_query;

enum db_mode {
	DB_READ,  /* the file must be there; PRAGMA query_only. A journal that
		   * a killed writer left is rolled back first, so the file
		   * is opened for writing where its mode allows. */
	DB_WRITE, /* the file is made, mode 0600, where it is not there */
};

/* What a file says it is, so that no strange file is taken for ours. */
struct db_schema {
	int32_t application_id; /* PRAGMA application_id */
	int version; /* PRAGMA user_version that this program knows */
	/* steps[v] takes a file from version v to v + 1; steps[0] makes an
	 * empty file's tables. There are version of them. */
	const char *const *steps;
	/* A file that is made keeps what it takes to give free pages back
	 * (PRAGMA incremental_vacuum), which costs a little of each. */
	bool reclaims;
};

/*
 * Opens a file and, with DB_WRITE, upgrades it to the version known, all steps
 * in one transaction. NULL with err set: cannot be opened, is no SQLite file,
 * is another program's (application_id), is newer than this program knows
 * ("was written by a newer tallyman (schema 3, this one knows 2)"), or, with
 * DB_READ, is older or empty. Waits 30 s for a file that is locked.
 */
struct db *db_open(const char *path, enum db_mode mode,
    const struct db_schema *schema, struct err *err);
void db_close(struct db *db); /* rolls back what is open; NULL is allowed */

/* Runs one or more statements that return no rows. */
int db_exec(struct db *db, const char *sql, struct err *err) CHECKED;

/* A transaction that writes (BEGIN IMMEDIATE, so that it never has to upgrade
 * a read lock). A commit that fails is rolled back; when the very last sync
 * failed it may yet be found done. db_rollback() does nothing where none is
 * open. */
int db_begin(struct db *db, struct err *err) CHECKED;
/* One whose reads are all of one instant, that of the first. It writes
 * nothing, and keeps writers from committing until it ends. */
int db_begin_read(struct db *db, struct err *err) CHECKED;
int db_commit(struct db *db, struct err *err) CHECKED;
void db_rollback(struct db *db);

/*
 * A prepared statement, kept for many runs. Fill its parameters, numbered from
 * 1, then db_step() until it says 0. Statements are freed by db_query_free()
 * before db_close().
 */
struct db_query *db_prepare(struct db *db, const char *sql, struct err *err);
void db_query_free(struct db_query *query); /* NULL is allowed */

void db_set_int(struct db_query *query, int parameter, int64_t value);
/* Bytes are borrowed until the statement is reset; a NULL ptr is NULL. */
void db_set_text(struct db_query *query, int parameter, struct slice text);
void db_set_blob(struct db_query *query, int parameter, struct slice bytes);
void db_set_null(struct db_query *query, int parameter);

/* 1: a row is there; 0: done (and reset, its parameters kept); -1 with err
 * set (and reset). */
int db_step(struct db_query *query, struct err *err) CHECKED;

/* Gives up the rows that are left, so that locks end. */
void db_reset(struct db_query *query);

/* Columns of the row, numbered from 0. Bytes are valid until the next
 * db_step() or db_reset() of the query; NULL is an empty slice. */
int64_t db_int(const struct db_query *query, int column);
struct slice db_bytes(const struct db_query *query, int column);
bool db_is_null(const struct db_query *query, int column);

/* Runs the statement once, to its end, throwing rows away. */
int db_run(struct db_query *query, struct err *err) CHECKED;

/* How many rows the last statement that was run changed; the rowid of the
 * last row inserted. */
int64_t db_changes(const struct db *db);
int64_t db_last_id(const struct db *db);

/* PRAGMA integrity_check (whole) in full. Returns 0, or -1 with err set to
 * its first complaint. */
int db_check(struct db *db, struct err *err) CHECKED;

#endif
