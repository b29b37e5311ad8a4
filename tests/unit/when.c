/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/when.h"

#include "tap.h"

/* 2013-06-12 12:00:00 UTC */
enum { NOW = 1371038400 };

/* How a stamp is written, what is known beside it, and what comes of it:
 * day, hour, "out" where it lies outside, "other" where the path disagrees. */
struct row {
	const char *stamp; /* "" for none */
	const char *path;
	const char *zone, *log_zone, *day, *since, *until;
	const char *want;
};

static const struct row days[] = {
	{ .stamp = "2013-06-12 05:04:03", .want = "2013-06-12 2013-06-12T05" },
	{ .stamp = "2013-06-12", .want = "2013-06-12 -" },
	{ .stamp = "", .want = "- -" },
	{ .stamp = "05:04:03", .want = "- -" },
	{ .stamp = "", .day = "2013-06-10", .want = "2013-06-10 -" },
	{ .stamp = "05:04:03",
	    .day = "2013-06-10",
	    .want = "2013-06-10 2013-06-10T05" },
	{ .stamp = "", .path = "2013/06/11/x", .want = "2013-06-11 -" },
	{ .stamp = "",
	    .path = "x-20130611",
	    .day = "2013-06-10",
	    .want = "2013-06-11 -" },
	{ .stamp = "05:04:03",
	    .path = "x-20130611",
	    .want = "2013-06-11 2013-06-11T05" },
	{ .stamp = "2013-06-12 05:04:03",
	    .path = "x-20130611",
	    .want = "2013-06-12 2013-06-12T05 other" },
	{ .stamp = "2013-06-12 05:04:03",
	    .path = "x-20130612",
	    .want = "2013-06-12 2013-06-12T05" },
	/* without a year: the path's, else the last one that is not ahead of
	 * the file's modification (2013-06-12 12:00) by more than a day */
	{ .stamp = "Jun 12 05:04:03",
	    .path = "2011/06/x",
	    .want = "2011-06-12 2011-06-12T05" },
	{ .stamp = "Jun 12 05:04:03", .want = "2013-06-12 2013-06-12T05" },
	{ .stamp = "Jun 13 05:04:03", .want = "2013-06-13 2013-06-13T05" },
	{ .stamp = "Jun 14 05:04:03", .want = "2012-06-14 2012-06-14T05" },
	{ .stamp = "Dec 31 23:59:59", .want = "2012-12-31 2012-12-31T23" },
	/* a day that no year nearby has */
	{ .stamp = "Feb 29 05:04:03", .path = "2013/02/x", .want = "- -" },
};

static const struct row zones[] = {
	{ .stamp = "2013-06-11T23:30:00Z", .want = "2013-06-11 2013-06-11T23" },
	{ .stamp = "2013-06-11T23:30:00Z",
	    .zone = "+02:00",
	    .want = "2013-06-12 2013-06-12T01" },
	{ .stamp = "2013-06-12T01:30:00+02:00",
	    .zone = "UTC",
	    .want = "2013-06-11 2013-06-11T23" },
	{ .stamp = "2013-06-11 23:30:00",
	    .zone = "+02:00",
	    .want = "2013-06-11 2013-06-11T23" },
	{ .stamp = "2013-06-11 23:30:00",
	    .zone = "+02:00",
	    .log_zone = "UTC",
	    .want = "2013-06-12 2013-06-12T01" },
	{ .stamp = "2013-06-11T23:30:00Z",
	    .zone = "+02:00",
	    .log_zone = "-07:00",
	    .want = "2013-06-12 2013-06-12T01" },
	{ .stamp = "2013-06-11 23:30:00",
	    .log_zone = "-07:00",
	    .want = "2013-06-11 2013-06-11T23" },
	{ .stamp = "2013-06-11", .zone = "+02:00", .want = "2013-06-11 -" },
};

static const struct row bounds[] = {
	{ .stamp = "2013-06-12 00:00:00",
	    .since = "2013-06-12",
	    .want = "2013-06-12 2013-06-12T00" },
	{ .stamp = "2013-06-11 23:59:59",
	    .since = "2013-06-12",
	    .want = "2013-06-11 2013-06-11T23 out" },
	{ .stamp = "2013-06-12 23:59:59",
	    .until = "2013-06-12",
	    .want = "2013-06-12 2013-06-12T23" },
	{ .stamp = "2013-06-13 00:00:00",
	    .until = "2013-06-12",
	    .want = "2013-06-13 2013-06-13T00 out" },
	{ .stamp = "2013-06-12 05:59:59",
	    .since = "2013-06-12T05",
	    .until = "2013-06-12 05",
	    .want = "2013-06-12 2013-06-12T05" },
	{ .stamp = "2013-06-12 06:00:00",
	    .until = "2013-06-12T05",
	    .want = "2013-06-12 2013-06-12T06 out" },
	{ .stamp = "2013-06-12 05:04:03",
	    .since = "2013-06-12 05:04:03",
	    .until = "2013-06-12 05:04:03",
	    .want = "2013-06-12 2013-06-12T05" },
	{ .stamp = "2013-06-12 05:04:04",
	    .until = "2013-06-12 05:04:03",
	    .want = "2013-06-12 2013-06-12T05 out" },
	/* instants where both say their offset, else the wall */
	{ .stamp = "2013-06-12T01:30:00+02:00",
	    .since = "2013-06-11T23:30:00Z",
	    .until = "2013-06-11T23:30:00Z",
	    .want = "2013-06-12 2013-06-12T01" },
	{ .stamp = "2013-06-12T01:30:01+02:00",
	    .until = "2013-06-11T23:30:00Z",
	    .want = "2013-06-12 2013-06-12T01 out" },
	{ .stamp = "2013-06-12T01:30:00",
	    .until = "2013-06-11T23:30:00Z",
	    .want = "2013-06-12 2013-06-12T01 out" },
	{ .stamp = "2013-06-12T01:30:00",
	    .until = "2013-06-11T23:30:00Z",
	    .log_zone = "+02:00",
	    .want = "2013-06-12 2013-06-12T01" },
	{ .stamp = "2013-06-11T23:30:00Z",
	    .since = "2013-06-12",
	    .zone = "+02:00",
	    .want = "2013-06-12 2013-06-12T01" },
	{ .stamp = "2013-06-11 00:00:00",
	    .since = "yesterday",
	    .until = "yesterday",
	    .zone = "UTC",
	    .want = "2013-06-11 2013-06-11T00" },
	{ .stamp = "2013-06-12 00:00:00",
	    .until = "yesterday",
	    .zone = "UTC",
	    .want = "2013-06-12 2013-06-12T00 out" },
	{ .stamp = "2013-06-12 23:59:59",
	    .since = "today",
	    .until = "today",
	    .zone = "UTC",
	    .want = "2013-06-12 2013-06-12T23" },
	/* what has no day lies nowhere */
	{ .stamp = "", .since = "2013-06-12", .want = "- - out" },
	{ .stamp = "", .until = "2013-06-12", .want = "- - out" },
	{ .stamp = "2013-06-12",
	    .since = "2013-06-12",
	    .want = "2013-06-12 -" },
};

static struct slice
told(const struct moment *moment, struct buf *buf)
{
	buf_clear(buf);
	buf_add_format(buf, "%s %s%s%s",
	    moment->day[0] == '\0' ? "-" : moment->day,
	    moment->hour[0] == '\0' ? "-" : moment->hour,
	    moment->is_within ? "" : " out",
	    moment->is_other_day ? " other" : "");
	return buf_slice(buf);
}

static void
resolve_row(const struct row *row, struct buf *buf)
{
	struct stamp stamp = { 0 };
	struct when_input input;
	struct moment moment;
	struct when when;
	struct err err;

	if (row->stamp[0] != '\0')
		CHECK(stamp_read(slice_str(row->stamp), 0, &stamp) > 0);
	if (!CHECK(when_open(&when, row->zone, row->log_zone, row->day,
		       row->since, row->until, NOW, &err) == 0)) {
		printf("# %s\n", err.text);
		return;
	}
	when_input_of(&input, slice_str(row->path == NULL ? "" : row->path),
	    NOW);
	when_resolve(&when, &input, &stamp, &moment);
	if (!CHECK_SLICE(told(&moment, buf), row->want))
		printf("# of %s\n", row->stamp);
	when_close(&when);
}

static void
resolve_rows(const struct row *rows, size_t count)
{
	struct buf buf = { 0 };

	for (size_t i = 0; i < count; i++)
		resolve_row(&rows[i], &buf);
	buf_release(&buf);
}

static void
fills_in(void)
{
	resolve_rows(days, sizeof(days) / sizeof(days[0]));
}

static void
converts(void)
{
	resolve_rows(zones, sizeof(zones) / sizeof(zones[0]));
}

static void
bounded(void)
{
	resolve_rows(bounds, sizeof(bounds) / sizeof(bounds[0]));
}

static void
tally_rows(void)
{
	static const struct {
		const char *day, *hour, *since, *until, *want;
	} rows[] = {
		{ "2013-06-12", "", NULL, NULL, "2013-06-12 -" },
		{ "", "2013-06-12T05", NULL, NULL, "2013-06-12 2013-06-12T05" },
		{ "", "", NULL, NULL, "- -" },
		{ "", "", "2013-06-12", NULL, "- - out" },
		{ "last week", "", "2013-06-12", NULL, "- - out" },
		{ "2013-06-12", "", "2013-06-12", "2013-06-12",
		    "2013-06-12 -" },
		{ "2013-06-12", "", "2013-06-13", NULL, "2013-06-12 - out" },
		{ "2013-06-12", "2013-06-12T05", "2013-06-12T05",
		    "2013-06-12T05", "2013-06-12 2013-06-12T05" },
		{ "2013-06-12", "2013-06-12T05", "2013-06-12T06", NULL,
		    "2013-06-12 2013-06-12T05 out" },
	};
	struct buf buf = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tally_row row = { 0 };
		struct moment moment;
		struct when when;
		struct err err;

		if (!CHECK(when_open(&when, NULL, NULL, NULL, rows[i].since,
			       rows[i].until, NOW, &err) == 0))
			continue;
		row.value[TALLY_DAY] = slice_str(rows[i].day);
		row.value[TALLY_HOUR] = slice_str(rows[i].hour);
		when_resolve_row(&when, &row, &moment);
		CHECK_SLICE(told(&moment, &buf), rows[i].want);
		when_close(&when);
	}
	buf_release(&buf);
}

static void
refuses(void)
{
	static const struct {
		const char *day, *since, *until, *want;
	} rows[] = {
		{ "June", NULL, NULL,
		    "--day: 'June' is no day; write 2013-06-12" },
		{ "2013-06-12 05:00", NULL, NULL,
		    "--day: '2013-06-12 05:00' is no day; write 2013-06-12" },
		{ NULL, "2013-06-12", "2013-06-11",
		    "--since 2013-06-12 is later than --until 2013-06-11" },
		{ NULL, "2013-06-12T05:00:00Z", "2013-06-12T06:00:00+02:00",
		    "--since 2013-06-12T05:00:00Z is later than --until "
		    "2013-06-12T06:00:00+02:00" },
	};
	static const char *const no_times[] = { "lately", "", "2013-06-31",
		"2013-06-12T24", "2013-06-12x", "05:00", "Jun 12 05:00:00" };
	struct when when;
	struct err err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK(when_open(&when, NULL, NULL, rows[i].day, rows[i].since,
			  rows[i].until, NOW, &err) == -1);
		CHECK_STR(err.text, rows[i].want);
	}
	for (size_t i = 0; i < sizeof(no_times) / sizeof(no_times[0]); i++)
		if (!CHECK(when_open(&when, NULL, NULL, NULL, no_times[i], NULL,
			       NOW, &err) == -1)) {
			printf("# %s\n", no_times[i]);
			when_close(&when);
		}
	CHECK(when_open(&when, "Mars/Base", NULL, NULL, NULL, NULL, NOW,
		  &err) == -1);
	CHECK(strncmp(err.text, "--timezone: ", 12) == 0);
	CHECK(when_open(&when, NULL, "Mars/Base", NULL, NULL, NULL, NOW,
		  &err) == -1);
	CHECK(strncmp(err.text, "--log-timezone: ", 16) == 0);
}

/* A wall and an instant cannot be compared before a stamp is there. */
static void
mixed(void)
{
	struct when when;
	struct err err;

	CHECK(when_open(&when, NULL, NULL, NULL, "2013-06-12",
		  "2013-06-11T23:30:00Z", NOW, &err) == 0);
	when_close(&when);
}

static const struct tap_test tests[] = {
	{ "a stamp takes what it lacks from path, --day, modification",
	    fills_in },
	{ "zones convert what has an offset, or is said to have", converts },
	{ "--since and --until include what they name", bounded },
	{ "rows of a tally have the day and hour that stand there",
	    tally_rows },
	{ "what is no time is refused", refuses },
	{ "bounds with and without an offset are taken together", mixed },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
