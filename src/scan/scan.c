/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/scan.h"

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
#include "scan/report.h"
#include "scan/setup.h"
#include "scan/survey.h"

enum {
	MOST_NAMED = 8, /* files named in one note */
	PROGRESS_AFTER_NS = 1000000000
};

/* A scan from its options to its rows. */
struct scan {
	struct scan_run run;
	struct survey survey;
	struct notes notes;
	struct output *rejects;
	tally_take *row;
	void *context;
	struct buf values; /* of the row being given */
	int64_t began;
	uint64_t size; /* of all files, for progress */
};

static int
scan_open(struct scan *scan, const struct scan_options *options,
    struct err *err)
{
	if (setup_open(&scan->run, &scan->survey, options, err) != 0)
		return -1;
	if (options->rejects == NULL)
		return 0;
	scan->rejects = output_open(options->rejects, err);
	scan->notes.rejects = scan->rejects;
	return scan->rejects == NULL ? -1 : 0;
}

static void
scan_close(struct scan *scan)
{
	output_discard(scan->rejects);
	notes_release(&scan->notes);
	setup_close(&scan->run, &scan->survey);
	buf_release(&scan->values);
}

static struct source *
open_input(void *context, size_t index, struct err *err)
{
	struct scan *scan = context;

	return input_open(&scan->run.inputs.items[index], err);
}

static void *
new_mapper(void *context, struct emit *emit)
{
	struct scan *scan = context;

	return mapper_new(&scan->run, emit);
}

static bool
has_sync(void *context, size_t index)
{
	struct scan *scan = context;

	return mapper_has_sync(&scan->run, index);
}

static size_t
find_sync(void *context, size_t index, struct slice text, size_t from,
    size_t to)
{
	struct scan *scan = context;

	return mapper_sync(&scan->run, index, text, from, to);
}

static void
take_side(void *context, struct slice bytes)
{
	struct scan *scan = context;

	notes_take(&scan->notes, bytes);
}

static int
give_row(void *context, struct slice key, const void *state, struct err *err)
{
	struct scan *scan = context;
	const struct tally_sum *sum = state;
	struct tally_row row = {
		.count = sum->count,
		.entries = sum->entries,
	};

	tally_key_read(key, &scan->run.keys, &scan->values, &row);
	if (sum->is_over) {
		scan->run.report->over++;
		report_over(&row);
	}
	return scan->row(scan->context, &row, err);
}

static void
show_progress(void *context, uint64_t done)
{
	const struct scan *scan = context;
	double seconds = (double)(clock_now() - scan->began) / 1e9;

	if (clock_now() - scan->began < PROGRESS_AFTER_NS)
		return;
	if (scan->size > 0)
		msg_progress("%3.0f %%  %.1f of %.1f GB, %.2f GB/s",
		    100 * (double)done / (double)scan->size, (double)done / 1e9,
		    (double)scan->size / 1e9, (double)done / 1e9 / seconds);
	else
		msg_progress("%.1f GB, %.2f GB/s", (double)done / 1e9,
		    (double)done / 1e9 / seconds);
}

/* Takes the inputs out that were told to be bad: the engine sees the rest. */
static size_t
drop_bad(struct inputs *inputs)
{
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
thread_count(const struct scan *scan)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (scan->run.options->threads > 0)
		return (unsigned)scan->run.options->threads;
	return cores < 1 ? 1 : cores > 64 ? 64 : (unsigned)cores;
}

static int
run_job(struct scan *scan, struct err *err)
{
	const struct job job = {
		.state = &mapper_state,
		.inputs = scan->run.inputs.count,
		.open = open_input,
		.mapper_new = new_mapper,
		.mapper_free = mapper_free,
		.begin = mapper_begin,
		.map = mapper_map,
		.end = mapper_end,
		.flush = mapper_flush,
		.too_long = mapper_too_long,
		.trouble = mapper_trouble,
		.has_sync = has_sync,
		.sync = find_sync,
		.side = take_side,
		.sink = give_row,
		.progress = show_progress,
	};
	const struct job_limits limits = {
		.threads = thread_count(scan),
		.memory = scan->run.options->memory,
		.max_line = scan->run.options->max_line,
	};
	int status;

	scan->began = clock_now();
	scan->run.input_entries = xcalloc(scan->run.inputs.count,
	    sizeof(uint64_t));
	status = job_run(&job, scan, &limits, err);
	msg_progress("%s", "");
	return status;
}

/* Files that were found in a directory and hold no call sites. */
static void
tell_empty_files(const struct scan *scan)
{
	const struct inputs *inputs = &scan->run.inputs;
	struct buf names = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < inputs->count; i++) {
		if (!inputs->items[i].is_listed ||
		    scan->run.input_entries[i] > 0 ||
		    (scan->run.report->is_filtered &&
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

static int
finish(struct scan *scan, struct err *err)
{
	struct scan_report *report = scan->run.report;
	struct output *rejects = scan->rejects;

	survey_tell_formats(&scan->survey, &scan->run.inputs,
	    scan->run.input_entries);
	tell_empty_files(scan);
	if (report->entries == 0 && !report->is_filtered)
		report_nothing(report, scan->run.options, &scan->run.inputs);
	if (scan->run.least_duration > REPORT_SLOW_MS &&
	    scan->run.least_duration < HUGE_VAL)
		report->slowest_threshold = scan->run.least_duration;
	report->is_trouble = report->bad_inputs > 0 || report->given_up > 0 ||
	    report->over > 0;
	scan->rejects = NULL;
	return rejects == NULL ? 0 : output_commit(rejects, err);
}

int
scan_run(const struct scan_options *options, char *const *operands,
    size_t operand_count, tally_take *row, void *context,
    struct scan_report *report, struct err *err)
{
	struct scan scan = { .row = row, .context = context };
	struct inputs *inputs = &scan.run.inputs;
	int status = -1;

	*report = (struct scan_report){ 0 };
	scan.run.report = report;
	if (scan_open(&scan, options, err) != 0 ||
	    inputs_add(inputs, options, operands, operand_count, err) != 0)
		goto out;
	survey_inputs(&scan.survey, &scan.run.reader_options, inputs);
	report->bad_inputs = drop_bad(inputs);
	report->inputs = inputs->count;
	if (inputs->count == 0 && report->bad_inputs > 0) {
		err_set(err, "nothing could be read");
		goto out;
	}
	survey_choose_keys(inputs, &scan.run.keys);
	report->keys = scan.run.keys;
	survey_tell_lacks(&scan.survey, inputs, &scan.run.keys);
	scan.size = sum_sizes(inputs);
	status = run_job(&scan, err);
	if (status == 0)
		status = finish(&scan, err);
out:
	report->is_trouble |= status != 0;
	scan_close(&scan);
	return status;
}
