/* SPDX-License-Identifier: MIT */
/*
 * statements WAY COUNT: issues a block of so many statements for each line that
 * it reads, and prints the CPU time of one, in nanoseconds: of all threads of
 * this process, and no server's. So record.sh has two of them take turns, one
 * with and one without `tallyman record`. With 1 it issues just that, and ends.
 * Where the PostgreSQL server is libpq finds in the environment; SQLite is in
 * memory.
 */
#define _GNU_SOURCE

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static PGconn *conn;
static sqlite3 *db;
static sqlite3_stmt *insert;

static void
must(int well, const char *message)
{
	if (well)
		return;
	(void)fprintf(stderr, "statements: %s\n", message);
	exit(2);
}

/* --- PostgreSQL. */

static void
done(PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	must(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK,
	    PQresultErrorMessage(result));
	PQclear(result);
}

static void
open_postgres(void)
{
	conn = PQconnectdb("dbname=postgres");
	must(PQstatus(conn) == CONNECTION_OK, PQerrorMessage(conn));
	done(PQexec(conn, "CREATE TEMP TABLE item (id int, name text)"));
	done(PQexec(conn, "INSERT INTO item VALUES (7, 'pen')"));
	done(PQprepare(conn, "find", "SELECT name FROM item WHERE id = $1", 0,
	    NULL));
	done(PQexec(conn, "CREATE TEMP TABLE sale (id int, name text)"));
}

static void
exec_same(unsigned i)
{
	(void)i;
	done(PQexec(conn, "SELECT name FROM item WHERE id = 7"));
}

static void
exec_changing(unsigned i)
{
	char text[80];

	(void)snprintf(text, sizeof(text),
	    "INSERT INTO sale (id, name) VALUES (%u, 'customer %u')", i, i * 7);
	done(PQexec(conn, text));
}

static void
exec_params(unsigned i)
{
	static const char *const values[] = { "7" };

	(void)i;
	done(PQexecParams(conn, "SELECT name FROM item WHERE id = $1", 1, NULL,
	    values, NULL, NULL, 0));
}

static void
exec_prepared(unsigned i)
{
	static const char *const values[] = { "7" };

	(void)i;
	done(PQexecPrepared(conn, "find", 1, values, NULL, NULL, 0));
}

/* --- SQLite. */

static void
open_sqlite(void)
{
	must(sqlite3_open(":memory:", &db) == SQLITE_OK, "open");
	must(sqlite3_exec(db, "CREATE TABLE sale (id int, name text)", NULL,
		 NULL, NULL) == SQLITE_OK,
	    sqlite3_errmsg(db));
	must(sqlite3_prepare_v2(db, "INSERT INTO sale VALUES (?, 'pen')", -1,
		 &insert, NULL) == SQLITE_OK,
	    sqlite3_errmsg(db));
}

static void
step(unsigned i)
{
	(void)sqlite3_bind_int(insert, 1, (int)i);
	must(sqlite3_step(insert) == SQLITE_DONE, sqlite3_errmsg(db));
	(void)sqlite3_reset(insert);
}

static void
exec_sqlite(unsigned i)
{
	char text[80];

	(void)snprintf(text, sizeof(text),
	    "INSERT INTO sale VALUES (%u, 'customer %u')", i, i * 7);
	must(sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK,
	    sqlite3_errmsg(db));
}

/* --- Measuring. */

static const struct way {
	const char *name;
	void (*open)(void);
	void (*issue)(unsigned i);
} ways[] = {
	{ "PQexec", open_postgres, exec_same },
	{ "PQexec-changing", open_postgres, exec_changing },
	{ "PQexecParams", open_postgres, exec_params },
	{ "PQexecPrepared", open_postgres, exec_prepared },
	{ "sqlite3_step", open_sqlite, step },
	{ "sqlite3_exec-changing", open_sqlite, exec_sqlite },
};

static const struct way *
find_way(const char *name)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, name) == 0)
			return &ways[i];
	must(0, "there is no such way");
	return NULL;
}

static double
cpu_ns(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double
measure(const struct way *way, unsigned count)
{
	static unsigned issued;
	double began = cpu_ns();

	for (unsigned i = 0; i < count; i++)
		way->issue(++issued); /* never the same twice */
	return (cpu_ns() - began) / count;
}

int
main(int argc, char **argv)
{
	unsigned count = argc == 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	const struct way *way;
	char line[16];

	must(count > 0, "usage: statements WAY COUNT");
	way = find_way(argv[1]);
	way->open();
	way->issue(0); /* the first one costs more */
	while (count > 1 && fgets(line, sizeof(line), stdin) != NULL) {
		(void)printf("%.1f\n", measure(way, count));
		(void)fflush(stdout);
	}
	return 0;
}
