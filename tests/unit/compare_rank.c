/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/rank.h"

#include <math.h>

#include "tap.h"

enum { MANY = 20 };

/* Up to MANY pairs of sites in a file, on lines 1, 2, 3, ... */
struct example {
	struct site old[MANY];
	struct site new[MANY];
	struct pair pairs[MANY];
	char lines[MANY][4];
	size_t count;
};

/* A count below 0: not there on that day. */
static void
add(struct example *example, int64_t old, int64_t new)
{
	size_t i = example->count++;
	struct site site = { .file = SLICE("a.py") };

	snprintf(example->lines[i], sizeof(example->lines[i]), "%zu", i + 1);
	site.line = slice_str(example->lines[i]);
	example->old[i] = site;
	example->new[i] = site;
	example->old[i].count = (uint64_t)old;
	example->new[i].count = (uint64_t) new;
	example->pairs[i] = (struct pair){
		old < 0 ? NULL : &example->old[i],
		new < 0 ? NULL : &example->new[i],
		old < 0 || new < 0 ? MATCH_NONE : MATCH_EXACT,
		-1,
	};
}

/* The lines in the order of a ranking: "3 1 2 ". */
static const char *
order_of(const struct ranking *ranking)
{
	static char text[8 * MANY];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < ranking->count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%.*s ",
		    SLICE_ARG(change_site(&ranking->changes[i])->line));
	return text;
}

static void
orders_by_rise(void)
{
	struct example example = { 0 };
	struct ranking ranking;

	add(&example, 10, 10);
	add(&example, 10, 5);
	add(&example, 10, 20);
	add(&example, -1, 50);
	add(&example, 90, -1);
	add(&example, 10, 20);
	ranking_init(&ranking, example.pairs, example.count, 0);
	CHECK_STR(order_of(&ranking), "4 3 6 5 2 1 ");
	CHECK_INT(ranking.risers, 3);
	CHECK_INT(ranking.changed, 5);
	CHECK_INT(ranking.old_sum, 130);
	CHECK_INT(ranking.new_sum, 105);
	ranking_release(&ranking);
}

static void
names_changes(void)
{
	struct example example = { 0 };
	struct ranking ranking;

	add(&example, -1, 50);
	add(&example, 10, 20);
	add(&example, 90, -1);
	add(&example, 10, 5);
	add(&example, 10, 10);
	ranking_init(&ranking, example.pairs, example.count, 0);
	CHECK_STR(order_of(&ranking), "1 2 3 4 5 ");
	CHECK_STR(change_name(ranking.changes[0].kind), "appeared");
	CHECK_STR(change_name(ranking.changes[1].kind), "grew");
	CHECK_STR(change_name(ranking.changes[2].kind), "vanished");
	CHECK_STR(change_name(ranking.changes[3].kind), "shrank");
	CHECK_STR(change_name(ranking.changes[4].kind), "same");
	ranking_release(&ranking);
}

static void
shares_the_rise(void)
{
	struct example example = { 0 };
	struct ranking ranking;

	add(&example, 10, 40);
	add(&example, 10, 20);
	add(&example, 99, 10);
	ranking_init(&ranking, example.pairs, example.count, 0);
	CHECK(ranking.changes[0].share == 0.75);
	CHECK(ranking.changes[1].share == 0.25);
	CHECK(ranking.changes[2].share < 0);
	ranking_release(&ranking);
}

static void
orders_by_excess(void)
{
	struct example example = { 0 };
	struct ranking ranking;

	add(&example, 1000, 2100); /* 100 beyond */
	add(&example, 100, 600);   /* 400 beyond */
	add(&example, 100, 150);   /* 50 fewer than expected */
	add(&example, 100, 200);
	ranking_init(&ranking, example.pairs, example.count, 2);
	CHECK_STR(order_of(&ranking), "2 1 3 4 ");
	CHECK(ranking.changes[0].expected == 200);
	CHECK(ranking.changes[0].excess == 400);
	CHECK(ranking.changes[0].share == 0.8);
	CHECK_INT(ranking.risers, 2);
	CHECK_INT(ranking.changed, 4);
	ranking_release(&ranking);
}

/* As doubles these rises are the same. */
static void
is_exact_for_large_counts(void)
{
	struct site sites[4] = {
		{ .line = SLICE("1"), .count = 0 },
		{ .line = SLICE("1"), .count = UINT64_MAX - 1 },
		{ .line = SLICE("2"), .count = 0 },
		{ .line = SLICE("2"), .count = UINT64_MAX },
	};
	struct pair pairs[2] = {
		{ &sites[0], &sites[1], MATCH_EXACT, 1 },
		{ &sites[2], &sites[3], MATCH_EXACT, 1 },
	};
	struct ranking ranking;

	ranking_init(&ranking, pairs, 2, 0);
	CHECK_STR(order_of(&ranking), "2 1 ");
	CHECK(change_size(&ranking.changes[0]) == UINT64_MAX);
	CHECK(ranking.new_sum == UINT64_MAX);
	ranking_release(&ranking);
}

static void
leaves_out_the_small(void)
{
	struct example example = { 0 };
	struct ranking ranking;

	add(&example, 10, 40);
	add(&example, 200, 201);
	add(&example, 300, 99);
	add(&example, 5, 5);
	ranking_init(&ranking, example.pairs, example.count, 0);
	ranking_keep(&ranking, 0, 0);
	CHECK_STR(order_of(&ranking), "1 2 3 4 ");
	ranking_keep(&ranking, 100, 0);
	CHECK_STR(order_of(&ranking), "2 3 ");
	CHECK_INT(ranking.risers, 1);
	CHECK(fabs(ranking.changes[0].share - 1.0 / 31) < 1e-12);
	ranking_keep(&ranking, 0, 2);
	CHECK_STR(order_of(&ranking), "3 ");
	CHECK_INT(ranking.changed, 1);
	ranking_release(&ranking);
}

static void
tells_rises_above(void)
{
	struct example example = { 0 };
	struct ranking ranking;

	add(&example, 100, 150);
	add(&example, 10, 90);
	ranking_init(&ranking, example.pairs, example.count, 0);
	CHECK(ranking_rose_above(&ranking, 49, 100));
	CHECK(!ranking_rose_above(&ranking, 50, 100));
	CHECK(ranking_rose_above(&ranking, 50, 90));
	CHECK(!ranking_rose_above(&ranking, 0, 151));
	ranking_release(&ranking);
	ranking_init(&ranking, example.pairs, 1, 1.5);
	CHECK(!ranking_rose_above(&ranking, 0, 100));
	ranking_release(&ranking);
	add(&example, -1, 100);
	ranking_init(&ranking, example.pairs, example.count, 0);
	CHECK(ranking_rose_above(&ranking, 1e6, 100));
	ranking_release(&ranking);
}

static void
takes_the_median(void)
{
	struct example example = { 0 };
	struct traffic traffic;

	for (int i = 0; i < 9; i++)
		add(&example, 100, i < 5 ? 120 : 130);
	add(&example, 100, 9000);
	add(&example, 9, 900); /* too few to count */
	add(&example, -1, 900);
	traffic_tell(&traffic, example.pairs, example.count);
	CHECK_INT(traffic.sites, 10);
	CHECK(traffic.factor == 1.25);
	CHECK(traffic.total > 10);
}

static void
falls_back_to_the_sums(void)
{
	struct example example = { 0 };
	struct traffic traffic;

	for (int i = 0; i < 9; i++)
		add(&example, 100, 150);
	traffic_tell(&traffic, example.pairs, example.count);
	CHECK_INT(traffic.sites, 0);
	CHECK(traffic.factor == 1.5);
	traffic_tell(&traffic, example.pairs, 0);
	CHECK(traffic.factor == 0);
}

static const struct tap_test tests[] = {
	{ "risers come first, then what fell, then what is the same",
	    orders_by_rise },
	{ "what is on one day only appeared or vanished", names_changes },
	{ "shares are of all rises, and only risers have one",
	    shares_the_rise },
	{ "where the traffic is known, what is beyond it counts",
	    orders_by_excess },
	{ "counts up to 2^64-1 are told apart", is_exact_for_large_counts },
	{ "small rows can be left out, and shares stay", leaves_out_the_small },
	{ "a rise above a limit is told for rows that are large enough",
	    tells_rises_above },
	{ "the traffic is the median of the sites' ratios", takes_the_median },
	{ "with few sites the traffic is the ratio of the sums",
	    falls_back_to_the_sums },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
