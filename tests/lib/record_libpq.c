/* SPDX-License-Identifier: MIT */
/*
 * A program that uses libpq in every way that counts, for tests that run it
 * under `tallyman record`. The marks are told of in tests/lib/record.sh. Where
 * the server is libpq finds in the environment.
 *
 * It is linked with two shared objects made of record_helper.c, "own" and
 * "vendor", which call libpq in between.
 */
#define _GNU_SOURCE

#include <libpq-fe.h>
#include <string.h>

#include "record_workers.h"

#include "record_helper.h"

static const char insert[] = "INSERT INTO shop VALUES (1, 'pen')";
static const char find[] = "SELECT name FROM shop WHERE id = $1";
static const char several[] = "UPDATE shop SET name = 'a; DELETE FROM x'; "
			      "BEGIN; DELETE FROM cart; COMMIT; "
			      "UPDATE shop SET id = 2";
static const char quoted[] = "INSERT INTO \"Order item\" VALUES (1)";
static const char *const one[] = { "1" };

static void
done(PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	worker_must(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
		status == PGRES_PIPELINE_SYNC || status == PGRES_COPY_IN ||
		status == PGRES_COPY_OUT,
	    PQresultErrorMessage(result));
	PQclear(result);
}

/* Takes all results of what was sent. */
static void
finish(PGconn *db)
{
	PGresult *result;

	while ((result = PQgetResult(db)) != NULL)
		done(result);
}

static void
sent(PGconn *db, int is_so)
{
	worker_must(is_so == 1, PQerrorMessage(db));
}

static void
make_tables(PGconn *db)
{
	static const char shop[] = "CREATE TEMP TABLE shop (id int, name text)";
	static const char cart[] = "CREATE TEMP TABLE cart (id int)";
	static const char item[] = "CREATE TEMP TABLE \"Order item\" (id int)";

	done(PQexec(db, shop)); /* 1 shop.create */
	done(PQexec(db, cart)); /* 1 cart.create */
	done(PQexec(db, item)); /* 1 Order item.create */
}

static void
insert_one(PGconn *db)
{
	done(PQexec(db, insert)); /* 5 shop.insert */
}

static void
several_at_once(PGconn *db)
{
	done(PQexec(db, several)); /* 6 shop.update 3 cart.delete */
}

static void
within_transaction(PGconn *db)
{
	done(PQexec(db, "BEGIN"));
	done(PQexec(db, quoted)); /* 1 Order item.insert */
	done(PQexec(db, "SAVEPOINT s"));
	done(PQexec(db, "ROLLBACK TO SAVEPOINT s"));
	done(PQexec(db, "COMMIT"));
}

static void
with_params(PGconn *db)
{
	/* 4 shop.select */
	done(PQexecParams(db, find, 1, NULL, one, NULL, NULL, 0));
}

/* Only executing counts, and what a name stands for is told by the connection
 * and the last PREPARE. */
static void
prepared(PGconn *db, PGconn *other)
{
	static const char drop[] = "DELETE FROM cart WHERE id = $1";

	done(PQprepare(db, "get", find, 1, NULL));
	done(PQprepare(other, "get", "SELECT 1", 0, NULL));
	done(PQprepare(db, "", drop, 1, NULL));
	for (int i = 0; i < 6; i++) {
		/* 6 shop.select */
		done(PQexecPrepared(db, "get", 1, one, NULL, NULL, 0));
		/* 6 sql.select */
		done(PQexecPrepared(other, "get", 0, NULL, NULL, NULL, 0));
		/* 6 cart.delete */
		done(PQexecPrepared(db, "", 1, one, NULL, NULL, 0));
	}
	done(PQexec(db, "DEALLOCATE get")); /* 1 sql.deallocate */
	done(PQprepare(db, "get", drop, 1, NULL));
	/* 1 cart.delete */
	done(PQexecPrepared(db, "get", 1, one, NULL, NULL, 0));
}

/* A server forgets what was prepared. */
static void
reset(PGconn *db)
{
	PQreset(db);
	done(PQprepare(db, "get", "SELECT 1 FROM pg_class", 0, NULL));
	/* 1 pg_class.select */
	done(PQexecPrepared(db, "get", 0, NULL, NULL, NULL, 0));
}

static void
failing(PGconn *db)
{
	PGresult *result = PQexec(db, "DELETE FROM none"); /* 1 none.delete */

	worker_must(PQresultStatus(result) == PGRES_FATAL_ERROR, "no table");
	PQclear(result);
}

static void
sending(PGconn *db)
{
	sent(db, PQsendQuery(db, insert)); /* 2 shop.insert */
	finish(db);
	sent(db, PQsendQuery(db, several)); /* 4 shop.update 2 cart.delete */
	finish(db);
	/* 2 shop.select */
	sent(db, PQsendQueryParams(db, find, 1, NULL, one, NULL, NULL, 0));
	sent(db, PQsetSingleRowMode(db));
	while (PQgetResult(db) != NULL)
		continue;
	sent(db, PQsendPrepare(db, "sent", find, 1, NULL));
	finish(db);
	/* 2 shop.select */
	sent(db, PQsendQueryPrepared(db, "sent", 1, one, NULL, NULL, 0));
	finish(db);
	done(PQexec(db, "DEALLOCATE sent")); /* 2 sql.deallocate */
}

static void
pipelining(PGconn *db)
{
	static const char put[] = "INSERT INTO cart VALUES ($1)";

	sent(db, PQenterPipelineMode(db));
	sent(db, PQsendPrepare(db, "put", put, 1, NULL));
	for (int i = 0; i < 9; i++) {
		/* 9 cart.insert */
		sent(db, PQsendQueryPrepared(db, "put", 1, one, NULL, NULL, 0));
	}
	/* 1 shop.select */
	sent(db, PQsendQueryParams(db, find, 1, NULL, one, NULL, NULL, 0));
	sent(db, PQpipelineSync(db));
	for (int i = 0; i < 1 + 9 + 1; i++)
		finish(db);
	done(PQgetResult(db)); /* of the sync */
	sent(db, PQexitPipelineMode(db));
}

static void
copying(PGconn *db)
{
	char *row;

	done(PQexec(db, "COPY shop FROM STDIN")); /* 1 shop.copy */
	for (int i = 0; i < 100; i++)
		sent(db, PQputCopyData(db, "1\tpen\n", 6));
	sent(db, PQputCopyEnd(db, NULL));
	finish(db);
	sent(db, PQsendQuery(db, "COPY shop TO STDOUT")); /* 1 shop.copy_to */
	done(PQgetResult(db));
	while (PQgetCopyData(db, &row, 0) > 0)
		PQfreemem(row);
	finish(db);
}

static void
through_helpers(PGconn *db)
{
	static const char put[] = "INSERT INTO cart VALUES (1)";

	done(own_send(db, put));
	done(vendor_send(db, put)); /* 3 cart.insert */
}

static PGconn *
connected(void)
{
	PGconn *db = PQconnectdb("dbname=postgres");

	worker_must(PQstatus(db) == CONNECTION_OK, PQerrorMessage(db));
	return db;
}

static void
work(void)
{
	PGconn *db = connected();
	PGconn *other = connected();

	make_tables(db);
	for (int i = 0; i < 5; i++)
		insert_one(db);
	for (int i = 0; i < 3; i++)
		several_at_once(db);
	within_transaction(db);
	for (int i = 0; i < 4; i++)
		with_params(db);
	prepared(db, other);
	reset(other);
	PQfinish(other);
	failing(db);
	for (int i = 0; i < 2; i++)
		sending(db);
	pipelining(db);
	copying(db);
	for (int i = 0; i < 3; i++)
		through_helpers(db);
	PQfinish(db);
}

int
main(void)
{
	workers_run(work);
	return 0;
}
