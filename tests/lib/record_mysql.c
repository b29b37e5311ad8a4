/* SPDX-License-Identifier: MIT */
/*
 * A program that uses libmariadb in every way that counts, for tests that run
 * it under `tallyman record`. The marks are told of in tests/lib/record.sh.
 * The server is at MARIADB_PORT of this host for odd threads, and at the socket
 * MARIADB_SOCKET for the others.
 */
#define _GNU_SOURCE

#include <mysql.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "record_workers.h"

static const char insert[] = "INSERT INTO shop VALUES (1, 'pen')";
static const char several[] = "UPDATE shop SET name = 'a; DELETE FROM x'; "
			      "BEGIN; DELETE FROM cart; COMMIT; "
			      "UPDATE shop SET id = 2";
static const char quoted[] = "INSERT INTO `Order item` VALUES (1)";

static void
ok(MYSQL *db, int status)
{
	worker_must(status == 0, mysql_error(db));
}

/* Takes all results of what was sent. */
static void
finish(MYSQL *db)
{
	do {
		mysql_free_result(mysql_store_result(db));
	} while (mysql_next_result(db) == 0);
	ok(db, mysql_errno(db) != 0);
}

static void
make_tables(MYSQL *db)
{
	static const char shop[] = "CREATE TEMPORARY TABLE shop (id int, "
				   "name text)";
	static const char cart[] = "CREATE TEMPORARY TABLE cart (id int)";
	static const char item[] = "CREATE TEMPORARY TABLE `Order item` "
				   "(id int)";

	ok(db, mysql_query(db, shop)); /* 1 shop.create */
	ok(db, mysql_query(db, cart)); /* 1 cart.create */
	ok(db, mysql_query(db, item)); /* 1 Order item.create */
}

static void
insert_one(MYSQL *db)
{
	ok(db, mysql_query(db, insert)); /* 5 shop.insert */
}

static void
several_at_once(MYSQL *db)
{
	ok(db, mysql_query(db, several)); /* 6 shop.update 3 cart.delete */
	finish(db);
}

/* Only so many bytes are the text; what is behind them is not. */
static void
by_length(MYSQL *db)
{
	static const char text[] = "SELECT * FROM shop; DELETE FROM none";

	ok(db, mysql_real_query(db, text, 18)); /* 4 shop.select */
	finish(db);
}

static void
within_transaction(MYSQL *db)
{
	ok(db, mysql_autocommit(db, 0));
	ok(db, mysql_query(db, "START TRANSACTION"));
	ok(db, mysql_query(db, quoted)); /* 1 Order item.insert */
	ok(db, mysql_commit(db));
	ok(db, mysql_query(db, "BEGIN"));
	ok(db, mysql_rollback(db));
	ok(db, mysql_autocommit(db, 1));
}

static void
failing(MYSQL *db)
{
	int status = mysql_query(db, "DELETE FROM none"); /* 1 none.delete */

	worker_must(status != 0, "no table");
}

static void
sending(MYSQL *db)
{
	/* 2 shop.insert */
	ok(db, mysql_send_query(db, insert, strlen(insert)));
	ok(db, mysql_read_query_result(db));
	finish(db);
}

static void
drain(MYSQL_STMT *statement)
{
	while (mysql_stmt_fetch(statement) == 0)
		continue;
	mysql_stmt_free_result(statement);
}

/* Only executing counts, and a handle may be prepared anew. */
static void
prepared(MYSQL *db)
{
	static const char put[] = "INSERT INTO cart VALUES (3)";
	static const char find[] = "SELECT id FROM cart; DROP TABLE none";
	MYSQL_STMT *other = mysql_stmt_init(db);
	MYSQL_STMT *statement = mysql_stmt_init(db);

	ok(db, mysql_stmt_prepare(other, insert, strlen(insert)));
	ok(db, mysql_stmt_prepare(statement, put, strlen(put)));
	for (int i = 0; i < 7; i++) {
		ok(db, mysql_stmt_execute(statement)); /* 7 cart.insert */
		ok(db, mysql_stmt_execute(other));     /* 7 shop.insert */
	}
	ok(db, mysql_stmt_prepare(statement, find, 19));
	ok(db, mysql_stmt_execute(statement)); /* 1 cart.select */
	drain(statement);
	ok(db, mysql_stmt_close(statement));
	ok(db, mysql_stmt_close(other));
}

/* Many rows of parameters: one execution. */
static void
in_bulk(MYSQL *db)
{
	static const char put[] = "INSERT INTO cart VALUES (?)";
	unsigned rows = 3;
	int ids[] = { 1, 2, 3 };
	MYSQL_BIND bind = { .buffer_type = MYSQL_TYPE_LONG, .buffer = ids };
	MYSQL_STMT *statement = mysql_stmt_init(db);

	ok(db, mysql_stmt_prepare(statement, put, strlen(put)));
	ok(db, mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &rows));
	ok(db, mysql_stmt_bind_param(statement, &bind));
	ok(db, mysql_stmt_execute(statement)); /* 1 cart.insert */
	ok(db, mysql_stmt_close(statement));
}

static void
prepared_at_once(MYSQL *db)
{
	static const char put[] = "INSERT INTO cart VALUES (4)";
	MYSQL_STMT *statement = mysql_stmt_init(db);

	/* 1 cart.insert */
	ok(db, mariadb_stmt_execute_direct(statement, put, strlen(put)));
	for (int i = 0; i < 2; i++)
		ok(db, mysql_stmt_execute(statement)); /* 2 cart.insert */
	ok(db, mysql_stmt_close(statement));
}

/* Waits as the library asks. */
static int
waited(MYSQL *db, int wanted)
{
	struct pollfd fd = { .fd = mysql_get_socket(db) };

	if ((wanted & MYSQL_WAIT_READ) != 0)
		fd.events |= POLLIN;
	if ((wanted & MYSQL_WAIT_WRITE) != 0)
		fd.events |= POLLOUT;
	worker_must(poll(&fd, 1, 10000) == 1, "an answer in time");
	return (fd.revents & POLLIN ? MYSQL_WAIT_READ : 0) |
	    (fd.revents & POLLOUT ? MYSQL_WAIT_WRITE : 0);
}

static void
without_waiting(MYSQL *db)
{
	size_t len = strlen(insert);
	int code;
	int wait;

	/* 1 shop.insert */
	wait = mysql_real_query_start(&code, db, insert, len);
	while (wait != 0)
		wait = mysql_real_query_cont(&code, db, waited(db, wait));
	ok(db, code);
	wait = mysql_query_start(&code, db, insert); /* 1 shop.insert */
	while (wait != 0)
		wait = mysql_query_cont(&code, db, waited(db, wait));
	ok(db, code);
}

static void
prepared_without_waiting(MYSQL *db)
{
	static const char put[] = "UPDATE cart SET id = 5";
	MYSQL_STMT *statement = mysql_stmt_init(db);
	my_bool closed;
	int code;
	int wait;

	wait = mysql_stmt_prepare_start(&code, statement, put, strlen(put));
	while (wait != 0)
		wait = mysql_stmt_prepare_cont(&code, statement,
		    waited(db, wait));
	ok(db, code);
	wait = mysql_stmt_execute_start(&code, statement); /* 1 cart.update */
	while (wait != 0)
		wait = mysql_stmt_execute_cont(&code, statement,
		    waited(db, wait));
	ok(db, code);
	wait = mysql_stmt_close_start(&closed, statement);
	while (wait != 0)
		wait = mysql_stmt_close_cont(&closed, statement,
		    waited(db, wait));
	ok(db, closed);
}

static unsigned
port(void)
{
	const char *digits = getenv("MARIADB_PORT");

	return digits == NULL ? 0 : (unsigned)strtoul(digits, NULL, 10);
}

static MYSQL *
connected(void)
{
	static atomic_uint connections;
	bool by_port = atomic_fetch_add(&connections, 1) % 2 == 1;
	MYSQL *db = mysql_init(NULL);

	mysql_options(db, MYSQL_OPT_NONBLOCK, NULL);
	mysql_options(db, MYSQL_INIT_COMMAND, "SET @before = 1");
	worker_must(mysql_real_connect(db, by_port ? "127.0.0.1" : NULL, "root",
			NULL, "test", port(),
			by_port ? NULL : getenv("MARIADB_SOCKET"),
			CLIENT_MULTI_STATEMENTS) != NULL,
	    mysql_error(db));
	return db;
}

static void
work(void)
{
	MYSQL *db = connected();

	make_tables(db);
	for (int i = 0; i < 5; i++)
		insert_one(db);
	for (int i = 0; i < 3; i++)
		several_at_once(db);
	for (int i = 0; i < 4; i++)
		by_length(db);
	within_transaction(db);
	failing(db);
	for (int i = 0; i < 2; i++)
		sending(db);
	prepared(db);
	in_bulk(db);
	prepared_at_once(db);
	without_waiting(db);
	prepared_without_waiting(db);
	mysql_close(db);
	mysql_thread_end();
}

int
main(void)
{
	if (mysql_library_init(0, NULL, NULL) != 0)
		return 2;
	workers_run(work);
	return 0;
}
