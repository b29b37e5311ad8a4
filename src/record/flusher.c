/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/flusher.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "record/ending.h"
#include "record/recorder_inside.h"

/* How long a thread that was told to end waits for it, in ms at least. */
enum { END_NAPS = 2000 };

enum { STACK_LEAST = 1 << 19 };

/* How often it looks whether it is the last thread. */
#define LOOK (100 * DURATION_MS)

/* The field of /proc/self/stat that is the number of threads. */
enum { STAT_THREADS = 20 };

static struct timespec
timespec_of(int64_t time)
{
	return (struct timespec){
		.tv_sec = time / DURATION_S,
		.tv_nsec = time % DURATION_S,
	};
}

int64_t
flusher_next(int64_t now, int64_t interval)
{
	return (now / interval + 1) * interval;
}

void
flusher_init(struct flusher *flusher, struct recorder_settings *settings,
    struct slice program, int64_t begun)
{
	pthread_condattr_t attr;

	*flusher = (struct flusher){ 0 };
	flush_init(&flusher->flush, settings, program, begun);
	(void)sem_init(&flusher->wake, 0, 0);
	(void)pthread_mutex_init(&flusher->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&flusher->done, &attr);
	(void)pthread_condattr_destroy(&attr);
}

/* When to flush, if nobody asks. */
static int64_t
next_flush(const struct flusher *flusher)
{
	int64_t interval = flusher->flush.settings->interval;

	return interval == 0 ? INT64_MAX : flusher_next(clock_real(), interval);
}

/* Whether it was woken before then. */
static bool
sleep_until(struct flusher *flusher, int64_t time)
{
	struct timespec end = timespec_of(time);
	int slept;

	do
		slept = sem_timedwait(&flusher->wake, &end);
	while (slept != 0 && errno == EINTR);
	return slept == 0;
}

/* Whether all threads have ended but this one. The first stays, as a zombie,
 * until the process ends. */
static bool
is_last(void)
{
	char text[1024];
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? 0 : read(fd, text, sizeof(text));
	struct slice rest = slice_make(text, len < 0 ? 0 : (size_t)len);
	struct slice field = { 0 };
	const char *end = slice_rchr(rest, ')'); /* of the program's name */

	if (fd >= 0)
		(void)close(fd);
	if (end == NULL)
		return false;
	rest = slice_from(rest, (size_t)(end - text));
	if (!slice_starts(rest, ") Z "))
		return false;
	for (int i = 2; i <= STAT_THREADS; i++)
		(void)slice_cut(&rest, ' ', &field);
	return slice_is(field, "2");
}

/* Waits until it should flush. False when there is nobody left to flush for:
 * nothing tells that, so it is looked at now and then. */
static bool
wait_until_woken(struct flusher *flusher)
{
	int64_t end = next_flush(flusher);
	int64_t next;

	do {
		bool is_left = recorder_is_left();

		if (is_left && is_last())
			return false;
		if (is_left && end - clock_real() > LOOK)
			next = clock_real() + LOOK;
		else
			next = end;
	} while (!sleep_until(flusher, next) && next < end);
	return true;
}

/* Serves all that was asked for until now. */
static void
serve(struct flusher *flusher)
{
	uint64_t asked;
	int error;

	pthread_mutex_lock(&flusher->lock);
	asked = flusher->asked;
	pthread_mutex_unlock(&flusher->lock);
	error = flush_run(&flusher->flush);
	pthread_mutex_lock(&flusher->lock);
	flusher->ended = asked;
	if (error == 0)
		flusher->written = asked;
	else
		flusher->error = error;
	pthread_cond_broadcast(&flusher->done);
	pthread_mutex_unlock(&flusher->lock);
}

/* Linux before 5.9 can't: then all is shared. */
static void
leave_descriptors(const struct sink *sink)
{
	if (sink->kind == SINK_FILE || sink->kind == SINK_SYSLOG)
		(void)close_range(0, UINT_MAX, CLOSE_RANGE_UNSHARE);
}

static void *
run(void *context)
{
	struct flusher *flusher = context;
	int ending;

	leave_descriptors(&flusher->flush.settings->sink);
	(void)pthread_setname_np(pthread_self(), "tallyman");
	pthread_mutex_lock(&flusher->lock);
	flusher->thread = gettid();
	pthread_mutex_unlock(&flusher->lock);
	while (wait_until_woken(flusher)) {
		while (sem_trywait(&flusher->wake) == 0)
			continue; /* one flush does for all of them */
		ending = atomic_load(&flusher->ending);
		serve(flusher);
		if (ending == 0)
			continue;
		ending_die(ending);
		(void)atomic_compare_exchange_strong(&flusher->ending, &ending,
		    0);
	}
	serve(flusher);
	recorder_leave();
	return NULL; /* and the C library ends the process */
}

/* Programs of many threads have small stacks by ulimit(1), which are too small
 * for reading debug information. */
static void
ask_for_stack(pthread_attr_t *attr)
{
	size_t size;

	if (pthread_attr_getstacksize(attr, &size) == 0 && size < STACK_LEAST)
		(void)pthread_attr_setstacksize(attr, STACK_LEAST);
}

int
flusher_start(struct flusher *flusher)
{
	pthread_attr_t attr;
	pthread_t thread;
	int error = pthread_attr_init(&attr);

	if (error != 0)
		return error;
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	ask_for_stack(&attr);
	error = pthread_create(&thread, &attr, run, flusher);
	(void)pthread_attr_destroy(&attr);
	return error;
}

/* With the lock held. */
static int
wait_for(struct flusher *flusher, uint64_t ticket, int64_t timeout)
{
	struct timespec end = timespec_of(clock_now() + timeout);
	int waited = 0;

	while (flusher->ended < ticket && waited == 0)
		waited = pthread_cond_timedwait(&flusher->done, &flusher->lock,
		    &end);
	if (flusher->written >= ticket)
		return 0;
	return flusher->ended >= ticket ? flusher->error : ETIMEDOUT;
}

/* A handler that calls _exit(2) may have broken in here while its thread held
 * the lock: so not even that is waited for without end. */
static int
ask(struct flusher *flusher, int64_t timeout)
{
	struct timespec wall = timespec_of(clock_real() + timeout);
	int error = EDEADLK;

	if (pthread_mutex_timedlock(&flusher->lock, &wall) != 0)
		return ETIMEDOUT;
	if (flusher->thread != gettid()) {
		uint64_t ticket = ++flusher->asked;

		(void)sem_post(&flusher->wake);
		error = wait_for(flusher, ticket, timeout);
	}
	pthread_mutex_unlock(&flusher->lock);
	return error;
}

/* A thread that is cancelled while it waits would leave the lock locked. */
int
flusher_ask(struct flusher *flusher, int64_t timeout)
{
	int cancelling;
	int error;

	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancelling);
	error = ask(flusher, timeout);
	(void)pthread_setcancelstate(cancelling, NULL);
	return error;
}

/* The thread may hold what the flusher needs, malloc(3)'s lock say: so not for
 * long. poll(2) is for signal handlers. */
static bool
wait_for_end(const struct flusher *flusher)
{
	for (int i = 0; i < END_NAPS; i++) {
		if (atomic_load(&flusher->ending) == 0)
			return true;
		(void)poll(NULL, 0, 1);
	}
	return false;
}

bool
flusher_wake(struct flusher *flusher, int ending)
{
	int earlier = 0;

	if (ending != 0)
		earlier = atomic_exchange(&flusher->ending, ending);
	(void)sem_post(&flusher->wake);
	return ending == 0 || wait_for_end(flusher) || earlier == 0;
}
