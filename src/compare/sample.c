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
	    column != TALLY_FUNCTION)
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
sample_init(struct sample *sample, const struct tally_keys *by,
    const struct tally_keys *has)
{
	*sample = (struct sample){ 0 };
	table_init(&sample->texts, sizeof(struct slice));
	ask_for(sample, has, TALLY_DAY);
	ask_for(sample, has, TALLY_HOUR);
	for (size_t i = 0; i < by->count; i++)
		ask_for(sample, has, by->column[i]);
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

/* The hour of "2013-06-12T05", or -1. */
static int
hour_of(struct slice hour)
{
	const char *t = slice_rchr(hour, 'T');
	uint64_t number;

	if (t == NULL)
		return -1;
	hour = slice_from(hour, (size_t)(t - hour.ptr) + 1);
	if (slice_number(hour, &number) != 0 || number > 23)
		return -1;
	return (int)number;
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
	sample->rows[sample->count++] = (struct sample_row){
		.day = keep(sample, day_of(value)),
		.hour = hour_of(value[TALLY_HOUR]),
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
