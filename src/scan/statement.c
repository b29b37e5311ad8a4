/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/statement.h"

#include "model/sqltoken.h"

static struct sql_token
next_token(struct sql_lexer *lexer)
{
	struct sql_token token;

	do
		token = sql_token_next(lexer);
	while (token.type == SQL_COMMENT);
	return token;
}

void
statement_give(struct statement_giver *giver, const struct statement *statement)
{
	const struct reader_events *events = giver->events;
	struct slice prepared = statement_prepared(statement->sql);
	struct entry entry = {
		.count = statement->weight,
		.stamp = statement->stamp,
		.host = statement->host,
		.text = statement->lines,
	};

	buf_clear(&giver->decoded);
	if (!tag_find(statement->sql, &giver->decoded, &entry.caller)) {
		events->no_caller(events->context, statement->lines);
		return;
	}
	sql_read(prepared.len > 0 ? prepared : statement->sql,
	    &giver->operations);
	entry.operations = giver->operations.items;
	entry.operation_count = giver->operations.count;
	events->entry(events->context, &entry);
}

void
statement_giver_release(struct statement_giver *giver)
{
	buf_release(&giver->decoded);
	sql_operations_release(&giver->operations);
}

unsigned
statement_count(struct slice sql)
{
	struct sql_lexer lexer = { .rest = sql };
	struct sql_token token;
	bool is_empty = true;
	unsigned count = 0;

	if (slice_chr(sql, ';') == NULL)
		return 1;
	while ((token = next_token(&lexer)).type != SQL_END) {
		bool ends = sql_token_is_mark(token, ';');

		if (!ends && is_empty)
			count++;
		is_empty = ends;
	}
	return count == 0 ? 1 : count;
}

struct slice
statement_prepared(struct slice sql)
{
	struct sql_lexer lexer = { .rest = sql };
	struct sql_token token = next_token(&lexer);
	const struct slice none = { 0 };

	if (!sql_token_is(token, "prepare"))
		return none;
	token = next_token(&lexer);
	if (sql_token_is(token, "transaction"))
		return none;
	while (token.type != SQL_END && !sql_token_is(token, "as"))
		token = next_token(&lexer);
	return lexer.rest;
}

bool
statement_begins(struct slice sql, const char *word)
{
	struct sql_lexer lexer = { .rest = sql };

	return sql_token_is(next_token(&lexer), word);
}

/* The digits at the front as a number, at most `most` of them; *unit becomes
 * ten to their number. */
static double
take_digits(struct slice *text, size_t most, double *unit)
{
	size_t digits = slice_digits(*text);
	double value = 0;

	*unit = 1;
	for (size_t i = 0; i < digits && i < most; i++) {
		value = value * 10 + (text->ptr[i] - '0');
		*unit *= 10;
	}
	*text = slice_from(*text, digits);
	return value;
}

double
statement_take_duration(struct slice *text)
{
	double unit;
	double whole = take_digits(text, 18, &unit);
	double fraction;

	if (!slice_starts(*text, "."))
		return whole;
	*text = slice_from(*text, 1);
	fraction = take_digits(text, 9, &unit);
	return whole + fraction / unit;
}
