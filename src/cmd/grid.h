/* SPDX-License-Identifier: MIT */
#ifndef CMD_GRID_H
#define CMD_GRID_H

/*
 * A table for people: a header and rows, each column as wide as its widest
 * cell. (base/table.h is another thing, a hash table.) Cells are added one by
 * one, from left to right, and printed at the end:
 *
 *	static const struct grid_column columns[] = {
 *		{ "FILE", .narrowest = 24 },
 *		{ "COUNT", .right = true },
 *	};
 *
 *	grid_init(&grid, columns, 2);
 *	grid_add(&grid, row->value[TALLY_FILE]);
 *	grid_add_count(&grid, row->count);
 *	grid_print(&grid, output, grid_width(output), false);
 *	grid_release(&grid);
 *
 * Cells are made visible (buf_add_visible), so that a hostile file name cannot
 * drive the terminal. A cell is as wide as it has UTF-8 characters; those that
 * take two places, or none, are not known. When all is wider than the
 * terminal, the columns that have most to spare are narrowed first, and longer
 * cells lose their middle to an ellipsis. Before one gets narrower than twice
 * what it may, those are dropped that may be. Lines wrap when all that does not
 * do.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/output.h"
#include "base/slice.h"

/* How many rows a table shows unless more are asked for. */
enum { GRID_ROWS = 20 };

enum grid_color { GRID_PLAIN, GRID_RED, GRID_GREEN, GRID_DIM };

struct grid_column {
	const char *name;
	/* How many characters it keeps on a narrow terminal; 0: all. */
	size_t narrowest;
	/* On a terminal too narrow for all, the one with the highest number is
	 * dropped first; 0: it stays. */
	unsigned drop;
	bool right; /* aligned to the right, as numbers are */
};

struct grid_cell;

struct grid {
	const struct grid_column *columns; /* borrowed */
	size_t column_count;
	struct grid_cell *cells; /* row by row */
	size_t count;
	size_t room;
	struct arena arena; /* of the cells' texts */
	/* A line across above the cell line_at, of this stroke; NULL: none. */
	const char *stroke;
	size_t line_at;
};

/* An empty table; the columns must outlive it. */
void grid_init(struct grid *grid, const struct grid_column *columns,
    size_t column_count);
void grid_release(struct grid *grid);

/* Adds the next cell; the text is copied. */
void grid_add(struct grid *grid, struct slice text);
void grid_add_str(struct grid *grid, const char *text);

/* Adds a number, with a comma at each thousand: 4,112. */
void grid_add_count(struct grid *grid, uint64_t number);

/* Colours the cell that was added last. */
void grid_paint(struct grid *grid, enum grid_color color);

/* Draws a line across between the rows that were added so far and those that
 * follow, of a stroke that is one character; it is borrowed. There is one such
 * line at most. */
void grid_add_line(struct grid *grid, const char *stroke);

/* Prints header and rows, at most width characters wide (0: however wide). */
void grid_print(const struct grid *grid, struct output *output, size_t width,
    bool use_color);

/* Prints "... 4,112 more (--all, or -o FILE)"; nothing for 0. */
void grid_print_more(struct output *output, uint64_t more);

/* How wide a table may be there: COLUMNS, else the terminal's width, else 0,
 * which is without bound. */
size_t grid_width(const struct output *output);

/* Whether characters are UTF-8 there, by LC_ALL, LC_CTYPE and LANG: bars and
 * lines may be drawn with it. */
bool grid_is_utf8(void);

#endif
