/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/sqltable.h"

#include <string.h>
#include <strings.h>

#include "base/ascii.h"
#include "model/words.h"

/* Words that may stand between a statement's first word and its table. */
static const char *const words_before_table[] = { "abort", "all", "analyze",
	"concurrently", "database", "delayed", "exists", "fail", "freeze",
	"from", "full", "high_priority", "if", "ignore", "index", "into",
	"local", "low_priority", "materialized", "no_write_to_binlog", "not",
	"only", "or", "overwrite", "percent", "quick", "replace", "rollback",
	"schema", "table", "tables", "top", "verbose", "view" };

/* Words that are no table's name unless quoted: the table is missing. */
static const char *const words_no_table[] = { "as", "from", "join", "on",
	"select", "set", "using", "values", "when", "where", "with" };

struct sql_token
sql_next(struct sql_lexer *lexer)
{
	struct sql_token token;

	do
		token = sql_token_next(lexer);
	while (token.type == SQL_COMMENT);
	if (sql_token_is_mark(token, ';')) {
		lexer->rest.ptr--;
		lexer->rest.len++;
		token.type = SQL_END;
	}
	return token;
}

struct slice
sql_take_group(struct sql_lexer *lexer)
{
	const char *begin = lexer->rest.ptr;
	const struct sql_token none = { 0 };
	struct sql_token token;
	size_t depth = 1;

	do {
		(void)sql_skip(lexer, SQL_STOP_MARK, none);
		token = sql_next(lexer);
		if (sql_token_is_mark(token, '('))
			depth++;
		else if (sql_token_is_mark(token, ')'))
			depth--;
	} while (depth > 0 && token.type != SQL_END);
	return slice_between(begin, token.text.ptr);
}

static bool
is_number(struct sql_token token)
{
	return token.type == SQL_WORD &&
	    slice_digits(token.text) == token.text.len;
}

static bool
is_name(struct sql_token token)
{
	return token.type == SQL_NAME ||
	    (token.type == SQL_WORD && !is_number(token) &&
		!WORDS_HAVE(words_no_table, token.text));
}

struct slice
sql_take_name(struct sql_lexer *lexer)
{
	struct sql_lexer ahead = *lexer;
	struct sql_token token = sql_next(&ahead);
	struct slice name = { 0 };

	if (!is_name(token))
		return name;
	for (name = token.text;;
	     name = slice_between(name.ptr, token.text.ptr + token.text.len)) {
		*lexer = ahead;
		token = sql_next(&ahead);
		if (!sql_token_is_mark(token, '.'))
			return name;
		while (sql_token_is_mark(token, '.'))
			token = sql_next(&ahead);
		if (token.type != SQL_WORD && token.type != SQL_NAME)
			return name;
	}
}

struct slice
sql_take_table(struct sql_lexer *lexer)
{
	for (;;) {
		struct sql_lexer before = *lexer;
		struct sql_token token = sql_next(lexer);

		if (sql_token_is_mark(token, '(')) {
			(void)sql_take_group(lexer);
		} else if (!is_number(token) &&
		    !WORDS_HAVE(words_before_table, token.text)) {
			*lexer = before;
			return sql_take_name(lexer);
		}
	}
}

/* Whether two names as written are one, but for case and quotes. */
static bool
is_same_name(struct slice a, struct slice b)
{
	struct slice *names[] = { &a, &b };

	for (size_t i = 0; i < 2; i++) {
		struct slice *name = names[i];

		if (name->len >= 2 && strchr("\"`[", name->ptr[0]) != NULL)
			*name = slice_make(name->ptr + 1, name->len - 2);
	}
	return a.len == b.len && a.len > 0 &&
	    strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

struct slice
sql_resolve(const struct sql_parts *parts, struct slice table)
{
	for (size_t i = parts->count; i-- > 0;) {
		if (is_same_name(parts->items[i].name, table))
			return parts->items[i].table;
	}
	return table;
}

/*
 * Where a query's tables are looked for. `level` is the depth of parentheses
 * at which its FROM stands, so that those of EXTRACT(a FROM b) and of
 * subqueries are none; it is one deeper where FROM opens a parenthesis, and
 * up again where that held no table.
 */
struct place {
	long depth;
	long level;
	bool is_due; /* a table may be next */
};

/* Returns whether the token was a parenthesis. */
static bool
follow_parenthesis(struct place *place, struct sql_token token)
{
	if (sql_token_is_mark(token, '(')) {
		place->depth++;
		if (place->is_due)
			place->level = place->depth;
	} else if (sql_token_is_mark(token, ')')) {
		place->depth--;
		if (place->depth < place->level)
			place->level = place->depth;
	} else {
		return false;
	}
	return true;
}

static bool
is_before_source(struct sql_token token)
{
	return sql_token_is(token, "only") || sql_token_is(token, "lateral") ||
	    sql_token_is(token, "table");
}

/* Nothing but names, numbers, functions, and words that are neither FROM nor
 * JOIN, which their first letters tell. */
static bool
is_plain_list(struct slice list)
{
	char quote = '\0';
	bool in_word = false;
	size_t depth = 0;

	for (size_t i = 0; i < list.len; i++) {
		char c = list.ptr[i];
		bool is_letter = ascii_is_alnum(c) || c == '_';

		if (is_letter && !in_word && quote == '\0' &&
		    ((c | 0x20) == 'f' || (c | 0x20) == 'j'))
			return false;
		in_word = is_letter;
		if (is_letter)
			continue;
		if (c == quote)
			quote = '\0';
		else if (quote == '\0' && (c == '"' || c == '`'))
			quote = c;
		else if (quote == '\0' && c == '(')
			depth++;
		else if (quote == '\0' && c == ')' && depth > 0)
			depth--;
		else if (c != ' ' && c != '.' && c != ',' && c != '*')
			return false;
	}
	return quote == '\0' && depth == 0;
}

/* Whether nothing here belongs to the name before it. */
static bool
is_behind_name(struct slice text)
{
	return text.len == 0 ||
	    (text.len > 1 && text.ptr[0] == ' ' &&
		ascii_is_letter(text.ptr[1]));
}

bool
sql_is_plain_query(struct slice text, struct slice *table)
{
	static const char select[] = "SELECT ";
	static const char from[] = " FROM ";
	struct slice list;
	const char *at;
	size_t len = 0;
	char quote;

	if (!slice_starts(text, select))
		return false;
	text = slice_from(text, strlen(select));
	at = slice_chr(text, 'F');
	if (at == NULL || at - text.ptr < 2)
		return false;
	list = slice_between(text.ptr, at - 1);
	text = slice_between(at - 1, text.ptr + text.len);
	/* DISTINCT FROM and a.FROM are something else. */
	if (!slice_starts(text, from) || strchr("\"`*)", at[-2]) == NULL ||
	    !is_plain_list(list))
		return false;
	text = slice_from(text, strlen(from));
	if (text.len == 0 || (text.ptr[0] != '"' && text.ptr[0] != '`'))
		return false;
	quote = text.ptr[0];
	text = slice_from(text, 1);
	while (len < text.len &&
	    (ascii_is_alnum(text.ptr[len]) || text.ptr[len] == '_'))
		len++;
	*table = slice_head(text, len);
	text = slice_from(text, len);
	return len > 0 && slice_take_char(&text, quote) && is_behind_name(text);
}

struct slice
sql_take_source(struct sql_lexer *lexer, const struct sql_parts *parts)
{
	struct place place = { 0 };
	struct sql_lexer before;
	struct sql_token last = { 0 };
	struct sql_token token;
	struct slice table = { 0 };

	for (; table.len == 0; last = token) {
		if (!place.is_due)
			last = sql_skip(lexer, SQL_STOP_MARK | SQL_STOP_WORD,
			    last);
		before = *lexer;
		token = sql_next(lexer);
		if (token.type == SQL_END)
			break;
		if (follow_parenthesis(&place, token) ||
		    place.depth != place.level || sql_token_is_mark(last, '.'))
			continue;
		if (sql_token_is(token, "from") ||
		    sql_token_is(token, "join")) {
			place.is_due = !sql_token_is(last, "distinct");
		} else if (place.is_due && !is_before_source(token)) {
			place.is_due = false;
			*lexer = before;
			table = sql_resolve(parts, sql_take_name(lexer));
		}
	}
	return table;
}

bool
sql_step_behind(struct sql_lexer *lexer, const char *word)
{
	struct sql_lexer ahead = *lexer;
	struct sql_token token;

	do {
		token = sql_next(&ahead);
		if (sql_token_is_mark(token, '('))
			(void)sql_take_group(&ahead);
		if (token.type == SQL_END)
			return false;
	} while (!sql_token_is(token, word));
	*lexer = ahead;
	return true;
}

struct slice
sql_resolve_alias(struct sql_lexer lexer, struct slice name)
{
	const struct sql_token none = { 0 };
	struct sql_token token;

	do {
		struct slice table = { 0 };

		(void)sql_skip(&lexer,
		    SQL_STOP_MARK | SQL_STOP_COMMA | SQL_STOP_WORD, none);
		token = sql_next(&lexer);
		if (sql_token_is_mark(token, '('))
			(void)sql_take_group(&lexer);
		else if (sql_token_is(token, "from") ||
		    sql_token_is(token, "using") ||
		    sql_token_is(token, "join") ||
		    sql_token_is_mark(token, ','))
			table = sql_take_table(&lexer);
		if (table.len > 0) {
			struct sql_lexer ahead = lexer;

			if (sql_token_is(sql_next(&ahead), "as"))
				lexer = ahead;
			if (is_same_name(sql_take_name(&lexer), name))
				return table;
		}
	} while (token.type != SQL_END);
	return name;
}
