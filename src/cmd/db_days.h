/* SPDX-License-Identifier: MIT */
#ifndef CMD_DB_DAYS_H
#define CMD_DB_DAYS_H

/*
 * `tallyman db export DAY` and `tallyman db forget DAY`, where DAY may be
 * DAY..DAY. They parse their own command lines, argv[0] being the subcommand,
 * and return the exit status: 0; 1 where there is no such day; 75 where another
 * process writes; 2 after saying what went wrong.
 */

#include "base/opt.h"

extern const struct opt_command db_days_export_command;
extern const struct opt_command db_days_forget_command;

int db_days_export(int argc, char **argv);
int db_days_forget(int argc, char **argv);

#endif
