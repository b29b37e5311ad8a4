/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/lines.h"

#include "tap.h"

/* The lines of a text, each between bars. */
static struct slice
lines_of(const char *text, struct buf *told)
{
	struct slice block = slice_str(text);
	struct slice line;

	buf_clear(told);
	while (lines_next(&block, &line)) {
		buf_add_char(told, '|');
		buf_add(told, line);
	}
	return buf_slice(told);
}

static void
ends(void)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ "", "" },
		{ "\n", "|" },
		{ "a\nb\n", "|a|b" },
		{ "a\nb", "|a|b" },
		{ "a\r\nb\r\n", "|a|b" },
		{ "a\r\r\n\r\nb\r", "|a\r||b" },
		{ "a\rb\n", "|a\rb" },
	};
	struct buf told = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_SLICE(lines_of(rows[i].text, &told), rows[i].want);
	buf_release(&told);
}

static void
colours(void)
{
	static const struct {
		const char *line;
		const char *want;
	} rows[] = {
		{ "plain", "plain" },
		{ "\033[1m\033[36mCity Load (0.5ms)\033[0m  x",
		    "City Load (0.5ms)  x" },
		{ "a\033[38;5;12mb\033[Kc", "abc" },
		{ "a\033]0;title\007b", "ab" },
		{ "a\033]8;;http://x\033\\b", "ab" },
		{ "a\033(Bb", "aBb" },
		{ "cut\033", "cut" },
		{ "cut\033[", "cut" },
		{ "cut\033[12;3", "cut" },
		{ "cut\033]0;title", "cut" },
	};
	struct buf buf = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct slice line = slice_str(rows[i].line);

		CHECK_SLICE(line_plain(line, &buf), rows[i].want);
		CHECK(line_is_coloured(line) ==
		    (strchr(rows[i].line, '\033') != NULL));
	}
	buf_release(&buf);
}

static void
no_copy(void)
{
	struct slice line = slice_str("no colours here");
	struct buf buf = { 0 };

	CHECK(line_plain(line, &buf).ptr == line.ptr);
	CHECK(buf.ptr == NULL);
}

static void
mark(void)
{
	CHECK_SLICE(without_bom(slice_str("\xef\xbb\xbfx")), "x");
	CHECK_SLICE(without_bom(slice_str("\xef\xbb\xbf")), "");
	CHECK_SLICE(without_bom(slice_str("\xef\xbbx")), "\xef\xbbx");
	CHECK_SLICE(without_bom(slice_str("x\xef\xbb\xbf")), "x\xef\xbb\xbf");
	CHECK_SLICE(without_bom(slice_str("")), "");
}

static void
front(void)
{
	CHECK_SLICE(line_skip_colours(
			slice_str("  \033[1m \033[38;5;2mx\033[0m")),
	    "x\033[0m");
	CHECK_SLICE(line_skip_colours(slice_str(" \033[m")), "");
	CHECK_SLICE(line_skip_colours(slice_str(" \033[1Kx")), "\033[1Kx");
	CHECK_SLICE(line_skip_colours(slice_str(" \033(Bx")), "\033(Bx");
	CHECK_SLICE(line_skip_colours(slice_str(" \033[1")), "\033[1");
	CHECK_SLICE(line_skip_colours(slice_str("\033")), "\033");
	CHECK_SLICE(line_skip_colours(slice_str("")), "");
}

static void
literals(void)
{
	struct slice line = slice_str("aab] ] [rows:] [");

	CHECK(line_find(line, "ab") == line.ptr + 1);
	CHECK(line_find(line, "] [rows:") == line.ptr + 5);
	CHECK(line_find(line, "] [") == line.ptr + 5);
	CHECK(line_find(line, ":] [") == line.ptr + 12);
	CHECK(line_find(line, "] [r]") == NULL);
	CHECK(line_find(slice_head(line, 4), "] ") == NULL);
	CHECK(line_find(slice_str(""), "a") == NULL);
}

static const struct tap_test tests[] = {
	{ "a line is given without LF or CR LF", ends },
	{ "colour codes and other sequences go", colours },
	{ "a line without them is not copied", no_copy },
	{ "blanks and colours at the front are stepped over", front },
	{ "a literal is found at its first place, the end included", literals },
	{ "a byte order mark goes from the front only", mark },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
