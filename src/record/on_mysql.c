/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/call.h"

#include <string.h>

#include "record/prepared.h"

/*
 * MariaDB's and MySQL's client libraries, whose functions have the same names.
 * What is begun by a function *_start of MariaDB's is counted there; what goes
 * on with it (*_cont) is not stood before. MySQL's mysql_real_query_nonblocking
 * is called again and again until it is done: it counts when it begins, and the
 * connection is remembered as if it had a prepared statement until it ends.
 */

typedef struct st_mysql MYSQL;
typedef struct st_mysql_stmt MYSQL_STMT;
typedef char my_bool;

/* enum net_async_status */
enum { NET_ASYNC_NOT_READY = 1, NET_ASYNC_ERROR = 2 };

#pragma GCC visibility push(default)
int mariadb_stmt_execute_direct(MYSQL_STMT *statement, const char *text,
    size_t len);
int mariadb_stmt_execute_direct_start(int *result, MYSQL_STMT *statement,
    const char *text, size_t len);
int mysql_query(MYSQL *mysql, const char *text);
int mysql_query_start(int *result, MYSQL *mysql, const char *text);
int mysql_real_query(MYSQL *mysql, const char *text, unsigned long len);
int mysql_real_query_nonblocking(MYSQL *mysql, const char *text,
    unsigned long len);
int mysql_real_query_start(int *result, MYSQL *mysql, const char *text,
    unsigned long len);
int mysql_send_query(MYSQL *mysql, const char *text, unsigned long len);
int mysql_send_query_start(int *result, MYSQL *mysql, const char *text,
    unsigned long len);
my_bool mysql_stmt_close(MYSQL_STMT *statement);
int mysql_stmt_close_start(my_bool *result, MYSQL_STMT *statement);
int mysql_stmt_execute(MYSQL_STMT *statement);
int mysql_stmt_execute_start(int *result, MYSQL_STMT *statement);
int mysql_stmt_prepare(MYSQL_STMT *statement, const char *text,
    unsigned long len);
int mysql_stmt_prepare_start(int *result, MYSQL_STMT *statement,
    const char *text, unsigned long len);
#pragma GCC visibility pop

/* What the functions *_start do when nothing is to be waited for. */
static int
fail(int *result)
{
	*result = 1;
	return 0;
}

/* MariaDB's length of a text that ends at its NUL is -1. */
static size_t
length(const char *text, unsigned long len)
{
	return text != NULL && len == (unsigned long)-1 ? strlen(text) : len;
}

static void
keep(const struct call *call, const MYSQL_STMT *statement, const char *text,
    unsigned long len)
{
	call_prepare(call, statement, NULL, text, length(text, len));
}

int
mariadb_stmt_execute_direct(MYSQL_STMT *statement, const char *text, size_t len)
{
	CALL(mariadb_stmt_execute_direct);

	keep(&call, statement, text, len);
	call_text_n(&call, text, length(text, len));
	CALL_RETURN(1, (statement, text, len));
}

int
mariadb_stmt_execute_direct_start(int *result, MYSQL_STMT *statement,
    const char *text, size_t len)
{
	CALL(mariadb_stmt_execute_direct_start);

	keep(&call, statement, text, len);
	call_text_n(&call, text, length(text, len));
	CALL_RETURN(fail(result), (result, statement, text, len));
}

int
mysql_query(MYSQL *mysql, const char *text)
{
	CALL(mysql_query);

	call_text(&call, text);
	CALL_RETURN(1, (mysql, text));
}

int
mysql_query_start(int *result, MYSQL *mysql, const char *text)
{
	CALL(mysql_query_start);

	call_text(&call, text);
	CALL_RETURN(fail(result), (result, mysql, text));
}

int
mysql_real_query(MYSQL *mysql, const char *text, unsigned long len)
{
	CALL(mysql_real_query);

	call_text_n(&call, text, length(text, len));
	CALL_RETURN(1, (mysql, text, len));
}

int
mysql_real_query_nonblocking(MYSQL *mysql, const char *text, unsigned long len)
{
	CALL(mysql_real_query_nonblocking);
	static const struct asked nothing = { .count = 0 };
	struct asked asked;
	bool goes_on = prepared_find(mysql, "", &asked);
	int status;

	if (!goes_on)
		call_text_n(&call, text, len);
	status = real == NULL ? NET_ASYNC_ERROR : real(mysql, text, len);
	if (status != NET_ASYNC_NOT_READY)
		prepared_remove(mysql, "");
	else if (!goes_on)
		prepared_add(mysql, "", &nothing);
	return status;
}

int
mysql_real_query_start(int *result, MYSQL *mysql, const char *text,
    unsigned long len)
{
	CALL(mysql_real_query_start);

	call_text_n(&call, text, length(text, len));
	CALL_RETURN(fail(result), (result, mysql, text, len));
}

int
mysql_send_query(MYSQL *mysql, const char *text, unsigned long len)
{
	CALL(mysql_send_query);

	call_text_n(&call, text, length(text, len));
	CALL_RETURN(1, (mysql, text, len));
}

int
mysql_send_query_start(int *result, MYSQL *mysql, const char *text,
    unsigned long len)
{
	CALL(mysql_send_query_start);

	call_text_n(&call, text, length(text, len));
	CALL_RETURN(fail(result), (result, mysql, text, len));
}

my_bool
mysql_stmt_close(MYSQL_STMT *statement)
{
	CALL(mysql_stmt_close);

	prepared_remove(statement, "");
	CALL_RETURN(1, (statement));
}

int
mysql_stmt_close_start(my_bool *result, MYSQL_STMT *statement)
{
	CALL(mysql_stmt_close_start);

	prepared_remove(statement, "");
	if (real == NULL)
		*result = 1;
	CALL_RETURN(0, (result, statement));
}

int
mysql_stmt_execute(MYSQL_STMT *statement)
{
	CALL(mysql_stmt_execute);

	call_prepared(&call, statement, NULL);
	CALL_RETURN(1, (statement));
}

int
mysql_stmt_execute_start(int *result, MYSQL_STMT *statement)
{
	CALL(mysql_stmt_execute_start);

	call_prepared(&call, statement, NULL);
	CALL_RETURN(fail(result), (result, statement));
}

int
mysql_stmt_prepare(MYSQL_STMT *statement, const char *text, unsigned long len)
{
	CALL(mysql_stmt_prepare);

	keep(&call, statement, text, len);
	CALL_RETURN(1, (statement, text, len));
}

int
mysql_stmt_prepare_start(int *result, MYSQL_STMT *statement, const char *text,
    unsigned long len)
{
	CALL(mysql_stmt_prepare_start);

	keep(&call, statement, text, len);
	CALL_RETURN(fail(result), (result, statement, text, len));
}
