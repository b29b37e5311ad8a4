/* SPDX-License-Identifier: MIT */
#ifndef BASE_DURATION_H
#define BASE_DURATION_H

/*
 * Durations as people write them: a decimal number and a unit, "50ms", "1.5s",
 * "20h", "7d"; several may follow each other, the larger first: "1h30m". Units
 * are ms, s, m (60 s), h, d (24 h) and w. "0" needs none. Nanoseconds inside.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

#define DURATION_MS INT64_C(1000000)
#define DURATION_S (1000 * DURATION_MS)
#define DURATION_M (60 * DURATION_S)
#define DURATION_H (60 * DURATION_M)
#define DURATION_D (24 * DURATION_H)

/* The longest that can be read: 100 years of 365 days, so that sums with a
 * time stamp in nanoseconds do not overflow. */
#define DURATION_MAX (36500 * DURATION_D)

/* Reads all of text. False when it is no duration, negative, or too long. */
bool duration_read(struct slice text, int64_t *duration);

/* For people, at most two units, rounded down: "0.25s", "8.1s", "59s",
 * "4m 20s", "2h 5m", "3d 4h", "7d"; a negative one is "0s". into holds
 * DURATION_TEXT bytes; returns it. */
enum { DURATION_TEXT = 24 };
const char *duration_text(int64_t duration, char *into);

#endif
