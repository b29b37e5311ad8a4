/* SPDX-License-Identifier: MIT */
#ifndef CMD_DB_LIST_H
#define CMD_DB_LIST_H

/*
 * `tallyman db list`: the days of the store, or the inputs they were read from.
 * Parses its own command line, argv[0] being the subcommand, and returns the
 * exit status: 0; 1 where there is nothing to list; 2 after saying what went
 * wrong.
 */

#include "base/opt.h"

extern const struct opt_command db_list_command;

int db_list_run(int argc, char **argv);

#endif
