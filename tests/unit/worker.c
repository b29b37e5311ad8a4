/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/worker.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "tap.h"

enum { MANY = 10000 };

static const int64_t ms = 1000000;

struct number {
	struct message message; /* first, as each message has it */
	int value;
};

static struct number *
number_of(struct message *message)
{
	return (struct number *)(void *)message;
}

static void
send_number(struct worker *worker, int value)
{
	struct number *number = xcalloc(1, sizeof(*number));

	number->value = value;
	worker_send(worker, &number->message);
}

/* The value of a reply, which is freed; -1 without one. */
static int
value_of(struct message *message)
{
	int value = message == NULL ? -1 : number_of(message)->value;

	free(message);
	return value;
}

/* Answers each number with its double. */
static void
double_all(struct worker *worker, void *state)
{
	struct message *message;

	(void)state;
	while ((message = worker_receive(worker, -1)) != NULL) {
		number_of(message)->value *= 2;
		worker_reply(worker, message);
	}
}

static void
keeps_the_order(void)
{
	struct worker *worker = worker_new(double_all, NULL, NULL, NULL);
	int wrong = 0;

	for (int i = 0; i < MANY; i++)
		send_number(worker, i);
	for (int i = 0; i < MANY; i++)
		wrong += value_of(worker_wait(worker)) != 2 * i;
	CHECK_INT(wrong, 0);
	CHECK(worker_take(worker) == NULL);
	worker_free(worker);
}

/* Keeps all numbers until the closing, then counts them. */
static void
count_at_the_end(struct worker *worker, void *state)
{
	int *count = state;

	while (!worker_is_closed(worker)) {
		struct message *message = worker_receive(worker, -1);

		if (message != NULL)
			*count += value_of(message);
	}
}

static void
receives_all_before_the_end(void)
{
	int sum = 0;
	struct worker *worker = worker_new(count_at_the_end, &sum, NULL, NULL);

	for (int i = 0; i < MANY; i++)
		send_number(worker, 1);
	worker_free(worker);
	CHECK_INT(sum, MANY);
}

static void
ends_unused(void)
{
	worker_free(NULL);
	worker_free(worker_new(double_all, NULL, NULL, NULL));
	CHECK(true); /* got here */
}

static void
raise_event(void *fd)
{
	uint64_t one = 1;

	if (write(*(int *)fd, &one, sizeof(one)) < 0)
		abort();
}

/* How often the event was raised; waits for the first at most a second. */
static int
times_raised(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	uint64_t count = 0;

	if (poll(&ready, 1, 1000) == 1 && read(fd, &count, sizeof(count)) < 0)
		abort();
	return (int)count;
}

/* Replies with 0, 1 and 2, and raises an event when it has. */
static void
count_to_two(struct worker *worker, void *done)
{
	for (int i = 0; i <= 2; i++) {
		struct number *number = xcalloc(1, sizeof(*number));

		number->value = i;
		worker_reply(worker, &number->message);
	}
	raise_event(done);
}

static void
wakes_for_the_first_reply(void)
{
	int done = eventfd(0, 0);
	int woken = eventfd(0, 0);
	struct worker *worker = worker_new(count_to_two, &done, raise_event,
	    &woken);

	CHECK_INT(times_raised(done), 1);
	CHECK_INT(times_raised(woken), 1);
	for (int i = 0; i <= 2; i++)
		CHECK_INT(value_of(worker_take(worker)), i);
	worker_free(worker);
	(void)close(done);
	(void)close(woken);
}

static void
wakes_again_when_taken(void)
{
	int woken = eventfd(0, 0);
	struct worker *worker = worker_new(double_all, NULL, raise_event,
	    &woken);

	for (int i = 1; i <= 3; i++) {
		send_number(worker, i);
		CHECK_INT(times_raised(woken), 1);
		CHECK_INT(value_of(worker_take(worker)), 2 * i);
		CHECK(worker_take(worker) == NULL);
	}
	worker_free(worker);
	(void)close(woken);
}

struct wait {
	int64_t timeout;
	int64_t waited;
	bool was_null;
	bool was_closed;
};

/* Waits once for what does not come, tells how long, and ends. */
static void
wait_once(struct worker *worker, void *state)
{
	struct wait *wait = state;
	int64_t start = clock_now();

	wait->was_null = worker_receive(worker, wait->timeout) == NULL;
	wait->waited = clock_now() - start;
	wait->was_closed = worker_is_closed(worker);
}

static void
gives_up_in_time(void)
{
	struct wait wait = { .timeout = 20 * ms };
	struct worker *worker = worker_new(wait_once, &wait, NULL, NULL);

	CHECK(worker_wait(worker) == NULL); /* the thread has ended */
	CHECK(wait.was_null);
	CHECK(!wait.was_closed);
	CHECK(wait.waited >= 20 * ms);
	worker_free(worker);

	wait = (struct wait){ .timeout = 0 };
	worker = worker_new(wait_once, &wait, NULL, NULL);
	CHECK(worker_wait(worker) == NULL);
	CHECK(wait.was_null);
	worker_free(worker);
}

static void
waits_are_ended_by_the_closing(void)
{
	struct wait wait = { .timeout = INT64_MAX };

	worker_free(worker_new(wait_once, &wait, NULL, NULL));
	CHECK(wait.was_null);
	CHECK(wait.was_closed);
	wait = (struct wait){ .timeout = -1 };
	worker_free(worker_new(wait_once, &wait, NULL, NULL));
	CHECK(wait.was_null);
	CHECK(wait.was_closed);
}

/* Replies until the closing; counts the waits that gave nothing. */
static void
wait_long(struct worker *worker, void *state)
{
	int *nothing = state;

	while (!worker_is_closed(worker)) {
		struct message *message = worker_receive(worker, INT64_MAX);

		if (message != NULL)
			worker_reply(worker, message);
		else
			++*nothing;
	}
}

static void
timed_waits_see_messages(void)
{
	int nothing = 0;
	struct worker *worker = worker_new(wait_long, &nothing, NULL, NULL);

	for (int i = 0; i < 100; i++) {
		send_number(worker, i);
		CHECK_INT(value_of(worker_wait(worker)), i);
	}
	worker_free(worker);
	CHECK(nothing <= 1); /* the closing */
}

static void
look_at_mask(struct worker *worker, void *state)
{
	(void)worker;
	(void)pthread_sigmask(SIG_SETMASK, NULL, state);
}

static void
takes_no_signals(void)
{
	sigset_t mask;
	sigset_t before;
	sigset_t after;

	(void)pthread_sigmask(SIG_SETMASK, NULL, &before);
	worker_free(worker_new(look_at_mask, &mask, NULL, NULL));
	(void)pthread_sigmask(SIG_SETMASK, NULL, &after);
	CHECK(sigismember(&mask, SIGINT) == 1);
	CHECK(sigismember(&mask, SIGTERM) == 1);
	CHECK(sigismember(&mask, SIGSEGV) == 0);
	CHECK_INT(sigismember(&before, SIGTERM), 0);
	CHECK_INT(sigismember(&after, SIGTERM), 0);
}

static void
may_have_no_thread(void)
{
	pthread_attr_t normal;
	pthread_attr_t huge;

	(void)pthread_getattr_default_np(&normal);
	(void)pthread_attr_init(&huge);
	(void)pthread_attr_setstacksize(&huge, (size_t)1 << 48);
	(void)pthread_setattr_default_np(&huge);
	errno = 0;
	CHECK(worker_new(double_all, NULL, NULL, NULL) == NULL);
	CHECK_INT(errno, EAGAIN);
	(void)pthread_setattr_default_np(&normal);
	(void)pthread_attr_destroy(&normal);
	(void)pthread_attr_destroy(&huge);
}

static const struct tap_test tests[] = {
	{ "messages and replies keep their order", keeps_the_order },
	{ "what was sent is received before the end",
	    receives_all_before_the_end },
	{ "a worker that was sent nothing ends", ends_unused },
	{ "only a reply where none is waiting wakes the owner",
	    wakes_for_the_first_reply },
	{ "once it was taken, the next one wakes again",
	    wakes_again_when_taken },
	{ "a wait for messages ends in time, one for replies with the thread",
	    gives_up_in_time },
	{ "the closing ends any wait for messages",
	    waits_are_ended_by_the_closing },
	{ "so does a message, however long the wait may last",
	    timed_waits_see_messages },
	{ "the thread takes no signals, the owner as before",
	    takes_no_signals },
	{ "without a thread to be had there is no worker", may_have_no_thread },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
