/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/csv.h"

#include "tap.h"

/* What a reader gave: "1:a|b;3:c|d;", with the line of each row in front. */
struct seen {
	struct buf text;
	unsigned stop_at; /* fails at this row, from 1; 0: never */
	unsigned rows;
};

static int
see_row(void *context, const struct slice *fields, size_t count, uint64_t line,
    struct err *err)
{
	struct seen *seen = context;

	seen->rows++;
	buf_add_format(&seen->text, "%" PRIu64 ":", line);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_add_char(&seen->text, '|');
		buf_add(&seen->text, fields[i]);
	}
	buf_add_char(&seen->text, ';');
	if (seen->rows == seen->stop_at)
		return err_set(err, "row %u", seen->rows);
	return 0;
}

/* Feeds pieces of `step` bytes. */
static int
read_all(struct seen *seen, struct slice text, size_t step, struct err *err)
{
	struct csv_reader *reader = csv_reader_new(see_row, seen);
	int status = 0;

	buf_clear(&seen->text);
	seen->rows = 0;
	while (status == 0 && text.len > 0) {
		struct slice piece = slice_head(text, step);

		status = csv_reader_feed(reader, piece, err);
		text = slice_from(text, piece.len);
	}
	if (status == 0)
		status = csv_reader_finish(reader, err);
	csv_reader_free(reader);
	return status;
}

/* However the text is cut into pieces, the rows are these. */
static void
check_rows(const char *text, const char *want)
{
	struct seen seen = { 0 };
	struct err err = { "" };

	for (size_t step = 1; step <= strlen(text) + 1; step++) {
		if (!CHECK_INT(read_all(&seen, slice_str(text), step, &err), 0))
			printf("# %s\n", err.text);
		if (!CHECK_SLICE(seen.text, want))
			printf("# in pieces of %zu: %s\n", step, text);
	}
	buf_release(&seen.text);
}

static void
check_refused(const char *text, const char *why)
{
	struct seen seen = { 0 };
	struct err err;

	for (size_t step = 1; step <= strlen(text) + 1; step++) {
		err = (struct err){ "" };
		CHECK_INT(read_all(&seen, slice_str(text), step, &err), -1);
		if (!CHECK_STR(err.text, why))
			printf("# in pieces of %zu: %s\n", step, text);
	}
	buf_release(&seen.text);
}

static void
reads_rows(void)
{
	check_rows("", "");
	check_rows("a,b\nc,d\n", "1:a|b;2:c|d;");
	check_rows("a,b\nc,d", "1:a|b;2:c|d;");
	check_rows("a\n", "1:a;");
	check_rows(",\n,,", "1:|;2:||;");
	check_rows("a,,b,\n", "1:a||b|;");
	check_rows("\"a\",\"b,c\"\n", "1:a|b,c;");
	check_rows("\"a\"\"b\",\"\"\"\"\n", "1:a\"b|\";");
	check_rows("\"\"\n", "1:;");
	check_rows("\"\",\"\"\n", "1:|;");
}

static void
keeps_blanks(void)
{
	check_rows(" a , b\t\n", "1: a | b\t;");
	check_rows(" \n\t\n", "1: ;2:\t;");
	check_rows("\" a \"\n", "1: a ;");
}

static void
reads_crlf(void)
{
	check_rows("a,b\r\nc,d\r\n", "1:a|b;2:c|d;");
	check_rows("\"a\",\"b\"\r\n\"c\"\r\n", "1:a|b;2:c;");
	check_rows("a,\r\n\r\n,b\r\n", "1:a|;3:|b;");
	check_rows("a\r", "1:a;");
	check_rows("\"a\r\nb\"\r\n", "1:a\r\nb;");
	check_rows("a\rb,c\n", "1:a\rb|c;");
}

static void
skips_blank_lines(void)
{
	check_rows("\n\n", "");
	check_rows("\r\n\r\r\n\r", "");
	check_rows("\n\na\n\n\nb\n\n", "3:a;6:b;");
	check_rows("\r\n\r\na\r\n\r\nb", "3:a;5:b;");
	check_rows("\r\r\na\n", "2:a;");
}

static void
counts_lines_in_quotes(void)
{
	check_rows("a,\"b\n\nc\"\nd\n\"e\nf\"\ng",
	    "1:a|b\n\nc;4:d;5:e\nf;7:g;");
	check_rows("\"\n\"\n\"\n\"\n", "1:\n;3:\n;");
	check_rows("\n\"\na\"\nb", "2:\na;4:b;");
}

static void
refuses_bad_quotes(void)
{
	check_refused("a\nb\"c\n", "line 2: a quote where none may be");
	check_refused("a,b\"\n", "line 1: a quote where none may be");
	check_refused("\"a\"b\n", "line 1: a quote where none may be");
	check_refused("\"a\" ,b\n", "line 1: a quote where none may be");
	check_refused(" \"a\"\n", "line 1: a quote where none may be");
	check_refused("\"a\nb\"c\n", "line 2: a quote where none may be");
	check_refused("a\n\n\"b\n", "line 3: a quote is left open");
	check_refused("\"", "line 1: a quote is left open");
	check_refused("a,\"b\"\"\nc", "line 1: a quote is left open");
}

static void
stops_when_told(void)
{
	struct seen seen = { .stop_at = 2 };
	struct err err = { "" };

	for (size_t step = 1; step < 8; step++) {
		CHECK_INT(read_all(&seen, slice_str("a\nb\nc\nd"), step, &err),
		    -1);
		CHECK_STR(err.text, "row 2");
		CHECK_SLICE(seen.text, "1:a;2:b;");
	}
	err = (struct err){ "" };
	CHECK_INT(read_all(&seen, slice_str("a\nb"), 8, &err), -1);
	CHECK_STR(err.text, "row 2");
	CHECK_SLICE(seen.text, "1:a;2:b;");
	buf_release(&seen.text);
}

/* Gives how long a field may be that fills a row of its own. */
static int
read_long(struct slice front, size_t len, size_t step, struct err *err)
{
	struct buf text = { 0 };
	struct seen seen = { 0 };
	int status;

	buf_add(&text, front);
	memset(buf_reserve(&text, len), 'a', len);
	text.len += len;
	status = read_all(&seen, buf_slice(&text), step, err);
	buf_release(&text);
	buf_release(&seen.text);
	return status;
}

static void
refuses_long_rows(void)
{
	const size_t max = (size_t)1 << 24;
	const char *why =
	    "line 2: a row longer than 16 MiB; is a quote left open?";
	struct err err = { "" };

	CHECK_INT(read_long(slice_str("x\n"), max, SIZE_MAX, &err), 0);
	CHECK_INT(read_long(slice_str("x\n"), max + 1, SIZE_MAX, &err), -1);
	CHECK_STR(err.text, why);
	CHECK_INT(read_long(slice_str("x\n"), max + 1, 65536, &err), -1);
	CHECK_STR(err.text, why);
	CHECK_INT(read_long(slice_str("x\n\"\n\n"), max, 65536, &err), -1);
	CHECK_STR(err.text, why);
}

static void
takes_any_number_of_blank_lines(void)
{
	struct buf text = { 0 };
	struct seen seen = { 0 };
	struct err err = { "" };
	const size_t count = (size_t)17 << 20;

	buf_add_str(&text, "a\n");
	memset(buf_reserve(&text, count), '\n', count);
	text.len += count;
	buf_add_str(&text, "b\n");
	CHECK_INT(read_all(&seen, buf_slice(&text), SIZE_MAX, &err), 0);
	CHECK_SLICE(seen.text, "1:a;17825794:b;");
	buf_release(&text);
	buf_release(&seen.text);
}

static void
check_written(const char *field, bool safe, const char *want)
{
	struct buf row = { 0 };

	csv_add(&row, slice_str("x"), true, false);
	csv_add(&row, slice_str(field), false, safe);
	csv_end(&row);
	if (CHECK(slice_starts(buf_slice(&row), "x,")) &&
	    CHECK(slice_ends(buf_slice(&row), "\n")))
		CHECK_BYTES(row.ptr + 2, row.len - 3, want, strlen(want));
	buf_release(&row);
}

static void
quotes_where_it_must(void)
{
	check_written("", false, "");
	check_written("a b", false, "a b");
	check_written(" a ", false, " a ");
	check_written("a'b\\c;d\te", false, "a'b\\c;d\te");
	check_written("a,b", false, "\"a,b\"");
	check_written("a\nb", false, "\"a\nb\"");
	check_written("a\r", false, "\"a\r\"");
	check_written("\"", false, "\"\"\"\"");
	check_written("a\"b\"", false, "\"a\"\"b\"\"\"");
}

static void
ends_rows(void)
{
	struct buf text = { 0 };

	csv_add(&text, slice_str(""), true, false);
	csv_end(&text);
	csv_add(&text, slice_str(""), true, false);
	csv_add(&text, slice_str(""), false, false);
	csv_end(&text);
	csv_add(&text, slice_str(""), true, false);
	csv_end(&text);
	csv_add(&text, slice_str("a"), true, false);
	csv_end(&text);
	CHECK_SLICE(text, "\"\"\n,\n\"\"\na\n");
	buf_release(&text);
}

static void
disarms_formulas(void)
{
	struct buf nul = { 0 };

	csv_add(&nul, slice_make("\0=1", 3), true, true);
	CHECK_BYTES(nul.ptr, nul.len, "'\0=1", 4);
	buf_release(&nul);
	check_written("=1+1", true, "'=1+1");
	check_written("=1+1", false, "=1+1");
	check_written("+cmd", true, "'+cmd");
	check_written("-cmd", true, "'-cmd");
	check_written("@sum", true, "'@sum");
	check_written("\tx", true, "'\tx");
	check_written("\rx", true, "\"'\rx\"");
	check_written("=\"a\",1", true, "\"'=\"\"a\"\",1\"");
	check_written("-", true, "'-");
	check_written("-x2", true, "'-x2");
	check_written("-120", true, "-120");
	check_written("+12.5", true, "+12.5");
	check_written("-12x", true, "'-12x");
	check_written("a=1", true, "a=1");
	check_written("'=1", true, "'=1");
	check_written("", true, "");
}

/* Fields that read back as they were written, alone and side by side. */
static const struct slice hostile[] = { { NULL, 0 }, SLICE("a"), SLICE(" "),
	SLICE("\t"), SLICE(" a "), SLICE("\""), SLICE("\"\""), SLICE("a\"b"),
	SLICE("\"a\""), SLICE(","), SLICE("\n"), SLICE("\r"), SLICE("\r\n"),
	SLICE("a\r"), SLICE("\ra"), SLICE("a\nb"), SLICE("\0"), SLICE("a\0b"),
	SLICE("\0\""), SLICE("\xff\xfe"), SLICE("\xef\xbb\xbf"), SLICE("'"),
	SLICE("#"), SLICE("\\") };

enum { HOSTILE = sizeof(hostile) / sizeof(hostile[0]) };

struct expected {
	const struct slice *fields; /* the next row's */
	size_t count;
	bool seen;
};

static int
check_row(void *context, const struct slice *fields, size_t count,
    uint64_t line, struct err *err)
{
	struct expected *expected = context;

	(void)err;
	CHECK(!expected->seen);
	expected->seen = true;
	CHECK_INT(line, 1);
	if (!CHECK_INT(count, expected->count))
		return 0;
	for (size_t i = 0; i < count; i++)
		CHECK_BYTES(fields[i].ptr, fields[i].len,
		    expected->fields[i].ptr, expected->fields[i].len);
	return 0;
}

static void
check_identity(const struct slice *fields, size_t count)
{
	struct expected expected = { fields, count, false };
	struct csv_reader *reader = csv_reader_new(check_row, &expected);
	struct buf row = { 0 };
	struct err err = { "" };

	for (size_t i = 0; i < count; i++)
		csv_add(&row, fields[i], i == 0, false);
	csv_end(&row);
	if (!CHECK_INT(csv_reader_feed(reader, buf_slice(&row), &err), 0) ||
	    !CHECK_INT(csv_reader_finish(reader, &err), 0))
		printf("# %s\n", err.text);
	CHECK(expected.seen);
	csv_reader_free(reader);
	buf_release(&row);
}

static void
reads_back_what_it_writes(void)
{
	for (size_t i = 0; i < HOSTILE; i++) {
		check_identity(&hostile[i], 1);
		for (size_t j = 0; j < HOSTILE; j++)
			check_identity((const struct slice[]){ hostile[i],
					   hostile[j] },
			    2);
	}
	check_identity(hostile, HOSTILE);
}

static void
takes_many_fields(void)
{
	struct slice fields[1000];

	for (size_t i = 0; i < 1000; i++)
		fields[i] = hostile[i % HOSTILE];
	check_identity(fields, 1000);
}

static const struct tap_test tests[] = {
	{ "rows are read, the last without a line end too", reads_rows },
	{ "blanks are kept", keeps_blanks },
	{ "CRLF ends a row as LF does", reads_crlf },
	{ "blank lines are no rows", skips_blank_lines },
	{ "rows know their line behind newlines in quotes",
	    counts_lines_in_quotes },
	{ "a quote in the middle and one left open are refused",
	    refuses_bad_quotes },
	{ "reading stops when a row says so", stops_when_told },
	{ "a row longer than 16 MiB is refused", refuses_long_rows },
	{ "blank lines do not add up to a row",
	    takes_any_number_of_blank_lines },
	{ "fields are quoted only where they must be", quotes_where_it_must },
	{ "a row of one empty field is no blank line", ends_rows },
	{ "what a spreadsheet would run is disarmed", disarms_formulas },
	{ "hostile fields come back as they were written",
	    reads_back_what_it_writes },
	{ "a row may have many fields", takes_many_fields },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
