/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/call.h"

#include <string.h>

#include "model/sqltoken.h"
#include "record/prepared.h"

/*
 * libpq. A statement counts when it is sent, whether its answer is waited for
 * or not; COPY when it begins.
 */

typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
typedef unsigned Oid;

#pragma GCC visibility push(default)
PGresult *PQexec(PGconn *conn, const char *text);
PGresult *PQexecParams(PGconn *conn, const char *text, int count,
    const Oid *types, const char *const *values, const int *lengths,
    const int *formats, int result_format);
PGresult *PQexecPrepared(PGconn *conn, const char *name, int count,
    const char *const *values, const int *lengths, const int *formats,
    int result_format);
void PQfinish(PGconn *conn);
PGresult *PQprepare(PGconn *conn, const char *name, const char *text, int count,
    const Oid *types);
void PQreset(PGconn *conn);
int PQresetStart(PGconn *conn);
int PQsendPrepare(PGconn *conn, const char *name, const char *text, int count,
    const Oid *types);
int PQsendQuery(PGconn *conn, const char *text);
int PQsendQueryParams(PGconn *conn, const char *text, int count,
    const Oid *types, const char *const *values, const int *lengths,
    const int *formats, int result_format);
int PQsendQueryPrepared(PGconn *conn, const char *name, int count,
    const char *const *values, const int *lengths, const int *formats,
    int result_format);
#pragma GCC visibility pop

/* A name as PQprepare() has it: without quotes; else in lower case. */
static void
forget_name(const PGconn *conn, struct sql_token token)
{
	struct slice text = token.text;
	char name[64]; /* PostgreSQL cuts longer ones */

	if (token.type == SQL_NAME && text.len > 1)
		text = slice_make(text.ptr + 1, text.len - 2);
	if (text.len >= sizeof(name))
		return;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (token.type == SQL_WORD && c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		name[i] = c;
	}
	name[text.len] = '\0';
	prepared_remove(conn, name);
}

/* DEALLOCATE [PREPARE] name or ALL. Drivers that name each statement anew end
 * it so, and would fill the memory otherwise. */
static void
forget_deallocated(const PGconn *conn, const char *text)
{
	struct sql_lexer lexer = { .rest = slice_make(text, strlen(text)) };
	struct sql_token token = sql_token_next(&lexer);

	if (!sql_token_is(token, "deallocate"))
		return;
	token = sql_token_next(&lexer);
	if (sql_token_is(token, "prepare"))
		token = sql_token_next(&lexer);
	if (sql_token_is(token, "all"))
		prepared_forget(conn);
	else if (token.type == SQL_WORD || token.type == SQL_NAME)
		forget_name(conn, token);
}

static void
count_text(const struct call *call, const PGconn *conn, const char *text)
{
	if (!call->counts || text == NULL)
		return;
	call_text(call, text);
	if (text[0] == 'D' || text[0] == 'd')
		forget_deallocated(conn, text);
}

static void
keep(const struct call *call, const PGconn *conn, const char *name,
    const char *text)
{
	if (call->counts && text != NULL)
		call_prepare(call, conn, name, text, strlen(text));
}

PGresult *
PQexec(PGconn *conn, const char *text)
{
	CALL(PQexec);

	count_text(&call, conn, text);
	CALL_RETURN(NULL, (conn, text));
}

PGresult *
PQexecParams(PGconn *conn, const char *text, int count, const Oid *types,
    const char *const *values, const int *lengths, const int *formats,
    int result_format)
{
	CALL(PQexecParams);

	count_text(&call, conn, text);
	CALL_RETURN(NULL,
	    (conn, text, count, types, values, lengths, formats,
		result_format));
}

PGresult *
PQexecPrepared(PGconn *conn, const char *name, int count,
    const char *const *values, const int *lengths, const int *formats,
    int result_format)
{
	CALL(PQexecPrepared);

	call_prepared(&call, conn, name);
	CALL_RETURN(NULL,
	    (conn, name, count, values, lengths, formats, result_format));
}

void
PQfinish(PGconn *conn)
{
	CALL(PQfinish);

	prepared_forget(conn);
	CALL_VOID((conn));
}

PGresult *
PQprepare(PGconn *conn, const char *name, const char *text, int count,
    const Oid *types)
{
	CALL(PQprepare);

	keep(&call, conn, name, text);
	CALL_RETURN(NULL, (conn, name, text, count, types));
}

void
PQreset(PGconn *conn)
{
	CALL(PQreset);

	prepared_forget(conn);
	CALL_VOID((conn));
}

int
PQresetStart(PGconn *conn)
{
	CALL(PQresetStart);

	prepared_forget(conn);
	CALL_RETURN(0, (conn));
}

int
PQsendPrepare(PGconn *conn, const char *name, const char *text, int count,
    const Oid *types)
{
	CALL(PQsendPrepare);

	keep(&call, conn, name, text);
	CALL_RETURN(0, (conn, name, text, count, types));
}

int
PQsendQuery(PGconn *conn, const char *text)
{
	CALL(PQsendQuery);

	count_text(&call, conn, text);
	CALL_RETURN(0, (conn, text));
}

int
PQsendQueryParams(PGconn *conn, const char *text, int count, const Oid *types,
    const char *const *values, const int *lengths, const int *formats,
    int result_format)
{
	CALL(PQsendQueryParams);

	count_text(&call, conn, text);
	CALL_RETURN(0,
	    (conn, text, count, types, values, lengths, formats,
		result_format));
}

int
PQsendQueryPrepared(PGconn *conn, const char *name, int count,
    const char *const *values, const int *lengths, const int *formats,
    int result_format)
{
	CALL(PQsendQueryPrepared);

	call_prepared(&call, conn, name);
	CALL_RETURN(0,
	    (conn, name, count, values, lengths, formats, result_format));
}
