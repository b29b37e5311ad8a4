/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/statement.h"

#include "base/ascii.h"
#include "model/shape.h"
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

static void
read_operations(struct statement_giver *giver, struct slice sql)
{
	struct slice prepared = statement_prepared(sql);

	sql_read(prepared.len > 0 ? prepared : sql, &giver->operations);
}

/* Adds the operations to the source; of a shape seen before they are known.
 * Returns whether they were read. */
static bool
add_operations(struct statement_giver *giver, struct slice sql, bool is_shape)
{
	const struct memo_item *item = is_shape ?
	    memo_find(&giver->shapes, sql, 0) :
	    NULL;
	size_t begin = giver->source.len;

	if (item != NULL) {
		buf_add(&giver->source, item->keys);
		return false;
	}
	read_operations(giver, sql);
	for (size_t i = 0; i < giver->operations.count; i++)
		memo_key_add(&giver->source, giver->operations.items[i]);
	if (is_shape)
		memo_add(&giver->shapes, sql, 0,
		    slice_from(buf_slice(&giver->source), begin), 0);
	return true;
}

static void
add_comment(void *context, struct slice text)
{
	tag_add_comment(text, false, context);
}

/* What names the caller comes first, then all else. */
void
statement_give(struct statement_giver *giver, const struct statement *statement)
{
	const struct reader_events *events = giver->events;
	struct entry entry = {
		.count = statement->weight,
		.stamp = statement->stamp,
		.host = statement->host,
		.text = statement->lines,
	};
	struct slice sql = statement->sql;
	bool is_shape, is_read;
	size_t comments;

	buf_clear(&giver->source);
	is_shape = !giver->shapes.is_resting &&
	    shape_of(sql, &giver->shape, add_comment, &giver->source);
	if (is_shape) {
		sql = buf_slice(&giver->shape);
	} else {
		buf_clear(&giver->source);
		tag_add_comments(sql, &giver->source);
	}
	comments = giver->source.len;
	if (comments == 0) {
		events->no_caller(events->context, statement->lines);
		return;
	}
	memo_key_add(&giver->source, entry.host);
	is_read = add_operations(giver, sql, is_shape);
	entry.source = buf_slice(&giver->source);
	if (events->again != NULL &&
	    events->again(events->context, entry.source, entry.count,
		&entry.stamp))
		return;
	if (!is_read)
		read_operations(giver, sql);
	entry.operations = giver->operations.items;
	entry.operation_count = giver->operations.count;
	buf_clear(&giver->decoded);
	if (tag_find_in(slice_head(entry.source, comments), &giver->decoded,
		&entry.caller))
		events->entry(events->context, &entry);
	else
		events->no_caller(events->context, statement->lines);
}

void
statement_giver_release(struct statement_giver *giver)
{
	memo_release(&giver->shapes);
	buf_release(&giver->shape);
	buf_release(&giver->source);
	buf_release(&giver->decoded);
	sql_operations_release(&giver->operations);
}

unsigned
statement_count(struct slice sql)
{
	struct sql_lexer lexer = { .rest = sql };
	const char *end = slice_chr(sql, ';');
	struct sql_token token;
	bool is_empty = true;
	unsigned count = 0;

	if (end == NULL || end + 1 == sql.ptr + sql.len)
		return 1;
	while ((token = next_token(&lexer)).type != SQL_END) {
		bool ends = sql_token_is_mark(token, ';');

		if (!ends && is_empty)
			count++;
		is_empty = ends;
	}
	return count == 0 ? 1 : count;
}

/* Whether the first word may be one that begins with this small letter, told
 * without the lexer. */
static inline bool
may_begin_with(struct slice sql, char letter)
{
	return sql.len > 0 &&
	    (!ascii_is_letter(sql.ptr[0]) || (sql.ptr[0] | 0x20) == letter);
}

struct slice
statement_prepared(struct slice sql)
{
	struct sql_lexer lexer = { .rest = sql };
	struct sql_token token;
	const struct slice none = { 0 };

	if (!may_begin_with(sql, 'p'))
		return none;
	token = next_token(&lexer);
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

	return may_begin_with(sql, word[0]) &&
	    sql_token_is(next_token(&lexer), word);
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
