/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/order.h"

#include "base/alloc.h"
#include "base/random.h"

#include "tap.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define SITE(file, line, function, operation, count)                         \
	{                                                                    \
		SLICE(file), SLICE(line), SLICE(function), SLICE(operation), \
		    (count)                                                  \
	}

#define FLAVOR "app/controllers/restaurants_controller.rb"

/* A day on which the middle of it brought a line more. */
static const struct site drift_old[] = {
	SITE(FLAVOR, "26", "update", "Restaurant.load", 21),
	SITE(FLAVOR, "27", "update", "City.load", 21),
	SITE(FLAVOR, "27", "update", "transaction.begin", 21),
	SITE(FLAVOR, "27", "update", "transaction.commit", 21),
	SITE(FLAVOR, "27", "update", "Restaurant.update", 19),
	SITE(FLAVOR, "35", "destroy", "Restaurant.load", 13),
	SITE(FLAVOR, "36", "destroy", "Restaurant.destroy", 13),
	SITE(FLAVOR, "36", "destroy", "transaction.begin", 13),
	SITE(FLAVOR, "36", "destroy", "transaction.commit", 13),
};
static const struct site drift_new[] = {
	SITE(FLAVOR, "26", "update", "Restaurant.load", 1),
	SITE(FLAVOR, "27", "update", "City.load", 1),
	SITE(FLAVOR, "27", "update", "Restaurant.load", 40),
	SITE(FLAVOR, "27", "update", "transaction.begin", 1),
	SITE(FLAVOR, "27", "update", "transaction.commit", 1),
	SITE(FLAVOR, "27", "update", "Restaurant.update", 1),
	SITE(FLAVOR, "28", "update", "City.load", 40),
	SITE(FLAVOR, "28", "update", "transaction.begin", 40),
	SITE(FLAVOR, "28", "update", "transaction.commit", 40),
	SITE(FLAVOR, "28", "update", "Restaurant.update", 36),
	SITE(FLAVOR, "36", "destroy", "Restaurant.load", 6),
	SITE(FLAVOR, "37", "destroy", "Restaurant.destroy", 6),
	SITE(FLAVOR, "37", "destroy", "transaction.begin", 6),
	SITE(FLAVOR, "37", "destroy", "transaction.commit", 6),
};

/* The same days without operations. */
static const struct site lines_old[] = {
	SITE(FLAVOR, "26", "update", "", 21),
	SITE(FLAVOR, "27", "update", "", 82),
	SITE(FLAVOR, "35", "destroy", "", 13),
	SITE(FLAVOR, "36", "destroy", "", 39),
};
static const struct site lines_new[] = {
	SITE(FLAVOR, "26", "update", "", 1),
	SITE(FLAVOR, "27", "update", "", 44),
	SITE(FLAVOR, "28", "update", "", 156),
	SITE(FLAVOR, "36", "destroy", "", 6),
	SITE(FLAVOR, "37", "destroy", "", 18),
};

/* The pair of an old site, or NULL. */
static const struct pair *
pair_of(const struct matching *matching, const struct site *old)
{
	for (size_t i = 0; i < matching->count; i++)
		if (matching->pairs[i].old == old)
			return &matching->pairs[i];
	return NULL;
}

/* What an old site is paired with, or NULL. */
static const struct site *
new_of(const struct matching *matching, const struct site *old)
{
	const struct pair *pair = pair_of(matching, old);

	return pair != NULL ? pair->new : NULL;
}

/* The score of that in percent; -1 for none. */
static int
score_of(const struct matching *matching, const struct site *old)
{
	const struct pair *pair = pair_of(matching, old);

	return pair != NULL ? (int)(pair->score * 100 + .5) : -1;
}

/* "LINE KIND" of what an old site is paired with, or "". */
static const char *
answer(const struct matching *matching, const struct site *old)
{
	static char text[128];
	const struct pair *pair = pair_of(matching, old);

	text[0] = '\0';
	if (pair != NULL)
		(void)snprintf(text, sizeof(text), "%.*s %s",
		    SLICE_ARG(pair->new->line), match_name(pair->kind));
	return text;
}

/* Every site is in one pair at most, and free only if in none. */
static void
check_sound(const struct matching *matching, size_t old_count, size_t new_count)
{
	CHECK_INT(matching->old_count + matching->count, old_count);
	CHECK_INT(matching->new_count + matching->count, new_count);
	for (size_t i = 0; i < matching->count; i++) {
		const struct pair *pair = &matching->pairs[i];

		CHECK(pair->score >= 0 && pair->score <= 1);
		CHECK(
		    (pair->score < MATCH_SURE) == (pair->kind == MATCH_MAYBE));
		CHECK(slice_equal(pair->old->operation, pair->new->operation));
		for (size_t k = 0; k < i; k++)
			CHECK(matching->pairs[k].old != pair->old &&
			    matching->pairs[k].new != pair->new);
	}
}

static void
match(struct matching *matching, const struct site *old, size_t old_count,
    const struct site *new, size_t new_count, double factor)
{
	matching_init(matching, old, old_count, new, new_count);
	matching_by_order(matching, factor);
	check_sound(matching, old_count, new_count);
}

#define MATCH(matching, old, new, factor) \
	match((matching), (old), LENGTH(old), (new), LENGTH(new), (factor))

/* The new line is one more than the old. */
static bool
is_one_on(const struct pair *pair)
{
	uint64_t old;
	uint64_t new;

	return pair != NULL && slice_number(pair->old->line, &old) == 0 &&
	    slice_number(pair->new->line, &new) == 0 && new == old + 1;
}

static const double factors[] = { 0, .42, 1, 2 };

static void
follows_a_drift(void)
{
	for (size_t f = 0; f < 3; f++) {
		struct matching matching;

		MATCH(&matching, drift_old, drift_new, factors[f]);
		for (size_t i = 0; i < LENGTH(drift_old); i++) {
			const struct pair *pair = pair_of(&matching,
			    &drift_old[i]);

			CHECK(is_one_on(pair) && pair->kind == MATCH_SHIFTED);
		}
		CHECK_INT(matching.new_count, 5);
		for (size_t i = 0; i < matching.new_count; i++)
			CHECK_INT(matching.new[i]->count, 1);
		matching_release(&matching);
	}
}

static void
follows_a_drift_of_lines(void)
{
	for (size_t f = 0; f < 3; f++) {
		struct matching matching;

		MATCH(&matching, lines_old, lines_new, factors[f]);
		for (size_t i = 0; i < LENGTH(lines_old); i++)
			CHECK(is_one_on(pair_of(&matching, &lines_old[i])));
		CHECK_INT(matching.new_count, 1);
		matching_release(&matching);
	}
}

static void
same_files_are_exact(void)
{
	struct matching matching;

	MATCH(&matching, drift_old, drift_old, .01);
	CHECK_INT(matching.count, LENGTH(drift_old));
	for (size_t i = 0; i < matching.count; i++) {
		CHECK(matching.pairs[i].old == matching.pairs[i].new);
		CHECK_INT(matching.pairs[i].kind, MATCH_EXACT);
		CHECK(matching.pairs[i].score >= 1);
	}
	matching_release(&matching);
}

static void
a_rise_parts_nothing(void)
{
	static const uint64_t counts[] = { 0, 1, 7, 1000, UINT64_MAX };

	for (size_t i = 0; i < LENGTH(counts); i++)
		for (size_t j = 0; j < LENGTH(counts); j++) {
			struct site old = SITE("a.rb", "3", "f", "get", 0);
			struct site new[] = {
				SITE("a.rb", "3", "f", "get", 0),
				SITE("a.rb", "9", "f", "put", 5),
			};
			struct matching matching;

			old.count = counts[i];
			new[0].count = counts[j];
			match(&matching, &old, 1, new, 2, 1);
			CHECK_STR(answer(&matching, &old), "3 exact");
			matching_release(&matching);
		}
}

static void
prefers_the_neighbours_shift(void)
{
	static const struct site old[] = {
		SITE("a.rb", "10", "", "get", 50),
		SITE("a.rb", "20", "", "put", 50),
		SITE("a.rb", "30", "", "get", 50),
	};
	static const struct site new[] = {
		SITE("a.rb", "10", "", "get", 50),
		SITE("a.rb", "22", "", "put", 50),
		SITE("a.rb", "30", "", "get", 50),
		SITE("a.rb", "32", "", "get", 50),
		SITE("a.rb", "42", "", "log", 50),
	};
	struct matching matching;

	MATCH(&matching, old, new, 1);
	CHECK_STR(answer(&matching, &old[0]), "10 exact");
	CHECK_STR(answer(&matching, &old[1]), "22 shifted");
	CHECK_STR(answer(&matching, &old[2]), "32 shifted");
	matching_release(&matching);
}

static void
counts_decide_else(void)
{
	static const struct site old[] = { SITE("a", "10", "", "get", 100) };
	static const struct site new[] = {
		SITE("a", "8", "", "get", 100),
		SITE("a", "12", "", "get", 1000),
	};
	struct matching matching;

	MATCH(&matching, old, new, 1);
	CHECK_STR(answer(&matching, &old[0]), "8 shifted");
	matching_release(&matching);
	MATCH(&matching, old, new, 10);
	CHECK_STR(answer(&matching, &old[0]), "12 shifted");
	matching_release(&matching);
}

static void
nothing_else_matches(void)
{
	static const struct site old[] = {
		SITE("a", "1", "f", "get", 9),
		SITE("b", "", "f", "get", 9),
	};
	static const struct site new[] = {
		SITE("a", "1", "f", "put", 9),
		SITE("b", "1", "f", "get", 9),
	};
	struct matching matching;

	MATCH(&matching, old, new, 1);
	CHECK_INT(matching.count, 0);
	matching_release(&matching);
}

static void
functions_part_sites(void)
{
	static const struct site old[] = {
		SITE("a", "10", "save", "get", 90),
		SITE("a", "20", "load", "get", 90),
	};
	static const struct site new[] = {
		SITE("a", "10", "load", "get", 90),
		SITE("a", "15", "save", "get", 90),
		SITE("a", "25", "load", "get", 90),
	};
	struct matching matching;

	MATCH(&matching, old, new, 1);
	CHECK_STR(answer(&matching, &old[0]), "15 shifted");
	CHECK_STR(answer(&matching, &old[1]), "25 shifted");
	matching_release(&matching);
}

static void
functions_may_be_renamed_or_unknown(void)
{
	static const struct site old[] = {
		SITE("a", "10", "save", "get", 90),
		SITE("a", "20", "load", "get", 90),
		SITE("b", "10", "save", "get", 90),
	};
	static const struct site new[] = {
		SITE("a", "10", "save", "get", 90),
		SITE("a", "20", "fetch", "get", 90),
		SITE("b", "10", "", "get", 90),
	};
	struct matching matching;

	MATCH(&matching, old, new, 1);
	CHECK_STR(answer(&matching, &old[1]), "20 exact");
	CHECK_INT(score_of(&matching, &old[1]), 70);
	CHECK_STR(answer(&matching, &old[2]), "10 exact");
	CHECK_INT(score_of(&matching, &old[2]), 100);
	matching_release(&matching);
}

static void
scores_tell_doubt(void)
{
	static const struct site old[] = {
		SITE("a", "10", "", "get", 90),
		SITE("a", "20", "", "put", 90),
		SITE("a", "30", "", "log", 90),
	};
	static const struct site new[] = {
		SITE("a", "10", "", "get", 90),
		SITE("a", "25", "", "put", 90),
		SITE("a", "30", "", "log", 90),
	};
	struct matching matching;

	MATCH(&matching, old, new, 1);
	CHECK_INT(matching.count, 3);
	CHECK_INT(score_of(&matching, &old[0]), 95);
	CHECK_INT(score_of(&matching, &old[1]), 70);
	CHECK_INT(score_of(&matching, &old[2]), 95);
	matching_release(&matching);
}

static void
files_are_renamed(void)
{
	static const struct site old[] = {
		SITE("app/user.rb", "10", "", "get", 90),
		SITE("app/badge.rb", "10", "", "get", 90),
		SITE("app/badge.rb", "20", "", "put", 90),
		SITE("app/badge.rb", "30", "", "log", 90),
		SITE("lib/odd.rb", "1", "", "get", 90),
	};
	static const struct site new[] = {
		SITE("app/models/user.rb", "12", "", "get", 90),
		SITE("app/models/user.rb", "22", "", "put", 90),
		SITE("app/models/user.rb", "32", "", "log", 90),
		SITE("app/medal.rb", "13", "", "get", 90),
		SITE("app/medal.rb", "23", "", "put", 90),
		SITE("app/medal.rb", "33", "", "log", 90),
		SITE("app/medal.rb", "43", "", "sum", 90),
		SITE("lib/queer.rb", "1", "", "get", 90),
	};
	struct matching matching;

	MATCH(&matching, old, new, 1);
	CHECK_STR(answer(&matching, &old[0]), "12 moved");
	CHECK_STR(answer(&matching, &old[1]), "13 moved");
	CHECK_STR(answer(&matching, &old[2]), "23 moved");
	CHECK_STR(answer(&matching, &old[3]), "33 moved");
	CHECK_STR(answer(&matching, &old[4]), "");
	matching_release(&matching);
}

static void
releases_have_folders(void)
{
	static const struct site old[] = {
		SITE("/srv/1/app/a/index.rb", "10", "", "get", 90),
		SITE("/srv/1/app/b/index.rb", "10", "", "get", 90),
		SITE("/srv/1/app/c/index.rb", "10", "", "put", 90),
	};
	static const struct site new[] = {
		SITE("/srv/2/app/c/index.rb", "10", "", "put", 90),
		SITE("/srv/2/app/b/index.rb", "10", "", "get", 90),
		SITE("/srv/2/app/a/index.rb", "10", "", "get", 90),
	};
	struct matching matching;

	MATCH(&matching, old, new, 1);
	CHECK_INT(matching.count, 3);
	CHECK(new_of(&matching, &old[0]) == &new[2]);
	CHECK(new_of(&matching, &old[1]) == &new[1]);
	CHECK(new_of(&matching, &old[2]) == &new[0]);
	matching_release(&matching);
}

static void
common_names_say_little(void)
{
	static const struct site old[] = {
		SITE("a/__init__.py", "10", "", "get", 90),
		SITE("b/__init__.py", "10", "", "put", 90),
	};
	static const struct site new[] = {
		SITE("x/__init__.py", "70", "", "get", 90),
		SITE("y/__init__.py", "10", "", "log", 90),
	};
	struct matching matching;

	MATCH(&matching, old, new, 1);
	CHECK_INT(matching.count, 0);
	matching_release(&matching);
}

static void
takes_what_there_is(void)
{
	static const struct site old[] = {
		SITE("", "", "", "get", 5),
		SITE("", "3", "", "get", 5),
		SITE("(eval)", "31", "f", "get", 5),
		SITE("a", "", "f", "get", 0),
		SITE("a", "", "g", "get", 0),
		SITE("a", "99999999999999999999999", "g", "get", 5),
		SITE("a", "99999999999999999999998", "g", "get", UINT64_MAX),
		SITE("a", "7", "g", "get", 5),
		SITE("a", "7", "g", "get", 5),
		SITE("x.rb", "x", "g", "get", 5),
	};
	static const struct site new[] = {
		SITE("a", "7", "g", "get", 5),
		SITE("a", "7", "g", "get", 5),
		SITE("a", "7", "g", "get", 5),
		SITE("a", "", "g", "get", UINT64_MAX),
		SITE("a", "99999999999999999999999", "g", "get", 0),
		SITE("(eval)", "32", "f", "get", 5),
		SITE("", "3", "", "get", 5),
		SITE("", "", "", "get", 5),
		SITE("", "", "", "", 5),
		SITE("x.rb", "y", "g", "get", 5),
	};

	for (size_t f = 0; f < LENGTH(factors); f++) {
		struct matching matching;

		MATCH(&matching, old, new, factors[f]);
		CHECK_STR(answer(&matching, &old[0]), " exact");
		CHECK_STR(answer(&matching, &old[1]), "3 exact");
		CHECK_STR(answer(&matching, &old[2]), "32 shifted");
		CHECK_STR(answer(&matching, &old[4]), " exact");
		CHECK_STR(answer(&matching, &old[7]), "7 exact");
		matching_release(&matching);
	}
}

static void
takes_nothing(void)
{
	struct matching matching;

	match(&matching, NULL, 0, NULL, 0, 1);
	CHECK_INT(matching.count, 0);
	matching_release(&matching);
	match(&matching, drift_old, LENGTH(drift_old), NULL, 0, 1);
	CHECK_INT(matching.count, 0);
	matching_tell_twins(&matching, 1);
	CHECK_INT(matching.count, 0);
	matching_release(&matching);
	match(&matching, NULL, 0, drift_new, LENGTH(drift_new), 1);
	CHECK_INT(matching.count, 0);
	matching_release(&matching);
}

/* Many sites, of which some are left out on each day, some hundred in a row
 * too, and whose shift grows. */
struct crowd {
	struct site *old, *new;
	size_t *truth; /* the number of each site, of new ones CROWD further */
	size_t old_count, new_count;
	char *lines;
};

enum { LINE_ROOM = 16, CROWD = 3000 };

static struct site
crowd_site(struct crowd *crowd, size_t at, uint64_t line, uint64_t kind,
    uint64_t count)
{
	static const char *const verbs[] = { "get", "put", "query", "delete" };
	char *text = crowd->lines + at * LINE_ROOM;

	(void)snprintf(text, LINE_ROOM, "%" PRIu64, line);
	return (struct site){ .file = SLICE("long.rb"),
		.line = slice_str(text),
		.operation = slice_str(verbs[kind % LENGTH(verbs)]),
		.count = count };
}

static void
crowd_init(struct crowd *crowd)
{
	struct random random;
	uint64_t line = 1;
	uint64_t shift = 5000;

	random_seed(&random, 6);
	*crowd = (struct crowd){
		.old = xcalloc(CROWD, sizeof(crowd->old[0])),
		.new = xcalloc(CROWD, sizeof(crowd->new[0])),
		.truth = xcalloc((size_t)2 * CROWD, sizeof(crowd->truth[0])),
		.lines = xmalloc((size_t)2 * CROWD * LINE_ROOM),
	};
	for (size_t i = 0; i < CROWD; i++) {
		uint64_t count = random_below(&random, 100000);
		uint64_t kind = random_next(&random);
		uint64_t moved = i / 40 == 3 ? 100000 : 0;

		line += 1 + random_below(&random, 20);
		shift += random_below(&random, 50) == 0 ? 7 : 0;
		if (random_below(&random, 10) > 0 && i / 400 != 5) {
			crowd->truth[crowd->old_count] = i;
			crowd->old[crowd->old_count++] = crowd_site(crowd, i,
			    line, kind, count);
		}
		if (random_below(&random, 10) > 0 && i / 400 != 2) {
			crowd->truth[CROWD + crowd->new_count] = i;
			crowd->new[crowd->new_count++] = crowd_site(crowd,
			    CROWD + i, line + shift + moved, kind, count);
		}
	}
}

static void
finds_its_way_in_long_files(void)
{
	struct crowd crowd;
	struct matching matching;
	size_t right = 0;

	crowd_init(&crowd);
	matching_init(&matching, crowd.old, crowd.old_count, crowd.new,
	    crowd.new_count);
	matching_by_order(&matching, 1);
	for (size_t i = 0; i < matching.count; i++) {
		const struct pair *pair = &matching.pairs[i];

		right += crowd.truth[pair->old - crowd.old] ==
		    crowd.truth[CROWD + (pair->new - crowd.new)];
	}
	/* Of 3000 800 are missing, and of the others one in ten twice. */
	CHECK(right > 1700);
	CHECK((matching.count - right) * 50 < matching.count);
	matching_release(&matching);
	free(crowd.old);
	free(crowd.new);
	free(crowd.truth);
	free(crowd.lines);
}

static void
counts_tell_twins(void)
{
	static const struct site old[] = {
		SITE("a", "1", "", "get", 1000),
		SITE("a", "2", "", "put", 1000),
		SITE("a", "3", "", "log", 9),
		SITE("a", "4", "", "sum", 500),
		SITE("a", "5", "", "", 700),
	};
	static const struct site new[] = {
		SITE("b", "1", "", "get", 2100),
		SITE("b", "2", "", "put", 2100),
		SITE("c", "2", "", "put", 1900),
		SITE("b", "3", "", "log", 18),
		SITE("b", "4", "", "sum", 500),
		SITE("b", "5", "", "", 1400),
	};
	struct matching matching;

	matching_init(&matching, old, LENGTH(old), new, LENGTH(new));
	matching_tell_twins(&matching, 2);
	CHECK_INT(matching.count, 2);
	CHECK_INT(matching.old_count, LENGTH(old) - 1);
	CHECK_INT(matching.new_count, LENGTH(new) - 1);
	CHECK(matching.pairs[0].old == &old[0]);
	CHECK(matching.pairs[0].new == NULL);
	CHECK(matching.pairs[0].twin == &new[0]);
	CHECK(matching.pairs[1].new == &new[0]);
	CHECK(matching.pairs[1].old == NULL);
	CHECK(matching.pairs[1].twin == &old[0]);
	CHECK(matching.pairs[1].kind == MATCH_NONE);
	matching_release(&matching);
}

static const struct tap_test tests[] = {
	{ "a drift is followed though equal keys are left", follows_a_drift },
	{ "so it is by lines alone", follows_a_drift_of_lines },
	{ "files that stayed are exact", same_files_are_exact },
	{ "a rise alone parts no site from itself", a_rise_parts_nothing },
	{ "a site goes on with the shift of its neighbours",
	    prefers_the_neighbours_shift },
	{ "where places say nothing, counts and traffic do",
	    counts_decide_else },
	{ "other operations do not match, nor lines with none",
	    nothing_else_matches },
	{ "other functions are other sites", functions_part_sites },
	{ "where nothing else fits a function has a new name, or none",
	    functions_may_be_renamed_or_unknown },
	{ "a shift that stands alone is doubted", scores_tell_doubt },
	{ "files are followed to other names", files_are_renamed },
	{ "the ends of paths say which file it is", releases_have_folders },
	{ "a base name that several files have says little",
	    common_names_say_little },
	{ "whatever sites are like they are in one pair at most",
	    takes_what_there_is },
	{ "days without sites have no pairs", takes_nothing },
	{ "long files are matched within a band", finds_its_way_in_long_files },
	{ "like counts are named, not paired, where only one is so alike",
	    counts_tell_twins },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
