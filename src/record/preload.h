/* SPDX-License-Identifier: MIT */
#ifndef RECORD_PRELOAD_H
#define RECORD_PRELOAD_H

/*
 * The preload, record.so, which `tallyman record` has the dynamic linker put
 * into a program and all that it starts, shells too. So as little as can be
 * happens at the start: the environment is read, and standard error's
 * descriptor copied. The recorder is set up when something is to be counted;
 * only the signal that asks for flushes is handled at once, since it would end
 * a program that has not counted yet.
 */

#include <stdbool.h>

/* Reads the environment, if that is not done yet. The preload's constructor
 * does it; but those of other libraries may call a client library earlier. */
void preload_init(void);

/* The calling thread may count (record/recorder.h); sets that up at first.
 */
bool preload_ready(void);

#endif
