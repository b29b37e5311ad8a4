/* SPDX-License-Identifier: MIT */
#ifndef CMD_DB_CHECK_H
#define CMD_DB_CHECK_H

/*
 * `tallyman db check`: whether the store is whole. Parses its own command line,
 * argv[0] being the subcommand, and returns the exit status: 0; 1 where
 * something is damaged; 2 after saying what went wrong.
 */

#include "base/opt.h"

extern const struct opt_command db_check_command;

int db_check_run(int argc, char **argv);

#endif
