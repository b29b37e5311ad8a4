/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/grid.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/alloc.h"

enum { GAP = 2 /* blanks between columns, in print_row() */ };

/* The width of a column that is not printed. */
static const size_t dropped = SIZE_MAX;

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
	cell->width = utf8_count(cell->text);
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

void
grid_add_line(struct grid *grid, const char *stroke)
{
	grid->stroke = stroke;
	grid->line_at = grid->count;
}

/* The widths that the contents ask for. */
static void
natural_widths(const struct grid *grid, size_t *widths)
{
	for (size_t i = 0; i < grid->column_count; i++)
		widths[i] = utf8_count(slice_str(grid->columns[i].name));
	for (size_t i = 0; i < grid->count; i += grid->column_count)
		for (size_t j = 0; j < grid->column_count; j++)
			if (grid->cells[i + j].width > widths[j])
				widths[j] = grid->cells[i + j].width;
}

/* How many characters a column has beyond so many times its narrowest. */
static size_t
spare(const struct grid_column *column, size_t width, size_t times)
{
	size_t least = column->narrowest * times;

	if (least == 0 || width == dropped || width <= least)
		return 0;
	return width - least;
}

/* How wide a row is; *spared is what its columns have beyond twice their
 * narrowest. */
static size_t
width_of(const struct grid *grid, const size_t *widths, size_t *spared)
{
	size_t sum = 0;
	size_t columns = 0;

	*spared = 0;
	for (size_t i = 0; i < grid->column_count; i++) {
		if (widths[i] == dropped)
			continue;
		sum += widths[i];
		*spared += spare(&grid->columns[i], widths[i], 2);
		columns++;
	}
	return columns == 0 ? 0 : sum + (columns - 1) * GAP;
}

/* Drops the column that says least; false where all must stay. */
static bool
drop_one(const struct grid *grid, size_t *widths)
{
	size_t last = grid->column_count;

	for (size_t i = 0; i < grid->column_count; i++)
		if (grid->columns[i].drop > 0 && widths[i] != dropped &&
		    (last == grid->column_count ||
			grid->columns[i].drop > grid->columns[last].drop))
			last = i;
	if (last == grid->column_count)
		return false;
	widths[last] = dropped;
	return true;
}

/* Takes characters from the column that can spare the most, one by one, until
 * excess is gone or none can spare any. */
static void
narrow(const struct grid *grid, size_t *widths, size_t excess)
{
	const struct grid_column *columns = grid->columns;

	for (; excess > 0; excess--) {
		size_t richest = 0;

		for (size_t i = 1; i < grid->column_count; i++)
			if (spare(&columns[i], widths[i], 1) >
			    spare(&columns[richest], widths[richest], 1))
				richest = i;
		if (spare(&columns[richest], widths[richest], 1) == 0)
			return;
		widths[richest]--;
	}
}

/* Makes rows at most width characters wide, as far as it goes; returns how
 * wide they are. */
static size_t
fit(const struct grid *grid, size_t *widths, size_t width)
{
	size_t spared;
	size_t sum = width_of(grid, widths, &spared);

	if (width == 0)
		return sum;
	while (sum - spared > width && drop_one(grid, widths))
		sum = width_of(grid, widths, &spared);
	if (sum > width)
		narrow(grid, widths, sum - width);
	return width_of(grid, widths, &spared);
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

/* How many columns come before the end of a line: that behind the last cell
 * that is not empty. */
static size_t
columns_of(const struct grid *grid, const struct grid_cell *cells,
    const size_t *widths)
{
	size_t count = grid->column_count;

	while (count > 0 &&
	    (widths[count - 1] == dropped || cells[count - 1].width == 0))
		count--;
	return count;
}

/* A line ends without blanks. */
static void
print_row(const struct grid *grid, struct output *output,
    const struct grid_cell *cells, const size_t *widths, bool use_color)
{
	size_t count = columns_of(grid, cells, widths);

	for (size_t i = 0; i < count; i++) {
		bool is_last = i + 1 == count;
		size_t width = widths[i];

		if (width == dropped)
			continue;
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
		cells[i].width = utf8_count(cells[i].text);
		cells[i].color = GRID_DIM;
	}
	print_row(grid, output, cells, widths, use_color);
	free(cells);
}

static void
print_line(const struct grid *grid, struct output *output, size_t width,
    bool use_color)
{
	output_str(output, use_color ? escapes[GRID_DIM] : "");
	for (size_t i = 0; i < width; i++)
		output_str(output, grid->stroke);
	output_str(output, use_color ? "\033[0m\n" : "\n");
}

void
grid_print(const struct grid *grid, struct output *output, size_t width,
    bool use_color)
{
	size_t *widths = xcalloc(grid->column_count, sizeof(widths[0]));
	size_t all;

	natural_widths(grid, widths);
	all = fit(grid, widths, width);
	print_header(grid, output, widths, use_color);
	for (size_t i = 0; i < grid->count; i += grid->column_count) {
		if (grid->stroke != NULL && i == grid->line_at)
			print_line(grid, output, all, use_color);
		print_row(grid, output, &grid->cells[i], widths, use_color);
	}
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

/* The locale of the environment is not made that of the program, whose numbers
 * are the same everywhere. */
bool
grid_is_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool is_utf8;

	if (locale == (locale_t)0)
		return false;
	is_utf8 = slice_is(slice_str(nl_langinfo_l(CODESET, locale)), "UTF-8");
	freelocale(locale);
	return is_utf8;
}
