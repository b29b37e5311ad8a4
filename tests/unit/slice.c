/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/slice.h"

#include "tap.h"

static const struct slice nothing = { NULL, 0 };

static void
takes_parts(void)
{
	static const struct slice literal = SLICE("abcdef");
	char text[] = "abcdef";

	CHECK_SLICE(literal, "abcdef");
	CHECK_SLICE(slice_str(""), "");
	CHECK_SLICE(slice_from(literal, 2), "cdef");
	CHECK_SLICE(slice_from(literal, 6), "");
	CHECK_SLICE(slice_head(literal, 2), "ab");
	CHECK_SLICE(slice_head(literal, 9), "abcdef");
	CHECK_SLICE(slice_between(text + 1, text + 3), "bc");
	CHECK(slice_from(nothing, 0).ptr == NULL);
	CHECK_INT(slice_head(nothing, 3).len, 0);
}

static void
compares_for_equality(void)
{
	CHECK(slice_equal(slice_str("ab"), slice_make("abc", 2)));
	CHECK(!slice_equal(slice_str("ab"), slice_str("abc")));
	CHECK(!slice_equal(slice_str("ab"), slice_str("ac")));
	CHECK(slice_equal(slice_make("a\0b", 3), slice_make("a\0b", 3)));
	CHECK(!slice_equal(slice_make("a\0b", 3), slice_make("a\0c", 3)));
	CHECK(slice_equal(nothing, slice_str("")));
	CHECK(slice_is(slice_str("ab"), "ab"));
	CHECK(!slice_is(slice_make("a\0", 2), "a"));
	CHECK(slice_is(nothing, ""));
}

static void
compares_ends(void)
{
	CHECK(slice_starts(slice_str("abc"), "ab"));
	CHECK(slice_starts(slice_str("abc"), "abc"));
	CHECK(slice_starts(slice_str("abc"), ""));
	CHECK(!slice_starts(slice_str("abc"), "abcd"));
	CHECK(!slice_starts(slice_str("abc"), "b"));
	CHECK(slice_ends(slice_str("abc"), "bc"));
	CHECK(slice_ends(slice_str("abc"), "abc"));
	CHECK(slice_ends(slice_str("abc"), ""));
	CHECK(!slice_ends(slice_str("abc"), "0abc"));
	CHECK(!slice_ends(slice_str("abc"), "b"));
	CHECK(slice_starts(nothing, ""));
	CHECK(slice_ends(nothing, ""));
	CHECK(!slice_starts(nothing, "a"));
	CHECK(!slice_ends(nothing, "a"));
}

static void
orders_bytes(void)
{
	/* Each is less than the next. */
	static const struct slice table[] = { { NULL, 0 }, SLICE("\0"),
		SLICE("A"), SLICE("a"), SLICE("a\0"), SLICE("aa"), SLICE("b"),
		SLICE("\x7f"), SLICE("\x80"), SLICE("\xff") };
	const size_t count = sizeof(table) / sizeof(table[0]);

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			int order = slice_compare(table[i], table[j]);

			CHECK_INT(order < 0, i < j);
			CHECK_INT(order > 0, i > j);
		}
	}
}

static void
ignores_case(void)
{
	CHECK(slice_is_nocase(slice_str("SELECT"), "select"));
	CHECK(slice_is_nocase(slice_str("sElEcT"), "SeLeCt"));
	CHECK(!slice_is_nocase(slice_str("SELECTS"), "select"));
	CHECK(!slice_is_nocase(slice_str("SELEC"), "select"));
	CHECK(!slice_is_nocase(slice_str("[ELECT"), "{elect"));
	CHECK(slice_is_nocase(nothing, ""));
	CHECK(!slice_is_nocase(nothing, "a"));
}

static void
finds(void)
{
	struct slice s = slice_make("a.b\0.cd", 7);

	CHECK(slice_chr(s, '.') == s.ptr + 1);
	CHECK(slice_chr(s, '\0') == s.ptr + 3);
	CHECK(slice_chr(s, 'x') == NULL);
	CHECK(slice_chr(slice_head(s, 1), '.') == NULL);
	CHECK(slice_rchr(s, '.') == s.ptr + 4);
	CHECK(slice_rchr(slice_head(s, 4), '.') == s.ptr + 1);
	CHECK(slice_rchr(s, 'x') == NULL);
	CHECK(slice_find(s, "cd") == s.ptr + 5);
	CHECK(slice_find(s, ".c") == s.ptr + 4);
	CHECK(slice_find(slice_head(s, 6), "cd") == NULL);
	CHECK(slice_find(s, "dx") == NULL);
	CHECK(slice_chr(nothing, 'x') == NULL);
	CHECK(slice_rchr(nothing, 'x') == NULL);
	CHECK(slice_find(nothing, "x") == NULL);
}

static void
trims(void)
{
	CHECK_SLICE(slice_trim(slice_str(" \t\r\na b\r\n\t ")), "a b");
	CHECK_SLICE(slice_trim(slice_str("ab")), "ab");
	CHECK_SLICE(slice_trim(slice_str(" \n ")), "");
	CHECK_SLICE(slice_trim(slice_str("\va\f")), "\va\f");
	CHECK_INT(slice_trim(nothing).len, 0);
}

static void
cuts(void)
{
	struct slice rest = slice_str("a,,bc,d");
	struct slice taken;

	CHECK(slice_cut(&rest, ',', &taken));
	CHECK_SLICE(taken, "a");
	CHECK(slice_cut(&rest, ',', &taken));
	CHECK_SLICE(taken, "");
	CHECK(slice_cut(&rest, ',', &taken));
	CHECK_SLICE(taken, "bc");
	CHECK_SLICE(rest, "d");
	CHECK(slice_cut(&rest, ',', &taken));
	CHECK_SLICE(taken, "d");
	CHECK(!slice_cut(&rest, ',', &taken));

	/* Behind a last separator there is nothing more. */
	rest = slice_str("a,");
	CHECK(slice_cut(&rest, ',', &taken));
	CHECK(!slice_cut(&rest, ',', &taken));
	rest = nothing;
	CHECK(!slice_cut(&rest, ',', &taken));
}

static void
reads_numbers(void)
{
	static const struct {
		const char *text;
		int status;
		uint64_t number;
	} table[] = {
		{ "0", 0, 0 },
		{ "3041", 0, 3041 },
		{ "007", 0, 7 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "00000000000000000000000000001", 0, 1 },
		{ "18446744073709551616", 1, 0 },
		{ "18446744073709551620", 1, 0 },
		{ "99999999999999999999", 1, 0 },
		{ "36893488147419103232", 1, 0 },
		{ "100000000000000000000000", 1, 0 },
		{ "", -1, 0 },
		{ "-1", -1, 0 },
		{ "+1", -1, 0 },
		{ " 1", -1, 0 },
		{ "1 ", -1, 0 },
		{ "1a", -1, 0 },
		{ "/", -1, 0 },
		{ ":", -1, 0 },
		{ NULL, 0, 0 },
	};

	for (size_t i = 0; table[i].text != NULL; i++) {
		uint64_t number = 0;

		if (!CHECK_INT(slice_number(slice_str(table[i].text), &number),
			table[i].status) ||
		    !CHECK(number == table[i].number))
			printf("# '%s'\n", table[i].text);
	}
}

static void
counts_digits(void)
{
	CHECK_INT(slice_digits(slice_str("312:x")), 3);
	CHECK_INT(slice_digits(slice_str("0/:9")), 1);
	CHECK_INT(slice_digits(slice_str("x1")), 0);
	CHECK_INT(slice_digits(slice_make("1234", 2)), 2);
	CHECK_INT(slice_digits(nothing), 0);
}

static const struct tap_test tests[] = {
	{ "parts are taken without copying", takes_parts },
	{ "equality looks at all bytes, NULs too", compares_for_equality },
	{ "a slice starts and ends with a text", compares_ends },
	{ "the order is that of unsigned bytes, a prefix first", orders_bytes },
	{ "the case of ASCII letters can be ignored", ignores_case },
	{ "bytes and texts are found", finds },
	{ "blanks and line ends are trimmed at the ends", trims },
	{ "cutting takes piece after piece", cuts },
	{ "numbers are read whole, or told to be too large", reads_numbers },
	{ "digits are counted at the front", counts_digits },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
