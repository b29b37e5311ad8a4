/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/scan_print.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/json.h"
#include "cmd/grid.h"
#include "scan/mapper.h"

enum { COUNT_BYTES = 8 };

const struct grid_column scan_columns[TALLY_COLUMNS] = {
	[TALLY_DAY] = { "DAY", .right = false },
	[TALLY_HOUR] = { "HOUR", .right = false },
	[TALLY_HOST] = { "HOST", .narrowest = 12 },
	[TALLY_REVISION] = { "REVISION", .narrowest = 12 },
	[TALLY_FILE] = { "FILE", .narrowest = 24 },
	[TALLY_LINE] = { "LINE", .right = true },
	[TALLY_FUNCTION] = { "FUNCTION", .narrowest = 12 },
	[TALLY_OPERATION] = { "OPERATION", .narrowest = 12 },
	[TALLY_KIND] = { "KIND", .narrowest = 12 },
	[TALLY_VERB] = { "VERB", .right = false },
};

/* A grid and the columns that it borrows. */
struct scan_grid {
	struct grid grid;
	struct grid_column columns[TALLY_COLUMNS + 2];
};

static void
json_value(struct buf *line, enum tally_column column, struct slice value)
{
	bool is_text;

	buf_add_format(line, "\"%s\":", tally_column_name(column));
	if (column == TALLY_LINE) {
		if (value.len == 0)
			buf_add_str(line, "null");
		else
			buf_add(line, value);
		return;
	}
	is_text = json_add_string(line, value);
	if (is_text || column != TALLY_FILE)
		return;
	buf_add_str(line, ",\"file_base64\":");
	json_add_base64(line, value);
}

static void
print_json(struct scan_printer *printer, const struct tally_row *row)
{
	struct buf *line = &printer->line;

	buf_add_str(line, printer->printed == 0 ? "[\n{" : ",\n{");
	for (size_t i = 0; i < printer->keys->count; i++) {
		enum tally_column column = printer->keys->column[i];

		json_value(line, column, row->value[column]);
		buf_add_char(line, ',');
	}
	buf_add_format(line, "\"count\":%" PRIu64 ",\"entries\":%" PRIu64 "}",
	    row->count, row->entries);
}

static struct grid *
grid_new(const struct tally_keys *keys)
{
	struct scan_grid *own = xcalloc(1, sizeof(*own));

	for (size_t i = 0; i < keys->count; i++)
		own->columns[i] = scan_columns[keys->column[i]];
	own->columns[keys->count] = (struct grid_column){ "COUNT",
		.right = true };
	own->columns[keys->count + 1] = (struct grid_column){ "ENTRIES",
		.right = true };
	grid_init(&own->grid, own->columns, keys->count + 2);
	return &own->grid;
}

static void
print_table(struct scan_printer *printer, const struct tally_row *row)
{
	const struct tally_keys *keys = printer->keys;

	if (printer->grid == NULL)
		printer->grid = grid_new(keys);
	for (size_t i = 0; i < keys->count; i++)
		grid_add(printer->grid, row->value[keys->column[i]]);
	grid_add_count(printer->grid, row->count);
	grid_add_count(printer->grid, row->entries);
}

static void
print_row(struct scan_printer *printer, const struct tally_row *row)
{
	buf_clear(&printer->line);
	switch (printer->format) {
	case SCAN_CSV:
		if (printer->printed == 0)
			tally_header_add(&printer->line, printer->keys);
		tally_row_add(&printer->line, printer->keys, row,
		    printer->safe_csv);
		break;
	case SCAN_JSON:
		print_json(printer, row);
		break;
	case SCAN_TABLE:
		print_table(printer, row);
		break;
	}
	output_add(printer->output, buf_slice(&printer->line));
	printer->printed++;
}

static bool
is_full(const struct scan_printer *printer)
{
	return printer->top > 0 && printer->printed >= printer->top;
}

/* The key of a row when the largest count comes first: the count turned
 * around, most significant byte first, then the row's own key. */
static int
keep_sorted(struct scan_printer *printer, const struct tally_row *row,
    struct err *err)
{
	struct tally_sum sum = {
		.count = row->count,
		.entries = row->entries,
	};

	if (printer->sorted == NULL)
		printer->sorted = shard_new(&mapper_state, printer->memory);
	buf_clear(&printer->key);
	for (int shift = 64 - 8; shift >= 0; shift -= 8)
		buf_add_char(&printer->key, (char)(~row->count >> shift));
	tally_key_add(&printer->key, printer->keys, row);
	return shard_add(printer->sorted, buf_slice(&printer->key), &sum, err);
}

int
scan_printer_row(void *context, const struct tally_row *row, struct err *err)
{
	struct scan_printer *printer = context;

	printer->rows++;
	if (output_failed(printer->output))
		return err_set(err, "cannot write");
	if (printer->sort == SORT_COUNT)
		return keep_sorted(printer, row, err);
	if (!is_full(printer))
		print_row(printer, row);
	return 0;
}

static int
print_sorted(void *context, struct slice key, const void *state,
    struct err *err)
{
	struct scan_printer *printer = context;
	const struct tally_sum *sum = state;
	struct tally_row row = {
		.count = sum->count,
		.entries = sum->entries,
	};

	(void)err;
	if (is_full(printer))
		return 0;
	tally_key_read(slice_from(key, COUNT_BYTES), printer->keys,
	    &printer->key, &row);
	print_row(printer, &row);
	return 0;
}

int
scan_printer_finish(struct scan_printer *printer, struct err *err)
{
	struct output *output = printer->output;

	if (printer->sorted != NULL &&
	    shards_merge(&printer->sorted, 1, print_sorted, printer, err) != 0)
		return -1;
	buf_clear(&printer->line);
	if (printer->format == SCAN_CSV && printer->printed == 0)
		tally_header_add(&printer->line, printer->keys);
	if (printer->format == SCAN_JSON)
		buf_add_str(&printer->line,
		    printer->printed == 0 ? "[]\n" : "\n]\n");
	output_add(output, buf_slice(&printer->line));
	if (printer->grid != NULL) {
		grid_print(printer->grid, output, grid_width(output),
		    printer->use_color);
		grid_print_more(output, printer->rows - printer->printed);
	}
	return 0;
}

void
scan_printer_release(struct scan_printer *printer)
{
	shard_free(printer->sorted);
	if (printer->grid != NULL)
		grid_release(printer->grid);
	free(printer->grid);
	buf_release(&printer->line);
	buf_release(&printer->key);
}
