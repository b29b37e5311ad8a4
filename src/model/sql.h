/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SQL_H
#define MODEL_SQL_H

/*
 * What a SQL text does, without parsing SQL: the words that matter are found
 * by a scanner that steps over strings, comments, quoted names, dollar quotes
 * and parentheses. PostgreSQL, MySQL, SQLite, SQL Server and Oracle write
 * them alike. Pure.
 *
 * The kind is the table as written, its quotes taken off, its schema kept
 * ("shop"."users" is shop.users); for a query the first table behind FROM,
 * looked for inside the parentheses where FROM opens one. The verb is the
 * statement's first word in lower case: select, insert, update, delete,
 * replace, merge, truncate, create, drop, alter, lock, call, copy (into a
 * table; copy_to out of it), load_data ... BEGIN, START TRANSACTION, COMMIT,
 * END, ROLLBACK, SAVEPOINT, RELEASE, PREPARE TRANSACTION and the like have the
 * kind "transaction" (transaction.begin, .commit, .rollback, .savepoint,
 * .release). What names no table (SELECT 1, SET, SHOW, PRAGMA, EXPLAIN) has
 * the kind "sql": sql.select, sql.set. A WITH has the verb and table of its
 * main statement, and behind it one operation more for each of its parts that
 * writes; a part's name stands for the table that the part reads.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"
#include "model/sqltoken.h"

enum { SQL_MOST_OPERATIONS = 32 };

/* Up to 32 operations of one text, as "Kind.verb", in order, each once. The
 * slices are of names, valid until the next sql_read() with it. */
struct sql_operations {
	struct slice items[SQL_MOST_OPERATIONS];
	size_t count;
	struct buf names;
};

/* Reads a text of one or several statements. Start *operations as { 0 };
 * the count is 0 when nothing in it looks like a statement. */
void sql_read(struct slice text, struct sql_operations *operations);
void sql_operations_release(struct sql_operations *operations);

/*
 * The same one statement at a time: what is left of a text, in linear time
 * whatever it is. Start it as { .lexer = { .rest = text } }.
 *
 * A statement ends at a ';' outside of quotes and comments. Those of a body,
 * between CREATE TRIGGER (or PROCEDURE, FUNCTION) ... BEGIN and its END, are
 * part of that CREATE and are not read, for it does not execute them; a body
 * without an END goes on to the end of the text.
 */
struct sql_rest {
	struct sql_lexer lexer;
	bool in_block; /* an END ends no transaction */
};

/* Takes the next statement and reads it alone, as sql_read() does. Blanks,
 * comments and ';' are no statement; anything else is one, and has a count of
 * 0 when it does not look like it. False when none is left. */
bool sql_read_next(struct sql_rest *rest, struct sql_operations *operations);

/* Adds the first operation alone. Returns whether there is one. */
bool sql_add_first(struct buf *buf, struct slice text);

/* Whether the first word makes a statement of the text, whatever follows.
 * False where that takes a closer look. */
bool sql_begins(struct slice text);

#endif
