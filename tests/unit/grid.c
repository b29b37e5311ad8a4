/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/grid.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

static const struct grid_column columns[] = {
	{ "FILE", .narrowest = 12 },
	{ "COUNT", .right = true },
	{ "NOTE", .right = false },
};

/* What a grid prints; valid until the next call. */
static const char *
printed(const struct grid *grid, size_t width, bool use_color)
{
	static char text[1024];
	char path[] = "/tmp/tallyman-grid.XXXXXX";
	int fd = mkstemp(path);
	struct err err = { "" };
	struct output *output;
	ssize_t len;

	text[0] = '\0';
	output = output_open(path, &err);
	if (!CHECK(fd >= 0 && output != NULL))
		return text;
	grid_print(grid, output, width, use_color);
	CHECK_INT(output_commit(output, &err), 0);
	CHECK_STR(err.text, "");
	close(fd);
	fd = open(path, O_RDONLY);
	len = read(fd, text, sizeof(text) - 1);
	text[len < 0 ? 0 : len] = '\0';
	close(fd);
	unlink(path);
	return text;
}

static void
add_row(struct grid *grid, const char *file, uint64_t count, const char *note)
{
	grid_add_str(grid, file);
	grid_add_count(grid, count);
	grid_add_str(grid, note);
}

static void
fits_its_cells(void)
{
	struct grid grid;

	grid_init(&grid, columns, 3);
	add_row(&grid, "a.py", 4112, "x");
	add_row(&grid, "longer.py", 7, "");
	CHECK_STR(printed(&grid, 0, false),
	    "FILE       COUNT  NOTE\n"
	    "a.py       4,112  x\n"
	    "longer.py      7\n");
	grid_release(&grid);
}

static void
is_only_a_header(void)
{
	struct grid grid;

	grid_init(&grid, columns, 3);
	CHECK_STR(printed(&grid, 0, false), "FILE  COUNT  NOTE\n");
	grid_release(&grid);
}

static void
shows_odd_bytes(void)
{
	struct grid grid;

	grid_init(&grid, columns, 3);
	add_row(&grid, "\033]0;a\n", 1, "\xff");
	CHECK_STR(printed(&grid, 0, false),
	    "FILE        COUNT  NOTE\n"
	    "\\033]0;a\\n      1  \\377\n");
	grid_release(&grid);
}

static void
counts_characters(void)
{
	struct grid grid;

	grid_init(&grid, columns, 3);
	add_row(&grid, "\xc3\xa4\xe2\x86\xb3.py", 1, "x");
	add_row(&grid, "abcdef", 1, "x");
	CHECK_STR(printed(&grid, 0, false),
	    "FILE    COUNT  NOTE\n"
	    "\xc3\xa4\xe2\x86\xb3.py       1  x\n"
	    "abcdef      1  x\n");
	grid_release(&grid);
}

static void
cuts_the_middle(void)
{
	struct grid grid;

	grid_init(&grid, columns, 3);
	add_row(&grid, "app/controllers/\xc3\xa4/cities.rb:4", 10, "long note");
	add_row(&grid, "b.rb:4", 10, "x");
	CHECK_STR(printed(&grid, 33, false),
	    "FILE             COUNT  NOTE\n"
	    "app/\xe2\x80\xa6"
	    "ities.rb:4     10  long note\n"
	    "b.rb:4              10  x\n");
	CHECK_STR(printed(&grid, 1, false),
	    "FILE          COUNT  NOTE\n"
	    "app\xe2\x80\xa6ies.rb:4     10  long note\n"
	    "b.rb:4           10  x\n");
	grid_release(&grid);
}

static void
colours_cells(void)
{
	struct grid grid;

	grid_init(&grid, columns, 3);
	grid_add_str(&grid, "a.py");
	grid_paint(&grid, GRID_RED);
	grid_add_count(&grid, 7);
	grid_add_str(&grid, "x");
	CHECK_STR(printed(&grid, 0, true),
	    "\033[2mFILE\033[0m  \033[2mCOUNT\033[0m  \033[2mNOTE\033[0m\n"
	    "\033[31ma.py\033[0m      7  x\n");
	grid_release(&grid);
}

static const struct grid_column droppable[] = {
	{ "FILE", .narrowest = 6 },
	{ "SHARE", .right = true, .drop = 2 },
	{ "COUNT", .right = true },
	{ "NOTE", .drop = 1 },
};

static void
add_droppable(struct grid *grid)
{
	grid_add_str(grid, "app/cities.rb");
	grid_add_str(grid, "12 %");
	grid_add_count(grid, 10);
	grid_add_str(grid, "moved");
}

static void
drops_columns(void)
{
	struct grid grid;

	grid_init(&grid, droppable, 4);
	add_droppable(&grid);
	CHECK_STR(printed(&grid, 34, false),
	    "FILE           SHARE  COUNT  NOTE\n"
	    "app/cities.rb   12 %     10  moved\n");
	CHECK_STR(printed(&grid, 33, false),
	    "FILE          SHARE  COUNT  NOTE\n"
	    "app\xe2\x80\xa6ities.rb   12 %     10  moved\n");
	CHECK_STR(printed(&grid, 32, false),
	    "FILE           COUNT  NOTE\n"
	    "app/cities.rb     10  moved\n");
	CHECK_STR(printed(&grid, 25, false),
	    "FILE           COUNT\n"
	    "app/cities.rb     10\n");
	CHECK_STR(printed(&grid, 14, false),
	    "FILE     COUNT\n"
	    "ap\xe2\x80\xa6s.rb     10\n");
	CHECK_STR(printed(&grid, 1, false),
	    "FILE    COUNT\n"
	    "a\xe2\x80\xa6s.rb     10\n");
	grid_release(&grid);
}

static void
draws_a_line(void)
{
	struct grid grid;

	grid_init(&grid, droppable, 4);
	add_droppable(&grid);
	grid_add_line(&grid, "-");
	add_droppable(&grid);
	CHECK_STR(printed(&grid, 19, false),
	    "FILE          COUNT\n"
	    "app\xe2\x80\xa6ities.rb     10\n"
	    "-------------------\n"
	    "app\xe2\x80\xa6ities.rb     10\n");
	CHECK_STR(printed(&grid, 0, true),
	    "\033[2mFILE\033[0m           \033[2mSHARE\033[0m  "
	    "\033[2mCOUNT\033[0m  \033[2mNOTE\033[0m\n"
	    "app/cities.rb   12 %     10  moved\n"
	    "\033[2m----------------------------------\033[0m\n"
	    "app/cities.rb   12 %     10  moved\n");
	grid_release(&grid);
}

static void
tells_the_charset(void)
{
	setenv("LC_ALL", "C.UTF-8", 1);
	CHECK(grid_is_utf8());
	setenv("LC_ALL", "C", 1);
	CHECK(!grid_is_utf8());
	setenv("LC_ALL", "no_SUCH.UTF-8", 1);
	CHECK(!grid_is_utf8());
	unsetenv("LC_ALL");
}

static void
groups_thousands(void)
{
	static const struct {
		uint64_t number;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ 999, "999" },
		{ 1000, "1,000" },
		{ 123456, "123,456" },
		{ UINT64_MAX, "18,446,744,073,709,551,615" },
	};
	struct buf buf = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_clear(&buf);
		buf_add_count(&buf, cases[i].number);
		CHECK_SLICE(buf, cases[i].text);
	}
	buf_release(&buf);
}

static const struct tap_test tests[] = {
	{ "columns are as wide as their cells, lines end without blanks",
	    fits_its_cells },
	{ "without rows there is a header", is_only_a_header },
	{ "what could drive a terminal is made visible", shows_odd_bytes },
	{ "width is counted in characters", counts_characters },
	{ "on a narrow terminal long cells lose their middle",
	    cuts_the_middle },
	{ "where that does not do, columns are dropped in their order",
	    drops_columns },
	{ "a line is drawn between two rows, as wide as they are",
	    draws_a_line },
	{ "the environment tells whether characters are UTF-8",
	    tells_the_charset },
	{ "header and cells are coloured when asked", colours_cells },
	{ "numbers are grouped by thousands", groups_thousands },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
