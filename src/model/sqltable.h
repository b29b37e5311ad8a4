/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SQLTABLE_H
#define MODEL_SQLTABLE_H

/*
 * Where a SQL statement names its table. These take tokens from a lexer that
 * stands somewhere in a statement and never step over its end, a ';' outside
 * of quotes. A table is a slice of the text, quotes included, and empty where
 * there is none. Pure; what is said of a text that is no SQL is harmless.
 */

#include <stdbool.h>

#include "base/slice.h"
#include "model/sqltoken.h"

enum { SQL_MOST_PARTS = 32 };

/* The named parts of a WITH and the table that each reads or writes, such
 * that "x" in WITH x AS (SELECT * FROM users) is users. */
struct sql_parts {
	struct sql_part {
		struct slice name;
		struct slice table;  /* may be empty */
	} items[SQL_MOST_PARTS + 1]; /* one to spare */
	size_t count;
};

/* The next token but comments. ';' is the end, before which the lexer stays;
 * the token's text is there too. */
struct sql_token sql_next(struct sql_lexer *lexer);

/* With the lexer behind a '(', steps behind its ')' and returns what is
 * between them: without one, all of the statement. */
struct slice sql_take_group(struct sql_lexer *lexer);

/* Steps behind a word at this depth of parentheses. Returns false when it is
 * not there, and stays. */
bool sql_step_behind(struct sql_lexer *lexer, const char *word);

/* Takes a.b.c; stays, and gives nothing, when no name is next. */
struct slice sql_take_name(struct sql_lexer *lexer);

/* Takes the name behind words such as INTO, TABLE, IF EXISTS, (options). */
struct slice sql_take_table(struct sql_lexer *lexer);

/* Takes the first table behind FROM or JOIN in a query, which the lexer is
 * within, and resolves it. */
struct slice sql_take_source(struct sql_lexer *lexer,
    const struct sql_parts *parts);

/*
 * The table of a query of the plainest kind, such as SELECT "a"."b" FROM "a"
 * WHERE, told without reading it word by word. False: that it takes.
 */
bool sql_is_plain_query(struct slice text, struct slice *table);

/* The table itself, or that of the part of this name. */
struct slice sql_resolve(const struct sql_parts *parts, struct slice table);

/*
 * The table that an UPDATE or DELETE calls by its alias: "users" in UPDATE u
 * SET ... FROM users u, and in DELETE u FROM orders o JOIN users AS u. The
 * name itself where it is no alias. The lexer is behind the name.
 */
struct slice sql_resolve_alias(struct sql_lexer lexer, struct slice name);

#endif
