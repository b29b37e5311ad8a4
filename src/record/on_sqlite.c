/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/call.h"

#include <dlfcn.h>
#include <link.h>

/*
 * SQLite. One execution is a step on a statement that is not busy before; what
 * it asks is the statement's own text.
 *
 * sqlite3_exec() prepares and steps through the library's own exported names,
 * so that we see each step it makes, and count it for the caller of the exec.
 * But a library also makes steps of its own: to read the schema (with an exec
 * of its own), to open a virtual table, to look into the tables of a full text
 * index. So only those steps count that return into the code of sqlite3_exec
 * itself, while an exec of the program's is the innermost. sqlite3_get_table()
 * calls sqlite3_exec() in the same way. A row callback or a function of the
 * program that steps a statement is the program, and counts as itself.
 *
 * A library may be linked so that it calls itself past us (-Bsymbolic). Then an
 * exec that went well, or at least came to a step, has shown none; and its text
 * counts as a whole, behind the call.
 */

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
typedef int callback(void *, int, char **, char **);

enum {
	SQLITE_OK = 0,
	SQLITE_ERROR = 1,
	SQLITE_ABORT = 4,
	SQLITE_CONSTRAINT = 19
};

#pragma GCC visibility push(default)
int sqlite3_exec(sqlite3 *db, const char *text, callback *row, void *context,
    char **message);
int sqlite3_get_table(sqlite3 *db, const char *text, char ***result, int *rows,
    int *columns, char **message);
int sqlite3_step(sqlite3_stmt *statement);
#pragma GCC visibility pop

/* The call that is the innermost of exec and get_table in this thread. A copy:
 * the host may leave it by longjmp(3). */
struct inside {
	struct call call;     /* of the program's, that it counts for */
	const char *function; /* the code of the real function */
	size_t size;
	bool seen; /* a call came out of that code */
};

static _Thread_local struct inside inside
    __attribute__((tls_model("initial-exec")));

/* How long a function is; 0 where its symbol does not say. */
static size_t
size_of(void *function)
{
	static _Thread_local struct {
		void *function;
		size_t size;
	} last __attribute__((tls_model("initial-exec")));
	ElfW(Sym) *symbol = NULL;
	Dl_info info;

	if (last.function != function) {
		last.function = function;
		last.size = 0;
		if (dladdr1(function, &info, (void **)&symbol,
			RTLD_DL_SYMENT) != 0 &&
		    symbol != NULL)
			last.size = symbol->st_size;
	}
	return last.size;
}

/* Begins an exec or get_table; returns what it lies in, to be restored. */
static struct inside
enter(const struct call *call)
{
	struct inside outer = inside;

	inside = (struct inside){
		.call = *call,
		.function = call->real,
		.size = size_of(call->real),
	};
	return outer;
}

/* Ends it, and counts the text where no step was seen. */
static void
leave(const struct inside *outer, const char *text, int status)
{
	struct inside mine = inside;

	inside = *outer;
	status &= 0xff;
	if (!mine.seen &&
	    (status == SQLITE_OK || status == SQLITE_ABORT ||
		status == SQLITE_CONSTRAINT))
		call_text(&mine.call, text);
}

/* Whether a call comes out of the code that the thread is inside of. */
static bool
is_from_inside(const struct call *call)
{
	const char *from = call->return_address;

	return inside.function != NULL && from > inside.function &&
	    from <= inside.function + inside.size;
}

/* The call that this one counts for: it itself, or that which it is part of.
 * Which may be one that counts for nothing. */
static struct call
responsible(const struct call *call)
{
	struct call other = *call;

	if (!is_from_inside(call))
		return other;
	inside.seen = true;
	other = inside.call;
	other.real = call->real;
	return other;
}

int
sqlite3_exec(sqlite3 *db, const char *text, callback *row, void *context,
    char **message)
{
	CALL(sqlite3_exec);
	struct inside outer;
	int status;

	if (real == NULL)
		return SQLITE_ERROR;
	call = responsible(&call);
	outer = enter(&call);
	status = real(db, text, row, context, message);
	leave(&outer, text, status);
	return status;
}

int
sqlite3_get_table(sqlite3 *db, const char *text, char ***result, int *rows,
    int *columns, char **message)
{
	CALL(sqlite3_get_table);
	struct inside outer;
	int status;

	if (real == NULL)
		return SQLITE_ERROR;
	outer = enter(&call);
	status = real(db, text, result, rows, columns, message);
	leave(&outer, text, status);
	return status;
}

static bool
is_busy(const struct call *call, sqlite3_stmt *statement)
{
	int (*busy)(sqlite3_stmt *) = (int (*)(sqlite3_stmt *))call_other(call,
	    CALL_sqlite3_stmt_busy);

	return busy == NULL || busy(statement) != 0;
}

static const char *
text_of(const struct call *call, sqlite3_stmt *statement)
{
	const char *(*text)(
	    sqlite3_stmt *) = (const char *(*)(sqlite3_stmt *))call_other(call,
	    CALL_sqlite3_sql);

	return text == NULL ? NULL : text(statement);
}

int
sqlite3_step(sqlite3_stmt *statement)
{
	CALL(sqlite3_step);
	struct call whose = responsible(&call);

	if (whose.counts && statement != NULL && !is_busy(&call, statement))
		call_text(&whose, text_of(&call, statement));
	CALL_RETURN(SQLITE_ERROR, (statement));
}
