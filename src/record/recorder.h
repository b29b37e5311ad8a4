/* SPDX-License-Identifier: MIT */
#ifndef RECORD_RECORDER_H
#define RECORD_RECORDER_H

/*
 * The recorder inside a process: counts on its threads, and one thread that
 * flushes them, the flusher. There is one recorder in a process (record.so and
 * libtallyman have one each), so its state is global. Nothing of it ends or
 * stops the host, or leaves errno changed.
 *
 * The flusher is started by the first count of a process, with all signals
 * blocked. It sleeps until the next multiple of the interval on the wall clock
 * (so one that divides the hour never mixes two hours), until a flush is asked
 * for, or until a signal ends the program. A forked child has a flusher of its
 * own as soon as it counts; what its parent counted stays its parent's.
 *
 * A flush is: counts_collect() into sums (places resolved by the resolver),
 * lines behind what an earlier flush could not write, sink_write(). What can't
 * be written is kept, up to RECORDER_BACKLOG bytes, and tried again; beyond
 * that it is lost, which the next line that gets through says.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "record/counts.h"
#include "record/sink.h"
#include "record/sums.h"

enum { RECORDER_BACKLOG = 4 << 20 };

/* Adds the news of one key to the sums, on the flusher (under guard_run()). */
typedef void recorder_resolver(struct sums *sums, const struct counts_key *key,
    struct slice revision, uint64_t n);

struct recorder_settings {
	struct sink sink;     /* taken over, if recorder_start() is 0 */
	int64_t interval;     /* nanoseconds; 0: only when asked for */
	const char *revision; /* copied; NULL: none */
	const char *program;  /* copied; NULL: as it is called now */
	int signal;           /* that asks for a flush; 0: none */
	bool ends;            /* flush where SIGTERM, SIGINT or SIGHUP ends
				 the program, if nobody handles it */
	recorder_resolver *resolver; /* NULL: recorder_resolve_named() */
};

/* For COUNTS_NAMED. */
void recorder_resolve_named(struct sums *sums, const struct counts_key *key,
    struct slice revision, uint64_t n);

/*
 * Sets the recorder up: the settings, the fork handlers, the signal handlers.
 * Once in a process, before the first count; 0, or an errno: EALREADY the
 * second time. What was counted before is kept.
 */
int recorder_start(const struct recorder_settings *settings);

/* The calling thread may count: it has a table, and the process a flusher.
 * Quick when it is so already. False: counts_lose() what was to be counted. */
static inline bool recorder_ready(void);
bool recorder_begin(void);

/*
 * Flushes now, on the flusher, and waits for it, timeout nanoseconds at most.
 * 0 when all that was counted before is written; else an errno: ETIMEDOUT;
 * EAGAIN, there is no flusher; EDEADLK, this is the flusher; or what the sink
 * said. From any thread, not from a signal handler.
 */
int recorder_flush(int64_t timeout);

/* The last flush, at the end of the process: exit(3), _exit(2). Waits two
 * seconds at most. In a child of vfork(2) nothing. */
void recorder_end(void);

static inline bool
recorder_ready(void)
{
	return counts_mine != NULL || recorder_begin();
}

#endif
