/* SPDX-License-Identifier: MIT */
#ifndef SCAN_DAYNAME_H
#define SCAN_DAYNAME_H

/*
 * Days of the store as people write them on a command line: "2013-06-12",
 * "today", "yesterday", and "2013-06-05..2013-06-12". What comes out is text
 * as the store has it, "2013-06-12", whose order as text is that of the days.
 * Pure but for dayname_today() and dayname_now().
 *
 *	char today[DAYNAME_SIZE];
 *	struct dayrange range;
 *
 *	if (dayname_today(zone, today, err) != 0 ||
 *	    dayrange_read(slice_str(text), slice_str(today), &range, err) != 0)
 *		return -1;
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "base/zone.h"

/* Room for a day and its NUL. */
enum { DAYNAME_SIZE = 16 };

/* Both as strings, both of them in it; first is not after last. */
struct dayrange {
	char first[DAYNAME_SIZE];
	char last[DAYNAME_SIZE];
};

/* Whether the text is a day of the calendar, "2013-06-12"; *day is it then, at
 * midnight. */
bool dayname_civil(struct slice text, struct civil *day);

/* The day of a clock on the wall now, in a zone as in base/zone.h; empty:
 * "local". Returns 0, or -1 with err set: there is no such zone. */
int dayname_today(struct slice zone, char today[DAYNAME_SIZE],
    struct err *err) CHECKED;

/* The same, and the hour, 0 to 23. */
int dayname_now(struct slice zone, char today[DAYNAME_SIZE], int *hour,
    struct err *err) CHECKED;

/* So many days before a day, which dayname_civil() takes. There is none before
 * 0000-01-01. */
void dayname_before(struct slice day, uint64_t days_back,
    char before[DAYNAME_SIZE]);

/* Reads a day: "2013-06-12", "today", "yesterday". Returns 0, or -1 with err
 * set ("'2013-06-31' is no day: ..."). */
int dayname_read(struct slice text, struct slice today, char day[DAYNAME_SIZE],
    struct err *err) CHECKED;

/* Reads "DAY..DAY", or a DAY that is both; "none" is what has no day, both
 * empty then. Returns 0, or -1 with err set: one of them is no day, or the
 * first is after the last. */
int dayrange_read(struct slice text, struct slice today, struct dayrange *range,
    struct err *err) CHECKED;

#endif
