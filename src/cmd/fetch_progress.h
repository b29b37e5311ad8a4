/* SPDX-License-Identifier: MIT */
#ifndef CMD_FETCH_PROGRESS_H
#define CMD_FETCH_PROGRESS_H

/*
 * How far a run is, in one line:
 *
 *	video-stats: 1,204 of 5,000, 3 failed, 48/s, 16 under way, 1m 19s left
 *	video-stats: 1,204 of 5,000, waiting: paused by the server, 12s
 */

#include <stdint.h>

#include "base/buf.h"
#include "fetch/run.h"

/* The speed is that of the last seconds. Starts as { 0 }. */
struct fetch_progress {
	int64_t since; /* where the speed is measured from */
	int64_t settled;
	double rate; /* items a second */
};

/* Adds the line; nothing within the first second of a run. */
void fetch_progress_add(struct fetch_progress *progress,
    const struct run_progress *run, struct buf *line);

#endif
