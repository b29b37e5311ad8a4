/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/deposit.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "scan/counter.h"
#include "scan/scan_report.h"

/* So many parts of a day and host are made one: with a scan an hour, once or
 * twice a day. */
enum { MOST_PARTS = 16 };

const struct tally_keys deposit_keys = {
	.column = { TALLY_DAY, TALLY_HOST, TALLY_REVISION, TALLY_FILE,
	    TALLY_LINE, TALLY_FUNCTION, TALLY_OPERATION, TALLY_HOUR },
	.count = 8,
};

void
deposit_init(struct deposit *deposit, struct days *days, struct slice kept_from)
{
	*deposit = (struct deposit){ .days = days, .kept_from = kept_from };
	table_init(&deposit->touched, 0);
}

void
deposit_release(struct deposit *deposit)
{
	for (size_t i = 0; i < deposit->end_count; i++)
		part_writer_release(&deposit->ends[i].part);
	free(deposit->ends);
	part_writer_release(&deposit->part);
	buf_release(&deposit->day);
	buf_release(&deposit->host);
	buf_release(&deposit->key);
	buf_release(&deposit->next);
	buf_release(&deposit->values);
	table_release(&deposit->touched);
	arena_release(&deposit->texts);
}

static void
fill(struct buf *buf, struct slice bytes)
{
	buf_clear(buf);
	buf_add(buf, bytes);
}

static void
end_row(struct deposit *deposit)
{
	if (deposit->row.slots == 0)
		return;
	deposit->row.key = buf_slice(&deposit->key);
	part_add(&deposit->part, &deposit->row);
	deposit->row = (struct part_row){ 0 };
}

/* What hangs on the end of an input waits until its number in the store is
 * known. */
static void
keep_end(struct deposit *deposit)
{
	xgrow(&deposit->ends, &deposit->end_room, deposit->end_count + 1,
	    sizeof(deposit->ends[0]));
	deposit->ends[deposit->end_count++] = (struct deposit_end){
		.end_of = deposit->end_of,
		.day = arena_copy(&deposit->texts, buf_slice(&deposit->day)),
		.host = arena_copy(&deposit->texts, buf_slice(&deposit->host)),
		.part = deposit->part,
	};
	deposit->part = (struct part_writer){ 0 };
}

static void
touch(struct deposit *deposit)
{
	buf_clear(&deposit->next);
	buf_add(&deposit->next, buf_slice(&deposit->day));
	buf_add_char(&deposit->next, '\0');
	buf_add(&deposit->next, buf_slice(&deposit->host));
	(void)table_add(&deposit->touched, buf_slice(&deposit->next), NULL);
}

int
deposit_finish(struct deposit *deposit, struct err *err)
{
	int status = 0;

	if (!deposit->is_open)
		return 0;
	end_row(deposit);
	deposit->is_open = false;
	touch(deposit);
	if (deposit->end_of != 0) {
		keep_end(deposit);
		return 0;
	}
	status = days_add(deposit->days, buf_slice(&deposit->day),
	    buf_slice(&deposit->host), 0, &deposit->part, err);
	part_start(&deposit->part);
	return status;
}

static bool
is_of_part(const struct deposit *deposit, uint32_t end_of,
    const struct tally_row *row)
{
	return deposit->is_open && deposit->end_of == end_of &&
	    slice_equal(buf_slice(&deposit->day), row->value[TALLY_DAY]) &&
	    slice_equal(buf_slice(&deposit->host), row->value[TALLY_HOST]);
}

static int
start_part(struct deposit *deposit, uint32_t end_of,
    const struct tally_row *row, struct err *err)
{
	if (deposit_finish(deposit, err) != 0)
		return -1;
	deposit->is_open = true;
	deposit->end_of = end_of;
	fill(&deposit->day, row->value[TALLY_DAY]);
	fill(&deposit->host, row->value[TALLY_HOST]);
	return 0;
}

/* "2013-06-12T05" is 5; a row of a tally may have none, or one of another
 * day. */
static unsigned
slot_of(const struct tally_row *row)
{
	struct slice hour = row->value[TALLY_HOUR];
	struct slice day = row->value[TALLY_DAY];
	uint64_t number;

	if (day.len > 0 && hour.len == day.len + 3 &&
	    slice_equal(slice_head(hour, day.len), day) &&
	    hour.ptr[day.len] == 'T' &&
	    slice_number(slice_from(hour, day.len + 1), &number) == 0 &&
	    number < PART_NO_HOUR)
		return (unsigned)number;
	return PART_NO_HOUR;
}

/* Adds a row of one hour to that of its key. */
static void
add_hour(struct deposit *deposit, const struct tally_row *row)
{
	unsigned slot = slot_of(row);
	struct part_row more = { .slots = UINT32_C(1) << slot };

	more.count[slot] = row->count;
	more.entries[slot] = row->entries;
	buf_clear(&deposit->next);
	tally_key_add(&deposit->next, &part_keys, row);
	if (deposit->row.slots != 0 &&
	    !slice_equal(buf_slice(&deposit->key), buf_slice(&deposit->next)))
		end_row(deposit);
	if (deposit->row.slots == 0)
		fill(&deposit->key, buf_slice(&deposit->next));
	part_row_add(&deposit->row, &more);
}

int
deposit_take(void *context, struct slice key, const void *state,
    struct err *err)
{
	struct deposit *deposit = context;
	const struct tally_sum *sum = state;
	uint32_t end_of = counter_key_take_front(&key);
	struct tally_row row = {
		.count = sum->count,
		.entries = sum->entries,
	};
	struct slice day;

	tally_key_read(key, &deposit_keys, &deposit->values, &row);
	day = row.value[TALLY_DAY];
	if (day.len > 0 && slice_compare(day, deposit->kept_from) < 0) {
		deposit->too_old++;
		return 0;
	}
	if (sum->is_over) {
		deposit->over++;
		report_over(&row);
	}
	if (!is_of_part(deposit, end_of, &row) &&
	    start_part(deposit, end_of, &row, err) != 0)
		return -1;
	add_hour(deposit, &row);
	return 0;
}

int
deposit_ends(struct deposit *deposit, uint32_t end_of, int64_t id,
    struct err *err)
{
	for (size_t i = 0; i < deposit->end_count; i++) {
		struct deposit_end *end = &deposit->ends[i];

		if (end->end_of == end_of &&
		    days_add(deposit->days, end->day, end->host, id, &end->part,
			err) != 0)
			return -1;
	}
	return 0;
}

static int
merge_one(struct deposit *deposit, struct slice day, struct slice host,
    struct err *err)
{
	struct days_list list = { 0 };
	size_t n = 0;
	int status = days_parts(deposit->days, day, day, &list, err);

	for (size_t i = 0; i < list.count; i++)
		n += list.items[i].input == 0 &&
		    slice_equal(list.items[i].host, host);
	days_list_release(&list);
	if (status == 0 && n >= MOST_PARTS)
		status = days_merge(deposit->days, day, host, err);
	return status;
}

int
deposit_merge(struct deposit *deposit, struct err *err)
{
	struct table_entry **entries = table_sorted(&deposit->touched);
	int status = 0;

	for (size_t i = 0; status == 0 && i < deposit->touched.count; i++) {
		struct slice host = entries[i]->key;
		struct slice day;

		(void)slice_cut(&host, '\0', &day);
		status = merge_one(deposit, day, host, err);
	}
	free(entries);
	return status;
}

uint64_t
deposit_days(const struct deposit *deposit)
{
	struct table_entry **entries = table_sorted(&deposit->touched);
	struct slice last = { NULL, 0 };
	uint64_t n = 0;

	for (size_t i = 0; i < deposit->touched.count; i++) {
		struct slice rest = entries[i]->key;
		struct slice day;

		(void)slice_cut(&rest, '\0', &day);
		n += i == 0 || !slice_equal(day, last);
		last = day;
	}
	free(entries);
	return n;
}
