/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/rank.h"

#include <math.h>

#include "tap.h"

enum { MANY = 40, DAYS = 4 };

/* Up to MANY rows of sites in a file, on lines 1, 2, 3, ... */
struct example {
	struct site old[MANY];
	struct site new[MANY];
	uint64_t counts[MANY][DAYS];
	struct lineup_row rows[MANY];
	char lines[MANY][4];
	size_t count;
	size_t days;
	double scales[DAYS];
	struct traffic traffic;
	struct ranking ranking;
};

static struct example example;

/* Old days of equal traffic. */
static void
begin(size_t days)
{
	example = (struct example){ .days = days };
	for (size_t day = 0; day < days; day++)
		example.scales[day] = 1;
	example.traffic = (struct traffic){
		.days = example.scales,
		.day_count = days,
	};
}

/* The same count on all old days; one below 0: not there. */
static void
add(int64_t old, int64_t new)
{
	size_t i = example.count++;
	struct site site = { .file = SLICE("a.py") };

	snprintf(example.lines[i], sizeof(example.lines[i]), "%zu", i + 1);
	site.line = slice_str(example.lines[i]);
	example.old[i] = site;
	example.new[i] = site;
	example.old[i].count = (uint64_t)old;
	example.new[i].count = (uint64_t) new;
	for (size_t day = 0; day < example.days; day++)
		example.counts[i][day] = old < 0 ? 0 : (uint64_t)old;
	example.rows[i].old = example.counts[i];
	example.rows[i].pair = (struct pair){
		old < 0 ? NULL : &example.old[i],
		new < 0 ? NULL : &example.new[i],
		old < 0 || new < 0 ? MATCH_NONE : MATCH_EXACT,
		-1,
		NULL,
	};
}

static void
rank(double factor)
{
	ranking_init(&example.ranking, example.rows, example.count,
	    &example.traffic, factor);
}

static void
end(void)
{
	ranking_release(&example.ranking);
}

/* The lines in the order of the ranking: "3 1 2 ". */
static const char *
order(void)
{
	static char text[8 * MANY];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < example.ranking.count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%.*s ",
		    SLICE_ARG(change_site(&example.ranking.changes[i])->line));
	return text;
}

static void
orders_by_lower_bound(void)
{
	const struct change *changes;

	begin(1);
	add(100000, 130000); /* 30,000 more, and perhaps by chance */
	add(100, 100);
	add(1000, 9000); /* 8,000 more, for sure */
	add(100, 50);
	add(900, -1);
	add(1000, 3000);
	add(20, 21);
	rank(1);
	changes = example.ranking.changes;
	CHECK_STR(order(), "3 6 1 7 5 4 2 ");
	CHECK(changes[0].noise.low > changes[1].noise.low);
	CHECK(changes[1].noise.low > 0);
	CHECK(changes[2].noise.low == 0 && change_rose(&changes[2]));
	CHECK_INT(example.ranking.risers, 4);
	CHECK_INT(example.ranking.changed, 6);
	CHECK_INT(example.ranking.old_sum, 103120);
	CHECK_INT(example.ranking.new_sum, 142171);
	CHECK_INT(example.ranking.noise.sites, 0);
	CHECK_INT(example.ranking.days, 1);
	end();
}

static void
tells_what_stands_out(void)
{
	for (size_t days = 1; days <= DAYS; days++) {
		begin(days);
		for (int i = 0; i < 30; i++)
			add(1000, i == 20 ? 5000 : 960 + i % 9 * 10);
		rank(1);
		CHECK_INT(example.ranking.standing, 1);
		CHECK(change_stands_out(&example.ranking.changes[0]));
		CHECK(!change_stands_out(&example.ranking.changes[1]));
		CHECK_INT(example.ranking.days, days);
		CHECK(example.ranking.noise.is_claimed == (days >= 3));
		ranking_keep(&example.ranking, 6000, 0);
		CHECK_INT(example.ranking.standing, 0);
		end();
	}
}

static void
takes_days_from_the_rows(void)
{
	begin(4);
	for (int i = 0; i < 12; i++)
		add(500, 500);
	add(1000, 1000);
	example.counts[12][2] = 4000;
	rank(1);
	CHECK(example.ranking.changes[0].old_counts != NULL);
	for (size_t i = 0; i < example.count; i++) {
		const struct change *change = &example.ranking.changes[i];

		CHECK((change->noise.excess < -100) ==
		    (change->old_counts == example.counts[12]));
	}
	end();
}

static void
names_changes(void)
{
	begin(1);
	add(-1, 5000);
	add(1000, 2000);
	add(900, -1);
	add(10, 5);
	add(10, 10);
	rank(1);
	CHECK_STR(order(), "1 2 3 4 5 ");
	CHECK_STR(change_name(example.ranking.changes[0].kind), "appeared");
	CHECK_STR(change_name(example.ranking.changes[1].kind), "grew");
	CHECK_STR(change_name(example.ranking.changes[2].kind), "vanished");
	CHECK_STR(change_name(example.ranking.changes[3].kind), "shrank");
	CHECK_STR(change_name(example.ranking.changes[4].kind), "same");
	CHECK_INT(example.ranking.changes[0].old_count, 0);
	CHECK_INT(example.ranking.changes[2].new_count, 0);
	end();
}

static void
shares_the_rise(void)
{
	begin(1);
	add(10, 40);
	add(10, 20);
	add(99, 10);
	rank(1);
	CHECK(example.ranking.changes[0].share == 0.75);
	CHECK(example.ranking.changes[1].share == 0.25);
	CHECK(example.ranking.changes[2].share < 0);
	CHECK(example.ranking.excess_sum == 40);
	CHECK(example.ranking.expected_sum == 119);
	end();
}

static void
reckons_with_traffic(void)
{
	begin(1);
	add(1000, 2100); /* 100 beyond */
	add(100, 600);   /* 400 beyond */
	add(100, 150);   /* 50 fewer than expected */
	add(100, 200);
	rank(2);
	CHECK_STR(order(), "2 1 3 4 ");
	CHECK(example.ranking.factor == 2);
	CHECK(example.ranking.changes[0].noise.expected == 200);
	CHECK(example.ranking.changes[0].noise.excess == 400);
	CHECK(example.ranking.changes[0].share == 0.8);
	CHECK_INT(example.ranking.risers, 2);
	CHECK_INT(example.ranking.changed, 4);
	CHECK(!change_rose(&example.ranking.changes[2]));
	end();
	rank(0);
	CHECK(example.ranking.factor == 1);
	CHECK(example.ranking.changes[0].noise.expected == 1000);
	end();
}

/* As doubles these rises are the same. */
static void
is_exact_for_large_counts(void)
{
	begin(1);
	add(0, -2);
	add(0, -1);
	example.rows[1].pair.new = &example.new[1];
	rank(1);
	CHECK_STR(order(), "2 1 ");
	CHECK(change_size(&example.ranking.changes[0]) == UINT64_MAX);
	CHECK(example.ranking.new_sum == UINT64_MAX);
	end();
}

static void
breaks_ties_by_place(void)
{
	begin(1);
	for (int i = 0; i < 12; i++)
		add(10, 20);
	example.new[0].file = slice_str("b.py");
	rank(1);
	CHECK_STR(order(), "2 3 4 5 6 7 8 9 10 11 12 1 ");
	end();
}

static void
leaves_out_the_small(void)
{
	begin(1);
	add(10, 40);
	add(200, 201);
	add(300, 99);
	add(5, 5);
	rank(1);
	ranking_keep(&example.ranking, 0, 0);
	CHECK_STR(order(), "1 2 3 4 ");
	ranking_keep(&example.ranking, 100, 0);
	CHECK_STR(order(), "2 3 ");
	CHECK_INT(example.ranking.risers, 1);
	CHECK(fabs(example.ranking.changes[0].share - 1.0 / 31) < 1e-12);
	ranking_keep(&example.ranking, 0, 2);
	CHECK_STR(order(), "3 ");
	CHECK_INT(example.ranking.changed, 1);
	end();
}

static void
tells_rises_above(void)
{
	begin(1);
	add(100, 150);
	add(10, 90);
	rank(1);
	CHECK(ranking_rose_above(&example.ranking, 49, 100, false));
	CHECK(!ranking_rose_above(&example.ranking, 50, 100, false));
	CHECK(ranking_rose_above(&example.ranking, 50, 90, false));
	CHECK(!ranking_rose_above(&example.ranking, 0, 151, false));
	end();
	example.count = 1;
	rank(1.5);
	CHECK(!ranking_rose_above(&example.ranking, 0, 100, true));
	CHECK(ranking_rose_above(&example.ranking, 49, 100, false));
	end();
	add(-1, 100);
	rank(1);
	CHECK(ranking_rose_above(&example.ranking, 1e6, 100, true));
	CHECK(ranking_rose_above(&example.ranking, 1e6, 100, false));
	end();
}

static void
ranks_nothing(void)
{
	begin(1);
	rank(1);
	CHECK_INT(example.ranking.count, 0);
	CHECK_INT(example.ranking.standing, 0);
	CHECK(!ranking_rose_above(&example.ranking, 0, 0, true));
	end();
}

static void
names_functions(void)
{
	struct slice name;

	begin(1);
	add(1, 2);
	example.old[0].function = slice_str("before");
	rank(1);
	name = change_function(&example.ranking.changes[0]);
	CHECK_SLICE(name, "before");
	end();
	example.new[0].function = slice_str("now");
	rank(1);
	name = change_function(&example.ranking.changes[0]);
	CHECK_SLICE(name, "now");
	end();
}

/* A large one may be first, and noise. */
static void
finds_what_stands_out_first(void)
{
	begin(1);
	add(100000, 145000);
	add(1000, 9000);
	rank(1);
	CHECK_STR(order(), "1 2 ");
	CHECK_INT(example.ranking.standing, 1);
	CHECK(ranking_first(&example.ranking) == &example.ranking.changes[1]);
	end();
	begin(1);
	add(100, 90);
	rank(1);
	CHECK(ranking_first(&example.ranking) == example.ranking.changes);
	end();
}

/* It is no rise, and stands with what fell. */
static void
ranks_moves_low(void)
{
	const struct change *moved;

	begin(1);
	add(100, 110);
	add(-1, 900);
	add(900, -1);
	add(500, 100);
	example.rows[1].pair.twin = &example.old[2];
	example.rows[2].pair.twin = &example.new[1];
	rank(1);
	CHECK_STR(order(), "1 2 3 4 ");
	CHECK_INT(example.ranking.risers, 1);
	CHECK_INT(example.ranking.standing, 0);
	CHECK(fabs(example.ranking.changes[0].share - 1) < 1e-9);
	moved = &example.ranking.changes[1];
	CHECK(!change_rose(moved) && moved->noise.low == 0 && moved->share < 0);
	CHECK(!change_falls_short(&example.ranking.changes[2]));
	CHECK(change_falls_short(&example.ranking.changes[3]));
	CHECK(!ranking_rose_above(&example.ranking, 50, 100, false));
	end();
}

static const struct tap_test tests[] = {
	{ "rises come first by their lower bound, then falls, then the rest",
	    orders_by_lower_bound },
	{ "what stands out is told, and counted among what is left",
	    tells_what_stands_out },
	{ "what is expected comes from all old days",
	    takes_days_from_the_rows },
	{ "what is on one day only appeared or vanished", names_changes },
	{ "shares are of all rises, and only risers have one",
	    shares_the_rise },
	{ "what is beyond the traffic counts; unknown traffic is equal",
	    reckons_with_traffic },
	{ "counts up to 2^64-1 are told apart", is_exact_for_large_counts },
	{ "ties are ordered by file and line", breaks_ties_by_place },
	{ "small rows can be left out, and shares stay", leaves_out_the_small },
	{ "a rise above a limit is told for rows that are large enough",
	    tells_rises_above },
	{ "nothing can be ranked", ranks_nothing },
	{ "a function is named as the new day has it, else as the old one",
	    names_functions },
	{ "the first that stands out may be below others",
	    finds_what_stands_out_first },
	{ "what may only have moved is no rise", ranks_moves_low },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
