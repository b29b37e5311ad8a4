/* SPDX-License-Identifier: MIT */
#ifndef RECORD_FLUSHER_H
#define RECORD_FLUSHER_H

/*
 * The thread that flushes. It is never joined, and ends with the process, or
 * when all others have ended: exit(3) then comes from it. It has all signals
 * blocked, so that none of the host's handlers runs on it.
 *
 * It waits on a semaphore, which a signal handler may post to, until a time of
 * the wall clock: so it is on time again after the process was stopped or the
 * machine slept. A clock set back delays the next flush by as much.
 *
 * Where lines go to a file or to syslog it has a table of descriptors of its
 * own, empty at first. So it never keeps open what the host closes; and the
 * host's system calls stay as cheap as those of a program with one thread,
 * which Linux spares a locked operation for each descriptor that one uses.
 */

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "record/flush.h"

struct flusher {
	struct flush flush; /* the thread's own */
	sem_t wake;         /* posted to whenever it should flush */
	atomic_int ending;  /* the signal that ends the program; 0: none */

	pthread_mutex_t lock; /* guards everything below */
	pthread_cond_t done;  /* broadcast after each flush */
	pid_t thread;         /* 0 until it runs */
	uint64_t asked;       /* how many flushes were asked for */
	uint64_t ended;       /* of these, in order */
	uint64_t written;     /* the last of these that wrote all */
	int error;            /* of the last flush that did not */
};

/* Makes it anew, whatever it was: in a forked child a copy of the parent's,
 * caught in the middle of anything. What that held is never freed. */
void flusher_init(struct flusher *flusher, struct recorder_settings *settings,
    struct slice program, int64_t begun);

/* Starts the thread. Call it with all signals blocked. 0 or an errno: then it
 * may be tried again. */
int flusher_start(struct flusher *flusher);

/* Flushes, and waits nanoseconds for it; as recorder_flush(). EDEADLK on the
 * flusher itself: a sink's callback that flushes. */
int flusher_ask(struct flusher *flusher, int64_t timeout);

/* Flushes, and then ends the program by a signal if that is not 0: waits until
 * that is raised, two seconds or so at most. False where that was in vain, and
 * not for the first time: the flusher hangs. For signal handlers. */
bool flusher_wake(struct flusher *flusher, int ending);

/* When an interval ends: the next multiple of it behind now. */
int64_t flusher_next(int64_t now, int64_t interval);

#endif
