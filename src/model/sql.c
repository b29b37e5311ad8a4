/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/sql.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "model/sqltable.h"
#include "model/sqltoken.h"
#include "model/words.h"

/* What one statement does. */
struct found {
	const char *verb;   /* NULL: nothing that we know */
	const char *kind;   /* where there is no table */
	struct slice table; /* as written; empty: none */
};

struct reader {
	struct sql_lexer lexer;
	struct sql_parts parts;                  /* of a WITH */
	struct found writes[SQL_MOST_PARTS + 1]; /* what each of them does */
	bool has_body; /* it may hold the statements of a function */
	bool in_block; /* END ends no transaction */
};

/* How a statement is read that starts with some word; the lexer is behind
 * that word. */
struct statement {
	const char *word;
	struct found (*read)(struct reader *reader, const char *verb);
	const char *verb; /* where it is not the word */
};

static const struct statement *find_statement(struct sql_token token);

/* Words between CREATE, ALTER or DROP and what is made, changed, dropped. */
static const char *const words_before_object[] = { "@", "algorithm", "bitmap",
	"clustered", "columnstore", "constraint", "definer", "editionable",
	"external", "force", "foreign", "fulltext", "global", "ignore",
	"invoker", "local", "materialized", "merge", "nonclustered", "offline",
	"online", "or", "private", "recursive", "replace", "security",
	"spatial", "sql", "temp", "temporary", "temptable", "transient",
	"undefined", "unique", "unlogged", "virtual" };

/* First words of what may follow, or be a part of, a WITH. */
static const char *const words_of_main[] = { "delete", "insert", "merge",
	"replace", "select", "update", "upsert", "values" };

static struct sql_token
peek(const struct reader *reader)
{
	struct sql_lexer ahead = reader->lexer;

	return sql_next(&ahead);
}

static struct found
found_table(const char *verb, struct slice table)
{
	return (struct found){ .verb = verb, .kind = "sql", .table = table };
}

static struct found
read_plain(struct reader *reader, const char *verb)
{
	(void)reader;
	return found_table(verb, (struct slice){ 0 });
}

static struct found
read_table(struct reader *reader, const char *verb)
{
	return found_table(verb, sql_take_table(&reader->lexer));
}

static struct found
read_query(struct reader *reader, const char *verb)
{
	return found_table(verb,
	    sql_take_source(&reader->lexer, &reader->parts));
}

static struct found
read_change(struct reader *reader, const char *verb)
{
	struct slice name = sql_take_table(&reader->lexer);

	name = sql_resolve_alias(reader->lexer, name);
	return found_table(verb, sql_resolve(&reader->parts, name));
}

/* What an index, trigger or policy is on, or its own name. */
static struct slice
take_owner(struct sql_lexer *lexer)
{
	struct slice own = sql_take_table(lexer);

	return sql_step_behind(lexer, "on") ? sql_take_table(lexer) : own;
}

static struct found
read_definition(struct reader *reader, const char *verb)
{
	struct sql_lexer *lexer = &reader->lexer;
	struct sql_token token;

	do {
		token = sql_next(lexer);
	} while (token.type == SQL_MARK || token.type == SQL_NAME ||
	    WORDS_HAVE(words_before_object, token.text));
	if (sql_token_is(token, "table") || sql_token_is(token, "view") ||
	    sql_token_is(token, "sequence"))
		return found_table(verb, sql_take_table(lexer));
	if (sql_token_is(token, "index") || sql_token_is(token, "policy"))
		return found_table(verb, take_owner(lexer));
	reader->has_body = true;
	if (sql_token_is(token, "trigger"))
		return found_table(verb, take_owner(lexer));
	return read_plain(reader, verb);
}

/* COPY t (a, b) FROM ..., COPY t TO ..., COPY (SELECT ...) TO ... */
static struct found
read_copy(struct reader *reader, const char *verb)
{
	struct slice table;
	struct sql_token token;

	if (sql_token_is_mark(peek(reader), '(')) {
		(void)sql_next(&reader->lexer);
		return found_table("copy_to",
		    sql_take_source(&reader->lexer, &reader->parts));
	}
	table = sql_take_table(&reader->lexer);
	token = sql_next(&reader->lexer);
	if (sql_token_is_mark(token, '(')) {
		(void)sql_take_group(&reader->lexer);
		token = sql_next(&reader->lexer);
	}
	return found_table(sql_token_is(token, "to") ? "copy_to" : verb, table);
}

/* LOAD DATA ... INTO TABLE t, or PostgreSQL's LOAD 'library' */
static struct found
read_load(struct reader *reader, const char *verb)
{
	struct sql_token token = peek(reader);

	if (!sql_token_is(token, "data") && !sql_token_is(token, "xml"))
		return read_plain(reader, verb);
	if (!sql_step_behind(&reader->lexer, "into"))
		return read_plain(reader, "load_data");
	return read_table(reader, "load_data");
}

static struct found
read_transaction(struct reader *reader, const char *verb)
{
	(void)reader;
	return (struct found){ .verb = verb, .kind = "transaction" };
}

/* BEGIN [NOT ATOMIC] starts a transaction, or a block whose first statement
 * counts. */
static struct found
read_begin(struct reader *reader, const char *verb)
{
	const struct statement *statement;

	while (sql_token_is(peek(reader), "begin") ||
	    sql_token_is(peek(reader), "not") ||
	    sql_token_is(peek(reader), "atomic"))
		(void)sql_next(&reader->lexer);
	statement = find_statement(peek(reader));
	if (statement == NULL)
		return read_transaction(reader, verb);
	reader->in_block = true;
	(void)sql_next(&reader->lexer);
	return statement->read(reader, statement->verb);
}

static struct found
read_end(struct reader *reader, const char *verb)
{
	if (reader->in_block)
		return (struct found){ 0 };
	return read_transaction(reader, verb);
}

static bool
is_before_transaction(const struct reader *reader)
{
	struct sql_token token = peek(reader);

	return sql_token_is(token, "transaction") ||
	    sql_token_is(token, "tran");
}

static struct found
read_start(struct reader *reader, const char *verb)
{
	return is_before_transaction(reader) ?
	    read_transaction(reader, "begin") :
	    read_plain(reader, verb);
}

static struct found
read_save(struct reader *reader, const char *verb)
{
	return is_before_transaction(reader) ?
	    read_transaction(reader, "savepoint") :
	    read_plain(reader, verb);
}

static struct found
read_prepare(struct reader *reader, const char *verb)
{
	return is_before_transaction(reader) ? read_transaction(reader, verb) :
					       read_plain(reader, verb);
}

/* What is between the parentheses of a WITH's part; its own name is known
 * already, and without a table, since a recursive one reads itself. Returns
 * its table. */
static struct slice
read_part(struct reader *reader, struct found *writes)
{
	const struct statement *statement;
	struct sql_token token = peek(reader);

	*writes = (struct found){ 0 };
	if (!WORDS_HAVE(words_of_main, token.text) ||
	    sql_token_is(token, "select") || sql_token_is(token, "values"))
		return sql_take_source(&reader->lexer, &reader->parts);
	(void)sql_next(&reader->lexer);
	statement = find_statement(token);
	*writes = statement->read(reader, statement->verb);
	return writes->table;
}

/* Takes "name (columns) AS NOT MATERIALIZED (...)". Parts beyond
 * SQL_MOST_PARTS are read and not kept. */
static void
take_part(struct reader *reader)
{
	struct sql_parts *parts = &reader->parts;
	struct sql_part *part = &parts->items[parts->count];
	struct found *writes = &reader->writes[parts->count];
	struct sql_lexer behind;
	struct sql_token token;

	*part = (struct sql_part){ .name = sql_take_name(&reader->lexer) };
	token = sql_next(&reader->lexer);
	if (sql_token_is_mark(token, '(')) {
		(void)sql_take_group(&reader->lexer);
		token = sql_next(&reader->lexer);
	}
	while (token.type == SQL_WORD)
		token = sql_next(&reader->lexer);
	if (!sql_token_is_mark(token, '('))
		return;
	if (parts->count < SQL_MOST_PARTS)
		parts->count++;
	behind = reader->lexer;
	reader->lexer.rest = sql_take_group(&behind);
	part->table = read_part(reader, writes);
	reader->lexer = behind;
}

static struct found
read_with(struct reader *reader, const char *verb)
{
	const struct statement *statement;
	struct sql_token token;

	(void)verb;
	if (sql_token_is(peek(reader), "recursive"))
		(void)sql_next(&reader->lexer);
	do {
		take_part(reader);
		token = sql_next(&reader->lexer);
	} while (sql_token_is_mark(token, ','));
	while (token.type != SQL_END && !WORDS_HAVE(words_of_main, token.text))
		token = sql_next(&reader->lexer);
	statement = find_statement(token);
	if (statement == NULL)
		return (struct found){ 0 };
	return statement->read(reader, statement->verb);
}

/* Sorted by their words. */
static const struct statement statements[] = {
	{ "abort", read_transaction, "rollback" },
	{ "alter", read_definition, "alter" },
	{ "analyze", read_table, "analyze" },
	{ "attach", read_plain, "attach" },
	{ "begin", read_begin, "begin" },
	{ "call", read_table, "call" },
	{ "check", read_table, "check" },
	{ "checkpoint", read_plain, "checkpoint" },
	{ "checksum", read_table, "checksum" },
	{ "close", read_plain, "close" },
	{ "cluster", read_table, "cluster" },
	{ "comment", read_plain, "comment" },
	{ "commit", read_transaction, "commit" },
	{ "copy", read_copy, "copy" },
	{ "create", read_definition, "create" },
	{ "deallocate", read_plain, "deallocate" },
	{ "declare", read_plain, "declare" },
	{ "delete", read_change, "delete" },
	{ "desc", read_table, "desc" },
	{ "describe", read_table, "describe" },
	{ "detach", read_plain, "detach" },
	{ "discard", read_plain, "discard" },
	{ "do", read_plain, "do" },
	{ "drop", read_definition, "drop" },
	{ "end", read_end, "commit" },
	{ "exec", read_table, "exec" },
	{ "execute", read_plain, "execute" },
	{ "explain", read_plain, "explain" },
	{ "fetch", read_plain, "fetch" },
	{ "flush", read_plain, "flush" },
	{ "grant", read_plain, "grant" },
	{ "insert", read_table, "insert" },
	{ "kill", read_plain, "kill" },
	{ "listen", read_plain, "listen" },
	{ "load", read_load, "load" },
	{ "lock", read_table, "lock" },
	{ "merge", read_table, "merge" },
	{ "move", read_plain, "move" },
	{ "notify", read_plain, "notify" },
	{ "open", read_plain, "open" },
	{ "optimize", read_table, "optimize" },
	{ "pragma", read_plain, "pragma" },
	{ "prepare", read_prepare, "prepare" },
	{ "purge", read_plain, "purge" },
	{ "refresh", read_table, "refresh" },
	{ "reindex", read_table, "reindex" },
	{ "release", read_transaction, "release" },
	{ "rename", read_table, "rename" },
	{ "repair", read_table, "repair" },
	{ "replace", read_table, "replace" },
	{ "reset", read_plain, "reset" },
	{ "revoke", read_plain, "revoke" },
	{ "rollback", read_transaction, "rollback" },
	{ "save", read_save, "save" },
	{ "savepoint", read_transaction, "savepoint" },
	{ "select", read_query, "select" },
	{ "set", read_plain, "set" },
	{ "show", read_plain, "show" },
	{ "start", read_start, "start" },
	{ "truncate", read_table, "truncate" },
	{ "unlisten", read_plain, "unlisten" },
	{ "unlock", read_plain, "unlock" },
	{ "update", read_change, "update" },
	{ "upsert", read_table, "upsert" },
	{ "use", read_plain, "use" },
	{ "vacuum", read_table, "vacuum" },
	{ "values", read_plain, "values" },
	{ "with", read_with, "with" },
	{ "xa", read_transaction, "xa" },
};

/* The statement that starts with this word, or NULL. */
static const struct statement *
find_statement(struct sql_token token)
{
	if (token.type != SQL_WORD)
		return NULL;
	return bsearch(&token.text, statements,
	    sizeof(statements) / sizeof(statements[0]), sizeof(statements[0]),
	    words_compare);
}

/* Adds a table without its quotes, nor comments within. */
static void
add_table(struct buf *buf, struct slice table)
{
	struct sql_lexer lexer = { .rest = table };
	struct sql_token token;

	while ((token = sql_token_next(&lexer)).type != SQL_END)
		if (token.type != SQL_COMMENT)
			sql_token_add_name(buf, token);
}

/* The items lie in names without gaps. */
static void
point_items(struct sql_operations *operations)
{
	const char *ptr = operations->names.ptr;

	for (size_t i = 0; i < operations->count; i++) {
		operations->items[i].ptr = ptr;
		ptr += operations->items[i].len;
	}
}

/* Adds "Kind.verb". Returns whether there is anything to add. */
static bool
add_found(struct buf *buf, struct found found)
{
	size_t begin = buf->len;

	if (found.verb == NULL)
		return false;
	add_table(buf, found.table);
	if (buf->len == begin)
		buf_add_str(buf, found.kind);
	buf_add_char(buf, '.');
	buf_add_str(buf, found.verb);
	return true;
}

/* Adds "Kind.verb" unless it is there. */
static void
add(struct sql_operations *operations, struct found found)
{
	struct buf *names = &operations->names;
	size_t begin = names->len;
	struct slice item;

	if (operations->count == SQL_MOST_OPERATIONS ||
	    !add_found(names, found))
		return;
	point_items(operations);
	item = slice_from(buf_slice(names), begin);
	for (size_t i = 0; i < operations->count; i++) {
		if (slice_compare(operations->items[i], item) == 0) {
			names->len = begin;
			return;
		}
	}
	operations->items[operations->count++] = item;
}

/* The reader is large, so only what must be is set. */
static void
reader_init(struct reader *reader, struct slice text)
{
	reader->lexer = (struct sql_lexer){ .rest = text };
	reader->in_block = false;
}

/* Reads one statement, its parts into reader->writes; brackets may stand
 * before its first word, as in (SELECT ...) UNION ... and {call p()}. */
static struct found
read_statement(struct reader *reader)
{
	const struct statement *statement;
	struct sql_token token;

	reader->parts.count = 0;
	reader->has_body = false;
	do {
		token = sql_next(&reader->lexer);
	} while (
	    sql_token_is_mark(token, '(') || sql_token_is_mark(token, '{'));
	statement = find_statement(token);
	if (statement == NULL)
		return (struct found){ 0 };
	return statement->read(reader, statement->verb);
}

/* Whether what END ends was not begun with BEGIN or CASE. */
static bool
is_end_of_other(const struct reader *reader)
{
	struct sql_token token = peek(reader);

	return sql_token_is(token, "if") || sql_token_is(token, "loop") ||
	    sql_token_is(token, "while") || sql_token_is(token, "repeat") ||
	    sql_token_is(token, "for");
}

/* Steps behind the END of a body, from behind its BEGIN. */
static void
skip_body(struct reader *reader)
{
	struct sql_token last = { 0 };
	struct sql_token token;
	size_t depth = 1;

	for (; depth > 0; last = token) {
		do
			token = sql_token_next(&reader->lexer);
		while (token.type == SQL_COMMENT);
		if (token.type == SQL_END)
			return;
		if (sql_token_is_mark(last, '.'))
			continue;
		if (sql_token_is(token, "end"))
			depth -= !is_end_of_other(reader);
		else if (sql_token_is(token, "begin"))
			depth += !is_before_transaction(reader);
		else if (sql_token_is(token, "case"))
			depth += !sql_token_is(last, "end");
	}
}

/* Steps to the next statement; false when there is none. The statements
 * between BEGIN and END of a function are not executed. */
static bool
next_statement(struct reader *reader)
{
	const struct sql_token none = { 0 };
	struct slice rest = reader->lexer.rest;
	const char *end = slice_chr(rest, ';');
	struct sql_token token;

	if (end == NULL || end + 1 == rest.ptr + rest.len)
		return false;
	do {
		(void)sql_skip(&reader->lexer, SQL_STOP_MARK | SQL_STOP_WORD,
		    none);
		token = sql_next(&reader->lexer);
		if (reader->has_body && sql_token_is(token, "begin")) {
			skip_body(reader);
			reader->has_body = false;
		}
	} while (token.type != SQL_END);
	return sql_token_next(&reader->lexer).type != SQL_END;
}

static void
add_statement(struct sql_operations *operations, struct reader *reader)
{
	add(operations, read_statement(reader));
	for (size_t i = 0; i < reader->parts.count; i++)
		add(operations, reader->writes[i]);
}

/* Adds what the text does where it is one plain query and no more. */
static bool
add_plain_query(struct sql_operations *operations, struct slice text)
{
	struct slice table;

	if (!sql_is_plain_query(text, &table) || slice_chr(text, ';') != NULL)
		return false;
	add(operations, found_table("select", table));
	return true;
}

static void
clear(struct sql_operations *operations)
{
	operations->count = 0;
	buf_clear(&operations->names);
}

void
sql_read(struct slice text, struct sql_operations *operations)
{
	struct reader reader;

	reader_init(&reader, text);
	clear(operations);
	if (add_plain_query(operations, text))
		return;
	do
		add_statement(operations, &reader);
	while (next_statement(&reader));
}

/* Steps over blanks, comments and ';'. False when nothing else is left. */
static bool
skip_empty(struct sql_lexer *lexer)
{
	struct sql_lexer before;
	struct sql_token token;

	do {
		before = *lexer;
		token = sql_token_next(lexer);
	} while (token.type == SQL_COMMENT || sql_token_is_mark(token, ';'));
	if (token.type == SQL_END)
		return false;
	*lexer = before;
	return true;
}

bool
sql_read_next(struct sql_rest *rest, struct sql_operations *operations)
{
	struct slice *text = &rest->lexer.rest;
	struct reader reader;
	bool goes_on = false;

	clear(operations);
	if (!skip_empty(&rest->lexer))
		return false;
	if (!add_plain_query(operations, *text)) {
		reader.lexer = rest->lexer;
		reader.in_block = rest->in_block;
		add_statement(operations, &reader);
		goes_on = next_statement(&reader);
		rest->lexer = reader.lexer;
		rest->in_block = reader.in_block;
	}
	if (!goes_on)
		*text = slice_from(*text, text->len);
	return true;
}

bool
sql_add_first(struct buf *buf, struct slice text)
{
	struct reader reader;
	struct slice table;

	if (sql_is_plain_query(text, &table))
		return add_found(buf, found_table("select", table));
	reader_init(&reader, text);
	do {
		if (add_found(buf, read_statement(&reader)))
			return true;
		for (size_t i = 0; i < reader.parts.count; i++)
			if (add_found(buf, reader.writes[i]))
				return true;
	} while (next_statement(&reader));
	return false;
}

bool
sql_begins(struct slice text)
{
	struct sql_lexer lexer = { .rest = text };
	const struct statement *statement = find_statement(sql_next(&lexer));

	return statement != NULL && statement->read != read_begin &&
	    statement->read != read_with;
}

void
sql_operations_release(struct sql_operations *operations)
{
	buf_release(&operations->names);
	operations->count = 0;
}
