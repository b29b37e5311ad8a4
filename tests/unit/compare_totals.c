/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/totals.h"

#include <stdlib.h>

#include "tap.h"

struct example {
	const char *day, *hour, *file, *line, *function, *operation;
	uint64_t count;
};

static void
parse(struct tally_keys *keys, const char *text)
{
	struct err err = { "" };

	CHECK_INT(totals_keys_parse(keys, text, &err), 0);
	CHECK_STR(err.text, "");
}

/* A sample of rows, up to one without a day. */
static void
fill(struct sample *sample, const struct tally_keys *by,
    const struct example *rows)
{
	struct err err;

	sample_init(sample, by, NULL);
	for (; rows->day != NULL; rows++) {
		struct tally_row row = {
			.value = {
				[TALLY_DAY] = slice_str(rows->day),
				[TALLY_HOUR] = slice_str(rows->hour),
				[TALLY_FILE] = slice_str(rows->file),
				[TALLY_LINE] = slice_str(rows->line),
				[TALLY_FUNCTION] = slice_str(rows->function),
				[TALLY_OPERATION] =
				    slice_str(rows->operation),
				[TALLY_KIND] = SLICE("Kind"),
			},
			.count = rows->count,
		};

		CHECK_INT(sample_take(sample, &row, &err), 0);
	}
}

/* The totals of all days of a sample of rows; they live until discard(). */
struct added {
	struct sample sample;
	struct sample_day *days;
	struct totals totals;
};

static void
add_up(struct added *added, const char *keys, const struct example *rows,
    int last_hour)
{
	struct tally_keys by;
	size_t count;

	parse(&by, keys);
	fill(&added->sample, &by, rows);
	count = sample_days(&added->sample, &added->days);
	totals_init(&added->totals, &by);
	for (size_t i = 0; i < count; i++)
		totals_add(&added->totals, &added->days[i], last_hour);
	totals_finish(&added->totals);
}

static void
discard(struct added *added)
{
	totals_release(&added->totals);
	free(added->days);
	sample_release(&added->sample);
}

static void
finds_days(void)
{
	static const struct example rows[] = {
		{ "", "", "a.py", "1", "f", "X.put", 1 },
		{ "2021-04-04", "2021-04-04T05", "a.py", "1", "f", "", 1 },
		{ "", "2021-04-04T17", "a.py", "1", "f", "X.put", 1 },
		{ "2021-04-05", "", "a.py", "1", "f", "X.put", 1 },
		{ "2021-04-05", "2021-04-05T23", "a.py", "1", "f", "", 1 },
		{ "2021-04-06", "2021-04-06T23", "a.py", "1", "f", "", 1 },
		{ "2021-04-06", "2021-04-06T24", "a.py", "1", "f", "", 1 },
		{ 0 },
	};
	struct tally_keys by;
	struct sample sample;
	struct sample_day *days;

	parse(&by, "site");
	fill(&sample, &by, rows);
	if (!CHECK_INT(sample_days(&sample, &days), 4))
		return;
	CHECK_SLICE(days[0].name, "");
	CHECK_SLICE(days[1].name, "2021-04-04");
	CHECK_INT(days[1].count, 2);
	CHECK_INT(days[1].last_hour, 17);
	CHECK_SLICE(days[2].name, "2021-04-05");
	CHECK_INT(days[2].last_hour, -1);
	CHECK_INT(days[3].last_hour, -1);
	free(days);
	sample_release(&sample);
}

static const struct example two_hours[] = {
	{ "2021-04-04", "2021-04-04T05", "b.py", "10", "f", "X.put", 1 },
	{ "2021-04-04", "2021-04-04T05", "b.py", "009", "f", "X.put", 2 },
	{ "2021-04-04", "2021-04-04T05", "a.py", "9", "f", "X.put", 4 },
	{ "2021-04-04", "2021-04-04T06", "a.py", "9", "f", "Y.put", 8 },
	{ "2021-04-04", "2021-04-04T06", "b.py", "10", "f", "X.put", 16 },
	{ 0 },
};

static void
groups(void)
{
	struct added added;
	const struct site *sites;

	add_up(&added, "site", two_hours, -1);
	sites = added.totals.sites;
	CHECK_INT(added.totals.count, 3);
	CHECK_SLICE(sites[0].file, "a.py");
	CHECK_SLICE(sites[0].operation, "");
	CHECK_INT(sites[0].count, 12);
	CHECK_SLICE(sites[1].line, "9");
	CHECK_INT(sites[1].count, 2);
	CHECK_SLICE(sites[2].line, "10");
	CHECK_SLICE(sites[2].function, "f");
	CHECK_INT(sites[2].count, 17);
	discard(&added);
}

static void
groups_by_kind(void)
{
	struct added added;

	add_up(&added, "kind", two_hours, -1);
	CHECK_INT(added.totals.count, 1);
	CHECK_SLICE(added.totals.sites[0].operation, "Kind");
	CHECK_SLICE(added.totals.sites[0].file, "");
	CHECK_INT(added.totals.sites[0].count, 31);
	discard(&added);
}

static void
cuts_at_an_hour(void)
{
	struct added added;

	add_up(&added, "file", two_hours, 5);
	CHECK_INT(added.totals.count, 2);
	CHECK_INT(added.totals.sites[0].count, 4);
	CHECK_INT(added.totals.sites[1].count, 3);
	discard(&added);
}

static void
stays_at_the_most(void)
{
	static const struct example rows[] = {
		{ "", "", "a.py", "1", "f", "X.put", UINT64_MAX },
		{ "", "", "a.py", "2", "f", "X.put", 1 },
		{ 0 },
	};
	struct added added;

	add_up(&added, "file", rows, -1);
	CHECK(added.totals.sites[0].count == UINT64_MAX);
	CHECK(added.totals.is_over);
	discard(&added);
	add_up(&added, "site", rows, -1);
	CHECK(!added.totals.is_over);
	discard(&added);
}

static void
asks_for_columns(void)
{
	static const struct tally_keys has = { { TALLY_FILE, TALLY_HOUR }, 2 };
	struct tally_keys by;
	struct sample sample;

	parse(&by, "site,operation");
	sample_init(&sample, &by, NULL);
	CHECK_INT(sample.keys.count, 6);
	CHECK(sample.keys.column[0] == TALLY_DAY);
	CHECK(sample.keys.column[1] == TALLY_HOUR);
	CHECK(sample.keys.column[5] == TALLY_OPERATION);
	sample_release(&sample);
	sample_init(&sample, &by, &has);
	CHECK_INT(sample.keys.count, 4);
	CHECK(sample.keys.column[0] == TALLY_HOUR);
	CHECK(sample.keys.column[1] == TALLY_FILE);
	CHECK(sample.keys.column[2] == TALLY_LINE);
	CHECK(sample.keys.column[3] == TALLY_OPERATION);
	sample_release(&sample);
}

static void
reads_keys(void)
{
	struct tally_keys keys;
	struct err err;

	parse(&keys, "operation,site");
	CHECK_INT(keys.count, 4);
	CHECK(keys.column[0] == TALLY_FILE);
	CHECK(keys.column[3] == TALLY_OPERATION);
	CHECK_INT(totals_keys_parse(&keys, "day", &err), -1);
	CHECK_INT(totals_keys_parse(&keys, "file,verb", &err), -1);
	CHECK_INT(totals_keys_parse(&keys, "line", &err), -1);
	CHECK_INT(totals_keys_parse(&keys, "operation,kind", &err), -1);
	CHECK_INT(totals_keys_parse(&keys, "", &err), -1);
	CHECK_INT(totals_keys_parse(&keys, "flie", &err), -1);
	CHECK(strstr(err.text, "file") != NULL);
}

static void
reads_minutes(void)
{
	static const struct example rows[] = {
		{ "2021-04-04", "2021-04-04T05:45", "a", "1", "f", "X.put", 1 },
		{ "2021-04-04", "2021-04-04T06", "a", "1", "f", "X.put", 1 },
		{ "2021-04-04", "2021-04-04T07:61", "a", "1", "f", "X.put", 1 },
		{ "2021-04-04", "", "a", "1", "f", "X.put", 1 },
		{ 0 },
	};
	struct tally_keys by;
	struct sample sample;

	parse(&by, "site");
	fill(&sample, &by, rows);
	CHECK_INT(sample.rows[0].hour, 5);
	CHECK_INT(sample.rows[0].minute, 45);
	CHECK_INT(sample.rows[1].hour, 6);
	CHECK_INT(sample.rows[1].minute, -1);
	CHECK_INT(sample.rows[2].hour, 7);
	CHECK_INT(sample.rows[2].minute, -1);
	CHECK_INT(sample.rows[3].hour, -1);
	CHECK_INT(sample.rows[3].minute, -1);
	sample_release(&sample);
}

static void
tells_revisions(void)
{
	static const struct sample_row rows[] = {
		{ .revision = SLICE("v1"), .site.count = 5 },
		{ .revision = SLICE("v2"), .site.count = 4 },
		{ .revision = SLICE("v2"), .site.count = 2 },
	};
	struct sample_day day = { .rows = rows, .count = 3 };
	size_t others;

	CHECK_SLICE(sample_revision(&day, &others), "v2");
	CHECK_INT(others, 1);
	day.count = 0;
	CHECK_SLICE(sample_revision(&day, &others), "");
	CHECK_INT(others, 0);
}

static const struct tap_test tests[] = {
	{ "a tally is not asked for a day, hour or function it has not",
	    asks_for_columns },
	{ "days are runs of rows, and end with their last hour", finds_days },
	{ "sites are added up by what is grouped by, in that order", groups },
	{ "the kind takes the operation's place", groups_by_kind },
	{ "a day can be cut at an hour", cuts_at_an_hour },
	{ "an hour may tell its minutes", reads_minutes },
	{ "a day ran the revision that counted most", tells_revisions },
	{ "a sum beyond 2^64-1 stays there and says so", stays_at_the_most },
	{ "keys that cannot be compared by are refused", reads_keys },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
