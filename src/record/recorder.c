/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/recorder.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "record/ending.h"
#include "record/flusher.h"
#include "record/recorder_inside.h"

#define END_WAIT (2 * DURATION_S)

enum recorder_state {
	RECORDER_IDLE,    /* nobody flushes */
	RECORDER_FLUSHES, /* the flusher runs */
	RECORDER_ENDS     /* the process ends, and has no flusher */
};

/* The recorder of this process. */
static struct {
	struct recorder_settings settings; /* immutable once it is started */
	char *program;
	int error;         /* of the fork handlers */
	pthread_key_t key; /* its destructor tells that main() has left */
	bool has_key;
	_Atomic(bool) is_left;
	/* The process that the rest belongs to; 0: it was not started. */
	_Atomic pid_t process;
	_Atomic(enum recorder_state) state; /* changed under the lock */

	/* Guards everything below, and fork(2). Signals are blocked where it
	 * is held: a host's handler might come back to it. */
	pthread_mutex_t lock;
	sigset_t signals; /* of the thread that forks */
	bool has_counted; /* a thread began */
	int64_t begun;    /* when the first one did */
	struct flusher flusher;
} recorder = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Held by the calling thread. */
static _Thread_local bool is_locked __attribute__((tls_model("initial-exec")));

/* False where the thread has it: in a fork handler of the host's. */
static bool
lock(sigset_t *signals)
{
	sigset_t all;

	if (is_locked)
		return false;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, signals);
	pthread_mutex_lock(&recorder.lock);
	is_locked = true;
	return true;
}

static void
unlock(const sigset_t *signals)
{
	is_locked = false;
	pthread_mutex_unlock(&recorder.lock);
	(void)pthread_sigmask(SIG_SETMASK, signals, NULL);
}

bool
recorder_wake(int ending)
{
	if (recorder.process != getpid() || recorder.state != RECORDER_FLUSHES)
		return false;
	return flusher_wake(&recorder.flusher, ending);
}

bool
recorder_is_left(void)
{
	return recorder.is_left;
}

void
recorder_leave(void)
{
	sigset_t signals;

	if (!lock(&signals))
		return;
	recorder.state = RECORDER_IDLE;
	(void)sigemptyset(&signals); /* exit(3) is the host's */
	unlock(&signals);
}

static void
before_fork(void)
{
	sigset_t signals;

	(void)lock(&signals);
	recorder.signals = signals;
	counts_before_fork();
}

static void
after_fork_in_parent(void)
{
	sigset_t signals = recorder.signals;

	counts_after_fork_in_parent();
	unlock(&signals);
}

/* The calling thread is main()'s: its end is told by the key. */
static void
watch_main(void)
{
	if (recorder.has_key)
		(void)pthread_setspecific(recorder.key, &recorder);
}

/* The flusher did not come along. The state changes first: until the process
 * does, handlers take this for somebody else's recorder. */
static void
after_fork_in_child(void)
{
	sigset_t signals = recorder.signals;

	counts_after_fork_in_child();
	recorder.state = RECORDER_IDLE;
	recorder.has_counted = false;
	recorder.is_left = false;
	watch_main();
	if (recorder.process != 0)
		recorder.process = getpid();
	unlock(&signals);
}

static void
leave_main(void *unused)
{
	(void)unused;
	recorder.is_left = true;
	(void)recorder_wake(0);
}

/* Before anything is counted, and there are threads, if that can be: so hosts'
 * fork handlers, which come later, run while the lock is free. */
static __attribute__((constructor(102))) void
begin(void)
{
	recorder.error = pthread_atfork(before_fork, after_fork_in_parent,
	    after_fork_in_child);
	recorder.has_key = pthread_key_create(&recorder.key, leave_main) == 0;
	if (gettid() == getpid())
		watch_main();
}

/* With the lock held. Where it fails, the next thread that begins to count
 * tries again. */
static void
start_flusher(void)
{
	if (recorder.process == 0 || recorder.state != RECORDER_IDLE ||
	    !recorder.has_counted)
		return;
	flusher_init(&recorder.flusher, &recorder.settings,
	    slice_str(recorder.program), recorder.begun);
	if (flusher_start(&recorder.flusher) == 0)
		recorder.state = RECORDER_FLUSHES;
}

static int
set_up(const struct recorder_settings *settings)
{
	char *revision = NULL;
	char *program = strdup(settings->program != NULL ?
		settings->program :
		program_invocation_short_name);
	int error = program == NULL ? ENOMEM : recorder.error;

	if (error == 0 && settings->revision != NULL) {
		revision = strdup(settings->revision);
		error = revision == NULL ? ENOMEM : 0;
	}
	if (error != 0) {
		free(program);
		free(revision);
		return error;
	}
	recorder.settings = *settings;
	recorder.settings.revision = revision;
	recorder.program = program;
	recorder.process = getpid();
	ending_init(settings);
	return 0;
}

int
recorder_start(const struct recorder_settings *settings)
{
	int saved = errno;
	sigset_t signals;
	int error;

	if (!lock(&signals))
		return EDEADLK;
	error = recorder.process != 0 ? EALREADY : set_up(settings);
	start_flusher();
	unlock(&signals);
	errno = saved;
	return error;
}

bool
recorder_begin(void)
{
	int saved = errno;
	sigset_t signals;
	bool ready;

	if (!lock(&signals))
		return false;
	ready = counts_begin();
	if (!recorder.has_counted) {
		recorder.has_counted = true;
		recorder.begun = clock_real();
	}
	start_flusher();
	unlock(&signals);
	errno = saved;
	return ready;
}

/* On this thread, at the end of a process that could start none. */
static int
flush_here(void)
{
	sigset_t all;
	sigset_t signals;
	int error;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &signals);
	error = flush_run(&recorder.flusher.flush);
	(void)pthread_sigmask(SIG_SETMASK, &signals, NULL);
	return error;
}

static int
flush(int64_t timeout, bool ends)
{
	sigset_t signals;
	bool has_counted;
	enum recorder_state state;

	if (recorder.process == 0 && counts_pending())
		return EAGAIN; /* it could not be started */
	if (recorder.process != getpid())
		return 0;
	if (!lock(&signals))
		return EDEADLK;
	start_flusher();
	has_counted = recorder.has_counted;
	state = recorder.state;
	if (ends && has_counted && state == RECORDER_IDLE)
		recorder.state =
		    RECORDER_ENDS; /* nobody else flushes from now on */
	unlock(&signals);
	if (!has_counted)
		return 0;
	if (state == RECORDER_FLUSHES)
		return flusher_ask(&recorder.flusher, timeout);
	return ends && state == RECORDER_IDLE ? flush_here() : EAGAIN;
}

int
recorder_flush(int64_t timeout)
{
	int saved = errno;
	int error = flush(timeout, false);

	errno = saved;
	return error;
}

void
recorder_end(void)
{
	int saved = errno;

	(void)flush(END_WAIT, true);
	errno = saved;
}
