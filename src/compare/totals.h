/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_TOTALS_H
#define COMPARE_TOTALS_H

/*
 * The sites of a day: its rows added up by some columns, whatever hour,
 * revision or host they are of. Pure: no I/O.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/table.h"
#include "compare/match.h"
#include "compare/sample.h"
#include "model/tally.h"

/*
 * Reads what rows are to be grouped by: "site,operation", "file", "kind", ...
 * Returns 0 with the keys in the order file, line, function, operation (or
 * kind); -1 with err set for columns that cannot be compared by.
 */
int totals_keys_parse(struct tally_keys *keys, const char *text,
    struct err *err) CHECKED;

/* Start it with totals_init(). The texts of its sites are the samples' own. */
struct totals {
	struct tally_keys keys;
	struct table sums;
	struct site *sites; /* filled by totals_finish(), ordered by keys */
	size_t count;
	bool is_over; /* a sum would have passed 2^64-1 and stays there */
};

void totals_init(struct totals *totals, const struct tally_keys *keys);
void totals_release(struct totals *totals);

/* Adds a day's rows, those up to last_hour (inclusive; -1: all). */
void totals_add(struct totals *totals, const struct sample_day *day,
    int last_hour);

/* Makes the sites. Nothing may be added after it. */
void totals_finish(struct totals *totals);

#endif
