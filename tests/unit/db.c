/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/db.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "scratch.h"
#include "tap.h"

enum { OURS = 0x74616c79, NOBODY = 65534, MIB = 1024 * 1024 };

static const char make_items[] =
    "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, body BLOB)";

static const char *const steps[] = {
	make_items,
	"ALTER TABLE item ADD COLUMN state INTEGER NOT NULL DEFAULT 7;"
	"CREATE INDEX by_state ON item (state)",
};

static const struct db_schema first = { OURS, 1, steps, false };
static const struct db_schema second = { OURS, 2, steps, false };

static const char insert[] = "INSERT INTO item (name, body) VALUES (?, ?)";

/* A database of the first schema, in the scratch folder. */
static struct db *
open_new(const char *name)
{
	struct err err = { "" };
	struct db *db = db_open(scratch_path(name), DB_WRITE, &first, &err);

	if (db == NULL) {
		printf("# %s\n", err.text);
		abort();
	}
	return db;
}

static void
need(int status, const struct err *err)
{
	if (status < 0) {
		printf("# %s\n", err->text);
		abort();
	}
}

static struct db_query *
prepare(struct db *db, const char *sql)
{
	struct err err = { "" };
	struct db_query *query = db_prepare(db, sql, &err);

	need(query == NULL ? -1 : 0, &err);
	return query;
}

/* What a query for one number says. */
static int64_t
number(struct db *db, const char *sql)
{
	struct err err = { "" };
	struct db_query *query = prepare(db, sql);
	int64_t value = -1;

	need(db_step(query, &err), &err);
	value = db_int(query, 0);
	db_query_free(query);
	return value;
}

static void
exec(struct db *db, const char *sql)
{
	struct err err = { "" };

	need(db_exec(db, sql, &err), &err);
}

/* Adds rows with a body of so many bytes each. */
static int
add_rows(struct db *db, int rows, size_t size, struct err *err)
{
	struct db_query *query = prepare(db, insert);
	char *body = xcalloc(1, size);
	int status = 0;

	db_set_text(query, 1, slice_str("row"));
	db_set_blob(query, 2, slice_make(body, size));
	for (int i = 0; i < rows && status == 0; i++)
		status = db_run(query, err);
	db_query_free(query);
	free(body);
	return status;
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

/* That the error is PATH: and this text. */
static bool
says(const struct err *err, const char *path, const char *text)
{
	char *want = xasprintf("%s: %s", path, text);
	bool held = CHECK_STR(err->text, want);

	free(want);
	return held;
}

/* That the file cannot be opened, and why. */
static void
refuses(const char *path, enum db_mode mode, const struct db_schema *schema,
    const char *why)
{
	struct err err = { "" };
	struct db *db = db_open(path, mode, schema, &err);

	CHECK(db == NULL);
	says(&err, path, why);
	db_close(db);
}

static void
round_trip(void)
{
	static const char bytes[] = "a\0b\xff";
	struct db *db = open_new("types.db");
	struct db_query *query = prepare(db, "SELECT ?, ?, ?, ?, ?, ?");
	struct err err = { "" };

	db_set_int(query, 1, INT64_MIN);
	db_set_text(query, 2, slice_make(bytes, 4));
	db_set_blob(query, 3, slice_make(bytes, 4));
	db_set_null(query, 4);
	db_set_text(query, 5, slice_make("", 0));
	db_set_blob(query, 6, slice_make(NULL, 0));
	CHECK_INT(db_step(query, &err), 1);
	CHECK(db_int(query, 0) == INT64_MIN);
	CHECK_BYTES(db_bytes(query, 1).ptr, db_bytes(query, 1).len, bytes, 4);
	CHECK_BYTES(db_bytes(query, 2).ptr, db_bytes(query, 2).len, bytes, 4);
	CHECK(db_is_null(query, 3));
	CHECK_INT(db_bytes(query, 3).len, 0);
	CHECK_INT(db_int(query, 3), 0);
	CHECK(!db_is_null(query, 4));
	CHECK_INT(db_bytes(query, 4).len, 0);
	CHECK(db_is_null(query, 5));
	CHECK_SLICE(db_bytes(query, 0), "-9223372036854775808");
	CHECK_INT(db_step(query, &err), 0);
	db_query_free(query);
	db_query_free(NULL);
	db_close(db);
	db_close(NULL);
}

static void
keeps_rows(void)
{
	struct db *db = open_new("rows.db");
	struct err err = { "" };
	struct db_query *query;

	need(db_begin(db, &err), &err);
	need(add_rows(db, 3, 10000, &err), &err);
	CHECK_INT(db_last_id(db), 3);
	need(db_commit(db, &err), &err);
	exec(db, "UPDATE item SET name = 'x' WHERE id > 1");
	CHECK_INT(db_changes(db), 2);
	db_close(db);

	db = db_open(scratch_path("rows.db"), DB_READ, &first, &err);
	if (!CHECK(db != NULL))
		return;
	query = prepare(db, "SELECT id FROM item WHERE name = ? ORDER BY id");
	db_set_text(query, 1, slice_str("x"));
	for (int run = 0; run < 2; run++) {
		CHECK_INT(db_step(query, &err), 1);
		CHECK_INT(db_int(query, 0), 2);
		CHECK_INT(db_step(query, &err), 1);
		CHECK_INT(db_int(query, 0), 3);
		CHECK_INT(db_step(query, &err), 0);
	}
	CHECK_INT(db_step(query, &err), 1);
	db_reset(query);
	CHECK_INT(db_step(query, &err), 1);
	CHECK_INT(db_int(query, 0), 2);
	db_query_free(query);
	CHECK_INT(number(db, "SELECT length(body) FROM item"), 10000);
	db_close(db);
}

static void
tells_settings(void)
{
	struct db *db = open_new("settings.db");
	struct db_query *query = prepare(db, "PRAGMA journal_mode");
	struct err err = { "" };

	CHECK_INT(db_step(query, &err), 1);
	CHECK_SLICE(db_bytes(query, 0), "truncate");
	db_query_free(query);
	CHECK_INT(number(db, "PRAGMA synchronous"), 2);
	CHECK_INT(number(db, "PRAGMA foreign_keys"), 1);
	CHECK_INT(number(db, "PRAGMA busy_timeout"), 30000);
	CHECK_INT(number(db, "PRAGMA trusted_schema"), 0);
	CHECK_INT(number(db, "PRAGMA cell_size_check"), 1);
	CHECK_INT(number(db, "PRAGMA query_only"), 0);
	CHECK_INT(number(db, "PRAGMA application_id"), OURS);
	CHECK_INT(number(db, "PRAGMA user_version"), 1);
	db_close(db);
}

static void
statement_errors(void)
{
	struct db *db = open_new("errors.db");
	const char *path = scratch_path("errors.db");
	struct err err = { "" };
	struct db_query *query;

	CHECK(db_prepare(db, "SELECT * FROM absent", &err) == NULL);
	says(&err, path, "no such table: absent");
	CHECK(db_prepare(db, "SELECT \"slip\"", &err) == NULL);
	says(&err, path, "no such column: slip");
	need(db_begin(db, &err), &err);
	exec(db, "INSERT INTO item (id) VALUES (1)");
	CHECK_INT(db_exec(db, "INSERT INTO item (id) VALUES (1)", &err), -1);
	says(&err, path, "UNIQUE constraint failed: item.id");
	need(db_commit(db, &err), &err); /* the first one is kept */
	CHECK_INT(number(db, "SELECT count(*) FROM item"), 1);
	query = prepare(db, insert);
	db_set_blob(query, 2, slice_make("", (size_t)1 << 33));
	CHECK_INT(db_run(query, &err), -1);
	says(&err, path, "string or blob too big");
	db_set_blob(query, 2, slice_make("", 0));
	CHECK_INT(db_run(query, &err), 0);
	db_query_free(query);
	CHECK_INT(db_commit(db, &err), -1);
	says(&err, path, "cannot commit - no transaction is active");
	db_close(db);
}

static void
rolls_back(void)
{
	struct db *db = open_new("rollback.db");
	struct db *other;
	struct err err = { "" };

	db_rollback(db); /* nothing is open */
	need(db_begin(db, &err), &err);
	need(add_rows(db, 1, 10, &err), &err);
	db_rollback(db);
	CHECK_INT(number(db, "SELECT count(*) FROM item"), 0);
	need(db_begin(db, &err), &err);
	need(add_rows(db, 1, 10, &err), &err);
	db_close(db);
	other = open_new("rollback.db");
	CHECK_INT(number(other, "SELECT count(*) FROM item"), 0);
	db_close(other);
}

/* A child adds 16 MiB, more than is kept in memory, and dies before the
 * commit. */
static void
die_in_transaction(const char *name)
{
	pid_t child = fork();
	int status;
	struct err err = { "" };

	if (child == 0) {
		struct db *db = open_new(name);

		exec(db, "PRAGMA cache_spill = 1");
		need(db_begin(db, &err), &err);
		exec(db, "UPDATE item SET name = 'new'");
		need(add_rows(db, 16, MIB, &err), &err);
		(void)raise(SIGKILL);
	}
	(void)waitpid(child, &status, 0);
	scratch_need(WIFSIGNALED(status), "child");
}

static off_t
size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_size : -1;
}

static void
survives_kill(void)
{
	static const enum db_mode modes[] = { DB_READ, DB_WRITE };
	const char *path = scratch_path("killed.db");
	struct err err = { "" };
	struct db *db = open_new("killed.db");
	off_t size;

	need(add_rows(db, 1, 100, &err), &err);
	db_close(db);
	size = size_of(path);
	for (int i = 0; i < 2; i++) {
		die_in_transaction("killed.db");
		CHECK(size_of(path) > 8L * MIB); /* else it proves nothing */
		CHECK(size_of(scratch_path("killed.db-journal")) > 0);
		db = db_open(path, modes[i], &first, &err);
		if (!CHECK(db != NULL))
			return;
		CHECK_INT(number(db, "SELECT count(*) FROM item"), 1);
		CHECK_INT(number(db, "SELECT name = 'row' FROM item"), 1);
		CHECK_INT(db_check(db, &err), 0);
		db_close(db);
		CHECK_INT(size_of(path), size);
	}
}

/* A child adds a row, and dies where FAULT says; whether the row is there. */
static bool
row_is_there(const char *name, const char *fault)
{
	struct err err = { "" };
	struct db *db = open_new(name);
	int64_t before = number(db, "SELECT count(*) FROM item");
	int64_t after;
	int status;
	pid_t child;

	db_close(db);
	child = fork();
	if (child == 0) {
		db = open_new(name);
		(void)setenv("FAULT", fault, 1);
		need(db_begin(db, &err), &err);
		need(add_rows(db, 1, 10, &err), &err);
		need(db_commit(db, &err), &err);
		_exit(0);
	}
	(void)waitpid(child, &status, 0);
	CHECK(WIFSIGNALED(status));
	db = open_new(name);
	after = number(db, "SELECT count(*) FROM item");
	db_close(db);
	return after == before + 1;
}

static void
commit_is_the_line(void)
{
#ifndef ENABLE_FAULTS
	(void)row_is_there;
	SKIP("configured without --enable-faults");
#else
	CHECK(!row_is_there("line.db", "db.commit.before:1"));
	CHECK(row_is_there("line.db", "db.commit.after:1"));
#endif
}

/* Each makes the file, or upgrades it, or finds it done. */
static void
many_at_once(void)
{
	enum { CHILDREN = 8 };
	const char *path = scratch_path("many.db");
	struct err err = { "" };
	struct db *db;
	int status;

	for (int i = 0; i < CHILDREN; i++)
		if (fork() == 0) {
			db = db_open(path, DB_WRITE,
			    i % 2 == 0 ? &second : &first, &err);
			status = db == NULL &&
			    strstr(err.text, "newer") == NULL;
			db_close(db);
			_exit(status);
		}
	for (int i = 0; i < CHILDREN; i++) {
		(void)wait(&status);
		CHECK_INT(status, 0);
	}
	db = db_open(path, DB_READ, &second, &err);
	CHECK(db != NULL);
	db_close(db);
}

/* A SQLite file of somebody's making. */
static const char *
make_strange(const char *name, const char *sql)
{
	const char *path = scratch_path(name);
	sqlite3 *sqlite;

	scratch_need(sqlite3_open(path, &sqlite) == SQLITE_OK &&
		sqlite3_exec(sqlite, sql, NULL, NULL, NULL) == SQLITE_OK,
	    path);
	(void)sqlite3_close(sqlite);
	return path;
}

static void
refuses_strange_files(void)
{
	const char *no = "is another program's file";

	refuses(make_strange("id.db", "PRAGMA application_id=5"), DB_WRITE,
	    &first, no);
	refuses(make_strange("id2.db",
		    "PRAGMA application_id=5; PRAGMA user_version=1;"),
	    DB_READ, &first, no);
	refuses(make_strange("table.db", "CREATE TABLE notes (text)"), DB_WRITE,
	    &first, no);
	refuses(make_strange("version.db", "PRAGMA user_version=1"), DB_WRITE,
	    &first, no);
	refuses(make_strange("negative.db",
		    "PRAGMA application_id=0x74616c79;"
		    "PRAGMA user_version=-1"),
	    DB_WRITE, &first, no);
	refuses(scratch_write("text.db",
		    slice_str("This is the text of a letter, and no table, and "
			      "it is longer than the head of a file of SQLite, "
			      "which is a hundred bytes.\n")),
	    DB_WRITE, &first, "file is not a database");
}

static void
refuses_strange_kinds(void)
{
	const char *target = scratch_path("target.db");
	const char *link = scratch_path("link.db");

	scratch_need(symlink(target, link) == 0, link);
	refuses(link, DB_WRITE, &first, "is a symbolic link");
	CHECK_INT(size_of(target), -1);
	refuses(scratch_folder, DB_WRITE, &first, "is no regular file");
	scratch_need(mkfifo(scratch_path("fifo"), 0600) == 0, "fifo");
	refuses(scratch_path("fifo"), DB_READ, &first, "is no regular file");
	refuses("", DB_WRITE, &first, "No such file or directory");
}

static void
follows_linked_folders(void)
{
	struct err err = { "" };
	struct db *db;

	scratch_need(mkdir(scratch_path("folder"), 0700) == 0 &&
		symlink("folder", scratch_path("way")) == 0,
	    "way");
	db = db_open(scratch_path("way/a.db"), DB_WRITE, &first, &err);
	CHECK(db != NULL);
	db_close(db);
	CHECK(size_of(scratch_path("folder/a.db")) > 0);
}

/* Names that SQLite knows are names of files here. */
static void
takes_any_name(void)
{
	static const char *const names[] = { ":memory:", "file:x?mode=memory",
		"-a b.db" };
	int folder = open(".", O_RDONLY | O_DIRECTORY);
	struct err err = { "" };

	scratch_need(chdir(scratch_folder) == 0, "chdir");
	for (int i = 0; i < 3; i++) {
		struct db *db = db_open(names[i], DB_WRITE, &first, &err);

		CHECK(db != NULL);
		db_close(db);
		CHECK(size_of(names[i]) > 0);
	}
	scratch_need(fchdir(folder) == 0, "fchdir");
	(void)close(folder);
}

static void
upgrades(void)
{
	const char *path = scratch_path("steps.db");
	struct err err = { "" };
	struct db *db = open_new("steps.db");

	need(add_rows(db, 2, 10, &err), &err);
	db_close(db);
	refuses(path, DB_READ, &second,
	    "was written by an older tallyman (schema 1, this one knows 2)");
	db = db_open(path, DB_WRITE, &second, &err);
	if (!CHECK(db != NULL))
		return;
	CHECK_INT(number(db, "SELECT count(*) FROM item WHERE state = 7"), 2);
	CHECK_INT(number(db, "PRAGMA user_version"), 2);
	db_close(db);
	refuses(path, DB_WRITE, &first,
	    "was written by a newer tallyman (schema 2, this one knows 1)");
	refuses(path, DB_READ, &first,
	    "was written by a newer tallyman (schema 2, this one knows 1)");
	db = db_open(path, DB_READ, &second, &err);
	CHECK(db != NULL);
	db_close(db);
	db = db_open(scratch_path("both.db"), DB_WRITE, &second, &err);
	CHECK(db != NULL); /* both steps at once */
	db_close(db);
}

static void
upgrades_whole_or_not(void)
{
	static const char *const bad[] = { make_items,
		"ALTER TABLE item ADD COLUMN state; CREATE TABLE other (a)",
		"DROP TABLE absent" };
	static const struct db_schema third = { OURS, 3, bad, false };
	const char *path = scratch_path("bad.db");
	struct db *db;

	db_close(open_new("bad.db"));
	refuses(path, DB_WRITE, &third, "no such table: absent");
	db = open_new("bad.db"); /* still of the first schema */
	CHECK_INT(number(db, "SELECT count(*) FROM sqlite_schema"), 1);
	db_close(db);
	refuses(scratch_path("none.db"), DB_WRITE, &third,
	    "no such table: absent");
	db_close(open_new("none.db")); /* still nobody's */
}

static void
reading_makes_nothing(void)
{
	const char *path = scratch_path("missing.db");
	struct err err = { "" };
	struct db *db;

	refuses(path, DB_READ, &first, "No such file or directory");
	CHECK_INT(size_of(path), -1);
	db_close(open_new("read.db"));
	db = db_open(scratch_path("read.db"), DB_READ, &first, &err);
	if (!CHECK(db != NULL))
		return;
	CHECK_INT(db_exec(db, "DELETE FROM item", &err), -1);
	says(&err, scratch_path("read.db"),
	    "attempt to write a readonly database");
	db_close(db);
	path = scratch_write("empty.db", slice_make(NULL, 0));
	refuses(path, DB_READ, &first, "nothing is in it yet");
	CHECK_INT(size_of(path), 0);
}

static void
makes_private_files(void)
{
	static const mode_t masks[] = { 0, 0377 };
	static const char *const names[] = { "open.db", "shut.db" };
	struct err err = { "" };

	for (int i = 0; i < 2; i++) {
		mode_t mask = umask(masks[i]);
		struct db *db = open_new(names[i]);
		char *journal = xasprintf("%s-journal", scratch_path(names[i]));

		(void)umask(mask);
		need(db_begin(db, &err), &err);
		need(add_rows(db, 1, 10, &err), &err);
		CHECK_INT(mode_of(scratch_path(names[i])), 0600);
		CHECK_INT(mode_of(journal), 0600);
		free(journal);
		db_close(db);
	}
}

static void
reclaims(void)
{
	static const struct db_schema schema = { OURS, 1, steps, true };
	const char *path = scratch_path("reclaims.db");
	struct err err = { "" };
	struct db *db = db_open(path, DB_WRITE, &schema, &err);
	off_t size = size_of(path);

	if (!CHECK(db != NULL))
		return;
	CHECK_INT(number(db, "PRAGMA auto_vacuum"), 2);
	need(add_rows(db, 10, 10000, &err), &err);
	exec(db, "DELETE FROM item");
	CHECK(size_of(path) > size);
	exec(db, "PRAGMA incremental_vacuum");
	CHECK_INT(size_of(path), size);
	db_close(db);
	db = open_new("keeps.db");
	CHECK_INT(number(db, "PRAGMA auto_vacuum"), 0);
	db_close(db);
	/* Of a file that is there it stays as it is. */
	db = db_open(scratch_path("keeps.db"), DB_WRITE, &schema, &err);
	CHECK(db != NULL);
	CHECK_INT(number(db, "PRAGMA auto_vacuum"), 0);
	db_close(db);
}

static void
reads_one_instant(void)
{
	struct db *reader = open_new("instant.db");
	struct db *writer = open_new("instant.db");
	struct err err = { "" };

	exec(writer, "PRAGMA busy_timeout = 10");
	need(db_begin_read(reader, &err), &err);
	CHECK_INT(number(reader, "SELECT count(*) FROM item"), 0);
	CHECK_INT(db_exec(writer, "INSERT INTO item (id) VALUES (1)", &err),
	    -1);
	CHECK_INT(number(reader, "SELECT count(*) FROM item"), 0);
	need(db_commit(reader, &err), &err);
	exec(writer, "INSERT INTO item (id) VALUES (1)");
	CHECK_INT(number(reader, "SELECT count(*) FROM item"), 1);
	db_close(writer);
	db_close(reader);
}

/* As another user than root, who may do all. */
static void
be_nobody(bool on)
{
	static uid_t user;

	if (on)
		user = geteuid();
	if (user == 0)
		scratch_need(seteuid(on ? NOBODY : user) == 0, "seteuid");
}

static void
needs_permission(void)
{
	const char *path = scratch_path("locked/a.db");
	const char *folder = scratch_path("locked");
	struct err err = { "" };
	struct db *db;

	scratch_need(mkdir(folder, 0755) == 0, folder);
	scratch_need(chmod(scratch_folder, 0755) == 0, scratch_folder);
	db_close(open_new("locked/a.db"));
	scratch_need(unlink(scratch_path("locked/a.db-journal")) == 0, path);
	scratch_need(chmod(path, 0444) == 0 && chmod(folder, 0555) == 0, path);
	be_nobody(true);
	refuses(scratch_path("locked/new.db"), DB_WRITE, &first,
	    "Permission denied");
	refuses(path, DB_WRITE, &first, "is read-only");
	db = db_open(path, DB_READ, &first, &err);
	CHECK(db != NULL);
	db_close(db);
	be_nobody(false);
	scratch_need(chmod(path, 0666) == 0, path);
	be_nobody(true);
	db = db_open(path, DB_WRITE, &first, &err);
	if (CHECK(db != NULL)) {
		CHECK_INT(db_exec(db, "DELETE FROM item", &err), -1);
		says(&err, path, "attempt to write a readonly database");
	}
	db_close(db);
	be_nobody(false);
	scratch_need(chmod(folder, 0755) == 0, folder);
	scratch_need(chmod(path, 0) == 0, path);
	be_nobody(true);
	refuses(path, DB_READ, &first,
	    "unable to open database file: Permission denied");
	be_nobody(false);
}

/* Files end at so many bytes. */
static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	scratch_need(getrlimit(RLIMIT_FSIZE, &limit) == 0, "getrlimit");
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	scratch_need(setrlimit(RLIMIT_FSIZE, &limit) == 0, "setrlimit");
}

static void
disk_failure(void)
{
	const char *path = scratch_path("failing.db");
	struct db *db = open_new("failing.db");
	struct err err = { "" };
	void (*action)(int) = signal(SIGXFSZ, SIG_IGN);

	need(add_rows(db, 1, 10, &err), &err);
	need(db_begin(db, &err), &err);
	need(add_rows(db, 2, MIB, &err), &err);
	limit_files(MIB);
	CHECK_INT(db_commit(db, &err), -1);
	says(&err, path, "disk I/O error: File too large");
	CHECK_INT(db_commit(db, &err), -1);
	says(&err, path, "cannot commit - no transaction is active");

	/* Within a statement: the cache is too small for what it writes. */
	exec(db, "PRAGMA cache_spill = 1");
	need(db_begin(db, &err), &err);
	CHECK_INT(add_rows(db, 8, MIB, &err), -1);
	says(&err, path, "disk I/O error: File too large");
	limit_files(RLIM_INFINITY);
	CHECK_INT(db_commit(db, &err), -1);
	says(&err, path, "cannot commit - no transaction is active");
	(void)signal(SIGXFSZ, action);

	CHECK_INT(number(db, "SELECT count(*) FROM item"), 1);
	CHECK_INT(db_check(db, &err), 0);
	need(add_rows(db, 1, MIB, &err), &err);
	CHECK_INT(number(db, "SELECT count(*) FROM item"), 2);
	db_close(db);
}

/* The limit of pages is reported as a disk without room is. */
static void
full_disk(void)
{
	struct db *db = open_new("full.db");
	struct err err = { "" };

	exec(db, "PRAGMA max_page_count = 20");
	need(db_begin(db, &err), &err);
	need(add_rows(db, 1, 10, &err), &err);
	CHECK_INT(add_rows(db, 1, MIB, &err), -1);
	says(&err, scratch_path("full.db"), "database or disk is full");
	CHECK_INT(db_commit(db, &err), -1);
	CHECK_INT(number(db, "SELECT count(*) FROM item"), 0);

	/* SQLite itself would undo just this statement, which it can. */
	exec(db, "INSERT INTO item (id) VALUES (1), (2)");
	need(db_begin(db, &err), &err);
	need(add_rows(db, 1, 10, &err), &err);
	CHECK_INT(db_exec(db,
		      "INSERT INTO item (id, body) "
		      "SELECT id + 9, zeroblob(60000) FROM item",
		      &err),
	    -1);
	CHECK_INT(db_commit(db, &err), -1);
	CHECK_INT(number(db, "SELECT count(*) FROM item"), 2);
	db_close(db);
}

static void
waits_for_locks(void)
{
	struct db *writer = open_new("locks.db");
	struct db *other = open_new("locks.db");
	struct err err = { "" };

	exec(other, "PRAGMA busy_timeout = 10");
	need(db_begin(writer, &err), &err);
	CHECK_INT(db_begin(other, &err), -1);
	says(&err, scratch_path("locks.db"), "database is locked");
	need(db_commit(writer, &err), &err);
	need(db_begin(other, &err), &err);
	db_close(other);
	db_close(writer);
}

/* A commit that a reader keeps out is undone. */
static void
commit_undone(void)
{
	struct db *writer = open_new("reader.db");
	struct db *reader = open_new("reader.db");
	struct db_query *query = prepare(reader, "SELECT * FROM sqlite_schema");
	struct err err = { "" };

	exec(writer, "PRAGMA busy_timeout = 10");
	need(db_begin(writer, &err), &err);
	need(add_rows(writer, 1, 10, &err), &err);
	CHECK_INT(db_step(query, &err), 1);
	CHECK_INT(db_commit(writer, &err), -1);
	says(&err, scratch_path("reader.db"), "database is locked");
	db_reset(query);
	CHECK_INT(number(reader, "SELECT count(*) FROM item"), 0);
	need(db_begin(writer, &err), &err);
	need(add_rows(writer, 1, 10, &err), &err);
	need(db_commit(writer, &err), &err);
	CHECK_INT(number(reader, "SELECT count(*) FROM item"), 1);
	db_query_free(query);
	db_close(reader);
	db_close(writer);
}

static void
finds_damage(void)
{
	const char *path = scratch_path("damaged.db");
	struct db *db = db_open(path, DB_WRITE, &second, &(struct err){ "" });
	struct err err = { "" };
	int fd;

	need(add_rows(db, 100, 100, &err), &err);
	CHECK_INT(db_check(db, &err), 0);
	db_close(db);
	fd = open(path, O_WRONLY);
	/* The index by state becomes an empty page: its cells are no more. */
	scratch_need(pwrite(fd, "\n\0\0\0\0\0\0\0", 8, 2L * 4096) == 8, path);
	(void)close(fd);
	db = db_open(path, DB_READ, &second, &err);
	if (!CHECK(db != NULL))
		return;
	CHECK_INT(db_check(db, &err), -1);
	CHECK(slice_starts(slice_str(err.text), path));
	CHECK(strchr(err.text, '\n') == NULL);
	CHECK(strstr(err.text, "***") == NULL);
	db_close(db);
}

static const struct tap_test tests[] = {
	{ "each type comes back as it was set", round_trip },
	{ "rows are kept, a statement runs many times", keeps_rows },
	{ "commits are durable, the schema is not trusted", tells_settings },
	{ "what a statement does wrong is told", statement_errors },
	{ "a transaction ends with its connection", rolls_back },
	{ "after kill -9 within a transaction all is as before it",
	    survives_kill },
	{ "a commit that returned is kept, one not begun is not",
	    commit_is_the_line },
	{ "many may make and upgrade a file at once", many_at_once },
	{ "another program's file is refused", refuses_strange_files },
	{ "so is what is no file", refuses_strange_kinds },
	{ "links to folders are followed", follows_linked_folders },
	{ "any name is the name of a file", takes_any_name },
	{ "an older schema is upgraded, a newer one refused", upgrades },
	{ "an upgrade is done whole or not at all", upgrades_whole_or_not },
	{ "a reader makes and changes nothing", reading_makes_nothing },
	{ "a schema may ask that free pages are given back", reclaims },
	{ "a transaction that reads is of one instant", reads_one_instant },
	{ "files are their owner's alone, whatever the umask",
	    makes_private_files },
	{ "what is not permitted is told", needs_permission },
	{ "a failing disk ends the transaction, and is named", disk_failure },
	{ "a full one too", full_disk },
	{ "one writes, the other waits", waits_for_locks },
	{ "a commit that cannot be done is undone", commit_undone },
	{ "damage is found, and told in a line", finds_damage },
	{ 0 },
};

int
main(void)
{
	int status;

	scratch_make();
	status = tap_run(tests);
	scratch_remove();
	return status;
}
