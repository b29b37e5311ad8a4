/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/anchor.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/random.h"

#include "tap.h"

enum { LINES_MOST = 40 };

/* The anchors as a text: "1 0 2" for lines 1 and 3 of old. */
static void
check_anchors(const char *old_text, const char *new_text, const char *want)
{
	struct text old;
	struct text new;
	size_t to[LINES_MOST];
	struct buf got = { 0 };

	text_init(&old, slice_str(old_text));
	text_init(&new, slice_str(new_text));
	anchor_lines(to, &old, &new);
	for (size_t i = 0; i < old.count; i++)
		buf_add_format(&got, i == 0 ? "%zu" : " %zu", to[i]);
	CHECK_SLICE(got, want);
	buf_release(&got);
	text_release(&old);
	text_release(&new);
}

static void
keeps_equal_ends(void)
{
	check_anchors("a\nb\nc\n", "a\nb\nc\n", "1 2 3");
	check_anchors("a\nb\nc\n", "a\nx\ny\nc\n", "1 0 4");
	check_anchors("a\na\na\n", "a\na\n", "1 2 0");
	check_anchors("a\n", "b\n", "0");
	check_anchors("", "b\n", "");
	check_anchors("a\n", "", "0");
}

static void
keeps_unique_lines(void)
{
	check_anchors("x\nf\n{\n}\ny\n", "u\ng\n{\n}\nf\n{\n}\nv\n",
	    "0 5 6 7 0");
	/* One such line counts more than any others. */
	check_anchors("p\nf\n{\n}\n{\n}\nq\n", "r\n{\n}\n{\n}\nf\ns\n",
	    "0 6 0 0 0 0 0");
	/* Three lines keep their order and two do not: the three win. */
	check_anchors("v\na\nb\nc\nd\ne\nw\n", "p\nd\ne\na\nb\nc\nq\n",
	    "0 4 5 6 0 0 0");
}

static void
edits_what_is_not_unique(void)
{
	check_anchors("p\na\nb\na\nb\nq\n", "r\nb\na\nb\na\ns\n",
	    "0 0 2 3 4 0");
}

/* How many lines the longest common order of both has, by the textbook. */
static size_t
longest(struct slice a, struct slice b)
{
	size_t best[LINES_MOST + 1][LINES_MOST + 1] = { { 0 } };

	for (size_t i = 1; i <= a.len; i++) {
		for (size_t k = 1; k <= b.len; k++) {
			size_t *at = &best[i][k];

			*at = best[i - 1][k] > best[i][k - 1] ? best[i - 1][k] :
								best[i][k - 1];
			if (a.ptr[i - 1] == b.ptr[k - 1])
				*at = best[i - 1][k - 1] + 1;
		}
	}
	return best[a.len][b.len];
}

/* Lines of one letter, each of which stands there twice at least. */
static struct slice
make_lines(struct random *random, char *letters, struct buf *lines)
{
	size_t n = 6 + random_below(random, LINES_MOST - 6);

	buf_clear(lines);
	for (size_t i = 0; i < n; i++) {
		letters[i] = (char)('a' +
		    (i < 6 ? i / 2 : random_below(random, 3)));
		buf_add_format(lines, "%c\n", letters[i]);
	}
	return slice_make(letters, n);
}

static void
finds_the_shortest_edit(void)
{
	struct random random;
	struct buf lines[2] = { { 0 } };
	char letters[2][LINES_MOST];

	random_seed(&random, 3);
	for (int round = 0; round < 300; round++) {
		struct slice a = make_lines(&random, letters[0], &lines[0]);
		struct slice b = make_lines(&random, letters[1], &lines[1]);
		struct text old;
		struct text new;
		size_t to[LINES_MOST];
		size_t last = 0;
		size_t n = 0;

		text_init(&old, buf_slice(&lines[0]));
		text_init(&new, buf_slice(&lines[1]));
		anchor_lines(to, &old, &new);
		for (size_t i = 0; i < a.len; i++) {
			if (to[i] == 0)
				continue;
			CHECK(to[i] > last && to[i] <= b.len);
			CHECK(a.ptr[i] == b.ptr[to[i] - 1]);
			last = to[i];
			n++;
		}
		text_release(&old);
		text_release(&new);
		/* Unless a unique line between equal ends led elsewhere. */
		if (!CHECK(n + 1 >= longest(a, b)))
			break;
	}
	buf_release(&lines[0]);
	buf_release(&lines[1]);
}

static void
bounds_hostile_texts(void)
{
	struct buf a = { 0 };
	struct buf b = { 0 };
	struct random random;
	struct text old;
	struct text new;
	size_t *to = calloc(100000, sizeof(*to));
	size_t last = 0;

	random_seed(&random, 5);
	for (int i = 0; i < 100000; i++) {
		buf_add_format(&a, "v%d\n", (int)random_below(&random, 500));
		buf_add_format(&b, "v%d\n", (int)random_below(&random, 500));
	}
	text_init(&old, buf_slice(&a));
	text_init(&new, buf_slice(&b));
	anchor_lines(to, &old, &new);
	for (size_t i = 0; i < old.count; i++) {
		CHECK(to[i] == 0 || to[i] > last);
		last = to[i] == 0 ? last : to[i];
	}
	CHECK(last > 0);
	text_release(&old);
	text_release(&new);
	buf_release(&a);
	buf_release(&b);
	free(to);
}

static const struct tap_test tests[] = {
	{ "equal lines at both ends are anchors", keeps_equal_ends },
	{ "lines that both have once are, as many as keep their order",
	    keeps_unique_lines },
	{ "between them it is the shortest edit", edits_what_is_not_unique },
	{ "that edit is the shortest", finds_the_shortest_edit },
	{ "long texts at random take no long time", bounds_hostile_texts },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
