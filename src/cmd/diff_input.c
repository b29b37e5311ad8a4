/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/diff_input.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/msg.h"
#include "base/source.h"
#include "base/zone.h"
#include "cmd/diff_hosts.h"
#include "scan/dayname.h"

enum { DAYS_LISTED = 10, WEEKS_BEFORE = 8 };

struct diff_input {
	char *path;
	bool can_reread; /* it is a file or a folder */
	bool is_tally;
	struct tally_keys columns; /* of a tally */
	struct sample sample;
	struct sample_day *days;
	size_t day_count;
	bool is_whole; /* nothing was left out by selection */
};

/* Takes "FILE@DAY" apart; path is all of it where such a file exists or the
 * end is no day. */
static void
split(const char *text, struct slice *path, struct slice *wanted)
{
	struct slice whole = slice_str(text);
	struct civil day;
	const char *at;

	*path = whole;
	*wanted = slice_make(NULL, 0);
	at = slice_rchr(whole, '@');
	if (at == NULL || access(text, F_OK) == 0)
		return;
	*wanted = slice_from(whole, (size_t)(at - text) + 1);
	if (!dayname_civil(*wanted, &day))
		*wanted = slice_make(NULL, 0);
	else
		*path = slice_between(text, at);
}

/* What was read of a pipe is gone. */
static bool
can_reread(const char *path)
{
	struct stat status;

	return !slice_is(slice_str("-"), path) && stat(path, &status) == 0 &&
	    (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

/* Whether the input is a tally, and its columns; not asked of what cannot be
 * read again. */
static bool
read_header(const char *path, struct tally_keys *columns)
{
	struct err ignored;
	struct source *source;
	bool is_tally;

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
input_of(struct diff_operands *operands, struct slice path)
{
	struct diff_input *input;

	for (size_t i = 0; i < operands->input_count; i++)
		if (slice_is(path, operands->inputs[i].path))
			return &operands->inputs[i];
	input = &operands->inputs[operands->input_count++];
	input->path = xmemdup(path.ptr, path.len);
	input->can_reread = can_reread(input->path);
	input->is_tally = input->can_reread &&
	    read_header(input->path, &input->columns);
	return input;
}

/* Whether all inputs have a column, or may have it. */
static bool
all_have(const struct diff_operands *operands, enum tally_column column)
{
	for (size_t i = 0; i < operands->input_count; i++)
		if (operands->inputs[i].is_tally &&
		    !tally_keys_have(&operands->inputs[i].columns, column))
			return false;
	return true;
}

/* Functions and revisions help where they are known. */
static void
choose_keys(struct diff_operands *operands, const struct diff_request *request)
{
	const struct tally_keys *by = request->by;
	bool is_kind = tally_keys_have(by, TALLY_KIND);
	const enum tally_column columns[] = { TALLY_FILE, TALLY_LINE,
		TALLY_FUNCTION, is_kind ? TALLY_KIND : TALLY_OPERATION };
	struct tally_keys *keys = &operands->keys;

	if (request->wants_revisions)
		keys->column[keys->count++] = TALLY_REVISION;
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		if (tally_keys_have(by, columns[i]) ||
		    columns[i] == TALLY_FUNCTION ||
		    all_have(operands, columns[i]))
			keys->column[keys->count++] = columns[i];
}

/* Whether a tally tells a column. Functions are told beside lines where they
 * are known, and an operation tells its kind. */
static bool
tells(const struct tally_keys *columns, const struct tally_keys *by,
    enum tally_column column)
{
	if (tally_keys_have(columns, column))
		return true;
	if (column == TALLY_FUNCTION)
		return tally_keys_have(by, TALLY_LINE);
	return column == TALLY_KIND &&
	    tally_keys_have(columns, TALLY_OPERATION);
}

/* Where one day has a column and another has not, all would seem to have
 * vanished and appeared. */
static int
check_columns(const struct diff_operands *operands, const struct tally_keys *by,
    struct err *err)
{
	for (size_t i = 0; i < operands->input_count; i++) {
		const struct diff_input *input = &operands->inputs[i];

		for (size_t k = 0; input->is_tally && k < by->count; k++)
			if (!tells(&input->columns, by, by->column[k]))
				return err_set(err,
				    "%s: a tally without the column %s: it "
				    "cannot be compared by that",
				    input->path,
				    tally_column_name(by->column[k]));
	}
	return 0;
}

/* Whether something was left out that the user should hear of. */
static bool
is_worth_telling(const struct scan_report *report)
{
	return msg_is_verbose() || report->malformed > 0 ||
	    report->given_up > 0 || report->no_day > 0 ||
	    report->other_day > 0 || report->bad_inputs > 0 || report->over > 0;
}

static void
tell(struct diff_operands *operands, const struct scan_report *report)
{
	if (is_worth_telling(report))
		scan_report_print(report);
	if (report->is_trouble)
		operands->is_trouble = true;
}

/* Whether all is of one day but for what has none, which comes first. It is
 * likely of that day too, but nothing says so. */
static bool
has_stray_rows(const struct diff_input *input)
{
	return input->day_count == 2 && input->days[0].name.len == 0;
}

/* Of nothing nothing is known: comparing with it would tell that all appeared
 * or vanished. Where something was left out by selection, that is known. */
static int
has_nothing(const struct diff_input *input, const struct scan_report *report,
    struct err *err)
{
	if (input->sample.count > 0 || report->entries > report->selected)
		return 0;
	if (input->is_tally)
		return err_set(err,
		    "%s: no data, not a day on which all vanished",
		    input->path);
	return err_set(err, "%s: holds no call sites", input->path);
}

static int
scan_input(struct diff_operands *operands, struct diff_input *input,
    const struct scan_options *options, struct err *err)
{
	struct scan_options scan = *options;
	struct scan_report report = { 0 };

	sample_init(&input->sample, &operands->keys,
	    input->is_tally ? &input->columns : NULL);
	scan.keys = input->sample.keys;
	if (scan_run(&scan, &input->path, 1, sample_take, &input->sample,
		&report, err) != 0)
		return -1;
	tell(operands, &report);
	input->is_whole = report.entries == report.selected &&
	    !report.is_filtered;
	if (has_nothing(input, &report, err) != 0)
		return -1;
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

/* Scans the inputs, each once. */
static int
scan_inputs(struct diff_operands *operands, const struct scan_options *options,
    struct err *err)
{
	if (options->rejects != NULL && operands->input_count > 1)
		return err_set(err,
		    "--rejects keeps those of one input; scan "
		    "each by itself");
	for (size_t i = 0; i < operands->input_count; i++)
		if (scan_input(operands, &operands->inputs[i], options, err) !=
		    0)
			return -1;
	return 0;
}

static int
choose_days(struct diff_operands *operands, struct err *err)
{
	for (size_t i = 0; i < operands->count; i++)
		if (operands->items[i].stored == NULL &&
		    choose_day(&operands->items[i], err) != 0)
			return -1;
	return 0;
}

/* Whether a day is the same weekday a few weeks before another. */
static bool
is_weeks_before(struct slice day, struct slice other)
{
	struct civil ignored;
	char name[DAYNAME_SIZE];

	if (!dayname_civil(other, &ignored))
		return false;
	for (size_t weeks = 1; weeks <= WEEKS_BEFORE; weeks++) {
		dayname_before(other, weeks * 7, name);
		if (slice_is(day, name))
			return true;
	}
	return false;
}

static void
add_day_of(struct diff_operands *operands, struct diff_input *input, size_t n)
{
	operands->items[operands->count++] = (struct diff_operand){
		.input = input,
		.day = input->days[n],
		.last_hour = -1,
	};
}

/* The place of a day of an input that it has. */
static size_t
place_of(const struct diff_input *input, const struct sample_day *day)
{
	size_t n = 0;

	while (n + 1 < input->day_count &&
	    !slice_equal(input->days[n].name, day->name))
		n++;
	return n;
}

/* Of an input with several days the last, or the one that is named, against the
 * same weekdays of the weeks before it, else against the day before it. */
static int
spread(struct diff_operands *operands, struct err *err)
{
	struct diff_operand *only = &operands->items[0];
	struct diff_input *input = only->input;
	size_t first = input->day_count > 0 && input->days[0].name.len == 0;
	size_t last = input->day_count - 1;

	if (only->wanted.len > 0 && choose_day(only, err) != 0)
		return -1;
	if (only->wanted.len > 0)
		last = place_of(input, &only->day);
	if (input->day_count == 0 || last < first + 1)
		return err_set(err,
		    "%s holds no day to compare with; give an old and a new "
		    "one",
		    input->path);
	operands->items = xreallocarray(operands->items, input->day_count,
	    sizeof(operands->items[0]));
	operands->count = 0;
	for (size_t i = first; i < last; i++)
		if (is_weeks_before(input->days[i].name,
			input->days[last].name))
			add_day_of(operands, input, i);
	if (operands->count == 0)
		add_day_of(operands, input, last - 1);
	add_day_of(operands, input, last);
	return 0;
}

/* The rows come later, with diff_operand_read(). */
static void
add_stored(struct diff_operands *operands, struct stored_day *day)
{
	operands->items[operands->count++] = (struct diff_operand){
		.stored = day,
		.day = { .name = slice_str(day->name),
		    .last_hour = day->last_hour },
		.last_hour = -1,
	};
}

static int
add_operand(struct diff_operands *operands, const char *text, struct err *err)
{
	struct diff_operand operand = { .last_hour = -1 };
	struct stored_day *day;
	struct slice path;

	if (diff_store_is_day(slice_str(text))) {
		day = diff_store_find(&operands->store, text, err);
		if (day == NULL)
			return -1;
		add_stored(operands, day);
		return 0;
	}
	split(text, &path, &operand.wanted);
	operand.input = input_of(operands, path);
	operands->items[operands->count++] = operand;
	return 0;
}

/* Of a day alone, the weeks before it; text is NULL for the newest. */
static int
add_weeks(struct diff_operands *operands, const char *text, size_t weeks,
    struct err *err)
{
	struct stored_day *new = text == NULL ?
	    diff_store_newest(&operands->store, err) :
	    diff_store_find(&operands->store, text, err);
	struct stored_day **old;
	size_t count;
	int status;

	if (new == NULL)
		return -1;
	old = xcalloc(weeks, sizeof(old[0]));
	status = diff_store_weeks(&operands->store, new, weeks, old, &count,
	    err);
	for (size_t i = 0; i < count; i++)
		add_stored(operands, old[i]);
	add_stored(operands, new);
	free(old);
	return status;
}

static int
check_request(const struct diff_request *request, bool is_one_day,
    struct err *err)
{
	uint64_t weeks = request->weeks;

	if (weeks != UINT64_MAX && !is_one_day)
		return err_set(err,
		    "--weeks goes with one day of the store: --weeks 4 "
		    "2013-06-12");
	if (weeks != UINT64_MAX && (weeks < 1 || weeks > DIFF_WEEKS_MOST))
		return err_set(err, "--weeks: 1 to %d", DIFF_WEEKS_MOST);
	if (request->count < 2 && !is_one_day && !request->is_free)
		return err_set(err,
		    "what is to be compared? give an old and "
		    "a new one: OLD... NEW, or a DAY of the store");
	return 0;
}

/* Whether the operands are just a day of the store. */
static bool
is_one_day(const struct diff_request *request)
{
	if (request->count == 0)
		return request->is_free;
	return request->count == 1 &&
	    diff_store_is_day(slice_str(request->texts[0]));
}

static int
add_operands(struct diff_operands *operands, const struct diff_request *request,
    struct err *err)
{
	for (size_t i = 0; i < request->count; i++)
		if (add_operand(operands, request->texts[i], err) != 0)
			return -1;
	choose_keys(operands, request);
	if (check_columns(operands, request->by, err) != 0 ||
	    scan_inputs(operands, request->scan, err) != 0)
		return -1;
	if (request->count == 1)
		return spread(operands, err);
	return choose_days(operands, err);
}

int
diff_operands_load(struct diff_operands *operands,
    const struct diff_request *request, struct err *err)
{
	size_t weeks = 1;

	*operands = (struct diff_operands){ .store.db = request->db };
	if (check_request(request, is_one_day(request), err) != 0)
		return -1;
	if (request->weeks != UINT64_MAX)
		weeks = (size_t)request->weeks;
	operands->items = xcalloc(request->count + weeks + 1,
	    sizeof(operands->items[0]));
	operands->inputs = xcalloc(request->count, sizeof(operands->inputs[0]));
	if (!is_one_day(request))
		return add_operands(operands, request, err);
	choose_keys(operands, request);
	return add_weeks(operands,
	    request->count == 0 ? NULL : request->texts[0], weeks, err);
}

void
diff_operands_release(struct diff_operands *operands)
{
	for (size_t i = 0; i < operands->count; i++)
		stored_day_free(operands->items[i].stored);
	for (size_t i = 0; i < operands->input_count; i++) {
		free(operands->inputs[i].path);
		free(operands->inputs[i].days);
		sample_release(&operands->inputs[i].sample);
	}
	free(operands->inputs);
	free(operands->items);
	diff_store_close(&operands->store);
	*operands = (struct diff_operands){ 0 };
}

static bool
has_rows_up_to(const struct sample_day *day, int last_hour)
{
	for (size_t i = 0; i < day->count; i++)
		if (day->rows[i].hour <= last_hour)
			return true;
	return false;
}

bool
diff_operand_is_empty(const struct diff_operand *operand)
{
	const struct stored_day *day = operand->stored;
	int last = operand->last_hour;

	if (last < 0)
		return false;
	if (day != NULL)
		return (day->slots & ((UINT32_C(2) << last) - 1)) == 0;
	return operand->input->is_whole && !has_rows_up_to(&operand->day, last);
}

int
diff_operand_read(struct diff_operands *operands, struct diff_operand *operand,
    const struct diff_request *request, struct err *err)
{
	struct stored_day *day = operand->stored;
	struct scan_report report = { 0 };

	if (day == NULL)
		return 0;
	if (diff_store_read(&operands->store, day, operand->last_hour,
		request->scan, &operands->keys, &report, err) != 0)
		return -1;
	tell(operands, &report);
	operand->day.rows = day->sample.rows;
	operand->day.count = day->sample.count;
	return 0;
}

const char *
diff_operand_log(const struct diff_operand *operand)
{
	const struct diff_input *input = operand->input;

	if (input == NULL || input->is_tally || !input->can_reread)
		return NULL;
	return input->path;
}

static void
warn_of(struct slice old, struct slice new)
{
	static const char *const names[] = { "Sunday", "Monday", "Tuesday",
		"Wednesday", "Thursday", "Friday", "Saturday" };
	struct civil old_day;
	struct civil new_day;

	if (!dayname_civil(old, &old_day) || !dayname_civil(new, &new_day))
		return;
	if (slice_equal(old, new) && old.len > 0)
		msg_note("both are of %.*s: the same day", SLICE_ARG(new));
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

void
diff_operands_warn_of_hosts(const struct diff_operands *operands)
{
	const struct diff_operand *items = operands->items;
	size_t old_count = operands->count - 1;
	struct diff_hosts hosts;

	for (size_t i = 0; i < operands->count; i++)
		if (items[i].stored == NULL)
			return; /* which hosts an input is of is not known */
	diff_hosts_init(&hosts);
	for (size_t i = 0; i < old_count; i++)
		diff_hosts_add_old(&hosts, items[i].stored, items[i].last_hour);
	diff_hosts_add_new(&hosts, items[old_count].stored,
	    items[old_count].last_hour);
	diff_hosts_tell(&hosts);
	diff_hosts_release(&hosts);
}
