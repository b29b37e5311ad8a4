/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/store_file.h"

enum {
	STORE_ID = 0x746c796d, /* "tlym" */
	SHARE_ID = 0x746c7973, /* "tlys" */
};

/* Of each file that limits are kept in. A limit's name says what it counts and
 * per what, not how much: a new amount finds what was used. */
#define LIMIT_TABLES                 \
	"CREATE TABLE limit_state (" \
	" name TEXT PRIMARY KEY,"    \
	" tat INTEGER NOT NULL,"     \
	" day INTEGER NOT NULL,"     \
	" used INTEGER NOT NULL"     \
	") WITHOUT ROWID;"           \
	"CREATE TABLE pause ("       \
	" origin TEXT PRIMARY KEY,"  \
	" until INTEGER NOT NULL"    \
	") WITHOUT ROWID;"

/*
 * item: state is store.h's; listing is the number of the listing that it was
 * last seen in: not below meta's "complete", and it is listed. queued: a claim
 * may return it when it is due. It follows from the other columns and from what
 * the run is for, and is brought up to date when a store is opened. run and
 * lease: who claimed it, until when.
 *
 * answer: NULL is an absent header. The body comes last, so that the rest is
 * read without it.
 */
static const char first_step[] =
    "CREATE TABLE meta ("
    " name TEXT PRIMARY KEY,"
    " value INTEGER NOT NULL"
    ") WITHOUT ROWID;"
    "CREATE TABLE item ("
    " id INTEGER PRIMARY KEY,"
    " key TEXT NOT NULL UNIQUE,"
    " state INTEGER NOT NULL,"
    " queued INTEGER NOT NULL,"
    " due INTEGER NOT NULL,"
    " attempts INTEGER NOT NULL,"
    " listing INTEGER NOT NULL,"
    " run INTEGER,"
    " lease INTEGER,"
    " cause TEXT,"
    " idempotency_key TEXT"
    ");"
    "CREATE INDEX queue ON item (due, id) WHERE queued;"
    "CREATE TABLE answer ("
    " item INTEGER PRIMARY KEY REFERENCES item ON DELETE CASCADE,"
    " status INTEGER NOT NULL,"
    " received INTEGER NOT NULL,"
    " expires INTEGER NOT NULL,"
    " stale_until INTEGER NOT NULL,"
    " etag TEXT,"
    " modified TEXT,"
    " type TEXT,"
    " body BLOB NOT NULL"
    ");"
    "CREATE VIEW items (id, status, fetched_at, body) AS"
    " SELECT key, status,"
    "  strftime('%Y-%m-%dT%H:%M:%SZ', received / 1000000000, 'unixepoch'),"
    "  body"
    " FROM item JOIN answer ON answer.item = item.id"
    " WHERE listing >= ifnull("
    "  (SELECT value FROM meta WHERE name = 'complete'), 0);" LIMIT_TABLES;

static const char *const store_steps[] = { first_step };
static const char *const share_steps[] = { LIMIT_TABLES };

const struct db_schema store_schema = { STORE_ID, 1, store_steps, false };
const struct db_schema share_schema = { SHARE_ID, 1, share_steps, false };

/* Runs a query for one number, which is 0 where there is none, and frees it. */
static int
read_number(struct db_query *query, int64_t *value, struct err *err)
{
	int status = db_step(query, err);

	if (status >= 0)
		*value = status == 1 ? db_int(query, 0) : 0;
	db_query_free(query);
	return status < 0 ? -1 : 0;
}

int
meta_read(struct db *db, const char *name, int64_t *value, struct err *err)
{
	struct db_query *query = db_prepare(db,
	    "SELECT value FROM meta WHERE name = ?", err);

	if (query == NULL)
		return -1;
	db_set_text(query, 1, slice_str(name));
	return read_number(query, value, err);
}

int
meta_write(struct db *db, const char *name, int64_t value, struct err *err)
{
	struct db_query *query = db_prepare(db,
	    "INSERT INTO meta (name, value) VALUES (?1, ?2)"
	    " ON CONFLICT (name) DO UPDATE SET value = ?2",
	    err);
	int status;

	if (query == NULL)
		return -1;
	db_set_text(query, 1, slice_str(name));
	db_set_int(query, 2, value);
	status = db_run(query, err);
	db_query_free(query);
	return status;
}

int
store_last_row(struct db *db, int64_t *last, struct err *err)
{
	struct db_query *query = db_prepare(db, "SELECT max(id) FROM item",
	    err);

	return query == NULL ? -1 : read_number(query, last, err);
}

int
queries_prepare(struct db *db, const char *const *sql, size_t count,
    struct db_query **queries, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		queries[i] = db_prepare(db, sql[i], err);
		if (queries[i] == NULL)
			return -1;
	}
	return 0;
}

void
queries_free(struct db_query **queries, size_t count)
{
	for (size_t i = 0; i < count; i++)
		db_query_free(queries[i]);
}
