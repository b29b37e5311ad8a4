/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/zone.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "tap.h"

/* Reads "2013-06-12 05:04:03", and what does not exist as well. */
static struct civil
civil_of(const char *text)
{
	long numbers[6];
	char *end;

	for (size_t i = 0; i < 6; i++) {
		numbers[i] = strtol(text, &end, 10);
		if (end == text)
			abort();
		text = end + 1;
	}
	return (struct civil){ (int32_t)numbers[0], (uint8_t)numbers[1],
		(uint8_t)numbers[2], (uint8_t)numbers[3], (uint8_t)numbers[4],
		(uint8_t)numbers[5] };
}

static const char *
text_of(const struct civil *civil)
{
	static char text[64];

	(void)snprintf(text, sizeof(text), "%04d-%02d-%02d %02d:%02d:%02d",
	    (int)civil->year, civil->month, civil->day, civil->hour,
	    civil->minute, civil->second);
	return text;
}

static bool
zone_exists(const char *name)
{
	struct err err;
	struct zone *zone = zone_open(name, &err);

	zone_free(zone);
	return zone != NULL;
}

struct told {
	const char *zone;
	const char *civil; /* on the wall */
	const char *utc;
	const char *shown; /* in the zone at that instant, where not civil */
};

static void
check_told(const struct told *told)
{
	struct err err = { "" };
	struct zone *zone = zone_open(told->zone, &err);
	struct civil civil = civil_of(told->civil);
	int64_t instant;

	if (!CHECK(zone != NULL)) {
		printf("# %s\n", err.text);
		return;
	}
	instant = zone_instant(zone, &civil);
	civil_from_instant(instant, 0, &civil);
	if (!CHECK_STR(text_of(&civil), told->utc))
		printf("# %s in %s\n", told->civil, told->zone);
	zone_civil(zone, instant, &civil);
	CHECK_STR(text_of(&civil),
	    told->shown == NULL ? told->civil : told->shown);
	zone_free(zone);
}

static void
knows_fixed_offsets(void)
{
	static const struct told table[] = {
		{ "UTC", "2013-06-12 05:04:03", "2013-06-12 05:04:03", NULL },
		{ "+02:00", "2013-06-12 05:04:03", "2013-06-12 03:04:03",
		    NULL },
		{ "-0700", "2013-06-12 05:04:03", "2013-06-12 12:04:03", NULL },
		{ "+05", "2013-01-01 04:59:59", "2012-12-31 23:59:59", NULL },
		{ "-03:30", "2013-12-31 23:00:00", "2014-01-01 02:30:00",
		    NULL },
		{ NULL, NULL, NULL, NULL },
	};

	for (const struct told *t = table; t->zone != NULL; t++)
		check_told(t);
}

static void
follows_the_table(void)
{
	static const struct told table[] = {
		{ "Europe/Berlin", "2013-01-15 12:00:00", "2013-01-15 11:00:00",
		    NULL },
		{ "Europe/Berlin", "2013-06-12 12:00:00", "2013-06-12 10:00:00",
		    NULL },
		{ "Europe/Berlin", "1900-01-01 12:00:00", "1900-01-01 11:00:00",
		    NULL },
		{ "Europe/Berlin", "1945-06-01 12:00:00", "1945-06-01 09:00:00",
		    NULL },
		{ "America/Los_Angeles", "2013-06-12 05:04:03",
		    "2013-06-12 12:04:03", NULL },
		{ "America/Los_Angeles", "2013-12-12 05:04:03",
		    "2013-12-12 13:04:03", NULL },
		{ "Australia/Lord_Howe", "2013-06-12 12:00:00",
		    "2013-06-12 01:30:00", NULL },
		{ "Australia/Lord_Howe", "2013-12-12 12:00:00",
		    "2013-12-12 01:00:00", NULL },
		{ "Asia/Kathmandu", "2013-12-12 12:00:00",
		    "2013-12-12 06:15:00", NULL },
		{ NULL, NULL, NULL, NULL },
	};

	if (!zone_exists("Europe/Berlin"))
		SKIP("no zone database");
	for (const struct told *t = table; t->zone != NULL; t++)
		check_told(t);
}

static void
takes_the_earlier_of_two(void)
{
	static const struct told table[] = {
		{ "Europe/Berlin", "2013-10-27 01:59:59", "2013-10-26 23:59:59",
		    NULL },
		{ "Europe/Berlin", "2013-10-27 02:30:00", "2013-10-27 00:30:00",
		    NULL },
		{ "Europe/Berlin", "2013-10-27 03:00:00", "2013-10-27 02:00:00",
		    NULL },
		{ "America/Los_Angeles", "2013-11-03 01:30:00",
		    "2013-11-03 08:30:00", NULL },
		/* Lord Howe Island sets its clocks by half an hour. */
		{ "Australia/Lord_Howe", "2013-04-07 01:29:59",
		    "2013-04-06 14:29:59", NULL },
		{ "Australia/Lord_Howe", "2013-04-07 01:45:00",
		    "2013-04-06 14:45:00", NULL },
		{ "Australia/Lord_Howe", "2013-04-07 02:00:00",
		    "2013-04-06 15:30:00", NULL },
		{ NULL, NULL, NULL, NULL },
	};

	if (!zone_exists("Europe/Berlin"))
		SKIP("no zone database");
	for (const struct told *t = table; t->zone != NULL; t++)
		check_told(t);
}

static void
goes_on_through_a_gap(void)
{
	static const struct told table[] = {
		{ "Europe/Berlin", "2013-03-31 01:59:59", "2013-03-31 00:59:59",
		    NULL },
		{ "Europe/Berlin", "2013-03-31 02:30:00", "2013-03-31 01:30:00",
		    "2013-03-31 03:30:00" },
		{ "Europe/Berlin", "2013-03-31 03:00:00", "2013-03-31 01:00:00",
		    NULL },
		{ "America/Los_Angeles", "2013-03-10 02:15:00",
		    "2013-03-10 10:15:00", "2013-03-10 03:15:00" },
		{ "Australia/Lord_Howe", "2013-10-06 02:10:00",
		    "2013-10-05 15:40:00", "2013-10-06 02:40:00" },
		/* Samoa went over the date line: there was no 30 December. */
		{ "Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30 22:00:00",
		    "2011-12-31 12:00:00" },
		{ NULL, NULL, NULL, NULL },
	};

	if (!zone_exists("Europe/Berlin"))
		SKIP("no zone database");
	for (const struct told *t = table; t->zone != NULL; t++)
		check_told(t);
}

static void
follows_the_rule_behind_the_table(void)
{
	static const struct told table[] = {
		{ "Europe/Berlin", "2071-03-29 01:59:59", "2071-03-29 00:59:59",
		    NULL },
		{ "Europe/Berlin", "2071-03-29 03:00:00", "2071-03-29 01:00:00",
		    NULL },
		{ "Europe/Berlin", "2071-10-25 02:59:59", "2071-10-25 00:59:59",
		    NULL },
		{ "America/Los_Angeles", "2090-07-01 00:00:00",
		    "2090-07-01 07:00:00", NULL },
		{ "Australia/Lord_Howe", "2090-01-01 00:00:00",
		    "2089-12-31 13:00:00", NULL },
		{ NULL, NULL, NULL, NULL },
	};

	if (!zone_exists("Europe/Berlin"))
		SKIP("no zone database");
	for (const struct told *t = table; t->zone != NULL; t++)
		check_told(t);
}

static void
set_tz(const char *value)
{
	if (value == NULL)
		(void)unsetenv("TZ");
	else
		(void)setenv("TZ", value, 1);
	tzset();
}

static void
compare_with_libc(const char *name)
{
	struct err err;
	struct zone *zone = zone_open(name, &err);

	if (!CHECK(zone != NULL))
		return;
	set_tz(name);
	for (time_t at = -2208988800; at < 4102444800; at += 300007) {
		struct tm tm;
		struct civil civil;
		char want[64];

		(void)localtime_r(&at, &tm);
		zone_civil(zone, at, &civil);
		(void)strftime(want, sizeof(want), "%Y-%m-%d %H:%M:%S", &tm);
		if (!CHECK_INT(zone_offset_at(zone, at), tm.tm_gmtoff) ||
		    !CHECK_STR(text_of(&civil), want))
			break;
	}
	set_tz(NULL);
	zone_free(zone);
}

static void
agrees_with_libc(void)
{
	static const char *const names[] = { "Europe/Berlin",
		"America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata",
		"America/Sao_Paulo", "Africa/Casablanca", "Europe/Dublin",
		"America/Nuuk", "Pacific/Apia", "Asia/Gaza", "Etc/GMT+5",
		"Antarctica/Troll", NULL };

	if (!zone_exists("Europe/Berlin"))
		SKIP("no zone database");
	for (size_t i = 0; names[i] != NULL; i++)
		compare_with_libc(names[i]);
}

/* What TZ says now, as seconds east in January and July 2013. */
static void
check_local(const char *tz, int32_t january, int32_t july)
{
	struct err err = { "" };
	struct zone *zone;

	set_tz(tz);
	zone = zone_open("local", &err);
	if (!CHECK(zone != NULL)) {
		printf("# TZ=%s: %s\n", tz, err.text);
		return;
	}
	CHECK_INT(zone_offset_at(zone, 1358251200), january);
	CHECK_INT(zone_offset_at(zone, 1373889600), july);
	zone_free(zone);
	set_tz(NULL);
}

static void
takes_local_from_tz(void)
{
	if (!zone_exists("Europe/Berlin"))
		SKIP("no zone database");
	check_local("Europe/Berlin", 3600, 7200);
	check_local(":Europe/Berlin", 3600, 7200);
	check_local("/usr/share/zoneinfo/Europe/Berlin", 3600, 7200);
	check_local("", 0, 0);
	check_local("UTC0", 0, 0);
}

static void
takes_local_from_the_system(void)
{
	struct err err;
	struct zone *zone;
	time_t now = 1373889600;
	struct tm tm;

	set_tz(NULL);
	zone = zone_open("local", &err);
	if (!CHECK(zone != NULL))
		return;
	(void)localtime_r(&now, &tm);
	CHECK_INT(zone_offset_at(zone, now), tm.tm_gmtoff);
	zone_free(zone);
}

static void
takes_local_from_a_rule(void)
{
	check_local("EST5", -18000, -18000);
	check_local("CET-1CEST,M3.5.0,M10.5.0/3", 3600, 7200);
	check_local("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 39600, 37800);
	check_local("AAA0BBB,J60/0,J300/0", 0, 3600);
	check_local("AAA0BBB-0:30,59,299/25:30:10", 0, 1800);
	/* Summer time all the year, as RFC 8536 has it. */
	check_local("XXX3EDT4,0/0,J365/23", -14400, -14400);
}

static void
counts_days_of_rules(void)
{
	static const struct {
		const char *tz;
		const char *last; /* of standard time, in UTC */
	} table[] = {
		/* 1 March, in and out of leap years */
		{ "AAA0BBB,J60/0,J300/0", "2013-02-28 23:59:59" },
		{ "AAA0BBB,J60/0,J300/0", "2012-02-29 23:59:59" },
		{ "AAA0BBB,59/0,300/0", "2013-02-28 23:59:59" },
		{ "AAA0BBB,59/0,300/0", "2012-02-28 23:59:59" },
		/* the first, the last and the fourth Sunday of March 2013 */
		{ "AAA0BBB,M3.1.0/0,M10.5.0", "2013-03-02 23:59:59" },
		{ "AAA0BBB,M3.5.0/0,M10.5.0", "2013-03-30 23:59:59" },
		{ "AAA0BBB,M3.4.0/0,M10.5.0", "2013-03-23 23:59:59" },
		{ "AAA0BBB,M1.1.0/0,M10.5.0", "2013-01-05 23:59:59" },
		/* the day before, the day after */
		{ "AAA0BBB,M3.5.0/-1,M10.5.0", "2013-03-30 22:59:59" },
		{ "AAA0BBB,M3.5.0/24:30,M10.5.0", "2013-04-01 00:29:59" },
		{ NULL, NULL },
	};

	for (size_t i = 0; table[i].tz != NULL; i++) {
		struct err err;
		struct civil civil = civil_of(table[i].last);
		int64_t last = civil_instant(&civil, 0);
		struct zone *zone;

		set_tz(table[i].tz);
		zone = zone_open("local", &err);
		if (!CHECK(zone != NULL))
			continue;
		CHECK_INT(zone_offset_at(zone, last), 0);
		if (!CHECK_INT(zone_offset_at(zone, last + 1), 3600))
			printf("# TZ=%s\n", table[i].tz);
		zone_free(zone);
	}
	set_tz(NULL);
}

static void
check_refused(const char *name, const char *why)
{
	struct err err = { "" };
	struct zone *zone = zone_open(name, &err);

	if (!CHECK(zone == NULL) || !CHECK(strstr(err.text, why) != NULL))
		printf("# '%s': %s\n", name, err.text);
	zone_free(zone);
}

static void
refuses_bad_names(void)
{
	check_refused("", "not such a name");
	check_refused("..", "not such a name");
	check_refused("../../../etc/passwd", "not such a name");
	check_refused("Europe/../Europe/Berlin", "not such a name");
	check_refused("/usr/share/zoneinfo/Europe/Berlin", "not such a name");
	check_refused("Europe/Nowhere", "No such file");
	check_refused("+2", "No such file");
	check_refused("+02:00x", "No such file");
	check_refused("+16:00", "No such file");
	check_refused("+02:60", "No such file");
	check_refused("CET-1CEST,M3.5.0,M10.5.0/3", "No such file");
}

static void
refuses_bad_rules(void)
{
	static const char *const rules[] = { "AB5", "ABC", "ABC5DEF",
		"ABC5DEF,M3.5.0", "ABC5DEF,M13.1.0,M10.5.0",
		"ABC5DEF,M0.1.0,M10.5.0", "ABC5DEF,M3.6.0,M10.5.0",
		"ABC5DEF,M3.0.0,M10.5.0", "ABC5DEF,M3.5.7,M10.5.0",
		"ABC5DEF,J0,J300", "ABC5DEF,J366,J300", "ABC5DEF,366,300",
		"ABC5DEF,M3.5.0/168,M10.5.0", "ABC5DEF,M3.5.0,M10.5.0x",
		"<ABC5", "ABC27", "ABC5:60", "ABC5DEF,M3.5.0,M10.5.0/", NULL };

	for (size_t i = 0; rules[i] != NULL; i++) {
		set_tz(rules[i]);
		check_refused("local", "No such file");
	}
	set_tz(NULL);
}

static void
add_number(struct buf *buf, uint64_t number, unsigned bytes)
{
	while (bytes-- > 0)
		buf_add_char(buf, (char)(number >> (8 * bytes) & 0xff));
}

static void
add_header(struct buf *buf, char version, uint32_t leaps, uint32_t times,
    uint32_t types)
{
	buf_add_str(buf, "TZif");
	buf_add_char(buf, version);
	add_number(buf, 0, 8);
	add_number(buf, 0, 7);
	add_number(buf, 0, 4);
	add_number(buf, 0, 4);
	add_number(buf, leaps, 4);
	add_number(buf, times, 4);
	add_number(buf, types, 4);
	add_number(buf, 4, 4);
}

/* Two hours east, from the instant 1000 on one hour, from 2000 on two. */
static void
add_block(struct buf *buf, unsigned time_size, uint32_t leaps)
{
	add_number(buf, 1000, time_size);
	add_number(buf, 2000, time_size);
	buf_add(buf, slice_make("\1\0", 2));
	add_number(buf, 7200, 4);
	buf_add(buf, slice_make("\0\0", 2));
	add_number(buf, 3600, 4);
	buf_add(buf, slice_make("\0\0", 2));
	buf_add(buf, slice_make("ABC\0", 4));
	for (; leaps > 0; leaps--) {
		add_number(buf, 0, time_size);
		add_number(buf, 0, 4);
	}
}

static void
add_file(struct buf *buf, uint32_t leaps, const char *footer)
{
	add_header(buf, '2', leaps, 2, 2);
	add_block(buf, 4, leaps);
	add_header(buf, '2', leaps, 2, 2);
	add_block(buf, 8, leaps);
	buf_add_str(buf, footer);
}

/* A folder for zone files of our own; TZDIR names it. */
static char folder[] = "/tmp/zone.XXXXXX";
static char file[sizeof(folder) + 2];

static void
begin_folder(void)
{
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	if (mkdtemp(folder) == NULL)
		abort();
	(void)snprintf(file, sizeof(file), "%s/z", folder);
	(void)setenv("TZDIR", folder, 1);
}

static void
end_folder(void)
{
	(void)unlink(file);
	(void)rmdir(folder);
	(void)unsetenv("TZDIR");
}

static struct zone *
open_bytes(struct slice bytes, struct err *err)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, bytes.ptr, bytes.len) != (ssize_t)bytes.len)
		abort();
	(void)close(fd);
	return zone_open("z", err);
}

static void
check_offsets(const struct zone *zone, int32_t before, int32_t between,
    int32_t behind)
{
	CHECK_INT(zone_offset_at(zone, -5000000000), before);
	CHECK_INT(zone_offset_at(zone, 999), before);
	CHECK_INT(zone_offset_at(zone, 1000), between);
	CHECK_INT(zone_offset_at(zone, 1999), between);
	CHECK_INT(zone_offset_at(zone, 2000), behind);
	CHECK_INT(zone_offset_at(zone, 5000000000), behind);
}

static void
reads_all_versions(void)
{
	struct err err;
	struct buf bytes = { 0 };
	struct zone *zone;

	begin_folder();
	add_header(&bytes, 0, 0, 2, 2);
	add_block(&bytes, 4, 0);
	zone = open_bytes(buf_slice(&bytes), &err);
	if (CHECK(zone != NULL))
		check_offsets(zone, 7200, 3600, 7200);
	zone_free(zone);

	buf_clear(&bytes);
	add_file(&bytes, 0, "\nABC-5\n");
	zone = open_bytes(buf_slice(&bytes), &err);
	if (CHECK(zone != NULL))
		check_offsets(zone, 7200, 3600, 5 * 3600);
	zone_free(zone);

	buf_clear(&bytes);
	add_file(&bytes, 0, "\n\n");
	zone = open_bytes(buf_slice(&bytes), &err);
	if (CHECK(zone != NULL))
		check_offsets(zone, 7200, 3600, 7200);
	zone_free(zone);
	buf_release(&bytes);
	end_folder();
}

static void
refuses_cut_files(void)
{
	struct err err = { "" };
	struct buf bytes = { 0 };
	struct zone *zone;

	begin_folder();
	add_file(&bytes, 0, "\nCET-1CEST,M3.5.0,M10.5.0/3\n");
	zone = open_bytes(buf_slice(&bytes), &err);
	CHECK(zone != NULL);
	zone_free(zone);
	for (size_t len = 0; len < bytes.len; len++) {
		zone = open_bytes(slice_head(buf_slice(&bytes), len), &err);
		if (!CHECK(zone == NULL) ||
		    !CHECK(strstr(err.text, "damaged") != NULL))
			printf("# cut at %zu: %s\n", len, err.text);
		zone_free(zone);
	}
	buf_release(&bytes);
	end_folder();
}

static void
survives_damaged_files(void)
{
	struct err err;
	struct buf bytes = { 0 };
	size_t opened = 0;

	begin_folder();
	add_file(&bytes, 0, "\nCET-1CEST,M3.5.0,M10.5.0/3\n");
	for (size_t i = 0; i < bytes.len * 8; i++) {
		char *byte = &bytes.ptr[i / 8];
		struct zone *zone;

		*byte = (char)(*byte ^ 1 << i % 8);
		zone = open_bytes(buf_slice(&bytes), &err);
		*byte = (char)(*byte ^ 1 << i % 8);
		if (zone == NULL)
			continue;
		opened++;
		CHECK(abs(zone_offset_at(zone, 1500)) <= 26 * 3600);
		CHECK(abs(zone_offset_at(zone, 1373889600)) <= 26 * 3600);
		zone_free(zone);
	}
	CHECK(opened > 0);
	buf_release(&bytes);
	end_folder();
}

/* One byte of a good file, changed so that it means something impossible. */
static void
refuses_impossible_files(void)
{
	static const struct {
		size_t behind; /* the start of the second block */
		char byte;
	} table[] = {
		{ 0, 0x01 },        /* times that do not ascend */
		{ 16, 2 },          /* a type that is not there */
		{ 18, 0x7f },       /* an offset of centuries */
		{ 18, (char)0x80 }, /* and to the west */
		{ 34, 'x' },        /* no line end before the rule */
		{ 35, '1' },        /* a rule that is none */
		{ 0, 0 },
	};
	const size_t block = 2 * 44 + 26;

	begin_folder();
	for (size_t i = 0; table[i].byte != 0; i++) {
		struct err err;
		struct buf bytes = { 0 };
		struct zone *zone;

		add_file(&bytes, 0, "\nABC-5\n");
		bytes.ptr[block + table[i].behind] = table[i].byte;
		zone = open_bytes(buf_slice(&bytes), &err);
		if (!CHECK(zone == NULL))
			printf("# row %zu\n", i);
		zone_free(zone);
		buf_release(&bytes);
	}
	end_folder();
}

static void
refuses_leap_seconds(void)
{
	struct err err = { "" };
	struct buf bytes = { 0 };
	struct zone *zone;

	begin_folder();
	add_file(&bytes, 1, "\nABC-5\n");
	zone = open_bytes(buf_slice(&bytes), &err);
	CHECK(zone == NULL);
	CHECK(strstr(err.text, "leap seconds") != NULL);
	zone_free(zone);
	buf_release(&bytes);
	end_folder();
}

static void
refuses_what_is_no_file(void)
{
	begin_folder();
	check_refused("z", "No such file");
	CHECK_INT(mkdir(file, 0700), 0);
	check_refused("z", "no time zone file");
	(void)rmdir(file);
	CHECK_INT(mkfifo(file, 0600), 0);
	check_refused("z", "no time zone file");
	end_folder();
}

static void
reads_offsets(void)
{
	static const struct {
		const char *text;
		size_t len;
		int32_t offset;
	} table[] = {
		{ "+02:00", 6, 7200 },
		{ "-0700", 5, -25200 },
		{ "+02", 3, 7200 },
		{ "+05:30]", 6, 19800 },
		{ "-03 [12]", 3, -10800 },
		{ "+15:59", 6, 57540 },
		{ "-00:00", 6, 0 },
		{ "+02:3", 3, 7200 },
		{ "+16:00", 0, 0 },
		{ "+02:60", 0, 0 },
		{ "+020", 0, 0 },
		{ "+02000", 0, 0 },
		{ "+02:000", 0, 0 },
		{ "+2", 0, 0 },
		{ "02:00", 0, 0 },
		{ "+", 0, 0 },
		{ "", 0, 0 },
		{ NULL, 0, 0 },
	};

	for (size_t i = 0; table[i].text != NULL; i++) {
		int32_t offset = 0;

		if (!CHECK_INT(zone_read_offset(slice_str(table[i].text),
				   &offset),
			table[i].len) ||
		    !CHECK_INT(offset, table[i].offset))
			printf("# '%s'\n", table[i].text);
	}
}

static void
knows_the_calendar(void)
{
	static const struct {
		const char *civil;
		int64_t instant;
		int weekday;
	} table[] = {
		{ "1970-01-01 00:00:00", 0, 4 },
		{ "1969-12-31 23:59:59", -1, 3 },
		{ "2013-06-12 05:04:03", 1371013443, 3 },
		{ "2000-02-29 00:00:00", 951782400, 2 },
		{ "2000-03-01 00:00:00", 951868800, 3 },
		{ "1900-02-28 00:00:00", -2203977600, 3 },
		{ "1900-03-01 00:00:00", -2203891200, 4 },
		{ "9999-12-31 23:59:59", 253402300799, 5 },
		{ "0000-01-01 00:00:00", -62167219200, 6 },
		{ "-001-12-31 00:00:00", -62167305600, 5 },
		{ NULL, 0, 0 },
	};

	for (size_t i = 0; table[i].civil != NULL; i++) {
		struct civil civil = civil_of(table[i].civil);

		CHECK_INT(civil_instant(&civil, 0), table[i].instant);
		CHECK_INT(civil_weekday(&civil), table[i].weekday);
		civil_from_instant(table[i].instant, 0, &civil);
		CHECK_STR(text_of(&civil), table[i].civil);
	}
}

static void
turns_every_day_around(void)
{
	struct civil begin = { .year = -9999, .month = 1, .day = 1 };
	struct civil end = { .year = 9999, .month = 12, .day = 31 };
	int64_t last = civil_instant(&end, 0);
	int weekday = civil_weekday(&begin);

	for (int64_t at = civil_instant(&begin, 0); at <= last; at += 86400) {
		struct civil civil;

		civil_from_instant(at - 3600, 3600, &civil);
		if (!CHECK(civil_is_valid(&civil)) ||
		    !CHECK_INT(civil_instant(&civil, 0), at) ||
		    !CHECK_INT(civil_weekday(&civil), weekday))
			return;
		weekday = (weekday + 1) % 7;
	}
}

static void
tells_what_exists(void)
{
	static const struct {
		const char *civil;
		bool exists;
	} table[] = {
		{ "2013-06-12 05:04:03", true },
		{ "2012-02-29 00:00:00", true },
		{ "2013-02-29 00:00:00", false },
		{ "1900-02-29 00:00:00", false },
		{ "2000-02-29 00:00:00", true },
		{ "2013-04-31 00:00:00", false },
		{ "2013-13-01 00:00:00", false },
		{ "2013-00-01 00:00:00", false },
		{ "2013-01-00 00:00:00", false },
		{ "2013-01-01 24:00:00", false },
		{ "2013-01-01 23:60:00", false },
		{ "2013-01-01 23:59:60", true },
		{ "2013-01-01 23:59:61", false },
		{ "10000-01-01 00:00:00", false },
		{ NULL, false },
	};

	for (size_t i = 0; table[i].civil != NULL; i++) {
		struct civil civil = civil_of(table[i].civil);

		if (!CHECK(civil_is_valid(&civil) == table[i].exists))
			printf("# %s\n", table[i].civil);
	}
}

static const struct tap_test tests[] = {
	{ "the calendar knows leap years and weekdays", knows_the_calendar },
	{ "every day of 20,000 years is its own inverse",
	    turns_every_day_around },
	{ "days and times that do not exist are told", tells_what_exists },
	{ "an offset is read as RFC 3339 and others write it", reads_offsets },
	{ "UTC and fixed offsets need no database", knows_fixed_offsets },
	{ "a zone follows its table", follows_the_table },
	{ "a time told twice is the earlier one", takes_the_earlier_of_two },
	{ "a time never told is what the clock would show",
	    goes_on_through_a_gap },
	{ "behind the table a zone follows its rule",
	    follows_the_rule_behind_the_table },
	{ "zones agree with the C library for 200 years", agrees_with_libc },
	{ "local is what TZ names", takes_local_from_tz },
	{ "local is what a rule in TZ says", takes_local_from_a_rule },
	{ "local is the system's zone without TZ",
	    takes_local_from_the_system },
	{ "a rule counts days as POSIX does", counts_days_of_rules },
	{ "a rule that is none is refused", refuses_bad_rules },
	{ "a name that is none is refused", refuses_bad_names },
	{ "TZif files are read with and without a second block",
	    reads_all_versions },
	{ "a file cut anywhere is refused", refuses_cut_files },
	{ "no damaged bit does harm", survives_damaged_files },
	{ "a file that says impossible things is refused",
	    refuses_impossible_files },
	{ "a zone that counts leap seconds is refused", refuses_leap_seconds },
	{ "a folder and a pipe are no zones", refuses_what_is_no_file },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
