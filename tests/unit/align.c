/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/align.h"

#include "base/buf.h"

#include "tap.h"

/* Two texts and where the lines of the first went. */
struct both {
	struct text old;
	struct text new;
	struct align align;
};

static void
both_init(struct both *both, const char *old, const char *new)
{
	text_init(&both->old, slice_str(old));
	text_init(&both->new, slice_str(new));
	align_init(&both->align, &both->old, &both->new);
}

static void
both_release(struct both *both)
{
	align_release(&both->align);
	text_release(&both->old);
	text_release(&both->new);
}

/* The lines as "1 0 2", and what they are as letters: Gone, Same, Edited, and
 * P for split into parts. */
static void
check_align(const char *old, const char *new, const char *want)
{
	static const char kinds[] = "GSEP";
	struct both both;
	struct buf got = { 0 };

	both_init(&both, old, new);
	for (size_t i = 0; i < both.align.count; i++) {
		const struct align_line *line = &both.align.lines[i];

		buf_add_format(&got, "%s%zu%c", i == 0 ? "" : " ", line->to,
		    kinds[line->kind]);
	}
	CHECK_SLICE(got, want);
	buf_release(&got);
	both_release(&both);
}

static void
keeps_what_is_the_same(void)
{
	check_align("a b\nc d\n", "new line\na  b\n\tc d\n", "2S 3S");
	check_align("a b\nc d\n", "c d\n", "0G 1S");
	check_align("", "x\n", "");
	check_align("x\n", "", "0G");
}

static void
follows_edits(void)
{
	check_align("def f\n  private final int x = 1;\n  go(x)\nend\n",
	    "def f\n  log('f')\n  int y = 1;\n  go(x)\nend\n", "1S 3E 4S 5S");
	check_align("start\nuser = User.find(id)\nmiddle\n"
		    "post = Post.find(id)\nstop\n",
	    "start\nuser = User.find_by(id: id)\nmiddle of it\n"
	    "post = Post.find_by(id: id)\nstop\n",
	    "1S 2E 3E 4E 5S");
}

static void
takes_each_line_once(void)
{
	check_align("a1 = get(key)\nzz\n",
	    "a1 = get(key, 1)\n"
	    "a1 = get(key, 12)\nzz\n",
	    "1E 3S");
	check_align("a1 = get(key, 1)\na1 = get(key, 12)\nzz\n",
	    "a1 = get(key)\nzz\n", "1E 0G 2S");
}

static void
follows_moves(void)
{
	check_align("def a\n  one(1)\n  [\n  ]\nend # a\n"
		    "def b\n  three(3)\n  four(4)\n  five(5)\nend # b\n",
	    "def b\n  three(3)\n  four(4)\n  five(5)\nend # b\n"
	    "def a\n  one(1)\n  [\n  ]\nend # a\n",
	    "6E 7E 8E 9E 10E 1S 2S 3S 4S 5S");
}

static void
tells_twins_by_context(void)
{
	check_align("alpha(1)\nbeta(2)\nfind(x)\ngamma(3)\ndelta(4)\n"
		    "p\nq\nr\ns\n"
		    "one(a)\ntwo(b)\nfind(x)\nthree(c)\nfour(d)\n",
	    "one(a, 0)\ntwo(b, 0)\nfind(x, y)\nthree(c, 0)\nfour(d, 0)\n"
	    "p\nq\nr\ns\n"
	    "alpha(1, 0)\nbeta(2, 0)\nfind(x, y)\ngamma(3, 0)\n"
	    "delta(4, 0)\n",
	    "10E 11E 12E 13E 14E 6S 7S 8S 9S 1E 2E 3E 4E 5E");
}

/* What is around the call is a little more like that in the other one. */
static void
prefers_the_same_function(void)
{
	check_align("def a\n  l(m)\n  n(o)\n  p(q)\n  r(s)\n  x = get(k)\n"
		    "  t(u)\n  v(w)\nend\n",
	    "def b\n  l(m, 1)\n  n(o, 1)\n  p(q, 1)\n  r(s, 1)\n"
	    "  x = get(k, 1)\n  t(u, 1)\n  v(w, 1)\nend\n"
	    "def a\n  l(m, 1)\n  n(o, 1)\n  p(q, 1)\n  r(s, 1)\n"
	    "  x = get(k, 1)\n  t(u, 1)\n  v(z, 1)\nend\n",
	    "10S 11E 12E 13E 14E 15E 16E 17E 18S");
}

static void
follows_splits(void)
{
	struct both both;

	both_init(&both,
	    "start\nif (isInfinite(f) || value(f) == 0 && zeros)\n"
	    "stop\n",
	    "start\nif (isInfinite(f)\n    || (value(f) == 0 && zeros))\n"
	    "stop\n");
	CHECK_INT(both.align.lines[1].to, 2);
	CHECK(both.align.lines[1].kind == ALIGN_SPLIT);
	CHECK(both.align.lines[1].score > .7);
	CHECK_INT(both.align.from_count, 4);
	CHECK_INT(both.align.from[0], 1);
	CHECK_INT(both.align.from[1], 2);
	CHECK_INT(both.align.from[2], 2);
	CHECK_INT(both.align.from[3], 3);
	both_release(&both);
}

static void
follows_joins(void)
{
	struct both both;

	both_init(&both, "start\ncreate(user,\n    post,\n    tag)\nstop\n",
	    "start\ncreate(user, post, tag)\nstop\n");
	for (size_t i = 1; i < 4; i++) {
		CHECK_INT(both.align.lines[i].to, 2);
		CHECK(both.align.lines[i].kind == ALIGN_EDITED);
	}
	CHECK_INT(both.align.from[1], 2);
	both_release(&both);
}

static void
scores_by_text_and_context(void)
{
	struct text old;
	struct text new;

	text_init(&old, slice_str("a\nb\nfoo(bar)\nc\nd\n"));
	text_init(&new, slice_str("x\na\nb\nfoo(bar)\nc\nd\nfoo(bar)\n"));
	/* a b c d against x a b c d foo bar: 4 / (2 * sqrt(7)). */
	CHECK_INT(1e4 * align_score(&old, 3, &new, 4), 9023);
	CHECK(align_score(&old, 3, &new, 4) > align_score(&old, 3, &new, 7));
	CHECK(align_score(&old, 3, &new, 7) > align_score(&old, 2, &new, 7));
	CHECK_INT(1e4 * align_score(&old, 3, &old, 3), 10000);
	text_release(&old);
	text_release(&new);
}

static void
scores_are_those_of_the_alignment(void)
{
	struct both both;
	const struct align_line *line;

	both_init(&both, "a\nb\nfoo(bar, 1)\nc\n", "a\nb\nfoo(bar, 2)\nc\n");
	line = &both.align.lines[2];
	CHECK(line->kind == ALIGN_EDITED);
	CHECK_INT(1e9 * line->score,
	    1e9 * align_score(&both.old, 3, &both.new, 3));
	CHECK(line->score > .9 && line->score < 1);
	CHECK(both.align.lines[0].score >= 1);
	both_release(&both);
}

static void
lets_go_of_the_unlike(void)
{
	check_align("start\nalpha = beta(gamma)\nstop\n",
	    "start\n# nothing of the kind: 1, 2\nstop\n", "1S 0G 3S");
	check_align("a b\nalpha = beta(gamma)\nc d\n",
	    "e f\n# gamma is nothing of the kind: 1, 2\ng h\n", "0G 0G 0G");
}

static void
bounds_hostile_texts(void)
{
	struct buf a = { 0 };
	struct buf b = { 0 };
	struct both both;

	for (int i = 0; i < 50000; i++) {
		buf_add_format(&a, "let a%d = x;\n", i);
		buf_add_format(&b, "let b%d = x;\n", i);
	}
	buf_add_char(&a, '\0');
	buf_add_char(&b, '\0');
	both_init(&both, a.ptr, b.ptr);
	CHECK_INT(both.align.count, 50000);
	both_release(&both);
	buf_release(&a);
	buf_release(&b);
}

static const struct tap_test tests[] = {
	{ "lines that are the same keep their order", keeps_what_is_the_same },
	{ "an edited line is followed", follows_edits },
	{ "each line is taken once, by what is most like it",
	    takes_each_line_once },
	{ "a block that was moved is followed, braces and all", follows_moves },
	{ "twins are told by what is around them", tells_twins_by_context },
	{ "a line stays in its function rather than not",
	    prefers_the_same_function },
	{ "a line that was split is where it starts", follows_splits },
	{ "lines that were joined are all in one", follows_joins },
	{ "a score is .6 the line's and .4 its context's",
	    scores_by_text_and_context },
	{ "scores are the same for texts that were aligned",
	    scores_are_those_of_the_alignment },
	{ "what is like nothing is gone", lets_go_of_the_unlike },
	{ "texts that share little but words take no long time",
	    bounds_hostile_texts },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
