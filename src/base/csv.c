/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/csv.h"

#include <csv.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/msg.h"

enum {
	CSV_ROW_MAX = 16 * 1024 * 1024,
	CSV_BLOCK = 64 * 1024 /* libcsv grows a field by as much at a time */
};

struct csv_reader {
	struct csv_parser parser;
	csv_row *row;
	void *context;
	struct buf bytes; /* the fields of the row, one after another */
	size_t *ends;     /* where each field ends in bytes */
	size_t ends_room;
	struct slice *fields;
	size_t fields_room;
	size_t count;
	uint64_t line;     /* of what was fed, from 1 */
	uint64_t row_line; /* where the row began */
	size_t row_bytes;  /* fed since then */
	bool between_rows; /* nothing of the next row was fed yet */
	bool failed;       /* row() said stop */
	struct err *err;   /* the caller's, while feeding */
};

static bool
is_number(struct slice s)
{
	if (s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+'))
		s = slice_from(s, 1);
	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((s.ptr[i] < '0' || s.ptr[i] > '9') && s.ptr[i] != '.')
			return false;
	return true;
}

static bool
runs_in_spreadsheet(struct slice s)
{
	return s.len > 0 && memchr("=+-@\t\r\0", s.ptr[0], 7) != NULL &&
	    !is_number(s);
}

static bool
needs_quotes(struct slice s)
{
	return slice_chr(s, ',') != NULL || slice_chr(s, '"') != NULL ||
	    slice_chr(s, '\n') != NULL || slice_chr(s, '\r') != NULL;
}

void
csv_add(struct buf *row, struct slice field, bool first, bool safe)
{
	bool quotes = needs_quotes(field);
	const char *quote;

	if (!first)
		buf_add_char(row, ',');
	if (quotes)
		buf_add_char(row, '"');
	if (safe && runs_in_spreadsheet(field))
		buf_add_char(row, '\'');
	while ((quote = slice_chr(field, '"')) != NULL) {
		size_t upto = (size_t)(quote - field.ptr) + 1;

		buf_add(row, slice_head(field, upto));
		buf_add_char(row, '"');
		field = slice_from(field, upto);
	}
	buf_add(row, field);
	if (quotes)
		buf_add_char(row, '"');
}

void
csv_end(struct buf *row)
{
	if (row->len == 0 || row->ptr[row->len - 1] == '\n')
		buf_add_str(row, "\"\"");
	buf_add_char(row, '\n');
}

static void
take_field(void *text, size_t len, void *context)
{
	struct csv_reader *reader = context;

	buf_add(&reader->bytes, slice_make(text, len));
	xgrow(&reader->ends, &reader->ends_room, reader->count + 1,
	    sizeof(reader->ends[0]));
	reader->ends[reader->count++] = reader->bytes.len;
}

static void
take_row(int end, void *context)
{
	struct csv_reader *reader = context;
	struct slice bytes = buf_slice(&reader->bytes);
	size_t begin = 0;

	(void)end;
	xgrow(&reader->fields, &reader->fields_room, reader->count,
	    sizeof(reader->fields[0]));
	for (size_t i = 0; i < reader->count; i++) {
		reader->fields[i] = slice_from(slice_head(bytes,
						   reader->ends[i]),
		    begin);
		begin = reader->ends[i];
	}
	if (!reader->failed &&
	    reader->row(reader->context, reader->fields, reader->count,
		reader->row_line, reader->err) != 0)
		reader->failed = true;
	reader->count = 0;
	buf_clear(&reader->bytes);
	reader->between_rows = true;
}

/* Only LF ends a row, so that lines can be counted, and the CR before it is
 * what libcsv takes for the blanks that it trims. */
static int
is_row_end(unsigned char c)
{
	return c == '\n';
}

static int
is_trimmed(unsigned char c)
{
	return c == '\r';
}

struct csv_reader *
csv_reader_new(csv_row *row, void *context)
{
	struct csv_reader *reader = xcalloc(1, sizeof(*reader));

	reader->row = row;
	reader->context = context;
	reader->line = 1;
	reader->between_rows = true;
	if (csv_init(&reader->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		msg_out_of_memory();
	csv_set_blk_size(&reader->parser, CSV_BLOCK);
	csv_set_term_func(&reader->parser, is_row_end);
	csv_set_space_func(&reader->parser, is_trimmed);
	return reader;
}

void
csv_reader_free(struct csv_reader *reader)
{
	if (reader == NULL)
		return;
	csv_free(&reader->parser);
	buf_release(&reader->bytes);
	free(reader->ends);
	free(reader->fields);
	free(reader);
}

static int
parse_error(struct csv_reader *reader, struct err *err)
{
	return err_set(err, "line %" PRIu64 ": %s", reader->line,
	    csv_error(&reader->parser) == CSV_EPARSE ?
		"a quote where none may be" :
		csv_strerror(csv_error(&reader->parser)));
}

static bool
is_blank_line(struct slice line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.ptr[i] != '\r' && line.ptr[i] != '\n')
			return false;
	return true;
}

/* Feeds one line with its end, or a piece of one. */
static int
feed_piece(struct csv_reader *reader, struct slice piece, struct err *err)
{
	if (reader->between_rows) {
		if (is_blank_line(piece))
			return 0;
		reader->between_rows = false;
		reader->row_line = reader->line;
		reader->row_bytes = 0;
	}
	reader->row_bytes += piece.len;
	if (reader->row_bytes > CSV_ROW_MAX)
		return err_set(err,
		    "line %" PRIu64 ": a row longer than "
		    "16 MiB; is a quote left open?",
		    reader->row_line);
	if (csv_parse(&reader->parser, piece.ptr, piece.len, take_field,
		take_row, reader) != piece.len)
		return parse_error(reader, err);
	return reader->failed ? -1 : 0;
}

int
csv_reader_feed(struct csv_reader *reader, struct slice text, struct err *err)
{
	reader->err = err;
	while (text.len > 0) {
		const char *end = slice_chr(text, '\n');
		size_t len = end == NULL ? text.len :
					   (size_t)(end - text.ptr) + 1;

		if (feed_piece(reader, slice_head(text, len), err) != 0)
			return -1;
		if (end != NULL)
			reader->line++;
		text = slice_from(text, len);
	}
	return 0;
}

int
csv_reader_finish(struct csv_reader *reader, struct err *err)
{
	reader->err = err;
	if (csv_fini(&reader->parser, take_field, take_row, reader) != 0)
		return err_set(err, "line %" PRIu64 ": a quote is left open",
		    reader->row_line);
	return reader->failed ? -1 : 0;
}
