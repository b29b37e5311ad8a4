/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/days.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/folder.h"
#include "model/days_inside.h"

enum { DAYS_ID = 0x746c7964 }; /* "tlyd" */

/*
 * meta: zone, kept_from.
 *
 * part: a NULL input is none's end. The index holds all but the bytes, so that
 * a list of parts reads no others. What hangs on an input that is forgotten
 * stays, for good.
 *
 * input: hashes are the 64 bits of a signed number. Texts of no length bound
 * come last. Most inputs are longer than a KiB; short ones are found by the
 * lengths that there are.
 */
static const char first_step[] =
    "CREATE TABLE meta ("
    " name TEXT PRIMARY KEY,"
    " value TEXT NOT NULL"
    ") WITHOUT ROWID;"
    "CREATE TABLE input ("
    " id INTEGER PRIMARY KEY,"
    " device INTEGER NOT NULL,"
    " inode INTEGER NOT NULL,"
    " size INTEGER NOT NULL,"
    " modified INTEGER NOT NULL,"
    " position INTEGER NOT NULL,"
    " head_len INTEGER NOT NULL,"
    " head INTEGER NOT NULL,"
    " tail INTEGER NOT NULL,"
    " preset_hash INTEGER NOT NULL,"
    " is_guess INTEGER NOT NULL,"
    " seen INTEGER NOT NULL,"
    " host TEXT NOT NULL,"
    " path TEXT NOT NULL,"
    " preset TEXT NOT NULL,"
    " pointer TEXT NOT NULL,"
    " problem TEXT NOT NULL,"
    " state BLOB NOT NULL"
    ");"
    "CREATE INDEX input_file ON input (device, inode);"
    "CREATE INDEX input_head ON input (head, head_len, host);"
    "CREATE INDEX input_short ON input (host, head_len)"
    " WHERE head_len < 1024;"
    "CREATE TABLE part ("
    " id INTEGER PRIMARY KEY,"
    " day TEXT NOT NULL,"
    " host TEXT NOT NULL,"
    " input INTEGER REFERENCES input ON DELETE SET NULL,"
    " slots INTEGER NOT NULL,"
    " rows INTEGER NOT NULL,"
    " count INTEGER NOT NULL,"
    " entries INTEGER NOT NULL,"
    " size INTEGER NOT NULL,"
    " data BLOB NOT NULL"
    ");"
    "CREATE INDEX part_day ON part"
    " (day, host, id, input, slots, rows, count, entries, size);"
    "CREATE INDEX part_end ON part (input) WHERE input IS NOT NULL;";

_Static_assert(DAYS_KIB == 1024, "the index input_short says so");

static const char *const steps[] = { first_step };
static const struct db_schema schema = { DAYS_ID, 1, steps, true };

char *
days_path(const char *folder)
{
	return xasprintf("%s/tally.db", folder);
}

int
days_lock(const char *folder, int64_t wait, struct err *err)
{
	char *path;
	int fd;

	if (folder_make(folder, err) != 0)
		return -1;
	path = xasprintf("%s/tally.db.lock", folder);
	fd = folder_lock(path, wait, err);
	free(path);
	return fd;
}

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 || errno != ENOENT;
}

struct days *
days_open(const char *folder, enum db_mode mode, struct err *err)
{
	struct days *days = xcalloc(1, sizeof(*days));

	days->path = days_path(folder);
	days->mode = mode;
	if (mode == DB_READ && !is_there(days->path))
		err_set(err,
		    "%s: no store here yet; tallyman scan --store makes one",
		    folder);
	else
		days->db = db_open(days->path, mode, &schema, err);
	if (days->db != NULL)
		return days;
	days_close(days);
	return NULL;
}

void
days_close(struct days *days)
{
	if (days == NULL)
		return;
	for (int i = 0; i < DAYS_QUERIES; i++)
		db_query_free(days->queries[i]);
	db_close(days->db);
	free(days->path);
	free(days);
}

const char *
days_name(const struct days *days)
{
	return days->path;
}

int
days_begin(struct days *days, struct err *err)
{
	return days->mode == DB_WRITE ? db_begin(days->db, err) :
					db_begin_read(days->db, err);
}

int
days_commit(struct days *days, struct err *err)
{
	return db_commit(days->db, err);
}

void
days_rollback(struct days *days)
{
	db_rollback(days->db);
}

struct db_query *
days_query(struct days *days, enum days_query which, const char *sql,
    struct err *err)
{
	if (days->queries[which] == NULL)
		days->queries[which] = db_prepare(days->db, sql, err);
	return days->queries[which];
}

void
days_set_text(struct db_query *query, int parameter, struct slice text)
{
	db_set_text(query, parameter,
	    text.ptr == NULL ? slice_make("", 0) : text);
}

int64_t
days_capped(uint64_t number)
{
	return number > INT64_MAX ? INT64_MAX : (int64_t)number;
}

/* 1 and the value; 0 and none; -1 with err set. */
static int
read_meta(struct days *days, const char *name, struct buf *value,
    struct err *err)
{
	struct db_query *query = days_query(days, DAYS_META_READ,
	    "SELECT value FROM meta WHERE name = ?", err);
	int status;

	if (query == NULL)
		return -1;
	buf_clear(value);
	db_set_text(query, 1, slice_str(name));
	status = db_step(query, err);
	if (status == 1) {
		buf_add(value, db_bytes(query, 0));
		db_reset(query);
	}
	return status;
}

static int
run_meta(struct db_query *query, const char *name, struct slice value,
    struct err *err)
{
	if (query == NULL)
		return -1;
	db_set_text(query, 1, slice_str(name));
	days_set_text(query, 2, value);
	return db_run(query, err);
}

int
days_meta_write(struct days *days, const char *name, struct slice value,
    struct err *err)
{
	return run_meta(days_query(days, DAYS_META_WRITE,
			    "INSERT INTO meta (name, value) VALUES (?1, ?2)"
			    " ON CONFLICT (name) DO UPDATE SET value = ?2",
			    err),
	    name, value, err);
}

int
days_zone(struct days *days, struct buf *zone, bool *is_set, struct err *err)
{
	int status = read_meta(days, "zone", zone, err);

	*is_set = status == 1;
	return status < 0 ? -1 : 0;
}

int
days_set_zone(struct days *days, struct slice zone, struct err *err)
{
	return run_meta(days_query(days, DAYS_META_ADD,
			    "INSERT INTO meta (name, value) VALUES (?, ?)",
			    err),
	    "zone", zone, err);
}

int
days_kept_from(struct days *days, struct buf *day, struct err *err)
{
	return read_meta(days, "kept_from", day, err) < 0 ? -1 : 0;
}
