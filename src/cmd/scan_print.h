/* SPDX-License-Identifier: MIT */
#ifndef CMD_SCAN_PRINT_H
#define CMD_SCAN_PRINT_H

/*
 * Prints the rows of a scan: CSV, JSON or a table, in the order of their keys
 * or the largest count first. Rows that must be sorted are kept in a shard,
 * which spills to disk as the scan itself does.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/output.h"
#include "cmd/grid.h"
#include "engine/shard.h"
#include "model/tally.h"

enum scan_format { SCAN_CSV, SCAN_JSON, SCAN_TABLE };
enum scan_sort { SORT_KEY, SORT_COUNT };

/* How each column of a tally stands in a table. */
extern const struct grid_column scan_columns[TALLY_COLUMNS];

struct scan_printer {
	/* set by the caller */
	enum scan_format format;
	enum scan_sort sort;
	uint64_t top; /* 0: all */
	bool safe_csv;
	bool use_color;
	uint64_t memory;
	struct output *output;
	const struct tally_keys *keys; /* filled in before the first row */

	struct shard *sorted; /* NULL when rows are printed as they come */
	uint64_t rows;        /* given */
	uint64_t printed;
	struct grid *grid; /* of a table */
	struct buf line;
	struct buf key;
};

/* Takes a row: a tally_take with the printer as its context. */
int scan_printer_row(void *context, const struct tally_row *row,
    struct err *err);

/* Prints what waits and the end. Returns 0, or -1 with err set. */
int scan_printer_finish(struct scan_printer *printer, struct err *err) CHECKED;

void scan_printer_release(struct scan_printer *printer);

#endif
