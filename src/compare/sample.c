/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/sample.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"

static bool
may_have(const struct tally_keys *has, enum tally_column column)
{
	if (column != TALLY_DAY && column != TALLY_HOUR &&
	    column != TALLY_FUNCTION && column != TALLY_REVISION)
		return true;
	return has == NULL || tally_keys_have(has, column);
}

static void
ask_for(struct sample *sample, const struct tally_keys *has,
    enum tally_column column)
{
	if (may_have(has, column))
		sample->keys.column[sample->keys.count++] = column;
}

void
sample_init(struct sample *sample, const struct tally_keys *keys,
    const struct tally_keys *has)
{
	*sample = (struct sample){ 0 };
	table_init(&sample->texts, sizeof(struct slice));
	ask_for(sample, has, TALLY_DAY);
	ask_for(sample, has, TALLY_HOUR);
	for (size_t i = 0; i < keys->count; i++)
		ask_for(sample, has, keys->column[i]);
}

void
sample_release(struct sample *sample)
{
	table_release(&sample->texts);
	free(sample->rows);
	*sample = (struct sample){ 0 };
}

/* A copy of the text that lives as long as the sample; the same texts are one
 * copy, since days name the same files again and again. */
static struct slice
keep(struct sample *sample, struct slice text)
{
	bool added;
	struct slice *copy;

	if (text.len == 0)
		return slice_make(NULL, 0);
	copy = table_add(&sample->texts, text, &added);
	if (added)
		*copy = arena_copy(&sample->texts.arena, text);
	return *copy;
}

/* A number below most; else -1. */
static int
number_below(struct slice text, uint64_t most)
{
	uint64_t number;

	if (slice_number(text, &number) != 0 || number >= most)
		return -1;
	return (int)number;
}

/* The hour and the minute of "2013-06-12T05" or "2013-06-12T05:45"; what it has
 * not is -1. */
static void
read_hour(struct slice text, struct sample_row *row)
{
	const char *t = slice_rchr(text, 'T');
	struct slice rest;
	struct slice hour;

	row->hour = -1;
	row->minute = -1;
	if (t == NULL)
		return;
	rest = slice_from(text, (size_t)(t - text.ptr) + 1);
	if (!slice_cut(&rest, ':', &hour)) {
		hour = rest;
		rest.len = 0;
	}
	row->hour = number_below(hour, 24);
	if (row->hour >= 0)
		row->minute = number_below(rest, 60);
}

/* An hour names its day too. */
static struct slice
day_of(const struct slice *value)
{
	struct slice rest = value[TALLY_HOUR];
	struct slice day = value[TALLY_DAY];

	if (day.len == 0)
		(void)slice_cut(&rest, 'T', &day);
	return day;
}

static struct slice
without_zeros(struct slice line)
{
	while (line.len > 1 && line.ptr[0] == '0')
		line = slice_from(line, 1);
	return line;
}

int
sample_take(void *context, const struct tally_row *row, struct err *err)
{
	struct sample *sample = context;
	const struct slice *value = row->value;
	bool is_kind = tally_keys_have(&sample->keys, TALLY_KIND);

	(void)err;
	xgrow(&sample->rows, &sample->room, sample->count + 1,
	    sizeof(sample->rows[0]));
	sample->rows[sample->count] = (struct sample_row){
		.day = keep(sample, day_of(value)),
		.revision = keep(sample, value[TALLY_REVISION]),
		.site = {
			.file = keep(sample, value[TALLY_FILE]),
			.line = without_zeros(
			    keep(sample, value[TALLY_LINE])),
			.function = keep(sample, value[TALLY_FUNCTION]),
			.operation = keep(sample,
			    value[is_kind ? TALLY_KIND : TALLY_OPERATION]),
			.count = row->count,
		},
	};
	read_hour(value[TALLY_HOUR], &sample->rows[sample->count++]);
	return 0;
}

static struct sample_day
day_from(const struct sample *sample, size_t first)
{
	struct sample_day day = {
		.name = sample->rows[first].day,
		.rows = sample->rows + first,
		.last_hour = sample->rows[first].hour,
	};

	while (first + day.count < sample->count &&
	    slice_equal(day.rows[day.count].day, day.name)) {
		int hour = day.rows[day.count++].hour;

		if (hour < 0 || (day.last_hour >= 0 && hour > day.last_hour))
			day.last_hour = hour;
	}
	return day;
}

size_t
sample_days(const struct sample *sample, struct sample_day **days)
{
	size_t count = 0;
	size_t room = 0;

	*days = NULL;
	for (size_t i = 0; i < sample->count; i += (*days)[count++].count) {
		xgrow(days, &room, count + 1, sizeof((*days)[0]));
		(*days)[count] = day_from(sample, i);
	}
	return count;
}

struct slice
sample_revision(const struct sample_day *day, size_t *others)
{
	struct slice most = slice_make(NULL, 0);
	struct table counts;
	double best = -1;

	table_init(&counts, sizeof(double));
	for (size_t i = 0; i < day->count; i++) {
		const struct sample_row *row = &day->rows[i];
		double *count = table_add(&counts, row->revision, NULL);

		*count += (double)row->site.count;
		if (*count > best) {
			best = *count;
			most = row->revision;
		}
	}
	*others = counts.count > 0 ? counts.count - 1 : 0;
	table_release(&counts);
	return most;
}
