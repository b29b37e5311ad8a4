/* SPDX-License-Identifier: MIT */
#ifndef BASE_WORKER_H
#define BASE_WORKER_H

/*
 * One thread that is sent messages and sends messages back: what blocks (a
 * disk) is kept away from a loop that must not. Two threads know a worker: its
 * owner, who made it, and the worker's own. A message belongs to whoever got
 * it last; it is a struct of the user's that begins with struct message.
 *
 *	owner   worker_send  ->  worker_receive   thread
 *	owner   worker_take  <-  worker_reply     thread
 *
 * Messages arrive in the order in which they were sent. Nothing is copied and
 * nothing is allocated for them. There is no bound: who sends counts what is
 * on its way (a reply for each message, say).
 */

#include <stdbool.h>
#include <stdint.h>

struct worker;

struct message {
	struct message *next; /* the worker's while it is on its way */
};

/*
 * Starts a thread that runs work(worker, state) and ends when that returns,
 * which it should when worker_receive() gives NULL and worker_is_closed() is
 * true. wake(wake_state), when not NULL, is called in the thread after a reply
 * was put where none was waiting, to wake the owner's loop. The thread takes no
 * signals, so that they interrupt the owner. NULL with errno set where no
 * thread is to be had.
 */
struct worker *worker_new(void (*work)(struct worker *worker, void *state),
    void *state, void (*wake)(void *wake_state), void *wake_state);

/* Tells the thread that nothing more comes, waits until it has ended, and
 * frees the worker. All replies must have been taken, or are lost (not
 * freed). NULL is allowed. */
void worker_free(struct worker *worker);

/* The owner's side. worker_take() gives the next reply or NULL at once. */
void worker_send(struct worker *worker, struct message *message);
struct message *worker_take(struct worker *worker);

/* The owner waits until a reply is there or the thread has ended, then
 * worker_take(). For the end of a run; a loop is woken instead. */
struct message *worker_wait(struct worker *worker);

/* The thread's side. Waits for the next message at most timeout nanoseconds
 * (negative: for as long as it takes); NULL when none came or none comes any
 * more. */
struct message *worker_receive(struct worker *worker, int64_t timeout);
void worker_reply(struct worker *worker, struct message *message);

/* Whether worker_free() was called and all messages were received. */
bool worker_is_closed(struct worker *worker);

#endif
