/* SPDX-License-Identifier: MIT */
#ifndef CMD_FETCH_SHOW_H
#define CMD_FETCH_SHOW_H

/*
 * `tallyman fetch status [JOB]...`: how the jobs are, for people, programs and
 * monitors. Parses its own command line, argv[0] being the subcommand, and
 * returns the exit status: 0; 1 where --check finds a job that is not fine; 2
 * after saying what went wrong. Takes no lock.
 */

#include "base/opt.h"

extern const struct opt_command fetch_status_command;

int fetch_status(int argc, char **argv);

#endif
