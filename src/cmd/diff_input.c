/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/diff_input.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/msg.h"
#include "base/source.h"
#include "base/zone.h"

enum { DAYS_LISTED = 10 };

struct diff_input {
	char *path;
	bool is_tally;
	struct sample sample;
	struct sample_day *days;
	size_t day_count;
};

/* Whether the text is a day, "2013-06-12". */
static bool
read_day(struct slice text, struct civil *day)
{
	uint64_t year;
	uint64_t month;
	uint64_t number;

	if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-' ||
	    slice_number(slice_head(text, 4), &year) != 0 ||
	    slice_number(slice_make(text.ptr + 5, 2), &month) != 0 ||
	    slice_number(slice_make(text.ptr + 8, 2), &number) != 0)
		return false;
	*day = (struct civil){
		.year = (int32_t)year,
		.month = (uint8_t)month,
		.day = (uint8_t)number,
	};
	return civil_is_valid(day);
}

/* Takes "FILE@DAY" apart; path is all of it where such a file exists or the
 * end is no day. */
static int
split(const char *text, struct slice *path, struct slice *wanted,
    struct err *err)
{
	struct slice whole = slice_str(text);
	struct civil day;
	const char *at;

	*path = whole;
	*wanted = slice_make(NULL, 0);
	if (access(text, F_OK) == 0)
		return 0;
	if (read_day(whole, &day))
		return err_set(err,
		    "%s: days in the store come with a later "
		    "version; name two files",
		    text);
	at = slice_rchr(whole, '@');
	if (at == NULL)
		return 0;
	*wanted = slice_from(whole, (size_t)(at - text) + 1);
	if (!read_day(*wanted, &day))
		*wanted = slice_make(NULL, 0);
	else
		*path = slice_between(text, at);
	return 0;
}

/* Whether the input is a tally, and its columns. */
static bool
read_header(const char *path, struct tally_keys *columns)
{
	struct err ignored;
	struct source *source;
	bool is_tally;

	if (slice_is(slice_str("-"), path))
		return false; /* what is looked at there cannot be read again */
	source = source_open(path, &ignored);
	if (source == NULL)
		return false; /* a folder, or scan_run() tells */
	is_tally = tally_header_read(source_peek(source, 4096), columns,
		       &ignored) > 0;
	source_close(source);
	return is_tally;
}

/* The input of this path, added where it is new. */
static struct diff_input *
input_of(struct diff_operands *operands, struct slice path,
    const struct tally_keys *by)
{
	struct tally_keys columns;
	struct diff_input *input;

	for (size_t i = 0; i < operands->input_count; i++)
		if (slice_is(path, operands->inputs[i].path))
			return &operands->inputs[i];
	input = &operands->inputs[operands->input_count++];
	input->path = xmemdup(path.ptr, path.len);
	input->is_tally = read_header(input->path, &columns);
	sample_init(&input->sample, by, input->is_tally ? &columns : NULL);
	return input;
}

/* Whether something was left out that the user should hear of. */
static bool
is_worth_telling(const struct scan_report *report)
{
	return msg_is_verbose() || report->malformed > 0 ||
	    report->given_up > 0 || report->no_day > 0 ||
	    report->other_day > 0 || report->bad_inputs > 0 || report->over > 0;
}

/* Whether all is of one day but for what has none, which comes first. It is
 * likely of that day too, but nothing says so. */
static bool
has_stray_rows(const struct diff_input *input)
{
	return input->day_count == 2 && input->days[0].name.len == 0;
}

/* A tally without rows is a quiet day; a log without call sites is a mistake,
 * and comparing with it would tell that all appeared or vanished. */
static int
scan_input(struct diff_input *input, const struct scan_options *options,
    bool *is_trouble, struct err *err)
{
	struct scan_options scan = *options;
	struct scan_report report = { 0 };

	scan.keys = input->sample.keys;
	if (scan_run(&scan, &input->path, 1, sample_take, &input->sample,
		&report, err) != 0)
		return -1;
	if (is_worth_telling(&report))
		scan_report_print(&report);
	if (report.is_trouble)
		*is_trouble = true;
	if (input->sample.count == 0 && report.entries == 0 && !input->is_tally)
		return err_set(err, "%s: holds no call sites", input->path);
	input->day_count = sample_days(&input->sample, &input->days);
	if (has_stray_rows(input))
		msg_note("%s: what has no day is left out (--day %.*s counts "
			 "it)",
		    input->path, SLICE_ARG(input->days[1].name));
	return 0;
}

/* "2021-03-30, 2021-03-31, ... and 21 more" */
static void
add_days(struct buf *text, const struct diff_input *input)
{
	for (size_t i = 0; i < input->day_count && i < DAYS_LISTED; i++) {
		buf_add_str(text, i == 0 ? "" : ", ");
		if (input->days[i].name.len == 0)
			buf_add_str(text, "none");
		else
			buf_add(text, input->days[i].name);
	}
	if (input->day_count > DAYS_LISTED)
		buf_add_format(text, " and %zu more",
		    input->day_count - DAYS_LISTED);
}

static int
no_such_day(const struct diff_operand *operand, struct err *err)
{
	const struct diff_input *input = operand->input;
	struct buf days = { 0 };

	add_days(&days, input);
	err_set(err, "%s: no day %.*s in it; it holds %.*s", input->path,
	    SLICE_ARG(operand->wanted), SLICE_ARG(buf_slice(&days)));
	buf_release(&days);
	return -1;
}

static int
several_days(const struct diff_operand *operand, struct err *err)
{
	const struct diff_input *input = operand->input;
	struct slice last = input->days[input->day_count - 1].name;
	struct buf days = { 0 };

	add_days(&days, input);
	err_set(err, "%s holds several days: %.*s; name one: %s@%.*s",
	    input->path, SLICE_ARG(buf_slice(&days)), input->path,
	    SLICE_ARG(last));
	buf_release(&days);
	return -1;
}

static int
choose_day(struct diff_operand *operand, struct err *err)
{
	const struct diff_input *input = operand->input;
	const struct sample_day *days = input->days;
	size_t first = 0;

	if (operand->wanted.len > 0) {
		for (size_t i = 0; i < input->day_count; i++)
			if (slice_equal(days[i].name, operand->wanted)) {
				operand->day = days[i];
				return 0;
			}
		return no_such_day(operand, err);
	}
	if (input->day_count == 0) {
		operand->day = (struct sample_day){ .last_hour = -1 };
		return 0;
	}
	if (has_stray_rows(input))
		first = 1;
	if (input->day_count > first + 1)
		return several_days(operand, err);
	operand->day = days[first];
	return 0;
}

int
diff_operands_load(struct diff_operands *operands, char *const *texts,
    size_t count, const struct scan_options *options,
    const struct tally_keys *by, struct err *err)
{
	*operands = (struct diff_operands){ .count = count };
	operands->items = xcalloc(count, sizeof(operands->items[0]));
	operands->inputs = xcalloc(count, sizeof(operands->inputs[0]));
	for (size_t i = 0; i < count; i++) {
		struct diff_operand *operand = &operands->items[i];
		struct slice path;

		if (split(texts[i], &path, &operand->wanted, err) != 0)
			return -1;
		operand->input = input_of(operands, path, by);
	}
	if (count < 2)
		return err_set(err,
		    "what is to be compared? give an old and "
		    "a new one: OLD... NEW");
	if (options->rejects != NULL && operands->input_count > 1)
		return err_set(err,
		    "--rejects keeps those of one input; scan "
		    "each by itself");
	for (size_t i = 0; i < operands->input_count; i++)
		if (scan_input(&operands->inputs[i], options,
			&operands->is_trouble, err) != 0)
			return -1;
	for (size_t i = 0; i < count; i++)
		if (choose_day(&operands->items[i], err) != 0)
			return -1;
	return 0;
}

void
diff_operands_release(struct diff_operands *operands)
{
	for (size_t i = 0; i < operands->input_count; i++) {
		free(operands->inputs[i].path);
		free(operands->inputs[i].days);
		sample_release(&operands->inputs[i].sample);
	}
	free(operands->inputs);
	free(operands->items);
	*operands = (struct diff_operands){ 0 };
}

static void
warn_of(struct slice old, struct slice new)
{
	static const char *const names[] = { "Sunday", "Monday", "Tuesday",
		"Wednesday", "Thursday", "Friday", "Saturday" };
	struct civil old_day;
	struct civil new_day;

	if (!read_day(old, &old_day) || !read_day(new, &new_day))
		return;
	if (slice_compare(old, new) > 0)
		msg_note("the old day %.*s is later than the new one %.*s; "
			 "swapped?",
		    SLICE_ARG(old), SLICE_ARG(new));
	if (civil_weekday(&old_day) != civil_weekday(&new_day))
		msg_note("%.*s is a %s, %.*s a %s", SLICE_ARG(old),
		    names[civil_weekday(&old_day)], SLICE_ARG(new),
		    names[civil_weekday(&new_day)]);
}

void
diff_operands_warn(const struct diff_operands *operands)
{
	struct slice new = operands->items[operands->count - 1].day.name;

	for (size_t i = 0; i + 1 < operands->count; i++)
		warn_of(operands->items[i].day.name, new);
}
