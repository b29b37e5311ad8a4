/* SPDX-License-Identifier: MIT */
/*
 * Any text: what is read of it is a list of different "Kind.verb" that lie in
 * its own memory, and Rails' operation is the first of them.
 */
#include "config.h"

#include <stdlib.h>

#include "fuzz.h"
#include "model/operation.h"
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
	operation_add_rails(&buf, slice_str("SQL"), text);
	check(operations.count == 0 ?
		buf.len == 0 :
		slice_equal(buf_slice(&buf), operations.items[0]));
	buf_release(&buf);
	sql_operations_release(&operations);
	return 0;
}
