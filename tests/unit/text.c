/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/text.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

static void
squeezes_white_space(void)
{
	struct text text;

	text_init(&text, slice_str("  a \t b\r\n\n\tx\n    \ty  \nlast"));
	CHECK_INT(text.count, 5);
	CHECK_SLICE(text.lines[0].text, "a b");
	CHECK_INT(text.lines[0].indent, 2);
	CHECK_SLICE(text.lines[1].text, "");
	CHECK_SLICE(text.lines[2].text, "x");
	CHECK_INT(text.lines[2].indent, 8);
	CHECK_SLICE(text.lines[3].text, "y");
	CHECK_INT(text.lines[3].indent, 8);
	CHECK_SLICE(text.lines[4].text, "last");
	text_release(&text);
}

static void
equal_lines_have_equal_hashes(void)
{
	struct text text;

	text_init(&text, slice_str("if (a)  b;\n\tif (a) b; \nif (a) c;\n"));
	CHECK_INT(text.count, 3);
	CHECK(text.lines[0].hash == text.lines[1].hash);
	CHECK(text.lines[0].hash != text.lines[2].hash);
	text_release(&text);
}

static void
outlives_its_bytes(void)
{
	char bytes[] = "one\ntwo";
	struct text text;

	text_init(&text, slice_str(bytes));
	memset(bytes, 'x', sizeof(bytes));
	CHECK_SLICE(text.lines[1].text, "two");
	text_release(&text);
}

static void
nothing_has_no_lines(void)
{
	struct text text;

	text_init(&text, slice_make(NULL, 0));
	CHECK_INT(text.count, 0);
	text_release(&text);
}

static void
tells_binary_files(void)
{
	char *bytes = malloc(8001);

	CHECK(text_is_one(slice_str("a\nb\n")));
	CHECK(text_is_one(slice_make(NULL, 0)));
	CHECK(!text_is_one(slice_make("a\0b", 3)));
	memset(bytes, 'x', 8001);
	bytes[8000] = '\0';
	CHECK(text_is_one(slice_make(bytes, 8001)));
	bytes[7999] = '\0';
	CHECK(!text_is_one(slice_make(bytes, 8001)));
	free(bytes);
}

static void
has_limits(void)
{
	char *bytes = malloc(TEXT_BYTES_MOST + 1);

	memset(bytes, 'x', TEXT_BYTES_MOST + 1);
	CHECK(text_is_one(slice_make(bytes, TEXT_BYTES_MOST)));
	CHECK(!text_is_one(slice_make(bytes, TEXT_BYTES_MOST + 1)));
	memset(bytes, '\n', TEXT_LINES_MOST + 1);
	CHECK(text_is_one(slice_make(bytes, TEXT_LINES_MOST)));
	CHECK(!text_is_one(slice_make(bytes, TEXT_LINES_MOST + 1)));
	free(bytes);
}

static const struct tap_test tests[] = {
	{ "white space is squeezed, and its columns are kept",
	    squeezes_white_space },
	{ "equal lines have equal hashes", equal_lines_have_equal_hashes },
	{ "a text outlives the bytes it is made of", outlives_its_bytes },
	{ "nothing has no lines", nothing_has_no_lines },
	{ "a NUL in the first 8,000 bytes tells a binary file",
	    tells_binary_files },
	{ "what is larger than the limits is no text", has_limits },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
