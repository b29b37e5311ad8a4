/* SPDX-License-Identifier: MIT */
#ifndef CMD_FETCH_GIVE_H
#define CMD_FETCH_GIVE_H

/*
 * What gives and takes away answers: `tallyman fetch get JOB ID`, `export JOB`
 * and `forget JOB ID...`. They parse their own command lines, argv[0] being the
 * subcommand, and return the exit status; 2 after saying what went wrong.
 */

#include "base/opt.h"

extern const struct opt_command fetch_get_command;
extern const struct opt_command fetch_export_command;
extern const struct opt_command fetch_forget_command;

int fetch_get(int argc, char **argv);
int fetch_export(int argc, char **argv);
int fetch_forget(int argc, char **argv);

#endif
