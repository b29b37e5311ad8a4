/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"

struct queue {
	struct message *first; /* NULL: empty */
	struct message *last;  /* where first is one */
};

struct worker {
	void (*work)(struct worker *worker, void *state);
	void *state;
	void (*wake)(void *wake_state);
	void *wake_state;
	pthread_t thread;

	pthread_mutex_t lock;   /* guards everything below */
	pthread_cond_t sent;    /* signalled after a send and the closing */
	pthread_cond_t replied; /* signalled after a reply and the end */
	struct queue messages;
	struct queue replies;
	bool is_closed; /* nothing more is sent */
	bool has_ended; /* work() has returned */
};

/* Returns whether it is the only one. */
static bool
queue_add(struct queue *queue, struct message *message)
{
	bool is_first = queue->first == NULL;

	message->next = NULL;
	if (is_first)
		queue->first = message;
	else
		queue->last->next = message;
	queue->last = message;
	return is_first;
}

static struct message *
queue_take(struct queue *queue)
{
	struct message *message = queue->first;

	if (message != NULL)
		queue->first = message->next;
	return message;
}

static void *
thread_main(void *context)
{
	struct worker *worker = context;

	worker->work(worker, worker->state);
	pthread_mutex_lock(&worker->lock);
	worker->has_ended = true;
	pthread_cond_signal(&worker->replied);
	pthread_mutex_unlock(&worker->lock);
	return NULL;
}

/* A thread starts with its maker's signal mask. Those stay open that its own
 * instructions raise. */
static int
start_without_signals(struct worker *worker)
{
	sigset_t most;
	sigset_t old;
	int error;

	(void)sigfillset(&most);
	(void)sigdelset(&most, SIGBUS);
	(void)sigdelset(&most, SIGFPE);
	(void)sigdelset(&most, SIGILL);
	(void)sigdelset(&most, SIGSEGV);
	(void)pthread_sigmask(SIG_SETMASK, &most, &old);
	error = pthread_create(&worker->thread, NULL, thread_main, worker);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return error;
}

static void
init_locks(struct worker *worker)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->replied, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC); /* clock_now()'s */
	pthread_cond_init(&worker->sent, &attr);
	pthread_condattr_destroy(&attr);
}

static void
release(struct worker *worker)
{
	pthread_cond_destroy(&worker->sent);
	pthread_cond_destroy(&worker->replied);
	pthread_mutex_destroy(&worker->lock);
	free(worker);
}

struct worker *
worker_new(void (*work)(struct worker *worker, void *state), void *state,
    void (*wake)(void *wake_state), void *wake_state)
{
	struct worker *worker = xcalloc(1, sizeof(*worker));
	int error;

	worker->work = work;
	worker->state = state;
	worker->wake = wake;
	worker->wake_state = wake_state;
	init_locks(worker);
	error = start_without_signals(worker);
	if (error == 0)
		return worker;
	release(worker);
	errno = error;
	return NULL;
}

void
worker_free(struct worker *worker)
{
	if (worker == NULL)
		return;
	pthread_mutex_lock(&worker->lock);
	worker->is_closed = true;
	pthread_cond_signal(&worker->sent);
	pthread_mutex_unlock(&worker->lock);
	(void)pthread_join(worker->thread, NULL);
	release(worker);
}

void
worker_send(struct worker *worker, struct message *message)
{
	pthread_mutex_lock(&worker->lock);
	(void)queue_add(&worker->messages, message);
	pthread_cond_signal(&worker->sent);
	pthread_mutex_unlock(&worker->lock);
}

struct message *
worker_take(struct worker *worker)
{
	struct message *message;

	pthread_mutex_lock(&worker->lock);
	message = queue_take(&worker->replies);
	pthread_mutex_unlock(&worker->lock);
	return message;
}

struct message *
worker_wait(struct worker *worker)
{
	struct message *message;

	pthread_mutex_lock(&worker->lock);
	while (worker->replies.first == NULL && !worker->has_ended)
		(void)pthread_cond_wait(&worker->replied, &worker->lock);
	message = queue_take(&worker->replies);
	pthread_mutex_unlock(&worker->lock);
	return message;
}

static struct timespec
deadline(int64_t timeout)
{
	static const int64_t ns_per_second = 1000000000;
	int64_t now = clock_now();
	int64_t at = timeout < INT64_MAX - now ? now + timeout : INT64_MAX;

	return (struct timespec){
		.tv_sec = at / ns_per_second,
		.tv_nsec = at % ns_per_second,
	};
}

/* Called with the lock held. */
static bool
must_wait(const struct worker *worker)
{
	return worker->messages.first == NULL && !worker->is_closed;
}

struct message *
worker_receive(struct worker *worker, int64_t timeout)
{
	struct timespec until = deadline(timeout < 0 ? 0 : timeout);
	struct message *message;
	int error = 0;

	pthread_mutex_lock(&worker->lock);
	while (must_wait(worker) && error == 0)
		error = timeout < 0 ?
		    pthread_cond_wait(&worker->sent, &worker->lock) :
		    pthread_cond_timedwait(&worker->sent, &worker->lock,
			&until);
	message = queue_take(&worker->messages);
	pthread_mutex_unlock(&worker->lock);
	return message;
}

/* wake() runs without the lock: it may call worker_take(). */
void
worker_reply(struct worker *worker, struct message *message)
{
	bool is_first;

	pthread_mutex_lock(&worker->lock);
	is_first = queue_add(&worker->replies, message);
	pthread_cond_signal(&worker->replied);
	pthread_mutex_unlock(&worker->lock);
	if (is_first && worker->wake != NULL)
		worker->wake(worker->wake_state);
}

bool
worker_is_closed(struct worker *worker)
{
	bool is_closed;

	pthread_mutex_lock(&worker->lock);
	is_closed = worker->is_closed && worker->messages.first == NULL;
	pthread_mutex_unlock(&worker->lock);
	return is_closed;
}
