/* SPDX-License-Identifier: MIT */
#ifndef RECORD_FLUSH_H
#define RECORD_FLUSH_H

/*
 * What a flush does (record/recorder.h), without a thread of its own: the
 * flusher's work, or that of a process that ends and has no flusher. One thread
 * at a time.
 *
 *	counts --collect--> sums --lines--> lines --sink_write--> out
 *
 * Each step may fail, and what it began with stays where it is: news in the
 * counts, sums as sums, lines as lines. A later flush takes it up from there,
 * the oldest first; lines carry the time at which their own interval began.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "record/recorder.h"
#include "record/sums.h"

struct flush {
	struct recorder_settings *settings;
	struct slice program;
	int64_t begun;    /* the interval to collect; ns since 1970 UTC */
	struct sums sums; /* collected, not yet lines */
	bool has_sums;
	int64_t sums_begun; /* their interval */
	struct buf lines;   /* not yet out; at most RECORDER_BACKLOG between
			       flushes */
};

/* Nothing is collected yet, and an interval begins. What is pointed to must
 * live as long as *flush. Owns no memory but between flushes that failed. */
void flush_init(struct flush *flush, struct recorder_settings *settings,
    struct slice program, int64_t begun);

/* Returns 0 when all that was counted before is out, else an errno. */
int flush_run(struct flush *flush);

#endif
