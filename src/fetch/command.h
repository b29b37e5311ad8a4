/* SPDX-License-Identifier: MIT */
#ifndef FETCH_COMMAND_H
#define FETCH_COMMAND_H

/*
 * Runs a command of a job (its hook, what prints its token): no shell, our
 * environment (in which secrets are unset), no descriptors but the standard
 * ones, a process group of its own.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/*
 * argv ends with NULL; argv[0] is looked for in PATH. It reads input on its
 * standard input. environment has "NAME=VALUE" strings to be added, NULL at
 * the end, or is NULL. Its standard output is added to output, at most max
 * bytes; where output is NULL it goes to our standard error. After timeout
 * nanoseconds its process group is killed. Returns 0 when it exited with 0,
 * else -1 with err set ("exit status 3", "killed by signal 9", "no answer
 * within 30s", "prints more than 64 KiB"). Blocks.
 */
int command_run(const char *const *argv, struct slice input,
    const char *const *environment, int64_t timeout, size_t max,
    struct buf *output, struct err *err) CHECKED;

#endif
