/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/tally.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/csv.h"
#include "base/suggest.h"
#include "model/operation.h"

static const char *const names[TALLY_COLUMNS] = {
	[TALLY_DAY] = "day",
	[TALLY_HOUR] = "hour",
	[TALLY_HOST] = "host",
	[TALLY_REVISION] = "revision",
	[TALLY_FILE] = "file",
	[TALLY_LINE] = "line",
	[TALLY_FUNCTION] = "function",
	[TALLY_OPERATION] = "operation",
	[TALLY_KIND] = "kind",
	[TALLY_VERB] = "verb",
};

const struct tally_keys tally_default_keys = {
	{ TALLY_DAY, TALLY_FILE, TALLY_LINE, TALLY_FUNCTION, TALLY_OPERATION },
	5,
};

/* Two sums of two counts each; what passes 2^64-1 stays there, for good, so
 * that the order of adding does not matter. */
void
tally_sum_add(struct tally_sum *sum, const struct tally_sum *more)
{
	if (__builtin_add_overflow(sum->count, more->count, &sum->count)) {
		sum->count = UINT64_MAX;
		sum->is_over = true;
	}
	if (__builtin_add_overflow(sum->entries, more->entries,
		&sum->entries)) {
		sum->entries = UINT64_MAX;
		sum->is_over = true;
	}
	sum->is_over |= more->is_over;
}

const char *
tally_column_name(enum tally_column column)
{
	return names[column];
}

bool
tally_keys_have(const struct tally_keys *keys, enum tally_column column)
{
	for (size_t i = 0; i < keys->count; i++)
		if (keys->column[i] == column)
			return true;
	return false;
}

/* The column of a name, or TALLY_COLUMNS. */
static enum tally_column
column_of(struct slice name)
{
	enum tally_column column = TALLY_DAY;

	while (column < TALLY_COLUMNS && !slice_is(name, names[column]))
		column++;
	return column;
}

static int
unknown_column(struct slice name, struct err *err)
{
	struct suggest suggest;
	char *word = xmemdup(name.ptr, name.len);
	const char *near;

	suggest_init(&suggest, word);
	suggest_offer(&suggest, "site");
	for (size_t i = 0; i < TALLY_COLUMNS; i++)
		suggest_offer(&suggest, names[i]);
	near = suggest_nearest(&suggest);
	if (near != NULL)
		err_set(err, "no column '%s'; did you mean %s?", word, near);
	else
		err_set(err,
		    "no column '%s'; there are day, hour, host, "
		    "revision, file, line, function, operation, kind, verb, "
		    "and site for file,line,function",
		    word);
	free(word);
	return -1;
}

static int
add_key(struct tally_keys *keys, enum tally_column column, struct err *err)
{
	if (tally_keys_have(keys, column))
		return err_set(err, "the column %s stands twice",
		    names[column]);
	keys->column[keys->count++] = column;
	return 0;
}

int
tally_keys_parse(struct tally_keys *keys, const char *text, struct err *err)
{
	struct slice rest = slice_str(text);
	struct slice name;

	keys->count = 0;
	while (slice_cut(&rest, ',', &name)) {
		if (slice_is(name, "site")) {
			if (add_key(keys, TALLY_FILE, err) != 0 ||
			    add_key(keys, TALLY_LINE, err) != 0 ||
			    add_key(keys, TALLY_FUNCTION, err) != 0)
				return -1;
			continue;
		}
		if (column_of(name) == TALLY_COLUMNS)
			return unknown_column(name, err);
		if (add_key(keys, column_of(name), err) != 0)
			return -1;
	}
	if (keys->count == 0)
		return err_set(err, "nothing to group by");
	return 0;
}

/*
 * A value in a key: its bytes with NUL written as 00 01, ended by 00 00. So a
 * prefix sorts first, and the next column counts only where this one is
 * equal. A line is the number of its digits, then the digits: memcmp orders
 * them as numbers; an empty line has none and comes first.
 */
static void
add_value(struct buf *key, struct slice value)
{
	const char *nul;

	while ((nul = slice_chr(value, '\0')) != NULL) {
		size_t upto = (size_t)(nul - value.ptr) + 1;

		buf_add(key, slice_head(value, upto));
		buf_add_char(key, '\1');
		value = slice_from(value, upto);
	}
	buf_add(key, value);
	buf_add(key, slice_make("\0\0", 2));
}

static void
add_line(struct buf *key, struct slice line)
{
	while (line.len > 1 && line.ptr[0] == '0')
		line = slice_from(line, 1);
	line = slice_head(line, UINT8_MAX);
	buf_add_char(key, (char)line.len);
	buf_add(key, line);
}

void
tally_key_add(struct buf *key, const struct tally_keys *keys,
    const struct tally_row *row)
{
	for (size_t i = 0; i < keys->count; i++) {
		enum tally_column column = keys->column[i];

		if (column == TALLY_LINE)
			add_line(key, row->value[column]);
		else
			add_value(key, row->value[column]);
	}
}

/* Takes a value off the front of key; false where there is none. */
static bool
skip_value(struct slice *key)
{
	const char *nul;

	while ((nul = slice_chr(*key, '\0')) != NULL) {
		*key = slice_from(*key, (size_t)(nul - key->ptr) + 1);
		if (slice_take_char(key, '\0'))
			return true;
		if (!slice_take_char(key, '\1'))
			return false;
	}
	return false;
}

static bool
skip_line(struct slice *key)
{
	size_t size;

	if (key->len == 0)
		return false;
	size = (size_t)(unsigned char)key->ptr[0] + 1;
	if (size > key->len)
		return false;
	*key = slice_from(*key, size);
	return true;
}

bool
tally_key_is_valid(struct slice key, const struct tally_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		if (keys->column[i] == TALLY_LINE ? !skip_line(&key) :
						    !skip_value(&key))
			return false;
	return key.len == 0;
}

/* Takes a value off the front of key; where NULs were in it the bytes are
 * put together in buf, which has room for all of the key. */
static struct slice
take_value(struct slice *key, struct buf *buf)
{
	size_t start = buf->len;

	for (;;) {
		size_t upto = (size_t)(slice_chr(*key, '\0') - key->ptr);
		char mark = key->ptr[upto + 1];

		buf_add(buf, slice_head(*key, upto));
		*key = slice_from(*key, upto + 2);
		if (mark == '\0')
			break;
		buf_add_char(buf, '\0');
	}
	return slice_make(buf->ptr + start, buf->len - start);
}

static struct slice
take_line(struct slice *key)
{
	size_t len = (unsigned char)key->ptr[0];
	struct slice line = slice_make(key->ptr + 1, len);

	*key = slice_from(*key, len + 1);
	return line;
}

void
tally_key_read(struct slice key, const struct tally_keys *keys, struct buf *buf,
    struct tally_row *row)
{
	memset(row->value, 0, sizeof(row->value));
	buf_clear(buf);
	(void)buf_reserve(buf, key.len + 1);
	for (size_t i = 0; i < keys->count; i++) {
		enum tally_column column = keys->column[i];

		row->value[column] = column == TALLY_LINE ?
		    take_line(&key) :
		    take_value(&key, buf);
	}
}

void
tally_header_add(struct buf *csv, const struct tally_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		buf_add_format(csv, "%s,", names[keys->column[i]]);
	buf_add_str(csv, "count,entries\n");
}

void
tally_row_add(struct buf *csv, const struct tally_keys *keys,
    const struct tally_row *row, bool safe)
{
	for (size_t i = 0; i < keys->count; i++)
		csv_add(csv, row->value[keys->column[i]], i == 0, safe);
	buf_add_format(csv, "%s%" PRIu64 ",%" PRIu64 "\n",
	    keys->count == 0 ? "" : ",", row->count, row->entries);
}

/* The columns that a header names before count,entries; false when it is no
 * tally's header. */
static bool
keys_of_header(const struct slice *fields, size_t count,
    struct tally_keys *keys)
{
	keys->count = 0;
	if (count < 2 || count > TALLY_COLUMNS + 2 ||
	    !slice_is(fields[count - 2], "count") ||
	    !slice_is(fields[count - 1], "entries"))
		return false;
	for (size_t i = 0; i < count - 2; i++) {
		enum tally_column column = column_of(fields[i]);

		if (column == TALLY_COLUMNS || tally_keys_have(keys, column))
			return false;
		keys->column[keys->count++] = column;
	}
	return true;
}

static const char bom[] = "\xef\xbb\xbf";

/* What is wrong with a line that means to be a header. */
static int
header_problem(const struct slice *fields, size_t count, struct err *err)
{
	struct tally_keys seen = { .count = 0 };

	for (size_t i = 0; i + 2 < count; i++) {
		enum tally_column column = column_of(fields[i]);

		if (column == TALLY_COLUMNS)
			return unknown_column(fields[i], err);
		if (tally_keys_have(&seen, column))
			return err_set(err, "the column %s stands twice",
			    names[column]);
		seen.column[seen.count++] = column;
	}
	return err_set(err, "a tally's header ends in count,entries");
}

/* Two known columns or more, or the two last ones, and words all over. */
static bool
is_meant_as_header(const struct slice *fields, size_t count)
{
	size_t known = 0;

	for (size_t i = 0; i < count; i++) {
		for (size_t at = 0; at < fields[i].len; at++)
			if (strchr("abcdefghijklmnopqrstuvwxyz_ ",
				fields[i].ptr[at]) == NULL)
				return false;
		known += column_of(fields[i]) != TALLY_COLUMNS ||
		    slice_is(fields[i], "count") ||
		    slice_is(fields[i], "entries");
	}
	return count >= 2 && known >= 2;
}

int
tally_header_read(struct slice text, struct tally_keys *keys, struct err *err)
{
	struct slice fields[TALLY_COLUMNS + 3];
	struct slice line;
	size_t n = 0;

	if (slice_starts(text, bom))
		text = slice_from(text, strlen(bom));
	if (!slice_cut(&text, '\n', &line))
		return 0;
	line = slice_trim(line);
	while (n < TALLY_COLUMNS + 3 && slice_cut(&line, ',', &fields[n]))
		n++;
	if (keys_of_header(fields, n, keys))
		return 1;
	return is_meant_as_header(fields, n) ? header_problem(fields, n, err) :
					       0;
}

struct tally_reader {
	struct csv_reader *csv;
	tally_take *row;
	tally_bad *bad;
	void *context;
	bool has_keys;
	bool has_begun; /* the first bytes were looked at for a BOM */
	struct tally_keys keys;
};

static int
take_header(struct tally_reader *reader, const struct slice *fields,
    size_t count, struct err *err)
{
	if (!keys_of_header(fields, count, &reader->keys))
		return err_set(err,
		    "line 1: not a tally's header: known "
		    "columns, then count,entries (tallyman-tally(5))");
	reader->has_keys = true;
	return 0;
}

/* What is wrong with a row, or NULL. */
static const char *
read_row(const struct tally_keys *keys, const struct slice *fields,
    size_t count, struct tally_row *row)
{
	if (count != keys->count + 2)
		return "not as many fields as the header has";
	for (size_t i = 0; i < keys->count; i++)
		row->value[keys->column[i]] = fields[i];
	if (slice_digits(row->value[TALLY_LINE]) != row->value[TALLY_LINE].len)
		return "the line is no number";
	if (row->value[TALLY_LINE].len > UINT8_MAX)
		return "the line has too many digits";
	switch (slice_number(fields[count - 2], &row->count)) {
	case 0:
		break;
	case 1:
		return "the count is beyond 2^64-1";
	default:
		return "the count is no number";
	}
	if (slice_number(fields[count - 1], &row->entries) != 0)
		return "entries is no number up to 2^64-1";
	return NULL;
}

static int
take_fields(void *context, const struct slice *fields, size_t count,
    uint64_t line, struct err *err)
{
	struct tally_reader *reader = context;
	struct tally_row row = { 0 };
	const char *wrong;

	if (!reader->has_keys)
		return take_header(reader, fields, count, err);
	wrong = read_row(&reader->keys, fields, count, &row);
	if (wrong != NULL) {
		reader->bad(reader->context, line, wrong);
		return 0;
	}
	if (tally_keys_have(&reader->keys, TALLY_OPERATION)) {
		row.value[TALLY_KIND] = operation_kind(
		    row.value[TALLY_OPERATION]);
		row.value[TALLY_VERB] = operation_verb(
		    row.value[TALLY_OPERATION]);
	}
	return reader->row(reader->context, &row, err);
}

struct tally_reader *
tally_reader_new(tally_take *row, tally_bad *bad, void *context)
{
	struct tally_reader *reader = xcalloc(1, sizeof(*reader));

	reader->csv = csv_reader_new(take_fields, reader);
	reader->row = row;
	reader->bad = bad;
	reader->context = context;
	return reader;
}

void
tally_reader_free(struct tally_reader *reader)
{
	if (reader == NULL)
		return;
	csv_reader_free(reader->csv);
	free(reader);
}

int
tally_reader_feed(struct tally_reader *reader, struct slice text,
    struct err *err)
{
	if (!reader->has_begun && slice_starts(text, bom))
		text = slice_from(text, strlen(bom));
	reader->has_begun = true;
	return csv_reader_feed(reader->csv, text, err);
}

int
tally_reader_finish(struct tally_reader *reader, struct err *err)
{
	if (csv_reader_finish(reader->csv, err) != 0)
		return -1;
	if (!reader->has_keys)
		return err_set(err, "empty: not even a tally's header");
	return 0;
}

const struct tally_keys *
tally_reader_keys(const struct tally_reader *reader)
{
	return reader->has_keys ? &reader->keys : NULL;
}
