/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/dayname.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

enum { DAY_SECONDS = 24 * 60 * 60, DAY_LEN = sizeof("2013-06-12") - 1 };

bool
dayname_civil(struct slice text, struct civil *day)
{
	uint64_t year;
	uint64_t month;
	uint64_t number;

	if (text.len != DAY_LEN || text.ptr[4] != '-' || text.ptr[7] != '-' ||
	    slice_number(slice_head(text, 4), &year) != 0 ||
	    slice_number(slice_make(text.ptr + 5, 2), &month) != 0 ||
	    slice_number(slice_make(text.ptr + 8, 2), &number) != 0)
		return false;
	*day = (struct civil){
		.year = (int32_t)year,
		.month = (uint8_t)month,
		.day = (uint8_t)number,
	};
	return civil_is_valid(day);
}

/* Writes the day of a civil time; one before the year 0 is its first. */
static void
write_day(const struct civil *civil, char day[DAYNAME_SIZE])
{
	struct civil first = { .year = 0, .month = 1, .day = 1 };

	if (civil->year < 0)
		civil = &first;
	(void)snprintf(day, DAYNAME_SIZE, "%04u-%02u-%02u",
	    (unsigned)civil->year % 10000, civil->month, civil->day);
}

int
dayname_now(struct slice zone, char today[DAYNAME_SIZE], int *hour,
    struct err *err)
{
	char *name = zone.len == 0 ? xstrdup("local") :
				     xmemdup(zone.ptr, zone.len);
	struct zone *opened = zone_open(name, err);
	struct civil now;

	free(name);
	if (opened == NULL)
		return -1;
	zone_civil(opened, clock_wall(), &now);
	zone_free(opened);
	write_day(&now, today);
	*hour = now.hour;
	return 0;
}

int
dayname_today(struct slice zone, char today[DAYNAME_SIZE], struct err *err)
{
	int hour;

	return dayname_now(zone, today, &hour, err);
}

void
dayname_before(struct slice day, uint64_t days_back, char before[DAYNAME_SIZE])
{
	/* So many that there is none, and few enough to count in seconds. */
	const uint64_t most = 10000 * UINT64_C(366);
	struct civil civil = { 0 };
	int64_t instant;

	(void)dayname_civil(day, &civil);
	if (days_back > most)
		days_back = most;
	instant = civil_instant(&civil, 0) - (int64_t)days_back * DAY_SECONDS;
	civil_from_instant(instant, 0, &civil);
	write_day(&civil, before);
}

int
dayname_read(struct slice text, struct slice today, char day[DAYNAME_SIZE],
    struct err *err)
{
	struct civil civil;

	if (slice_is(text, "today"))
		text = today;
	if (slice_is(text, "yesterday")) {
		dayname_before(today, 1, day);
		return 0;
	}
	if (!dayname_civil(text, &civil))
		return err_set(err,
		    "'%.*s' is no day: 2013-06-12, today or yesterday",
		    SLICE_ARG(text));
	write_day(&civil, day);
	return 0;
}

int
dayrange_read(struct slice text, struct slice today, struct dayrange *range,
    struct err *err)
{
	const char *dots = slice_find(text, "..");
	struct slice first = text;
	struct slice last = text;

	if (slice_is(text, "none")) {
		range->first[0] = range->last[0] = '\0';
		return 0;
	}
	if (dots != NULL) {
		first = slice_between(text.ptr, dots);
		last = slice_from(text, first.len + 2);
	}
	if (dayname_read(first, today, range->first, err) != 0 ||
	    dayname_read(last, today, range->last, err) != 0)
		return -1;
	if (strcmp(range->first, range->last) > 0)
		return err_set(err, "%.*s: the first day is after the last",
		    SLICE_ARG(text));
	return 0;
}
