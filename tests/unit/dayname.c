/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/dayname.h"

#include <unistd.h>

#include "tap.h"

static const struct slice today = SLICE("2013-03-01");

/* What is read of a text, or the error. */
static const char *
read_day(const char *text)
{
	static char day[DAYNAME_SIZE];
	static struct err err;

	if (dayname_read(slice_str(text), today, day, &err) != 0)
		return err.text;
	return day;
}

/* The range that is read, "FIRST LAST", or the error. */
static const char *
read_range(const char *text)
{
	static char both[2 * DAYNAME_SIZE];
	static struct err err;
	struct dayrange range;

	if (dayrange_read(slice_str(text), today, &range, &err) != 0)
		return err.text;
	(void)snprintf(both, sizeof(both), "%s %s", range.first, range.last);
	return both;
}

static const char *
before(const char *day, uint64_t days)
{
	static char result[DAYNAME_SIZE];

	dayname_before(slice_str(day), days, result);
	return result;
}

static bool
is_day(const char *text)
{
	struct civil day;

	return dayname_civil(slice_str(text), &day);
}

static void
days(void)
{
	CHECK_STR(read_day("2013-06-12"), "2013-06-12");
	CHECK_STR(read_day("2012-02-29"), "2012-02-29");
	CHECK_STR(read_day("0000-01-01"), "0000-01-01");
	CHECK_STR(read_day("9999-12-31"), "9999-12-31");
	CHECK_STR(read_day("today"), "2013-03-01");
	CHECK_STR(read_day("yesterday"), "2013-02-28");
}

static void
no_days(void)
{
	static const char *const texts[] = { "", "2013-06", "2013-6-12",
		"2013-06-31", "2013-02-29", "2013-13-01", "2013-00-10",
		"2013-06-00", "2013/06/12", "2013-06-121", "2013-06-1x",
		"-013-06-12", " 2013-06-12", "Today", "todayx", "2013-06-1" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!CHECK(!is_day(texts[i])))
			printf("# '%s'\n", texts[i]);
		CHECK(strstr(read_day(texts[i]), "is no day") != NULL);
	}
	CHECK_STR(read_day("2013-06-31"),
	    "'2013-06-31' is no day: 2013-06-12, today or yesterday");
}

static void
as_civil(void)
{
	struct civil day;

	CHECK(dayname_civil(slice_str("2013-06-12"), &day));
	CHECK_INT(day.year, 2013);
	CHECK_INT(day.month, 6);
	CHECK_INT(day.day, 12);
	CHECK_INT(day.hour + day.minute + day.second, 0);
	CHECK_INT(civil_weekday(&day), 3);
}

static void
ranges(void)
{
	CHECK_STR(read_range("2013-06-12"), "2013-06-12 2013-06-12");
	CHECK_STR(read_range("2013-06-05..2013-06-12"),
	    "2013-06-05 2013-06-12");
	CHECK_STR(read_range("2013-06-05..2013-06-05"),
	    "2013-06-05 2013-06-05");
	CHECK_STR(read_range("2012-12-31..today"), "2012-12-31 2013-03-01");
	CHECK_STR(read_range("yesterday..today"), "2013-02-28 2013-03-01");
	CHECK_STR(read_range("none"), " ");
}

static void
no_ranges(void)
{
	CHECK_STR(read_range("2013-06-12..2013-06-05"),
	    "2013-06-12..2013-06-05: the first day is after the last");
	CHECK_STR(read_range("today..yesterday"),
	    "today..yesterday: the first day is after the last");
	CHECK(strstr(read_range(""), "'' is no day") != NULL);
	CHECK(strstr(read_range(".."), "'' is no day") != NULL);
	CHECK(strstr(read_range("2013-06-05.."), "'' is no day") != NULL);
	CHECK(strstr(read_range("..2013-06-05"), "'' is no day") != NULL);
	CHECK(strstr(read_range("2013-06-05...2013-06-06"),
		  "'.2013-06-06' is no day") != NULL);
	CHECK(strstr(read_range("2013-06-05 .. 2013-06-06"), "is no day") !=
	    NULL);
}

static void
going_back(void)
{
	CHECK_STR(before("2013-06-12", 0), "2013-06-12");
	CHECK_STR(before("2013-06-12", 7), "2013-06-05");
	CHECK_STR(before("2013-03-01", 1), "2013-02-28");
	CHECK_STR(before("2012-03-01", 1), "2012-02-29");
	CHECK_STR(before("1900-03-01", 1), "1900-02-28");
	CHECK_STR(before("2000-03-01", 1), "2000-02-29");
	CHECK_STR(before("2013-01-01", 1), "2012-12-31");
	CHECK_STR(before("2013-06-12", 365), "2012-06-12");
	CHECK_STR(before("2000-06-12", 146097), "1600-06-12");
}

static void
the_first_day(void)
{
	CHECK_STR(before("0000-01-02", 1), "0000-01-01");
	CHECK_STR(before("0000-01-01", 1), "0000-01-01");
	CHECK_STR(before("2013-06-12", 1000000), "0000-01-01");
	CHECK_STR(before("2013-06-12", UINT64_MAX), "0000-01-01");
}

/* The day of the wall clock, in UTC; it may be midnight just now. */
static void
now(void)
{
	char day[DAYNAME_SIZE];
	char east[DAYNAME_SIZE];
	char west[DAYNAME_SIZE];
	struct err err;

	CHECK_INT(setenv("TZ", "UTC", 1), 0);
	CHECK_INT(dayname_today(slice_str(""), day, &err), 0);
	CHECK(is_day(day) && strcmp(day, "2020") > 0);
	/* 26 hours apart it is never the same day. */
	CHECK_INT(dayname_today(slice_str("+13:00"), east, &err), 0);
	CHECK_INT(dayname_today(slice_str("-13:00"), west, &err), 0);
	CHECK(strcmp(west, east) < 0);
	CHECK(strcmp(west, day) <= 0 && strcmp(day, east) <= 0);
}

static void
no_zone(void)
{
	struct err err = { "" };
	char day[DAYNAME_SIZE];

	CHECK_INT(dayname_today(slice_str("Atlantis/Poseidonis"), day, &err),
	    -1);
	CHECK(strstr(err.text, "Atlantis/Poseidonis") != NULL);
}

static const struct tap_test tests[] = {
	{ "a day is a date, today or yesterday", days },
	{ "what is no day is told", no_days },
	{ "a date is a civil time at midnight", as_civil },
	{ "days are one or from one to another", ranges },
	{ "ranges that are none are told", no_ranges },
	{ "days before a day, over months, years and leap days", going_back },
	{ "there is no day before the year 0", the_first_day },
	{ "today is of the zone", now },
	{ "a zone that is none is told", no_zone },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
