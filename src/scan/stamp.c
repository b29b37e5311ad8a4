/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/stamp.h"

#include "base/ascii.h"

/*
 * Each take_ function takes one thing off the front of *in and fills in what
 * it says; false where it is not there, and then *in is anywhere before the
 * place where it broke off: the caller gives up, or goes back to its copy.
 */

enum { YEAR_FIRST = 1970, YEAR_LAST = 2199 };

static bool
next_is_digit(struct slice in)
{
	return in.len > 0 && ascii_is_digit(in.ptr[0]);
}

static bool
next_is_alnum(struct slice in)
{
	return in.len > 0 && ascii_is_alnum(in.ptr[0]);
}

/* A number of just n digits (there may be more behind it). */
static bool
take_number(struct slice *in, size_t n, unsigned *number)
{
	unsigned value = 0;

	if (in->len < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!ascii_is_digit(in->ptr[i]))
			return false;
		value = value * 10 + (unsigned)(in->ptr[i] - '0');
	}
	*in = slice_from(*in, n);
	*number = value;
	return true;
}

static bool
take_two(struct slice *in, uint8_t *number)
{
	unsigned value;

	if (!take_number(in, 2, &value))
		return false;
	*number = (uint8_t)value;
	return true;
}

/* "05", "5" or " 5". */
static bool
take_padded(struct slice *in, uint8_t *number)
{
	(void)slice_take_char(in, ' ');
	if (in->len >= 2 && ascii_is_digit(in->ptr[1]))
		return take_two(in, number);
	if (!next_is_digit(*in))
		return false;
	*number = (uint8_t)(in->ptr[0] - '0');
	*in = slice_from(*in, 1);
	return true;
}

static bool
take_year(struct slice *in, struct stamp *stamp)
{
	unsigned year;

	if (!take_number(in, 4, &year) || year < YEAR_FIRST || year > YEAR_LAST)
		return false;
	stamp->civil.year = (int32_t)year;
	stamp->has_year = true;
	return true;
}

/* The year as its last two digits, as POSIX reads them. */
static bool
take_short_year(struct slice *in, struct stamp *stamp)
{
	unsigned year;

	if (!take_number(in, 2, &year))
		return false;
	stamp->civil.year = (int32_t)(year < 70 ? 2000 + year : 1900 + year);
	stamp->has_year = true;
	return true;
}

/* Which of the names of three letters, one behind the other, is next: from 1,
 * or 0. */
static uint8_t
take_name(struct slice *in, struct slice names)
{
	if (in->len < 3)
		return 0;
	for (size_t i = 0; i < names.len; i += 3) {
		if (memcmp(in->ptr, names.ptr + i, 3) == 0) {
			*in = slice_from(*in, 3);
			return (uint8_t)(i / 3 + 1);
		}
	}
	return 0;
}

static bool
take_month(struct slice *in, struct stamp *stamp)
{
	static const struct slice months = SLICE(
	    "JanFebMarAprMayJunJulAugSepOctNovDec");

	stamp->civil.month = take_name(in, months);
	return stamp->civil.month != 0;
}

static bool
take_weekday(struct slice *in)
{
	static const struct slice days = SLICE("SunMonTueWedThuFriSat");

	return take_name(in, days) != 0;
}

static void
take_fraction(struct slice *in)
{
	if (in->len < 2 || (in->ptr[0] != '.' && in->ptr[0] != ',') ||
	    !ascii_is_digit(in->ptr[1]))
		return;
	*in = slice_from(*in, 1);
	*in = slice_from(*in, slice_digits(*in));
}

/* Z, UTC or GMT; "GMT+0200" is what it says. */
static bool
take_utc(struct slice *in, int32_t *offset)
{
	struct slice rest = *in;
	size_t len;

	if (slice_starts(rest, "UTC") || slice_starts(rest, "GMT"))
		rest = slice_from(rest, 3);
	else if (!slice_take_char(&rest, 'Z'))
		return false;
	if (next_is_alnum(rest))
		return false;
	*offset = 0;
	if (rest.len == 0 || (rest.ptr[0] != '+' && rest.ptr[0] != '-')) {
		*in = rest;
		return true;
	}
	len = zone_read_offset(rest, offset);
	if (len == 0)
		return false;
	*in = slice_from(rest, len);
	return true;
}

/* Whether what was taken for an offset is the start of something longer, as in
 * "10:00-11:00:00" or "10:00:00 -12.5". */
static bool
number_goes_on(struct slice in)
{
	return next_is_alnum(in) ||
	    (in.len >= 2 && ascii_is_digit(in.ptr[1]) &&
		(in.ptr[0] == ':' || in.ptr[0] == '.'));
}

static bool
may_begin_offset(char c)
{
	return c == '+' || c == '-' || c == 'Z' || c == 'U' || c == 'G';
}

/* An offset directly behind a time, or one blank behind it. */
static void
take_offset(struct slice *in, struct stamp *stamp)
{
	struct slice rest = *in;
	int32_t offset;
	size_t len;

	(void)slice_take_char(&rest, ' ');
	if (rest.len == 0 || !may_begin_offset(rest.ptr[0]))
		return; /* nearly always */
	if (rest.ptr[0] == '+' || rest.ptr[0] == '-') {
		len = zone_read_offset(rest, &offset);
		rest = slice_from(rest, len);
		if (len == 0 || number_goes_on(rest))
			return;
	} else if (!take_utc(&rest, &offset)) {
		return;
	}
	stamp->offset = offset;
	stamp->has_offset = true;
	*in = rest;
}

/* H:MM:SS or HH:MM:SS with or without a fraction. */
static bool
take_clock(struct slice *in, struct stamp *stamp)
{
	struct civil *civil = &stamp->civil;

	if (!take_padded(in, &civil->hour) || !slice_take_char(in, ':') ||
	    !take_two(in, &civil->minute) || !slice_take_char(in, ':') ||
	    !take_two(in, &civil->second))
		return false;
	take_fraction(in);
	stamp->has_time = true;
	return !next_is_digit(*in);
}

/* HH:MM, which only counts behind a whole date. */
static bool
take_short_clock(struct slice *in, struct stamp *stamp)
{
	struct civil *civil = &stamp->civil;

	civil->second = 0;
	stamp->has_time = true;
	return take_padded(in, &civil->hour) && slice_take_char(in, ':') &&
	    take_two(in, &civil->minute) && !next_is_digit(*in) &&
	    (in->len == 0 || in->ptr[0] != ':');
}

static bool
take_month_and_day(struct slice *in, char sep, struct stamp *stamp)
{
	stamp->has_date = true;
	return take_two(in, &stamp->civil.month) && slice_take_char(in, sep) &&
	    take_two(in, &stamp->civil.day) && !next_is_digit(*in);
}

/* Whether a date alone may end here: "2013-06-12-3", "2013/06/12/x" and
 * "2013-06-12.log" are names of something else. */
static bool
date_ends(struct slice in)
{
	if (in.len == 0)
		return true;
	if (ascii_is_alnum(in.ptr[0]) || in.ptr[0] == '_')
		return false;
	return in.len < 2 || !ascii_is_alnum(in.ptr[1]) ||
	    (in.ptr[0] != '-' && in.ptr[0] != '/' && in.ptr[0] != '.');
}

/* Whether a time, good or bad, is next. */
static bool
clock_begins(struct slice in)
{
	size_t digits;

	(void)slice_take_char(&in, ' ');
	digits = slice_digits(slice_head(in, 3));
	in = slice_from(in, digits);
	return (digits == 1 || digits == 2) && slice_take_char(&in, ':') &&
	    next_is_digit(in);
}

/* 2013-06-12, 2013/06/12; [ T]05:04[:03[.123]] and an offset may follow. */
static bool
take_iso(struct slice *in, struct stamp *stamp)
{
	struct slice rest;
	char sep;

	if (!take_year(in, stamp) || in->len == 0)
		return false;
	sep = in->ptr[0];
	if ((sep != '-' && sep != '/') || !slice_take_char(in, sep) ||
	    !take_month_and_day(in, sep, stamp))
		return false;
	rest = *in;
	if (!(slice_take_char(&rest, ' ') || slice_take_char(&rest, 'T')) ||
	    !clock_begins(rest))
		return date_ends(*in);
	*in = rest;
	if (!take_clock(in, stamp)) {
		*in = rest;
		if (!take_short_clock(in, stamp))
			return false;
	}
	take_offset(in, stamp);
	return true;
}

/* 12/Jun/2013:05:04:03 -0700 */
static bool
take_apache(struct slice *in, struct stamp *stamp)
{
	if (!take_two(in, &stamp->civil.day) || !slice_take_char(in, '/') ||
	    !take_month(in, stamp) || !slice_take_char(in, '/') ||
	    !take_year(in, stamp) || !slice_take_char(in, ':') ||
	    !take_clock(in, stamp))
		return false;
	stamp->has_date = true;
	take_offset(in, stamp);
	return true;
}

/* 05:04:03, alone; "08:00:27:0e:25:b8" is none. */
static bool
take_bare_clock(struct slice *in, struct stamp *stamp)
{
	if (!take_clock(in, stamp))
		return false;
	take_offset(in, stamp);
	return !next_is_alnum(*in) &&
	    (in->len < 2 || in->ptr[0] != ':' || !ascii_is_alnum(in->ptr[1]));
}

/* 130612  5:04:03 */
static bool
take_mysql(struct slice *in, struct stamp *stamp)
{
	stamp->has_date = true;
	return take_short_year(in, stamp) &&
	    take_two(in, &stamp->civil.month) &&
	    take_two(in, &stamp->civil.day) && slice_take_char(in, ' ') &&
	    take_clock(in, stamp);
}

/* Seconds (with or without a fraction), or by the number of digits milli-,
 * micro- or nanoseconds; always UTC. */
static bool
take_epoch(struct slice *in, size_t digits, struct stamp *stamp)
{
	unsigned seconds;

	if (!take_number(in, 9, &seconds) || !next_is_digit(*in))
		return false;
	civil_from_instant((int64_t)seconds * 10 + in->ptr[0] - '0', 0,
	    &stamp->civil);
	*in = slice_from(*in, digits - 9);
	if (digits == 10)
		take_fraction(in);
	stamp->has_date = true;
	stamp->has_year = true;
	stamp->has_time = true;
	stamp->has_offset = true;
	return stamp->civil.year <= YEAR_LAST && date_ends(*in);
}

static bool
take_from_digits(struct slice *in, unsigned flags, struct stamp *stamp)
{
	size_t digits = slice_digits(slice_head(*in, 20));

	switch (digits) {
	case 2:
		return slice_starts(slice_from(*in, 2), "/") ?
		    take_apache(in, stamp) :
		    take_bare_clock(in, stamp);
	case 4:
		return take_iso(in, stamp);
	case 6:
		return take_mysql(in, stamp);
	case 10:
	case 13:
	case 16:
	case 19:
		return (flags & STAMP_EPOCH) != 0 &&
		    take_epoch(in, digits, stamp);
	default:
		return false;
	}
}

/* I0612 05:04:03.123456, or with the year in front, I130612. These loggers
 * never leave the fraction out; "I0612 05:04:03" may be anything. */
static bool
take_klog(struct slice *in, struct stamp *stamp)
{
	size_t digits = slice_digits(slice_from(*in, 1));
	struct slice clock;

	*in = slice_from(*in, 1);
	if (digits != 4 && !(digits == 6 && take_short_year(in, stamp)) &&
	    !(digits == 8 && take_year(in, stamp)))
		return false;
	if (!take_two(in, &stamp->civil.month) ||
	    !take_two(in, &stamp->civil.day) || !slice_take_char(in, ' '))
		return false;
	clock = *in;
	if (!take_clock(in, stamp) || next_is_alnum(*in))
		return false;
	stamp->has_date = true;
	return slice_chr(slice_between(clock.ptr, in->ptr), '.') != NULL;
}

/* Jun 12 05:04:03, and behind a weekday with the year at the end. */
static bool
take_ctime(struct slice *in, bool weekday, struct stamp *stamp)
{
	struct slice rest;

	if (!take_month(in, stamp) || !slice_take_char(in, ' ') ||
	    !take_padded(in, &stamp->civil.day) || !slice_take_char(in, ' ') ||
	    !take_clock(in, stamp))
		return false;
	stamp->has_date = true;
	take_offset(in, stamp);
	rest = *in;
	if (weekday && slice_take_char(&rest, ' ') && take_year(&rest, stamp))
		*in = rest;
	return true;
}

/* 12 Jun 2013 05:04:03 GMT, behind "Wed, ". */
static bool
take_http(struct slice *in, struct stamp *stamp)
{
	if (!slice_take_char(in, ' ') || !take_padded(in, &stamp->civil.day) ||
	    !slice_take_char(in, ' ') || !take_month(in, stamp) ||
	    !slice_take_char(in, ' ') || !take_year(in, stamp) ||
	    !slice_take_char(in, ' ') || !take_clock(in, stamp))
		return false;
	stamp->has_date = true;
	take_offset(in, stamp);
	return true;
}

static bool
take_from_letters(struct slice *in, struct stamp *stamp)
{
	if (in->len < 2)
		return false;
	if (ascii_is_digit(in->ptr[1]))
		return memchr("IWEF", in->ptr[0], 4) != NULL &&
		    take_klog(in, stamp);
	if (ascii_is_upper(in->ptr[1]))
		return false; /* SQL is full of such words */
	if (!take_weekday(in))
		return take_ctime(in, false, stamp);
	if (slice_take_char(in, ','))
		return take_http(in, stamp);
	return slice_take_char(in, ' ') && take_ctime(in, true, stamp);
}

/* Whether what was read exists. A 29 February without its year does, since
 * the year 0 is a leap year; so does a time on no day. */
static bool
exists(const struct stamp *stamp)
{
	struct civil civil = stamp->civil;

	if (!stamp->has_date) {
		civil.month = 1;
		civil.day = 1;
	}
	return civil_is_valid(&civil);
}

/*
 * "2013-06-12 05:04:03" takes most of the time that stamps take, so it is read
 * as three words of eight bytes. A word holds digits where `digits` has 0f
 * bytes, and just the bytes of `others` elsewhere, its first byte being the
 * lowest. (Where it is the highest no stamp has the shape, and the general way
 * is taken.)
 */
static bool
is_shape(uint64_t word, uint64_t digits, uint64_t others)
{
	const uint64_t sixes = UINT64_C(0x0606060606060606);
	uint64_t high = digits << 4;

	/* A digit is 30 to 39: its high half is 3, also with 6 added. */
	return (word & ~(digits | high)) == others &&
	    (word & high) == (high & UINT64_C(0x3030303030303030)) &&
	    ((word + (sixes & digits)) & high) ==
	    (high & UINT64_C(0x3030303030303030));
}

/* The number of two digits, whose first is the byte at `at`. */
static uint8_t
two_digits(const char *at)
{
	return (uint8_t)((at[0] - '0') * 10 + (at[1] - '0'));
}

/* Of "12 05:04" and "12T05:04". */
#define USUAL_DIGITS UINT64_C(0x0f0f000f0f000f0f)

/* Whether a usual stamp is whole that is followed by this: neither more digits
 * nor anything that may be an offset. */
static bool
usual_ends(struct slice rest)
{
	bool has_point = rest.len > 1 &&
	    (rest.ptr[0] == '.' || rest.ptr[0] == ',');
	size_t at = 0;
	uint32_t word;

	/* Milliseconds at once; their number is seldom another. */
	if (has_point && rest.len > sizeof(word)) {
		memcpy(&word, rest.ptr, sizeof(word));
		at = is_shape(word & 0xffffff00, 0x0f0f0f00, 0) ? 4 : 0;
	}
	if (has_point && ascii_is_digit(rest.ptr[1]))
		for (at += at == 0;
		     at < rest.len && ascii_is_digit(rest.ptr[at]);)
			at++;
	return at + 2 <= rest.len && !ascii_is_digit(rest.ptr[at]) &&
	    !may_begin_offset(rest.ptr[at]) &&
	    !may_begin_offset(rest.ptr[at + 1]);
}

/* Takes such a stamp and its offset. False where it is another: that does not
 * say that it is none. */
static bool
take_usual(struct slice *in, struct stamp *stamp)
{
	const char *at = in->ptr;
	uint64_t word[3];
	unsigned year;

	if (in->len < sizeof(word))
		return false;
	memcpy(word, at, sizeof(word));
	if (!is_shape(word[0], UINT64_C(0x000f0f000f0f0f0f),
		UINT64_C(0x2d00002d00000000)) ||
	    (!is_shape(word[1], USUAL_DIGITS, UINT64_C(0x00003a0000200000)) &&
		!is_shape(word[1], USUAL_DIGITS,
		    UINT64_C(0x00003a0000540000))) ||
	    !is_shape(word[2] & 0xffffff, 0x0f0f00, 0x3a))
		return false;
	year = two_digits(at) * 100U + two_digits(at + 2);
	*in = slice_from(*in, STAMP_USUAL);
	take_fraction(in);
	if (year < YEAR_FIRST || year > YEAR_LAST || next_is_digit(*in))
		return false;
	stamp->civil = (struct civil){ (int32_t)year, two_digits(at + 5),
		two_digits(at + 8), two_digits(at + 11), two_digits(at + 14),
		two_digits(at + 17) };
	stamp->has_date = stamp->has_year = stamp->has_time = true;
	take_offset(in, stamp);
	return true;
}

/* The same for "Jun 12 05:04:03", whose time is one word. */
static bool
take_usual_ctime(struct slice *in, struct stamp *stamp)
{
	const char *at = in->ptr;
	uint64_t word;

	if (in->len < 7 + sizeof(word) || at[3] != ' ' || at[6] != ' ' ||
	    (at[4] != ' ' && !ascii_is_digit(at[4])) || !ascii_is_digit(at[5]))
		return false;
	memcpy(&word, at + 7, sizeof(word));
	if (!is_shape(word, UINT64_C(0x0f0f000f0f000f0f),
		UINT64_C(0x00003a00003a0000)) ||
	    !take_month(in, stamp))
		return false;
	*in = slice_from(*in, 4 + sizeof(word));
	take_fraction(in);
	if (next_is_digit(*in))
		return false;
	stamp->civil.day = at[4] == ' ' ? (uint8_t)(at[5] - '0') :
					  two_digits(at + 4);
	stamp->civil.hour = two_digits(at + 7);
	stamp->civil.minute = two_digits(at + 10);
	stamp->civil.second = two_digits(at + 13);
	stamp->has_date = stamp->has_time = true;
	take_offset(in, stamp);
	return true;
}

static bool
take_any(struct slice *in, unsigned flags, struct stamp *stamp)
{
	struct slice text = *in;

	if (ascii_is_digit(text.ptr[0])) {
		if (take_usual(in, stamp))
			return true;
		*in = text;
		return take_from_digits(in, flags, stamp);
	}
	if (!ascii_is_upper(text.ptr[0]))
		return false;
	if (take_usual_ctime(in, stamp))
		return true;
	*in = text;
	return take_from_letters(in, stamp);
}

size_t
stamp_read(struct slice text, unsigned flags, struct stamp *stamp)
{
	struct slice rest = text;

	if (text.len == 0)
		return 0;
	*stamp = (struct stamp){ 0 };
	return take_any(&rest, flags, stamp) && exists(stamp) ?
	    text.len - rest.len :
	    0;
}

bool
stamp_read_usual(struct slice text, char usual[STAMP_USUAL])
{
	struct slice rest = text;
	struct stamp stamp = { 0 };

	if (!take_usual(&rest, &stamp) || !exists(&stamp) ||
	    !usual_ends(slice_from(text, STAMP_USUAL)))
		return false;
	memcpy(usual, text.ptr, STAMP_USUAL);
	return true;
}

bool
stamp_is_usual(struct slice text, const char usual[STAMP_USUAL])
{
	return text.len >= STAMP_USUAL &&
	    memcmp(text.ptr, usual, STAMP_USUAL) == 0 &&
	    usual_ends(slice_from(text, STAMP_USUAL));
}

/*
 * What a byte is to stamp_find(): a stamp may start with it, a word may start
 * behind it. Numbers behind - . _ / + % @ $ and \ are parts of names, paths
 * and addresses; those behind bytes beyond ASCII are left alone as well. The
 * letters are the first of months, weekdays and klog's levels.
 */
enum { STARTS = 1, BREAKS = 2 };

#define S STARTS
#define B BREAKS

static const uint8_t kinds[256] = {
	B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, /* control bytes */
	B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, /* and more */
	B, B, B, B, 0, 0, B, B, B, B, B, 0, B, 0, 0, 0, /* blank to slash */
	S, S, S, S, S, S, S, S, S, S, B, B, B, B, B, B, /* 0 to ? */
	0, S, 0, 0, S, S, S, 0, 0, S, S, 0, 0, S, S, S, /* @ to O */
	0, 0, 0, S, S, 0, 0, S, 0, 0, 0, B, 0, B, B, 0, /* P to _ */
	B, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* ` to o */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, B, B, B, B, B, /* p to DEL */
};

#undef S
#undef B

/*
 * Whether a time without a date that starts at `at` is no piece of something
 * longer: a row of numbers, such as the hardware address 52:54:00:11:12:13, or
 * a date that does not exist or has another form and a time, such as
 * "0000-00-00 00:00:00", which SQL is full of.
 */
static bool
stands_alone(struct slice text, size_t at)
{
	static const char hex[] = ":0123456789abcdefABCDEF";

	if (at < 2)
		return true;
	if (text.ptr[at - 1] == ' ')
		return !ascii_is_digit(text.ptr[at - 2]);
	return text.ptr[at - 1] != ':' ||
	    memchr(hex, text.ptr[at - 2], sizeof(hex) - 1) == NULL;
}

bool
stamp_find(struct slice text, size_t within, unsigned flags,
    struct stamp *stamp)
{
	size_t end = within < text.len ? within : text.len;
	bool word = true; /* one may start here */

	for (size_t at = 0; at < end; at++) {
		uint8_t kind = kinds[(unsigned char)text.ptr[at]];

		if (word && (kind & STARTS) != 0 &&
		    stamp_read(slice_from(text, at), flags, stamp) > 0 &&
		    (stamp->has_date || stands_alone(text, at)))
			return true;
		word = (kind & BREAKS) != 0;
	}
	return false;
}

/* 20130612 or 2013061205. */
static bool
take_joined_date(struct slice in, size_t digits, struct stamp *stamp)
{
	if (!take_year(&in, stamp) || !take_two(&in, &stamp->civil.month) ||
	    !take_two(&in, &stamp->civil.day))
		return false;
	stamp->has_date = true;
	stamp->has_time = digits == 10 && take_two(&in, &stamp->civil.hour);
	return exists(stamp);
}

/* 2013-06-12, 2013/06/12, 2013.06.12; 2013-06, 2013/06. */
static bool
take_spaced_date(struct slice in, struct stamp *stamp)
{
	struct slice rest;
	char sep;

	if (!take_year(&in, stamp) || in.len == 0)
		return false;
	sep = in.ptr[0];
	if (sep != '-' && sep != '/' && sep != '.')
		return false;
	rest = slice_from(in, 1);
	if (take_month_and_day(&rest, sep, stamp) && exists(stamp))
		return true;
	stamp->has_date = false;
	stamp->civil.day = 0;
	rest = slice_from(in, 1);
	return sep != '.' && take_two(&rest, &stamp->civil.month) &&
	    !next_is_digit(rest) && stamp->civil.month >= 1 &&
	    stamp->civil.month <= 12;
}

bool
stamp_of_path(struct slice path, struct stamp *stamp)
{
	bool found = false;

	*stamp = (struct stamp){ 0 };
	while (path.len > 0) {
		size_t digits = slice_digits(path);
		struct stamp read = { 0 };
		bool taken = false;

		if (digits == 4)
			taken = take_spaced_date(path, &read);
		else if (digits == 8 || digits == 10)
			taken = take_joined_date(path, digits, &read);
		if (taken && (read.has_date || !stamp->has_date)) {
			*stamp = read;
			found = true;
		}
		path = slice_from(path, digits == 0 ? 1 : digits);
	}
	return found;
}
