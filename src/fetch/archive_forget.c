/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>

#include "base/db.h"
#include "fetch/archive.h"
#include "fetch/store_file.h"

enum { AT_ONCE = 1000 }; /* ids, or rows looked at, in a transaction */

/* Answers go with their items. */
static const char one_sql[] = "DELETE FROM item WHERE key = ?1";
static const char unlisted_sql[] =
    "DELETE FROM item WHERE id > ?1 AND id <= ?2 AND listing < ?3";

static int
forget_few(struct db *db, struct db_query *query, const struct slice *ids,
    size_t count, int64_t *forgotten, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		db_set_text(query, 1, ids[i]);
		if (db_run(query, err) != 0)
			return -1;
		*forgotten += db_changes(db);
	}
	return 0;
}

static int
forget_ids(struct db *db, const struct slice *ids, size_t count,
    int64_t *forgotten, struct err *err)
{
	struct db_query *query = db_prepare(db, one_sql, err);
	int status = query == NULL ? -1 : 0;

	for (size_t at = 0; status == 0 && at < count; at += AT_ONCE) {
		size_t few = count - at < AT_ONCE ? count - at : AT_ONCE;

		if (db_begin(db, err) != 0 ||
		    forget_few(db, query, ids + at, few, forgotten, err) != 0)
			status = -1;
		else
			status = db_commit(db, err);
	}
	db_query_free(query);
	return status;
}

/* A statement alone is a transaction. */
static int
forget_rows(struct db *db, struct db_query *query, int64_t last,
    int64_t *forgotten, struct err *err)
{
	for (int64_t first = 0; first < last; first += AT_ONCE) {
		db_set_int(query, 1, first);
		db_set_int(query, 2, first + AT_ONCE);
		if (db_run(query, err) != 0)
			return -1;
		*forgotten += db_changes(db);
	}
	return 0;
}

static int
forget_unlisted(struct db *db, int64_t *forgotten, struct err *err)
{
	struct db_query *query = NULL;
	int64_t complete;
	int64_t last;
	int status = -1;

	if (meta_read(db, META_COMPLETE, &complete, err) == 0 &&
	    store_last_row(db, &last, err) == 0)
		query = db_prepare(db, unlisted_sql, err);
	if (query != NULL) {
		db_set_int(query, 3, complete);
		status = forget_rows(db, query, last, forgotten, err);
	}
	db_query_free(query);
	return status;
}

/* The copy that VACUUM makes is as large as what is left: not in memory. */
static int
give_space_back(struct db *db, int64_t forgotten, struct err *err)
{
	if (forgotten == 0 ||
	    db_exec(db, "PRAGMA temp_store = FILE; VACUUM", err) == 0)
		return 0;
	return err_wrap(err,
	    "forgot %" PRId64 " items, but cannot give the space back",
	    forgotten);
}

int64_t
archive_forget(const char *path, const struct slice *ids, size_t count,
    struct err *err)
{
	struct db *db = db_open(path, DB_WRITE, &store_schema, err);
	int64_t forgotten = 0;
	int status;

	if (db == NULL)
		return -1;
	status = ids == NULL ? forget_unlisted(db, &forgotten, err) :
			       forget_ids(db, ids, count, &forgotten, err);
	if (status == 0)
		status = give_space_back(db, forgotten, err);
	db_close(db);
	return status == 0 ? forgotten : -1;
}
