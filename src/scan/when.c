/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/when.h"

#include <stdio.h>
#include <string.h>

enum { HOUR_SECONDS = 3600, DAY_SECONDS = 86400 };

static int64_t
wall_seconds(const struct civil *civil)
{
	return civil_instant(civil, 0);
}

/* A bound given as a word: its day begins at midnight of the zone's today. */
static bool
bound_of_word(const char *text, const struct zone *zone, int64_t now,
    struct civil *civil)
{
	if (strcmp(text, "yesterday") == 0)
		now -= DAY_SECONDS;
	else if (strcmp(text, "today") != 0)
		return false;
	zone_civil(zone, now, civil);
	civil->hour = civil->minute = civil->second = 0;
	return true;
}

/* "2013-06-12T05" or "2013-06-12 05": stamps have minutes, so this is read
 * here. */
static bool
bound_of_hour(struct slice text, struct stamp *stamp)
{
	static const size_t day_len = sizeof("2013-06-12") - 1;
	uint64_t hour;

	if (text.len != day_len + 3 ||
	    (text.ptr[day_len] != 'T' && text.ptr[day_len] != ' ') ||
	    stamp_read(slice_head(text, day_len), 0, stamp) != day_len ||
	    slice_number(slice_from(text, day_len + 1), &hour) != 0 ||
	    hour > 23)
		return false;
	stamp->civil.hour = (uint8_t)hour;
	return true;
}

static bool
bound_of_time(struct slice text, struct stamp *stamp)
{
	return stamp_read(text, 0, stamp) == text.len && stamp->has_date &&
	    stamp->has_year;
}

/*
 * Reads --since, or with is_until, --until, which includes the unit that was
 * given: a day, an hour, else a second.
 */
static int
read_bound(struct when_bound *bound, const char *text, bool is_until,
    const struct zone *zone, int64_t now, struct err *err)
{
	struct stamp stamp = { .has_year = true };
	struct slice slice = slice_str(text);
	int64_t unit;

	if (bound_of_hour(slice, &stamp))
		unit = HOUR_SECONDS;
	else if (bound_of_word(text, zone, now, &stamp.civil) ||
	    bound_of_time(slice, &stamp))
		unit = stamp.has_time ? 1 : DAY_SECONDS;
	else
		return err_set(err,
		    "--%s: '%s' is no time; write a day "
		    "(2013-06-12), an hour (2013-06-12T05), a time "
		    "(2013-06-12T05:04:03Z), today or yesterday",
		    is_until ? "until" : "since", text);
	if (!is_until)
		unit = 0;
	bound->is_set = true;
	bound->civil = wall_seconds(&stamp.civil) + unit;
	bound->has_offset = stamp.has_offset;
	bound->instant = bound->civil - stamp.offset;
	return 0;
}

static int
open_zones(struct when *when, const char *zone, const char *log_zone,
    struct err *err)
{
	if (zone != NULL && (when->zone = zone_open(zone, err)) == NULL)
		return err_wrap(err, "--timezone");
	if (log_zone != NULL &&
	    (when->log_zone = zone_open(log_zone, err)) == NULL)
		return err_wrap(err, "--log-timezone");
	return 0;
}

static int
read_bounds(struct when *when, const char *since, const char *until,
    int64_t now, struct err *err)
{
	struct zone *zone = when->zone == NULL ? zone_open("local", err) : NULL;
	const struct zone *here = when->zone == NULL ? zone : when->zone;
	int status = here == NULL ? -1 : 0;

	if (status == 0 && since != NULL)
		status = read_bound(&when->since, since, false, here, now, err);
	if (status == 0 && until != NULL)
		status = read_bound(&when->until, until, true, here, now, err);
	zone_free(zone);
	return status;
}

/* Whether nothing can lie between the two. An instant and a time on the wall
 * cannot be compared before it is known whose wall. */
static bool
is_empty_range(const struct when_bound *since, const struct when_bound *until)
{
	if (!since->is_set || !until->is_set ||
	    since->has_offset != until->has_offset)
		return false;
	return since->has_offset ? since->instant >= until->instant :
				   since->civil >= until->civil;
}

int
when_open(struct when *when, const char *zone, const char *log_zone,
    const char *day, const char *since, const char *until, int64_t now,
    struct err *err)
{
	*when = (struct when){ 0 };
	if (open_zones(when, zone, log_zone, err) != 0)
		goto fail;
	if (day != NULL &&
	    (stamp_read(slice_str(day), 0, &when->day) != strlen(day) ||
		!when->day.has_year || when->day.has_time)) {
		err_set(err, "--day: '%s' is no day; write 2013-06-12", day);
		goto fail;
	}
	if ((since != NULL || until != NULL) &&
	    read_bounds(when, since, until, now, err) != 0)
		goto fail;
	if (is_empty_range(&when->since, &when->until)) {
		err_set(err, "--since %s is later than --until %s", since,
		    until);
		goto fail;
	}
	return 0;
fail:
	when_close(when);
	return -1;
}

void
when_close(struct when *when)
{
	zone_free(when->zone);
	zone_free(when->log_zone);
	*when = (struct when){ 0 };
}

void
when_input_of(struct when_input *input, struct slice path, int64_t mtime)
{
	*input = (struct when_input){ 0 };
	(void)stamp_of_path(path, &input->path);
	civil_from_instant(mtime, 0, &input->mtime);
}

/* The year of a stamp without one: the path's, else the last one in which the
 * stamp does not lie more than a day behind the file's modification. */
static int32_t
year_of(const struct when_input *input, const struct stamp *stamp)
{
	struct civil civil = stamp->civil;

	if (input->path.has_year)
		return input->path.civil.year;
	civil.year = input->mtime.year;
	if (wall_seconds(&civil) > wall_seconds(&input->mtime) + DAY_SECONDS)
		civil.year--;
	return civil.year;
}

/* Fills in the date of a stamp from the path or --day. False: nothing tells. */
static bool
complete(const struct when *when, const struct when_input *input,
    struct stamp *stamp)
{
	struct civil time = stamp->civil;
	const struct stamp *day = &when->day;

	if (stamp->has_date) {
		if (!stamp->has_year)
			stamp->civil.year = year_of(input, stamp);
		stamp->has_year = true;
		return civil_is_valid(&stamp->civil);
	}
	if (input->path.has_date && input->path.has_year)
		day = &input->path;
	if (!day->has_date)
		return false;
	if (!stamp->has_time) {
		*stamp = *day;
		return true;
	}
	stamp->civil = day->civil;
	stamp->civil.hour = time.hour;
	stamp->civil.minute = time.minute;
	stamp->civil.second = time.second;
	stamp->has_date = stamp->has_year = true;
	return true;
}

static bool
is_same_day(const struct civil *a, const struct civil *b)
{
	return a->year == b->year && a->month == b->month && a->day == b->day;
}

/* Whether a time lies within the bounds; where both it and a bound have an
 * offset the instants are compared, else what the clocks on the wall say. */
static bool
is_within(const struct when *when, int64_t civil, bool has_instant,
    int64_t instant)
{
	const struct when_bound *since = &when->since;
	const struct when_bound *until = &when->until;

	if (since->is_set &&
	    (since->has_offset && has_instant ? instant < since->instant :
						civil < since->civil))
		return false;
	return !until->is_set ||
	    (until->has_offset && has_instant ? instant < until->instant :
						civil < until->civil);
}

static char *
put_digits(char *at, unsigned number, unsigned digits)
{
	for (unsigned i = digits; i > 0; i--, number /= 10)
		at[i - 1] = (char)('0' + number % 10);
	return at + digits;
}

/* By hand, since there may be one for each entry. */
static void
print_moment(struct moment *moment, const struct civil *civil, bool has_hour)
{
	char *at = put_digits(moment->day, (unsigned)civil->year, 4);

	*at++ = '-';
	at = put_digits(at, civil->month, 2);
	*at++ = '-';
	at = put_digits(at, civil->day, 2);
	*at = '\0';
	if (!has_hour)
		return;
	memcpy(moment->hour, moment->day, (size_t)(at - moment->day));
	at = moment->hour + (at - moment->day);
	*at++ = 'T';
	at = put_digits(at, civil->hour, 2);
	*at = '\0';
}

/* The five minutes, behind the hour. */
static void
print_minutes(struct moment *moment, const struct civil *civil)
{
	char *at = moment->hour + strlen(moment->hour);

	*at++ = ':';
	at = put_digits(at, civil->minute / 5U * 5U, 2);
	*at = '\0';
}

void
when_resolve(const struct when *when, const struct when_input *input,
    const struct stamp *seen, struct moment *moment)
{
	struct stamp stamp = *seen;
	bool has_instant = false;
	int64_t instant = 0;

	*moment = (struct moment){ 0 };
	if (!complete(when, input, &stamp)) {
		moment->is_within = !when->since.is_set && !when->until.is_set;
		return;
	}
	moment->is_other_day = input->path.has_date && input->path.has_year &&
	    !is_same_day(&input->path.civil, &stamp.civil);
	if (stamp.has_time && stamp.has_offset) {
		instant = civil_instant(&stamp.civil, stamp.offset);
		has_instant = true;
	} else if (stamp.has_time && when->log_zone != NULL) {
		instant = zone_instant(when->log_zone, &stamp.civil);
		has_instant = true;
	}
	if (when->zone != NULL && has_instant)
		zone_civil(when->zone, instant, &stamp.civil);
	moment->is_within = is_within(when, wall_seconds(&stamp.civil),
	    has_instant, instant);
	print_moment(moment, &stamp.civil, stamp.has_time);
	if (when->has_minutes && stamp.has_time)
		print_minutes(moment, &stamp.civil);
}

void
when_resolve_row(const struct when *when, const struct tally_row *row,
    struct moment *moment)
{
	struct slice hour = row->value[TALLY_HOUR];
	struct slice day = row->value[TALLY_DAY];
	struct stamp stamp = { 0 };
	bool has_hour = bound_of_hour(hour, &stamp);

	*moment = (struct moment){ 0 };
	if (!has_hour)
		(void)stamp_read(day, 0, &stamp);
	if (has_hour || stamp.has_year)
		print_moment(moment, &stamp.civil, has_hour);
	moment->is_within = (!when->since.is_set && !when->until.is_set) ||
	    ((has_hour || stamp.has_year) &&
		is_within(when, wall_seconds(&stamp.civil), false, 0));
}
