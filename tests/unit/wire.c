/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/wire.h"

#include "scan/carried.h"
#include "tap.h"

/* Numbers at which their bytes get longer, and the ends. */
static const uint64_t numbers[] = { 0, 1, 127, 128, 16383, 16384, 624485,
	UINT32_MAX, (UINT64_C(1) << 63) - 1, UINT64_C(1) << 63, UINT64_MAX };
enum { NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };

static void
numbers_come_back(void)
{
	struct buf bytes = { 0 };
	struct slice rest;

	for (size_t i = 0; i < NUMBERS; i++)
		wire_add_number(&bytes, numbers[i]);
	rest = buf_slice(&bytes);
	for (size_t i = 0; i < NUMBERS; i++) {
		uint64_t number = 1;

		CHECK(wire_number(&rest, &number));
		CHECK(number == numbers[i]);
	}
	CHECK_INT(rest.len, 0);
	buf_release(&bytes);
}

static void
check_bytes_of(uint64_t number, const char *expected, size_t len)
{
	struct buf bytes = { 0 };

	wire_add_number(&bytes, number);
	CHECK_BYTES(bytes.ptr, bytes.len, expected, len);
	buf_release(&bytes);
}

static void
bytes_of_numbers(void)
{
	check_bytes_of(0, "", 1);
	check_bytes_of(127, "\x7f", 1);
	check_bytes_of(128, "\x80\x01", 2);
	check_bytes_of(624485, "\xe5\x8e\x26", 3); /* DWARF's example */
	check_bytes_of(UINT64_MAX, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
	    10);
}

/* That no number is at the front of the bytes, which stay as they were. */
static void
check_no_number(const char *bytes, size_t len)
{
	struct slice rest = slice_make(bytes, len);
	uint64_t number;

	CHECK(!wire_number(&rest, &number));
	CHECK(rest.ptr == bytes);
	CHECK_INT(rest.len, len);
}

static void
no_numbers(void)
{
	static const char ten[] = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";

	check_no_number(NULL, 0);
	for (size_t len = 0; len < sizeof(ten) - 1; len++)
		check_no_number(ten, len);
	check_no_number("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10);
	check_no_number("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10);
	check_no_number("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11);
	check_no_number("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11);
}

static void
limits(void)
{
	struct buf bytes = { 0 };
	struct slice rest;
	uint64_t number = 0;

	wire_add_number(&bytes, 1000);
	rest = buf_slice(&bytes);
	CHECK(!wire_number_upto(&rest, 999, &number));
	CHECK_INT(rest.len, bytes.len);
	CHECK(rest.ptr == bytes.ptr);
	CHECK(wire_number_upto(&rest, 1000, &number));
	CHECK_INT(number, 1000);
	CHECK_INT(rest.len, 0);
	CHECK(!wire_number_upto(&rest, 1000, &number));
	buf_clear(&bytes);
	wire_add_number(&bytes, UINT64_MAX);
	rest = buf_slice(&bytes);
	CHECK(wire_number_upto(&rest, UINT64_MAX, &number));
	CHECK(number == UINT64_MAX);
	buf_release(&bytes);
}

/* A signed number, and how many bytes it takes. */
static void
check_signed(int64_t number, size_t len)
{
	struct buf bytes = { 0 };
	struct slice rest;
	int64_t got = 5;

	wire_add_signed(&bytes, number);
	CHECK_INT(bytes.len, len);
	rest = slice_head(buf_slice(&bytes), bytes.len - 1);
	CHECK(!wire_signed(&rest, &got));
	CHECK_INT(rest.len, bytes.len - 1);
	rest = buf_slice(&bytes);
	CHECK(wire_signed(&rest, &got));
	CHECK_INT(got, number);
	CHECK_INT(rest.len, 0);
	buf_release(&bytes);
}

static void
signed_numbers(void)
{
	struct slice rest = slice_str("\x03");
	int64_t number = 0;

	check_signed(0, 1);
	check_signed(1, 1);
	check_signed(-1, 1);
	check_signed(63, 1);
	check_signed(-64, 1);
	check_signed(64, 2);
	check_signed(-65, 2);
	check_signed(INT64_MAX, 10);
	check_signed(INT64_MIN, 10);
	CHECK(wire_signed(&rest, &number));
	CHECK_INT(number, -2);
}

static void
booleans(void)
{
	struct buf bytes = { 0 };
	struct slice rest;
	bool is = false;

	wire_add_bool(&bytes, true);
	wire_add_bool(&bytes, false);
	wire_add_number(&bytes, 2);
	CHECK_BYTES(bytes.ptr, bytes.len, "\1\0\2", 3);
	rest = buf_slice(&bytes);
	CHECK(wire_bool(&rest, &is) && is);
	CHECK(wire_bool(&rest, &is) && !is);
	CHECK(!wire_bool(&rest, &is));
	CHECK_INT(rest.len, 1);
	rest = slice_from(rest, 1);
	CHECK(!wire_bool(&rest, &is));
	buf_release(&bytes);
}

static void
strings(void)
{
	struct buf bytes = { 0 };
	struct slice string = { NULL, 0 };
	struct slice rest;

	wire_add_bytes(&bytes, slice_make("a\0b", 3));
	wire_add_bytes(&bytes, slice_make(NULL, 0));
	wire_add_bytes(&bytes, slice_str("end"));
	rest = buf_slice(&bytes);
	CHECK(wire_bytes(&rest, &string));
	CHECK_BYTES(string.ptr, string.len, "a\0b", 3);
	CHECK(string.ptr == bytes.ptr + 1);
	CHECK(wire_bytes(&rest, &string));
	CHECK_INT(string.len, 0);
	CHECK(wire_bytes(&rest, &string));
	CHECK_SLICE(string, "end");
	CHECK(!wire_bytes(&rest, &string));
	CHECK_INT(rest.len, 0);
	buf_release(&bytes);
}

/* That no string is at the front, which stays as it was, and so does a copy. */
static void
check_no_string(const char *bytes, size_t len)
{
	struct slice rest = slice_make(bytes, len);
	struct buf into = { 0 };
	struct slice string;

	buf_add_str(&into, "before");
	CHECK(!wire_bytes(&rest, &string));
	CHECK(!wire_buf(&rest, &into));
	CHECK(rest.ptr == bytes);
	CHECK_INT(rest.len, len);
	CHECK_SLICE(into, "before");
	buf_release(&into);
}

static void
no_strings(void)
{
	check_no_string(NULL, 0);
	check_no_string("\3ab", 3);
	check_no_string("\x80", 1);
	check_no_string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01x", 11);
	check_no_string("\x81\x80\x80\x80\x80\x80\x80\x80\x80\x02x", 11);
}

static void
copies(void)
{
	struct slice rest = slice_make("\2ab\0", 4);
	struct buf into = { 0 };

	buf_add_str(&into, "before");
	CHECK(wire_buf(&rest, &into));
	CHECK_SLICE(into, "ab");
	CHECK_INT(rest.len, 1);
	CHECK(wire_buf(&rest, &into));
	CHECK_INT(into.len, 0);
	CHECK_INT(rest.len, 0);
	buf_release(&into);
}

/* A stamp comes back as it was, and no part of its bytes is one. */
static void
check_stamp(struct stamp stamp)
{
	struct buf bytes = { 0 };
	struct slice rest;
	struct stamp got = { 0 };

	carried_add_stamp(&bytes, &stamp);
	for (size_t len = 0; len < bytes.len; len++) {
		rest = slice_head(buf_slice(&bytes), len);
		CHECK(!carried_stamp(&rest, &got));
	}
	buf_add_char(&bytes, 'x');
	rest = buf_slice(&bytes);
	CHECK(carried_stamp(&rest, &got));
	CHECK_SLICE(rest, "x");
	CHECK_INT(got.civil.year, stamp.civil.year);
	CHECK_INT(got.civil.month, stamp.civil.month);
	CHECK_INT(got.civil.day, stamp.civil.day);
	CHECK_INT(got.civil.hour, stamp.civil.hour);
	CHECK_INT(got.civil.minute, stamp.civil.minute);
	CHECK_INT(got.civil.second, stamp.civil.second);
	CHECK_INT(got.offset, stamp.offset);
	CHECK_INT(got.has_date, stamp.has_date);
	CHECK_INT(got.has_year, stamp.has_year);
	CHECK_INT(got.has_time, stamp.has_time);
	CHECK_INT(got.has_offset, stamp.has_offset);
	buf_release(&bytes);
}

/* A stamp that a log may write, of all texts that there are for one. */
static void
check_written(const char *text)
{
	struct stamp stamp;

	if (CHECK(stamp_read(slice_str(text), STAMP_EPOCH, &stamp) > 0))
		check_stamp(stamp);
}

static void
stamps(void)
{
	check_stamp((struct stamp){ 0 });
	check_written("2026-11-21 20:00:59.5 -0730");
	check_written("2199-12-31T23:59:60+15:59");
	check_written("1970-01-01 00:00:00-15:59");
	check_written("05:04:03");
	check_written("Jun 12 05:04:03");
	check_written("2013-06-12");
	check_written("1371013443.5");
}

/* One value of a stamp is beyond what it may be. */
static void
check_no_stamp(struct stamp stamp)
{
	struct buf bytes = { 0 };
	struct slice rest;
	struct stamp got;

	carried_add_stamp(&bytes, &stamp);
	rest = buf_slice(&bytes);
	CHECK(!carried_stamp(&rest, &got));
	buf_release(&bytes);
}

static void
no_stamps(void)
{
	struct slice rest = slice_make("\x10\0\0\0\0\0\0\0", 8);
	struct stamp got;

	CHECK(!carried_stamp(&rest, &got)); /* has something unheard of */
	check_no_stamp((struct stamp){ .civil.year = 10000 });
	check_no_stamp((struct stamp){ .civil.year = -1 });
	check_no_stamp((struct stamp){ .civil.month = 13 });
	check_no_stamp((struct stamp){ .civil.day = 32 });
	check_no_stamp((struct stamp){ .civil.hour = 24 });
	check_no_stamp((struct stamp){ .civil.minute = 60 });
	check_no_stamp((struct stamp){ .civil.second = 61 });
	check_no_stamp((struct stamp){ .offset = 24 * 3600 + 1 });
	check_no_stamp((struct stamp){ .offset = -24 * 3600 - 1 });
}

static const struct tap_test tests[] = {
	{ "numbers come back", numbers_come_back },
	{ "a number is LEB128", bytes_of_numbers },
	{ "what is cut off, or beyond 64 bits, is no number", no_numbers },
	{ "a number may have a limit", limits },
	{ "numbers near 0 are short, below it too", signed_numbers },
	{ "a truth is 0 or 1", booleans },
	{ "strings of any bytes come back, where they lie", strings },
	{ "a string that is cut off is none", no_strings },
	{ "a string is copied over what was there", copies },
	{ "a time stamp comes back", stamps },
	{ "what no clock shows is no time stamp", no_stamps },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
