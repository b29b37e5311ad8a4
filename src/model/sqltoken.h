/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SQLTOKEN_H
#define MODEL_SQLTOKEN_H

/*
 * The words of a SQL text, whichever of PostgreSQL, MySQL, SQLite, SQL Server
 * or Oracle wrote it. What one of them quotes in a way of its own is told
 * from the others as far as a text can tell:
 *
 *	'it''s'  'it\'s'  $$body$$  $tag$body$tag$     strings
 *	"a ""b"" c"  `a`  [a b]                        names
 *	-- or "# " to the end of the line, and C's     comments, not nested
 *
 * MySQL's conditional comments, those that start with an exclamation mark,
 * are executed: their inside is read as if it were none. A backslash escapes
 * in MySQL's strings and is a plain byte in the others': it is taken for an
 * escape until that leaves a string open at the end of the text.
 *
 * Pure, linear in the text, any bytes. A lexer is a value: a copy of it reads
 * ahead.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

enum sql_token_type {
	SQL_END,
	SQL_WORD, /* letters, digits, _ $ # @, and bytes beyond ASCII */
	SQL_NAME, /* in quotes; MySQL also has strings in double quotes */
	SQL_STRING,
	SQL_COMMENT,
	SQL_MARK /* any other byte, one by one */
};

struct sql_token {
	enum sql_token_type type;
	struct slice text; /* of the lexer's text, quotes included */
	bool is_cut;       /* the text ended before the closing quote */
};

/* Start it as { .rest = text }. */
struct sql_lexer {
	struct slice rest;
	bool backslash_is_plain;
	bool in_conditional; /* inside a conditional comment */
	bool behind_word;    /* a '[' here is no quote: ARRAY[a] */
};

struct sql_token sql_token_next(struct sql_lexer *lexer);

/* The same, but all tokens are dropped except comments and the end. */
struct sql_token sql_comment_next(struct sql_lexer *lexer);

/* Where sql_skip() stops. */
enum sql_stop {
	SQL_STOP_MARK = 32,  /* at ( ) and ; */
	SQL_STOP_COMMA = 64, /* at a comma */
	SQL_STOP_WORD = 128  /* at words that begin with b, d, f, j or u */
};

/*
 * Steps over all words, names, strings and marks but for these; it may stop
 * before any other token. Returns the last one stepped over, the given one
 * where there is none.
 */
struct sql_token sql_skip(struct sql_lexer *lexer, unsigned stops,
    struct sql_token last);

/* Whether it is this unquoted word, in any case. */
static inline bool
sql_token_is(struct sql_token token, const char *word)
{
	return token.type == SQL_WORD && token.text.len == strlen(word) &&
	    slice_is_nocase(token.text, word);
}

static inline bool
sql_token_is_mark(struct sql_token token, char mark)
{
	return token.type == SQL_MARK && token.text.ptr[0] == mark;
}

/* Adds a word as it is, a quoted name without its quotes. */
void sql_token_add_name(struct buf *buf, struct sql_token token);

#endif
