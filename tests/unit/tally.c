/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/tally.h"

#include "tap.h"

/* What a tally reader gave, a line for each row or complaint. */
struct told {
	struct buf text;
	int stop_at; /* take_row() says stop at this row, from 1; 0: never */
	int rows;
};

static int
take_row(void *context, const struct tally_row *row, struct err *err)
{
	struct told *told = context;

	for (size_t i = 0; i < TALLY_COLUMNS; i++)
		if (row->value[i].len > 0)
			buf_add_format(&told->text, "%s=%.*s ",
			    tally_column_name((enum tally_column)i),
			    SLICE_ARG(row->value[i]));
	buf_add_format(&told->text, "%" PRIu64 " %" PRIu64 "\n", row->count,
	    row->entries);
	return ++told->rows == told->stop_at ? err_set(err, "stop") : 0;
}

static void
take_bad(void *context, uint64_t line, const char *reason)
{
	struct told *told = context;

	buf_add_format(&told->text, "%" PRIu64 ": %s\n", line, reason);
}

/* Reads a text in pieces of step bytes; adds the error that ended it. */
static void
read_in(struct told *told, const char *text, size_t step)
{
	struct tally_reader *reader = tally_reader_new(take_row, take_bad,
	    told);
	struct slice rest = slice_str(text);
	struct err err;
	int status = 0;

	buf_clear(&told->text);
	told->rows = 0;
	while (rest.len > 0 && status == 0) {
		struct slice piece = slice_head(rest, step);

		rest = slice_from(rest, piece.len);
		status = tally_reader_feed(reader, piece, &err);
	}
	if (status == 0)
		status = tally_reader_finish(reader, &err);
	if (status != 0)
		buf_add_format(&told->text, "error: %s\n", err.text);
	tally_reader_free(reader);
}

static const struct {
	const char *text;
	const char *want;
} texts[] = {
	{ "day,file,line,function,operation,count,entries\n"
	  "2013-06-12,a.py,12,save,UserData.put,5,2\n",
	    "day=2013-06-12 file=a.py line=12 function=save "
	    "operation=UserData.put kind=UserData verb=put 5 2\n" },
	{ "count,entries\n5,2\n", "5 2\n" },
	{ "file,count,entries\r\n\"a,\"\"b\r\nc\",1,1\r\n",
	    "file=a,\"b\r\nc 1 1\n" },
	{ "hour,host,revision,kind,verb,count,entries\n"
	  "2013-06-12T05,h,r,K,v,1,1",
	    "hour=2013-06-12T05 host=h revision=r kind=K verb=v 1 1\n" },
	{ "file,count,entries\na,18446744073709551615,0\n",
	    "file=a 18446744073709551615 0\n" },
	{ "line,count,entries\n1,1\n2,1,1,1\nx,1,1\n,1,1\n1,-1,1\n1,,1\n"
	  "1,18446744073709551616,1\n1,1,18446744073709551616\n7,1,1\n",
	    "2: not as many fields as the header has\n"
	    "3: not as many fields as the header has\n"
	    "4: the line is no number\n"
	    "1 1\n"
	    "6: the count is no number\n"
	    "7: the count is no number\n"
	    "8: the count is beyond 2^64-1\n"
	    "9: entries is no number up to 2^64-1\n"
	    "line=7 1 1\n" },
	{ "file,count,entries\n", "" },
	{ "", "error: empty: not even a tally's header\n" },
	{ "prose\n",
	    "error: line 1: not a tally's header: known columns, then "
	    "count,entries (tallyman-tally(5))\n" },
};

static void
reads(void)
{
	struct told told = { .stop_at = 0 };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (size_t step = 1; step < 200; step += 13) {
			read_in(&told, texts[i].text, step);
			CHECK_SLICE(buf_slice(&told.text), texts[i].want);
		}
	buf_release(&told.text);
}

static void
stops(void)
{
	struct told told = { .stop_at = 2 };

	read_in(&told, "file,count,entries\na,1,1\nb,2,2\nc,3,3\n", 1000);
	CHECK_SLICE(buf_slice(&told.text),
	    "file=a 1 1\nfile=b 2 2\nerror: stop\n");
	buf_release(&told.text);
}

static void
open_quote(void)
{
	struct told told = { .stop_at = 0 };

	read_in(&told, "file,count,entries\na,1,1\n\"b,2,2\n", 1000);
	CHECK(slice_starts(buf_slice(&told.text), "file=a 1 1\nerror: "));
	CHECK(slice_find(buf_slice(&told.text), "quote") != NULL);
	buf_release(&told.text);
}

static void
headers(void)
{
	static const struct {
		const char *text;
		int want;
		const char *why;
	} rows[] = {
		{ "day,file,line,function,operation,count,entries\n", 1, NULL },
		{ "file,count,entries", 1, NULL },
		{ "\xef\xbb\xbf"
		  "file,count,entries\r\n",
		    1, NULL },
		{ "count,entries\n", 1, NULL },
		{ "", 0, NULL },
		{ "2013-06-12 05:00:00 INFO x\n", 0, NULL },
		{ "name,age\n", 0, NULL },
		{ "file,size\n", 0, NULL },
		{ "a line of a file, and so on\n", 0, NULL },
		{ "fil,count,entries\n", -1,
		    "no column 'fil'; did you mean file?" },
		{ "file,file,count,entries\n", -1,
		    "the column file stands twice" },
		{ "day,file,count\n", -1,
		    "a tally's header ends in count,entries" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tally_keys keys;
		struct err err;

		if (!CHECK_INT(tally_header_read(slice_str(rows[i].text), &keys,
				   &err),
			rows[i].want))
			printf("# of %s\n", rows[i].text);
		else if (rows[i].why != NULL)
			CHECK_STR(err.text, rows[i].why);
	}
}

static void
parse(void)
{
	static const struct {
		const char *text;
		const char *want; /* the header, or the error */
	} rows[] = {
		{ "day,file", "day,file,count,entries\n" },
		{ "site,verb", "file,line,function,verb,count,entries\n" },
		{ "hour,host,revision,operation,kind",
		    "hour,host,revision,operation,kind,count,entries\n" },
		{ "fiel", "no column 'fiel'; did you mean file?" },
		{ "sites", "no column 'sites'; did you mean site?" },
		{ "file,site", "the column file stands twice" },
		{ "file,file", "the column file stands twice" },
		{ "", "nothing to group by" },
	};
	struct buf text = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tally_keys keys;
		struct err err;

		buf_clear(&text);
		if (tally_keys_parse(&keys, rows[i].text, &err) == 0)
			tally_header_add(&text, &keys);
		else
			buf_add_str(&text, err.text);
		CHECK_SLICE(buf_slice(&text), rows[i].want);
	}
	buf_release(&text);
}

/* Rows in the order in which they must stand. */
static const struct {
	const char *file;
	size_t file_len;
	const char *line;
} ordered[] = {
	{ "", 0, "" },
	{ "", 0, "1" },
	{ "\0", 1, "" },
	{ "\0\0", 2, "5" },
	{ "\0\1", 2, "5" },
	{ "\1", 1, "5" },
	{ "a", 1, "" },
	{ "a", 1, "0" },
	{ "a", 1, "9" },
	{ "a", 1, "10" },
	{ "a", 1, "99999999999999999999" },
	{ "a\0", 2, "1" },
	{ "a\0b", 3, "1" },
	{ "a\1", 2, "1" },
	{ "ab", 2, "1" },
	{ "b", 1, "1" },
	{ "\377", 1, "1" },
};

static const struct tally_keys site_keys = {
	{ TALLY_FILE, TALLY_LINE, TALLY_FUNCTION },
	3,
};

static void
key_of(struct buf *key, size_t i)
{
	struct tally_row row = { 0 };

	row.value[TALLY_FILE] = slice_make(ordered[i].file,
	    ordered[i].file_len);
	row.value[TALLY_LINE] = slice_str(ordered[i].line);
	row.value[TALLY_FUNCTION] = slice_str("f");
	buf_clear(key);
	tally_key_add(key, &site_keys, &row);
}

static int
compare(struct slice a, struct slice b)
{
	int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static void
orders(void)
{
	struct buf before = { 0 };
	struct buf key = { 0 };

	key_of(&before, 0);
	for (size_t i = 1; i < sizeof(ordered) / sizeof(ordered[0]); i++) {
		key_of(&key, i);
		if (!CHECK(compare(buf_slice(&before), buf_slice(&key)) < 0))
			printf("# row %zu\n", i);
		buf_clear(&before);
		buf_add(&before, buf_slice(&key));
	}
	buf_release(&before);
	buf_release(&key);
}

static void
returns(void)
{
	struct buf key = { 0 };
	struct buf values = { 0 };

	for (size_t i = 0; i < sizeof(ordered) / sizeof(ordered[0]); i++) {
		struct tally_row row;

		key_of(&key, i);
		tally_key_read(buf_slice(&key), &site_keys, &values, &row);
		CHECK_BYTES(row.value[TALLY_FILE].ptr,
		    row.value[TALLY_FILE].len, ordered[i].file,
		    ordered[i].file_len);
		CHECK_SLICE(row.value[TALLY_LINE], ordered[i].line);
		CHECK_SLICE(row.value[TALLY_FUNCTION], "f");
		CHECK_INT(row.value[TALLY_DAY].len, 0);
	}
	buf_release(&key);
	buf_release(&values);
}

static void
zeros(void)
{
	struct tally_row row = { 0 };
	struct buf key = { 0 };
	struct buf values = { 0 };

	row.value[TALLY_LINE] = slice_str("00012");
	tally_key_add(&key, &site_keys, &row);
	tally_key_read(buf_slice(&key), &site_keys, &values, &row);
	CHECK_SLICE(row.value[TALLY_LINE], "12");
	buf_clear(&key);
	row.value[TALLY_LINE] = slice_str("000");
	tally_key_add(&key, &site_keys, &row);
	tally_key_read(buf_slice(&key), &site_keys, &values, &row);
	CHECK_SLICE(row.value[TALLY_LINE], "0");
	buf_release(&key);
	buf_release(&values);
}

static void
sums(void)
{
	static const struct tally_sum most = { UINT64_MAX, 1, false };
	static const struct tally_sum one = { 1, 1, false };
	static const struct tally_sum many = { 0, UINT64_MAX, false };
	struct tally_sum sum = { 0, 0, false };

	tally_sum_add(&sum, &one);
	tally_sum_add(&sum, &one);
	CHECK_INT(sum.count, 2);
	CHECK_INT(sum.entries, 2);
	CHECK(!sum.is_over);
	sum = most;
	CHECK(!sum.is_over);
	tally_sum_add(&sum, &one);
	CHECK(sum.count == UINT64_MAX);
	CHECK_INT(sum.entries, 2);
	CHECK(sum.is_over);
	tally_sum_add(&sum, &most);
	CHECK(sum.count == UINT64_MAX);
	sum = one;
	tally_sum_add(&sum, &many);
	CHECK(sum.entries == UINT64_MAX);
	CHECK(sum.is_over);
}

static void
over_for_good(void)
{
	struct tally_sum over = { UINT64_MAX, 1, true };
	struct tally_sum sum = { 0, 0, false };

	tally_sum_add(&sum, &over);
	CHECK(sum.is_over);
	CHECK(sum.count == UINT64_MAX);
}

static void
writes(void)
{
	static const struct tally_keys none = { .count = 0 };
	struct tally_row row = { .count = 5, .entries = 2 };
	struct buf csv = { 0 };

	row.value[TALLY_FILE] = slice_str("a,\"b\"");
	row.value[TALLY_LINE] = slice_str("12");
	row.value[TALLY_FUNCTION] = slice_str("=f");
	tally_row_add(&csv, &site_keys, &row, false);
	tally_row_add(&csv, &site_keys, &row, true);
	CHECK_SLICE(buf_slice(&csv),
	    "\"a,\"\"b\"\"\",12,=f,5,2\n\"a,\"\"b\"\"\",12,'=f,5,2\n");
	buf_clear(&csv);
	tally_header_add(&csv, &none);
	tally_row_add(&csv, &none, &row, false);
	CHECK_SLICE(buf_slice(&csv), "count,entries\n5,2\n");
	buf_release(&csv);
}

static const struct tap_test tests[] = {
	{ "rows are read from any pieces, wrong ones are told", reads },
	{ "reading stops where row() says so", stops },
	{ "a quote left open is an error", open_quote },
	{ "a header is known, or what is wrong with it", headers },
	{ "columns to group by are read", parse },
	{ "keys order as their columns do", orders },
	{ "a key gives its values back, NULs too", returns },
	{ "leading zeros of a line fall", zeros },
	{ "sums stay at 2^64-1 and say so", sums },
	{ "and say so when added to others", over_for_good },
	{ "a row is written as CSV, safe for spreadsheets if asked", writes },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
