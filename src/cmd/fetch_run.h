/* SPDX-License-Identifier: MIT */
#ifndef CMD_FETCH_RUN_H
#define CMD_FETCH_RUN_H

/*
 * `tallyman fetch run JOB` and `tallyman fetch retry JOB`. Both parse their
 * own command line, argv[0] being the subcommand, and return the exit status:
 * 0, 1, 75, or 2 after saying what went wrong.
 */

#include "base/opt.h"

extern const struct opt_command fetch_run_command;
extern const struct opt_command fetch_retry_command;

int fetch_run(int argc, char **argv);
int fetch_retry(int argc, char **argv);

#endif
