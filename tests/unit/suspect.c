/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/suspect.h"

#include <math.h>

#include "base/alloc.h"

#include "tap.h"

enum { MANY = 6 };

/* Commits named "0", the newest, "1", ... */
static struct suspect commits[MANY];

static size_t
rank(const struct suspect_touch *touches, size_t count, const double *weights,
    size_t site_count)
{
	static const struct slice names[] = { SLICE("0"), SLICE("1"),
		SLICE("2"), SLICE("3"), SLICE("4"), SLICE("5") };

	for (size_t i = 0; i < MANY; i++)
		commits[i] = (struct suspect){ .id = names[i], .score = 9 };
	return suspects_rank(commits, MANY, touches, count, weights,
	    site_count);
}

static void
check_score(size_t place, const char *id, double score)
{
	CHECK_SLICE(commits[place].id, id);
	if (!CHECK(fabs(commits[place].score - score) < 1e-12))
		printf("# it is %g, not %g\n", commits[place].score, score);
}

static void
orders_by_reason(void)
{
	static const struct suspect_touch touches[] = {
		{ 0, 0, SUSPECT_CONFIG, SLICE("Gemfile.lock"), 0 },
		{ 1, 1, SUSPECT_CALLER, SLICE("b.rb"), 3 },
		{ 2, 2, SUSPECT_FILE, SLICE("c.rb"), 0 },
		{ 3, 3, SUSPECT_FUNCTION, SLICE("d.rb"), 7 },
		{ 5, 4, SUSPECT_LINE, SLICE("e.rb"), 9 },
	};
	static const double weights[] = { 20, 20, 20, 20, 20 };

	CHECK_INT(rank(touches, 5, weights, 5), 5);
	check_score(0, "5", 0.2);
	check_score(1, "3", 0.12);
	check_score(2, "2", 0.06);
	check_score(3, "1", 0.04);
	check_score(4, "0", 0.02);
	CHECK(commits[0].reason == SUSPECT_LINE);
	CHECK_INT(commits[0].site, 4);
	CHECK_SLICE(commits[0].path, "e.rb");
	CHECK_INT(commits[0].line, 9);
	CHECK(commits[4].reason == SUSPECT_CONFIG);
}

static void
adds_up_sites(void)
{
	static const struct suspect_touch touches[] = {
		{ 4, 0, SUSPECT_FILE, SLICE("a.rb"), 0 },
		{ 4, 1, SUSPECT_FUNCTION, SLICE("b.rb"), 5 },
		{ 3, 0, SUSPECT_LINE, SLICE("a.rb"), 1 },
	};
	static const double weights[] = { 10, 90 };

	CHECK_INT(rank(touches, 3, weights, 2), 2);
	/* The file had a later commit. */
	check_score(0, "4", 0.9 * 0.6 + 0.1 * 0.3 * 0.9);
	check_score(1, "3", 0.1);
	CHECK(commits[0].reason == SUSPECT_FUNCTION);
	CHECK_INT(commits[0].site, 1);
}

/* Who changed the line changed its function, not the other way round. */
static void
decays_with_later_commits(void)
{
	static const struct suspect_touch touches[] = {
		{ 0, 0, SUSPECT_LINE, SLICE("a"), 1 },
		{ 1, 0, SUSPECT_FUNCTION, SLICE("a"), 1 },
		{ 2, 0, SUSPECT_CONFIG, SLICE("c"), 1 },
		{ 3, 0, SUSPECT_FILE, SLICE("a"), 1 },
		{ 4, 0, SUSPECT_LINE, SLICE("a"), 1 },
		{ 5, 0, SUSPECT_CONFIG, SLICE("c"), 1 },
	};
	static const double weights[] = { 7 };

	CHECK_INT(rank(touches, 6, weights, 1), 6);
	check_score(0, "0", 1);
	check_score(1, "4", 0.9);
	check_score(2, "1", 0.6 * 0.9);
	check_score(3, "3", 0.3 * 0.9 * 0.9);
	check_score(4, "2", 0.1);
	check_score(5, "5", 0.1 * 0.9);
}

static void
the_strongest_reason_counts(void)
{
	static const struct suspect_touch touches[] = {
		{ 1, 0, SUSPECT_FILE, SLICE("a"), 1 },
		{ 1, 0, SUSPECT_LINE, SLICE("a"), 8 },
		{ 1, 0, SUSPECT_FUNCTION, SLICE("a"), 4 },
		{ 2, 0, SUSPECT_FILE, SLICE("a"), 1 },
	};
	static const double weights[] = { 7 };

	CHECK_INT(rank(touches, 4, weights, 1), 2);
	check_score(0, "1", 1);
	check_score(1, "2", 0.3 * 0.9);
	CHECK(commits[0].reason == SUSPECT_LINE);
	CHECK_INT(commits[0].line, 8);
}

static void
the_newer_comes_first(void)
{
	static const struct suspect_touch touches[] = {
		{ 5, 0, SUSPECT_LINE, SLICE("a"), 1 },
		{ 1, 1, SUSPECT_LINE, SLICE("b"), 1 },
		{ 3, 2, SUSPECT_LINE, SLICE("c"), 1 },
	};
	static const double weights[] = { 4, 4, 4 };

	CHECK_INT(rank(touches, 3, weights, 3), 3);
	check_score(0, "1", 1 / 3.0);
	check_score(1, "3", 1 / 3.0);
	check_score(2, "5", 1 / 3.0);
}

static void
no_touch_is_no_suspect(void)
{
	static const struct suspect_touch touches[] = {
		{ 2, 0, SUSPECT_LINE, SLICE("a"), 1 },
		{ 1, 1, SUSPECT_LINE, SLICE("b"), 1 },
	};
	static const double one[] = { 0, 5 };
	static const double none[] = { 0, -3 };

	CHECK_INT(rank(touches, 0, one, 2), 0);
	CHECK_INT(rank(NULL, 0, NULL, 0), 0);
	CHECK_INT(rank(touches, 2, one, 2), 1);
	check_score(0, "1", 1);
	/* Where no site has a weight they are worth the same. */
	CHECK_INT(rank(touches, 2, none, 2), 2);
	check_score(0, "1", 0.5);
}

static void
names_reasons(void)
{
	for (int i = 0; i < SUSPECT_REASONS; i++) {
		enum suspect_reason reason = (enum suspect_reason)i;

		CHECK(strlen(suspect_reason_text(reason)) > 0);
		if (i > 0)
			CHECK(suspect_weight(reason) <
			    suspect_weight((enum suspect_reason)(i - 1)));
	}
	CHECK_STR(suspect_reason_text(SUSPECT_LINE), "changed this line");
}

static void
releases_all(void)
{
	struct suspects suspects = { .count = 1 };

	suspects.items = xcalloc(1, sizeof(suspects.items[0]));
	suspects.items[0].id = arena_copy(&suspects.arena, slice_str("abc"));
	suspects_release(&suspects);
	CHECK(suspects.items == NULL);
	CHECK_INT(suspects.count, 0);
}

static const struct tap_test tests[] = {
	{ "the line weighs most, then function, file, callers, settings",
	    orders_by_reason },
	{ "a commit's score is that of all sites it touched", adds_up_sites },
	{ "later commits to the same make one less suspect",
	    decays_with_later_commits },
	{ "of several reasons the strongest counts",
	    the_strongest_reason_counts },
	{ "of equal commits the newer comes first", the_newer_comes_first },
	{ "who touched nothing is no suspect", no_touch_is_no_suspect },
	{ "each reason has a text, and less weight than the one before",
	    names_reasons },
	{ "suspects own their texts", releases_all },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
