/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/deposit.h"

#include "scan/counter.h"
#include "daystore.h"
#include "tap.h"

/* A row to give; its line is its key in the part, and its entries are 1. */
struct given {
	uint32_t end_of;
	const char *day;
	const char *host;
	const char *line;
	const char *hour;
	uint64_t count;
};

/* An input that is saved; its id. */
static int64_t
add_input(struct days *days, const char *path)
{
	struct days_input input = { .seen = 1000 };
	struct err err = { "" };
	int64_t id;

	buf_add_str(&input.path, path);
	need(days_save(days, &input, &err), &err);
	id = input.id;
	days_input_release(&input);
	return id;
}

static void
give_sum(struct deposit *deposit, uint32_t end_of, const struct tally_row *row,
    const struct tally_sum *sum)
{
	struct buf key = { 0 };
	struct err err = { "" };

	counter_key_front(&key, end_of);
	tally_key_add(&key, &deposit_keys, row);
	need(deposit_take(deposit, buf_slice(&key), sum, &err), &err);
	buf_release(&key);
}

/* Gives rows, up to one without a line. */
static void
give(struct deposit *deposit, const struct given *given)
{
	for (; given->line != NULL; given++) {
		const struct tally_sum sum = { given->count, 1, false };
		const struct tally_row row = {
			.value[TALLY_DAY] = slice_str(given->day),
			.value[TALLY_HOUR] = slice_str(given->hour),
			.value[TALLY_HOST] = slice_str(given->host),
			.value[TALLY_LINE] = slice_str(given->line),
		};

		give_sum(deposit, given->end_of, &row, &sum);
	}
}

static void
finish(struct deposit *deposit)
{
	struct err err = { "" };

	need(deposit_finish(deposit, &err), &err);
}

/* A deposit of its own, as a scan makes one. */
static void
deposit_rows(struct days *days, const struct given *given, bool merge)
{
	struct deposit deposit;
	struct err err = { "" };

	deposit_init(&deposit, days, slice_make(NULL, 0));
	give(&deposit, given);
	finish(&deposit);
	if (merge)
		need(deposit_merge(&deposit, &err), &err);
	deposit_release(&deposit);
}

/* Adds what is there of the columns, with blanks between. */
static void
add_values(struct buf *text, const struct part_row *row)
{
	struct tally_row values = { 0 };
	struct buf buf = { 0 };

	tally_key_read(row->key, &part_keys, &buf, &values);
	for (size_t i = 0; i < part_keys.count; i++) {
		struct slice value = values.value[part_keys.column[i]];

		if (value.len > 0)
			buf_add_format(text, " %.*s", SLICE_ARG(value));
	}
	buf_release(&buf);
}

/* Adds " LINE HOUR=COUNT/ENTRIES..." of each row; "--" is no hour. */
static void
add_rows(struct buf *text, struct slice bytes)
{
	struct err err = { "" };
	struct part_reader *reader = part_reader_new(&bytes, 1, &err);
	struct part_row row;

	need(reader == NULL ? -1 : 0, &err);
	while (part_next(reader, &row)) {
		add_values(text, &row);
		for (unsigned slot = 0; slot < PART_SLOTS; slot++) {
			if ((row.slots >> slot & 1) == 0)
				continue;
			if (slot == PART_NO_HOUR)
				buf_add_str(text, " --");
			else
				buf_add_format(text, " %02u", slot);
			buf_add_format(text, "=%" PRIu64 "/%" PRIu64,
			    row.count[slot], row.entries[slot]);
		}
	}
	part_reader_free(reader);
}

/* That the store has these parts, a line each: "DAY HOST:" and their rows; with
 * the number of the input in between where one hangs on its end. */
static void
has(struct days *days, const char *want)
{
	struct days_list list = { 0 };
	struct buf text = { 0 };
	struct buf bytes = { 0 };
	struct err err = { "" };

	need(days_parts(days, slice_str(""), slice_str("~"), &list, &err),
	    &err);
	for (size_t i = 0; i < list.count; i++) {
		const struct days_part *part = &list.items[i];

		buf_add_format(&text, "%.*s %.*s", SLICE_ARG(part->day),
		    SLICE_ARG(part->host));
		if (part->input != 0)
			buf_add_format(&text, " of %" PRIi64, part->input);
		buf_add_char(&text, ':');
		buf_clear(&bytes);
		need(days_read(days, part->id, &bytes, &err), &err);
		add_rows(&text, buf_slice(&bytes));
		buf_add_char(&text, '\n');
	}
	CHECK_SLICE(text, want);
	buf_release(&bytes);
	buf_release(&text);
	days_list_release(&list);
}

static size_t
count_parts(struct days *days)
{
	struct days_list list = { 0 };
	struct err err = { "" };
	size_t count;

	need(days_parts(days, slice_str(""), slice_str("~"), &list, &err),
	    &err);
	count = list.count;
	days_list_release(&list);
	return count;
}

static void
divides(void)
{
	static const struct given rows[] = {
		{ 0, "2013-06-12", "web1", "9", "2013-06-12T05", 3 },
		{ 0, "2013-06-12", "web1", "9", "2013-06-12T06", 4 },
		{ 0, "2013-06-12", "web1", "88", "2013-06-12T05", 1 },
		{ 0, "2013-06-12", "web2", "88", "2013-06-12T05", 5 },
		{ 0, "2013-06-13", "web2", "88", "2013-06-13T05", 6 },
		{ 0 },
	};
	struct days *days = open_days("divides", DB_WRITE);
	struct deposit deposit;

	deposit_init(&deposit, days, slice_make(NULL, 0));
	give(&deposit, rows);
	has(days,
	    "2013-06-12 web1: 9 05=3/1 06=4/1 88 05=1/1\n"
	    "2013-06-12 web2: 88 05=5/1\n");
	finish(&deposit);
	finish(&deposit);
	has(days,
	    "2013-06-12 web1: 9 05=3/1 06=4/1 88 05=1/1\n"
	    "2013-06-12 web2: 88 05=5/1\n"
	    "2013-06-13 web2: 88 05=6/1\n");
	CHECK_INT(deposit.too_old, 0);
	CHECK_INT(deposit.over, 0);
	deposit_release(&deposit);
	days_close(days);
}

static void
adds_nothing(void)
{
	struct days *days = open_days("nothing", DB_WRITE);
	struct deposit deposit;
	struct err err = { "" };

	deposit_init(&deposit, days, slice_make(NULL, 0));
	finish(&deposit);
	need(deposit_ends(&deposit, 1, 7, &err), &err);
	need(deposit_merge(&deposit, &err), &err);
	CHECK_INT(deposit_days(&deposit), 0);
	deposit_release(&deposit);
	has(days, "");
	days_close(days);
}

static void
keeps_columns(void)
{
	struct days *days = open_days("columns", DB_WRITE);
	const struct tally_sum sum = { 7, 2, false };
	struct tally_row row = {
		.value[TALLY_DAY] = SLICE("2013-06-12"),
		.value[TALLY_HOUR] = SLICE("2013-06-12T23"),
		.value[TALLY_HOST] = SLICE("web1"),
		.value[TALLY_REVISION] = SLICE("r1"),
		.value[TALLY_FILE] = SLICE("badge.rb"),
		.value[TALLY_LINE] = SLICE("88"),
		.value[TALLY_FUNCTION] = SLICE("show"),
		.value[TALLY_OPERATION] = SLICE("Badge.load"),
	};
	struct deposit deposit;

	deposit_init(&deposit, days, slice_make(NULL, 0));
	give_sum(&deposit, 0, &row, &sum);
	row.value[TALLY_OPERATION] = slice_str("Badge.save");
	give_sum(&deposit, 0, &row, &sum);
	row.value[TALLY_REVISION] = slice_str("r2");
	give_sum(&deposit, 0, &row, &sum);
	finish(&deposit);
	deposit_release(&deposit);
	has(days,
	    "2013-06-12 web1: r1 badge.rb 88 show Badge.load 23=7/2"
	    " r1 badge.rb 88 show Badge.save 23=7/2"
	    " r2 badge.rb 88 show Badge.save 23=7/2\n");
	days_close(days);
}

static void
finds_slots(void)
{
	static const struct given rows[] = {
		{ 0, "", "web1", "1", "", 1 },
		{ 0, "", "web1", "1", "2013-06-12T05", 2 },
		{ 0, "", "web1", "1", "T05", 4 },
		{ 0, "2013-06-12", "web1", "1", "", 1 },
		{ 0, "2013-06-12", "web1", "1", "2013-06-11T05", 2 },
		{ 0, "2013-06-12", "web1", "1", "2013-06-12T", 4 },
		{ 0, "2013-06-12", "web1", "1", "2013-06-12T00", 8 },
		{ 0, "2013-06-12", "web1", "1", "2013-06-12T005", 16 },
		{ 0, "2013-06-12", "web1", "1", "2013-06-12T23", 32 },
		{ 0, "2013-06-12", "web1", "1", "2013-06-12T24", 64 },
		{ 0, "2013-06-12", "web1", "1", "2013-06-12T25", 256 },
		{ 0, "2013-06-12", "web1", "1", "2013-06-12Tx5", 128 },
		{ 0, "2013-06-12", "web1", "1", "2013-06-12x05", 512 },
		{ 0 },
	};
	struct days *days = open_days("slots", DB_WRITE);

	deposit_rows(days, rows, false);
	has(days,
	    " web1: 1 --=7/3\n"
	    "2013-06-12 web1: 1 00=8/1 23=32/1 --=983/8\n");
	days_close(days);
}

static void
keeps_ends(void)
{
	static const struct given rows[] = {
		{ 0, "2013-06-12", "web1", "1", "2013-06-12T05", 1 },
		{ 1, "2013-06-12", "web1", "1", "2013-06-12T05", 2 },
		{ 1, "2013-06-13", "web1", "1", "2013-06-13T05", 4 },
		{ 2, "2013-06-13", "web1", "1", "2013-06-13T05", 8 },
		{ 0 },
	};
	struct days *days = open_days("ends", DB_WRITE);
	int64_t first = add_input(days, "a.log");
	int64_t second = add_input(days, "b.log");
	struct deposit deposit;
	struct err err = { "" };

	CHECK(first == 1 && second == 2);
	deposit_init(&deposit, days, slice_make(NULL, 0));
	give(&deposit, rows);
	finish(&deposit);
	has(days, "2013-06-12 web1: 1 05=1/1\n");
	need(deposit_ends(&deposit, 1, second, &err), &err);
	need(deposit_ends(&deposit, 2, first, &err), &err);
	need(deposit_ends(&deposit, 3, first, &err), &err);
	deposit_release(&deposit);
	has(days,
	    "2013-06-12 web1: 1 05=1/1\n"
	    "2013-06-12 web1 of 2: 1 05=2/1\n"
	    "2013-06-13 web1 of 2: 1 05=4/1\n"
	    "2013-06-13 web1 of 1: 1 05=8/1\n");
	need(days_drop_ends(days, second, &err), &err);
	has(days,
	    "2013-06-12 web1: 1 05=1/1\n"
	    "2013-06-13 web1 of 1: 1 05=8/1\n");
	days_close(days);
}

/* Numbers of inputs that take more than a byte. */
static void
keeps_late_ends(void)
{
	static const struct given rows[] = {
		{ 255, "2013-06-12", "web1", "1", "2013-06-12T05", 1 },
		{ 256, "2013-06-12", "web1", "1", "2013-06-12T05", 2 },
		{ 70000, "2013-06-12", "web1", "1", "2013-06-12T05", 4 },
		{ 0 },
	};
	struct days *days = open_days("late", DB_WRITE);
	int64_t input = add_input(days, "a.log");
	struct deposit deposit;
	struct err err = { "" };

	deposit_init(&deposit, days, slice_make(NULL, 0));
	give(&deposit, rows);
	finish(&deposit);
	need(deposit_ends(&deposit, 256, input, &err), &err);
	has(days, "2013-06-12 web1 of 1: 1 05=2/1\n");
	need(deposit_ends(&deposit, 70000, input, &err), &err);
	deposit_release(&deposit);
	has(days,
	    "2013-06-12 web1 of 1: 1 05=2/1\n"
	    "2013-06-12 web1 of 1: 1 05=4/1\n");
	days_close(days);
}

static void
leaves_out_the_old(void)
{
	static const struct given rows[] = {
		{ 0, "", "web1", "1", "", 1 },
		{ 0, "2013-06-10", "web1", "1", "2013-06-10T05", 2 },
		{ 0, "2013-06-10", "web1", "1", "2013-06-10T06", 4 },
		{ 0, "2013-06-11", "web1", "1", "2013-06-11T05", 8 },
		{ 1, "2013-06-10", "web1", "1", "2013-06-10T05", 16 },
		{ 0 },
	};
	struct days *days = open_days("old", DB_WRITE);
	int64_t input = add_input(days, "a.log");
	struct deposit deposit;
	struct err err = { "" };

	deposit_init(&deposit, days, slice_str("2013-06-11"));
	give(&deposit, rows);
	finish(&deposit);
	need(deposit_ends(&deposit, 1, input, &err), &err);
	CHECK_INT(deposit.too_old, 3);
	CHECK_INT(deposit_days(&deposit), 2);
	deposit_release(&deposit);
	has(days,
	    " web1: 1 --=1/1\n"
	    "2013-06-11 web1: 1 05=8/1\n");
	days_close(days);
}

static void
merges_many(void)
{
	static const struct given rows[] = {
		{ 0, "2013-06-12", "web1", "1", "2013-06-12T05", 1 },
		{ 0, "2013-06-12", "web2", "1", "2013-06-12T05", 1 },
		{ 0 },
	};
	struct days *days = open_days("many", DB_WRITE);

	/* Fifteen of each: one more of the first makes it one. */
	for (int i = 0; i < 15; i++)
		deposit_rows(days, rows, true);
	CHECK_INT(count_parts(days), 30);
	deposit_rows(days, &rows[1], false);
	CHECK_INT(count_parts(days), 31);
	deposit_rows(days,
	    (struct given[]){
		{ 0, "2013-06-12", "web1", "1", "2013-06-12T05", 1 }, { 0 } },
	    true);
	CHECK_INT(count_parts(days), 17);
	deposit_rows(days, &rows[1], true);
	has(days,
	    "2013-06-12 web1: 1 05=16/16\n"
	    "2013-06-12 web2: 1 05=17/17\n");
	days_close(days);
}

static void
merges_no_ends(void)
{
	static const struct given row[] = {
		{ 0, "2013-06-12", "web1", "1", "2013-06-12T05", 1 },
		{ 0 },
	};
	static const struct given end[] = {
		{ 1, "2013-06-12", "web1", "1", "2013-06-12T05", 100 },
		{ 0 },
	};
	struct days *days = open_days("no-ends", DB_WRITE);
	int64_t input = add_input(days, "a.log");
	struct deposit deposit;
	struct err err = { "" };

	for (int i = 0; i < 15; i++)
		deposit_rows(days, row, true);
	deposit_init(&deposit, days, slice_make(NULL, 0));
	give(&deposit, end);
	finish(&deposit);
	need(deposit_ends(&deposit, 1, input, &err), &err);
	need(deposit_merge(&deposit, &err), &err);
	deposit_release(&deposit);
	CHECK_INT(count_parts(days), 16);
	deposit_rows(days, row, true);
	has(days,
	    "2013-06-12 web1 of 1: 1 05=100/1\n"
	    "2013-06-12 web1: 1 05=16/16\n");
	days_close(days);
}

static void
counts_over(void)
{
	const struct tally_sum over = { UINT64_MAX, 3, true };
	const struct tally_sum full = { UINT64_MAX, 3, false };
	struct days *days = open_days("over", DB_WRITE);
	struct tally_row row = {
		.value[TALLY_DAY] = SLICE("2013-06-12"),
		.value[TALLY_HOUR] = SLICE("2013-06-12T05"),
		.value[TALLY_LINE] = SLICE("1"),
	};
	struct deposit deposit;

	deposit_init(&deposit, days, slice_make(NULL, 0));
	give_sum(&deposit, 0, &row, &over);
	CHECK_INT(deposit.over, 1);
	row.value[TALLY_HOUR] = slice_str("2013-06-12T06");
	give_sum(&deposit, 0, &row, &full);
	CHECK_INT(deposit.over, 1);
	row.value[TALLY_LINE] = slice_str("2");
	give_sum(&deposit, 0, &row, &over);
	CHECK_INT(deposit.over, 2);
	finish(&deposit);
	deposit_release(&deposit);
	has(days,
	    "2013-06-12 : 1 05=18446744073709551615/3"
	    " 06=18446744073709551615/3"
	    " 2 06=18446744073709551615/3\n");
	days_close(days);
}

/* Gives a row of a host that is no text, and merges. */
static void
deposit_host(struct days *days, struct slice host)
{
	const struct tally_sum sum = { 1, 1, false };
	const struct tally_row row = {
		.value[TALLY_DAY] = SLICE("2013-06-12"),
		.value[TALLY_HOST] = host,
		.value[TALLY_LINE] = SLICE("1"),
	};
	struct deposit deposit;
	struct err err = { "" };

	deposit_init(&deposit, days, slice_make(NULL, 0));
	give_sum(&deposit, 0, &row, &sum);
	finish(&deposit);
	need(deposit_merge(&deposit, &err), &err);
	deposit_release(&deposit);
}

static void
any_host(void)
{
	static const struct slice hosts[] = { SLICE(""), SLICE("a"),
		SLICE("a\0b"), SLICE("a\0b\xff"), SLICE("\xff\n") };
	enum { HOSTS = sizeof(hosts) / sizeof(hosts[0]) };
	struct days *days = open_days("hosts", DB_WRITE);
	struct days_list list = { 0 };
	struct err err = { "" };

	for (size_t i = 0; i < UINT64_C(16) * HOSTS; i++)
		deposit_host(days, hosts[i % HOSTS]);
	need(days_parts(days, slice_str(""), slice_str("~"), &list, &err),
	    &err);
	CHECK_INT(list.count, HOSTS);
	for (size_t i = 0; i < list.count && i < HOSTS; i++) {
		CHECK_BYTES(list.items[i].host.ptr, list.items[i].host.len,
		    hosts[i].ptr, hosts[i].len);
		CHECK_INT(list.items[i].count, 16);
	}
	days_list_release(&list);
	days_close(days);
}

static void
counts_days(void)
{
	static const struct given rows[] = {
		{ 0, "", "web1", "1", "", 1 },
		{ 0, "2013-06-12", "web1", "1", "", 1 },
		{ 0, "2013-06-12", "web2", "1", "", 1 },
		{ 0, "2013-06-13", "web2", "1", "", 1 },
		{ 1, "2013-06-13", "web1", "1", "", 1 },
		{ 1, "2013-06-14", "web1", "1", "", 1 },
		{ 0 },
	};
	struct days *days = open_days("days", DB_WRITE);
	struct deposit deposit;

	deposit_init(&deposit, days, slice_make(NULL, 0));
	give(&deposit, rows);
	finish(&deposit);
	CHECK_INT(deposit_days(&deposit), 4);
	deposit_release(&deposit);
	days_close(days);
}

static void
tells_the_store(void)
{
	static const struct given rows[] = {
		{ 0, "2013-06-12", "web1", "1", "", 1 },
		{ 1, "2013-06-12", "web1", "1", "", 1 },
		{ 0 },
	};
	struct days *days = open_days("told", DB_WRITE);
	struct deposit deposit;
	struct err err = { "" };

	deposit_init(&deposit, days, slice_make(NULL, 0));
	give(&deposit, rows);
	finish(&deposit);
	/* There is no such input. */
	CHECK_INT(deposit_ends(&deposit, 1, 99, &err), -1);
	CHECK(strstr(err.text, days_name(days)) == err.text);
	deposit_release(&deposit);
	days_close(days);

	days = open_days("told", DB_READ);
	deposit_init(&deposit, days, slice_make(NULL, 0));
	give(&deposit, (struct given[]){ rows[0], { 0 } });
	err = (struct err){ "" };
	CHECK_INT(deposit_finish(&deposit, &err), -1);
	CHECK(strstr(err.text, days_name(days)) == err.text);
	deposit_release(&deposit);
	days_close(days);
}

static const struct tap_test tests[] = {
	{ "rows of a day and host become a part", divides },
	{ "no rows become none", adds_nothing },
	{ "all columns are kept", keeps_columns },
	{ "hours go to their slots, others to that of no hour", finds_slots },
	{ "what hangs on an input's end waits for its id", keeps_ends },
	{ "however many inputs there are", keeps_late_ends },
	{ "days that are no more kept are left out and counted",
	    leaves_out_the_old },
	{ "sixteen parts of a day and host are made one", merges_many },
	{ "what hangs on an end is none of them", merges_no_ends },
	{ "sums beyond 2^64-1 are counted", counts_over },
	{ "a host may be any bytes", any_host },
	{ "it knows how many days it added to", counts_days },
	{ "what the store says is told", tells_the_store },
	{ 0 },
};

int
main(void)
{
	int status;

	scratch_make();
	status = tap_run(tests);
	scratch_remove();
	return status;
}
