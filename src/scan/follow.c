/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/follow.h"

#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/walk.h"
#include "scan/followed.h"
#include "scan/scan_report.h"
#include "scan/rows.h"
#include "scan/setup.h"

enum {
	HEAD = 4096, /* tells a tally or a compressed file */
	MOST_EXPLAINED = 3
};

static const int64_t walk_pause = 2000000000; /* nanoseconds */

struct follow {
	struct following all;
	struct followed **files;
	size_t count;
	size_t room;
	struct pollfd *poll_fds; /* of the files; as many as room */

	/* Directories among the operands, and paths in them that need not be
	 * looked at again. */
	char **directories;
	size_t directory_count;
	struct table paths;
	const char **include; /* NULL-terminated, or NULL */
	const char **exclude;
	int64_t next_walk;
};

/* --- inputs --- */

static void
add(struct follow *follow, struct input *input, bool from_end)
{
	xgrow(&follow->files, &follow->room, follow->count + 1,
	    sizeof(follow->files[0]));
	follow->poll_fds = xreallocarray(follow->poll_fds, follow->room,
	    sizeof(follow->poll_fds[0]));
	follow->files[follow->count++] = followed_new(&follow->all, input,
	    from_end);
}

/* Whether a file is to be passed over: one that was found, not named. Returns
 * 1 or 0; -1 with err set for one that was named. */
static int
is_passed_over(struct follow *follow, const struct input *input,
    struct err *err)
{
	char head[HEAD];
	struct tail_id id;
	size_t len;
	const char *what;

	if (!tail_look(input->path, &id, head, sizeof(head), &len) ||
	    !followed_is_whole(slice_make(head, len), &what))
		return 0;
	if (!input->is_listed)
		return err_set(err,
		    "%s: %s, which is whole: scan it without --follow",
		    input->path, what);
	(void)table_add(&follow->all.ids, followed_id(&id), NULL);
	return 1;
}

/* Marks what is not to be followed as bad, and nothing else: what is missing
 * is waited for. */
static int
choose(struct follow *follow, struct inputs *found, struct err *err)
{
	for (size_t i = 0; i < found->count; i++) {
		struct input *input = &found->items[i];
		int status = is_passed_over(follow, input, err);

		if (status < 0)
			return -1;
		if (input->path[0] == '\0')
			follow->all.report.bad_inputs++; /* a directory, told */
		input->is_bad = status > 0 || input->path[0] == '\0';
		(void)table_add(&follow->paths, slice_str(input->path), NULL);
	}
	return 0;
}

/* A regular file, whose contents tell its format; a stream would have to be
 * waited for. */
static bool
can_survey(const struct input *input)
{
	struct stat st;

	return strcmp(input->path, "-") != 0 && stat(input->path, &st) == 0 &&
	    S_ISREG(st.st_mode);
}

/* Follows what was found and chosen; found is used up. */
static void
add_all(struct follow *follow, struct inputs *found)
{
	struct inputs known = { 0 };

	known.items = xcalloc(found->count + 1, sizeof(known.items[0]));
	for (size_t i = 0; i < found->count; i++) {
		struct input *input = &found->items[i];

		if (input->is_bad)
			input_release(input);
		else if (can_survey(input))
			known.items[known.count++] = *input;
		else
			add(follow, input, true);
	}
	found->count = 0;
	survey_inputs(&follow->all.survey, &follow->all.run.reader_options,
	    &known);
	for (size_t i = 0; i < known.count; i++)
		add(follow, &known.items[i], true);
	free(known.items);
}

static const char **
terminated(const struct opt_list *list)
{
	const char **items;

	if (list->count == 0)
		return NULL;
	items = xcalloc(list->count + 1, sizeof(items[0]));
	for (size_t i = 0; i < list->count; i++)
		items[i] = list->items[i];
	return items;
}

static void
remember_directories(struct follow *follow, char *const *operands, size_t count)
{
	struct stat st;

	follow->include = terminated(&follow->all.run.options->include);
	follow->exclude = terminated(&follow->all.run.options->exclude);
	follow->directories = xcalloc(count + 1,
	    sizeof(follow->directories[0]));
	for (size_t i = 0; i < count; i++)
		if (stat(operands[i], &st) == 0 && S_ISDIR(st.st_mode))
			follow->directories[follow->directory_count++] =
			    operands[i];
}

static void
tell_nothing(void *context, const char *message)
{
	(void)context;
	(void)message;
}

/* Follows a file that was found in a directory from its beginning, if it is
 * new, and not one that was followed under another name. */
static void
add_new(struct follow *follow, const char *path)
{
	struct input input = { .is_listed = true };
	char head[HEAD];
	struct tail_id id;
	size_t len;
	const char *what;

	if (table_find(&follow->paths, slice_str(path)) != NULL ||
	    !tail_look(path, &id, head, sizeof(head), &len) ||
	    table_find(&follow->all.ids, followed_id(&id)) != NULL)
		return;
	(void)table_add(&follow->paths, slice_str(path), NULL);
	if (followed_is_whole(slice_make(head, len), &what)) {
		(void)table_add(&follow->all.ids, followed_id(&id), NULL);
		return;
	}
	input.path = xstrdup(path);
	add(follow, &input, false);
}

static void
walk_again(struct follow *follow)
{
	const struct walk_filter filter = {
		.include = follow->include,
		.exclude = follow->exclude,
	};

	for (size_t i = 0; i < follow->directory_count; i++) {
		struct walk walk = { 0 };
		struct err err;

		if (walk_add(&walk, follow->directories[i], &filter,
			tell_nothing, NULL, &err) == 0)
			for (size_t k = 0; k < walk.count; k++)
				add_new(follow, walk.paths[k]);
		walk_release(&walk);
	}
}

/* --- the follow --- */

static void
take_side(void *context, struct slice bytes)
{
	struct follow *follow = context;

	notes_take(&follow->all.notes, bytes);
}

static int
open_inputs(struct follow *follow, char *const *operands, size_t count,
    struct err *err)
{
	struct inputs found = { 0 };
	int status = inputs_add(&found, follow->all.run.options, operands,
	    count, err);

	remember_directories(follow, operands, count);
	if (status == 0)
		status = choose(follow, &found, err);
	if (status == 0)
		add_all(follow, &found);
	inputs_release(&found);
	if (status == 0 && follow->count == 0 && follow->directory_count == 0)
		return err_set(err, "nothing to follow");
	return status;
}

struct follow *
follow_open(const struct scan_options *options, char *const *operands,
    size_t count, struct err *err)
{
	struct follow *follow = xcalloc(1, sizeof(*follow));

	inputs_allow_many();
	table_init(&follow->paths, 1);
	table_init(&follow->all.ids, sizeof(struct followed *));
	follow->all.feed = feed_new(&mapper_state, options->memory, take_side,
	    follow);
	follow->all.run.report = &follow->all.report;
	follow->all.report.keys = options->keys;
	if (setup_open(&follow->all.run, &follow->all.survey, options, err) ==
		0 &&
	    open_inputs(follow, operands, count, err) == 0)
		return follow;
	follow_close(follow);
	return NULL;
}

void
follow_close(struct follow *follow)
{
	if (follow == NULL)
		return;
	for (size_t i = 0; i < follow->count; i++)
		followed_free(follow->files[i]);
	free(follow->files);
	free(follow->poll_fds);
	free(follow->directories);
	free(follow->include);
	free(follow->exclude);
	table_release(&follow->paths);
	table_release(&follow->all.ids);
	feed_free(follow->all.feed);
	notes_release(&follow->all.notes);
	setup_close(&follow->all.run, &follow->all.survey);
	free(follow);
}

bool
follow_round(struct follow *follow, int64_t now)
{
	bool has_come = false;

	if (now >= follow->next_walk) {
		if (follow->next_walk != 0)
			walk_again(follow);
		follow->next_walk = now + walk_pause;
	}
	for (size_t i = 0; i < follow->count; i++)
		has_come |= followed_step(follow->files[i]);
	return has_come;
}

struct pollfd *
follow_fds(struct follow *follow, size_t *count)
{
	for (size_t i = 0; i < follow->count; i++)
		follow->poll_fds[i] = (struct pollfd){
			.fd = followed_fd(follow->files[i]),
			.events = POLLIN,
		};
	*count = follow->count;
	return follow->poll_fds;
}

bool
follow_ended(const struct follow *follow)
{
	for (size_t i = 0; i < follow->count; i++)
		if (!followed_has_ended(follow->files[i]))
			return false;
	return follow->directory_count == 0;
}

size_t
follow_count(const struct follow *follow)
{
	size_t n = 0;

	for (size_t i = 0; i < follow->count; i++)
		n += follow->files[i]->is_there &&
		    !follow->files[i]->is_ignored;
	return n;
}

/* What the logs look like in which nothing was found. */
static void
explain_nothing(struct follow *follow)
{
	size_t n = 0;

	if (follow->all.report.entries > 0 || follow->all.report.is_filtered ||
	    follow->all.report.bytes == 0)
		return;
	for (size_t i = 0; i < follow->count && n < MOST_EXPLAINED; i++, n++)
		report_nothing(&follow->all.report, follow->all.run.options,
		    &follow->files[i]->run.inputs);
}

void
follow_end(struct follow *follow)
{
	for (size_t i = 0; i < follow->count; i++)
		followed_end(follow->files[i]);
	explain_nothing(follow);
	if (follow->all.run.least_duration > REPORT_SLOW_MS &&
	    follow->all.run.least_duration < HUGE_VAL)
		follow->all.report.slowest_threshold =
		    follow->all.run.least_duration;
}

static void
flush(struct follow *follow)
{
	for (size_t i = 0; i < follow->count; i++)
		if (follow->files[i]->mapper != NULL)
			mapper_flush(follow->files[i]->mapper);
}

void
follow_report(struct follow *follow, struct scan_report *report)
{
	flush(follow);
	*report = follow->all.report;
	report->inputs = follow->count;
	for (size_t i = 0; i < follow->count; i++)
		if (follow->files[i]->mapper != NULL)
			mapper_report(follow->files[i]->mapper, report);
	report->is_trouble = report->bad_inputs > 0 || report->given_up > 0 ||
	    report->over > 0;
}

int
follow_give(struct follow *follow, shard_take *take, void *context,
    struct err *err)
{
	flush(follow);
	return feed_give(follow->all.feed, take, context, err);
}

int
follow_rows(struct follow *follow, tally_take *take, void *context,
    struct err *err)
{
	struct rows rows = {
		.keys = &follow->all.run.keys,
		.take = take,
		.context = context,
		.report = &follow->all.report,
	};
	int status = follow_give(follow, rows_take, &rows, err);

	rows_release(&rows);
	return status;
}
