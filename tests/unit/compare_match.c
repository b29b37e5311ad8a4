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

/* Targets of old sites, as a tracker gives them. */
#define TARGET(file, line, kind, score) TARGET_WAS(file, line, kind, score, "")
#define TARGET_WAS(file, line, kind, score, old_file)              \
	{                                                          \
		SLICE(file), SLICE(line), score, kind, true, true, \
		    SLICE(old_file)                                \
	}

static void
aim(struct matching *matching, const struct site *old, size_t old_count,
    const struct site *new, size_t new_count,
    const struct match_target *targets)
{
	matching_init(matching, old, old_count, new, new_count);
	matching_by_targets(matching, targets);
	matching_finish(matching);
}

static void
follows_targets(void)
{
	static const struct site old[] = {
		SITE("a.py", "27", "update", "Place.put", 82),
		SITE("a.py", "27", "update", "Place.get", 8),
		SITE("a.py", "36", "destroy", "Place.put", 39),
	};
	static const struct site new[] = {
		SITE("a.py", "27", "update", "Place.put", 44),
		SITE("a.py", "28", "update", "Place.put", 156),
		SITE("b.py", "9", "destroy", "Place.put", 18),
		SITE("a.py", "28", "update", "Place.get", 5),
	};
	static const struct match_target targets[] = {
		TARGET("a.py", "28", MATCH_SHIFTED, 1),
		TARGET("a.py", "28", MATCH_SHIFTED, 1),
		TARGET("b.py", "9", MATCH_MOVED, .9),
	};
	struct matching matching;

	aim(&matching, old, COUNT(old), new, COUNT(new), targets);
	CHECK_INT(matching.count, 4);
	CHECK(pair_of(&matching, &old[0])->new == &new[1]);
	CHECK(pair_of(&matching, &old[0])->kind == MATCH_SHIFTED);
	CHECK(pair_of(&matching, &old[1])->new == &new[3]);
	CHECK(pair_of(&matching, &old[2])->new == &new[2]);
	CHECK(pair_of(&matching, &old[2])->kind == MATCH_MOVED);
	CHECK(pair_of(&matching, &old[2])->score == .9);
	CHECK(pair_of(&matching, &new[0])->old == NULL);
	matching_release(&matching);
}

static void
says_what_is_no_more_than_a_guess(void)
{
	static const struct site old[] = {
		SITE("a.py", "1", "f", "Place.put", 1),
		SITE("a.py", "2", "f", "Place.put", 1),
	};
	static const struct site new[] = {
		SITE("a.py", "4", "f", "Place.put", 1),
		SITE("a.py", "5", "f", "Place.put", 1),
	};
	struct match_target targets[] = {
		TARGET("a.py", "4", MATCH_EDITED, .55),
		TARGET("a.py", "5", MATCH_EDITED, .9),
	};
	struct matching matching;

	targets[1].names_operation = false;
	aim(&matching, old, COUNT(old), new, COUNT(new), targets);
	CHECK(pair_of(&matching, &old[0])->kind == MATCH_MAYBE);
	CHECK(pair_of(&matching, &old[0])->score == .55);
	CHECK(pair_of(&matching, &old[1])->kind == MATCH_DOUBTFUL);
	matching_release(&matching);
}

/* The releases are in folders of their own. */
static void
looks_where_it_was_by_its_new_name(void)
{
	static const struct site old[] = {
		SITE("A/a.py", "10", "f", "Place.put", 1),
		SITE("A/a.py", "20", "f", "Place.put", 1),
	};
	static const struct site new[] = {
		SITE("B/a.py", "10", "f", "Place.put", 1),
		SITE("B/a.py", "20", "f", "Place.put", 1),
	};
	static const struct match_target targets[] = {
		TARGET_WAS("", "", MATCH_NONE, 0, "B/a.py"),
		TARGET_WAS("B/a.py", "90", MATCH_SHIFTED, 1, "B/a.py"),
	};
	struct matching matching;

	aim(&matching, old, COUNT(old), new, COUNT(new), targets);
	CHECK_INT(matching.count, 2);
	for (size_t i = 0; i < 2; i++) {
		CHECK(pair_of(&matching, &old[i])->new == &new[i]);
		CHECK(pair_of(&matching, &old[i])->kind == MATCH_DOUBTFUL);
	}
	matching_release(&matching);
}

/* A call of several lines, reported at its first line and then at its last; and
 * old code that still ran. */
static void
looks_around(void)
{
	static const struct site old[] = {
		SITE("a.py", "10", "f", "Place.put", 1),
		SITE("a.py", "50", "g", "Place.put", 1),
		SITE("a.py", "90", "h", "Place.put", 1),
	};
	static const struct site new[] = {
		SITE("a.py", "17", "f", "Place.put", 1),
		SITE("a.py", "18", "f", "Place.get", 1),
		SITE("a.py", "21", "f", "Place.put", 1),
		SITE("a.py", "50", "g", "Place.put", 1),
		SITE("a.py", "106", "h", "Place.put", 1),
	};
	static const struct match_target targets[] = {
		TARGET("a.py", "18", MATCH_SHIFTED, 1),
		TARGET("", "", MATCH_NONE, 0),
		TARGET("a.py", "100", MATCH_SHIFTED, 1),
	};
	struct matching matching;

	aim(&matching, old, COUNT(old), new, COUNT(new), targets);
	CHECK(pair_of(&matching, &old[0])->new == &new[0]);
	CHECK(pair_of(&matching, &old[0])->kind == MATCH_DOUBTFUL);
	CHECK(pair_of(&matching, &old[1])->new == &new[3]);
	CHECK(pair_of(&matching, &old[1])->kind == MATCH_DOUBTFUL);
	CHECK(pair_of(&matching, &old[2])->new == NULL);
	CHECK(pair_of(&matching, &old[2])->kind == MATCH_NONE);
	matching_release(&matching);
}

static void
leaves_the_unknown_to_others(void)
{
	static const struct site old[] = {
		SITE("a.py", "10", "f", "Place.put", 1),
		SITE("b.py", "10", "f", "Place.put", 1),
	};
	static const struct match_target targets[] = {
		{ .is_known = false },
		TARGET("", "", MATCH_NONE, 0),
	};
	struct matching matching;

	matching_init(&matching, old, COUNT(old), NULL, 0);
	matching_by_targets(&matching, targets);
	CHECK_INT(matching.count, 1);
	CHECK_INT(matching.old_count, 1);
	CHECK(matching.old[0] == &old[0]);
	matching_release(&matching);
}

static const struct tap_test tests[] = {
	{ "sites are paired with where the source says they went",
	    follows_targets },
	{ "a low score is a maybe, a line without its operation doubtful",
	    says_what_is_no_more_than_a_guess },
	{ "what is not counted there is looked for near it, doubtfully",
	    looks_around },
	{ "so is what is counted where it was, in a file of another name",
	    looks_where_it_was_by_its_new_name },
	{ "what the source does not know stays free",
	    leaves_the_unknown_to_others },
	{ "the same file, line and operation are one site", matches_places },
	{ "a function that is missing or renamed does not part a site",
	    ignores_functions_at_the_same_place },
	{ "of several at one place the one of the same function is taken",
	    prefers_the_same_function },
	{ "another file, operation, or no function is no match",
	    keeps_strangers_apart },
	{ "groups without lines are compared by all that they have",
	    compares_groups_by_all_fields },
	{ "either side may be empty", takes_empty_sides },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
