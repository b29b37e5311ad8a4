/* SPDX-License-Identifier: MIT */
#ifndef SCAN_COUNTER_H
#define SCAN_COUNTER_H

/*
 * From entries to the keys of the tally: tells the day and hour, asks the
 * selection, adds a row for each operation that is wanted, and keeps the sums
 * of the report. One a mapper.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "engine/job.h"
#include "model/tally.h"
#include "scan/mapper.h"
#include "scan/reader.h"

struct counter {
	const struct scan_run *run;
	struct emit *emit;
	struct scan_report *sums;
	struct scratch *scratch;
	const struct input *input; /* of the segment */

	/* told of a line in which a pattern reached its limit */
	void (*gave_up)(void *context, struct slice line);
	void *context;

	/* the last stamp resolved, since most entries share theirs */
	struct stamp stamp;
	struct moment moment;
	bool has_moment;

	struct buf key; /* of the row being added */
};

/* run, emit, sums and context stay the caller's, and must outlive it. */
void counter_init(struct counter *counter, const struct scan_run *run,
    struct emit *emit, struct scan_report *sums,
    void (*gave_up)(void *context, struct slice line), void *context);
void counter_release(struct counter *counter);

/* A segment of an input begins. */
void counter_begin(struct counter *counter, const struct input *input);

/* Adds an entry, or a row of a tally, if it is wanted. */
void counter_entry(struct counter *counter, const struct entry *entry);
void counter_row(struct counter *counter, const struct tally_row *row);

#endif
