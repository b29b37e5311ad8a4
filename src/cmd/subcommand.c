/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/subcommand.h"

#include <string.h>

#include "base/msg.h"
#include "base/suggest.h"

enum { TROUBLE = 2 };

static _Noreturn void
no_such(const struct opt_command *command, const struct subcommand *subcommands,
    size_t count, void (*explain)(const char *name), const char *name)
{
	struct suggest suggest;

	suggest_init(&suggest, name);
	for (size_t i = 0; i < count; i++)
		suggest_offer(&suggest, subcommands[i].name);
	if (suggest_nearest(&suggest) != NULL)
		msg_die("no command '%s'; did you mean %s?", name,
		    suggest_nearest(&suggest));
	if (explain != NULL)
		explain(name);
	msg_die("no command '%s'; tallyman %s -h lists them", name,
	    command->name);
}

int
subcommand_main(const struct opt_command *command,
    const struct subcommand *subcommands, size_t count,
    void (*explain)(const char *name), int argc, char **argv)
{
	char help[] = "-h";
	char *words[] = { argv[0], help, NULL };
	struct opt_common common = { 0 };
	struct err err;
	char *name;
	int at = 1;

	while (at < argc && argv[at][0] == '-')
		at++;
	if (at == argc) {
		if (opt_parse(command, argc, argv, &common, &err) < 0)
			msg_die("%s", err.text);
		/* Alone it shows what -h does. */
		if (opt_parse(command, 2, words, &common, &err) < 0)
			msg_die("%s", err.text);
		return TROUBLE;
	}
	name = argv[at];
	memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof(*argv));
	argv[1] = name;
	for (size_t i = 0; i < count; i++)
		if (strcmp(name, subcommands[i].name) == 0)
			return subcommands[i].run(argc - 1, argv + 1);
	no_such(command, subcommands, count, explain, name);
}
