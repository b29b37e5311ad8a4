/* SPDX-License-Identifier: MIT */
/*
 * `tallyman db list|export|forget|check`: the days that `tallyman scan --store`
 * keeps.
 */
#include "config.h"

#include "base/opt.h"
#include "cmd/common.h"
#include "cmd/db_check.h"
#include "cmd/db_days.h"
#include "cmd/db_list.h"
#include "cmd/subcommand.h"
#include "cmd/version.h"

static const struct subcommand subcommands[] = {
	{ "list", db_list_run },
	{ "export", db_days_export },
	{ "forget", db_days_forget },
	{ "check", db_check_run },
};

enum { SUBCOMMANDS = sizeof(subcommands) / sizeof(subcommands[0]) };

static const struct opt_command *const described[] = {
	&db_list_command,
	&db_days_export_command,
	&db_days_forget_command,
	&db_check_command,
	NULL,
};

static const char examples[] =
    "  tallyman db list                          the days that are kept\n"
    "  tallyman db export yesterday              one as a tally\n"
    "  tallyman db forget --keep 90d             all but the last 90 days\n";

static const struct opt no_options[] = {
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

static const struct opt_command command = {
	.name = "db",
	.summary = "Lists, exports and forgets the days that scan --store "
		   "keeps.",
	.usage = "COMMAND [OPTION]... [DAY|DAY..DAY]",
	.examples = examples,
	.options = no_options,
	.subcommands = described,
	.libraries = version_libraries,
};

int
main(int argc, char **argv)
{
	command_init("tallyman db");
	return subcommand_main(&command, subcommands, SUBCOMMANDS, NULL, argc,
	    argv);
}
