/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/similar.h"

#include "base/random.h"

#include "tap.h"

enum { LONG = 200 };

static double
alike(struct slice a, struct slice b)
{
	struct similar similar;

	similar_init(&similar, a);
	return similar_to(&similar, b);
}

static bool
near(double a, double b)
{
	return a - b < 1e-9 && b - a < 1e-9;
}

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* The distance by the textbook. */
static size_t
distance(struct slice a, struct slice b)
{
	size_t row[LONG + 1];

	for (size_t k = 0; k <= b.len; k++)
		row[k] = k;
	for (size_t i = 1; i <= a.len; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t k = 1; k <= b.len; k++) {
			size_t differs = a.ptr[i - 1] != b.ptr[k - 1];
			size_t above = row[k];

			row[k] = least(above + 1, row[k - 1] + 1,
			    corner + differs);
			corner = above;
		}
	}
	return row[b.len];
}

static void
counts_edits(void)
{
	CHECK(near(alike(slice_str("kitten"), slice_str("sitting")),
	    1 - 3.0 / 7));
	CHECK(near(alike(slice_str("int x"), slice_str("int x")), 1));
	CHECK(near(alike(slice_str("abc"), slice_str("xyz")), 0));
	CHECK(near(alike(slice_str("a\x80\xff"), slice_str("a\xff")), 2.0 / 3));
}

static void
takes_nothing(void)
{
	CHECK(near(alike(slice_str(""), slice_str("")), 1));
	CHECK(near(alike(slice_str("a"), slice_str("")), 0));
	CHECK(near(alike(slice_str(""), slice_str("a")), 0));
}

static struct slice
make_line(struct random *random, char *bytes)
{
	size_t len = 1 + random_below(random, LONG);

	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)('a' + random_below(random, 4));
	return slice_make(bytes, len);
}

static void
is_that_of_the_textbook(void)
{
	struct random random;
	char first[LONG];
	char second[LONG];

	random_seed(&random, 7);
	for (int i = 0; i < 500; i++) {
		struct slice a = make_line(&random, first);
		struct slice b = make_line(&random, second);
		size_t longer = a.len > b.len ? a.len : b.len;
		double want = 1 - (double)distance(a, b) / (double)longer;

		if (!CHECK(near(alike(a, b), want)))
			return;
	}
}

static void
bounds_long_lines(void)
{
	char a[1000];
	char b[1000];

	memset(a, 'a', sizeof(a));
	memset(b, 'a', sizeof(b));
	CHECK(near(alike(slice_make(a, 1000), slice_make(b, 1000)), 1));
	CHECK(near(alike(slice_make(a, 1000), slice_make(b, 500)), .5));
	memset(b + 872, 'b', 128);
	CHECK(near(alike(slice_make(a, 1000), slice_make(b, 1000)), .5));
}

static const struct tap_test tests[] = {
	{ "lines are alike by the edits between them", counts_edits },
	{ "an empty line is only like another", takes_nothing },
	{ "the distance is that of the textbook", is_that_of_the_textbook },
	{ "of long lines the ends are seen", bounds_long_lines },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
