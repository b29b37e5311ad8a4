/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/scan_report.h"

#include <inttypes.h>
#include <string.h>

#include "base/msg.h"
#include "scan/detect.h"
#include "scan/looks.h"
#include "scan/survey.h"

enum { MOST_EXPLAINED = 3 };

void
report_add_count(struct buf *text, uint64_t n, const char *one,
    const char *many)
{
	if (n > 0)
		buf_add_format(text, ", %" PRIu64 " %s", n,
		    n == 1 ? one : many);
}

void
report_add_bytes(struct buf *text, uint64_t bytes)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 1000 && unit < 4) {
		value /= 1000;
		unit++;
	}
	buf_add_format(text, unit == 0 ? "%.0f %s" : "%.1f %s", value,
	    units[unit]);
}

/* Of how many is only known where all were looked at. */
static void
add_entries(struct buf *text, const struct scan_report *report)
{
	buf_add_format(text, ", %" PRIu64, report->selected);
	if (!report->is_filtered)
		buf_add_format(text, " of %" PRIu64, report->entries);
	buf_add_format(text, " %s counted",
	    (report->is_filtered ? report->selected : report->entries) == 1 ?
		"entry" :
		"entries");
}

void
report_add_rest(struct buf *text, const struct scan_report *report)
{
	report_add_count(text, report->unresolved,
	    "without a resolvable caller", "without a resolvable caller");
	report_add_count(text, report->no_caller, "statement without a caller",
	    "statements without a caller");
	report_add_count(text, report->no_day, "without a day (--day)",
	    "without a day (--day)");
	report_add_count(text, report->malformed, "malformed line",
	    "malformed lines");
	report_add_count(text, report->repeats, "repeat not counted",
	    "repeats not counted");
	report_add_count(text, report->given_up, "line given up on",
	    "lines given up on");
	report_add_count(text, report->bad_inputs, "input not read to its end",
	    "inputs not read to their ends");
	report_add_count(text, report->over, "sum beyond 2^64-1",
	    "sums beyond 2^64-1");
}

void
scan_report_add(struct buf *text, const struct scan_report *report)
{
	report_add_bytes(text, report->bytes);
	report_add_count(text, report->lines, "line", "lines");
	add_entries(text, report);
	report_add_rest(text, report);
}

void
report_tell_more(const struct scan_report *report)
{
	if (report->other_day > 0)
		msg_note("%" PRIu64 " entr%s of another day than the file's "
			 "path says: the time stamps count",
		    report->other_day,
		    report->other_day == 1 ? "y is" : "ies are");
	if (report->slowest_threshold > 0)
		msg_note(
		    "only statements slower than %.0f ms seem to be "
		    "logged: these are counts of slow statements, not of all",
		    report->slowest_threshold);
}

void
scan_report_print(const struct scan_report *report)
{
	struct buf text = { 0 };

	scan_report_add(&text, report);
	msg_note("%.*s", SLICE_ARG(buf_slice(&text)));
	buf_release(&text);
	report_tell_more(report);
}

void
report_over(const struct tally_row *row)
{
	msg_error("%.*s:%.*s %.*s: its sum is beyond 2^64-1 and stays there",
	    SLICE_ARG(row->value[TALLY_FILE]),
	    SLICE_ARG(row->value[TALLY_LINE]),
	    SLICE_ARG(row->value[TALLY_OPERATION]));
}

/* What another preset would find in the sample of an input. */
static void
find_fitting(const struct scan_options *options, struct slice sample,
    const struct survey *survey, struct detect_hit *hit)
{
	const struct reader_options reader_options = {
		.max_line = options->max_line,
		.match_bytes = options->match_bytes,
		.match_limit = (uint32_t)options->match_limit,
	};
	const struct detect detect = {
		.candidates = survey->candidates,
		.count = survey->count,
		.options = &reader_options,
	};
	struct err err;
	struct source *source = source_open_memory(sample, &err);

	if (source != NULL)
		detect_source(&detect, source, hit);
	source_close(source);
}

static bool
tell_fitting_preset(const struct scan_options *options, const char *path,
    struct slice sample)
{
	struct survey survey;
	struct detect_hit hit = { 0 };
	struct err err;

	if (survey_open(&survey, &scan_defaults, &err) != 0)
		return false;
	find_fitting(options, sample, &survey, &hit);
	if (hit.callers > 0)
		msg_note("%s: %s finds nothing here; -p %s%s would", path,
		    options->preset == NULL ? "-x" : options->preset,
		    hit.preset->name,
		    hit.json_pointer == NULL ? "" : " --json-text auto");
	survey_close(&survey);
	return hit.callers > 0;
}

static void
tell_looks(const char *path, struct slice sample)
{
	const struct looks *looks = looks_like(sample);

	if (looks == NULL)
		msg_note("%s: no call sites found; tallyman-callers(7) "
			 "tells how logs come to name them",
		    path);
	else
		msg_note("%s: looks like %s; see %s in tallyman-callers(7) "
			 "for how to make it name them",
		    path, looks->what, looks->section);
}

static void
explain_input(const struct scan_options *options, const struct input *input,
    bool is_whole)
{
	const char *path = input_name(input);
	struct buf sample = { 0 };
	struct err err;
	bool is_chosen = options->preset != NULL || options->regex != NULL;

	if (input->is_tally)
		msg_note("%s: a tally without rows", path);
	else if (input_sample(input, &sample, &err) != 0)
		msg_note("%s", err.text);
	else if (sample.len == 0 && is_whole)
		msg_note("%s: empty", path);
	else if (sample.len > 0 &&
	    !(is_chosen &&
		tell_fitting_preset(options, path, buf_slice(&sample))))
		tell_looks(path, buf_slice(&sample));
	buf_release(&sample);
}

void
report_nothing(const struct scan_report *report,
    const struct scan_options *options, const struct inputs *inputs)
{
	for (size_t i = 0; i < inputs->count && i < MOST_EXPLAINED; i++)
		explain_input(options, &inputs->items[i],
		    report->bad_inputs == 0);
}

int
scan_list_presets(struct output *output, struct err *err)
{
	struct presets presets = { 0 };

	if (presets_load(&presets, err) != 0)
		return -1;
	for (size_t i = 0; i < presets.count; i++) {
		const struct preset *preset = presets.items[i];
		const char *summary = preset_get(preset, "summary");
		const char *aliases = preset_get(preset, "aliases");

		output_format(output, "%-16s %s", preset->name,
		    summary == NULL ? "" : summary);
		if (preset->reader == NULL)
			output_format(output, " (any of %s)",
			    preset_get(preset, "any"));
		if (aliases != NULL)
			output_format(output, " (also %s)", aliases);
		output_str(output, "\n");
	}
	presets_release(&presets);
	return 0;
}
