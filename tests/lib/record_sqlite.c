/* SPDX-License-Identifier: MIT */
/*
 * A program that uses SQLite in every way that counts, for tests that run it
 * under `tallyman record`. A comment of numbers and operations says how often
 * one thread issues what from that line, or from the next where it stands
 * alone; tests/lib/record.sh reads them.
 */
#define _GNU_SOURCE

#include <sqlite3.h>
#include <string.h>

#include "record_workers.h"

static const char insert[] = "INSERT INTO shop VALUES (1, 'pen')";
static const char several[] = "UPDATE shop SET name = 'ink; DELETE FROM x';"
			      "-- DELETE FROM shop\n"
			      "DELETE FROM cart WHERE id = 7; ;"
			      "UPDATE shop SET name = 'pen'";
static const char within[] = "BEGIN; INSERT INTO cart VALUES (1, 2); "
			     "SAVEPOINT s; RELEASE s; COMMIT";
static const char quoted[] = "INSERT INTO \"Order item\" VALUES (1)";

static void
ok(int code)
{
	worker_must(code == SQLITE_OK, sqlite3_errstr(code));
}

static void
prepared(sqlite3 *db, const char *text, sqlite3_stmt **statement)
{
	ok(sqlite3_prepare_v2(db, text, -1, statement, NULL));
}

static void
make_tables(sqlite3 *db)
{
	static const char shop[] = "CREATE TABLE shop (id int, name text)";
	static const char cart[] = "CREATE TABLE cart (id int UNIQUE, n int)";
	static const char item[] = "CREATE TABLE \"Order item\" (id int)";

	ok(sqlite3_exec(db, shop, NULL, NULL, NULL)); /* 1 shop.create */
	ok(sqlite3_exec(db, cart, NULL, NULL, NULL)); /* 1 cart.create */
	ok(sqlite3_exec(db, item, NULL, NULL, NULL)); /* 1 Order item.create */
}

static void
insert_one(sqlite3 *db)
{
	ok(sqlite3_exec(db, insert, NULL, NULL, NULL)); /* 5 shop.insert */
}

static void
insert_quoted(sqlite3 *db)
{
	/* 2 Order item.insert */
	ok(sqlite3_exec(db, quoted, NULL, NULL, NULL));
}

static void
several_at_once(sqlite3 *db)
{
	/* 6 shop.update 3 cart.delete */
	ok(sqlite3_exec(db, several, NULL, NULL, NULL));
}

static void
within_transaction(sqlite3 *db)
{
	ok(sqlite3_exec(db, within, NULL, NULL, NULL)); /* 1 cart.insert */
	ok(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL));
	ok(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL));
}

/* The program's own code again, called by the library. */
static int
each_row(void *context, int columns, char **values, char **names)
{
	static const char text[] = "UPDATE cart SET n = n + 1";

	(void)columns, (void)values, (void)names;
	ok(sqlite3_exec(context, text, NULL, NULL, NULL)); /* 5 cart.update */
	return 0;
}

static void
exec_rows(sqlite3 *db)
{
	static const char text[] = "SELECT * FROM shop";

	ok(sqlite3_exec(db, text, each_row, db, NULL)); /* 1 shop.select */
}

static void
step_writes(sqlite3 *db)
{
	sqlite3_stmt *statement;

	prepared(db, "INSERT INTO shop VALUES (?, ?)", &statement);
	for (int i = 0; i < 7; i++) {
		ok(sqlite3_bind_int(statement, 1, i));
		sqlite3_step(statement); /* 7 shop.insert */
		ok(sqlite3_reset(statement));
	}
	ok(sqlite3_finalize(statement));
}

/* One execution, however many rows it has; a second begins behind the last
 * row, and a third where a reset cuts the second short. */
static void
step_rows(sqlite3 *db)
{
	sqlite3_stmt *rows;
	int count = 0;

	prepared(db, "SELECT a.id FROM shop AS a, shop AS b", &rows);
	while (sqlite3_step(rows) == SQLITE_ROW) /* 1 shop.select */
		count++;
	sqlite3_step(rows); /* 1 shop.select */
	ok(sqlite3_reset(rows));
	sqlite3_step(rows); /* 1 shop.select */
	sqlite3_step(rows);
	ok(sqlite3_finalize(rows));
	worker_must(count == 12 * 12, "the rows of a join");
}

/* Two statements in turn: one has 12 rows; the other has a row, is done, and
 * begins again: 6 times. */
static void
step_in_turn(sqlite3 *db)
{
	sqlite3_stmt *one;
	sqlite3_stmt *other;

	prepared(db, "SELECT id FROM shop", &one);
	prepared(db, "SELECT id FROM cart", &other);
	while (sqlite3_step(one) == SQLITE_ROW) { /* 1 shop.select */
		sqlite3_step(other);              /* 6 cart.select */
	}
	ok(sqlite3_finalize(one));
	ok(sqlite3_finalize(other));
}

static void
returning(sqlite3 *db)
{
	sqlite3_stmt *rows;

	prepared(db, "INSERT INTO shop VALUES (1, 'a'), (2, 'b') RETURNING id",
	    &rows);
	while (sqlite3_step(rows) == SQLITE_ROW) /* 1 shop.insert */
		continue;
	ok(sqlite3_finalize(rows));
}

/* What was asked for counts, whatever the answer. */
static void
failing(sqlite3 *db)
{
	sqlite3_stmt *statement;

	prepared(db, "INSERT INTO cart VALUES (1, 1)", &statement);
	sqlite3_step(statement); /* 1 cart.insert */
	worker_must(sqlite3_finalize(statement) == SQLITE_CONSTRAINT,
	    "a key that is there");
}

static void
get_table(sqlite3 *db)
{
	static const char text[] = "SELECT name FROM shop ORDER BY id";
	char **cells;

	/* 4 shop.select */
	ok(sqlite3_get_table(db, text, &cells, NULL, NULL, NULL));
	sqlite3_free_table(cells);
}

static void
wide_text(sqlite3 *db)
{
	static const char narrow[] = "DELETE FROM cart WHERE id > 100";
	char wide[2 * sizeof(narrow)] = { 0 };
	sqlite3_stmt *statement;

	for (size_t i = 0; i < sizeof(narrow); i++)
		memcpy(wide + 2 * i, &narrow[i], 1);
	ok(sqlite3_prepare16_v2(db, wide, -1, &statement, NULL));
	sqlite3_step(statement); /* 1 cart.delete */
	ok(sqlite3_finalize(statement));
}

/* What a trigger or a virtual table does is not the program's asking. */
static void
trigger(sqlite3 *db)
{
	static const char text[] = "CREATE TRIGGER t AFTER INSERT ON cart "
				   "BEGIN DELETE FROM shop; END";
	static const char put[] = "INSERT INTO cart VALUES (3, 3)";

	ok(sqlite3_exec(db, text, NULL, NULL, NULL)); /* 1 cart.create */
	ok(sqlite3_exec(db, put, NULL, NULL, NULL));  /* 1 cart.insert */
}

static void
full_text(sqlite3 *db)
{
	static const char make[] = "CREATE VIRTUAL TABLE note USING fts5(text)";
	static const char put[] = "INSERT INTO note VALUES ('a b c')";
	static const char find[] = "SELECT text FROM note WHERE text MATCH 'b'";

	ok(sqlite3_exec(db, make, NULL, NULL, NULL)); /* 1 note.create */
	for (int i = 0; i < 20; i++)
		sqlite3_exec(db, put, NULL, NULL, NULL); /* 20 note.insert */
	ok(sqlite3_exec(db, find, NULL, NULL, NULL));    /* 1 note.select */
}

static void
work(void)
{
	sqlite3 *db;

	ok(sqlite3_open(":memory:", &db));
	make_tables(db);
	for (int i = 0; i < 5; i++)
		insert_one(db);
	for (int i = 0; i < 2; i++)
		insert_quoted(db);
	for (int i = 0; i < 3; i++)
		several_at_once(db);
	within_transaction(db);
	exec_rows(db);
	step_writes(db);
	step_rows(db);
	step_in_turn(db);
	returning(db);
	failing(db);
	for (int i = 0; i < 4; i++)
		get_table(db);
	wide_text(db);
	trigger(db);
	full_text(db);
	ok(sqlite3_close(db));
}

int
main(void)
{
	workers_run(work);
	return 0;
}
