/* SPDX-License-Identifier: MIT */
/*
 * `tallyman fetch run|status|get|export|retry|forget JOB`: collects what a
 * rate-limited API says of many ids, and keeps it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/opt.h"
#include "base/suggest.h"
#include "cmd/common.h"
#include "cmd/fetch_give.h"
#include "cmd/fetch_run.h"
#include "cmd/fetch_show.h"
#include "cmd/fetch_version.h"

/* Each parses its own command line, argv[0] being its name, and returns the
 * exit status. */
static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} subcommands[] = {
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

static _Noreturn void
no_such_subcommand(const char *name)
{
	struct suggest suggest;

	suggest_init(&suggest, name);
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		suggest_offer(&suggest, subcommands[i].name);
	if (suggest_nearest(&suggest) != NULL)
		msg_die("no command '%s'; did you mean %s?", name,
		    suggest_nearest(&suggest));
	msg_die("no command '%s'; to fetch a job: tallyman fetch run %s", name,
	    name);
}

static int
run(const char *name, int argc, char **argv)
{
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		if (strcmp(name, subcommands[i].name) == 0)
			return subcommands[i].run(argc, argv);
	no_such_subcommand(name);
}

int
main(int argc, char **argv)
{
	char help[] = "-h";
	char *words[] = { argv[0], help, NULL };
	struct opt_common common = { 0 };
	struct err err;
	int at = 1;

	command_init("tallyman fetch");
	/* Options before the subcommand are handed on to it. */
	while (at < argc && argv[at][0] == '-')
		at++;
	if (at < argc) {
		char *name = argv[at];

		memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof(*argv));
		argv[1] = name;
		return run(name, argc - 1, argv + 1);
	}
	if (opt_parse(&command, argc, argv, &common, &err) < 0)
		msg_die("%s", err.text);
	/* Alone it shows what -h does. */
	if (opt_parse(&command, 2, words, &common, &err) < 0)
		msg_die("%s", err.text);
	return 2;
}
