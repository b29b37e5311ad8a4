/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/msg.h"
#include "base/table.h"
#include "cmd/comparison_inside.h"
#include "compare/grouping.h"
#include "compare/since.h"
#include "model/operation.h"

enum {
	HISTORY_WEEKS = 8,
	HISTORY_ROWS = 10,
	SLOT_MINUTES = 5, /* as hooks flush */
	SLOTS_OF_AN_HOUR = 60 / SLOT_MINUTES,
	SLOTS_OF_A_DAY = REPORT_HOURS * SLOTS_OF_AN_HOUR
};

/* Rows of a day, whose hours are added up: of all, and of those that are
 * looked at. */
struct hours {
	const struct table *watched; /* site keys; NULL: all of the subject */
	struct slice subject;
	double all[REPORT_HOURS];
	double seen[REPORT_HOURS];
	bool has_unknown; /* a row without an hour */
	struct buf key;
};

static void
add_row(struct hours *hours, const struct sample_row *row)
{
	double count = (double)row->site.count;

	if (!comparison_is_about(hours->subject, row->site.operation))
		return;
	if (row->hour < 0) {
		hours->has_unknown = true;
		return;
	}
	hours->all[row->hour] += count;
	grouping_key(&hours->key, &grouping_whole, &row->site);
	if (hours->watched == NULL ||
	    table_find(hours->watched, buf_slice(&hours->key)) != NULL)
		hours->seen[row->hour] += count;
}

static int
add_stored(struct comparison *comparison,
    const struct comparison_request *request, const struct compared_day *day,
    struct hours *hours, struct err *err)
{
	struct comparison_inside *inside = comparison->inside;
	static const struct tally_keys has = {
		{ TALLY_DAY, TALLY_HOUR, TALLY_FUNCTION }, 3
	};
	struct sample sample;
	int status;

	sample_init(&sample, &inside->operands.keys, &has);
	status = diff_store_rows(&inside->operands.store,
	    day->operand->stored->name, day->operand->last_hour, request->scan,
	    &sample.keys, sample_take, &sample, err);
	for (size_t i = 0; i < sample.count; i++)
		add_row(hours, &sample.rows[i]);
	sample_release(&sample);
	return status;
}

static int
add_day(struct comparison *comparison, const struct comparison_request *request,
    const struct compared_day *day, struct hours *hours, struct err *err)
{
	const struct sample_day *rows = &day->operand->day;
	int last = day->operand->last_hour;

	if (day->operand->stored != NULL)
		return add_stored(comparison, request, day, hours, err);
	for (size_t i = 0; i < rows->count; i++)
		if (last < 0 || rows->rows[i].hour <= last)
			add_row(hours, &rows->rows[i]);
	return 0;
}

static void
watch(struct table *watched, const struct site *site)
{
	struct buf key = { 0 };

	if (site == NULL)
		return;
	grouping_key(&key, &grouping_whole, site);
	(void)table_add(watched, buf_slice(&key), NULL);
	buf_release(&key);
}

/* How many slots the new day has had. */
static size_t
slots_had(const struct comparison_inside *inside, size_t in_an_hour)
{
	const struct compared_day *day = &inside->days[inside->count - 1];
	int last = day->operand->day.last_hour;

	return (last < 0 ? REPORT_HOURS : (size_t)last + 1) * in_an_hour;
}

/* Whether the rise began within the day. */
static bool
find_since(const struct comparison *comparison, const double *old,
    const double *new, size_t in_an_hour, size_t *first)
{
	const struct comparison_inside *inside = comparison->inside;
	size_t count = slots_had(inside, in_an_hour);
	struct since_slot *slots = xcalloc(count, sizeof(slots[0]));
	double scale = comparison->fine.factor / (double)(inside->count - 1);
	bool is_found;

	for (size_t i = 0; i < count; i++)
		slots[i] = (struct since_slot){ old[i] * scale, new[i] };
	is_found = since_find(slots, count, first);
	free(slots);
	return is_found;
}

static void
tell_since(struct comparison *comparison, size_t first, size_t in_an_hour)
{
	struct comparison_inside *inside = comparison->inside;

	snprintf(inside->since, sizeof(inside->since), "%02zu:%02zu",
	    first / in_an_hour, first % in_an_hour * (60 / in_an_hour));
	comparison->report.since = slice_str(inside->since);
}

/* Adds a row of five minutes to that of its day, which such a log has. */
static void
add_minute(const struct comparison *comparison, struct slice subject,
    const char *log, const struct sample_row *row, double *slots)
{
	const struct comparison_inside *inside = comparison->inside;
	size_t slot = (size_t)row->hour * SLOTS_OF_AN_HOUR +
	    (size_t)row->minute / SLOT_MINUTES;

	if (row->minute < 0 ||
	    !comparison_is_about(subject, row->site.operation))
		return;
	for (size_t i = 0; i < inside->count; i++) {
		const struct diff_operand *operand = inside->days[i].operand;
		size_t day = i + 1 < inside->count ? 0 : SLOTS_OF_A_DAY;

		if (diff_operand_log(operand) == log &&
		    slice_equal(row->day, operand->day.name))
			slots[day + slot] += (double)row->site.count;
	}
}

/* Adds up the five minutes of what is asked about, of a log that is read once
 * more for it, without a word: of all sites they would be far too many. */
static int
add_minutes(const struct comparison *comparison,
    const struct comparison_request *request, const char *log, double *slots,
    struct err *err)
{
	static const struct tally_keys keys = {
		{ TALLY_DAY, TALLY_HOUR, TALLY_OPERATION }, 3
	};
	struct slice name = operation_kind(request->subject);
	char *operand = xmemdup(log, slice_str(log).len);
	char *asked = xmemdup(name.ptr, name.len);
	const char *kind = asked;
	enum msg_level level = msg_level(MSG_SILENT);
	struct scan_options scan = *request->scan;
	struct scan_report ignored = { 0 };
	struct sample sample;
	int status;

	scan.keys = keys;
	scan.minutes = true;
	scan.rejects = NULL;
	if (scan.kinds.count == 0 && scan.patterns.count == 0)
		scan.kinds = (struct opt_list){ .items = &kind, .count = 1 };
	sample_init(&sample, &(struct tally_keys){ { TALLY_OPERATION }, 1 },
	    NULL);
	status = scan_run(&scan, &operand, 1, sample_take, &sample, &ignored,
	    err);
	for (size_t i = 0; i < sample.count; i++)
		add_minute(comparison, request->subject, log, &sample.rows[i],
		    slots);
	sample_release(&sample);
	msg_level(level);
	free(operand);
	free(asked);
	return status;
}

/* Whether an earlier day is of the same log. */
static bool
is_read(const struct comparison_inside *inside, size_t day)
{
	const char *log = diff_operand_log(inside->days[day].operand);

	for (size_t i = 0; i < day; i++)
		if (diff_operand_log(inside->days[i].operand) == log)
			return true;
	return false;
}

/* Whether all days are of logs that tell more than hours. */
static bool
has_minutes(const struct comparison *comparison,
    const struct comparison_request *request)
{
	const struct comparison_inside *inside = comparison->inside;

	if (request->subject.len == 0)
		return false;
	for (size_t i = 0; i < inside->count; i++)
		if (diff_operand_log(inside->days[i].operand) == NULL)
			return false;
	return true;
}

/* Since when to five minutes, where the hours tell that it began that day. */
static int
tell_minutes(struct comparison *comparison,
    const struct comparison_request *request, struct err *err)
{
	const struct comparison_inside *inside = comparison->inside;
	double *slots = xcalloc((size_t)SLOTS_OF_A_DAY * 2, sizeof(slots[0]));
	int status = 0;
	size_t first;

	for (size_t i = 0; i < inside->count && status == 0; i++)
		if (!is_read(inside, i))
			status = add_minutes(comparison, request,
			    diff_operand_log(inside->days[i].operand), slots,
			    err);
	if (status == 0 &&
	    find_since(comparison, slots, slots + SLOTS_OF_A_DAY,
		SLOTS_OF_AN_HOUR, &first))
		tell_since(comparison, first, SLOTS_OF_AN_HOUR);
	free(slots);
	return status;
}

static void
report_hours(struct comparison *comparison, const struct hours *old,
    const struct hours *new)
{
	struct comparison_inside *inside = comparison->inside;
	struct report *report = &comparison->report;
	size_t days = inside->count - 1;

	inside->hours = xcalloc((size_t)REPORT_HOURS * 2,
	    sizeof(inside->hours[0]));
	for (size_t i = 0; i < REPORT_HOURS; i++) {
		inside->hours[i] = old->all[i] / (double)days;
		inside->hours[REPORT_HOURS + i] = new->all[i];
	}
	report->old_hours = inside->hours;
	report->new_hours = inside->hours + REPORT_HOURS;
}

/* Adds up the hours of all days. Returns 0 or -1 with err set. */
static int
add_days(struct comparison *comparison,
    const struct comparison_request *request, struct hours *old,
    struct hours *new, struct err *err)
{
	const struct comparison_inside *inside = comparison->inside;

	for (size_t i = 0; i < inside->count; i++)
		if (add_day(comparison, request, &inside->days[i],
			i + 1 < inside->count ? old : new, err) != 0)
			return -1;
	return 0;
}

/* Watches what the sentence names first. Returns NULL where that is all. What
 * it names without a line is not told from so few rows. */
static const struct table *
watch_first(const struct comparison *comparison, struct table *watched)
{
	const struct ranking *fine = &comparison->fine;
	const struct level *level = &comparison->level;
	const struct change *first = level->elements[0].change;

	if (level->count == 0 && level->share > 0)
		return NULL;
	if (fine->standing == 0)
		return watched;
	if (level->count == 0)
		first = ranking_first(fine);
	watch(watched, first->pair.old);
	watch(watched, first->pair.new);
	return watched;
}

int
comparison_tell_hours(struct comparison *comparison,
    const struct comparison_request *request, struct err *err)
{
	struct table watched;
	struct hours old = { .subject = request->subject };
	struct hours new = { .subject = request->subject };
	size_t first;
	int status;

	table_init(&watched, 0);
	if (request->subject.len == 0) {
		old.watched = watch_first(comparison, &watched);
		new.watched = old.watched;
	}
	status = add_days(comparison, request, &old, &new, err);
	if (status == 0 && !old.has_unknown && !new.has_unknown) {
		report_hours(comparison, &old, &new);
		if (find_since(comparison, old.seen, new.seen, 1, &first)) {
			tell_since(comparison, first, 1);
			if (has_minutes(comparison, request))
				status = tell_minutes(comparison, request, err);
		}
	}
	table_release(&watched);
	buf_release(&old.key);
	buf_release(&new.key);
	return status;
}

/* Days of the store before the new one, oldest first. */
struct weeks {
	struct stored_day *days[HISTORY_WEEKS];
	struct totals sites[HISTORY_WEEKS];
	size_t count;
	struct lineup *lineup;
};

static int
add_week(struct comparison *comparison,
    const struct comparison_request *request, struct stored_day *day,
    struct weeks *weeks, struct err *err)
{
	struct comparison_inside *inside = comparison->inside;
	const struct compared_day *new = &inside->days[inside->count - 1];
	struct totals *sites = &weeks->sites[weeks->count];
	struct scan_report ignored = { 0 };
	struct sample_day rows;

	weeks->days[weeks->count++] = day;
	totals_init(sites, &inside->operands.keys);
	if (diff_store_read(&inside->operands.store, day,
		new->operand->last_hour, request->scan, &inside->operands.keys,
		&ignored, err) != 0)
		return -1;
	rows = (struct sample_day){ .rows = day->sample.rows,
		.count = day->sample.count,
		.last_hour = -1 };
	totals_add(sites, &rows, -1);
	totals_finish(sites);
	return 0;
}

static int
read_weeks(struct comparison *comparison,
    const struct comparison_request *request, struct weeks *weeks,
    struct err *err)
{
	struct comparison_inside *inside = comparison->inside;
	const struct compared_day *new = &inside->days[inside->count - 1];
	struct diff_operand week = { .last_hour = new->operand->last_hour };

	for (size_t i = HISTORY_WEEKS; i > 0; i--) {
		if (diff_store_before(&inside->operands.store,
			new->operand->stored, i, &week.stored, err) != 0)
			return -1;
		if (week.stored != NULL && diff_operand_is_empty(&week))
			stored_day_free(week.stored);
		else if (week.stored != NULL &&
		    add_week(comparison, request, week.stored, weeks, err) != 0)
			return -1;
	}
	return 0;
}

static void
line_up_weeks(const struct comparison *comparison, struct weeks *weeks)
{
	const struct comparison_inside *inside = comparison->inside;
	const struct totals *new = &inside->days[inside->count - 1].sites;

	weeks->lineup = lineup_new(weeks->count, new->sites, new->count);
	for (size_t i = 0; i < weeks->count; i++) {
		const struct totals *old = &weeks->sites[i];
		struct matching matching;

		matching_init(&matching, old->sites, old->count, new->sites,
		    new->count);
		comparison_match(comparison, old, &matching);
		lineup_add(weeks->lineup, &matching);
		matching_release(&matching);
	}
}

/* The row of what a change is now; NULL for what vanished. */
static const struct lineup_row *
find_row(const struct lineup_row *rows, size_t count,
    const struct change *change)
{
	const struct site *site = change->pair.new;

	for (size_t i = 0; site != NULL && i < count; i++) {
		const struct site *new = rows[i].pair.new;

		if (new != NULL && slice_equal(new->file, site->file) &&
		    slice_equal(new->line, site->line) &&
		    slice_equal(new->function, site->function) &&
		    slice_equal(new->operation, site->operation))
			return &rows[i];
	}
	return NULL;
}

static void
report_rows(struct comparison *comparison,
    const struct comparison_request *request, struct weeks *weeks)
{
	struct comparison_inside *inside = comparison->inside;
	struct report *report = &comparison->report;
	size_t count;
	const struct lineup_row *rows = lineup_rows(weeks->lineup, &count);

	if (!comparison_is_fine(comparison, request))
		rows = lineup_group(weeks->lineup, request->by, false, &count);
	inside->history = xcalloc(HISTORY_ROWS, sizeof(inside->history[0]));
	for (size_t i = 0; i < report->rows && i < HISTORY_ROWS; i++) {
		const struct change *change = &comparison->asked.changes[i];
		const struct lineup_row *row = find_row(rows, count, change);
		double *counts;

		if (row == NULL)
			continue;
		counts = arena_take(&inside->arena,
		    weeks->count * sizeof(counts[0]));
		for (size_t day = 0; day < weeks->count; day++)
			counts[day] = (double)row->old[day];
		inside->history[report->history_count++] =
		    (struct report_history){ change, counts };
	}
	report->history = inside->history;
}

static void
name_weeks(struct comparison *comparison, const struct weeks *weeks)
{
	struct comparison_inside *inside = comparison->inside;

	inside->history_days = xcalloc(weeks->count,
	    sizeof(inside->history_days[0]));
	for (size_t i = 0; i < weeks->count; i++)
		inside->history_days[i] = arena_copy(&inside->arena,
		    slice_str(weeks->days[i]->name));
	comparison->report.history_days = inside->history_days;
	comparison->report.history_day_count = weeks->count;
}

static void
release_weeks(struct weeks *weeks)
{
	lineup_free(weeks->lineup);
	for (size_t i = 0; i < weeks->count; i++) {
		totals_release(&weeks->sites[i]);
		stored_day_free(weeks->days[i]);
	}
}

int
comparison_tell_history(struct comparison *comparison,
    const struct comparison_request *request, struct err *err)
{
	const struct comparison_inside *inside = comparison->inside;
	struct weeks weeks = { 0 };
	int status;

	if (inside->days[inside->count - 1].operand->stored == NULL)
		return 0;
	status = read_weeks(comparison, request, &weeks, err);
	if (status == 0 && weeks.count > 0) {
		line_up_weeks(comparison, &weeks);
		report_rows(comparison, request, &weeks);
		name_weeks(comparison, &weeks);
	}
	release_weeks(&weeks);
	return status;
}
