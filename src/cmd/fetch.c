/* SPDX-License-Identifier: MIT */
/*
 * `tallyman fetch run|status|get|export|retry|forget JOB`: collects what a
 * rate-limited API says of many ids, and keeps it.
 */
#include "config.h"

#include "base/msg.h"
#include "base/opt.h"
#include "cmd/common.h"
#include "cmd/fetch_give.h"
#include "cmd/fetch_run.h"
#include "cmd/fetch_show.h"
#include "cmd/fetch_version.h"
#include "cmd/subcommand.h"

static const struct subcommand subcommands[] = {
	{ "run", fetch_run },
	{ "status", fetch_status },
	{ "get", fetch_get },
	{ "export", fetch_export },
	{ "retry", fetch_retry },
	{ "forget", fetch_forget },
};

enum { SUBCOMMANDS = sizeof(subcommands) / sizeof(subcommands[0]) };

static const struct opt_command *const described[] = {
	&fetch_run_command,
	&fetch_status_command,
	&fetch_get_command,
	&fetch_export_command,
	&fetch_retry_command,
	&fetch_forget_command,
	NULL,
};

static const char examples[] =
    "  tallyman fetch run --dry-run ./video-stats.json   what it would ask\n"
    "  tallyman fetch run video-stats                    fetch what is due\n"
    "  tallyman fetch export video-stats                 all answers\n";

static const struct opt no_options[] = {
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

static const struct opt_command command = {
	.name = "fetch",
	.summary = "Collects from rate-limited APIs, on a schedule that cron "
		   "keeps.",
	.usage = "COMMAND [OPTION]... JOB",
	.examples = examples,
	.options = no_options,
	.subcommands = described,
	.libraries = fetch_version_libraries,
};

/* A job's name alone, most likely. */
static void
explain(const char *name)
{
	msg_die("no command '%s'; to fetch a job: tallyman fetch run %s", name,
	    name);
}

int
main(int argc, char **argv)
{
	command_init("tallyman fetch");
	return subcommand_main(&command, subcommands, SUBCOMMANDS, explain,
	    argc, argv);
}
