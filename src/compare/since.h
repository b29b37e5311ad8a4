/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_SINCE_H
#define COMPARE_SINCE_H

/*
 * Since when counts are higher than expected: the one point of the day at which
 * they are best explained by two ratios, one before and one after. A rise may
 * end again; what follows it then goes with what is before. Pure: no I/O.
 */

#include <stdbool.h>
#include <stddef.h>

/* A part of the day: an hour, or the time between two flushes. */
struct since_slot {
	double expected; /* what the old days say, times the traffic */
	double seen;
};

/*
 * Whether the rise began within the day, and in which slot. False where it is
 * there from the first slot on, where nothing rose, or where no point explains
 * it: before it the counts must be about as expected, and the excess after it
 * must be most of all.
 */
bool since_find(const struct since_slot *slots, size_t count, size_t *first);

#endif
