/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/csvcolumns.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/csv.h"
#include "fetch/query.h"
#include "fetch/summary.h"

enum kind { COLUMN_ID, COLUMN_FETCHED_AT, COLUMN_STATUS, COLUMN_QUERY };

struct column {
	char *name;
	enum kind kind;
	struct query *query; /* of COLUMN_QUERY */
};

struct csvcolumns {
	struct column *items;
	size_t count;
	size_t room;
	bool needs_body;
	struct buf cell; /* scratch */
};

/* --- The list. */

static size_t end_of_string(struct slice s, size_t i);

/* Where the first stop outside brackets and strings is; s.len for none. */
static size_t
find_end(struct slice s, char stop)
{
	size_t depth = 0;
	size_t i = 0;

	while (i < s.len && (depth > 0 || s.ptr[i] != stop)) {
		char c = s.ptr[i++];

		if (c == '(' || c == '[' || c == '{')
			depth++;
		else if ((c == ')' || c == ']' || c == '}') && depth > 0)
			depth--;
		else if (c == '"')
			i = end_of_string(s, i);
	}
	return i;
}

/* Where the string that began before i has ended. It may hold "\(...)", an
 * expression that may hold strings. */
static size_t
end_of_string(struct slice s, size_t i)
{
	while (i < s.len) {
		char c = s.ptr[i++];

		if (c == '"')
			break;
		if (c != '\\' || i == s.len)
			continue;
		if (s.ptr[i++] == '(')
			i += find_end(slice_from(s, i), ')');
	}
	return i;
}

static int
set_query(struct column *column, struct slice expression, struct err *err)
{
	char *text = xmemdup(expression.ptr, expression.len);

	column->kind = COLUMN_QUERY;
	column->query = query_new(text, err);
	free(text);
	return column->query == NULL ? err_wrap(err, "%s", column->name) : 0;
}

/* One of the list, without blanks around it. */
static int
read_column(struct csvcolumns *columns, struct slice text, struct err *err)
{
	static const char *const names[] = { "id", "fetched_at", "status" };
	const char *equals = slice_chr(text, '=');
	struct slice name = text;
	struct column *column;

	if (equals != NULL)
		name = slice_trim(slice_between(text.ptr, equals));
	if (name.len == 0)
		return err_set(err, "a column without a name");
	xgrow(&columns->items, &columns->room, columns->count + 1,
	    sizeof(*columns->items));
	column = &columns->items[columns->count++];
	*column = (struct column){ .name = xmemdup(name.ptr, name.len) };
	if (equals != NULL) {
		columns->needs_body = true;
		return set_query(column,
		    slice_from(text, (size_t)(equals - text.ptr) + 1), err);
	}
	for (int i = COLUMN_ID; i < COLUMN_QUERY; i++) {
		column->kind = (enum kind)i;
		if (slice_is(name, names[i]))
			return 0;
	}
	return err_set(err,
	    "'%s' is neither id, fetched_at nor status; write NAME=EXPRESSION",
	    column->name);
}

struct csvcolumns *
csvcolumns_new(const char *list, struct err *err)
{
	struct csvcolumns *columns = xcalloc(1, sizeof(*columns));
	struct slice rest = slice_str(list);
	int status;

	for (;;) {
		size_t len = find_end(rest, ',');

		status = read_column(columns, slice_trim(slice_head(rest, len)),
		    err);
		if (status != 0 || len == rest.len)
			break;
		rest = slice_from(rest, len + 1);
	}
	if (status == 0)
		return columns;
	csvcolumns_free(columns);
	return NULL;
}

void
csvcolumns_free(struct csvcolumns *columns)
{
	if (columns == NULL)
		return;
	for (size_t i = 0; i < columns->count; i++) {
		query_free(columns->items[i].query);
		free(columns->items[i].name);
	}
	free(columns->items);
	buf_release(&columns->cell);
	free(columns);
}

/* --- Rows. */

void
csvcolumns_add_header(const struct csvcolumns *columns, struct buf *row)
{
	for (size_t i = 0; i < columns->count; i++)
		csv_add(row, slice_str(columns->items[i].name), i == 0, false);
	csv_end(row);
}

/* The first result, in the cell; empty where it failed. */
static int
run_query(const struct column *column, const struct query_value *value,
    struct buf *cell, struct err *err)
{
	if (value == NULL)
		return 0; /* said once for the row */
	query_start(column->query, value);
	if (query_next(column->query, cell, NULL, err) >= 0)
		return 0;
	buf_clear(cell);
	return err_wrap(err, "%s", column->name);
}

static int
fill_cell(const struct column *column, const struct archive_item *item,
    const struct query_value *value, struct buf *cell, struct err *err)
{
	buf_clear(cell);
	switch (column->kind) {
	case COLUMN_ID:
		buf_add(cell, item->id);
		break;
	case COLUMN_FETCHED_AT:
		summary_add_time(cell, item->received);
		break;
	case COLUMN_STATUS:
		buf_add_format(cell, "%d", item->status);
		break;
	case COLUMN_QUERY:
		return run_query(column, value, cell, err);
	}
	return 0;
}

int
csvcolumns_add_row(struct csvcolumns *columns, const struct archive_item *item,
    bool safe, struct buf *row, struct err *err)
{
	struct query_value *value = NULL;
	int status = 0;

	if (columns->needs_body) {
		value = query_parse(item->body, err);
		status = value == NULL ? -1 : 0;
	}
	for (size_t i = 0; i < columns->count; i++) {
		if (fill_cell(&columns->items[i], item, value, &columns->cell,
			err) != 0)
			status = -1;
		csv_add(row, buf_slice(&columns->cell), i == 0, safe);
	}
	csv_end(row);
	query_value_free(value);
	return status;
}
