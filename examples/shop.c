/* SPDX-License-Identifier: MIT */
/*
 * A program that knows nothing of tallyman, and asks SQLite:
 *
 *	cc -g -o shop shop.c -lsqlite3
 *	tallyman record -o shop.log -- ./shop
 *	tallyman scan shop.log
 */
#include <sqlite3.h>
#include <stdio.h>

static int
sell(sqlite3 *db, int items)
{
	sqlite3_stmt *insert;
	int done = 0;

	if (sqlite3_prepare_v2(db, "INSERT INTO sales (item) VALUES (?)", -1,
		&insert, NULL) != SQLITE_OK)
		return 0;
	for (int item = 0; item < items; item++) {
		sqlite3_bind_int(insert, 1, item);
		done += sqlite3_step(insert) == SQLITE_DONE;
		sqlite3_reset(insert);
	}
	sqlite3_finalize(insert);
	return done;
}

int
main(void)
{
	sqlite3 *db;
	int done;

	if (sqlite3_open(":memory:", &db) != SQLITE_OK)
		return 1;
	sqlite3_exec(db, "CREATE TABLE sales (item INTEGER)", NULL, NULL, NULL);
	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	done = sell(db, 40);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(db);
	printf("%d sold\n", done);
	return 0;
}
