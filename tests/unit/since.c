/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/since.h"

#include <math.h>

#include "base/random.h"
#include "tap.h"

enum { HOURS = 24, SLOTS = 288 };

/* A day of so many slots, with the shape of one: a quiet night. */
struct day {
	struct since_slot slots[SLOTS];
	size_t count;
	struct random random;
};

static double
draw(struct random *random)
{
	return (double)(random_next(random) >> 11) / 9007199254740992.0;
}

/* About normal: the sum of 12 even ones (Irwin and Hall). */
static double
draw_normal(struct random *random)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += draw(random);
	return sum;
}

/* As many as a count of this mean comes to; never below 0. */
static double
draw_count(struct random *random, double mean)
{
	return fmax(floor(mean + sqrt(mean) * draw_normal(random) + .5), 0);
}

/* About mean in each slot, with a noise of cv on the new day. */
static void
fill(struct day *day, size_t count, double mean, double cv)
{
	day->count = count;
	for (size_t i = 0; i < count; i++) {
		double hour = ((double)i + .5) / (double)count;
		double expected = mean * (.3 + 1.4 * hour * (1 - hour) * 2);
		double noise = exp(cv * draw_normal(&day->random));

		day->slots[i].expected = expected;
		day->slots[i].seen = draw_count(&day->random, expected * noise);
	}
}

static void
raise_span(struct day *day, size_t begin, size_t end, double ratio)
{
	for (size_t i = begin; i < end; i++)
		day->slots[i].seen *= ratio;
}

/* The slot, or -1. */
static int
find(const struct day *day)
{
	size_t first;

	if (!since_find(day->slots, day->count, &first))
		return -1;
	return (int)first;
}

/* How many of 20 days of each start were told to within so many slots. */
static int
count_near(size_t count, double mean, double ratio, int begin, int near)
{
	struct day day;
	int found = 0;

	random_seed(&day.random, (uint64_t)begin);
	for (int i = 0; i < 20; i++) {
		int first;

		fill(&day, count, mean, .2);
		raise_span(&day, (size_t)begin, count, ratio);
		first = find(&day);
		found += first >= 0 && abs(first - begin) <= near;
	}
	return found;
}

static void
finds_each_hour(void)
{
	for (int hour = 2; hour <= 22; hour++)
		if (!CHECK(count_near(HOURS, 1000, 3, hour, 1) >= 18))
			printf("# hour %d\n", hour);
}

static void
finds_a_doubling(void)
{
	for (int hour = 3; hour <= 20; hour++)
		if (!CHECK(count_near(HOURS, 1000, 2, hour, 1) >= 15))
			printf("# hour %d\n", hour);
}

static void
finds_short_slots(void)
{
	for (int slot = 24; slot <= 264; slot += 24)
		if (!CHECK(count_near(SLOTS, 300, 3, slot, 1) >= 18))
			printf("# slot %d\n", slot);
}

static void
finds_what_ends_again(void)
{
	struct day day;
	int found = 0;

	random_seed(&day.random, 4);
	for (int i = 0; i < 20; i++) {
		fill(&day, HOURS, 1000, .2);
		raise_span(&day, 9, 12, 3);
		found += find(&day) == 9;
	}
	CHECK(found >= 18);
}

/* How many of 100 days have a start where there is none. */
static int
count_false(size_t count, double mean, double ratio)
{
	struct day day;
	int found = 0;

	random_seed(&day.random, 5);
	for (int i = 0; i < 100; i++) {
		fill(&day, count, mean, .2);
		raise_span(&day, 0, count, ratio);
		found += find(&day) >= 0;
	}
	return found;
}

static void
finds_no_start_of_all_day(void)
{
	CHECK(count_false(HOURS, 1000, 3) <= 2);
	CHECK(count_false(SLOTS, 300, 3) <= 4);
	CHECK(count_false(HOURS, 1000, 1.5) <= 2);
}

static void
finds_nothing(void)
{
	struct day day = { .count = 0 };

	CHECK(count_false(HOURS, 1000, 1) <= 2);
	CHECK(count_false(SLOTS, 300, 1) <= 4);
	CHECK(count_false(HOURS, 1000, .4) <= 2);
	CHECK_INT(find(&day), -1);
	day.count = 1;
	CHECK_INT(find(&day), -1);
	day.count = HOURS;
	CHECK_INT(find(&day), -1);
}

/* Counts fell in the morning and are as ever since. */
static void
finds_no_recovery(void)
{
	struct day day;

	random_seed(&day.random, 6);
	fill(&day, HOURS, 1000, .05);
	raise_span(&day, 0, 8, .4);
	CHECK_INT(find(&day), -1);
}

static void
takes_a_quiet_night(void)
{
	struct day day;

	random_seed(&day.random, 7);
	fill(&day, HOURS, 1000, .1);
	for (size_t i = 0; i < 7; i++)
		day.slots[i] = (struct since_slot){ 0, 0 };
	raise_span(&day, 7, HOURS, 3);
	CHECK_INT(find(&day), -1);
	raise_span(&day, 7, 12, 1 / 3.0);
	CHECK_INT(find(&day), 12);
}

static void
finds_what_is_new(void)
{
	struct day day = { .count = HOURS };

	for (size_t i = 11; i < HOURS; i++)
		day.slots[i].seen = 40;
	CHECK_INT(find(&day), 11);
}

/* Hours of a day on which work went on longer than on the old one: much of the
 * rise is there before those at which nothing was expected. */
static void
later_hours_are_no_start(void)
{
	static const struct since_slot slots[] = {
		{ 0, 5 },
		{ 0, 21 },
		{ 98, 42 },
		{ 69, 57 },
		{ 188, 5 },
		{ 227, 15 },
		{ 169, 282 },
		{ 68, 165 },
		{ 7, 515 },
		{ 59, 79 },
		{ 102, 158 },
		{ 75, 653 },
		{ 0, 906 },
		{ 0, 560 },
	};
	size_t first;

	CHECK(!since_find(slots, sizeof(slots) / sizeof(slots[0]), &first));
}

static const struct tap_test tests[] = {
	{ "a rise is told from each hour on, or one off", finds_each_hour },
	{ "so is a doubling, where there is enough of the day",
	    finds_a_doubling },
	{ "so are slots of five minutes", finds_short_slots },
	{ "a rise that ends again is told from its begin",
	    finds_what_ends_again },
	{ "what is higher all day has no start", finds_no_start_of_all_day },
	{ "where nothing rose there is no start", finds_nothing },
	{ "what was low and is as ever has no start", finds_no_recovery },
	{ "a night without anything is no time before a rise",
	    takes_a_quiet_night },
	{ "what is new starts where it is first seen", finds_what_is_new },
	{ "hours in which nothing was expected are no start by themselves",
	    later_hours_are_no_start },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
