/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/retention.h"

#include "tap.h"

enum { MOST = 8 };

/* The first day that is kept of these, "-" where nothing says it. */
static const char *
first_of(const char *const *days, const char *today, uint64_t keep)
{
	static char first[DAYNAME_SIZE];
	struct days_part parts[MOST] = { 0 };
	struct days_list list = { .items = parts };

	for (; days[list.count] != NULL; list.count++)
		parts[list.count].day = slice_str(days[list.count]);
	if (!retention_first(&list, slice_str(today), keep, first))
		return "-";
	return first;
}

/* The same of one day, today. */
static const char *
first_from(const char *newest, uint64_t keep)
{
	const char *const days[] = { newest, NULL };

	return first_of(days, newest, keep);
}

static void
counts_back(void)
{
	CHECK_STR(first_from("2013-06-12", 1), "2013-06-12");
	CHECK_STR(first_from("2013-06-12", 2), "2013-06-11");
	CHECK_STR(first_from("2013-06-12", 12), "2013-06-01");
	CHECK_STR(first_from("2013-06-12", 13), "2013-05-31");
	CHECK_STR(first_from("2013-01-01", 2), "2012-12-31");
	CHECK_STR(first_from("2013-06-12", 90), "2013-03-15");
}

static void
leap_years(void)
{
	CHECK_STR(first_from("2012-03-01", 2), "2012-02-29");
	CHECK_STR(first_from("2013-03-01", 2), "2013-02-28");
	CHECK_STR(first_from("2012-12-31", 366), "2012-01-01");
	CHECK_STR(first_from("2013-12-31", 366), "2012-12-31");
}

static void
the_newest(void)
{
	static const char *const days[] = { "2013-05-31", "2013-06-01",
		"2013-06-01", "2013-06-03", NULL };

	CHECK_STR(first_of(days, "2013-06-03", 1), "2013-06-03");
	/* Of a store that nothing is added to any more. */
	CHECK_STR(first_of(days, "2026-01-01", 2), "2013-06-02");
}

static void
the_future(void)
{
	static const char *const days[] = { "2013-06-01", "2013-06-02",
		"2013-06-03", "2031-01-01", NULL };
	static const char *const ahead[] = { "2031-01-01", NULL };

	CHECK_STR(first_of(days, "2013-06-02", 2), "2013-06-01");
	CHECK_STR(first_of(days, "2013-06-05", 2), "2013-06-02");
	CHECK_STR(first_of(ahead, "2013-06-02", 1), "-");
}

static void
no_day(void)
{
	static const char *const none[] = { NULL };
	static const char *const nameless[] = { "", NULL };
	static const char *const mixed[] = { "", "2013-06-03", NULL };
	static const char *const odd[] = { "2013-06-03", "2013-06-04x", NULL };

	CHECK_STR(first_of(none, "2013-06-02", 1), "-");
	CHECK_STR(first_of(nameless, "2013-06-02", 1), "-");
	CHECK_STR(first_of(mixed, "2013-06-05", 1), "2013-06-03");
	CHECK_STR(first_of(odd, "2013-06-05", 1), "2013-06-03");
}

static void
very_long(void)
{
	CHECK_STR(first_from("2013-06-12", 36500), "1913-07-08");
	CHECK_STR(first_from("2013-06-12", UINT64_MAX), "0000-01-01");
}

/* What --keep stores, -1 where it is refused. */
static int64_t
option(const char *argument)
{
	static const struct opt keep = { .name = "keep" };
	uint64_t days = 0;
	struct err err = { "" };

	if (retention_option(&keep, argument, &days, &err) == 0)
		return (int64_t)days;
	CHECK(strstr(err.text, "--keep: ") == err.text);
	return -1;
}

static void
the_option(void)
{
	CHECK_INT(option("1d"), 1);
	CHECK_INT(option("90d"), 90);
	CHECK_INT(option("12w"), 84);
	CHECK_INT(option("24h"), 1);
	CHECK_INT(option("1w1d"), 8);
	CHECK_INT(option("0"), -1);
	CHECK_INT(option("23h"), -1);
	CHECK_INT(option("36h"), -1);
	CHECK_INT(option("1.5d"), -1);
	CHECK_INT(option("90"), -1);
	CHECK_INT(option("-1d"), -1);
	CHECK_INT(option(""), -1);
}

static void
inputs(void)
{
	/* 2013-06-12T00:00:00Z is 1370995200. */
	CHECK_INT(retention_seen_before(slice_str("2013-06-12")),
	    1370995200 - 86400);
	CHECK_INT(retention_seen_before(slice_str("1970-01-02")), 0);
}

static const struct tap_test tests[] = {
	{ "days are kept from so many before the newest, it included",
	    counts_back },
	{ "leap days count", leap_years },
	{ "the newest is that of the store, however long ago", the_newest },
	{ "days of the future push none out", the_future },
	{ "without a day in it nothing is forgotten", no_day },
	{ "longer than the calendar is from its start", very_long },
	{ "--keep takes whole days, one at least", the_option },
	{ "inputs that may be forgotten end a day before", inputs },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
