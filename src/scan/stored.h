/* SPDX-License-Identifier: MIT */
#ifndef SCAN_STORED_H
#define SCAN_STORED_H

/*
 * A scan of days in the store instead of logs: the same selection, the same
 * grouping, the same rows.
 */

#include "base/err.h"
#include "model/days.h"
#include "model/tally.h"
#include "scan/scan.h"

/* Days from first to last, inclusive: "2013-06-05", both may be empty for "of
 * no day"; last_hour: of each day only the hours up to it, -1: all. */
struct stored_days {
	struct slice first;
	struct slice last;
	int last_hour;
};

/*
 * Gives the rows of the days, in the order of options->keys (none: the usual
 * columns), to row(context), as scan_run() does of logs. Of the options those
 * that select and group count. Days are read one by one, each as it is at one
 * instant. Returns 0, or -1 with err set: the store cannot be read, a part of
 * a day is damaged ("PATH: 2013-06-05: part 17: ..."), a bad pattern, or what
 * row() said. report is filled either way; report->inputs is how many days
 * there were.
 */
int stored_run(const struct scan_options *options, struct days *days,
    const struct stored_days *range, tally_take *row, void *context,
    struct scan_report *report, struct err *err) CHECKED;

#endif
