/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/pass.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/msg.h"
#include "engine/job.h"
#include "scan/mapper.h"
#include "scan/scan_report.h"
#include "scan/setup.h"
#include "scan/survey.h"

enum {
	MOST_NAMED = 8, /* files named in one note */
	PROGRESS_AFTER_NS = 1000000000
};

int
pass_open(struct pass *pass, const struct scan_options *options,
    struct scan_report *report, struct err *err)
{
	*pass = (struct pass){ .run.report = report };
	*report = (struct scan_report){ 0 };
	if (setup_open(&pass->run, &pass->survey, options, err) != 0)
		return -1;
	if (options->rejects == NULL)
		return 0;
	pass->rejects = output_open(options->rejects, err);
	pass->notes.rejects = pass->rejects;
	return pass->rejects == NULL ? -1 : 0;
}

void
pass_close(struct pass *pass)
{
	output_discard(pass->rejects);
	notes_release(&pass->notes);
	setup_close(&pass->run, &pass->survey);
}

static struct source *
open_input(void *context, size_t index, struct err *err)
{
	struct pass *pass = context;

	return input_open(&pass->run.inputs.items[index], err);
}

static void *
new_mapper(void *context, struct emit *emit)
{
	struct pass *pass = context;

	return mapper_new(&pass->run, emit);
}

static bool
has_sync(void *context, size_t index)
{
	struct pass *pass = context;

	return mapper_has_sync(&pass->run, index);
}

static bool
goes_on(void *context, size_t index)
{
	struct pass *pass = context;

	return mapper_goes_on(&pass->run, index);
}

static size_t
find_sync(void *context, size_t index, struct slice text, size_t from,
    size_t to)
{
	struct pass *pass = context;

	return mapper_sync(&pass->run, index, text, from, to);
}

static void
take_side(void *context, struct slice bytes)
{
	struct pass *pass = context;

	notes_take(&pass->notes, bytes);
}

static int
give(void *context, struct slice key, const void *state, struct err *err)
{
	struct pass *pass = context;

	return pass->sink(pass->context, key, state, err);
}

static void
show_progress(void *context, uint64_t done)
{
	const struct pass *pass = context;
	double seconds = (double)(clock_now() - pass->began) / 1e9;

	if (clock_now() - pass->began < PROGRESS_AFTER_NS)
		return;
	if (pass->size > 0)
		msg_progress("%3.0f %%  %.1f of %.1f GB, %.2f GB/s",
		    100 * (double)done / (double)pass->size, (double)done / 1e9,
		    (double)pass->size / 1e9, (double)done / 1e9 / seconds);
	else
		msg_progress("%.1f GB, %.2f GB/s", (double)done / 1e9,
		    (double)done / 1e9 / seconds);
}

size_t
pass_drop_bad(struct pass *pass)
{
	struct inputs *inputs = &pass->run.inputs;
	size_t n = 0;
	size_t bad;

	for (size_t i = 0; i < inputs->count; i++) {
		if (!inputs->items[i].is_bad) {
			inputs->items[n++] = inputs->items[i];
			continue;
		}
		input_release(&inputs->items[i]);
	}
	bad = inputs->count - n;
	inputs->count = n;
	return bad;
}

static uint64_t
sum_sizes(const struct inputs *inputs)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < inputs->count; i++)
		sum += inputs->items[i].size;
	return sum;
}

static unsigned
thread_count(const struct pass *pass)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (pass->run.options->threads > 0)
		return (unsigned)pass->run.options->threads;
	return cores < 1 ? 1 : cores > 64 ? 64 : (unsigned)cores;
}

int
pass_run(struct pass *pass, shard_take *sink, void *context, struct err *err)
{
	const struct job job = {
		.state = &mapper_state,
		.inputs = pass->run.inputs.count,
		.open = open_input,
		.mapper_new = new_mapper,
		.mapper_free = mapper_free,
		.begin = mapper_begin,
		.map = mapper_map,
		.at_end = mapper_at_end,
		.end = mapper_end,
		.goes_on = goes_on,
		.flush = mapper_flush,
		.too_long = mapper_too_long,
		.trouble = mapper_trouble,
		.has_sync = has_sync,
		.sync = find_sync,
		.side = take_side,
		.sink = give,
		.progress = show_progress,
	};
	const struct job_limits limits = {
		.threads = thread_count(pass),
		.memory = pass->run.options->memory,
		.max_line = pass->run.options->max_line,
	};
	int status;

	pass->sink = sink;
	pass->context = context;
	pass->began = clock_now();
	pass->size = sum_sizes(&pass->run.inputs);
	pass->run.input_entries = xcalloc(pass->run.inputs.count,
	    sizeof(uint64_t));
	status = job_run(&job, pass, &limits, err);
	msg_progress("%s", "");
	return status;
}

/* Files that were found in a directory and hold no call sites. */
static void
tell_empty_files(const struct pass *pass)
{
	const struct inputs *inputs = &pass->run.inputs;
	struct buf names = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < inputs->count; i++) {
		if (!inputs->items[i].is_listed ||
		    pass->run.input_entries[i] > 0 ||
		    (pass->run.report->is_filtered &&
			!inputs->items[i].is_guess))
			continue;
		if (n++ < MOST_NAMED)
			buf_add_format(&names, "%s%s", n == 1 ? "" : ", ",
			    inputs->items[i].path);
	}
	if (n > 0)
		msg_note("%zu file%s without call sites: %.*s%s", n,
		    n == 1 ? "" : "s", SLICE_ARG(buf_slice(&names)),
		    n > MOST_NAMED ? ", ..." : "");
	buf_release(&names);
}

int
pass_finish(struct pass *pass, struct err *err)
{
	struct scan_report *report = pass->run.report;
	struct output *rejects = pass->rejects;

	survey_tell_formats(&pass->survey, &pass->run.inputs,
	    pass->run.input_entries);
	tell_empty_files(pass);
	if (report->entries == 0 && !report->is_filtered &&
	    pass->run.reached == NULL)
		report_nothing(report, pass->run.options, &pass->run.inputs);
	if (pass->run.least_duration > REPORT_SLOW_MS &&
	    pass->run.least_duration < HUGE_VAL)
		report->slowest_threshold = pass->run.least_duration;
	report->is_trouble = report->bad_inputs > 0 || report->given_up > 0 ||
	    report->over > 0;
	pass->rejects = NULL;
	return rejects == NULL ? 0 : output_commit(rejects, err);
}
