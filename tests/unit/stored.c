/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/stored.h"

#include "base/alloc.h"
#include "daystore.h"
#include "tap.h"

/* A part of one row, whose entries are 1. */
struct given {
	const char *day;
	const char *host;
	const char *line;
	const char *operation;
	int slot;
	uint64_t count;
};

/* What a scan of the store gave. */
struct result {
	struct buf csv;
	struct scan_report report;
	struct err err;
	int status;
};

static const struct given usual[] = {
	{ "", "web1", "88", "Badge.load", PART_NO_HOUR, 1000 },
	{ "2013-06-12", "web1", "88", "Badge.load", 5, 3 },
	{ "2013-06-12", "web1", "88", "Badge.load", 5, 10 },
	{ "2013-06-12", "web1", "88", "Badge.load", 6, 4 },
	{ "2013-06-12", "web1", "88", "Badge.load", PART_NO_HOUR, 1 },
	{ "2013-06-12", "web1", "9", "City.save", 23, 2 },
	{ "2013-06-12", "web2", "88", "Badge.load", 0, 20 },
	{ "2013-06-13", "web1", "88", "Badge.load", 0, 100 },
	{ 0 },
};

static void
add_part(struct days *days, const struct given *given)
{
	struct part_row row = { .slots = UINT32_C(1) << given->slot };
	const struct tally_row values = {
		.value[TALLY_REVISION] = SLICE("r1"),
		.value[TALLY_FILE] = SLICE("badge.rb"),
		.value[TALLY_LINE] = slice_str(given->line),
		.value[TALLY_FUNCTION] = SLICE("show"),
		.value[TALLY_OPERATION] = slice_str(given->operation),
	};
	struct part_writer writer = { 0 };
	struct buf key = { 0 };
	struct err err = { "" };

	tally_key_add(&key, &part_keys, &values);
	row.key = buf_slice(&key);
	row.count[given->slot] = given->count;
	row.entries[given->slot] = 1;
	part_add(&writer, &row);
	need(days_add(days, slice_str(given->day), slice_str(given->host), 0,
		 &writer, &err),
	    &err);
	part_writer_release(&writer);
	buf_release(&key);
}

/* A store of this name with such parts, up to one without a day. */
static struct days *
make_days(const char *name, const struct given *given)
{
	struct days *days = open_days(name, DB_WRITE);

	for (; given->day != NULL; given++)
		add_part(days, given);
	return days;
}

static int
add_row(void *context, const struct tally_row *row, struct err *err)
{
	struct result *result = context;

	(void)err;
	tally_row_add(&result->csv, &result->report.keys, row, false);
	return 0;
}

static int
refuse(void *context, const struct tally_row *row, struct err *err)
{
	(void)context;
	(void)row;
	return err_set(err, "no");
}

/* Scans days of the store, and groups by keys; NULL: the usual ones. */
static void
scan(struct result *result, struct days *days, const struct stored_days *range,
    const char *keys, struct scan_options options)
{
	*result = (struct result){ 0 };
	if (keys != NULL)
		need(tally_keys_parse(&options.keys, keys, &result->err),
		    &result->err);
	result->status = stored_run(&options, days, range, add_row, result,
	    &result->report, &result->err);
}

/* That a scan of these days gives such rows, and no trouble. */
static void
gives_range(struct days *days, const struct stored_days *range,
    const char *keys, struct scan_options options, const char *want)
{
	struct result result;

	scan(&result, days, range, keys, options);
	CHECK_INT(result.status, 0);
	CHECK_STR(result.err.text, "");
	CHECK(!result.report.is_trouble);
	CHECK_SLICE(result.csv, want);
	buf_release(&result.csv);
}

static const struct stored_days one_day = { SLICE("2013-06-12"),
	SLICE("2013-06-12"), -1 };
static const struct stored_days two_days = { SLICE("2013-06-12"),
	SLICE("2013-06-13"), -1 };

/* The same of 2013-06-12. */
static void
gives(struct days *days, const char *keys, struct scan_options options,
    const char *want)
{
	gives_range(days, &one_day, keys, options, want);
}

static void
usual_columns(void)
{
	struct days *days = make_days("usual", usual);
	struct result result;

	scan(&result, days, &two_days, NULL, scan_defaults);
	CHECK_INT(result.status, 0);
	CHECK_SLICE(result.csv,
	    "2013-06-12,badge.rb,9,show,City.save,2,1\n"
	    "2013-06-12,badge.rb,88,show,Badge.load,38,5\n"
	    "2013-06-13,badge.rb,88,show,Badge.load,100,1\n");
	CHECK_INT(result.report.keys.count, tally_default_keys.count);
	CHECK_INT(result.report.inputs, 2);
	CHECK_INT(result.report.over, 0);
	CHECK(result.report.bytes > 0);
	CHECK(!result.report.is_trouble);
	buf_release(&result.csv);
	days_close(days);
}

static void
other_columns(void)
{
	struct days *days = make_days("columns", usual);

	gives(days, "hour,line", scan_defaults,
	    ",88,1,1\n"
	    "2013-06-12T00,88,20,1\n"
	    "2013-06-12T05,88,13,2\n"
	    "2013-06-12T06,88,4,1\n"
	    "2013-06-12T23,9,2,1\n");
	gives(days, "host,day,revision", scan_defaults,
	    "web1,2013-06-12,r1,20,5\n"
	    "web2,2013-06-12,r1,20,1\n");
	gives(days, "kind,verb", scan_defaults,
	    "Badge,load,38,5\n"
	    "City,save,2,1\n");
	days_close(days);
}

static void
merged_parts(void)
{
	struct days *days = make_days("merged", usual);
	struct err err = { "" };

	need(days_merge(days, slice_str("2013-06-12"), slice_str("web1"), &err),
	    &err);
	gives(days, "host,hour,line", scan_defaults,
	    "web1,,88,1,1\n"
	    "web1,2013-06-12T05,88,13,2\n"
	    "web1,2013-06-12T06,88,4,1\n"
	    "web1,2013-06-12T23,9,2,1\n"
	    "web2,2013-06-12T00,88,20,1\n");
	days_close(days);
}

/* Of each day up to an hour; what has none stays. */
static void
last_hour(void)
{
	static const int hours[] = { 0, 5, 6, 22, 23 };
	static const char *const want[] = {
		"2013-06-12,21,2\n2013-06-13,100,1\n",
		"2013-06-12,34,4\n2013-06-13,100,1\n",
		"2013-06-12,38,5\n2013-06-13,100,1\n",
		"2013-06-12,38,5\n2013-06-13,100,1\n",
		"2013-06-12,40,6\n2013-06-13,100,1\n",
	};
	struct days *days = make_days("last", usual);
	struct stored_days range = two_days;

	for (size_t i = 0; i < sizeof(hours) / sizeof(hours[0]); i++) {
		range.last_hour = hours[i];
		gives_range(days, &range, "day", scan_defaults, want[i]);
	}
	range.last_hour = 4;
	gives_range(days, &range, "hour,host", scan_defaults,
	    ",web1,1,1\n"
	    "2013-06-12T00,web2,20,1\n"
	    "2013-06-13T00,web1,100,1\n");
	days_close(days);
}

/* How many days there are in a range. */
static void
counts_range(struct days *days, const char *first, const char *last,
    uint64_t count, const char *want)
{
	const struct stored_days range = { slice_str(first), slice_str(last),
		-1 };
	struct result result;

	scan(&result, days, &range, "day,hour", scan_defaults);
	CHECK_INT(result.status, 0);
	CHECK_INT(result.report.inputs, count);
	CHECK_SLICE(result.csv, want);
	buf_release(&result.csv);
}

static void
ranges(void)
{
	static const struct given given[] = {
		{ "", "web1", "9", "City.save", PART_NO_HOUR, 1 },
		{ "2013-05-31", "web1", "9", "City.save", PART_NO_HOUR, 2 },
		{ "2013-06-01", "web1", "9", "City.save", PART_NO_HOUR, 4 },
		{ "2013-06-03", "web1", "9", "City.save", PART_NO_HOUR, 8 },
		{ 0 },
	};
	struct days *days = make_days("ranges", given);

	counts_range(days, "2013-06-01", "2013-06-02", 1, "2013-06-01,,4,1\n");
	counts_range(days, "2013-05-31", "2013-06-01", 2,
	    "2013-05-31,,2,1\n2013-06-01,,4,1\n");
	counts_range(days, "2013-06-02", "2013-06-09", 1, "2013-06-03,,8,1\n");
	counts_range(days, "2013-06-02", "2013-06-02", 0, "");
	counts_range(days, "", "", 1, ",,1,1\n");
	counts_range(days, "", "~", 4,
	    ",,1,1\n2013-05-31,,2,1\n2013-06-01,,4,1\n2013-06-03,,8,1\n");
	days_close(days);
}

static void
selects(void)
{
	const char *badge[] = { "Badge" };
	const char *both[] = { "Badge", "City" };
	const char *pattern[] = { "^C.*save$" };
	struct days *days = make_days("selects", usual);
	struct scan_options options = scan_defaults;

	options.kinds = (struct opt_list){ badge, 1, 1 };
	gives(days, "operation", options, "Badge.load,38,5\n");
	options.invert = true;
	gives(days, "operation", options, "City.save,2,1\n");
	options.invert = false;
	options.kinds = (struct opt_list){ both, 2, 2 };
	gives(days, "operation", options, "Badge.load,38,5\nCity.save,2,1\n");
	options.patterns = (struct opt_list){ pattern, 1, 1 };
	gives(days, "operation", options, "City.save,2,1\n");
	options = scan_defaults;
	options.reads = true;
	gives(days, "operation", options, "Badge.load,38,5\n");
	options = scan_defaults;
	options.file_pattern = "city";
	gives(days, "operation", options, "");
	days_close(days);
}

static void
since_and_until(void)
{
	struct days *days = make_days("since", usual);
	struct scan_options options = scan_defaults;

	options.since = "2013-06-12T05";
	options.until = "2013-06-12T05";
	gives(days, "line", options, "88,13,2\n");
	gives(days, "hour", options, "2013-06-12T05,13,2\n");
	options.until = NULL;
	gives_range(days, &two_days, "day", options,
	    "2013-06-12,19,4\n2013-06-13,100,1\n");
	options.since = "2013-06-13";
	gives_range(days, &two_days, "day", options, "2013-06-13,100,1\n");
	days_close(days);
}

/* That a scan fails, as "PATH: why". */
static void
fails(struct days *days, const struct stored_days *range,
    struct scan_options options, const char *why)
{
	char *want = xasprintf("%s: %s", days_name(days), why);
	struct result result;

	scan(&result, days, range, NULL, options);
	CHECK_INT(result.status, -1);
	CHECK_STR(result.err.text, want);
	CHECK(result.report.is_trouble);
	CHECK_INT(result.csv.len, 0);
	buf_release(&result.csv);
	free(want);
}

static void
damaged(void)
{
	static const char good[] = "2013-06-13,100,1\n";
	static const struct stored_days next = { SLICE("2013-06-13"),
		SLICE("2013-06-13"), -1 };
	struct days *days = make_days("damaged", usual);

	run_sql("damaged",
	    "UPDATE part SET data = substr(data, 1, size - 1) || x'ee'"
	    " WHERE id = 3");
	fails(days, &two_days, scan_defaults,
	    "2013-06-12: part 2: damaged: wrong checksum");
	run_sql("damaged", "UPDATE part SET data = x'01' WHERE host = 'web2'");
	run_sql("damaged", "DELETE FROM part WHERE id = 3");
	fails(days, &two_days, scan_defaults, "2013-06-12: damaged: too short");
	gives_range(days, &next, "day", scan_defaults, good);
	days_close(days);
}

static void
refuses(void)
{
	const char *pattern[] = { "(" };
	struct days *days = make_days("refuses", usual);
	struct scan_options options = scan_defaults;
	struct result result = { .status = 0 };

	CHECK_INT(stored_run(&options, days, &one_day, refuse, NULL,
		      &result.report, &result.err),
	    -1);
	CHECK_STR(result.err.text, "no");
	CHECK(result.report.is_trouble);
	CHECK_INT(result.report.inputs, 1);
	options.patterns = (struct opt_list){ pattern, 1, 1 };
	scan(&result, days, &one_day, NULL, options);
	CHECK_INT(result.status, -1);
	CHECK(strstr(result.err.text, "(") != NULL);
	CHECK(result.report.is_trouble);
	buf_release(&result.csv);
	days_close(days);
}

/* That a sum by line stays at 2^64-1 and is told. */
static void
is_over(const char *name, const struct given *given)
{
	struct days *days = make_days(name, given);
	struct result result;

	scan(&result, days, &one_day, "line", scan_defaults);
	CHECK_INT(result.status, 0);
	CHECK(slice_starts(buf_slice(&result.csv), "88,18446744073709551615,"));
	CHECK_INT(result.report.over, 1);
	CHECK(result.report.is_trouble);
	buf_release(&result.csv);
	days_close(days);
}

static void
over_when_stored(void)
{
	static const struct given alone[] = {
		{ "2013-06-12", "web1", "88", "Badge.load", 5, UINT64_MAX },
		{ 0 },
	};
	static const struct given parts[] = {
		{ "2013-06-12", "web1", "88", "Badge.load", 5, UINT64_MAX - 1 },
		{ "2013-06-12", "web1", "88", "Badge.load", 5, 2 },
		{ 0 },
	};

	is_over("over-alone", alone);
	is_over("over-parts", parts);
}

static void
over_when_read(void)
{
	static const struct given hours[] = {
		{ "2013-06-12", "web1", "88", "Badge.load", 5, UINT64_MAX - 1 },
		{ "2013-06-12", "web1", "88", "Badge.load", 6, 2 },
		{ 0 },
	};
	static const struct given hosts[] = {
		{ "2013-06-12", "web1", "88", "Badge.load", 5, UINT64_MAX - 1 },
		{ "2013-06-12", "web2", "88", "Badge.load", 5, 2 },
		{ 0 },
	};

	is_over("over-hosts", hosts);
	is_over("over-hours", hours);
}

/* One less is no trouble. */
static void
not_over(void)
{
	static const struct given given[] = {
		{ "2013-06-12", "web1", "88", "Badge.load", 5, UINT64_MAX - 3 },
		{ "2013-06-12", "web1", "88", "Badge.load", 6, 1 },
		{ "2013-06-12", "web2", "88", "Badge.load", 6, 1 },
		{ 0 },
	};
	struct days *days = make_days("not-over", given);

	gives(days, "line", scan_defaults, "88,18446744073709551614,3\n");
	days_close(days);
}

static const struct tap_test tests[] = {
	{ "days have the usual columns", usual_columns },
	{ "or others: hours, hosts, kinds", other_columns },
	{ "parts that were made one read the same", merged_parts },
	{ "of each day the hours up to one, and what has none", last_hour },
	{ "days are from first to last; no day is one", ranges },
	{ "operations and files are selected", selects },
	{ "so are hours, by the time", since_and_until },
	{ "a damaged part is told with its file and day", damaged },
	{ "so is what the rows' taker says, and a bad pattern", refuses },
	{ "a sum that the store holds at 2^64-1 is trouble", over_when_stored },
	{ "so is one that comes to it when it is read", over_when_read },
	{ "one less is none", not_over },
	{ 0 },
};

int
main(void)
{
	int status;

	scratch_make();
	status = tap_run(tests);
	scratch_remove();
	return status;
}
