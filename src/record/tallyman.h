/* SPDX-License-Identifier: MIT */
#ifndef TALLYMAN_H
#define TALLYMAN_H

/*
 * libtallyman: a running count of which line of code issued which datastore
 * operation, flushed every five minutes as lines that `tallyman scan` reads:
 *
 *	TALLYMAN_COUNT("UserData.put");
 *
 * counts one for this line of this function. Nothing has to be set up: where
 * lines go and how often is told by the environment (TALLYMAN_LOG and others,
 * libtallyman(3)), or by tallyman_start().
 *
 * Safe from any number of threads, which never wait for each other; in forked
 * children, which count for themselves; and at exit(3), which flushes. Nothing
 * here ends or stops the program: when memory or the disk fails, what was lost
 * is counted, and the next flush says so. Link with -ltallyman. Not for signal
 * handlers.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Counts n for an operation, "Kind.verb", of a line. The texts are copied where
 * they are new and may go afterwards; function may be NULL. An operation
 * without a dot, an empty file, and NULL for either count as lost.
 */
void tallyman_count(const char *operation, const char *file, unsigned line,
    const char *function, uint64_t n);

/* The place of this very line. */
#define TALLYMAN_COUNT(operation) TALLYMAN_COUNT_N(operation, 1)
#define TALLYMAN_COUNT_N(operation, n) \
	tallyman_count((operation), __FILE__, __LINE__, __func__, (n))

/* Gets whole lines, size bytes in all, on the library's own thread; not kept.
 * Returns 0, or an errno: the lines are offered again with the next ones. */
typedef int tallyman_sink(void *context, const char *lines, size_t size);

/* Zero means: as the environment says, else as it stands here. */
struct tallyman_options {
	size_t size;             /* sizeof(struct tallyman_options) */
	const char *log;         /* a path, "stderr", "syslog",
				    "syslog:SOCKET"; standard error */
	tallyman_sink *sink;     /* takes the place of log */
	void *context;           /* for sink */
	uint64_t interval_ms;    /* between flushes; 300000 */
	const char *revision;    /* of the program; none */
	int flush_signal;        /* flush when it comes; none */
	int flush_before_ending; /* not 0: flush too where SIGTERM, SIGINT or
				    SIGHUP ends the program, if it has no
				    handler of its own for them */
};

/*
 * Says how, before the first count; later, or a second time, it changes
 * nothing. The texts are copied. Returns 0, or -1 with errno: EALREADY; EINVAL
 * for a signal or size that can't be; ENOMEM.
 */
int tallyman_start(const struct tallyman_options *options);

/*
 * Writes what was counted so far, and waits until that is done, ten seconds at
 * most. Call it before _exit(2), quick_exit(3), execve(2) and daemon(3), which
 * end a process unseen. Returns 0, or -1 with errno: ETIMEDOUT; EAGAIN, there
 * is no thread that flushes; EDEADLK, in the sink; or what writing said. Then
 * the counts are kept for the next flush.
 */
int tallyman_flush(void);

#ifdef __cplusplus
}
#endif

#endif
