/* SPDX-License-Identifier: MIT */
#ifndef BASE_SIGNAME_H
#define BASE_SIGNAME_H

/* Signals by name, as kill(1) takes them. */

#include <stdbool.h>

/* The number of "USR1", "SIGUSR1" or "10"; 0 where it is none that can be
 * handled. */
int signame_read(const char *name);

/* Whether a handler can be set for it: not SIGKILL and SIGSTOP, nor those that
 * the C library keeps to itself. */
bool signame_is_handled(int number);

#endif
