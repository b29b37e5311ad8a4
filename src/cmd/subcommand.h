/* SPDX-License-Identifier: MIT */
#ifndef CMD_SUBCOMMAND_H
#define CMD_SUBCOMMAND_H

/*
 * Programs that have commands of their own: `tallyman fetch run`.
 */

#include <stddef.h>

#include "base/opt.h"

/* One of them parses its own command line, argv[0] being its name, and returns
 * the exit status. */
struct subcommand {
	const char *name;
	int (*run)(int argc, char **argv);
};

/*
 * The rest of main(): runs the subcommand that the command line names; options
 * before the name are handed on to it. Without a name the program's own options
 * are obeyed, or its help is shown. An unknown name ends the program: the
 * nearest one is told, else, by explain(name), what might be meant (NULL: how
 * to list them). Returns the exit status.
 */
int subcommand_main(const struct opt_command *command,
    const struct subcommand *subcommands, size_t count,
    void (*explain)(const char *name), int argc, char **argv);

#endif
