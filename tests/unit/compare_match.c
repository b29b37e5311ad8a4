/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/match.h"

#include "tap.h"

#define SITE(file, line, function, operation, count)                         \
	{                                                                    \
		SLICE(file), SLICE(line), SLICE(function), SLICE(operation), \
		    count                                                    \
	}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Matches with all that there is. */
static void
match(struct matching *matching, const struct site *old, size_t old_count,
    const struct site *new, size_t new_count)
{
	matching_init(matching, old, old_count, new, new_count);
	matching_by_place(matching);
	matching_by_function(matching);
	matching_finish(matching);
}

/* The pair of an old site, or of a new one. */
static const struct pair *
pair_of(const struct matching *matching, const struct site *site)
{
	for (size_t i = 0; i < matching->count; i++)
		if (matching->pairs[i].old == site ||
		    matching->pairs[i].new == site)
			return &matching->pairs[i];
	return NULL;
}

static void
matches_places(void)
{
	static const struct site old[] = {
		SITE("a.py", "4", "index", "City.load", 1),
		SITE("a.py", "4", "index", "City.put", 2),
	};
	static const struct site new[] = {
		SITE("a.py", "4", "index", "City.put", 3),
		SITE("a.py", "4", "index", "City.load", 4),
	};
	struct matching matching;

	match(&matching, old, 2, new, 2);
	CHECK_INT(matching.count, 2);
	CHECK(pair_of(&matching, &old[0])->new == &new[1]);
	CHECK(pair_of(&matching, &old[1])->new == &new[0]);
	CHECK(pair_of(&matching, &old[0])->kind == MATCH_EXACT);
	CHECK(pair_of(&matching, &old[0])->score == 1);
	matching_release(&matching);
}

static void
ignores_functions_at_the_same_place(void)
{
	static const struct site old[] = {
		SITE("a.py", "4", "", "City.load", 1),
		SITE("a.py", "9", "index", "City.load", 1),
	};
	static const struct site new[] = {
		SITE("a.py", "4", "index", "City.load", 1),
		SITE("a.py", "9", "list", "City.load", 1),
	};
	struct matching matching;

	match(&matching, old, 2, new, 2);
	CHECK_INT(matching.count, 2);
	CHECK(pair_of(&matching, &old[0])->new == &new[0]);
	CHECK(pair_of(&matching, &old[1])->new == &new[1]);
	CHECK(pair_of(&matching, &old[0])->kind == MATCH_EXACT);
	matching_release(&matching);
}

static void
prefers_the_same_function(void)
{
	static const struct site old[] = {
		SITE("a.py", "4", "b", "City.load", 1),
	};
	static const struct site new[] = {
		SITE("a.py", "4", "a", "City.load", 1),
		SITE("a.py", "4", "b", "City.load", 1),
	};
	struct matching matching;

	match(&matching, old, 1, new, 2);
	CHECK(pair_of(&matching, &old[0])->new == &new[1]);
	CHECK(pair_of(&matching, &new[0])->kind == MATCH_NONE);
	matching_release(&matching);
}

static void
follows_functions(void)
{
	static const struct site old[] = {
		SITE("a.py", "27", "update", "Place.put", 82),
		SITE("a.py", "36", "destroy", "Place.delete", 39),
	};
	static const struct site new[] = {
		SITE("a.py", "28", "update", "Place.put", 156),
		SITE("a.py", "37", "destroy", "Place.delete", 18),
	};
	struct matching matching;

	match(&matching, old, 2, new, 2);
	CHECK_INT(matching.count, 2);
	CHECK(pair_of(&matching, &old[0])->new == &new[0]);
	CHECK(pair_of(&matching, &old[1])->new == &new[1]);
	CHECK(pair_of(&matching, &old[0])->kind == MATCH_SHIFTED);
	CHECK(pair_of(&matching, &old[0])->score < 0);
	matching_release(&matching);
}

/* As numbers: 9 is before 10. */
static void
pairs_in_line_order(void)
{
	static const struct site old[] = {
		SITE("a.py", "8", "f", "X.put", 1),
		SITE("a.py", "9", "f", "X.put", 1),
	};
	static const struct site new[] = {
		SITE("a.py", "11", "f", "X.put", 1),
		SITE("a.py", "10", "f", "X.put", 1),
		SITE("a.py", "100", "f", "X.put", 1),
	};
	struct matching matching;

	match(&matching, old, 2, new, 3);
	CHECK_INT(matching.count, 3);
	CHECK(pair_of(&matching, &old[0])->new == &new[1]);
	CHECK(pair_of(&matching, &old[1])->new == &new[0]);
	CHECK(pair_of(&matching, &new[2])->kind == MATCH_NONE);
	matching_release(&matching);
}

static void
keeps_strangers_apart(void)
{
	static const struct site old[] = {
		SITE("a.py", "4", "", "City.load", 1),   /* no function */
		SITE("a.py", "7", "f", "City.load", 1),  /* operation */
		SITE("b.py", "9", "g", "City.load", 1),  /* file */
		SITE("a.py", "12", "h", "City.load", 1), /* both */
	};
	static const struct site new[] = {
		SITE("a.py", "5", "", "City.load", 1),
		SITE("a.py", "8", "f", "City.put", 1),
		SITE("c.py", "9", "g", "City.load", 1),
		SITE("a.py", "12", "i", "City.put", 1),
	};
	struct matching matching;

	match(&matching, old, 4, new, 4);
	CHECK_INT(matching.count, 8);
	for (size_t i = 0; i < matching.count; i++) {
		const struct pair *pair = &matching.pairs[i];

		CHECK(pair->kind == MATCH_NONE);
		CHECK((pair->old == NULL) != (pair->new == NULL));
	}
	matching_release(&matching);
}

/* Without lines a file's functions are all at the same (empty) place. */
static void
compares_groups_by_all_fields(void)
{
	static const struct site old[] = {
		SITE("a.py", "", "f", "", 1),
		SITE("a.py", "", "g", "", 1),
	};
	static const struct site new[] = {
		SITE("a.py", "", "g", "", 1),
		SITE("a.py", "", "h", "", 1),
	};
	struct matching matching;

	match(&matching, old, 2, new, 2);
	CHECK_INT(matching.count, 3);
	CHECK(pair_of(&matching, &old[1])->new == &new[0]);
	CHECK(pair_of(&matching, &old[0])->new == NULL);
	CHECK(pair_of(&matching, &new[1])->old == NULL);
	matching_release(&matching);
}

static void
takes_empty_sides(void)
{
	static const struct site sites[] = {
		SITE("a.py", "1", "f", "X.put", 1),
	};
	struct matching matching;

	match(&matching, NULL, 0, NULL, 0);
	CHECK_INT(matching.count, 0);
	matching_release(&matching);
	match(&matching, sites, 1, NULL, 0);
	CHECK_INT(matching.count, 1);
	CHECK(matching.pairs[0].old == sites);
	matching_release(&matching);
	match(&matching, NULL, 0, sites, 1);
	CHECK_INT(matching.count, 1);
	CHECK(matching.pairs[0].new == sites);
	matching_release(&matching);
}

/* Thousands of sites, every third moved: each is in one pair, with its own. */
static void
pairs_each_site_once(void)
{
	enum { N = 3000 };
	static char lines[2 * N][8];
	static struct site old[N];
	static struct site new[N];
	struct matching matching;
	size_t shifted = 0;

	for (int i = 0; i < N; i++) {
		char *old_line = lines[i];
		char *new_line = lines[N + i];

		snprintf(old_line, sizeof(lines[0]), "%d", 10 * i + 1);
		snprintf(new_line, sizeof(lines[0]), "%d",
		    10 * i + (i % 3 == 0 ? 2 : 1));
		old[i] = (struct site)SITE("a.py", "", "f", "X.put", 1);
		old[i].line = slice_str(old_line);
		new[N - 1 - i] = old[i];
		new[N - 1 - i].line = slice_str(new_line);
	}
	match(&matching, old, N, new, N);
	CHECK_INT(matching.count, N);
	for (size_t i = 0; i < matching.count; i++) {
		const struct pair *pair = &matching.pairs[i];

		if (!CHECK(pair->old != NULL && pair->new != NULL))
			break;
		CHECK_INT(pair->old - old, N - 1 - (pair->new - new));
		shifted += pair->kind == MATCH_SHIFTED;
	}
	CHECK_INT(shifted, N / 3);
	matching_release(&matching);
}

static const struct tap_test tests[] = {
	{ "the same file, line and operation are one site", matches_places },
	{ "a function that is missing or renamed does not part a site",
	    ignores_functions_at_the_same_place },
	{ "of several at one place the one of the same function is taken",
	    prefers_the_same_function },
	{ "a site that moved is found by its function", follows_functions },
	{ "several of one function are paired in the order of their lines",
	    pairs_in_line_order },
	{ "another file, operation, or no function is no match",
	    keeps_strangers_apart },
	{ "groups without lines are compared by all that they have",
	    compares_groups_by_all_fields },
	{ "either side may be empty", takes_empty_sides },
	{ "each site is in one pair, whatever the order it came in",
	    pairs_each_site_once },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
