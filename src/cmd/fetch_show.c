/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/fetch_show.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/msg.h"
#include "base/output.h"
#include "cmd/fetch_place.h"
#include "cmd/fetch_state.h"
#include "cmd/grid.h"

enum exit_status { EXIT_FINE, EXIT_NOT_FINE, EXIT_TROUBLE };

enum { WATCH_SECONDS = 2 };

struct show {
	struct opt_common common;
	const char *db;
	bool json;
	bool watch;
	bool check;
	struct fetch_demand demand;
	const char *metrics;
	/* The jobs, read anew each time. */
	struct fetch_place *places;
	struct fetch_state *states;
	size_t count;
};

static const struct opt options[] = {
	{ 0, "json", NULL, "one object a line for each job", opt_flag,
	    offsetof(struct show, json), NULL },
	{ 0, "watch", NULL, "show it again every two seconds", opt_flag,
	    offsetof(struct show, watch), NULL },
	{ 0, "check", NULL, "exit 1 where a job is not fine", opt_flag,
	    offsetof(struct show, check), NULL },
	{ 0, "max-age", "DURATION", "fine: a run came to its end since: 26h",
	    opt_duration, offsetof(struct show, demand.max_age), NULL },
	{ 0, "max-failed", "PERCENT", "fine: at most so many items failed: 1%",
	    opt_percent, offsetof(struct show, demand.max_failed), NULL },
	{ 0, "metrics", "FILE", "write metrics for node_exporter", opt_string,
	    offsetof(struct show, metrics), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

const struct opt_command fetch_status_command = {
	.name = "fetch status",
	.summary = "Tell how jobs are.",
	.usage = "[OPTION]... [JOB]...",
	.examples = "  tallyman fetch status\n"
		    "  tallyman fetch status --check --max-age 26h "
		    "--max-failed 1% video-stats\n",
	.options = options,
	.shared = fetch_shared_options,
	.shared_at = offsetof(struct show, db),
};

static int
check_options(const struct show *show, struct err *err)
{
	if (show->json + show->check + (show->metrics != NULL) > 1)
		return err_set(err,
		    "--json, --check and --metrics exclude each other");
	if (show->watch && (show->check || show->metrics != NULL))
		return err_set(err, "--watch is for people, and for --json");
	if (!show->check &&
	    (show->demand.max_age > 0 || show->demand.max_failed > 0))
		return err_set(err,
		    "--max-age and --max-failed are for "
		    "--check");
	return 0;
}

/* --- Which jobs. */

static int
find_jobs(struct show *show, char *const *jobs, size_t count, struct err *err)
{
	show->places = xcalloc(count + 1, sizeof(*show->places));
	show->states = xcalloc(count + 1, sizeof(*show->states));
	for (; show->count < count; show->count++)
		if (fetch_place_find(&show->places[show->count], show->db,
			jobs[show->count], err) != 0)
			return -1;
	return 0;
}

/* All that have a store. */
static int
find_all_jobs(struct show *show, struct err *err)
{
	struct fetch_jobs jobs;
	int status = fetch_jobs_list(&jobs, show->db, err);

	show->places = xcalloc(jobs.count + 1, sizeof(*show->places));
	show->states = xcalloc(jobs.count + 1, sizeof(*show->states));
	for (; status == 0 && show->count < jobs.count; show->count++)
		status = fetch_place_init(&show->places[show->count], show->db,
		    jobs.names[show->count], err);
	fetch_jobs_release(&jobs);
	if (status == 0 && show->count == 0 && show->check)
		return err_set(err, "no job has run yet");
	if (status == 0 && show->count == 0)
		msg_note("no job has run yet");
	return status;
}

static int
read_states(struct show *show, int64_t now, struct err *err)
{
	bool deep = show->common.verbose && !show->check;

	for (size_t i = 0; i < show->count; i++) {
		fetch_state_release(&show->states[i]);
		if (fetch_state_read(&show->states[i], &show->places[i], deep,
			now, err) != 0)
			return -1;
	}
	return 0;
}

static void
release(struct show *show)
{
	for (size_t i = 0; show->places != NULL && i <= show->count; i++) {
		fetch_place_release(&show->places[i]);
		fetch_state_release(&show->states[i]);
	}
	free(show->places);
	free(show->states);
}

/* --- For people. */

static const struct grid_column columns[] = {
	{ "JOB", .narrowest = 12 },
	{ "LAST RUN", .right = false },
	{ "EXIT", .right = true },
	{ "DONE", .right = true },
	{ "WAITING", .right = true },
	{ "RETRY", .right = true },
	{ "FAILED", .right = true },
	{ "GONE", .right = true },
	{ "DEFERRED", .right = true },
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static void
add_last_run(struct grid *grid, const struct archive_run *run, int64_t now)
{
	char ago[DURATION_TEXT];
	char *text;

	if (run->began == 0)
		text = xstrdup("never");
	else if (run->ended == 0)
		text = xasprintf("since %s",
		    duration_text(now - run->began, ago));
	else
		text = xasprintf("%s ago",
		    duration_text(now - run->ended, ago));
	grid_add_str(grid, text);
	free(text);
	text = xasprintf("%d", run->exit_status);
	grid_add_str(grid, run->ended == 0 ? "" : text);
	free(text);
	if (run->ended != 0 && run->exit_status != 0)
		grid_paint(grid, GRID_RED);
}

static void
add_row(struct grid *grid, const struct fetch_state *state, int64_t now)
{
	const int64_t *items = state->counts.by_state;
	const int64_t shown[] = { items[ITEM_DONE],
		items[ITEM_WAITING] + items[ITEM_RUNNING], items[ITEM_RETRY],
		items[ITEM_FAILED], items[ITEM_GONE], items[ITEM_DEFERRED] };

	grid_add_str(grid, state->name);
	add_last_run(grid, &state->run, now);
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		grid_add_count(grid, (uint64_t)shown[i]);
}

/* What was found by looking at each item. */
static void
print_details(const struct fetch_state *state, struct output *output)
{
	struct buf text = { 0 };

	buf_add_format(&text, "\n%s: oldest answer ", state->name);
	if (state->oldest == 0)
		buf_add_str(&text, "none");
	else
		summary_add_time(&text, state->oldest);
	buf_add_char(&text, '\n');
	for (size_t i = 0; i < SUMMARY_CAUSES; i++) {
		const struct summary_cause *cause = &state->causes.causes[i];

		if (cause->count == 0)
			break;
		buf_add_format(&text, "%8" PRId64 "  ", cause->count);
		buf_add_visible(&text, slice_str(cause->text));
		buf_add_char(&text, '\n');
	}
	output_add(output, buf_slice(&text));
	buf_release(&text);
}

static void
print_table(const struct show *show, struct output *output, int64_t now)
{
	bool use_color = show->common.color != COLOR_AUTO ||
	    output_is_terminal(output);
	struct grid grid;

	grid_init(&grid, columns, COLUMNS);
	for (size_t i = 0; i < show->count; i++)
		add_row(&grid, &show->states[i], now);
	grid_print(&grid, output, grid_width(output),
	    use_color && opt_use_color(&show->common, STDOUT_FILENO));
	grid_release(&grid);
	for (size_t i = 0; i < show->count; i++)
		if (show->states[i].is_deep)
			print_details(&show->states[i], output);
}

/* --- All ways of telling. */

/* Adds a line for each job; whether all are fine. */
static bool
check(const struct show *show, int64_t now, struct buf *text)
{
	bool fine = true;

	for (size_t i = 0; i < show->count; i++)
		if (!fetch_state_check(&show->states[i], &show->demand, now,
			text))
			fine = false;
	return fine;
}

/* Tells it once. The exit status, or -1 with err set. */
static int
print(const struct show *show, int64_t now, struct err *err)
{
	struct output *output = output_open(show->metrics, err);
	struct buf text = { 0 };
	bool fine = true;

	if (output == NULL)
		return -1;
	if (show->watch && output_is_terminal(output))
		output_str(output, "\033[H\033[2J");
	if (show->metrics != NULL)
		fetch_states_add_metrics(show->states, show->count, &text);
	else if (show->check)
		fine = check(show, now, &text);
	else if (show->json)
		for (size_t i = 0; i < show->count; i++)
			fetch_state_add_json(&show->states[i], &text);
	else if (show->count > 0)
		print_table(show, output, now);
	output_add(output, buf_slice(&text));
	buf_release(&text);
	if (output_commit(output, err) != 0)
		return -1;
	return fine ? EXIT_FINE : EXIT_NOT_FINE;
}

/* Once, or until a signal ends the program. */
static int
run(struct show *show, char *const *jobs, size_t count, struct err *err)
{
	static const struct timespec pause = { .tv_sec = WATCH_SECONDS };
	int status = check_options(show, err);

	if (status == 0)
		status = count > 0 ? find_jobs(show, jobs, count, err) :
				     find_all_jobs(show, err);
	while (status == 0) {
		int64_t now = clock_real();

		status = read_states(show, now, err);
		if (status == 0)
			status = print(show, now, err);
		if (!show->watch)
			break;
		(void)nanosleep(&pause, NULL);
	}
	return status;
}

int
fetch_status(int argc, char **argv)
{
	struct show show = { 0 };
	struct err err;
	int first = opt_parse(&fetch_status_command, argc, argv, &show, &err);
	int status;

	if (first < 0)
		msg_die("%s", err.text);
	status = run(&show, argv + first, (size_t)(argc - first), &err);
	release(&show);
	if (status < 0)
		msg_die("%s", err.text);
	return status;
}
