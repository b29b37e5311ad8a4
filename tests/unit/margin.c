/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/margin.h"

#include <math.h>

#include "tap.h"

enum { MOST = 8 };

static struct site olds[MOST];
static struct site news[MOST];
static struct change changes[MOST];
static const struct change *pointers[MOST];
static size_t count;

static const struct margin_options whole = { .context = UINT64_MAX };
static const struct margin_options detailed = {
	.operations = true,
	.context = UINT64_MAX,
};

static struct site
site_make(const char *line, const char *operation, uint64_t counted)
{
	return (struct site){
		.file = SLICE("shop/badges.py"),
		.line = slice_str(line),
		.operation = slice_str(operation),
		.count = counted,
	};
}

/* Adds a change of an operation; a line that is NULL is on no such day. What
 * is more than twice as much, or less than half, is more than noise. */
static void
add(const char *old_line, const char *new_line, const char *operation,
    uint64_t old, uint64_t new)
{
	struct change *change = &changes[count];

	*change = (struct change){ .old_count = old, .new_count = new };
	if (old_line != NULL) {
		olds[count] = site_make(old_line, operation, old);
		change->pair.old = &olds[count];
	}
	if (new_line != NULL) {
		news[count] = site_make(new_line, operation, new);
		change->pair.new = &news[count];
	}
	change->noise.expected = (double)old;
	change->noise.excess = (double)new - (double)old;
	change->noise.stands_out = new > 2 * old;
	change->noise.ratio_high = old == 0 ? (double)NAN :
					      2 * (double)new / (double)old;
	pointers[count++] = change;
}

/* What is printed; valid until the next call, which begins anew. */
static const char *
printed(const char *source, const struct margin_options *options)
{
	static char text[2048];
	struct buf buf = { 0 };

	margin_add(&buf, slice_str("shop/badges.py"), pointers, count,
	    slice_str(source), options);
	snprintf(text, sizeof(text), "%.*s", (int)buf.len, buf.ptr);
	buf_release(&buf);
	count = 0;
	return text;
}

static void
stands_beside_its_line(void)
{
	add("2", "2", "UserData.put", 7024, 20360);
	add("3", "3", "Badge.get", 12, 7);
	add("4", "4", "Badge.put", 5, 5);
	CHECK_STR(printed("def award():\n"
			  "    user.put()\n"
			  "    get()\n"
			  "    put()\n",
		      &whole),
	    "  OLD     NEW    LINE\n"
	    "                    1 | def award():\n"
	    "7,024  20,360 +     2 |     user.put()\n"
	    "   12       7 -     3 |     get()\n"
	    "    5       5       4 |     put()\n");
}

static void
adds_operations_up(void)
{
	add("1", "1", "UserData.put", 10, 20);
	add("1", "1", "Badge.put", 5, 5);
	CHECK_STR(printed("put()\n", &whole),
	    "OLD  NEW    LINE\n"
	    " 15   25 +     1 | put()\n");
}

static void
lists_operations(void)
{
	add("82", "1", "UserData.put", 10, 20);
	add("1", "1", "Badge.put", 5, 5);
	add(NULL, "2", "Badge.get", 0, 5);
	changes[0].pair.kind = MATCH_SHIFTED;
	changes[1].pair.kind = MATCH_MAYBE;
	CHECK_STR(printed("\tput()\nget()\n", &detailed),
	    "OLD  NEW    LINE\n"
	    " 15   25 +     1 |         put()\n"
	    "  5    5         :         Badge.put (maybe)\n"
	    " 10   20 +       :         UserData.put (was :82)\n"
	    "  0    5 +     2 | get()\n"
	    "  0    5 +       : Badge.get\n");
}

static void
names_other_files(void)
{
	add("82", "1", "UserData.put", 10, 20);
	olds[0].file = slice_str("old\033.py");
	CHECK_STR(printed("put()\n", &detailed),
	    "OLD  NEW    LINE\n"
	    " 10   20 +     1 | put()\n"
	    " 10   20 +       : UserData.put (was old\\033.py:82)\n");
}

static void
keeps_to_the_context(void)
{
	static const struct margin_options near = { .context = 1 };
	static const struct margin_options just = { .context = 0 };

	add("2", "2", "A.get", 1, 1);
	add("4", "4", "A.get", 1, 1);
	add("9", "9", "A.get", 1, 1);
	CHECK_STR(printed("1\n2\n3\n4\n5\n6\n7\n8\n9\n", &near),
	    "OLD  NEW    LINE\n"
	    "               1 | 1\n"
	    "  1    1       2 | 2\n"
	    "               3 | 3\n"
	    "  1    1       4 | 4\n"
	    "               5 | 5\n"
	    "--\n"
	    "               8 | 8\n"
	    "  1    1       9 | 9\n");
	add("2", "2", "A.get", 1, 1);
	CHECK_STR(printed("1\n2\n3\n", &just),
	    "OLD  NEW    LINE\n"
	    "  1    1       2 | 2\n");
	CHECK_STR(printed("1\n2\n3\n", &just), "OLD  NEW    LINE\n");
}

static void
tells_the_lost(void)
{
	add("82", NULL, "UserData.put", 120, 0);
	add("9", NULL, "Badge.put", 1, 0);
	add("3", "3", "Badge.get", 1000, 2000);
	add("", "", "Badge.query", 1, 2);
	add("5", "9", "Badge.delete", 1, 2);
	news[4].file = slice_str("shop/new.py");
	CHECK_STR(printed("1\n2\n", &whole),
	    "OLD  NEW    LINE\n"
	    "               1 | 1\n"
	    "               2 | 2\n"
	    "on no line: shop/badges.py Badge.query 1 -> 2\n"
	    "moved to: shop/new.py:9 Badge.delete 1 -> 2\n"
	    "gone: shop/badges.py:9 Badge.put 1 -> 0\n"
	    "gone: shop/badges.py:82 UserData.put 120 -> 0\n"
	    "line 3 is beyond the end of the file, 2: Badge.get 1,000 -> "
	    "2,000; is this the revision that ran?\n");
}

static void
shows_any_source(void)
{
	CHECK_STR(printed("", &whole), "OLD  NEW    LINE\n");
	CHECK_STR(printed("a\tb\r\n\xc3\xa4\tc\033[2J\r.\n  \nlast", &whole),
	    "OLD  NEW    LINE\n"
	    "               1 | a       b\n"
	    "               2 | \xc3\xa4       c\\033[2J\\r.\n"
	    "               3 |\n"
	    "               4 | last\n");
}

static void
colours_what_is_sure(void)
{
	static const struct margin_options colours = {
		.context = UINT64_MAX,
		.use_color = true,
	};

	add("1", "1", "A.get", 10, 21);
	add("2", "2", "A.get", 10, 11);
	add("3", "3", "A.get", 10, 4);
	add("4", "4", "A.get", 10, 9);
	CHECK_STR(printed("a\nb\nc\nd\n", &colours),
	    "\033[2mOLD  NEW    LINE\033[0m\n"
	    "\033[31m 10   21 +     1 | a\033[0m\n"
	    " 10   11 +     2 | b\n"
	    "\033[32m 10    4 -     3 | c\033[0m\n"
	    " 10    9 -     4 | d\n");
}

static void
stays_at_the_most(void)
{
	add("1", "1", "A.get", UINT64_MAX, 1);
	add("1", "1", "A.put", 1, UINT64_MAX);
	CHECK_STR(printed("a\n", &whole),
	    "                       OLD                         NEW    LINE\n"
	    "18,446,744,073,709,551,615  18,446,744,073,709,551,615       1 "
	    "| a\n");
}

static const struct tap_test tests[] = {
	{ "both counts stand beside their line, with a mark",
	    stands_beside_its_line },
	{ "operations of a line are added up", adds_operations_up },
	{ "or listed below it, with where they were", lists_operations },
	{ "and in which file, made visible", names_other_files },
	{ "lines far from counts are left out when asked",
	    keeps_to_the_context },
	{ "what has no line is told behind the source", tells_the_lost },
	{ "tabs are aligned, odd bytes visible, the last line needs no end",
	    shows_any_source },
	{ "what is more than noise is coloured", colours_what_is_sure },
	{ "a sum beyond 2^64-1 stays there", stays_at_the_most },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
