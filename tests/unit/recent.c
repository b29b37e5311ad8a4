/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/recent.h"

#include "tap.h"

static const int64_t second = 1000000000;

/* The speed of key "a" that has come to sum, at a look so many seconds after
 * the beginning, in tenths, rounded. */
static int
speed(struct recent *recent, double at, uint64_t sum)
{
	double speed;

	recent_look(recent, (int64_t)(at * (double)second));
	speed = recent_speed(recent, (struct slice)SLICE("a"), sum);
	return speed < 0 ? -1 : (int)(speed * 10 + 0.5);
}

static void
is_unknown_at_first(void)
{
	struct recent *recent = recent_new(0);

	CHECK_INT(speed(recent, 0, 0), -1);
	CHECK_INT(speed(recent, 0.1, 5), -1);
	CHECK_INT(speed(recent, 1, 5), 50);
	recent_free(recent);
}

static void
is_over_ten_seconds(void)
{
	struct recent *recent = recent_new(0);

	for (int i = 1; i <= 10; i++)
		CHECK_INT(speed(recent, i, 60), (600 + i / 2) / i);
	CHECK_INT(speed(recent, 11, 60), 0);
	CHECK_INT(speed(recent, 12, 80), 20);
	for (int i = 13; i <= 21; i++)
		CHECK_INT(speed(recent, i, 80), 20);
	CHECK_INT(speed(recent, 22, 80), 0);
	recent_free(recent);
}

static void
takes_looks_at_odd_times(void)
{
	struct recent *recent = recent_new(0);

	CHECK_INT(speed(recent, 1, 10), 100);
	CHECK_INT(speed(recent, 1.1, 11), 100);
	CHECK_INT(speed(recent, 1.2, 12), 100);
	for (int i = 2; i <= 10; i++)
		CHECK_INT(speed(recent, i * 1.2, UINT64_C(12) * (unsigned)i),
		    100);
	/* Since the look at 1.2 seconds, the tenth before this one. */
	CHECK_INT(speed(recent, 100, 120), 11);
	recent_free(recent);
}

static void
keeps_keys_apart(void)
{
	struct recent *recent = recent_new(0);

	CHECK_INT(speed(recent, 1, 10), 100);
	CHECK_INT(recent_speed(recent, (struct slice)SLICE("b"), 3), 3);
	recent_free(recent);
}

static void
keeps_so_many_keys(void)
{
	struct recent *recent = recent_new(0);

	recent_look(recent, second);
	for (unsigned i = 0; i < RECENT_KEYS; i++)
		(void)recent_speed(recent, slice_make((char *)&i, sizeof(i)),
		    1);
	CHECK_INT(speed(recent, 2, 1), -1);
	recent_free(recent);
}

static const struct tap_test tests[] = {
	{ "a speed is not known at first", is_unknown_at_first },
	{ "it is that over the last ten seconds", is_over_ten_seconds },
	{ "looks may come early and late", takes_looks_at_odd_times },
	{ "each key has its own", keeps_keys_apart },
	{ "of more keys than it keeps nothing is known", keeps_so_many_keys },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
