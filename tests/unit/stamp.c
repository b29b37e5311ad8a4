/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/stamp.h"

#include "tap.h"

/*
 * A stamp as text: "2013-06-12 05:04:03 -25200", with dashes for what it does
 * not have.
 */
static const char *
text_of(const struct stamp *stamp)
{
	static char text[80];
	const struct civil *civil = &stamp->civil;
	char year[16] = "----";
	char date[16] = "--:--";
	char time[16] = "--:--:--";
	char offset[16] = "-";

	if (stamp->has_year)
		(void)snprintf(year, sizeof(year), "%04d", (int)civil->year);
	if (stamp->has_date)
		(void)snprintf(date, sizeof(date), "%02d-%02d", civil->month,
		    civil->day);
	if (stamp->has_time)
		(void)snprintf(time, sizeof(time), "%02d:%02d:%02d",
		    civil->hour, civil->minute, civil->second);
	if (stamp->has_offset)
		(void)snprintf(offset, sizeof(offset), "%d",
		    (int)stamp->offset);
	(void)snprintf(text, sizeof(text), "%s-%s %s %s", year, date, time,
	    offset);
	return text;
}

/* The text up to the bar is the stamp. */
struct read {
	const char *text;
	const char *want;
};

/* A copy of the first len bytes as a block of its own, so that sanitizers see
 * a read behind it. */
static struct slice
copy_of(const char *text, size_t len)
{
	char *copy = malloc(len + (len == 0));

	if (copy == NULL)
		abort();
	memcpy(copy, text, len);
	return slice_make(copy, len);
}

static void
check_read(const struct read *row, unsigned flags)
{
	size_t len = strcspn(row->text, "|");
	size_t rest = strlen(row->text) - len - 1;
	char *text = malloc(len + rest);
	struct stamp stamp;

	if (text == NULL)
		abort();
	memcpy(text, row->text, len);
	memcpy(text + len, row->text + len + 1, rest);
	if (!CHECK_INT(stamp_read(slice_make(text, len + rest), flags, &stamp),
		len) ||
	    !CHECK_STR(text_of(&stamp), row->want))
		printf("# %s\n", row->text);
	free(text);
}

static void
check_reads(const struct read *rows, unsigned flags)
{
	for (; rows->text != NULL; rows++)
		check_read(rows, flags);
}

static void
check_none(const char *const *texts, unsigned flags)
{
	for (; *texts != NULL; texts++) {
		struct slice copy = copy_of(*texts, strlen(*texts));
		struct stamp stamp;

		if (!CHECK_INT(stamp_read(copy, flags, &stamp), 0))
			printf("# %s\n", *texts);
		free((char *)(uintptr_t)copy.ptr);
	}
}

static void
reads_iso(void)
{
	static const struct read rows[] = {
		{ "2013-06-12 05:04:03|", "2013-06-12 05:04:03 -" },
		{ "2013-06-12 05:04:03.123456789| x", "2013-06-12 05:04:03 -" },
		{ "2013-06-12T05:04:03,123Z|", "2013-06-12 05:04:03 0" },
		{ "2013/06/12 05:04|", "2013-06-12 05:04:00 -" },
		{ "2013/06/12 05:04:03| /x/y.go:18", "2013-06-12 05:04:03 -" },
		{ "2013-06-12T05:04Z|", "2013-06-12 05:04:00 0" },
		{ "2013-06-12 5:04:03| x", "2013-06-12 05:04:03 -" },
		{ "2013-06-12  5:04:03| x", "2013-06-12 05:04:03 -" },
		{ "2013-06-12 05:04:03|.x", "2013-06-12 05:04:03 -" },
		{ "2013-06-12 05:04:03|, x", "2013-06-12 05:04:03 -" },
		{ "2013-06-12 05:04:03|:123 x", "2013-06-12 05:04:03 -" },
		{ "2013-06-12 05:04:03|\tINFO", "2013-06-12 05:04:03 -" },
		{ "2012-02-29 00:00:00|", "2012-02-29 00:00:00 -" },
		{ "2012-06-30 23:59:60Z|", "2012-06-30 23:59:60 0" },
		{ "2013-06-12 05:04:03.1|", "2013-06-12 05:04:03 -" },
		{ "1970-01-01 00:00:00|", "1970-01-01 00:00:00 -" },
		{ "2199-12-31 23:59:59|", "2199-12-31 23:59:59 -" },
		{ NULL, NULL },
	};

	check_reads(rows, 0);
}

static void
reads_offsets(void)
{
	static const struct read rows[] = {
		{ "2013-06-12 05:04:03 -0700|", "2013-06-12 05:04:03 -25200" },
		{ "2013-06-12 05:04:03 +02:00|] x",
		    "2013-06-12 05:04:03 7200" },
		{ "2013-06-12T05:04:03+02:00|\"", "2013-06-12 05:04:03 7200" },
		{ "2013-06-12T05:04:03.12+0530| x",
		    "2013-06-12 05:04:03 19800" },
		{ "2013-06-12 05:04:03-07|", "2013-06-12 05:04:03 -25200" },
		{ "2024-06-27 00:00:07.369 -03| [1]",
		    "2024-06-27 00:00:07 -10800" },
		{ "2013-06-12 05:04:03 UTC| [1]", "2013-06-12 05:04:03 0" },
		{ "2013-06-12 05:04:03UTC|", "2013-06-12 05:04:03 0" },
		{ "2013-06-12 05:04:03 GMT|,", "2013-06-12 05:04:03 0" },
		{ "2013-06-12 05:04:03 Z| x", "2013-06-12 05:04:03 0" },
		{ "2013-06-12 05:04:03 GMT+0200| (CEST)",
		    "2013-06-12 05:04:03 7200" },
		{ "2013-06-12 05:04:03 +0000| UTC", "2013-06-12 05:04:03 0" },
		/* names that mean several things, and what is no offset */
		{ "2024-06-27 00:00:07.369| CEST", "2024-06-27 00:00:07 -" },
		{ "2013-06-12 05:04:03|CEST", "2013-06-12 05:04:03 -" },
		{ "2013-06-12 05:04:03| EST", "2013-06-12 05:04:03 -" },
		{ "2013-06-12 05:04:03| UTC-5", "2013-06-12 05:04:03 -" },
		{ "2013-06-12 05:04:03| Zed", "2013-06-12 05:04:03 -" },
		{ "2013-06-12 05:04:03| UTCX", "2013-06-12 05:04:03 -" },
		{ "2013-06-12 05:04:03| -5 x", "2013-06-12 05:04:03 -" },
		{ "2013-06-12 05:04:03| - x", "2013-06-12 05:04:03 -" },
		{ "2013-06-12 05:04:03| -12.5", "2013-06-12 05:04:03 -" },
		{ "2013-06-12 05:04:03| +1600", "2013-06-12 05:04:03 -" },
		{ "2013-06-12 05:04:03| -12000", "2013-06-12 05:04:03 -" },
		{ "2013-06-12 05:04:03| -12ms", "2013-06-12 05:04:03 -" },
		{ "2013-06-12 10:00:00|-11:00:00", "2013-06-12 10:00:00 -" },
		{ NULL, NULL },
	};

	check_reads(rows, 0);
}

static void
reads_dates(void)
{
	static const struct read rows[] = {
		{ "2013-06-12|", "2013-06-12 --:--:-- -" },
		{ "2013/06/12|", "2013-06-12 --:--:-- -" },
		{ "2013-06-12| 17 items", "2013-06-12 --:--:-- -" },
		{ "2013-06-12|, x", "2013-06-12 --:--:-- -" },
		{ "2013-06-12|.", "2013-06-12 --:--:-- -" },
		{ "2013-06-12|: x", "2013-06-12 --:--:-- -" },
		{ "2013-06-12| - x", "2013-06-12 --:--:-- -" },
		{ "2013-06-12|\"", "2013-06-12 --:--:-- -" },
		{ NULL, NULL },
	};

	check_reads(rows, 0);
}

static void
reads_other_forms(void)
{
	static const struct read rows[] = {
		{ "12/Jun/2013:05:04:03 -0700|] \"GET",
		    "2013-06-12 05:04:03 -25200" },
		{ "12/Jun/2013:05:04:03|", "2013-06-12 05:04:03 -" },
		{ "Wed Jun 12 05:04:03 2013|", "2013-06-12 05:04:03 -" },
		{ "Wed Jun 12 05:04:03.123456 2013|]",
		    "2013-06-12 05:04:03 -" },
		{ "Wed Jun  2 05:04:03 2013|", "2013-06-02 05:04:03 -" },
		{ "Wed Jun 12 05:04:03 UTC 2013|", "2013-06-12 05:04:03 0" },
		{ "Wed Jun 12 05:04:03| host", "-----06-12 05:04:03 -" },
		{ "Wed, 12 Jun 2013 05:04:03 GMT|", "2013-06-12 05:04:03 0" },
		{ "Wed, 2 Jun 2013 05:04:03 +0200|",
		    "2013-06-02 05:04:03 7200" },
		{ "Jun 12 05:04:03| host app[1]:", "-----06-12 05:04:03 -" },
		{ "Jun  2 05:04:03| 2013", "-----06-02 05:04:03 -" },
		{ "Feb 29 05:04:03|", "-----02-29 05:04:03 -" },
		{ "I0612 05:04:03.123456|  1304 flags.go:33]",
		    "-----06-12 05:04:03 -" },
		{ "E0229 23:59:59.000000| 1", "-----02-29 23:59:59 -" },
		{ "I20230517 15:04:22.619632| 12 a.cc:7]",
		    "2023-05-17 15:04:22 -" },
		{ "I191227 02:40:19.513214| 1 util/log/clog.go:1196",
		    "2019-12-27 02:40:19 -" },
		{ "130612  5:04:03|", "2013-06-12 05:04:03 -" },
		{ "130612 15:04:03|\t", "2013-06-12 15:04:03 -" },
		{ "700612 15:04:03|", "1970-06-12 15:04:03 -" },
		{ "690612 15:04:03|", "2069-06-12 15:04:03 -" },
		{ "11:00:37.379| [main] DEBUG", "-------:-- 11:00:37 -" },
		{ "11:00:37,379Z|", "-------:-- 11:00:37 0" },
		{ "23:59:60|: x", "-------:-- 23:59:60 -" },
		{ NULL, NULL },
	};

	check_reads(rows, 0);
}

static void
reads_epochs_where_asked(void)
{
	static const struct read rows[] = {
		{ "1371013443.123|", "2013-06-12 05:04:03 0" },
		{ "1371013443| x", "2013-06-12 05:04:03 0" },
		{ "1371013443|,", "2013-06-12 05:04:03 0" },
		{ "1371013443123|", "2013-06-12 05:04:03 0" },
		{ "1371013443123456|", "2013-06-12 05:04:03 0" },
		{ "1371013443123456789|}", "2013-06-12 05:04:03 0" },
		{ "7258118399|", "2199-12-31 23:59:59 0" },
		{ "2013-06-12|", "2013-06-12 --:--:-- -" },
		{ NULL, NULL },
	};
	static const char *const none[] = { "137101344", "13710134431",
		"137101344312", "13710134431234567890", "1371013443a",
		"1371013443-2", "1371013443_", "7258118400", "9999999999",
		NULL };
	static const char *const unasked[] = { "1371013443.123",
		"1371013443123", NULL };

	check_reads(rows, STAMP_EPOCH);
	check_none(none, STAMP_EPOCH);
	check_none(unasked, 0);
}

static void
refuses_what_is_no_stamp(void)
{
	static const char *const none[] = { "", "2", "2.0.1", "2013", "2013-",
		"2013-06", "2013-06-", "2013-06-1", "192.168.10.11", "10.0.0.1",
		"2013.06.12", "20130612", "2013-6-12", "2013-06/12", "1234",
		"1.2.3-2013", "2013-06-12-01", "2013-06-123", "2013-06-12x",
		"2013-06-12_1", "2013/06/12/app.log", "2013-06-12.log",
		"2013-06-12T", "2013-06-12Tx", "05:04", "5:04:03", "05:04:3",
		"05:04:033", "05:04:03x", "08:00:27:0e:25:b8", "05:04:03:06",
		"12/Jun/2013", "12/Jun/2013:05:04", "12/06/2013:05:04:03",
		"Jun", "Jun 12", "Jun 12 05:04", "June 12 05:04:03",
		"Jux 12 05:04:03", "Wed", "Wed Jun",
		"Wednesday Jun 12 05:04:03", "Wed, 12 Jun 2013", "I", "I0612",
		"I0612 05:04:03", "I061 05:04:03.1", "I06123 05:04:03.1",
		"X0612 05:04:03.123456", "I0612 05:04:03.123456x", "130612",
		"130612 x", "130612 05:04", "0001-01-01 00:00:00",
		"1969-12-31 00:00:00", "2200-01-01", "[2013-06-12",
		" 2013-06-12", NULL };

	check_none(none, 0);
}

static void
refuses_what_does_not_exist(void)
{
	static const char *const none[] = { "2013-13-45", "2013-00-12",
		"2013-06-00", "2013-06-31", "2013-02-29", "2100-02-29",
		"12:60:00", "24:00:00", "12:00:61", "2013-06-12 12:60:00",
		"2013-06-12T24:00:00Z", "2013-06-12 25:00", "2013-06-12 12:60",
		"2013-06-12 5:4:3", "31/Jun/2013:05:04:03 -0700",
		"Jun 31 05:04:03", "Feb 30 05:04:03", "Jun  0 05:04:03",
		"Wed Jun 12 05:60:03 2013", "Fri Feb 29 05:04:03 2013",
		"Wed, 31 Jun 2013 05:04:03 GMT", "I1301 05:04:03.123456",
		"I0231 05:04:03.123456", "I0612 25:04:03.123456",
		"I130229 05:04:03.123456", "130631  5:04:03", "991399 05:04:03",
		NULL };

	check_none(none, 0);
}

/* What a line gives, or NULL. */
static void
check_finds(const struct read *rows, unsigned flags)
{
	for (; rows->text != NULL; rows++) {
		struct slice copy = copy_of(rows->text, strlen(rows->text));
		struct stamp stamp;
		bool found = stamp_find(copy, copy.len, flags, &stamp);

		if (!CHECK_STR(found ? text_of(&stamp) : NULL, rows->want))
			printf("# %s\n", rows->text);
		free((char *)(uintptr_t)copy.ptr);
	}
}

static void
finds_stamps_in_lines(void)
{
	static const struct read rows[] = {
		{ "2013-06-12 05:04:03 x", "2013-06-12 05:04:03 -" },
		{ "[2021-04-05T10:00:00.123456 #1234]  INFO -- : x",
		    "2021-04-05 10:00:00 -" },
		{ "I, [2021-04-05T10:00:00.123456 #1234]  INFO -- : x",
		    "2021-04-05 10:00:00 -" },
		{ "ts=2013-06-12T05:04:03.1Z caller=x.go:12",
		    "2013-06-12 05:04:03 0" },
		{ "{\"timestamp\":\"2024-06-27 00:00:07.369 CEST\",\"pid\":1}",
		    "2024-06-27 00:00:07 -" },
		{ "{\"ts\":\"2025-08-25T06:56:01.339888Z\"}",
		    "2025-08-25 06:56:01 0" },
		{ "Started GET \"/cities/12\" for 127.0.0.1 at 2021-04-05 "
		  "10:00:00 -0400",
		    "2021-04-05 10:00:00 -14400" },
		{ "DEBUG [ScheduledTasks:1] 2024-11-16 00:00:44,327 "
		  "MigrationCoordinator.java:269 - Pulling",
		    "2024-11-16 00:00:44 -" },
		{ "127.0.0.1 - - [12/Jun/2013:05:04:03 -0700] \"GET /\"",
		    "2013-06-12 05:04:03 -25200" },
		{ "<34>Oct 11 22:14:15 mymachine su: x",
		    "-----10-11 22:14:15 -" },
		{ "[Wed Oct 11 14:32:52.123456 2000] [error] x",
		    "2000-10-11 14:32:52 -" },
		{ "kubelet[1]: I0325 12:13:43.840185    1304 flags.go:33] x",
		    "-----03-25 12:13:43 -" },
		{ "# Time: 130612  5:04:03", "2013-06-12 05:04:03 -" },
		{ "# Time: 2013-06-12T05:04:03.123456Z",
		    "2013-06-12 05:04:03 0" },
		{ "app.log:2013-06-12 05:04:03 x", "2013-06-12 05:04:03 -" },
		{ "app.log:12:2013-06-12 05:04:03 x", "2013-06-12 05:04:03 -" },
		{ "app.log:05:04:03.123 [main] x", "-------:-- 05:04:03 -" },
		{ "foo,2013-06-12 05:04:03,bar", "2013-06-12 05:04:03 -" },
		{ "v2.0.1 from 10.2.3.4: 2013-13-45, 2013-06-12.",
		    "2013-06-12 --:--:-- -" },
		{ "Date: Wed, 12 Jun 2013 05:04:03 GMT",
		    "2013-06-12 05:04:03 0" },
		{ "\tJanet sent In 2013 x, Sep 1 of Sat 05:04:03",
		    "-------:-- 05:04:03 -" },
		{ NULL, NULL },
	};

	check_finds(rows, 0);
}

static void
finds_none_inside_words(void)
{
	static const struct read rows[] = {
		{ "", NULL },
		{ "3041: activity_summary.py:312 -- UserData.put", NULL },
		{ "x2013-06-12 x12013-06-12", NULL },
		{ "app-2013-06-12 app_2013-06-12 app.2013-06-12", NULL },
		{ "/var/log/2013/06/12/app.log", NULL },
		{ "a%2013-06-12 a+2013-06-12 a@2013-06-12 a\\2013-06-12",
		    NULL },
		{ "link 52:54:00:11:12:13 and 08:00:27:0e:25:b8", NULL },
		{ "::1:02:03:04 fe80::12:13:14", NULL },
		{ "a:11:12:13", NULL },
		{ "deleted_time = \"0000-00-00 00:00:00\"", NULL },
		{ "0001-01-01 00:00:00 06/12/2013 05:04:03 PM", NULL },
		{ "2013-02-29 05:04:03", NULL },
		{ "line:/app/workers/x.rb:5:in `perform'", NULL },
		{ "1371013443 1371013443.123", NULL },
		{ "\xc3\xa9"
		  "2013-06-12",
		    NULL },
		{ NULL, NULL },
	};

	check_finds(rows, 0);
}

static void
finds_epochs_where_asked(void)
{
	static const struct read rows[] = {
		{ "#1371013443", "2013-06-12 05:04:03 0" },
		{ "{\"level\":\"info\",\"ts\":1371013443.1234567,\"x\":1}",
		    "2013-06-12 05:04:03 0" },
		{ "id=123456789 t=1371013443123", "2013-06-12 05:04:03 0" },
		{ "2013-06-13 1371013443", "2013-06-13 --:--:-- -" },
		{ "x1371013443 -1371013443 0.1371013443", NULL },
		{ NULL, NULL },
	};

	check_finds(rows, STAMP_EPOCH);
}

static void
looks_only_so_far(void)
{
	struct slice text = slice_str("0123 2013-06-12 05:04:03 x");
	struct stamp stamp;

	CHECK(!stamp_find(text, 0, 0, &stamp));
	CHECK(!stamp_find(text, 5, 0, &stamp));
	/* Where it begins counts, not where it ends. */
	CHECK(stamp_find(text, 6, 0, &stamp));
	CHECK_STR(text_of(&stamp), "2013-06-12 05:04:03 -");
	CHECK(stamp_find(text, SIZE_MAX, 0, &stamp));
	CHECK(!stamp_find(slice_make(NULL, 0), 10, 0, &stamp));
}

static void
reads_no_further_than_the_end(void)
{
	static const char *const texts[] = { "2013-06-12T05:04:03.123456+02:00",
		"2013/06/12 05:04:03 GMT+0200", "12/Jun/2013:05:04:03 -0700",
		"Wed Jun 12 05:04:03.12 UTC 2013",
		"Wed, 12 Jun 2013 05:04:03 GMT", "I130612 05:04:03.123456 x",
		"130612  5:04:03", "1371013443.123", "05:04:03.12Z:x", NULL };

	for (size_t i = 0; texts[i] != NULL; i++) {
		for (size_t len = 0; len <= strlen(texts[i]); len++) {
			struct slice copy = copy_of(texts[i], len);
			struct stamp stamp;

			CHECK(stamp_read(copy, STAMP_EPOCH, &stamp) <= len);
			(void)stamp_find(copy, len, STAMP_EPOCH, &stamp);
			(void)stamp_of_path(copy, &stamp);
			free((char *)(uintptr_t)copy.ptr);
		}
	}
}

static void
finds_dates_in_paths(void)
{
	static const struct read rows[] = {
		{ "2013/06/12", "2013-06-12 --:--:-- -" },
		{ "logs/2013/06/12/app.log", "2013-06-12 --:--:-- -" },
		{ "/var/log/app-2013-06-12.log.gz", "2013-06-12 --:--:-- -" },
		{ "app.2013.06.12", "2013-06-12 --:--:-- -" },
		{ "app.log.20130612", "2013-06-12 --:--:-- -" },
		{ "app_20130612T05.log", "2013-06-12 --:--:-- -" },
		{ "app_2013061205.log", "2013-06-12 05:00:00 -" },
		{ "2012/02/29/x", "2012-02-29 --:--:-- -" },
		/* the last whole one counts */
		{ "2013/06/11/2013-06-12.log", "2013-06-12 --:--:-- -" },
		{ "2013-06-12/app-2014.06.log", "2013-06-12 --:--:-- -" },
		{ "20130612/2014/07/x", "2013-06-12 --:--:-- -" },
		/* a year and a month alone */
		{ "logs/2013/06/app.log", "2013---:-- --:--:-- -" },
		{ "2013-06.log", "2013---:-- --:--:-- -" },
		{ "2012/05/x/2013-06.log", "2013---:-- --:--:-- -" },
		{ "2013/06/45", "2013---:-- --:--:-- -" },
		/* none */
		{ "", NULL },
		{ "app.log", NULL },
		{ "2013", NULL },
		{ "2013/app", NULL },
		{ "2013/13/app", NULL },
		{ "2013.06", NULL },
		{ "12013/06/12", NULL },
		{ "2013/062", NULL },
		{ "2013-02-30x/2013/2-12", "2013---:-- --:--:-- -" },
		{ "20131345", NULL },
		{ "20130612050403", NULL },
		{ "2013061225", NULL },
		{ "0613/06/12", NULL },
		{ "1371013443.log", NULL },
		{ "192.168.10.11", NULL },
		{ NULL, NULL },
	};

	for (const struct read *row = rows; row->text != NULL; row++) {
		struct slice copy = copy_of(row->text, strlen(row->text));
		struct stamp stamp;
		bool found = stamp_of_path(copy, &stamp);

		if (!CHECK_STR(found ? text_of(&stamp) : NULL, row->want))
			printf("# %s\n", row->text);
		free((char *)(uintptr_t)copy.ptr);
	}
}

static void
keeps_the_month_of_a_path(void)
{
	struct stamp stamp;

	CHECK(stamp_of_path(slice_str("logs/2013/06/45/app.log"), &stamp));
	CHECK(!stamp.has_date);
	CHECK_INT(stamp.civil.month, 6);
	CHECK_INT(stamp.civil.day, 0);
}

/* What may stand behind the usual text of a stamp. */
static const char *const tails[] = { " INFO x", ",123 INFO x", ".5 x y", ",1",
	"", " ", "Z x y", " Z x y", " +0200 x", "+02:00 x", ".12 -0700 x",
	",12 UTC x", " GMT+1 x", " UX x", "5 x y", ":06 x y", ". x y", ",x y z",
	",123", ",123 ", ",123 I", "-04 x", " 0 x", "\t\tx", "]\tx" };

static const char *const usuals[] = { "2013-06-12 05:04:03",
	"2013-06-12T05:04:03", "2013-06-12 05:04:04", "2013-06-31 05:04:03",
	"2013-13-12 05:04:03", "2013-06-12 25:04:03", "1969-06-12 05:04:03",
	"2200-06-12 05:04:03", "2013/06/12 05:04:03", "2013-06-12 05.04:03",
	"2o13-06-12 05:04:03", "2013-06-12  5:04:03" };

static bool
finds_same(struct slice a, struct slice b)
{
	struct stamp x = { 0 };
	struct stamp y = { 0 };

	return stamp_find(a, 128, 0, &x) == stamp_find(b, 128, 0, &y) &&
	    civil_instant(&x.civil, 0) == civil_instant(&y.civil, 0) &&
	    x.has_offset == y.has_offset && x.offset == y.offset &&
	    x.has_year == y.has_year && x.has_time == y.has_time;
}

/* Whether what stamp_is_usual() takes for the same is the same. */
static void
knows_the_usual(void)
{
	const size_t n = sizeof(tails) / sizeof(tails[0]);
	const size_t m = sizeof(usuals) / sizeof(usuals[0]);
	size_t same = 0;

	for (size_t i = 0; i < n * m; i++) {
		char usual[STAMP_USUAL];
		char a[64];

		(void)snprintf(a, sizeof(a), "%s%s", usuals[i / n],
		    tails[i % n]);
		if (!stamp_read_usual(slice_str(a), usual))
			continue;
		for (size_t k = 0; k < n * m; k++) {
			char b[64];

			(void)snprintf(b, sizeof(b), "%s%s", usuals[k / n],
			    tails[k % n]);
			if (!stamp_is_usual(slice_str(b), usual))
				continue;
			same++;
			if (!CHECK(finds_same(slice_str(a), slice_str(b))))
				printf("# '%s' and '%s'\n", a, b);
		}
	}
	CHECK(same > 100);
}

static void
needs_all_of_the_usual(void)
{
	const char *text = "2013-06-12 05:04:03,123 INFO";
	char usual[STAMP_USUAL];

	CHECK(stamp_read_usual(slice_str(text), usual));
	for (size_t len = 0; len < strlen(text); len++) {
		char *cut = malloc(len + 1);

		memcpy(cut, text, len);
		CHECK_INT(stamp_is_usual(slice_make(cut, len), usual),
		    len >= 25);
		free(cut);
	}
}

static const struct tap_test tests[] = {
	{ "ISO dates and times are read", reads_iso },
	{ "offsets are read, and nothing that only looks like one",
	    reads_offsets },
	{ "a date may stand alone", reads_dates },
	{ "the other forms are read", reads_other_forms },
	{ "epochs are read only where asked for", reads_epochs_where_asked },
	{ "versions, addresses, names and pieces are no stamps",
	    refuses_what_is_no_stamp },
	{ "days and times that do not exist are no stamps",
	    refuses_what_does_not_exist },
	{ "a stamp is found in a line", finds_stamps_in_lines },
	{ "no stamp is found inside a word, a path or an address",
	    finds_none_inside_words },
	{ "epochs are found only where asked for", finds_epochs_where_asked },
	{ "a stamp must begin near enough", looks_only_so_far },
	{ "a text cut anywhere is not read beyond",
	    reads_no_further_than_the_end },
	{ "the last whole date of a path is found", finds_dates_in_paths },
	{ "a month without a day is kept", keeps_the_month_of_a_path },
	{ "a text that begins with the same usual stamp has the same stamp",
	    knows_the_usual },
	{ "a usual stamp is known only where it is seen to be whole",
	    needs_all_of_the_usual },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
