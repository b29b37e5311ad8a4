/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/header.h"

#include <string.h>

#include "base/duration.h"
#include "base/zone.h"

bool
header_next(struct slice block, const char *name, size_t *at,
    struct slice *value)
{
	struct slice rest = slice_from(block, *at);
	size_t len = strlen(name);
	struct slice line;

	while (slice_cut(&rest, '\n', &line)) {
		*at = block.len - rest.len;
		if (line.len <= len || line.ptr[len] != ':' ||
		    !slice_is_nocase(slice_head(line, len), name))
			continue;
		*value = slice_trim(slice_from(line, len + 1));
		return true;
	}
	return false;
}

bool
header_find(struct slice block, const char *name, struct slice *value)
{
	size_t at = 0;

	return header_next(block, name, &at, value);
}

/* The length of the quoted string at the front with its quotes, or 0 where it
 * is not closed. */
static size_t
string_length(struct slice text)
{
	size_t at = 1;

	while (at < text.len && text.ptr[at] != '"')
		at += text.ptr[at] == '\\' ? 2 : 1;
	return at < text.len ? at + 1 : 0;
}

/* How many bytes at the front belong together: a quoted string, "<...>", or
 * just one. What is not closed reaches to the end. */
static size_t
unit_length(struct slice text)
{
	size_t len = 1;

	if (text.ptr[0] == '"') {
		len = string_length(text);
	} else if (text.ptr[0] == '<') {
		const char *end = slice_chr(text, '>');

		len = end == NULL ? 0 : (size_t)(end - text.ptr) + 1;
	}
	return len == 0 ? text.len : len;
}

/* Splits at the first separator outside of such units; false without one. */
static bool
split(struct slice text, char separator, struct slice *before,
    struct slice *behind)
{
	size_t at = 0;

	while (at < text.len && text.ptr[at] != separator)
		at += unit_length(slice_from(text, at));
	*before = slice_head(text, at);
	*behind = slice_from(text, at < text.len ? at + 1 : at);
	return at < text.len;
}

bool
header_next_member(struct slice *list, struct slice *member)
{
	while (list->len > 0) {
		(void)split(*list, ',', member, list);
		*member = slice_trim(*member);
		if (member->len > 0)
			return true;
	}
	return false;
}

void
header_pair(struct slice text, struct slice *name, struct slice *value)
{
	(void)split(text, '=', name, value);
	*name = slice_trim(*name);
	*value = slice_trim(*value);
	if (slice_starts(*value, "\"") && string_length(*value) == value->len)
		*value = slice_make(value->ptr + 1, value->len - 2);
}

struct slice
header_head(struct slice member)
{
	struct slice head;
	struct slice rest;

	(void)split(member, ';', &head, &rest);
	return slice_trim(head);
}

bool
header_next_parameter(struct slice *params, struct slice *name,
    struct slice *value)
{
	struct slice before;
	struct slice text;
	struct slice rest;

	while (split(*params, ';', &before, params)) {
		(void)split(*params, ';', &text, &rest);
		header_pair(text, name, value);
		if (name->len > 0)
			return true;
	}
	return false;
}

bool
header_number(struct slice text, int64_t *number)
{
	uint64_t value = INT64_MAX;

	if (slice_number(text, &value) < 0)
		return false;
	*number = value > INT64_MAX ? INT64_MAX : (int64_t)value;
	return true;
}

bool
header_seconds(struct slice text, int64_t *duration)
{
	if (!header_number(text, duration))
		return false;
	if (__builtin_mul_overflow(*duration, DURATION_S, duration))
		*duration = INT64_MAX;
	return true;
}

static const char *const days[] = { "Sunday", "Monday", "Tuesday", "Wednesday",
	"Thursday", "Friday", "Saturday", NULL };

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec", NULL };

static bool
take_text(struct slice *text, struct slice wanted)
{
	if (!slice_equal(slice_head(*text, wanted.len), wanted))
		return false;
	*text = slice_from(*text, wanted.len);
	return true;
}

/* The number of the name at the front, of which len bytes are written; or
 * -1. */
static int
take_name(struct slice *text, const char *const *names, size_t len)
{
	for (int i = 0; names[i] != NULL; i++)
		if (take_text(text, slice_head(slice_str(names[i]), len)))
			return i;
	return -1;
}

/* A number of just so many digits, or -1. */
static int
take_digits(struct slice *text, size_t len)
{
	uint64_t number;

	if (text->len < len ||
	    slice_number(slice_head(*text, len), &number) != 0)
		return -1;
	*text = slice_from(*text, len);
	return (int)number;
}

static bool
take_time(struct slice *text, struct civil *civil)
{
	int hour = take_digits(text, 2);
	int minute = slice_take_char(text, ':') ? take_digits(text, 2) : -1;
	int second = slice_take_char(text, ':') ? take_digits(text, 2) : -1;

	if (hour < 0 || minute < 0 || second < 0)
		return false;
	civil->hour = (uint8_t)hour;
	civil->minute = (uint8_t)minute;
	civil->second = (uint8_t)second;
	return true;
}

static bool
take_day(struct slice *text, bool may_be_blank, struct civil *civil)
{
	bool blank = may_be_blank && slice_take_char(text, ' ');
	int day = take_digits(text, blank ? 1 : 2);

	civil->day = (uint8_t)(day < 0 ? 0 : day);
	return day > 0;
}

static bool
take_month(struct slice *text, struct civil *civil)
{
	civil->month = (uint8_t)(take_name(text, months, 3) + 1);
	return civil->month > 0;
}

/*
 * Of two digits, 70 to 99 are in the last century. (The standard wants what is
 * more than 50 years ahead to be past, for which one must know the time; dates
 * of this form are old.)
 */
static bool
take_year(struct slice *text, size_t digits, struct civil *civil)
{
	int year = take_digits(text, digits);

	civil->year = year;
	if (digits == 2)
		civil->year += year < 70 ? 2000 : 1900;
	return year >= 0;
}

/* What the letters of a form stand for, as in strptime(3). */
static bool
take_field(struct slice *text, char field, struct civil *civil)
{
	switch (field) {
	case 'a':
		return take_name(text, days, 3) >= 0;
	case 'A':
		return take_name(text, days, SIZE_MAX) >= 0;
	case 'b':
		return take_month(text, civil);
	case 'd':
	case 'e':
		return take_day(text, field == 'e', civil);
	case 'T':
		return take_time(text, civil);
	case 'y':
		return take_year(text, 2, civil);
	default:
		return take_year(text, 4, civil);
	}
}

static bool
read_form(struct slice text, const char *form, struct civil *civil)
{
	for (; *form != '\0'; form++) {
		if (*form == '%') {
			form++;
			if (!take_field(&text, *form, civil))
				return false;
		} else if (!slice_take_char(&text, *form)) {
			return false;
		}
	}
	return text.len == 0 && civil_is_valid(civil);
}

bool
header_date(struct slice text, int64_t *instant)
{
	static const char *const forms[] = { "%a, %d %b %Y %T GMT",
		"%A, %d-%b-%y %T GMT", "%a %b %e %T %Y", NULL };
	struct civil civil;

	for (size_t i = 0; forms[i] != NULL; i++) {
		if (!read_form(text, forms[i], &civil))
			continue;
		*instant = civil_instant(&civil, 0);
		if (*instant < 0)
			*instant = 0;
		if (__builtin_mul_overflow(*instant, DURATION_S, instant))
			*instant = INT64_MAX;
		return true;
	}
	return false;
}

/* Whether a link's parameters give it this relation to the page itself: only
 * the first rel counts, and with an anchor it is another page's. */
static bool
link_is(struct slice params, const char *rel)
{
	struct slice name;
	struct slice value;
	struct slice word;
	bool seen = false;
	bool found = false;

	while (header_next_parameter(&params, &name, &value)) {
		if (slice_is_nocase(name, "anchor"))
			return false;
		if (seen || !slice_is_nocase(name, "rel"))
			continue;
		seen = true;
		while (slice_cut(&value, ' ', &word))
			found |= slice_is_nocase(word, rel);
	}
	return found;
}

bool
header_link(struct slice block, const char *rel, struct slice *target)
{
	struct slice list;
	struct slice link;
	struct slice head;
	size_t at = 0;

	while (header_next(block, "Link", &at, &list)) {
		while (header_next_member(&list, &link)) {
			head = header_head(link);
			if (!slice_starts(head, "<") ||
			    unit_length(head) != head.len ||
			    !slice_ends(head, ">") || !link_is(link, rel))
				continue;
			*target = slice_make(head.ptr + 1, head.len - 2);
			return true;
		}
	}
	return false;
}
