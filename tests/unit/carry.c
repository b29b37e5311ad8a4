/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/carry.h"

#include "tap.h"

enum { MOST_LINES = 12 };

/* A test text's lines; the carry may look at what is before a '|'. */
struct text {
	struct slice whole;
	struct slice lines[MOST_LINES];
	size_t count;
};

static struct slice
part_of(struct reader *reader, struct slice line)
{
	struct slice part;

	(void)reader;
	return slice_cut(&line, '|', &part) ? part : line;
}

static struct text
text_of(const char *string)
{
	struct text text = { .whole = slice_str(string) };
	struct slice rest = text.whole;

	while (text.count < MOST_LINES &&
	    lines_next(&rest, &text.lines[text.count]))
		text.count++;
	return text;
}

static bool
is_same(const struct stamp *a, const struct stamp *b)
{
	return a->civil.year == b->civil.year &&
	    a->civil.month == b->civil.month && a->civil.day == b->civil.day &&
	    a->civil.hour == b->civil.hour &&
	    a->civil.minute == b->civil.minute &&
	    a->civil.second == b->civil.second && a->offset == b->offset &&
	    a->has_date == b->has_date && a->has_year == b->has_year &&
	    a->has_time == b->has_time && a->has_offset == b->has_offset;
}

/* Sees only the lines whose bit is set, in blocks of some lines each, and has
 * the stamp at each of them, and behind each block, that who sees all has. */
static bool
is_carried(const struct text *text, unsigned seen, size_t block)
{
	struct reader all = { 0 };
	struct reader reader = { 0 };
	struct carry carry = { .reader = &reader, .part = part_of };
	const char *end = text->whole.ptr + text->whole.len;
	bool is_right = true;

	for (size_t i = 0; i < text->count; i++) {
		struct slice line = text->lines[i];
		struct slice part = part_of(&all, line);
		bool is_last = i + 1 == text->count;

		if (i % block == 0)
			carry_begin(&carry, line.ptr);
		reader_see_line(&all, part);
		if ((seen >> i & 1) != 0) {
			struct stamp own;

			is_right &= carry_see(&carry, line, part) ==
			    stamp_find(part, READER_HEAD, 0, &own);
			is_right &= is_same(&reader.stamp, &all.stamp);
		}
		if (is_last || (i + 1) % block == 0) {
			carry_catch_up(&carry,
			    is_last ? end : text->lines[i + 1].ptr);
			is_right &= is_same(&reader.stamp, &all.stamp);
		}
	}
	return is_right;
}

static void
check(const char *string)
{
	struct text text = text_of(string);

	for (size_t block = 1; block <= text.count; block++)
		for (unsigned seen = 0; seen < 1U << text.count; seen++)
			if (!CHECK(is_carried(&text, seen, block))) {
				printf("# lines %#x of %s\n", seen, string);
				return;
			}
}

static void
dates(void)
{
	check("2013-06-12 05:04:03 a\nb\n2013-06-12 05:04:03,5 c\n\n"
	      "2013-06-13 05:04:03 d\ne\nf\n");
	check("2013-06-12 05:04:03 a\n2013-06-12 05:04:03 b\n"
	      "2013-06-12 05:04:04 c\n2013-06-12 05:04:04Z d\ne");
}

static void
times(void)
{
	check("05:04:01 a\nb\n2013-06-12 c\n05:04:02 d\n05:04:03Z e\nf\n"
	      "05:04:04 g\n");
	check("05:04:01Z a\nJun 12 05:04:02 b\n05:04:03 c\n"
	      "2013-06-12 05:04:03 +0200 d\n05:04:05 e\n");
}

static void
nothing(void)
{
	check("a\n\n\r\nb");
	check("\n");
	check("2013-99-99 05:04:03 a\nb\n");
}

static void
parts(void)
{
	check("2013-06-12 05:04:03 a | 2014-01-01\nb | 2015-01-01\n"
	      "| 2013-06-13 05:04:03\n05:04:04 | 06:00:00 c\r\n");
}

static const struct tap_test tests[] = {
	{ "a stamp with a date needs nothing from above", dates },
	{ "a time goes with the last date above it", times },
	{ "lines without a stamp carry nothing", nothing },
	{ "only the part that counts is looked at", parts },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
