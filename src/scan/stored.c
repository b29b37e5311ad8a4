/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/stored.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "engine/feed.h"
#include "model/operation.h"
#include "scan/counter.h"
#include "scan/deposit.h"
#include "scan/mapper.h"
#include "scan/scan_report.h"
#include "scan/rows.h"
#include "scan/setup.h"

/* A scan of stored days. */
struct stored {
	struct scan_run run;
	struct survey survey;
	struct feed *feed;
	struct counter counter;
	struct input input; /* whose rows are counted: of all columns */

	const struct stored_days *range;
	struct days *days;
	bool by_hour; /* hours count one by one */

	/* of the day and host that is read */
	struct buf bytes;     /* of its parts, one behind the other */
	struct buf values;    /* of the row */
	struct tally_row row; /* day and host are set */
};

static void
take_nothing(void *context, struct slice bytes)
{
	(void)context;
	(void)bytes;
}

/* A pattern that gives up is counted; there is no line to tell. */
static void
take_gave_up(void *context, struct slice line)
{
	(void)context;
	(void)line;
}

static int
open_stored(struct stored *stored, const struct scan_options *options,
    struct err *err)
{
	struct scan_run *run = &stored->run;

	if (setup_open(run, &stored->survey, options, err) != 0)
		return -1;
	if (run->keys.count == 0)
		run->keys = tally_default_keys;
	run->report->keys = run->keys;
	stored->by_hour = tally_keys_have(&run->keys, TALLY_HOUR) ||
	    run->when.since.is_set || run->when.until.is_set;
	stored->input.tally_keys = deposit_keys;
	stored->feed = feed_new(&mapper_state, options->memory, take_nothing,
	    NULL);
	counter_init(&stored->counter, run, feed_emit(stored->feed),
	    run->report, take_gave_up, NULL);
	counter_begin(&stored->counter, &stored->input);
	return 0;
}

static void
close_stored(struct stored *stored)
{
	if (stored->feed != NULL)
		counter_release(&stored->counter);
	feed_free(stored->feed);
	setup_close(&stored->run, &stored->survey);
	buf_release(&stored->bytes);
	buf_release(&stored->values);
}

static void
add_row(struct stored *stored, struct slice hour, uint64_t count,
    uint64_t entries)
{
	stored->row.value[TALLY_HOUR] = hour;
	stored->row.count = count;
	stored->row.entries = entries;
	counter_row(&stored->counter, &stored->row);
}

static void
add_hours(struct stored *stored, const struct part_row *row)
{
	struct slice day = stored->row.value[TALLY_DAY];

	for (unsigned slot = 0; slot < PART_SLOTS; slot++) {
		char hour[32];
		int len = 0;

		if ((row->slots >> slot & 1) == 0)
			continue;
		if (slot != PART_NO_HOUR)
			len = snprintf(hour, sizeof(hour), "%.*sT%02u",
			    SLICE_ARG(day), slot);
		add_row(stored, slice_make(hour, (size_t)len), row->count[slot],
		    row->entries[slot]);
	}
}

static void
add_day(struct stored *stored, const struct part_row *row)
{
	struct tally_sum sum = { 0 };

	for (unsigned slot = 0; slot < PART_SLOTS; slot++) {
		const struct tally_sum more = {
			.count = row->count[slot],
			.entries = row->entries[slot],
		};

		if ((row->slots >> slot & 1) != 0)
			tally_sum_add(&sum, &more);
	}
	add_row(stored, slice_make(NULL, 0), sum.count, sum.entries);
}

/* Hours behind the last one that is wanted; what has no hour stays. */
static uint32_t
late_slots(int last_hour)
{
	uint32_t hours = (UINT32_C(1) << PART_NO_HOUR) - 1;

	return last_hour < 0 ? 0 : hours & (hours << (last_hour + 1));
}

static void
name_operation(struct tally_row *row)
{
	struct slice operation = row->value[TALLY_OPERATION];

	row->value[TALLY_KIND] = operation_kind(operation);
	row->value[TALLY_VERB] = operation_verb(operation);
}

/* A sum that stays at 2^64-1 did so when it was added up, if not before; that
 * of a day may come to it here. */
static bool
is_over(const struct part_row *row, bool by_hour)
{
	struct tally_sum sum = { 0 };

	for (unsigned slot = 0; slot < PART_SLOTS; slot++) {
		const struct tally_sum more = {
			.count = row->count[slot],
			.entries = row->entries[slot],
		};

		if ((row->slots >> slot & 1) == 0)
			continue;
		if (more.count == UINT64_MAX)
			return true;
		tally_sum_add(&sum, &more);
	}
	return !by_hour && sum.is_over;
}

static void
tell_over(struct stored *stored, const struct part_row *row)
{
	if (!is_over(row, stored->by_hour))
		return;
	stored->run.report->over++;
	report_over(&stored->row);
}

static int
read_rows(struct stored *stored, const struct slice *parts, size_t count,
    struct err *err)
{
	uint32_t late = late_slots(stored->range->last_hour);
	struct part_reader *reader = part_reader_new(parts, count, err);
	struct slice day = stored->row.value[TALLY_DAY];
	struct slice host = stored->row.value[TALLY_HOST];
	struct part_row row;

	if (reader == NULL)
		return err_wrap(err, "%s: %.*s", days_name(stored->days),
		    SLICE_ARG(day));
	while (part_next(reader, &row)) {
		row.slots &= ~late;
		if (row.slots == 0)
			continue;
		tally_key_read(row.key, &part_keys, &stored->values,
		    &stored->row);
		stored->row.value[TALLY_DAY] = day;
		stored->row.value[TALLY_HOST] = host;
		name_operation(&stored->row);
		tell_over(stored, &row);
		if (stored->by_hour)
			add_hours(stored, &row);
		else
			add_day(stored, &row);
	}
	part_reader_free(reader);
	return 0;
}

/* Reads the parts of one day and host, of which the first is given. */
static int
read_host(struct stored *stored, const struct days_part *parts, size_t count,
    struct err *err)
{
	struct slice *texts = xcalloc(count, sizeof(*texts));
	size_t begin = 0;
	int status = 0;

	buf_clear(&stored->bytes);
	for (size_t i = 0; status == 0 && i < count; i++) {
		begin = stored->bytes.len;
		status = days_read(stored->days, parts[i].id, &stored->bytes,
		    err);
		texts[i].len = stored->bytes.len - begin;
	}
	begin = 0;
	for (size_t i = 0; i < count; begin += texts[i].len, i++)
		texts[i].ptr = stored->bytes.ptr + begin;
	stored->run.report->bytes += stored->bytes.len;
	stored->row.value[TALLY_DAY] = parts->day;
	stored->row.value[TALLY_HOST] = parts->host;
	if (status == 0)
		status = read_rows(stored, texts, count, err);
	free(texts);
	return status;
}

/* How many of the parts are of the same day and host as the first. */
static size_t
same_host(const struct days_part *parts, size_t count)
{
	size_t n = 1;

	while (n < count && slice_equal(parts[n].day, parts->day) &&
	    slice_equal(parts[n].host, parts->host))
		n++;
	return n;
}

/* Of one instant, and over when its rows are counted: they go to memory, or
 * the disk, not to who reads them. */
static int
read_day(struct stored *stored, struct slice day, struct err *err)
{
	struct days_list list = { 0 };
	int status = days_begin(stored->days, err);

	if (status == 0)
		status = days_parts(stored->days, day, day, &list, err);
	for (size_t i = 0, n; status == 0 && i < list.count; i += n) {
		n = same_host(&list.items[i], list.count - i);
		status = read_host(stored, &list.items[i], n, err);
	}
	days_rollback(stored->days);
	days_list_release(&list);
	return status != 0 ? -1 : feed_check(stored->feed, err);
}

/* Which days there are is asked once; a day that is forgotten meanwhile has no
 * rows. */
static int
read_days(struct stored *stored, struct err *err)
{
	struct days_list list = { 0 };
	struct slice last = { NULL, 0 };
	int status = days_parts(stored->days, stored->range->first,
	    stored->range->last, &list, err);

	for (size_t i = 0; status == 0 && i < list.count; i++) {
		if (i > 0 && slice_equal(list.items[i].day, last))
			continue;
		last = list.items[i].day;
		stored->run.report->inputs++;
		status = read_day(stored, last, err);
	}
	days_list_release(&list);
	return status;
}

int
stored_run(const struct scan_options *options, struct days *days,
    const struct stored_days *range, tally_take *row, void *context,
    struct scan_report *report, struct err *err)
{
	struct stored stored = {
		.run.report = report,
		.range = range,
		.days = days,
	};
	struct rows rows = {
		.keys = &stored.run.keys,
		.take = row,
		.context = context,
		.report = report,
	};
	int status = -1;

	*report = (struct scan_report){ 0 };
	if (open_stored(&stored, options, err) == 0)
		status = read_days(&stored, err);
	if (status == 0)
		status = feed_give(stored.feed, rows_take, &rows, err);
	report->is_trouble = status != 0 || report->given_up > 0 ||
	    report->over > 0;
	rows_release(&rows);
	close_stored(&stored);
	return status;
}
