/* SPDX-License-Identifier: MIT */
#ifndef SCAN_ROWS_H
#define SCAN_ROWS_H

/*
 * From the keys and sums of a scan's tables to the rows of its tally.
 */

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "model/tally.h"
#include "scan/scan.h"

struct rows {
	/* set by the caller */
	const struct tally_keys *keys;
	tally_take *take;
	void *context;
	struct scan_report *report; /* told of sums that are over */

	struct buf values; /* of the row being given */
};

void rows_release(struct rows *rows);

/* Takes a key with its struct tally_sum; context is a struct rows. What the
 * engine calls a sink. */
int rows_take(void *context, struct slice key, const void *state,
    struct err *err);

#endif
