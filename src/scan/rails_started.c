/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/rails_started.h"

#include <string.h>

#include "base/ascii.h"

enum { /* of "2021-04-05 10:00:00" */
	CLOCK = 11,
	CLOCK_END = 19,
};

bool
rails_started_find(struct slice line, struct slice *at)
{
	static const char word[] = " at ";
	struct slice rest = line;

	if (!slice_starts(line, "Started "))
		return false;
	for (; rest.len > strlen(word); rest.len--) {
		if (slice_ends(rest, word)) {
			*at = slice_from(line, rest.len);
			return true;
		}
	}
	return false;
}

/* Reads "10:00:00", behind the date of a stamp. */
static bool
read_clock(struct slice text, struct civil *civil)
{
	const char *at = text.ptr + CLOCK;
	uint8_t part[3];

	if (text.len < CLOCK_END || at[2] != ':' || at[5] != ':')
		return false;
	for (int i = 0; i < 3; i++, at += 3) {
		if (!ascii_is_digit(at[0]) || !ascii_is_digit(at[1]))
			return false;
		part[i] = (uint8_t)((at[0] - '0') * 10 + at[1] - '0');
	}
	civil->hour = part[0];
	civil->minute = part[1];
	civil->second = part[2];
	return part[0] < 24 && part[1] < 60 && part[2] < 60;
}

/* Whether but for its clock a stamp is the last one. */
static bool
is_like_last(const struct buf *last, struct slice text)
{
	return text.len == last->len && text.len >= CLOCK_END &&
	    memcmp(text.ptr, last->ptr, CLOCK) == 0 &&
	    memcmp(text.ptr + CLOCK_END, last->ptr + CLOCK_END,
		text.len - CLOCK_END) == 0;
}

/* Whether a stamp that was read is "2021-04-05", a byte and a clock. */
static bool
is_iso(const struct stamp *stamp, struct slice text)
{
	struct civil civil;

	return stamp->has_time && read_clock(text, &civil) &&
	    text.ptr[4] == '-' && text.ptr[7] == '-';
}

bool
rails_started_read(struct rails_started *started, struct slice line)
{
	struct civil civil = started->stamp.civil;
	struct slice at;

	if (!rails_started_find(line, &at))
		return false;
	if (is_like_last(&started->text, at) && read_clock(at, &civil)) {
		started->stamp.civil = civil;
		return true;
	}
	buf_clear(&started->text);
	if (stamp_read(at, 0, &started->stamp) == 0)
		return false;
	if (is_iso(&started->stamp, at))
		buf_add(&started->text, at);
	return true;
}

void
rails_started_release(struct rails_started *started)
{
	buf_release(&started->text);
}
