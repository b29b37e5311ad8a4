/* SPDX-License-Identifier: MIT */
/*
 * Any text: what is read of it is a list of different "Kind.verb" that lie in
 * its own memory, and Rails' operation is the first of them. Read statement by
 * statement it is gone through once, up to its end, and gives the same. So does
 * its shape, if it has one.
 */
#include "config.h"

#include <stdlib.h>

#include "fuzz.h"
#include "model/operation.h"
#include "model/shape.h"
#include "model/sql.h"

static void
check(bool held)
{
	if (!held)
		abort();
}

static void
check_item(const struct sql_operations *operations, size_t i)
{
	struct slice item = operations->items[i];
	const char *begin = operations->names.ptr;

	check(item.ptr >= begin &&
	    item.ptr + item.len <= begin + operations->names.len);
	check(operation_kind(item).len > 0);
	check(operation_verb(item).len > 0);
	for (size_t j = 0; j < i; j++)
		check(!slice_equal(item, operations->items[j]));
}

/* Steps through `of`, which holds what a statement does unless it was there. */
static void
check_statement(const struct sql_operations *statement,
    const struct sql_operations *of, size_t *seen)
{
	for (size_t i = 0; i < statement->count; i++) {
		struct slice item = statement->items[i];
		size_t at = 0;

		check_item(statement, i);
		while (at < of->count && !slice_equal(of->items[at], item))
			at++;
		check(at < of->count ? at <= *seen :
				       of->count == SQL_MOST_OPERATIONS);
		*seen += at == *seen && at < of->count;
	}
}

static void
check_one_by_one(struct slice text, const struct sql_operations *of)
{
	struct sql_rest rest = { .lexer = { .rest = text } };
	const struct slice *left = &rest.lexer.rest;
	struct sql_operations operations = { 0 };
	const char *end = text.ptr + text.len;
	const char *from = text.ptr;
	size_t seen = 0;

	while (sql_read_next(&rest, &operations)) {
		check(left->ptr > from && left->ptr + left->len == end);
		from = left->ptr;
		check_statement(&operations, of, &seen);
	}
	check(left->len == 0 && left->ptr + left->len == end);
	check(operations.count == 0);
	check(seen == of->count);
	sql_operations_release(&operations);
}

static void
check_same(const struct sql_operations *a, const struct sql_operations *b)
{
	check(a->count == b->count);
	for (size_t i = 0; i < a->count; i++)
		check(slice_equal(a->items[i], b->items[i]));
}

static void
check_shape(struct slice text)
{
	struct sql_operations operations = { 0 };
	struct sql_operations of_shape = { 0 };
	struct sql_rest rest = { .lexer = { .rest = text } };
	struct sql_rest of = { 0 };
	struct buf shape = { 0 };
	bool more = shape_of(text, &shape, NULL, NULL);

	of.lexer.rest = buf_slice(&shape);
	while (more) {
		more = sql_read_next(&rest, &operations);
		check(sql_read_next(&of, &of_shape) == more);
		check_same(&operations, &of_shape);
	}
	buf_release(&shape);
	sql_operations_release(&of_shape);
	sql_operations_release(&operations);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	struct sql_operations operations = { 0 };
	struct buf buf = { 0 };

	sql_read(text, &operations);
	check(operations.count <= SQL_MOST_OPERATIONS);
	for (size_t i = 0; i < operations.count; i++)
		check_item(&operations, i);
	check_one_by_one(text, &operations);
	check_shape(text);
	operation_add_rails(&buf, slice_str("SQL"), text);
	check(operations.count == 0 ?
		buf.len == 0 :
		slice_equal(buf_slice(&buf), operations.items[0]));
	buf_release(&buf);
	sql_operations_release(&operations);
	return 0;
}
