/* SPDX-License-Identifier: MIT */
#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

/*
 * Starts a program beside us: no shell, no descriptors but its standard ones, a
 * process group of its own, no signal blocked or ignored.
 */

#include <sys/types.h>

#include "base/err.h"

/*
 * argv ends with NULL; argv[0] is looked for in PATH. environment has
 * "NAME=VALUE" strings, NULL at the end. standard are what it has as standard
 * input, output and error. Returns 0 with *pid, which is to be waited for, or
 * the number of an error (ENOENT: there is no such program).
 */
int spawn_program(pid_t *pid, const char *const *argv,
    const char *const *environment, const int standard[3]) CHECKED;

/* To be called before it is waited for, when its number may become another's.
 */
void spawn_forget(pid_t pid);

/* Kills the groups of all that were started and not forgotten, so that nothing
 * outlives us; for handlers of signals. */
void spawn_kill_all(void);

#endif
