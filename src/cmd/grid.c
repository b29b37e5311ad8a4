/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/grid.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/alloc.h"

enum { GAP = 2 /* blanks between columns, in print_row() */ };

struct grid_cell {
	struct slice text;
	size_t width; /* in characters */
	enum grid_color color;
};

static const char ellipsis[] = "\xe2\x80\xa6";

static const char *const escapes[] = {
	[GRID_PLAIN] = "",
	[GRID_RED] = "\033[31m",
	[GRID_GREEN] = "\033[32m",
	[GRID_DIM] = "\033[2m",
};

static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t
count_characters(struct slice text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		if (!is_continuation(text.ptr[i]))
			n++;
	return n;
}

/* How many bytes its first n characters take. */
static size_t
bytes_of(struct slice text, size_t n)
{
	size_t i = 0;

	while (i < text.len) {
		if (!is_continuation(text.ptr[i]) && n-- == 0)
			break;
		i++;
	}
	return i;
}

void
grid_init(struct grid *grid, const struct grid_column *columns,
    size_t column_count)
{
	*grid = (struct grid){
		.columns = columns,
		.column_count = column_count,
	};
}

void
grid_release(struct grid *grid)
{
	free(grid->cells);
	arena_release(&grid->arena);
	*grid = (struct grid){ 0 };
}

void
grid_add(struct grid *grid, struct slice text)
{
	struct buf visible = { 0 };
	struct grid_cell *cell;

	xgrow(&grid->cells, &grid->room, grid->count + 1,
	    sizeof(grid->cells[0]));
	cell = &grid->cells[grid->count++];
	buf_add_visible(&visible, text);
	cell->text = arena_copy(&grid->arena, buf_slice(&visible));
	cell->width = count_characters(cell->text);
	cell->color = GRID_PLAIN;
	buf_release(&visible);
}

void
grid_add_str(struct grid *grid, const char *text)
{
	grid_add(grid, slice_str(text));
}

void
grid_add_count(struct grid *grid, uint64_t number)
{
	struct buf text = { 0 };

	buf_add_count(&text, number);
	grid_add(grid, buf_slice(&text));
	buf_release(&text);
}

void
grid_paint(struct grid *grid, enum grid_color color)
{
	grid->cells[grid->count - 1].color = color;
}

/* The widths that the contents ask for; returns what they come to. */
static size_t
natural_widths(const struct grid *grid, size_t *widths)
{
	size_t sum = 0;

	for (size_t i = 0; i < grid->column_count; i++)
		widths[i] = count_characters(slice_str(grid->columns[i].name));
	for (size_t i = 0; i < grid->count; i += grid->column_count)
		for (size_t j = 0; j < grid->column_count; j++)
			if (grid->cells[i + j].width > widths[j])
				widths[j] = grid->cells[i + j].width;
	for (size_t i = 0; i < grid->column_count; i++)
		sum += widths[i] + (i == 0 ? 0 : GAP);
	return sum;
}

/* How many characters a column can spare. */
static size_t
spare(const struct grid_column *column, size_t width)
{
	return column->narrowest == 0 || width <= column->narrowest ?
	    0 :
	    width - column->narrowest;
}

/* Takes characters from the column that can spare the most, one by one, until
 * excess is gone or none can spare any. */
static void
narrow(const struct grid *grid, size_t *widths, size_t excess)
{
	for (; excess > 0; excess--) {
		size_t richest = 0;

		for (size_t i = 1; i < grid->column_count; i++)
			if (spare(&grid->columns[i], widths[i]) >
			    spare(&grid->columns[richest], widths[richest]))
				richest = i;
		if (spare(&grid->columns[richest], widths[richest]) == 0)
			return;
		widths[richest]--;
	}
}

/* Adds at most width characters of a text: all of it, or its two ends, and of
 * the last, which tells paths apart, twice as much. */
static void
print_cut(struct output *output, struct slice text, size_t count, size_t width)
{
	size_t front;
	size_t back;

	if (count <= width) {
		output_add(output, text);
		return;
	}
	front = (width - 1) / 3;
	back = width - 1 - front;
	output_add(output, slice_head(text, bytes_of(text, front)));
	output_str(output, ellipsis);
	output_add(output, slice_from(text, bytes_of(text, count - back)));
}

static void
print_cell(const struct grid *grid, struct output *output, size_t column,
    const struct grid_cell *cell, size_t width, bool use_color)
{
	int pad = cell->width < width ? (int)(width - cell->width) : 0;
	bool is_painted = use_color && cell->color != GRID_PLAIN;

	if (grid->columns[column].right)
		output_format(output, "%*s", pad, "");
	if (is_painted)
		output_str(output, escapes[cell->color]);
	print_cut(output, cell->text, cell->width, width);
	if (is_painted)
		output_str(output, "\033[0m");
	if (!grid->columns[column].right)
		output_format(output, "%*s", pad, "");
}

/* A line ends behind its last cell that is not empty, without blanks. */
static void
print_row(const struct grid *grid, struct output *output,
    const struct grid_cell *cells, const size_t *widths, bool use_color)
{
	size_t count = grid->column_count;

	while (count > 0 && cells[count - 1].width == 0)
		count--;
	for (size_t i = 0; i < count; i++) {
		bool is_last = i + 1 == count;
		size_t width = widths[i];

		if (is_last && !grid->columns[i].right &&
		    cells[i].width < width)
			width = cells[i].width;
		print_cell(grid, output, i, &cells[i], width, use_color);
		output_str(output, is_last ? "" : "  ");
	}
	output_str(output, "\n");
}

static void
print_header(const struct grid *grid, struct output *output,
    const size_t *widths, bool use_color)
{
	struct grid_cell *cells = xcalloc(grid->column_count, sizeof(cells[0]));

	for (size_t i = 0; i < grid->column_count; i++) {
		cells[i].text = slice_str(grid->columns[i].name);
		cells[i].width = count_characters(cells[i].text);
		cells[i].color = GRID_DIM;
	}
	print_row(grid, output, cells, widths, use_color);
	free(cells);
}

void
grid_print(const struct grid *grid, struct output *output, size_t width,
    bool use_color)
{
	size_t *widths = xcalloc(grid->column_count, sizeof(widths[0]));
	size_t natural = natural_widths(grid, widths);

	if (width > 0 && natural > width)
		narrow(grid, widths, natural - width);
	print_header(grid, output, widths, use_color);
	for (size_t i = 0; i < grid->count; i += grid->column_count)
		print_row(grid, output, &grid->cells[i], widths, use_color);
	free(widths);
}

void
grid_print_more(struct output *output, uint64_t more)
{
	struct buf text = { 0 };

	if (more == 0)
		return;
	buf_add_str(&text, "... ");
	buf_add_count(&text, more);
	buf_add_str(&text, " more (--all, or -o FILE)\n");
	output_add(output, buf_slice(&text));
	buf_release(&text);
}

size_t
grid_width(const struct output *output)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t width;

	if (columns != NULL && slice_number(slice_str(columns), &width) == 0 &&
	    width > 0 && width <= UINT16_MAX)
		return (size_t)width;
	if (output_is_terminal(output) &&
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		return size.ws_col;
	return 0;
}
