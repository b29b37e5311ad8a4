/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/db.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fault.h"

enum { BUSY_MS = 30000 };

struct db {
	char *path; /* as given, for messages */
	sqlite3 *sqlite;
};

struct db_query {
	struct db *db;
	sqlite3_stmt *stmt;
	int bind_error; /* of a db_set_*(); told by db_step() */
};

/* What a file says it is. */
struct identity {
	int64_t application_id;
	int64_t version;
	bool is_empty; /* has no tables */
};

/* Memory stays bounded: 4 MiB of pages, and 8,192 that a transaction changes,
 * 32 MiB; the rest of a larger one is written early, and readers wait from then
 * on. What is deleted from a page is overwritten, but not pages that are given
 * free: to forget months would be to write them again, with zeros. No file is
 * mapped, since a cut one would be a SIGBUS. */
static const char settings[] = "PRAGMA synchronous = FULL;"
			       "PRAGMA cache_size = -4096;"
			       "PRAGMA cache_spill = 8192;"
			       "PRAGMA secure_delete = FAST;"
			       "PRAGMA mmap_size = 0;"
			       "PRAGMA temp_store = MEMORY;"
			       "PRAGMA cell_size_check = ON;"
			       "PRAGMA trusted_schema = OFF;";

/*
 * Sets err to what SQLite says of its last failure, and to the system's reason
 * where it has one: errno, set to 0 before the call that failed
 * (sqlite3_system_errno() has nothing of a COMMIT, and may be of an earlier
 * failure). When the disk failed nothing of a transaction is kept.
 */
static int
fail(struct db *db, struct err *err)
{
	int error = errno;
	int code = sqlite3_errcode(db->sqlite) & 0xff;
	bool is_io = code == SQLITE_IOERR || code == SQLITE_CANTOPEN;

	if (is_io && error != 0)
		err_set(err, "%s: %s: %s", db->path, sqlite3_errmsg(db->sqlite),
		    strerror(error));
	else
		err_set(err, "%s: %s", db->path, sqlite3_errmsg(db->sqlite));
	if (is_io || code == SQLITE_FULL)
		db_rollback(db);
	return -1;
}

/* Makes an empty file, and has closed it before SQLite opens it: closing a
 * second descriptor would give up SQLite's locks. */
static int
make_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int status;

	if (fd < 0 && errno == EEXIST)
		return 0; /* another process was faster */
	if (fd < 0)
		return err_errno(err, "%s", path);
	status = fchmod(fd, 0600); /* whatever the umask took away */
	if (status != 0)
		err_errno(err, "%s", path);
	(void)close(fd);
	return status;
}

/* SQLITE_OPEN_NOFOLLOW would refuse links in the folders above, too. */
static int
check_file(const char *path, enum db_mode mode, struct err *err)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT && mode == DB_WRITE ?
		    make_file(path, err) :
		    err_errno(err, "%s", path);
	if (S_ISLNK(st.st_mode))
		return err_set(err, "%s: is a symbolic link", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, "%s: is no regular file", path);
	return 0;
}

/* With "./" in front no name means anything to SQLite, as ":memory:" or
 * "file:..." would. */
static int
open_sqlite(struct db *db, enum db_mode mode, struct err *err)
{
	char *name = xasprintf("%s%s", db->path[0] == '/' ? "" : "./",
	    db->path);
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	int code;

	errno = 0;
	code = sqlite3_open_v2(name, &db->sqlite, flags, NULL);
	free(name); /* errno stays */
	if (code != SQLITE_OK)
		return fail(db, err);
	if (mode == DB_WRITE && sqlite3_db_readonly(db->sqlite, "main") != 0)
		return err_set(err, "%s: is read-only", db->path);
	return 0;
}

static int
set_journal(struct db *db, struct err *err)
{
	struct db_query *query = db_prepare(db, "PRAGMA journal_mode=TRUNCATE",
	    err);
	int status;

	if (query == NULL)
		return -1;
	status = db_step(query, err);
	if (status == 1 && !slice_is(db_bytes(query, 0), "truncate"))
		status = err_set(err, "%s: stays in journal mode %.*s",
		    db->path, SLICE_ARG(db_bytes(query, 0)));
	db_query_free(query);
	return status < 0 ? -1 : 0;
}

static int
set_up(struct db *db, enum db_mode mode, struct err *err)
{
	(void)sqlite3_busy_timeout(db->sqlite, BUSY_MS);
	(void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* Of SQL in double quotes only names, so that a slip is an error. */
	(void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	if (db_exec(db, settings, err) != 0)
		return -1;
	return mode == DB_WRITE ? set_journal(db, err) :
				  db_exec(db, "PRAGMA query_only = ON", err);
}

static int
read_identity(struct db *db, struct identity *identity, struct err *err)
{
	struct db_query *query = db_prepare(db,
	    "SELECT application_id, user_version,"
	    " NOT EXISTS (SELECT 1 FROM sqlite_schema)"
	    " FROM pragma_application_id, pragma_user_version",
	    err);
	int status;

	if (query == NULL)
		return -1;
	*identity = (struct identity){ 0 };
	status = db_step(query, err);
	if (status == 1) {
		identity->application_id = db_int(query, 0);
		identity->version = db_int(query, 1);
		identity->is_empty = db_int(query, 2) != 0;
	}
	db_query_free(query);
	return status < 0 ? -1 : 0;
}

/* Whether the file is ours, or nobody's yet, and not too new. */
static int
check_identity(const struct db *db, const struct identity *identity,
    const struct db_schema *schema, struct err *err)
{
	bool is_new = identity->application_id == 0 && identity->version == 0 &&
	    identity->is_empty;
	bool is_ours = identity->application_id == schema->application_id &&
	    identity->version >= 0;

	if (!is_new && !is_ours)
		return err_set(err, "%s: is another program's file", db->path);
	if (identity->version > schema->version)
		return err_set(err,
		    "%s: was written by a newer tallyman "
		    "(schema %d, this one knows %d)",
		    db->path, (int)identity->version, schema->version);
	return 0;
}

static int
set_identity(struct db *db, const struct db_schema *schema, struct err *err)
{
	char *sql = xasprintf("PRAGMA application_id = %d;"
			      "PRAGMA user_version = %d;",
	    (int)schema->application_id, schema->version);
	int status = db_exec(db, sql, err);

	free(sql);
	return status;
}

/* In a transaction, since another process may be upgrading too. */
static int
take_steps(struct db *db, const struct db_schema *schema, struct err *err)
{
	struct identity identity;

	if (read_identity(db, &identity, err) != 0 ||
	    check_identity(db, &identity, schema, err) != 0)
		return -1;
	for (int v = (int)identity.version; v < schema->version; v++)
		if (db_exec(db, schema->steps[v], err) != 0)
			return -1;
	return set_identity(db, schema, err);
}

static int
upgrade(struct db *db, const struct db_schema *schema, struct err *err)
{
	/* Of effect only where the file is empty, and in no transaction. */
	if (schema->reclaims &&
	    db_exec(db, "PRAGMA auto_vacuum = INCREMENTAL", err) != 0)
		return -1;
	if (db_begin(db, err) != 0)
		return -1;
	if (take_steps(db, schema, err) == 0)
		return db_commit(db, err);
	db_rollback(db);
	return -1;
}

/* Foreign keys are looked after last: a step may drop and remake a table that
 * others refer to. */
static int
bring_to_schema(struct db *db, enum db_mode mode,
    const struct db_schema *schema, struct err *err)
{
	struct identity identity;

	if (read_identity(db, &identity, err) != 0 ||
	    check_identity(db, &identity, schema, err) != 0)
		return -1;
	if (identity.version < schema->version) {
		if (mode == DB_READ && identity.version == 0)
			return err_set(err, "%s: nothing is in it yet",
			    db->path);
		if (mode == DB_READ)
			return err_set(err,
			    "%s: was written by an older tallyman "
			    "(schema %d, this one knows %d)",
			    db->path, (int)identity.version, schema->version);
		if (upgrade(db, schema, err) != 0)
			return -1;
	}
	return db_exec(db, "PRAGMA foreign_keys = ON", err);
}

struct db *
db_open(const char *path, enum db_mode mode, const struct db_schema *schema,
    struct err *err)
{
	struct db *db;

	/* Counting its memory would cost SQLite a lock for each piece. (Of no
	 * effect when a file is open.) */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (check_file(path, mode, err) != 0)
		return NULL;
	db = xcalloc(1, sizeof(*db));
	db->path = xstrdup(path);
	if (open_sqlite(db, mode, err) == 0 && set_up(db, mode, err) == 0 &&
	    bring_to_schema(db, mode, schema, err) == 0)
		return db;
	db_close(db);
	return NULL;
}

void
db_close(struct db *db)
{
	int code;

	if (db == NULL)
		return;
	db_rollback(db);
	code = sqlite3_close(db->sqlite);
	assert(code == SQLITE_OK); /* else a query was not freed */
	(void)code;
	free(db->path);
	free(db);
}

int
db_exec(struct db *db, const char *sql, struct err *err)
{
	errno = 0;
	return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ?
	    0 :
	    fail(db, err);
}

int
db_begin(struct db *db, struct err *err)
{
	return db_exec(db, "BEGIN IMMEDIATE", err);
}

int
db_begin_read(struct db *db, struct err *err)
{
	return db_exec(db, "BEGIN", err);
}

int
db_commit(struct db *db, struct err *err)
{
	fault_point("db.commit.before");
	if (db_exec(db, "COMMIT", err) != 0) {
		db_rollback(db);
		return -1;
	}
	fault_point("db.commit.after");
	return 0;
}

void
db_rollback(struct db *db)
{
	/* Should it fail, the journal does it when the file is next opened. */
	if (db->sqlite != NULL && sqlite3_get_autocommit(db->sqlite) == 0)
		(void)sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
}

struct db_query *
db_prepare(struct db *db, const char *sql, struct err *err)
{
	struct db_query *query;
	sqlite3_stmt *stmt;

	errno = 0;
	if (sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT,
		&stmt, NULL) != SQLITE_OK) {
		fail(db, err);
		return NULL;
	}
	query = xcalloc(1, sizeof(*query));
	query->db = db;
	query->stmt = stmt;
	return query;
}

void
db_query_free(struct db_query *query)
{
	if (query == NULL)
		return;
	(void)sqlite3_finalize(query->stmt); /* its last failure, told before */
	free(query);
}

/* A value too long is the world's fault; a number out of range, or a
 * statement in the middle of its rows, is ours. */
static void
bound(struct db_query *query, int code)
{
	assert(code != SQLITE_RANGE && code != SQLITE_MISUSE);
	if (code != SQLITE_OK)
		query->bind_error = code;
}

void
db_set_int(struct db_query *query, int parameter, int64_t value)
{
	bound(query, sqlite3_bind_int64(query->stmt, parameter, value));
}

void
db_set_text(struct db_query *query, int parameter, struct slice text)
{
	bound(query,
	    sqlite3_bind_text64(query->stmt, parameter, text.ptr, text.len,
		SQLITE_STATIC, SQLITE_UTF8));
}

void
db_set_blob(struct db_query *query, int parameter, struct slice bytes)
{
	bound(query,
	    sqlite3_bind_blob64(query->stmt, parameter, bytes.ptr, bytes.len,
		SQLITE_STATIC));
}

void
db_set_null(struct db_query *query, int parameter)
{
	bound(query, sqlite3_bind_null(query->stmt, parameter));
}

/* Ends a run before it began. */
static int
tell_bind_error(struct db_query *query, struct err *err)
{
	int code = query->bind_error;

	query->bind_error = SQLITE_OK;
	return err_set(err, "%s: %s", query->db->path, sqlite3_errstr(code));
}

int
db_step(struct db_query *query, struct err *err)
{
	int status = 0;

	if (query->bind_error != SQLITE_OK)
		return tell_bind_error(query, err);
	errno = 0;
	switch (sqlite3_step(query->stmt)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		break;
	default:
		status = fail(query->db, err);
	}
	db_reset(query);
	return status;
}

void
db_reset(struct db_query *query)
{
	(void)sqlite3_reset(query->stmt); /* its last failure, told before */
}

/* The statement, which has a row with such a column. */
static sqlite3_stmt *
row(const struct db_query *query, int column)
{
	assert(column >= 0 && column < sqlite3_data_count(query->stmt));
	return query->stmt;
}

int64_t
db_int(const struct db_query *query, int column)
{
	return sqlite3_column_int64(row(query, column), column);
}

/* The length is asked for second: the first call decides on the form. */
struct slice
db_bytes(const struct db_query *query, int column)
{
	sqlite3_stmt *stmt = row(query, column);
	const char *bytes = sqlite3_column_blob(stmt, column);

	return slice_make(bytes, (size_t)sqlite3_column_bytes(stmt, column));
}

bool
db_is_null(const struct db_query *query, int column)
{
	return sqlite3_column_type(row(query, column), column) == SQLITE_NULL;
}

int
db_run(struct db_query *query, struct err *err)
{
	int status;

	do
		status = db_step(query, err);
	while (status == 1);
	return status;
}

int64_t
db_changes(const struct db *db)
{
	return sqlite3_changes64(db->sqlite);
}

int64_t
db_last_id(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->sqlite);
}

/* A complaint may have a heading and several lines. */
static struct slice
first_complaint(struct slice text)
{
	struct slice line = text;

	while (slice_cut(&text, '\n', &line) && slice_starts(line, "***"))
		;
	return line;
}

int
db_check(struct db *db, struct err *err)
{
	struct db_query *query = db_prepare(db, "PRAGMA integrity_check(1)",
	    err);
	struct slice complaint;
	int status;

	if (query == NULL)
		return -1;
	status = db_step(query, err);
	if (status == 1) {
		complaint = first_complaint(db_bytes(query, 0));
		status = slice_is(complaint, "ok") ?
		    0 :
		    err_set(err, "%s: %.*s", db->path, SLICE_ARG(complaint));
	}
	db_query_free(query);
	return status;
}
