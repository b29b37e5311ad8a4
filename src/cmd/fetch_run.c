/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/fetch_run.h"

#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/duration.h"
#include "base/folder.h"
#include "base/msg.h"
#include "base/output.h"
#include "cmd/common.h"
#include "cmd/fetch_place.h"
#include "cmd/fetch_progress.h"
#include "cmd/grid.h"
#include "fetch/hook.h"
#include "fetch/run.h"

enum { EXIT_TROUBLE = 2 };

/* How long a hook may take. */
static const int64_t hook_time = DURATION_M;

struct run_command {
	struct opt_common common;
	const char *db;
	bool dry_run;
	int64_t max_time;
	uint64_t limit;
	bool refresh;
	int64_t wait; /* for the lock; negative: for as long as it takes */
	bool json;
	bool retry_only;
};

/* --- The command line. */

static const struct opt run_options[] = {
	{ 0, "limit", "N", "fetch at most N items", opt_number,
	    offsetof(struct run_command, limit), NULL },
	{ 0, "refresh", NULL, "fetch what is fresh too", opt_flag,
	    offsetof(struct run_command, refresh), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

/* Those of run and retry. */
static const struct opt both_options[] = {
	{ 0, "dry-run", NULL, "print the first requests, and send none",
	    opt_flag, offsetof(struct run_command, dry_run), NULL },
	{ 0, "max-time", "DURATION", "end after so long: 10m, 1h30m",
	    opt_duration, offsetof(struct run_command, max_time), NULL },
	{ 0, "wait", "[=DURATION]", "wait for another run of it to end",
	    command_wait, offsetof(struct run_command, wait), NULL },
	{ 0, "json", NULL, "print the summary as JSON", opt_flag,
	    offsetof(struct run_command, json), NULL },
	{ 0, "db", "FOLDER", "where the answers are kept", opt_string,
	    offsetof(struct run_command, db), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

const struct opt_command fetch_run_command = {
	.name = "fetch run",
	.summary = "Fetch what is due of a job.",
	.usage = "[OPTION]... JOB",
	.examples = "  tallyman fetch run video-stats\n"
		    "  tallyman fetch run --dry-run ./video-stats.json\n",
	.options = run_options,
	.shared = both_options,
};

const struct opt_command fetch_retry_command = {
	.name = "fetch retry",
	.summary = "Fetch again what failed, without asking for the ids.",
	.usage = "[OPTION]... JOB",
	.examples = "  tallyman fetch retry video-stats\n",
	.options = both_options,
};

/* --- Signals. */

static volatile sig_atomic_t is_stopped;

static void
stop(int number)
{
	(void)number;
	is_stopped = 1;
}

/* From now on a signal ends the run after a clean commit, and a second one of
 * the same kind ends it at once. No SA_RESTART: a wait is to end. */
static void
catch_signals(void)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGTERM };
	struct sigaction action = { .sa_flags = SA_RESETHAND };
	struct sigaction old;

	action.sa_handler = stop;
	(void)sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (sigaction(numbers[i], NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN)
			(void)sigaction(numbers[i], &action, NULL);
}

/* --- What the run tells. */

static void
say(void *state, bool verbose, const char *text)
{
	(void)state;
	if (verbose)
		msg_detail("%s", text);
	else
		msg_note("%s", text);
}

static void
show(void *state, const struct run_progress *progress)
{
	struct buf line = { 0 };

	fetch_progress_add(state, progress, &line);
	msg_progress("%.*s", SLICE_ARG(buf_slice(&line)));
	buf_release(&line);
}

/* --- The end. */

static int
print(struct slice text, struct err *err)
{
	struct output *output = output_open(NULL, err);

	if (output == NULL)
		return -1;
	output_add(output, text);
	return output_commit(output, err);
}

/* Cron hears nothing where all is fine. */
static void
say_summary(const struct summary *summary, struct slice line)
{
	if (summary->exit_status == 1 || summary->exit_status == EXIT_TROUBLE)
		msg_error("%.*s", SLICE_ARG(line));
	else if (summary->exit_status != 0 || summary->deferred > 0 ||
	    msg_is_verbose() || isatty(STDERR_FILENO))
		msg_note("%.*s", SLICE_ARG(line));
}

/* Says how it went, and runs the hook. Returns 0, or -1 with err set. */
static int
report(const struct run_command *command, const struct job *job,
    const struct secrets *secrets, const struct summary *summary,
    struct err *err)
{
	struct buf plain = { 0 };
	struct buf text = { 0 };
	struct buf json = { 0 };
	struct err why;
	int status = 0;

	summary_add_text(summary, &plain);
	secrets_redact(secrets, buf_slice(&plain), &text);
	buf_clear(&plain);
	summary_add_json(summary, &plain);
	secrets_redact(secrets, buf_slice(&plain), &json);
	say_summary(summary, buf_slice(&text));
	if (command->json)
		status = print(buf_slice(&json), err);
	if (job->hook[0] != NULL &&
	    hook_run(job->hook, job->name, summary->exit_status,
		buf_slice(&json), hook_time, &why) != 0) {
		secrets_redact_err(secrets, &why);
		msg_error("%s: %s", job->name, why.text);
	}
	buf_release(&plain);
	buf_release(&text);
	buf_release(&json);
	return status;
}

/* --- The run. */

static int
dry_run(const struct run_options *options, struct err *err)
{
	struct buf plain = { 0 };
	struct buf text = { 0 };
	size_t count = GRID_ROWS;
	int status;

	if (options->limit > 0 && options->limit < SIZE_MAX)
		count = (size_t)options->limit;
	status = run_show(options, count, &plain, err);
	if (status == 0) {
		secrets_redact(options->secrets, buf_slice(&plain), &text);
		status = print(buf_slice(&text), err);
	}
	buf_release(&plain);
	buf_release(&text);
	return status;
}

/* What is freed is soon wanted again: given back to the system each time, it
 * would come back page by page. */
static void
keep_memory(void)
{
	(void)mallopt(M_TRIM_THRESHOLD, 32 << 20);
	(void)mallopt(M_TOP_PAD, 1 << 20);
}

/* Holds the lock while it runs, not while the hook does, which may want it. */
static int
run_locked(const struct run_command *command, struct run_options options,
    int lock, struct err *err)
{
	struct fetch_progress progress = { 0 };
	struct summary summary = { 0 };
	int status;

	keep_memory();
	catch_signals();
	options.stop = &is_stopped;
	options.say = say;
	/* Where nobody looks, what is due need not be counted. */
	options.show = isatty(STDERR_FILENO) ? show : NULL;
	options.state = &progress;
	status = run_job(&options, &summary, err);
	msg_progress("%s", "");
	(void)close(lock);
	if (status == EXIT_TROUBLE)
		msg_error("%s: %s", options.job->name, err->text);
	return report(command, options.job, options.secrets, &summary, err) ==
		0 ?
	    status :
	    -1;
}

/* Limits that jobs share are kept in a folder of their own. */
static int
make_share_folder(const struct job *job, const char *store, struct err *err)
{
	char *path;
	int status;

	if (job->share == NULL)
		return 0;
	path = xasprintf("%s/share", store);
	status = folder_make(path, err);
	free(path);
	return status;
}

/* The exit status, or -1 with err set. */
static int
run_at(const struct run_command *command, const struct job *job,
    struct secrets *secrets, const struct fetch_place *place, struct err *err)
{
	struct run_options options = {
		.job = job,
		.secrets = secrets,
		.folder = place->store,
		.path = place->file,
		.max_time = command->max_time,
		.limit = command->limit,
		.refresh = command->refresh,
		.retry_only = command->retry_only,
	};
	int lock;

	if (command->dry_run)
		return dry_run(&options, err);
	lock = fetch_place_lock(place, command->wait, err);
	if (lock == FOLDER_BUSY) {
		msg_note("%s: another run of it is under way", job->name);
		return EX_TEMPFAIL;
	}
	if (lock < 0)
		return -1;
	if (make_share_folder(job, place->store, err) == 0)
		return run_locked(command, options, lock, err);
	(void)close(lock);
	return -1;
}

static int
run(const struct run_command *command, const char *name,
    struct secrets *secrets, struct err *err)
{
	struct fetch_place place = { 0 };
	struct job *job = job_load(name, secrets, err);
	int status = -1;

	if (job == NULL)
		return -1;
	if (fetch_place_init(&place, command->db, job->name, err) == 0)
		status = run_at(command, job, secrets, &place, err);
	fetch_place_release(&place);
	job_free(job);
	return status;
}

static int
run_command(struct run_command *command, const struct opt_command *described,
    int argc, char **argv)
{
	struct secrets *secrets;
	struct err err;
	int first = opt_parse(described, argc, argv, command, &err);
	int status;

	if (first < 0)
		msg_die("%s", err.text);
	if (first == argc)
		msg_die("give a job: its name, or the path of its file");
	if (first + 1 < argc)
		msg_die("one job at a time; '%s' is one more", argv[first + 1]);
	secrets = secrets_new();
	secrets_harden();
	status = run(command, argv[first], secrets, &err);
	if (status < 0) {
		secrets_redact_err(secrets, &err);
		msg_error("%s", err.text);
	}
	secrets_free(secrets);
	return status < 0 ? EXIT_TROUBLE : status;
}

int
fetch_run(int argc, char **argv)
{
	struct run_command command = { 0 };

	return run_command(&command, &fetch_run_command, argc, argv);
}

int
fetch_retry(int argc, char **argv)
{
	struct run_command command = { .retry_only = true };

	return run_command(&command, &fetch_retry_command, argc, argv);
}
