/* SPDX-License-Identifier: MIT */
#ifndef RECORD_CALL_H
#define RECORD_CALL_H

/*
 * A call that stands between the program and a client library. on_sqlite.c,
 * on_libpq.c and on_mysql.c define the libraries' own names:
 *
 *	PGresult *
 *	PQexec(PGconn *conn, const char *text)
 *	{
 *		CALL(PQexec);
 *
 *		call_text(&call, text);
 *		CALL_RETURN(NULL, (conn, text));
 *	}
 *
 * The real function is the one that the calling module would have got without
 * us, so that its calls of one library never go to two copies of it: what
 * dlsym(3) finds by RTLD_NEXT, else from the calling module; for functions with
 * symbol versions (MySQL's) the other way round, since a version chooses among
 * copies. Python loads its drivers RTLD_LOCAL, so that RTLD_NEXT alone finds
 * nothing for them. The library that a real function was found in is never
 * unloaded.
 *
 * A call from inside the client library counts as nothing. So does one that
 * returns to us: some functions end in a jump to another of their library's
 * (mysql_query in mysql_real_query), and that finds the return address into the
 * first one's wrapper. So no wrapper itself ends in a jump to the real function
 * (CALL_RETURN). errno is as the real function leaves it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/module.h"

/* Every function that is stood before, or needed of a client library. */
enum call_function {
	CALL_sqlite3_exec,
	CALL_sqlite3_get_table,
	CALL_sqlite3_step,
	CALL_sqlite3_sql,
	CALL_sqlite3_stmt_busy,
	CALL_PQexec,
	CALL_PQexecParams,
	CALL_PQexecPrepared,
	CALL_PQfinish,
	CALL_PQprepare,
	CALL_PQreset,
	CALL_PQresetStart,
	CALL_PQsendPrepare,
	CALL_PQsendQuery,
	CALL_PQsendQueryParams,
	CALL_PQsendQueryPrepared,
	CALL_mariadb_stmt_execute_direct, /* from here on: MySQL's */
	CALL_mariadb_stmt_execute_direct_start,
	CALL_mysql_query,
	CALL_mysql_query_start,
	CALL_mysql_real_query,
	CALL_mysql_real_query_nonblocking,
	CALL_mysql_real_query_start,
	CALL_mysql_send_query,
	CALL_mysql_send_query_start,
	CALL_mysql_stmt_close,
	CALL_mysql_stmt_close_start,
	CALL_mysql_stmt_execute,
	CALL_mysql_stmt_execute_start,
	CALL_mysql_stmt_prepare,
	CALL_mysql_stmt_prepare_start,
	CALL_FUNCTIONS
};

struct call {
	struct module *module; /* of the caller; NULL: none */
	const void *return_address;
	const void *frame; /* of the function that stands between */
	void *real;        /* NULL: there is none */
	bool counts;       /* not from inside a client library */
};

struct call call_begin(enum call_function function, const void *return_address,
    const void *frame);

/* Another function of the same client library, as the caller sees it. */
void *call_other(const struct call *call, enum call_function function);

/* Begins the function of that name: declares `call`, and `real`, which may be
 * NULL. */
#define CALL(name)                                                    \
	struct call call = call_begin(CALL_##name,                    \
	    __builtin_return_address(0), __builtin_frame_address(0)); \
	__typeof__(name) *real = (__typeof__(name) *)call.real

/* Calls the real function, and returns what it does; failure where there is
 * none. The empty asm behind the call keeps it from being a jump. */
#define CALL_RETURN(failure, arguments)         \
	do {                                    \
		__typeof__(real arguments) got; \
		if (real != NULL)               \
			got = real arguments;   \
		else                            \
			got = failure;          \
		__asm__ volatile("");           \
		return got;                     \
	} while (0)

#define CALL_VOID(arguments)            \
	do {                            \
		if (real != NULL)       \
			real arguments; \
		__asm__ volatile("");   \
	} while (0)

/* Counts what the text says, for the caller, if the call counts. A NULL text
 * counts as nothing. */
void call_text(const struct call *call, const char *text);
void call_text_n(const struct call *call, const char *text, size_t len);

/* Keeps what a text asks, as a statement of a handle; a NULL name is the empty
 * one. In a call that doesn't count it does nothing. */
void call_prepare(const struct call *call, const void *handle, const char *name,
    const char *text, size_t len);

/* Counts what a statement asks that was prepared so; one that was not is
 * counted as lost. */
void call_prepared(const struct call *call, const void *handle,
    const char *name);

#endif
