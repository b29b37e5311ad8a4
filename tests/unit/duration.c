/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/duration.h"

#include "tap.h"

static void
reads_durations(void)
{
	static const struct {
		const char *text;
		int64_t want;
	} table[] = {
		{ "0", 0 },
		{ "0s", 0 },
		{ "1ms", DURATION_MS },
		{ "50ms", 50 * DURATION_MS },
		{ "1s", DURATION_S },
		{ "007s", 7 * DURATION_S },
		{ "2m", 120 * DURATION_S },
		{ "20h", 20 * DURATION_H },
		{ "7d", 7 * DURATION_D },
		{ "2w", 14 * DURATION_D },
		{ "1h30m", 90 * DURATION_M },
		{ "1w1d1h1m1s1ms",
		    8 * DURATION_D + DURATION_H + DURATION_M + DURATION_S +
			DURATION_MS },
		{ "1d90m", DURATION_D + 90 * DURATION_M },
		{ NULL, 0 },
	};

	for (size_t i = 0; table[i].text != NULL; i++) {
		int64_t duration = -1;

		if (!CHECK(duration_read(slice_str(table[i].text), &duration)))
			printf("# %s\n", table[i].text);
		CHECK_INT(duration, table[i].want);
	}
}

static void
reads_fractions(void)
{
	static const struct {
		const char *text;
		int64_t want;
	} table[] = {
		{ "1.5s", 1500 * DURATION_MS },
		{ "0.25h", 15 * DURATION_M },
		{ "1.5h0.5s", 90 * DURATION_M + 500 * DURATION_MS },
		{ "0.000000001s", 1 },
		{ "0.0000019ms", 1 },
		{ "0.0000000009s", 0 },
		{ "0.333333333333333h", INT64_C(1199999999999) },
		{ "0.99999999999999999999999999999999s", DURATION_S - 1 },
		{ NULL, 0 },
	};

	for (size_t i = 0; table[i].text != NULL; i++) {
		int64_t duration = -1;

		if (!CHECK(duration_read(slice_str(table[i].text), &duration)))
			printf("# %s\n", table[i].text);
		CHECK_INT(duration, table[i].want);
	}
}

static void
refuses(const char *const *texts)
{
	for (; *texts != NULL; texts++) {
		int64_t duration = -1;

		if (!CHECK(!duration_read(slice_str(*texts), &duration)))
			printf("# %s\n", *texts);
		CHECK_INT(duration, -1);
	}
}

static void
refuses_what_is_none(void)
{
	static const char *const texts[] = { "", " ", "1", "00", "0.0", "s",
		"ms", "-1s", "+1s", "-0", " 1s", "1s ", "1 s", "1h 30m", ".5s",
		"1.s", "1..5s", "1.5.5s", "1,5s", "1e3s", "0x1s", "1S", "1H",
		"1M", "1us", "1ns", "1mss", "1sec", "1y", "1h30", "1h30m0",
		"1hm", "inf", "nan", "1\xc2\xb5s", NULL };

	refuses(texts);
	CHECK(!duration_read(slice_make("1s", 1), &(int64_t){ 0 }));
	CHECK(!duration_read(slice_make("1s\0", 3), &(int64_t){ 0 }));
	CHECK(!duration_read(slice_make(NULL, 0), &(int64_t){ 0 }));
}

static void
wants_the_larger_first(void)
{
	static const char *const texts[] = { "30m1h", "1s1m", "1ms1s", "1d1w",
		"1h1h", "1ms1ms", "1h1m1h", NULL };

	refuses(texts);
}

static void
refuses_what_is_too_long(void)
{
	static const char *const texts[] = { "36501d", "876001h", "36500d1ms",
		"36500.00000000001d", "5214w3d", "3153600000001ms",
		"3153600000.000000001s", "18446744073709551616s",
		"18446744073709551615w", "99999999999999999999999999999d",
		"36500d876000h", "5214w36500d876000h", NULL };
	int64_t duration;

	refuses(texts);
	CHECK(duration_read(slice_str("36500d"), &duration));
	CHECK(duration == DURATION_MAX);
	CHECK(duration_read(slice_str("5214w2d"), &duration));
	CHECK(duration == DURATION_MAX);
	CHECK(duration_read(slice_str("3153600000000ms"), &duration));
	CHECK(duration == DURATION_MAX);
}

static void
writes_for_people(void)
{
	static const struct {
		int64_t duration;
		const char *want;
	} table[] = {
		{ 0, "0s" },
		{ 10 * DURATION_MS - 1, "0s" },
		{ 10 * DURATION_MS, "0.01s" },
		{ 100 * DURATION_MS, "0.1s" },
		{ 250 * DURATION_MS, "0.25s" },
		{ DURATION_S - 1, "0.99s" },
		{ DURATION_S, "1s" },
		{ 1099 * DURATION_MS, "1s" },
		{ 8199 * DURATION_MS, "8.1s" },
		{ 10 * DURATION_S - 1, "9.9s" },
		{ 10 * DURATION_S, "10s" },
		{ 10990 * DURATION_MS, "10s" },
		{ DURATION_M - 1, "59s" },
		{ DURATION_M, "1m" },
		{ 61 * DURATION_S, "1m 1s" },
		{ 260 * DURATION_S, "4m 20s" },
		{ 261 * DURATION_S - 1, "4m 20s" },
		{ DURATION_H - 1, "59m 59s" },
		{ DURATION_H, "1h" },
		{ DURATION_H + DURATION_M - 1, "1h" },
		{ 125 * DURATION_M, "2h 5m" },
		{ DURATION_D - 1, "23h 59m" },
		{ 76 * DURATION_H, "3d 4h" },
		{ 7 * DURATION_D, "7d" },
		{ DURATION_MAX, "36500d" },
		{ INT64_MAX, "106751d 23h" },
		{ -1, "0s" },
		{ INT64_MIN, "0s" },
		{ 0, NULL },
	};
	char text[DURATION_TEXT];

	for (size_t i = 0; table[i].want != NULL; i++) {
		CHECK(duration_text(table[i].duration, text) == text);
		CHECK_STR(text, table[i].want);
	}
}

static const struct tap_test tests[] = {
	{ "a number and a unit, or several, are read", reads_durations },
	{ "fractions are rounded down to a nanosecond, however long",
	    reads_fractions },
	{ "what is no duration is refused", refuses_what_is_none },
	{ "a unit stands once, the larger first", wants_the_larger_first },
	{ "100 years are read, more are not", refuses_what_is_too_long },
	{ "two units are enough for people, rounded down", writes_for_people },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
