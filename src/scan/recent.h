/* SPDX-License-Identifier: MIT */
#ifndef SCAN_RECENT_H
#define SCAN_RECENT_H

/*
 * How fast sums grow: what each key came to at the last few looks, about a
 * second apart, and from that its speed over the last ten seconds or so. At
 * each look every key must be told. Pure; the time is a parameter.
 */

#include <stdint.h>

#include "base/slice.h"

/* For so many keys speeds are kept; of others nothing is known. */
enum { RECENT_KEYS = 100000 };

struct recent;

/* All sums are 0 now. */
struct recent *recent_new(int64_t now);
void recent_free(struct recent *recent);

/* A look begins; one that comes too soon behind the last takes its place. */
void recent_look(struct recent *recent, int64_t now);

/* Tells what a key has come to, and returns by how much a second it grew;
 * negative where that is not known. */
double recent_speed(struct recent *recent, struct slice key, uint64_t sum);

#endif
