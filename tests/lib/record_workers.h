/* SPDX-License-Identifier: MIT */
#ifndef RECORD_WORKERS_H
#define RECORD_WORKERS_H

/*
 * The threads and processes of the programs that tests run under `tallyman
 * record`: work() runs in eight threads of each of five processes, so forty
 * times in all.
 *
 *	the parent      forks while its threads, which have counted, stand still
 *	child 0         calls exit(3) while its threads stand still
 *	child 1         calls _exit(2) when its threads have ended
 *	child 2         forks the grandchild before it has counted anything
 *	the grandchild  calls _exit(2) from one of its threads
 *
 * Each thread opens a connection of its own.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS_THREADS = 8, WORKERS_CHILDREN = 3 };

/* How the threads of a process end. */
enum workers_end { WORKERS_RETURN, WORKERS_STAY, WORKERS_LAST_EXITS };

struct workers {
	void (*work)(void);
	enum workers_end end;
	pthread_barrier_t worked; /* the threads and who started them */
	pthread_barrier_t leave;  /* the same */
	pthread_t threads[WORKERS_THREADS];
};

static inline void *
workers_thread(void *context)
{
	struct workers *workers = context;

	workers->work();
	/* not 0 for the last alone */
	if (pthread_barrier_wait(&workers->worked) != 0 &&
	    workers->end == WORKERS_LAST_EXITS)
		_exit(0);
	pthread_barrier_wait(&workers->leave);
	return NULL;
}

/* Comes back when all threads have worked; they are still there. */
static inline void
workers_start(struct workers *workers, void (*work)(void), enum workers_end end)
{
	unsigned all = WORKERS_THREADS + (end != WORKERS_LAST_EXITS);

	workers->work = work;
	workers->end = end;
	pthread_barrier_init(&workers->worked, NULL, all);
	pthread_barrier_init(&workers->leave, NULL, WORKERS_THREADS + 1);
	for (int i = 0; i < WORKERS_THREADS; i++) {
		if (pthread_create(&workers->threads[i], NULL, workers_thread,
			workers) != 0)
			abort();
	}
	pthread_barrier_wait(
	    end == WORKERS_LAST_EXITS ? &workers->leave : &workers->worked);
}

static inline void
workers_join(struct workers *workers)
{
	pthread_barrier_wait(&workers->leave);
	for (int i = 0; i < WORKERS_THREADS; i++)
		pthread_join(workers->threads[i], NULL);
}

static inline void
workers_reap(int children)
{
	int status;

	while (children-- > 0) {
		if (wait(&status) < 0 || status != 0)
			abort();
	}
}

static inline _Noreturn void
workers_child(int which, void (*work)(void))
{
	struct workers workers;

	if (which == 2 && fork() == 0)
		workers_start(&workers, work, WORKERS_LAST_EXITS);
	workers_start(&workers, work,
	    which == 0 ? WORKERS_STAY : WORKERS_RETURN);
	if (which == 0)
		exit(0);
	workers_join(&workers);
	if (which == 1)
		_exit(0);
	workers_reap(1);
	exit(0);
}

/* Ends the program with abort(3) where a process or a thread fails. */
static inline void
workers_run(void (*work)(void))
{
	struct workers workers;

	workers_start(&workers, work, WORKERS_RETURN);
	for (int i = 0; i < WORKERS_CHILDREN; i++) {
		pid_t child = fork();

		if (child < 0)
			abort();
		if (child == 0)
			workers_child(i, work);
	}
	workers_reap(WORKERS_CHILDREN);
	workers_join(&workers);
}

/* Ends the process, and with it the test, where what should be so is not. */
static inline void
worker_must(int is_so, const char *what)
{
	if (!is_so) {
		fprintf(stderr, "worker: %s\n", what);
		abort();
	}
}

#endif
