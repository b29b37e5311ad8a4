/* SPDX-License-Identifier: MIT */
/*
 * `tallyman COMMAND` runs the program tallyman-COMMAND: from the folder that
 * TALLYMAN_EXEC_PATH names, else from the one this program lies in, else from
 * where the programs were installed. Options before COMMAND are handed on.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/output.h"
#include "base/suggest.h"
#include "cmd/common.h"

/* What `tallyman` itself tells of its commands; others are run too. */
static const struct {
	const char *name;
	const char *summary;
} commands[] = {
	{ "scan", "count the datastore operations of each line of code" },
	{ "diff", "which line of code issues more of them than before" },
	{ "why", "why there is more of one operation, in one command" },
	{ "annotate", "a source file with its counts in the margin" },
	{ "db", "list, export and forget the days that scan --store keeps" },
	{ "record", "count the operations of each line of a running program" },
	{ "fetch", "collect what a rate-limited API knows, for cron" },
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static const char examples[] =
    "  tallyman scan production.log              where the writes come from\n"
    "  tallyman diff monday.log tuesday.log      which line rose, the worst "
    "first\n"
    "  tallyman help scan                        the manual of a command\n";

static const struct opt no_options[] = {
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

/* Examples and commands, whole lines. */
static char *
overview(void)
{
	struct buf text = { 0 };
	char *string;

	buf_add_str(&text, examples);
	buf_add_str(&text, "\ncommands:\n");
	for (size_t i = 0; i < COMMANDS; i++)
		buf_add_format(&text, "  %-8s  %s\n", commands[i].name,
		    commands[i].summary);
	string = xmemdup(text.ptr, text.len);
	buf_release(&text);
	return string;
}

/* Tries to become the program in a folder; returns when it is not there. */
static void
run_from(const char *folder, char **argv)
{
	char *path = xasprintf("%s/%s", folder, argv[0]);

	execv(path, argv);
	if (errno != ENOENT && errno != ENOTDIR)
		msg_die("%s: %s", path, strerror(errno));
	free(path);
}

static void
run_from_own_folder(char **argv)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (len < 0)
		return;
	self[len] = '\0';
	slash = strrchr(self, '/');
	if (slash == NULL)
		return;
	*slash = '\0';
	run_from(self, argv);
}

static _Noreturn void
no_such_command(const char *name)
{
	struct suggest suggest;

	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(name, commands[i].name) == 0)
			msg_die("%s: tallyman-%s is not installed", name, name);
	suggest_init(&suggest, name);
	for (size_t i = 0; i < COMMANDS; i++)
		suggest_offer(&suggest, commands[i].name);
	if (suggest_nearest(&suggest) != NULL)
		msg_die("no command '%s'; did you mean %s?", name,
		    suggest_nearest(&suggest));
	msg_die("no command '%s'; tallyman -h lists them", name);
}

/* Becomes tallyman-NAME; argv[0] is replaced by the program's name. */
static _Noreturn void
run(const char *name, char **argv)
{
	const char *folder = getenv("TALLYMAN_EXEC_PATH");

	if (name[0] == '\0' || strchr(name, '/') != NULL)
		no_such_command(name);
	argv[0] = xasprintf("tallyman-%s", name);
	if (folder != NULL && folder[0] != '\0')
		run_from(folder, argv);
	run_from_own_folder(argv);
	run_from(PKGLIBEXECDIR, argv);
	no_such_command(name);
}

/* `tallyman help [COMMAND]` shows a manual page. */
static _Noreturn void
help(const struct opt_command *self, const char *name)
{
	char option[] = "--help";
	char *argv[] = { NULL, option, NULL };

	if (name != NULL)
		run(name, argv);
	opt_manual(self);
}

/* Where the command's name stands: the first word that is no option. */
static int
find_command(int argc, char **argv)
{
	int i = 1;

	while (i < argc && argv[i][0] == '-')
		i++;
	return i;
}

int
main(int argc, char **argv)
{
	struct opt_command self = {
		.name = "",
		.summary = "Counts which line of code issued which datastore "
			   "operations.",
		.usage = "COMMAND [ARGUMENT]...",
		.options = no_options,
	};
	struct opt_common common = { 0 };
	char *text;
	struct err err;
	struct output *output;
	int at;

	/* Not command_init() yet: a program inherits signals and descriptors as
	 * they are, so that `tallyman record` can hand them on. */
	msg_init("tallyman");
	text = overview();
	self.examples = text;
	at = find_command(argc, argv);
	if (at < argc && strcmp(argv[at], "help") == 0)
		help(&self, argv[at + 1]);
	if (at < argc) {
		const char *name = argv[at];

		memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof(*argv));
		run(name, argv + 1);
	}
	command_init("tallyman");
	if (opt_parse(&self, argc, argv, &common, &err) < 0)
		msg_die("%s", err.text);
	output = output_open(NULL, &err);
	if (output == NULL)
		msg_die("%s", err.text);
	output_str(output, text);
	if (output_commit(output, &err) != 0)
		msg_die("%s", err.text);
	free(text);
	return 0;
}
