/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/lineup.h"

#include "compare/grouping.h"

#include "tap.h"

#define SITE(file, line, function, operation, count)                         \
	{                                                                    \
		SLICE(file), SLICE(line), SLICE(function), SLICE(operation), \
		    count                                                    \
	}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* An old site and a new one, by their places in the arrays; -1: none. */
struct match {
	int old, new;
};

/* Adds a day whose matching is given. */
static void
add(struct lineup *lineup, const struct site *old, const struct site *new,
    const struct match *matches, size_t count)
{
	struct pair pairs[8];
	struct matching matching = { .pairs = pairs, .count = count };

	for (size_t i = 0; i < count; i++) {
		const struct match *match = &matches[i];

		pairs[i] = (struct pair){
			match->old < 0 ? NULL : &old[match->old],
			match->new < 0 ? NULL : &new[match->new],
			match->old < 0 || match->new < 0 ? MATCH_NONE :
							   MATCH_SHIFTED,
			.8,
			NULL,
		};
	}
	lineup_add(lineup, &matching);
}

/* The row of this new file, or of this old one where nothing is new. */
static const struct lineup_row *
row_of(const struct lineup_row *rows, size_t count, const char *file)
{
	for (size_t i = 0; i < count; i++) {
		const struct pair *pair = &rows[i].pair;
		const struct site *site = pair->new != NULL ? pair->new :
							      pair->old;

		if (site != NULL && slice_is(site->file, file))
			return &rows[i];
	}
	return NULL;
}

static const struct site first[] = {
	SITE("a.py", "1", "f", "X.put", 10),
	SITE("gone.py", "1", "f", "X.put", 3),
};
static const struct site second[] = {
	SITE("a.py", "2", "f", "X.put", 15),
	SITE("gone.py", "1", "f", "X.put", 4),
	SITE("b.py", "1", "f", "X.put", 7),
};
static const struct site today[] = {
	SITE("a.py", "3", "f", "X.put", 99),
	SITE("b.py", "1", "f", "X.put", 8),
	SITE("c.py", "1", "f", "X.put", 9),
};

static struct lineup *
three_days(void)
{
	static const struct match matches[] = { { 0, 0 }, { 1, -1 }, { -1, 1 },
		{ -1, 2 } };
	static const struct match more[] = { { 0, 0 }, { 1, -1 }, { 2, 1 },
		{ -1, 2 } };
	struct lineup *lineup = lineup_new(2, today, COUNT(today));

	add(lineup, first, today, matches, COUNT(matches));
	add(lineup, second, today, more, COUNT(more));
	return lineup;
}

static void
lays_days_side_by_side(void)
{
	struct lineup *lineup = three_days();
	size_t count;
	const struct lineup_row *rows = lineup_rows(lineup, &count);
	const struct lineup_row *row;

	CHECK_INT(count, 4);
	row = row_of(rows, count, "a.py");
	CHECK_INT(row->old[0], 10);
	CHECK_INT(row->old[1], 15);
	CHECK_INT(row->pair.old->count, 13); /* of 12.5 */
	CHECK_SLICE(row->pair.old->line, "2");
	CHECK(row->pair.new == &today[0]);
	CHECK(row->pair.kind == MATCH_SHIFTED);
	row = row_of(rows, count, "b.py");
	CHECK_INT(row->old[0], 0);
	CHECK_INT(row->old[1], 7);
	CHECK_INT(row->pair.old->count, 4);
	CHECK(row_of(rows, count, "c.py")->pair.old == NULL);
	lineup_free(lineup);
}

static void
lines_up_what_vanished(void)
{
	struct lineup *lineup = three_days();
	size_t count;
	const struct lineup_row *rows = lineup_rows(lineup, &count);
	const struct lineup_row *row = row_of(rows, count, "gone.py");

	CHECK_INT(row->old[0], 3);
	CHECK_INT(row->old[1], 4);
	CHECK(row->pair.new == NULL);
	CHECK_INT(row->pair.old->count, 4); /* of 3.5 */
	lineup_free(lineup);
}

static const struct lineup_row *
group(struct lineup *lineup, const char *by, size_t *count)
{
	struct tally_keys keys;
	struct err err;

	(void)lineup_rows(lineup, count);
	CHECK_INT(tally_keys_parse(&keys, by, &err), 0);
	return lineup_group(lineup, &keys, false, count);
}

static void
adds_up_by_operation(void)
{
	struct lineup *lineup = three_days();
	size_t count;
	const struct lineup_row *rows = group(lineup, "operation", &count);

	CHECK_INT(count, 1);
	CHECK_INT(rows->old[0], 13);
	CHECK_INT(rows->old[1], 26);
	CHECK_INT(rows->pair.old->count, 20); /* of 19.5 */
	CHECK_INT(rows->pair.new->count, 116);
	CHECK_SLICE(rows->pair.new->operation, "X.put");
	CHECK_SLICE(rows->pair.new->file, "");
	CHECK(rows->pair.kind == MATCH_EXACT);
	lineup_free(lineup);
}

/* Two operations of a line that moved, one of which has no more counts. */
static void
follows_lines(void)
{
	static const struct site old[] = {
		SITE("a.py", "27", "f", "X.put", 20),
		SITE("a.py", "27", "f", "X.get", 5),
	};
	static const struct site new[] = {
		SITE("a.py", "27", "f", "Y.put", 7),
		SITE("a.py", "28", "f", "X.put", 30),
	};
	static const struct match matches[] = { { 0, 1 }, { 1, -1 },
		{ -1, 0 } };
	struct lineup *lineup = lineup_new(1, new, COUNT(new));
	const struct lineup_row *rows;
	size_t count;

	add(lineup, old, new, matches, COUNT(matches));
	rows = group(lineup, "site", &count);
	CHECK_INT(count, 2);
	for (size_t i = 0; i < count; i++)
		if (slice_is(rows[i].pair.new->line, "28")) {
			CHECK_INT(rows[i].old[0], 25);
			CHECK_SLICE(rows[i].pair.old->line, "27");
			CHECK(rows[i].pair.kind == MATCH_SHIFTED);
		} else {
			CHECK_INT(rows[i].old[0], 0);
			CHECK(rows[i].pair.old == NULL);
			CHECK(rows[i].pair.kind == MATCH_NONE);
		}
	lineup_free(lineup);
}

/* A file that is still there keeps its own counts, though some code left it;
 * one that is not went where most of it went. */
static void
adds_up_files(void)
{
	static const struct site old[] = {
		SITE("a.py", "1", "f", "X.put", 20),
		SITE("a.py", "2", "f", "X.put", 5),
		SITE("old.py", "1", "f", "X.put", 8),
		SITE("old.py", "2", "f", "X.put", 2),
		SITE("lost.py", "1", "f", "X.put", 2),
	};
	static const struct site new[] = {
		SITE("a.py", "2", "f", "X.put", 6),
		SITE("b.py", "1", "f", "X.put", 22),
		SITE("new.py", "1", "f", "X.put", 9),
	};
	static const struct match matches[] = { { 0, 1 }, { 1, 0 }, { 2, 2 },
		{ 3, -1 }, { 4, -1 } };
	struct lineup *lineup = lineup_new(1, new, COUNT(new));
	const struct lineup_row *rows;
	size_t count;

	add(lineup, old, new, matches, COUNT(matches));
	rows = group(lineup, "file", &count);
	CHECK_INT(count, 4);
	CHECK_INT(row_of(rows, count, "a.py")->old[0], 25);
	CHECK(row_of(rows, count, "b.py")->pair.old == NULL);
	CHECK_INT(row_of(rows, count, "new.py")->old[0], 10);
	CHECK(row_of(rows, count, "new.py")->pair.kind == MATCH_MOVED);
	CHECK_SLICE(row_of(rows, count, "new.py")->pair.old->file, "old.py");
	CHECK(row_of(rows, count, "lost.py")->pair.new == NULL);
	lineup_free(lineup);
}

/* Then what left a file that is still there is compared all the same. */
static void
follows_what_moved(void)
{
	static const struct site old[] = {
		SITE("a.py", "1", "f", "X.put", 20),
		SITE("a.py", "2", "f", "X.put", 5),
	};
	static const struct site new[] = {
		SITE("a.py", "2", "f", "X.put", 6),
		SITE("b.py", "1", "f", "X.put", 22),
	};
	static const struct match matches[] = { { 0, 1 }, { 1, 0 } };
	static const struct tally_keys by_file = { { TALLY_FILE }, 1 };
	struct lineup *lineup = lineup_new(1, new, COUNT(new));
	const struct lineup_row *rows;
	size_t count;

	add(lineup, old, new, matches, COUNT(matches));
	(void)lineup_rows(lineup, &count);
	rows = lineup_group(lineup, &by_file, true, &count);
	CHECK_INT(count, 2);
	CHECK_INT(row_of(rows, count, "a.py")->old[0], 5);
	CHECK_INT(row_of(rows, count, "b.py")->old[0], 20);
	CHECK_SLICE(row_of(rows, count, "b.py")->pair.old->file, "a.py");
	lineup_free(lineup);
}

static void
keeps_twins(void)
{
	static const struct site old[] = { SITE("a.py", "1", "f", "X.put", 9) };
	static const struct site new[] = { SITE("b.py", "1", "f", "X.put", 9) };
	struct pair pairs[] = {
		{ old, NULL, MATCH_NONE, -1, new },
		{ NULL, new, MATCH_NONE, -1, old },
	};
	const struct matching matching = { .pairs = pairs, .count = 2 };
	static const struct tally_keys by_file = { { TALLY_FILE }, 1 };
	struct lineup *lineup = lineup_new(1, new, 1);
	const struct lineup_row *rows;
	size_t count;

	lineup_add(lineup, &matching);
	rows = lineup_rows(lineup, &count);
	CHECK_INT(count, 2);
	CHECK(row_of(rows, count, "a.py")->pair.twin == new);
	CHECK(row_of(rows, count, "b.py")->pair.twin == old);
	rows = lineup_group(lineup, &by_file, false, &count);
	CHECK_INT(count, 2);
	CHECK(row_of(rows, count, "a.py")->pair.twin == new);
	CHECK(row_of(rows, count, "b.py")->pair.twin == old);
	rows = lineup_group(lineup, &by_file, true, &count);
	CHECK_INT(count, 1);
	CHECK_INT(rows[0].old[0], 9);
	lineup_free(lineup);
}

static void
stays_at_the_most(void)
{
	static const struct site old[] = {
		SITE("a.py", "1", "f", "X.put", UINT64_MAX),
		SITE("a.py", "2", "f", "X.put", 1),
	};
	static const struct match matches[] = { { 0, -1 }, { 1, -1 } };
	struct lineup *lineup = lineup_new(1, NULL, 0);
	const struct lineup_row *rows;
	size_t count;

	add(lineup, old, NULL, matches, COUNT(matches));
	CHECK(!lineup_is_over(lineup));
	rows = group(lineup, "file", &count);
	CHECK_INT(count, 1);
	CHECK(rows[0].old[0] == UINT64_MAX);
	CHECK(lineup_is_over(lineup));
	lineup_free(lineup);
}

static const struct tap_test tests[] = {
	{ "each site has its count of each day, and their mean",
	    lays_days_side_by_side },
	{ "what the new day has not is one row", lines_up_what_vanished },
	{ "what may have moved names where", keeps_twins },
	{ "rows are added up", adds_up_by_operation },
	{ "all of a line goes where most of it went", follows_lines },
	{ "files keep their counts, unless they were renamed", adds_up_files },
	{ "or what moved is followed", follows_what_moved },
	{ "a sum beyond 2^64-1 stays there and says so", stays_at_the_most },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
