/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/zone.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

enum {
	DAY = 24 * 60 * 60,
	OFFSET_MAX = 26 * 60 * 60,      /* RFC 8536 asks for -25 to 26 hours */
	ZONE_FILE_MAX = 4 * 1024 * 1024 /* the largest known has 4 KB */
};

/* A day of each year, and the time of that day when the clock is set. */
struct rule_day {
	enum {
		DAY_OF_MONTH, /* the week-th weekday of a month, the fifth: last
			       */
		DAY_WITHOUT_LEAP, /* 1 to 365, 29 February is never counted */
		DAY_WITH_LEAP     /* 0 to 365, 29 February is counted */
	} kind;
	int month;
	int week;
	int day; /* the weekday, or the day of the year */
	int32_t time;
};

/* What a POSIX TZ string says: "CET-1CEST,M3.5.0,M10.5.0/3". */
struct rule {
	int32_t standard; /* seconds east of UTC */
	int32_t summer;   /* the same where there is no summer time */
	bool has_summer;
	struct rule_day begin; /* of summer time, on the standard clock */
	struct rule_day end;   /* on the summer clock */
};

/* From this instant on clocks are this many seconds east of UTC. */
struct change {
	int64_t since;
	int32_t offset;
};

/*
 * Before the first change `first` holds, from the last one on the rule where
 * there is one; with no change at all the rule, or first.
 */
struct zone {
	struct change *changes; /* ascending */
	size_t count;
	int32_t first;
	bool has_rule;
	struct rule rule;
};

static bool
is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
month_days(int64_t year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };

	return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

/*
 * Days since 1970. Years are taken to begin in March, so that the leap day is
 * their last, and (153 * m + 2) / 5 is how many days lie before month m.
 */
static int64_t
days_of(int64_t year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return y * 365 + floor_div(y, 4) - floor_div(y, 100) +
	    floor_div(y, 400) + (153 * m + 2) / 5 + day - 1 - 719468;
}

static int
weekday_of(int64_t days)
{
	return (int)(days + 4 - 7 * floor_div(days + 4, 7));
}

int
civil_weekday(const struct civil *civil)
{
	return weekday_of(days_of(civil->year, civil->month, civil->day));
}

bool
civil_is_valid(const struct civil *civil)
{
	return civil->year >= -9999 && civil->year <= 9999 &&
	    civil->month >= 1 && civil->month <= 12 && civil->day >= 1 &&
	    civil->day <= month_days(civil->year, civil->month) &&
	    civil->hour <= 23 && civil->minute <= 59 && civil->second <= 60;
}

int64_t
civil_instant(const struct civil *civil, int32_t offset)
{
	int64_t days = days_of(civil->year, civil->month, civil->day);
	int second = (civil->hour * 60 + civil->minute) * 60 + civil->second;

	return days * DAY + second - offset;
}

void
civil_from_instant(int64_t instant, int32_t offset, struct civil *civil)
{
	int64_t days = floor_div(instant + offset, DAY);
	int second = (int)(instant + offset - days * DAY);
	int64_t since = days + 719468; /* 1 March of the year 0 */
	int64_t era = floor_div(since, 146097);
	int64_t day = since - era * 146097; /* of the 400 years */
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t month; /* 0 is March */

	day -= year * 365 + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	civil->year = (int32_t)(era * 400 + year + (month >= 10 ? 1 : 0));
	civil->month = (uint8_t)(month < 10 ? month + 3 : month - 9);
	civil->day = (uint8_t)(day - (153 * month + 2) / 5 + 1);
	civil->hour = (uint8_t)(second / 3600);
	civil->minute = (uint8_t)(second / 60 % 60);
	civil->second = (uint8_t)(second % 60);
}

/* When the clock that is offset seconds east of UTC shows that day's time. */
static int64_t
rule_day_instant(const struct rule_day *rule, int64_t year, int32_t offset)
{
	int64_t days = days_of(year, 1, 1);

	if (rule->kind == DAY_WITH_LEAP) {
		days += rule->day;
	} else if (rule->kind == DAY_WITHOUT_LEAP) {
		days += rule->day - 1 + (is_leap(year) && rule->day >= 60);
	} else {
		int64_t first = days_of(year, rule->month, 1);
		int ahead = (rule->day - weekday_of(first) + 7) % 7;
		int day = ahead + (rule->week - 1) * 7;

		while (day >= month_days(year, rule->month))
			day -= 7;
		days = first + day;
	}
	return days * DAY + rule->time - offset;
}

static int32_t
rule_offset_at(const struct rule *rule, int64_t instant)
{
	struct civil civil;
	int64_t begin;
	int64_t end;
	bool summer;

	if (!rule->has_summer)
		return rule->standard;
	civil_from_instant(instant, rule->standard, &civil);
	begin = rule_day_instant(&rule->begin, civil.year, rule->standard);
	end = rule_day_instant(&rule->end, civil.year, rule->summer);
	if (begin < end)
		summer = begin <= instant && instant < end;
	else
		summer = begin <= instant || instant < end;
	return summer ? rule->summer : rule->standard;
}

int32_t
zone_offset_at(const struct zone *zone, int64_t instant)
{
	size_t low = 0; /* changes before it are not after the instant, */
	size_t high = zone->count; /* and from it on are */

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (zone->changes[middle].since <= instant)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == zone->count && zone->has_rule)
		return rule_offset_at(&zone->rule, instant);
	return low == 0 ? zone->first : zone->changes[low - 1].offset;
}

/* The clock is not set twice within two days, so what it shows comes from the
 * offset of a day before, or of a day behind. */
int64_t
zone_instant(const struct zone *zone, const struct civil *civil)
{
	int64_t told = civil_instant(civil, 0);
	int32_t before = zone_offset_at(zone, told - DAY);
	int32_t behind = zone_offset_at(zone, told + DAY);

	if (before == behind || zone_offset_at(zone, told - before) == before ||
	    zone_offset_at(zone, told - behind) != behind)
		return told - before;
	return told - behind;
}

void
zone_civil(const struct zone *zone, int64_t instant, struct civil *civil)
{
	civil_from_instant(instant, zone_offset_at(zone, instant), civil);
}

/* A number of one to three digits. */
static bool
take_number(struct slice *in, int max, int *number)
{
	size_t n = slice_digits(*in);
	uint64_t value;

	if (n == 0 || n > 3)
		return false;
	(void)slice_number(slice_head(*in, n), &value);
	*in = slice_from(*in, n);
	*number = (int)value;
	return *number <= max;
}

/* [+-]H[HH][:MM[:SS]] */
static bool
take_time(struct slice *in, int32_t *seconds)
{
	bool minus = slice_take_char(in, '-');
	int hours;
	int minutes = 0;
	int rest = 0;

	if (!minus)
		(void)slice_take_char(in, '+');
	if (!take_number(in, 167, &hours))
		return false;
	if (slice_take_char(in, ':') &&
	    (!take_number(in, 59, &minutes) ||
		(slice_take_char(in, ':') && !take_number(in, 59, &rest))))
		return false;
	*seconds = hours * 3600 + minutes * 60 + rest;
	if (minus)
		*seconds = -*seconds;
	return true;
}

/* The name of a clock and its offset, which POSIX counts west of UTC. */
static bool
take_clock_name(struct slice *in)
{
	size_t n = 0;

	if (slice_take_char(in, '<')) {
		const char *end = slice_chr(*in, '>');

		if (end == NULL)
			return false;
		*in = slice_from(*in, (size_t)(end - in->ptr) + 1);
		return true;
	}
	while (n < in->len && ((in->ptr[n] | 0x20) >= 'a') &&
	    ((in->ptr[n] | 0x20) <= 'z'))
		n++;
	*in = slice_from(*in, n);
	return n >= 3;
}

static bool
take_clock_offset(struct slice *in, int32_t *offset)
{
	if (!take_time(in, offset) || abs(*offset) > OFFSET_MAX)
		return false;
	*offset = -*offset;
	return true;
}

/* ,Mm.w.d[/TIME] or ,Jn[/TIME] or ,n[/TIME] */
static bool
take_rule_day(struct slice *in, struct rule_day *rule)
{
	bool fine;

	rule->time = 2 * 3600;
	if (!slice_take_char(in, ','))
		return false;
	if (slice_take_char(in, 'M')) {
		rule->kind = DAY_OF_MONTH;
		fine = take_number(in, 12, &rule->month) && rule->month >= 1 &&
		    slice_take_char(in, '.') &&
		    take_number(in, 5, &rule->week) && rule->week >= 1 &&
		    slice_take_char(in, '.') && take_number(in, 6, &rule->day);
	} else if (slice_take_char(in, 'J')) {
		rule->kind = DAY_WITHOUT_LEAP;
		fine = take_number(in, 365, &rule->day) && rule->day >= 1;
	} else {
		rule->kind = DAY_WITH_LEAP;
		fine = take_number(in, 365, &rule->day);
	}
	return fine &&
	    (!slice_take_char(in, '/') || take_time(in, &rule->time));
}

/* Reads a whole POSIX TZ string; one that names a summer time must say from
 * when to when. */
static bool
read_rule(struct slice text, struct rule *rule)
{
	*rule = (struct rule){ 0 };
	if (!take_clock_name(&text) ||
	    !take_clock_offset(&text, &rule->standard))
		return false;
	if (text.len == 0)
		return true;
	rule->has_summer = true;
	rule->summer = rule->standard + 3600;
	return take_clock_name(&text) &&
	    (slice_starts(text, ",") ||
		take_clock_offset(&text, &rule->summer)) &&
	    take_rule_day(&text, &rule->begin) &&
	    take_rule_day(&text, &rule->end) && text.len == 0;
}

static uint64_t
big_endian(const char *bytes, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | (unsigned char)bytes[i];
	return value;
}

/*
 * A TZif file: a header and a block of data with times of four bytes; from
 * version 2 on again a header and a block with times of eight bytes, and a
 * footer. Blocks hold, one behind the other:
 *
 *	times     when the clock was set           times * time_size
 *	indexes   to which type then               times
 *	types     offset (4), summer?, name        types * 6
 *	names                                      names
 *	leaps     leap seconds                     leaps * (time_size + 4)
 *	flags     two kinds, which only matter to who writes such files
 */
struct header {
	char version; /* 0, or '2' and up */
	size_t flags;
	size_t leaps;
	size_t times;
	size_t types;
	size_t names;
};

enum { HEADER_SIZE = 44, TYPE_SIZE = 6 };

static bool
take_header(struct slice *in, struct header *header)
{
	const char *p = in->ptr;

	if (in->len < HEADER_SIZE || !slice_starts(*in, "TZif"))
		return false;
	header->version = p[4];
	header->flags = big_endian(p + 20, 4) + big_endian(p + 24, 4);
	header->leaps = big_endian(p + 28, 4);
	header->times = big_endian(p + 32, 4);
	header->types = big_endian(p + 36, 4);
	header->names = big_endian(p + 40, 4);
	*in = slice_from(*in, HEADER_SIZE);
	return true;
}

/* No overflow: each count has 32 bits. */
static bool
take_block(struct slice *in, const struct header *header, size_t time_size,
    struct slice *block)
{
	size_t size = header->times * (time_size + 1) +
	    header->types * TYPE_SIZE + header->names +
	    header->leaps * (time_size + 4) + header->flags;

	if (size > in->len)
		return false;
	*block = slice_head(*in, size);
	*in = slice_from(*in, size);
	return true;
}

static bool
type_offset(const struct header *header, const char *types, size_t type,
    int32_t *offset)
{
	if (type >= header->types)
		return false;
	*offset = (int32_t)big_endian(types + type * TYPE_SIZE, 4);
	return *offset >= -OFFSET_MAX && *offset <= OFFSET_MAX;
}

static bool
load_block(struct zone *zone, const struct header *header, struct slice block,
    size_t time_size)
{
	const char *indexes = block.ptr + header->times * time_size;
	const char *types = indexes + header->times;

	if (!type_offset(header, types, 0, &zone->first))
		return false;
	zone->changes = xcalloc(header->times, sizeof(zone->changes[0]));
	zone->count = header->times;
	for (size_t i = 0; i < zone->count; i++) {
		struct change *change = &zone->changes[i];
		uint64_t since = big_endian(block.ptr + i * time_size,
		    time_size);

		change->since = time_size == 4 ? (int32_t)since :
						 (int64_t)since;
		if (i > 0 && change->since <= change[-1].since)
			return false;
		if (!type_offset(header, types, (unsigned char)indexes[i],
			&change->offset))
			return false;
	}
	return true;
}

/* "\nRULE\n"; an empty rule says that nothing is known. */
static bool
load_footer(struct zone *zone, struct slice footer)
{
	struct slice text;
	const char *end;

	if (!slice_take_char(&footer, '\n'))
		return false;
	end = slice_chr(footer, '\n');
	if (end == NULL)
		return false;
	text = slice_between(footer.ptr, end);
	zone->has_rule = text.len > 0;
	return text.len == 0 || read_rule(text, &zone->rule);
}

static int
load(struct zone *zone, struct slice bytes, struct err *err)
{
	struct header header;
	struct slice block;
	size_t time_size = 4;

	if (!take_header(&bytes, &header) ||
	    !take_block(&bytes, &header, time_size, &block))
		goto bad;
	if (header.version != 0) {
		time_size = 8;
		if (!take_header(&bytes, &header) ||
		    !take_block(&bytes, &header, time_size, &block))
			goto bad;
	}
	if (header.leaps != 0)
		return err_set(err, "it counts leap seconds");
	if (!load_block(zone, &header, block, time_size) ||
	    (header.version != 0 && !load_footer(zone, bytes)))
		goto bad;
	return 0;
bad:
	return err_set(err, "no time zone file, or a damaged one");
}

/* The caller frees bytes->ptr, also after an error. */
static int
read_file(const char *path, char **bytes, size_t *len, struct err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int status = -1;
	ssize_t got;

	if (fd < 0)
		return err_errno(err, "%s", path);
	if (fstat(fd, &st) != 0) {
		err_errno(err, "%s", path);
		goto out;
	}
	if (!S_ISREG(st.st_mode) || st.st_size > ZONE_FILE_MAX) {
		err_set(err, "%s: no time zone file", path);
		goto out;
	}
	*bytes = xmalloc((size_t)st.st_size);
	got = read(fd, *bytes, (size_t)st.st_size);
	if (got < 0) {
		err_errno(err, "%s", path);
		goto out;
	}
	*len = (size_t)got;
	status = 0;
out:
	(void)close(fd);
	return status;
}

static struct zone *
open_file(const char *path, struct err *err)
{
	struct zone *zone = xcalloc(1, sizeof(*zone));
	char *bytes = NULL;
	size_t len = 0;
	int status;

	status = read_file(path, &bytes, &len, err);
	if (status == 0) {
		status = load(zone, slice_make(bytes, len), err);
		if (status != 0)
			err_wrap(err, "%s", path);
	}
	free(bytes);
	if (status == 0)
		return zone;
	zone_free(zone);
	return NULL;
}

static struct zone *
open_name(const char *name, struct err *err)
{
	const char *folder = getenv("TZDIR");
	struct zone *zone;
	char *path;

	if (name[0] == '\0' || name[0] == '/' || strstr(name, "..") != NULL) {
		err_set(err, "time zone '%s': not such a name as Europe/Berlin",
		    name);
		return NULL;
	}
	if (folder == NULL || folder[0] == '\0')
		folder = "/usr/share/zoneinfo";
	path = xasprintf("%s/%s", folder, name);
	zone = open_file(path, err);
	free(path);
	if (zone == NULL)
		err_wrap(err, "time zone '%s'", name);
	return zone;
}

static struct zone *
fixed(int32_t offset)
{
	struct zone *zone = xcalloc(1, sizeof(*zone));

	zone->first = offset;
	return zone;
}

/* As tzset(3): no TZ is /etc/localtime, an empty one UTC; a colon in front
 * says nothing; TZ may be a rule, and here alone a whole path. */
static struct zone *
open_local(struct err *err)
{
	static const char system[] = "/etc/localtime";
	const char *name = getenv("TZ");
	struct rule rule;
	struct zone *zone;

	if (name == NULL)
		return access(system, F_OK) == 0 ? open_file(system, err) :
						   fixed(0);
	if (name[0] == ':')
		name++;
	if (name[0] == '\0')
		return fixed(0);
	if (name[0] == '/')
		return open_file(name, err);
	if (!read_rule(slice_str(name), &rule))
		return open_name(name, err);
	zone = fixed(0);
	zone->has_rule = true;
	zone->rule = rule;
	return zone;
}

static bool
two_digits(struct slice text, size_t at, int *number)
{
	if (at + 2 > text.len ||
	    slice_digits(slice_make(text.ptr + at, 2)) != 2)
		return false;
	*number = (text.ptr[at] - '0') * 10 + text.ptr[at + 1] - '0';
	return true;
}

size_t
zone_read_offset(struct slice text, int32_t *offset)
{
	size_t len = 3;
	int hours;
	int minutes = 0;

	if (text.len < len || (text.ptr[0] != '+' && text.ptr[0] != '-') ||
	    !two_digits(text, 1, &hours))
		return 0;
	if (two_digits(text, 3, &minutes))
		len = 5;
	else if (text.len > 3 && text.ptr[3] == ':' &&
	    two_digits(text, 4, &minutes))
		len = 6;
	if (hours > 15 || minutes > 59 || slice_digits(slice_from(text, len)))
		return 0;
	*offset = hours * 3600 + minutes * 60;
	if (text.ptr[0] == '-')
		*offset = -*offset;
	return len;
}

struct zone *
zone_open(const char *name, struct err *err)
{
	int32_t offset;
	size_t len;

	if (strcmp(name, "UTC") == 0)
		return fixed(0);
	if (strcmp(name, "local") == 0)
		return open_local(err);
	len = zone_read_offset(slice_str(name), &offset);
	if (len > 0 && name[len] == '\0')
		return fixed(offset);
	return open_name(name, err);
}

void
zone_free(struct zone *zone)
{
	if (zone == NULL)
		return;
	free(zone->changes);
	free(zone);
}
