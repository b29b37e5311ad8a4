/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/opt.h"

#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/duration.h"
#include "base/msg.h"
#include "base/slice.h"
#include "base/suggest.h"

static const char *const colors[] = { "auto", "always", "never", NULL };

static const struct opt common[] = {
	{ 'h', "help", NULL, "show this; --help shows the manual", NULL, 0,
	    NULL },
	{ 0, "version", NULL, "show the version, libraries too", NULL, 0,
	    NULL },
	{ 'q', "quiet", NULL, "say only what went wrong", opt_flag,
	    offsetof(struct opt_common, quiet), NULL },
	{ 0, "verbose", NULL, "say more", opt_flag,
	    offsetof(struct opt_common, verbose), NULL },
	{ 0, "color", "WHEN", "auto, always or never", opt_choice,
	    offsetof(struct opt_common, color), colors },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

/* What getopt_long returns for long options without a letter, and for the
 * few that opt handles itself. */
enum { OPT_FIRST_LONG = 256, OPT_DUMP = 1000, OPT_HELP, OPT_VERSION };

/* A command's rows and the common ones, as one array for getopt_long. */
struct parser {
	const struct opt_command *command;
	const struct opt **rows;
	size_t *ats; /* of each row: what its offset counts from */
	struct option *longs;
	char *shorts;
	size_t count;
};

int
opt_flag(const struct opt *opt, const char *argument, void *place,
    struct err *err)
{
	bool *flag = place;

	(void)opt;
	(void)argument;
	(void)err;
	*flag = true;
	return 0;
}

int
opt_string(const struct opt *opt, const char *argument, void *place,
    struct err *err)
{
	const char **string = place;

	(void)opt;
	(void)err;
	*string = argument;
	return 0;
}

int
opt_list(const struct opt *opt, const char *argument, void *place,
    struct err *err)
{
	struct opt_list *list = place;

	(void)opt;
	(void)err;
	xgrow(&list->items, &list->room, list->count + 1,
	    sizeof(list->items[0]));
	list->items[list->count++] = argument;
	return 0;
}

void
opt_list_release(struct opt_list *list)
{
	free(list->items);
	*list = (struct opt_list){ 0 };
}

int
opt_number(const struct opt *opt, const char *argument, void *place,
    struct err *err)
{
	uint64_t *number = place;

	if (slice_number(slice_str(argument), number) != 0)
		return err_set(err, "--%s: '%s' is not a whole number",
		    opt->name, argument);
	return 0;
}

int
opt_size(const struct opt *opt, const char *argument, void *place,
    struct err *err)
{
	static const char units[] = "KMGT";
	uint64_t *size = place;
	uint64_t value;
	struct slice text = slice_str(argument);
	size_t digits = slice_digits(text);
	const char *unit;
	unsigned shift = 0;

	if (text.len == digits + 1) {
		unit = strchr(units, argument[digits]);
		if (unit == NULL || *unit == '\0')
			goto bad;
		shift = 10 * (unsigned)(unit - units + 1);
	} else if (text.len != digits) {
		goto bad;
	}
	if (slice_number(slice_head(text, digits), &value) != 0 ||
	    value > UINT64_MAX >> shift)
		goto bad;
	*size = value << shift;
	return 0;
bad:
	return err_set(err,
	    "--%s: '%s' is not a size; write 4096, 64K, 16M "
	    "or 2G",
	    opt->name, argument);
}

int
opt_duration(const struct opt *opt, const char *argument, void *place,
    struct err *err)
{
	int64_t *duration = place;

	if (!duration_read(slice_str(argument), duration))
		return err_set(err,
		    "--%s: '%s' is no duration; write 90s, 26h or 1h30m",
		    opt->name, argument);
	return 0;
}

int
opt_percent(const struct opt *opt, const char *argument, void *place,
    struct err *err)
{
	double *percent = place;
	char *end;

	if (ascii_is_digit(argument[0]) && argument[1] != 'x' &&
	    argument[1] != 'X') {
		*percent = strtod(argument, &end);
		if (end[0] == '%')
			end++;
		if (end[0] == '\0' && isfinite(*percent))
			return 0;
	}
	return err_set(err, "--%s: '%s' is no percentage; write 50%%",
	    opt->name, argument);
}

int
opt_choice(const struct opt *opt, const char *argument, void *place,
    struct err *err)
{
	int *choice = place;
	struct suggest suggest;
	struct err list = { "" };

	suggest_init(&suggest, argument);
	for (int i = 0; opt->choices[i] != NULL; i++) {
		if (strcmp(argument, opt->choices[i]) == 0) {
			*choice = i;
			return 0;
		}
		suggest_offer(&suggest, opt->choices[i]);
		err_set(&list, "%s%s%s", list.text, i == 0 ? "" : ", ",
		    opt->choices[i]);
	}
	if (suggest_nearest(&suggest) != NULL)
		return err_set(err, "--%s: no '%s'; did you mean %s?",
		    opt->name, argument, suggest_nearest(&suggest));
	return err_set(err, "--%s: no '%s'; one of %s", opt->name, argument,
	    list.text);
}

/* The n-th table of a command: its own, those it shares, the common one; NULL
 * behind them. *at is what its offsets count from. */
static const struct opt *
table_at(const struct opt_command *command, size_t n, size_t *at)
{
	static const struct opt none[] = { { 0 } };
	const struct opt *const tables[] = { command->options, command->shared,
		command->also, common };
	const size_t ats[] = { 0, command->shared_at, command->also_at, 0 };

	if (n >= sizeof(tables) / sizeof(tables[0]))
		return NULL;
	*at = ats[n];
	return tables[n] == NULL ? none : tables[n];
}

/* Calls each() for every row of a command, in order. */
static void
each_row(const struct opt_command *command,
    void (*each)(void *context, const struct opt *opt, size_t at),
    void *context)
{
	const struct opt *rows;
	size_t at;

	for (size_t n = 0; (rows = table_at(command, n, &at)) != NULL; n++)
		for (; rows->name != NULL; rows++)
			each(context, rows, at);
}

static void
count_row(void *context, const struct opt *opt, size_t at)
{
	size_t *n = context;

	(void)opt;
	(void)at;
	++*n;
}

static void
add_row(void *context, const struct opt *opt, size_t at)
{
	struct parser *parser = context;
	size_t n = parser->count++;
	char *letter = parser->shorts + strlen(parser->shorts);

	parser->rows[n] = opt;
	parser->ats[n] = at;
	parser->longs[n] = (struct option){
		.name = opt->name,
		.has_arg = opt->arg == NULL ? no_argument :
		    opt->arg[0] == '['      ? optional_argument :
					      required_argument,
		.val = OPT_FIRST_LONG + (int)n,
	};
	if (strcmp(opt->name, "help") == 0)
		parser->longs[n].val = OPT_HELP;
	if (strcmp(opt->name, "version") == 0)
		parser->longs[n].val = OPT_VERSION;
	if (opt->letter != 0) {
		*letter++ = opt->letter;
		if (opt->arg != NULL)
			*letter++ = ':';
		if (opt->arg != NULL && opt->arg[0] == '[')
			*letter++ = ':';
		*letter = '\0';
	}
}

static void
parser_init(struct parser *parser, const struct opt_command *command)
{
	size_t n = 0;

	*parser = (struct parser){ .command = command };
	each_row(command, count_row, &n);
	parser->rows = xcalloc(n, sizeof(parser->rows[0]));
	parser->ats = xcalloc(n, sizeof(parser->ats[0]));
	parser->longs = xcalloc(n + 2, sizeof(parser->longs[0]));
	parser->shorts = xcalloc(3 * n + 3, 1);
	/* getopt: '+' stop at the first operand, ':' report missing arguments
	 */
	memcpy(parser->shorts, command->runs_program ? "+:" : ":",
	    command->runs_program ? 2 : 1);
	each_row(command, add_row, parser);
	parser->longs[parser->count] = (struct option){ .name = "dump-options",
		.val = OPT_DUMP };
}

static void
parser_release(struct parser *parser)
{
	free(parser->rows);
	free(parser->ats);
	free(parser->longs);
	free(parser->shorts);
}

/* The place of a row in the parser's arrays; parser->count for none. */
static size_t
find_row(const struct parser *parser, int value)
{
	size_t n = 0;

	if (value >= OPT_FIRST_LONG)
		return (size_t)(value - OPT_FIRST_LONG);
	while (n < parser->count && parser->rows[n]->letter != value)
		n++;
	return n;
}

/* The full names that `name` is short for, when it is for several. */
static bool
is_ambiguous(const struct parser *parser, const char *name, struct err *list)
{
	size_t count = 0;

	*list = (struct err){ "" };
	for (size_t i = 0; i < parser->count; i++)
		if (strncmp(parser->rows[i]->name, name, strlen(name)) == 0)
			err_set(list, "%s%s--%s", list->text,
			    count++ == 0 ? "" : " or ", parser->rows[i]->name);
	return count > 1;
}

static int
unknown_name(const struct parser *parser, const char *name, struct err *err)
{
	struct suggest suggest;
	struct err list;

	if (is_ambiguous(parser, name, &list))
		return err_set(err, "--%s is short for %s", name, list.text);
	suggest_init(&suggest, name);
	for (size_t i = 0; i < parser->count; i++)
		suggest_offer(&suggest, parser->rows[i]->name);
	if (suggest_nearest(&suggest) != NULL)
		return err_set(err, "unknown option --%s; did you mean --%s?",
		    name, suggest_nearest(&suggest));
	return err_set(err, "unknown option --%s; -h lists them", name);
}

/*
 * Why getopt_long() gave '?'. It leaves the letter in optopt; or, where a long
 * option got an argument that it does not take, its number; or, where it does
 * not know the long option, 0, which is then the word before optind.
 */
static int
unknown(const struct parser *parser, char *const *argv, struct err *err)
{
	const char *word = argv[optind - 1];
	char *name;
	int status;

	if (optopt != 0 && optopt < OPT_FIRST_LONG)
		return err_set(err, "unknown option -%c; -h lists them",
		    optopt);
	name = xmemdup(word + 2, strcspn(word + 2, "="));
	if (optopt != 0)
		status = err_set(err, "--%s takes no argument", name);
	else
		status = unknown_name(parser, name, err);
	free(name);
	return status;
}

static int
argument_missing(const struct parser *parser, struct err *err)
{
	if (optopt < OPT_FIRST_LONG)
		return err_set(err, "-%c needs an argument", optopt);
	return err_set(err, "--%s needs an argument",
	    parser->rows[find_row(parser, optopt)]->name);
}

static void
print_row(void *context, const struct opt *opt, size_t at)
{
	char left[64];

	(void)context;
	(void)at;
	(void)snprintf(left, sizeof(left), "%c%c%s--%s%s%s",
	    opt->letter == 0 ? ' ' : '-', opt->letter == 0 ? ' ' : opt->letter,
	    opt->letter == 0 ? "  " : ", ", opt->name,
	    opt->arg == NULL || opt->arg[0] == '[' ? "" : " ",
	    opt->arg == NULL ? "" : opt->arg);
	printf("  %-28s %s\n", left, opt->help);
}

/* Data that was asked for goes to standard output, and a full disk there is
 * told like any other. */
static _Noreturn void
finish_output(void)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		msg_die("standard output: cannot write");
	exit(0);
}

/* What a subcommand is called behind its command: "run" of "fetch run". */
static const char *
last_word(const char *name)
{
	const char *blank = strrchr(name, ' ');

	return blank == NULL ? name : blank + 1;
}

static void
print_subcommands(const struct opt_command *const *subcommands)
{
	if (subcommands == NULL)
		return;
	printf("\ncommands:\n");
	for (; *subcommands != NULL; subcommands++)
		printf("  %-8s  %s\n", last_word((*subcommands)->name),
		    (*subcommands)->summary);
}

static _Noreturn void
print_help(const struct opt_command *command)
{
	const char *space = command->name[0] == '\0' ? "" : " ";

	printf("usage: tallyman%s%s %s\n%s\n\n", space, command->name,
	    command->usage, command->summary);
	each_row(command, print_row, NULL);
	if (command->examples != NULL)
		printf("\nexamples:\n%s", command->examples);
	print_subcommands(command->subcommands);
	finish_output();
}

static _Noreturn void
print_version(const struct opt_command *command)
{
	char *libraries = command->libraries == NULL ? NULL :
						       command->libraries();

	printf("tallyman %s\n", PACKAGE_VERSION);
	if (libraries != NULL)
		printf("%s\n", libraries);
	free(libraries);
	finish_output();
}

static void
dump_row(void *context, const struct opt *opt, size_t at)
{
	(void)context;
	(void)at;
	printf("%c\t%s\t%s\t%s\t", opt->letter == 0 ? '-' : opt->letter,
	    opt->name, opt->arg == NULL ? "-" : opt->arg, opt->help);
	for (int i = 0; opt->choices != NULL && opt->choices[i] != NULL; i++)
		printf("%s%s", i == 0 ? "" : ",", opt->choices[i]);
	printf("%s\n", opt->choices == NULL ? "-" : "");
}

static bool
has_row(const struct opt_command *command, const char *name)
{
	const struct opt *rows;
	size_t at;

	for (size_t n = 0; (rows = table_at(command, n, &at)) != NULL; n++)
		for (; rows->name != NULL; rows++)
			if (strcmp(rows->name, name) == 0)
				return true;
	return false;
}

/* Dumps a row of subcommand n, unless a table before had one of that name. */
static void
dump_new_row(const struct opt_command *command, size_t n, const struct opt *opt)
{
	if (has_row(command, opt->name))
		return;
	for (size_t i = 0; i < n; i++)
		if (has_row(command->subcommands[i], opt->name))
			return;
	dump_row(NULL, opt, 0);
}

static void
dump_subcommands(const struct opt_command *command)
{
	const struct opt *rows;
	size_t at;

	for (size_t i = 0; command->subcommands[i] != NULL; i++)
		for (size_t n = 0;
		     (rows = table_at(command->subcommands[i], n, &at)) != NULL;
		     n++)
			for (; rows->name != NULL; rows++)
				dump_new_row(command, i, rows);
}

static _Noreturn void
dump_options(const struct opt_command *command)
{
	printf("command\t%s\t%s\n",
	    command->name[0] == '\0' ? "tallyman" : command->name,
	    command->summary);
	for (size_t i = 0;
	     command->subcommands != NULL && command->subcommands[i] != NULL;
	     i++)
		printf("subcommand\t%s\t%s\n",
		    last_word(command->subcommands[i]->name),
		    command->subcommands[i]->summary);
	each_row(command, dump_row, NULL);
	if (command->subcommands != NULL)
		dump_subcommands(command);
	finish_output();
}

/* The folder of the running program, or "" where that cannot be told. */
static char *
own_folder(void)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self));
	const char *slash = memrchr(self, '/', len < 0 ? 0 : (size_t)len);

	return xmemdup(self, slash == NULL ? 0 : (size_t)(slash - self));
}

/* The file of a manual page: beside the program or above it, where it was
 * built, else where it was installed; NULL when it is nowhere. */
static char *
find_page(const char *name)
{
	char *folder = own_folder();
	char *places[] = {
		xasprintf("%s/man/%s.1", folder, name),
		xasprintf("%s/../man/%s.1", folder, name),
		xasprintf(MANDIR "/man1/%s.1", name),
		xasprintf(MANDIR "/man1/%s.1.gz", name),
	};
	char *found = NULL;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (found == NULL && access(places[i], R_OK) == 0)
			found = places[i];
		else
			free(places[i]);
	}
	free(folder);
	return found;
}

/* Runs man(1), so that the pager and the width are the user's own. A
 * subcommand's page is its command's. */
_Noreturn void
opt_manual(const struct opt_command *command)
{
	char *name = xasprintf("tallyman%s%.*s",
	    command->name[0] == '\0' ? "" : "-",
	    (int)strcspn(command->name, " "), command->name);
	char *page = find_page(name);

	(void)fflush(stdout);
	if (page != NULL) {
		execlp("man", "man", page, (char *)NULL);
		execlp("mandoc", "mandoc", "-a", page, (char *)NULL);
	}
	msg_note("%s; here is the short help",
	    page == NULL ? "the manual is not installed" :
			   "man(1) is not installed");
	free(name);
	free(page);
	print_help(command);
}

/* The options that opt answers itself; returns for all others. */
static void
answer(const struct opt_command *command, int value)
{
	switch (value) {
	case OPT_DUMP:
		dump_options(command);
	case OPT_VERSION:
		print_version(command);
	case OPT_HELP:
		opt_manual(command);
	case 'h':
		print_help(command);
	default:
		return;
	}
}

static int
take_options(const struct parser *parser, int argc, char **argv, void *into,
    struct err *err)
{
	int value;

	opterr = 0;
	optind = 0; /* glibc: start anew */
	while ((value = getopt_long(argc, argv, parser->shorts, parser->longs,
		    NULL)) != -1) {
		const struct opt *opt;
		size_t row;

		if (value == '?')
			return unknown(parser, argv, err);
		if (value == ':')
			return argument_missing(parser, err);
		answer(parser->command, value);
		row = find_row(parser, value);
		opt = parser->rows[row];
		if (opt->store(opt, optarg,
			(char *)into + parser->ats[row] + opt->offset,
			err) != 0)
			return -1;
	}
	return optind;
}

int
opt_parse(const struct opt_command *command, int argc, char **argv, void *into,
    struct err *err)
{
	const struct opt_common *got = into;
	struct parser parser;
	int first;

	parser_init(&parser, command);
	first = take_options(&parser, argc, argv, into, err);
	parser_release(&parser);
	if (first < 0)
		return -1;
	if (got->quiet)
		msg_level(MSG_QUIET);
	else if (got->verbose)
		msg_level(MSG_VERBOSE);
	return first;
}

bool
opt_use_color(const struct opt_common *got, int fd)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (got->color != COLOR_AUTO)
		return got->color == COLOR_ALWAYS;
	return isatty(fd) && (no_color == NULL || no_color[0] == '\0') &&
	    term != NULL && strcmp(term, "dumb") != 0;
}
