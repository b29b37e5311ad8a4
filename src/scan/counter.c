/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/counter.h"

#include <string.h>

#include "model/operation.h"
#include "scan/dayname.h"

/* What an item of the memo says of its entries. */
enum {
	IS_SELECTED = 1,
	IS_UNRESOLVED = 2,
	HAS_NO_DAY = 4,
	IS_OTHER_DAY = 8,
};

/* Adds n entries of one kind to the report. */
static void
report_entries(struct scan_report *sums, unsigned flags, uint64_t n)
{
	sums->entries += n;
	if ((flags & IS_SELECTED) == 0)
		return;
	sums->selected += n;
	if ((flags & IS_UNRESOLVED) != 0)
		sums->unresolved += n;
	if ((flags & HAS_NO_DAY) != 0)
		sums->no_day += n;
	if ((flags & IS_OTHER_DAY) != 0)
		sums->other_day += n;
}

/* What waited in the memo. */
static void
give_item(void *context, const struct memo_item *item)
{
	struct counter *counter = context;
	struct slice keys = item->keys;
	struct slice key;

	report_entries(counter->sums, item->flags, item->sum.entries);
	while (memo_key_next(&keys, &key))
		emit_add(counter->emit, key, &item->sum);
}

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
	memo_init(&counter->memo, give_item, counter);
}

void
counter_flush(struct counter *counter)
{
	memo_give(&counter->memo);
}

void
counter_release(struct counter *counter)
{
	memo_release(&counter->memo);
	scratch_free(counter->scratch);
	buf_release(&counter->key);
	buf_release(&counter->keys);
}

/* A front that sorts as its number does. */
void
counter_key_front(struct buf *key, uint32_t end_of)
{
	for (unsigned shift = 32; shift > 0; shift -= 8)
		buf_add_char(key, (char)(end_of >> (shift - 8)));
}

uint32_t
counter_key_take_front(struct slice *key)
{
	uint32_t end_of = 0;

	for (size_t i = 0; i < COUNTER_FRONT; i++)
		end_of = end_of << 8 | (unsigned char)key->ptr[i];
	*key = slice_from(*key, COUNTER_FRONT);
	return end_of;
}

void
counter_begin(struct counter *counter, const struct input *input)
{
	counter->input = input;
	counter->end_of = 0;
	counter->at = NULL;
}

/* What changes most is compared first. */
static bool
is_same_stamp(const struct stamp *a, const struct stamp *b)
{
	const struct civil *x = &a->civil;
	const struct civil *y = &b->civil;

	return x->second == y->second && x->minute == y->minute &&
	    x->hour == y->hour && x->day == y->day && x->month == y->month &&
	    x->year == y->year && a->offset == b->offset &&
	    a->has_date == b->has_date && a->has_year == b->has_year &&
	    a->has_time == b->has_time && a->has_offset == b->has_offset;
}

/* Whether rows at the one are rows at the other. */
static bool
is_same_moment(const struct counter *counter, const struct moment *a,
    const struct moment *b)
{
	return a->is_within == b->is_within &&
	    a->is_other_day == b->is_other_day && strcmp(a->day, b->day) == 0 &&
	    (strcmp(a->hour, b->hour) == 0 ||
		!tally_keys_have(&counter->run->keys, TALLY_HOUR));
}

/* Where the moment is kept: with the number that it had before where it is one
 * of the last few. */
static struct counter_moment *
number_moment(struct counter *counter, const struct moment *moment)
{
	const struct input *input = counter->input;
	struct counter_moment *at = counter->moments;

	for (size_t i = 0; i < COUNTER_MOMENTS; i++, at++)
		if (at->number != 0 && at->preset == input->preset &&
		    at->json_pointer == input->json_pointer &&
		    slice_equal(at->place.host, input->place.host) &&
		    slice_equal(at->place.revision, input->place.revision) &&
		    is_same_moment(counter, &at->moment, moment))
			return at;
	at = &counter->moments[counter->last_number++ % COUNTER_MOMENTS];
	*at = (struct counter_moment){
		.number = counter->last_number,
		.preset = input->preset,
		.json_pointer = input->json_pointer,
		.place = input->place,
		.moment = *moment,
	};
	return at;
}

/* Whether a stamp has the moment of the last one, another minute though. */
static bool
is_same_hour(const struct counter *counter, const struct stamp *stamp)
{
	struct stamp last = counter->stamp;

	last.civil.minute = stamp->civil.minute;
	last.civil.second = stamp->civil.second;
	return stamp->has_year && when_is_hourly(&counter->run->when) &&
	    is_same_stamp(&last, stamp);
}

static const struct counter_moment *
resolve_anew(struct counter *counter, const struct stamp *stamp)
{
	struct moment moment;

	if (counter->at != NULL && is_same_hour(counter, stamp)) {
		counter->stamp = *stamp;
		return counter->at;
	}
	when_resolve(&counter->run->when, &counter->input->when, stamp,
	    &moment);
	counter->stamp = *stamp;
	counter->at = number_moment(counter, &moment);
	return counter->at;
}

static inline const struct counter_moment *
resolve(struct counter *counter, const struct stamp *stamp)
{
	return counter->at != NULL && is_same_stamp(&counter->stamp, stamp) ?
	    counter->at :
	    resolve_anew(counter, stamp);
}

static void
add_row(struct counter *counter, const struct tally_row *row)
{
	struct tally_sum sum = {
		.count = row->count,
		.entries = row->entries,
	};

	buf_clear(&counter->key);
	if (counter->run->reached != NULL)
		counter_key_front(&counter->key, counter->end_of);
	tally_key_add(&counter->key, &counter->run->keys, row);
	memo_key_add(&counter->keys, buf_slice(&counter->key));
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

static struct slice
first_of(struct slice a, struct slice b)
{
	return a.len > 0 ? a : b;
}

/* Counts an entry; *flags says as what. */
static void
count_entry(struct counter *counter, const struct entry *entry,
    const struct moment *moment, unsigned *flags)
{
	const struct place *place = &counter->input->place;
	struct tally_row row = {
		.value[TALLY_DAY] = slice_str(moment->day),
		.value[TALLY_HOUR] = slice_str(moment->hour),
		.value[TALLY_HOST] = first_of(place->host, entry->host),
		.value[TALLY_REVISION] = first_of(entry->revision,
		    place->revision),
		.value[TALLY_FILE] = entry->caller.file,
		.value[TALLY_LINE] = entry->caller.line,
		.value[TALLY_FUNCTION] = entry->caller.function,
		.count = entry->count,
		.entries = 1,
	};

	*flags = 0;
	if (!moment->is_within ||
	    !is_wanted(counter, entry->caller.file, entry->text) ||
	    !add_operations(counter, &row, entry))
		return;
	*flags |= IS_SELECTED;
	if (!caller_is_resolved(&entry->caller))
		*flags |= IS_UNRESOLVED;
	if (moment->day[0] == '\0')
		*flags |= HAS_NO_DAY;
	if (moment->is_other_day)
		*flags |= IS_OTHER_DAY;
}

void
counter_entry(struct counter *counter, const struct entry *entry)
{
	const struct counter_moment *at = resolve(counter, &entry->stamp);
	uint64_t given_up = counter->sums->given_up;
	unsigned flags;

	buf_clear(&counter->keys);
	count_entry(counter, entry, &at->moment, &flags);
	report_entries(counter->sums, flags, 1);
	if (entry->source.len > 0 && counter->run->select.line == NULL &&
	    counter->end_of == 0 && counter->sums->given_up == given_up)
		memo_add(&counter->memo, entry->source, at->number,
		    buf_slice(&counter->keys), flags);
}

bool
counter_again(struct counter *counter, struct slice source, uint64_t count,
    const struct stamp *stamp)
{
	const struct counter_moment *at = resolve(counter, stamp);
	struct memo_item *item = memo_find(&counter->memo, source, at->number);
	const struct tally_sum sum = { .count = count, .entries = 1 };

	if (item == NULL || counter->end_of != 0)
		return false;
	tally_sum_add(&item->sum, &sum);
	return true;
}

void
counter_row(struct counter *counter, const struct tally_row *given)
{
	const struct place *place = &counter->input->place;
	struct tally_row row = *given;
	struct moment moment;
	const struct select *select = &counter->run->select;
	struct civil civil;

	when_resolve_row(&counter->run->when, &row, &moment);
	if (row.value[TALLY_DAY].len == 0 ||
	    (counter->run->reached != NULL &&
		!dayname_civil(row.value[TALLY_DAY], &civil)))
		row.value[TALLY_DAY] = slice_str(moment.day);
	row.value[TALLY_HOST] = first_of(row.value[TALLY_HOST], place->host);
	row.value[TALLY_REVISION] = first_of(row.value[TALLY_REVISION],
	    place->revision);
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
	buf_clear(&counter->keys);
	add_row(counter, &row);
	counter->sums->selected++;
	counter->sums->no_day += row.value[TALLY_DAY].len == 0 &&
	    tally_keys_have(&counter->input->tally_keys, TALLY_DAY);
}
