/* SPDX-License-Identifier: MIT */
#ifndef FETCH_RUN_H
#define FETCH_RUN_H

/*
 * One run of a job: lists the ids, then claims those that are due, batch by
 * batch, and sends what the plan lets through, until nothing is left that
 * could be done soon. One loop on the calling thread; it never waits for
 * anything but the network, whose transfers it works on meanwhile, and for
 * standard input, where ids come from there.
 *
 *	store --claims--> plan --tasks--> exchange --requests--> http
 *	  ^                 ^  gate               |
 *	  '---results-------'------verdicts-------'
 */

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "fetch/jobfile.h"
#include "fetch/secret.h"
#include "fetch/summary.h"

/* How far it is, for showing. */
struct run_progress {
	const struct summary *summary;
	bool listing;
	int64_t due;        /* items that were due; 0 while listing */
	int64_t settled;    /* of them: done, gone, failed */
	unsigned under_way; /* requests */
	int64_t elapsed;
	const char *waiting_for; /* what keeps it from sending; NULL: nothing */
	int64_t until;           /* how long, in nanoseconds from now */
};

struct run_options {
	const struct job *job;
	struct secrets *secrets;
	const char *folder; /* the store's */
	const char *path;   /* of the job's file in it, whose lock is held */
	int64_t max_time;   /* 0: none */
	uint64_t limit;     /* so many items at most; 0: all */
	bool refresh;       /* the fresh ones too */
	bool retry_only;    /* what failed softly before; no listing */
	/* Set by a signal's handler: ends the run after a clean commit. */
	const volatile sig_atomic_t *stop;
	/* Lines for people (verbose: about single items), and progress at
	 * most every 100 ms; either may be NULL. */
	void (*say)(void *state, bool verbose, const char *text);
	void (*show)(void *state, const struct run_progress *progress);
	void *state;
};

/*
 * Runs, and returns the exit status of design: 0, 1, 2 or 75. summary is
 * filled in any case; where it is 2, err says why. What was answered before a
 * trouble is committed, if the store can still be written.
 */
int run_job(const struct run_options *options, struct summary *summary,
    struct err *err);

/* Adds to text what a run would send first, up to count requests, without
 * asking or sending anything: --dry-run. -1 with err set. */
int run_show(const struct run_options *options, size_t count, struct buf *text,
    struct err *err) CHECKED;

#endif
