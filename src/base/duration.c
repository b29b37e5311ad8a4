/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/duration.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/ascii.h"

static const struct unit {
	const char *name;
	int64_t length;
} units[] = {
	{ "w", 7 * DURATION_D },
	{ "d", DURATION_D },
	{ "h", DURATION_H },
	{ "m", DURATION_M },
	{ "s", DURATION_S },
	{ "ms", DURATION_MS },
	{ NULL, 0 },
};

static struct slice
take(struct slice *text, size_t len)
{
	struct slice taken = slice_head(*text, len);

	*text = slice_from(*text, taken.len);
	return taken;
}

/* Digits, and more of them behind a dot where there is one. */
static bool
take_number(struct slice *text, uint64_t *whole, struct slice *fraction)
{
	if (slice_number(take(text, slice_digits(*text)), whole) != 0)
		return false;
	*fraction = take(text, 0);
	if (!slice_take_char(text, '.'))
		return true;
	*fraction = take(text, slice_digits(*text));
	return fraction->len > 0;
}

/* The unit at the front, one of those from smaller on; or NULL. */
static const struct unit *
take_unit(struct slice *text, const struct unit *unit)
{
	size_t len = 0;
	struct slice name;

	while (len < text->len && ascii_is_letter(text->ptr[len]))
		len++;
	name = take(text, len);
	for (; unit->name != NULL; unit++)
		if (slice_is(name, unit->name))
			return unit;
	return NULL;
}

/* From the last digit to the first, so that what each division drops is less
 * than a nanosecond of the result. */
static int64_t
fraction_of(int64_t length, struct slice digits)
{
	int64_t sum = 0;

	for (size_t i = digits.len; i > 0; i--)
		sum = (sum + (digits.ptr[i - 1] - '0') * length) / 10;
	return sum;
}

bool
duration_read(struct slice text, int64_t *duration)
{
	const struct unit *unit = units;
	struct slice fraction;
	uint64_t whole;
	int64_t sum = 0;

	if (slice_is(text, "0")) {
		*duration = 0;
		return true;
	}
	do {
		if (!take_number(&text, &whole, &fraction))
			return false;
		unit = take_unit(&text, unit);
		if (unit == NULL ||
		    whole > (uint64_t)(DURATION_MAX / unit->length))
			return false;
		sum += (int64_t)whole * unit->length +
		    fraction_of(unit->length, fraction);
		if (sum > DURATION_MAX)
			return false;
		unit++;
	} while (text.len > 0);
	*duration = sum;
	return true;
}

/* For less than a minute: hundredths below a second, tenths below ten, without
 * zeros at their end. */
static void
write_seconds(int64_t duration, char *into)
{
	int hundredths = (int)(duration / (DURATION_S / 100));
	int rest;

	if (hundredths >= 1000)
		hundredths -= hundredths % 100;
	else if (hundredths >= 100)
		hundredths -= hundredths % 10;
	rest = hundredths % 100;
	if (rest == 0)
		(void)snprintf(into, DURATION_TEXT, "%ds", hundredths / 100);
	else if (rest % 10 == 0)
		(void)snprintf(into, DURATION_TEXT, "%d.%ds", hundredths / 100,
		    rest / 10);
	else
		(void)snprintf(into, DURATION_TEXT, "%d.%02ds",
		    hundredths / 100, rest);
}

const char *
duration_text(int64_t duration, char *into)
{
	const struct unit *unit = units + 1; /* weeks are not for reading */
	int64_t rest;
	int used;

	if (duration < DURATION_M) {
		write_seconds(duration < 0 ? 0 : duration, into);
		return into;
	}
	while (duration < unit->length)
		unit++;
	rest = duration % unit->length / unit[1].length;
	used = snprintf(into, DURATION_TEXT, "%" PRId64 "%s",
	    duration / unit->length, unit->name);
	if (rest > 0)
		(void)snprintf(into + used, (size_t)(DURATION_TEXT - used),
		    " %" PRId64 "%s", rest, unit[1].name);
	return into;
}
