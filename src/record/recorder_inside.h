/* SPDX-License-Identifier: MIT */
#ifndef RECORD_RECORDER_INSIDE_H
#define RECORD_RECORDER_INSIDE_H

/* What record/recorder.c lends its own parts. */

#include <stdbool.h>

/* Has the flusher flush, and end the program by a signal if that is not 0;
 * waits for that, as flusher_wake() does. False where this process has no
 * flusher, or one that hangs, or is not the one that the recorder's state
 * belongs to: a child of vfork(2). For signal handlers. */
bool recorder_wake(int ending);

/* Whether main()'s thread has ended while the process goes on: pthread_exit(3).
 */
bool recorder_is_left(void);

/* The flusher ends, as the last thread: what is counted while the process ends
 * needs another. */
void recorder_leave(void);

#endif
