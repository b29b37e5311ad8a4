/* SPDX-License-Identifier: MIT */
#ifndef SCAN_WHEN_H
#define SCAN_WHEN_H

/*
 * From time stamps to days and hours: fills in what a stamp lacks, converts
 * between zones, and tells what lies within --since and --until. Pure, but
 * for when_open(), which reads zones and the clock once.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "base/zone.h"
#include "model/tally.h"
#include "scan/stamp.h"

/* One end of a range of time. */
struct when_bound {
	bool is_set;
	bool has_offset; /* then instant says when exactly */
	int64_t civil;   /* seconds, of the clock on the wall */
	int64_t instant;
};

struct when {
	struct zone *zone;     /* --timezone: converted to it; or NULL */
	struct zone *log_zone; /* --log-timezone; or NULL */
	struct stamp day;      /* --day, where nothing else tells */
	struct when_bound since;
	struct when_bound until; /* exclusive */
	bool has_minutes; /* hours of logs tell them: "2013-06-12T05:45" */
};

/* The texts may be NULL. now is the time in seconds since 1970, for "today"
 * and "yesterday". Returns 0, or -1 with err set. */
int when_open(struct when *when, const char *zone, const char *log_zone,
    const char *day, const char *since, const char *until, int64_t now,
    struct err *err) CHECKED;
void when_close(struct when *when);

/* What is known of an input before it is read. */
struct when_input {
	struct stamp path;  /* the date in its path, if any */
	struct civil mtime; /* when it was last modified */
};

void when_input_of(struct when_input *input, struct slice path, int64_t mtime);

/* Whether a stamp lies within since and until, and its day and hour. */
struct moment {
	char day[16];  /* "2013-06-12", or "" */
	char hour[20]; /* "2013-06-12T05", or ""; by has_minutes also the five
			* minutes that a stamp lies in: "2013-06-12T05:45" */
	bool is_within;
	bool is_other_day; /* than the one in the path */
};

void when_resolve(const struct when *when, const struct when_input *input,
    const struct stamp *stamp, struct moment *moment);

/* Whether of a stamp that has its year only the day and the hour count. */
static inline bool
when_is_hourly(const struct when *when)
{
	return when->zone == NULL && !when->since.is_set &&
	    !when->until.is_set && !when->has_minutes;
}

/* The same for a row of a tally, whose day and hour stand as they are; each
 * is told from the other where only one is there. */
void when_resolve_row(const struct when *when, const struct tally_row *row,
    struct moment *moment);

#endif
