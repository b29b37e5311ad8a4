/* SPDX-License-Identifier: MIT */
#ifndef CMD_DB_ROWS_H
#define CMD_DB_ROWS_H

/*
 * Rows of named columns as CSV, JSON or a table. Cells are added one by one,
 * from left to right, and all is printed at the end:
 *
 *	static const struct db_rows_column columns[] = {
 *		{ "path", { "PATH", .narrowest = 24 } },
 *		{ "bytes", { "BYTES", .right = true } },
 *	};
 *	struct db_rows rows;
 *
 *	db_rows_init(&rows, columns, 2, SCAN_CSV);
 *	db_rows_text(&rows, path);
 *	db_rows_number(&rows, size);
 *	db_rows_print(&rows, output, false);
 *	db_rows_release(&rows);
 *
 * Nothing is printed before all is there, so that who reads rows out of the
 * store does not hold its lock while a pipe is full.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/output.h"
#include "base/slice.h"
#include "cmd/grid.h"
#include "cmd/scan_print.h"

/* What a column is called in CSV and JSON, and how it stands in a table. */
struct db_rows_column {
	const char *name;
	struct grid_column shown;
};

enum { DB_ROWS_COLUMNS = 8 };

struct db_rows {
	bool safe_csv;  /* may be set by the caller before the first cell */
	uint64_t count; /* of whole rows */

	enum scan_format format;
	const struct db_rows_column *columns; /* borrowed */
	size_t column_count;
	size_t at; /* the column of the next cell */
	struct buf text;
	struct grid grid;
	struct grid_column shown[DB_ROWS_COLUMNS];
};

/* No rows; there are at most DB_ROWS_COLUMNS columns. */
void db_rows_init(struct db_rows *rows, const struct db_rows_column *columns,
    size_t column_count, enum scan_format format);
void db_rows_release(struct db_rows *rows);

/* Adds the next cell. JSON has of bytes that are no UTF-8 a member NAME_base64
 * too. */
void db_rows_text(struct db_rows *rows, struct slice text);
void db_rows_number(struct db_rows *rows, uint64_t number);

/* Adds a cell of a number that there is not: empty, in JSON null. */
void db_rows_none(struct db_rows *rows);

/* Prints all; of no rows, CSV's header, and nothing of a table. */
void db_rows_print(struct db_rows *rows, struct output *output, bool use_color);

#endif
