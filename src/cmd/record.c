/* SPDX-License-Identifier: MIT */
/*
 * `tallyman record [-o LOG] -- PROGRAM`: becomes PROGRAM, with the preload
 * before its client libraries. All that the preload is to know goes through the
 * environment (record/wishes.h); nothing of this process is left.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/signame.h"
#include "cmd/ldpreload.h"

/* As env(1) and nohup(1) have it. */
enum { EXIT_CANNOT_RUN = 126, EXIT_NOT_FOUND = 127 };

struct record_options {
	struct opt_common common;
	const char *log;
	bool syslog;
	int64_t interval;
	const char *interval_text;
	const char *revision;
	const char *signal;
	struct opt_list skip;
	struct opt_list own;
	const char *root;
};

static int
store_interval(const struct opt *opt, const char *argument, void *place,
    struct err *err)
{
	struct record_options *options = place;

	if (opt_duration(opt, argument, &options->interval, err) != 0)
		return -1;
	options->interval_text = argument;
	return 0;
}

static int
store_signal(const struct opt *opt, const char *argument, void *place,
    struct err *err)
{
	const char **signal = place;

	if (signame_read(argument) == 0)
		return err_set(err, "--%s: '%s' is no signal to be handled",
		    opt->name, argument);
	*signal = argument;
	return 0;
}

/* Patterns reach the preload joined by colons. */
static int
store_pattern(const struct opt *opt, const char *argument, void *place,
    struct err *err)
{
	if (argument[0] == '\0' || strchr(argument, ':') != NULL)
		return err_set(err, "--%s: '%s' is empty or holds a colon",
		    opt->name, argument);
	return opt_list(opt, argument, place, err);
}

static const struct opt rows[] = {
	{ 'o', "output", "LOG", "append the counts to LOG (standard error)",
	    opt_string, offsetof(struct record_options, log), NULL },
	{ 0, "syslog", NULL, "send them to syslog, or the journal", opt_flag,
	    offsetof(struct record_options, syslog), NULL },
	{ 0, "interval", "DURATION", "flush so often (5m)", store_interval, 0,
	    NULL },
	{ 0, "signal", "SIGNAL", "flush when it comes, too", store_signal,
	    offsetof(struct record_options, signal), NULL },
	{ 0, "revision", "REV", "say that the program is of REV", opt_string,
	    offsetof(struct record_options, revision), NULL },
	{ 0, "skip", "PATTERN", "count the callers of this code instead",
	    store_pattern, offsetof(struct record_options, skip), NULL },
	{ 0, "own", "PATTERN", "never skip this code", store_pattern,
	    offsetof(struct record_options, own), NULL },
	{ 0, "root", "DIR", "write paths below DIR without it", opt_string,
	    offsetof(struct record_options, root), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

static const char examples[] =
    "  tallyman record -o app.log -- ./app --port 80    count what it asks\n"
    "  tallyman record -o app.log -- python3 app.py     by line of Python\n"
    "  tallyman scan app.log                            see the counts\n";

static const struct opt_command command = {
	.name = "record",
	.summary = "Runs a program and counts the datastore operations of each "
		   "of its lines.",
	.usage = "[-o LOG] [OPTION]... [--] PROGRAM [ARGUMENT]...",
	.examples = examples,
	.options = rows,
	.runs_program = true,
};

static void
tell(const char *name, const char *value)
{
	if (setenv(name, value, 1) != 0)
		msg_die("%s: %s", name, strerror(errno));
}

/* A program may go to another folder before its children count. */
static char *
absolute(const char *path)
{
	char *folder;
	char *whole;

	if (path[0] == '/')
		return xstrdup(path);
	folder = getcwd(NULL, 0);
	if (folder == NULL)
		msg_die("%s: the working folder: %s", path, strerror(errno));
	whole = xasprintf("%s/%s", folder, path);
	free(folder);
	return whole;
}

/* A log that can't be written is told now: later, nobody would hear it. */
static void
tell_log(const char *path)
{
	int fd = open(path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
	    0666);
	char *whole;

	if (fd < 0 && errno != ENXIO) /* a FIFO that nobody reads yet */
		msg_die("%s: %s", path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	whole = absolute(path);
	tell("TALLYMAN_LOG", whole);
	free(whole);
}

static void
tell_patterns(const char *name, const struct opt_list *patterns)
{
	struct buf joined = { 0 };

	for (size_t i = 0; i < patterns->count; i++) {
		buf_add_str(&joined, i == 0 ? "" : ":");
		buf_add_str(&joined, patterns->items[i]);
	}
	buf_add_char(&joined, '\0');
	if (patterns->count > 0)
		tell(name, joined.ptr);
	buf_release(&joined);
}

static void
tell_root(const char *path)
{
	char *whole = realpath(path, NULL);

	if (whole == NULL)
		msg_die("--root: %s: %s", path, strerror(errno));
	tell("TALLYMAN_ROOT", whole);
	free(whole);
}

/* What is not given stays as the environment has it. */
static void
tell_all(const struct record_options *options)
{
	if (options->log != NULL)
		tell_log(options->log);
	else if (options->syslog)
		tell("TALLYMAN_LOG", "syslog");
	if (options->interval_text != NULL)
		tell("TALLYMAN_INTERVAL", options->interval_text);
	if (options->signal != NULL)
		tell("TALLYMAN_SIGNAL", options->signal);
	if (options->revision != NULL)
		tell("TALLYMAN_REVISION", options->revision);
	tell_patterns("TALLYMAN_SKIP", &options->skip);
	tell_patterns("TALLYMAN_OWN", &options->own);
	if (options->root != NULL)
		tell_root(options->root);
}

static _Noreturn void
become(char **argv)
{
	(void)execvp(argv[0], argv);
	msg_error("%s: %s", argv[0], strerror(errno));
	exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN);
}

/* Not command_init(): what it sets up, signals and descriptors, PROGRAM would
 * inherit. */
int
main(int argc, char **argv)
{
	struct record_options options = { .common = { 0 } };
	struct err err;
	int first;

	msg_init("tallyman record");
	first = opt_parse(&command, argc, argv, &options, &err);
	if (first < 0)
		msg_die("%s", err.text);
	if (first == argc)
		msg_die("give a program to run");
	if (options.log != NULL && options.syslog)
		msg_die("give -o LOG or --syslog, not both");
	tell_all(&options);
	if (ldpreload_set(&err) != 0)
		msg_die("%s", err.text);
	ldpreload_warn(argv[first]);
	opt_list_release(&options.skip);
	opt_list_release(&options.own);
	become(argv + first);
}
