/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/counter.h"

#include "model/operation.h"

void
counter_init(struct counter *counter, const struct scan_run *run,
    struct emit *emit, struct scan_report *sums,
    void (*gave_up)(void *context, struct slice line), void *context)
{
	*counter = (struct counter){
		.run = run,
		.emit = emit,
		.sums = sums,
		.gave_up = gave_up,
		.context = context,
		.scratch = scratch_new((uint32_t)run->options->match_limit),
	};
}

void
counter_release(struct counter *counter)
{
	scratch_free(counter->scratch);
	buf_release(&counter->key);
}

void
counter_begin(struct counter *counter, const struct input *input)
{
	counter->input = input;
	counter->has_moment = false;
}

static bool
is_same_stamp(const struct stamp *a, const struct stamp *b)
{
	const struct civil *x = &a->civil;
	const struct civil *y = &b->civil;

	return x->year == y->year && x->month == y->month && x->day == y->day &&
	    x->hour == y->hour && x->minute == y->minute &&
	    x->second == y->second && a->offset == b->offset &&
	    a->has_date == b->has_date && a->has_year == b->has_year &&
	    a->has_time == b->has_time && a->has_offset == b->has_offset;
}

static const struct moment *
resolve(struct counter *counter, const struct stamp *stamp)
{
	if (!counter->has_moment || !is_same_stamp(&counter->stamp, stamp)) {
		when_resolve(&counter->run->when, &counter->input->when, stamp,
		    &counter->moment);
		counter->stamp = *stamp;
		counter->has_moment = true;
	}
	return &counter->moment;
}

static void
add_row(struct counter *counter, const struct tally_row *row)
{
	struct tally_sum sum = {
		.count = row->count,
		.entries = row->entries,
	};

	buf_clear(&counter->key);
	tally_key_add(&counter->key, &counter->run->keys, row);
	emit_add(counter->emit, buf_slice(&counter->key), &sum);
}

/* Whether a selection says yes; where a pattern gave up it is counted. */
static bool
is_yes(struct counter *counter, enum pattern_result result, struct slice line)
{
	if (result == PATTERN_GAVE_UP) {
		counter->sums->given_up++;
		counter->gave_up(counter->context, line);
	}
	return result == PATTERN_YES;
}

static bool
is_wanted(struct counter *counter, struct slice file, struct slice line)
{
	const struct select *select = &counter->run->select;

	return is_yes(counter, select_file(select, counter->scratch, file),
		   line) &&
	    is_yes(counter, select_line(select, counter->scratch, line), line);
}

/* Adds one operation's row when it is wanted. */
static bool
add_operation(struct counter *counter, struct tally_row *row,
    struct slice operation, struct slice line)
{
	row->value[TALLY_OPERATION] = operation;
	row->value[TALLY_KIND] = operation_kind(operation);
	row->value[TALLY_VERB] = operation_verb(operation);
	if (!is_yes(counter,
		select_operation(&counter->run->select, counter->scratch,
		    operation),
		line))
		return false;
	add_row(counter, row);
	return true;
}

static bool
stands_before(const struct slice *operations, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (slice_equal(operations[i], operations[at]))
			return true;
	return false;
}

/* A line with several different operations adds its count to each. */
static bool
add_operations(struct counter *counter, struct tally_row *row,
    const struct entry *entry)
{
	bool is_selected = false;

	if (entry->operation_count == 0)
		return add_operation(counter, row, slice_make(NULL, 0),
		    entry->text);
	for (size_t i = 0; i < entry->operation_count; i++)
		if (!stands_before(entry->operations, i))
			is_selected |= add_operation(counter, row,
			    entry->operations[i], entry->text);
	return is_selected;
}

void
counter_entry(struct counter *counter, const struct entry *entry)
{
	const struct moment *moment = resolve(counter, &entry->stamp);
	struct tally_row row = {
		.value[TALLY_DAY] = slice_str(moment->day),
		.value[TALLY_HOUR] = slice_str(moment->hour),
		.value[TALLY_HOST] = entry->host,
		.value[TALLY_FILE] = entry->caller.file,
		.value[TALLY_LINE] = entry->caller.line,
		.value[TALLY_FUNCTION] = entry->caller.function,
		.count = entry->count,
		.entries = 1,
	};

	counter->sums->entries++;
	if (!moment->is_within ||
	    !is_wanted(counter, entry->caller.file, entry->text) ||
	    !add_operations(counter, &row, entry))
		return;
	counter->sums->selected++;
	counter->sums->unresolved += !caller_is_resolved(&entry->caller);
	counter->sums->no_day += moment->day[0] == '\0';
	counter->sums->other_day += moment->is_other_day;
}

void
counter_row(struct counter *counter, const struct tally_row *given)
{
	struct tally_row row = *given;
	struct moment moment;
	const struct select *select = &counter->run->select;

	when_resolve_row(&counter->run->when, &row, &moment);
	if (row.value[TALLY_DAY].len == 0)
		row.value[TALLY_DAY] = slice_str(moment.day);
	counter->sums->entries++;
	if (!moment.is_within ||
	    !is_yes(counter,
		select_file(select, counter->scratch, row.value[TALLY_FILE]),
		row.value[TALLY_FILE]) ||
	    !is_yes(counter,
		select_operation(select, counter->scratch,
		    row.value[TALLY_OPERATION]),
		row.value[TALLY_OPERATION]))
		return;
	add_row(counter, &row);
	counter->sums->selected++;
	counter->sums->no_day += row.value[TALLY_DAY].len == 0 &&
	    tally_keys_have(&counter->input->tally_keys, TALLY_DAY);
}
