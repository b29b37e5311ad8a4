/* SPDX-License-Identifier: MIT */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

/*
 * Time zones as tables, so that two can be used at once and no environment
 * variable is touched: TZif files (RFC 8536) of the system's zone database,
 * with the POSIX rule of their footer for the years behind the table. Pure
 * but for zone_open(). Also calendar arithmetic on the proleptic Gregorian
 * calendar, without libc's.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct zone;

/* A civil time, as on a clock on the wall. */
struct civil {
	int32_t year;
	uint8_t month; /* 1 to 12 */
	uint8_t day;   /* 1 to 31 */
	uint8_t hour;  /* 0 to 23 */
	uint8_t minute;
	uint8_t second; /* 0 to 60 */
};

/*
 * Reads an offset at the front of text, "+02:00", "-0700" or "+02", at most
 * 15:59, into seconds east of UTC. Returns how many bytes it takes, 0 when
 * there is none; a digit behind it makes it none.
 */
size_t zone_read_offset(struct slice text, int32_t *offset);

/*
 * "UTC", a name of the zone database ("Europe/Berlin"; no ".." and no leading
 * slash), a fixed offset ("+02:00", "-0700"), or "local" (what TZ, a POSIX
 * rule too, or /etc/localtime say; UTC where neither is there). NULL with err
 * set when there is no such zone, or one that counts leap seconds. Honours
 * TZDIR, else /usr/share/zoneinfo. zone_free() frees it.
 */
struct zone *zone_open(const char *name, struct err *err);
void zone_free(struct zone *zone);

/* Seconds east of UTC at an instant (seconds since 1970 UTC). */
int32_t zone_offset_at(const struct zone *zone, int64_t instant);

/*
 * The instant of a civil time in the zone. Where the clock was set back the
 * time is told twice: the earlier instant. Where it was set forward and the
 * time was never told: what the clock would show had it not been set.
 */
int64_t zone_instant(const struct zone *zone, const struct civil *civil);

/* The civil time of an instant in the zone. */
void zone_civil(const struct zone *zone, int64_t instant, struct civil *civil);

/* The instant of a civil time that is offset seconds east of UTC, and back.
 * Good for the years -9999 to 9999. */
int64_t civil_instant(const struct civil *civil, int32_t offset);
void civil_from_instant(int64_t instant, int32_t offset, struct civil *civil);

/* Whether such a day and time exist. */
bool civil_is_valid(const struct civil *civil);

/* 0 for Sunday to 6 for Saturday. */
int civil_weekday(const struct civil *civil);

#endif
