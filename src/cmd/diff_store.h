/* SPDX-License-Identifier: MIT */
#ifndef CMD_DIFF_STORE_H
#define CMD_DIFF_STORE_H

/*
 * Days of the store as operands of `tallyman diff`. What a day holds is told
 * from the list of its parts, before any of them is read: its hosts, and where
 * it ends. So the old days can be cut at the hour in which the new one ends
 * while they are read, and no row has to be kept for each hour.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "compare/sample.h"
#include "model/days.h"
#include "scan/dayname.h"
#include "scan/scan.h"

/* Start it as { .db = ... }; it is opened when the first day is looked for. */
struct diff_store {
	const char *db; /* --db: its folder; NULL: the usual one */
	char *folder;
	struct days *days;        /* NULL: it is not open */
	char today[DAYNAME_SIZE]; /* in the zone of the store, */
	int hour;                 /* and the hour that it is */
};

void diff_store_close(struct diff_store *store);

/* A day that has something. */
struct stored_day {
	char name[DAYNAME_SIZE];
	struct days_list parts; /* those that are not empty */
	uint32_t slots;         /* of all parts */
	/* The last that has something; of today none that is yet to come, if
	 * it has others. -1 where something has no hour. */
	int last_hour;
	bool is_ahead;        /* hours of today after that have something */
	struct sample sample; /* filled by diff_store_read() */
};

void stored_day_free(struct stored_day *day); /* NULL is allowed */

/* Whether an operand is a day of the store: 2013-06-12, today, yesterday. */
bool diff_store_is_day(struct slice text);

/* The day of an operand. NULL with err set: the store is not there or cannot be
 * read, or holds nothing of that day ("no 2013-06-05 in the store FOLDER; it
 * holds 2013-06-06 to 2013-06-12"). */
struct stored_day *diff_store_find(struct diff_store *store, const char *text,
    struct err *err);

/* Today, if the store has something of it, else its newest day. NULL with err
 * set: it holds none. */
struct stored_day *diff_store_newest(struct diff_store *store, struct err *err);

/*
 * The same weekday of so many weeks before a day, at least one: those that the
 * store holds, the oldest first, into days, which has room for all; *count is
 * how many. Notes those that it does not hold. Returns 0, or -1 with err set:
 * it holds none of them. The days are the caller's, then too.
 */
int diff_store_weeks(struct diff_store *store, const struct stored_day *day,
    size_t weeks, struct stored_day **days, size_t *count,
    struct err *err) CHECKED;

/* Reads what is selected of the hours up to last_hour (-1: all of them) into
 * the day's sample, which is to have these keys. */
int diff_store_read(struct diff_store *store, struct stored_day *day,
    int last_hour, const struct scan_options *options,
    const struct tally_keys *keys, struct scan_report *report,
    struct err *err) CHECKED;

/* Gives the rows of a day up to that hour, in the order of these keys, to
 * row(context). */
int diff_store_rows(struct diff_store *store, const char *name, int last_hour,
    const struct scan_options *options, const struct tally_keys *keys,
    tally_take *row, void *context, struct err *err) CHECKED;

/* The day of so many weeks before another: *day is NULL where the store has
 * nothing of it, else the caller's. */
int diff_store_before(struct diff_store *store, const struct stored_day *other,
    size_t weeks, struct stored_day **day, struct err *err) CHECKED;

#endif
