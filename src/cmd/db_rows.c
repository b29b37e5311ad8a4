/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/db_rows.h"

#include <assert.h>
#include <inttypes.h>

#include "base/csv.h"
#include "base/json.h"

void
db_rows_init(struct db_rows *rows, const struct db_rows_column *columns,
    size_t column_count, enum scan_format format)
{
	assert(column_count <= DB_ROWS_COLUMNS);
	*rows = (struct db_rows){
		.format = format,
		.columns = columns,
		.column_count = column_count,
	};
	for (size_t i = 0; i < column_count; i++) {
		rows->shown[i] = columns[i].shown;
		if (format == SCAN_CSV)
			csv_add(&rows->text, slice_str(columns[i].name), i == 0,
			    false);
	}
	if (format == SCAN_CSV)
		csv_end(&rows->text);
	grid_init(&rows->grid, rows->shown, column_count);
}

void
db_rows_release(struct db_rows *rows)
{
	buf_release(&rows->text);
	grid_release(&rows->grid);
}

/* Begins a member of a JSON object, which the first one begins. */
static void
begin_member(struct db_rows *rows)
{
	if (rows->at > 0)
		buf_add_char(&rows->text, ',');
	else
		buf_add_str(&rows->text, rows->count == 0 ? "[\n{" : ",\n{");
	buf_add_format(&rows->text, "\"%s\":", rows->columns[rows->at].name);
}

static void
add_json_text(struct db_rows *rows, struct slice text)
{
	begin_member(rows);
	if (json_add_string(&rows->text, text))
		return;
	buf_add_format(&rows->text,
	    ",\"%s_base64\":", rows->columns[rows->at].name);
	json_add_base64(&rows->text, text);
}

/* Goes to the next cell, be it of the next row. */
static void
end_cell(struct db_rows *rows)
{
	if (++rows->at < rows->column_count)
		return;
	if (rows->format == SCAN_CSV)
		csv_end(&rows->text);
	if (rows->format == SCAN_JSON)
		buf_add_char(&rows->text, '}');
	rows->at = 0;
	rows->count++;
}

void
db_rows_text(struct db_rows *rows, struct slice text)
{
	switch (rows->format) {
	case SCAN_CSV:
		csv_add(&rows->text, text, rows->at == 0, rows->safe_csv);
		break;
	case SCAN_JSON:
		add_json_text(rows, text);
		break;
	case SCAN_TABLE:
		grid_add(&rows->grid, text);
		break;
	}
	end_cell(rows);
}

void
db_rows_number(struct db_rows *rows, uint64_t number)
{
	switch (rows->format) {
	case SCAN_CSV:
		buf_add_format(&rows->text, "%s%" PRIu64,
		    rows->at == 0 ? "" : ",", number);
		break;
	case SCAN_JSON:
		begin_member(rows);
		buf_add_format(&rows->text, "%" PRIu64, number);
		break;
	case SCAN_TABLE:
		grid_add_count(&rows->grid, number);
		break;
	}
	end_cell(rows);
}

void
db_rows_none(struct db_rows *rows)
{
	if (rows->format != SCAN_JSON) {
		db_rows_text(rows, slice_make(NULL, 0));
		return;
	}
	begin_member(rows);
	buf_add_str(&rows->text, "null");
	end_cell(rows);
}

void
db_rows_print(struct db_rows *rows, struct output *output, bool use_color)
{
	if (rows->format == SCAN_JSON)
		buf_add_str(&rows->text, rows->count == 0 ? "[]\n" : "\n]\n");
	output_add(output, buf_slice(&rows->text));
	if (rows->format == SCAN_TABLE && rows->count > 0)
		grid_print(&rows->grid, output, grid_width(output), use_color);
}
