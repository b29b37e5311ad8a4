/* SPDX-License-Identifier: MIT */
#ifndef FETCH_HOOK_H
#define FETCH_HOOK_H

/*
 * The command that a job names to be run when a run has ended (command.h). It
 * gets the summary on standard input, and TALLYMAN_JOB and TALLYMAN_STATUS (the
 * exit status) in its environment; what it prints goes to our standard error.
 */

#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

/*
 * Runs the command, NULL at the end, for at most timeout nanoseconds. Returns
 * 0 when its exit status was 0, else -1 with err set: "hook NAME: why".
 */
int hook_run(const char *const *command, const char *job, int exit_status,
    struct slice summary, int64_t timeout, struct err *err) CHECKED;

#endif
