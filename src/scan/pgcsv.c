/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/pgcsv.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/csv.h"
#include "base/upto.h"
#include "base/wire.h"

/*
 * Most rows are plain: quotes stand only around a field, or doubled within
 * one, and a CR only within. These are taken apart here, at several times the
 * speed of a parser that looks at each byte for itself. As soon as a line of a
 * row is not plain, the row is given from its first line on to base/csv.h,
 * which knows what is wrong with it, if anything.
 */

/* The columns, which later versions only added to. */
enum {
	CSV_LOG_TIME = 0,
	CSV_PROCESS_ID = 3,
	CSV_ERROR_SEVERITY = 11,
	CSV_MESSAGE = 13,
	CSV_DETAIL = 14,
	CSV_QUERY = 19,
	CSV_LEAST = 22,
	CSV_KEPT = CSV_QUERY + 1 /* those behind are only counted */
};

/* The longest row that is taken apart here: base/csv.h has a limit. */
enum { PLAIN_MOST = 8 * 1024 * 1024 };

struct pgcsv {
	const struct pgsink *sink;
	struct csv_reader *reader; /* NULL before the first row and behind a
				    * damaged one */
	struct buf lines;          /* of the row so far, as read */
	struct buf values;         /* of fields with quotes in them */
	bool is_fed;               /* the reader has got the row so far, or
				    * gets it once it is there */
	bool is_quoted; /* else: the row so far ended within quotes */
	bool row_ended; /* set by take_row() */
	bool is_lost;   /* waiting for a line that begins a row */
};

struct pgcsv *
pgcsv_new(const struct pgsink *sink)
{
	struct pgcsv *self = xcalloc(1, sizeof(*self));

	self->sink = sink;
	return self;
}

void
pgcsv_free(struct pgcsv *self)
{
	if (self == NULL)
		return;
	csv_reader_free(self->reader);
	buf_release(&self->lines);
	buf_release(&self->values);
	free(self);
}

static void
tell_malformed(struct pgcsv *self, const char *reason)
{
	const struct reader_events *events = self->sink->events;

	events->malformed(events->context, buf_slice(&self->lines), reason);
}

/* Gives the message of a row. */
static void
give_row(struct pgcsv *self, const struct slice *fields, size_t count,
    struct slice lines)
{
	const struct reader_events *events = self->sink->events;
	struct pgmessage message = { .lines = lines };
	struct stamp stamp;

	if (count < CSV_LEAST ||
	    stamp_read(fields[CSV_LOG_TIME], 0, &stamp) == 0) {
		events->malformed(events->context, lines, "no row of a csvlog");
		return;
	}
	reader_see(self->sink->carried, &stamp);
	message.session = fields[CSV_PROCESS_ID];
	message.severity = fields[CSV_ERROR_SEVERITY];
	message.text = fields[CSV_MESSAGE];
	message.detail = fields[CSV_DETAIL];
	message.statement = fields[CSV_QUERY];
	message.stamp = self->sink->carried->stamp;
	self->sink->message(self->sink->context, &message);
}

static int
take_row(void *context, const struct slice *fields, size_t count, uint64_t line,
    struct err *err)
{
	struct pgcsv *self = context;

	(void)line;
	(void)err;
	self->row_ended = true;
	give_row(self, fields, count, buf_slice(&self->lines));
	return 0;
}

/* --- plain rows --- */

/* A row as it stands in the text, the fields with their quotes. */
struct raw_row {
	struct slice fields[CSV_KEPT];
	size_t count; /* of all fields */
};

/* Steps over a field without quotes; false where it is not plain. */
static inline bool
skip_bare(const char **at, const char *end)
{
	const char *p = *at;

	while (p < end && *p != ',' && *p != '"' && *p != '\r')
		p++;
	*at = p;
	return p == end || *p == ',';
}

/* Steps behind the quote that ends a field; false where there is none. */
static inline bool
skip_quoted(const char **at, const char *end)
{
	const char *p = *at;

	while ((p += upto(p, end, '"', '"')) < end) {
		p++;
		if (p == end || *p != '"') {
			*at = p;
			return true;
		}
		p++;
	}
	*at = end;
	return false;
}

/* Takes a row apart as far as a line goes, which may begin and may end within
 * quotes. False where it is not plain. */
static bool
split(struct slice line, bool *is_quoted, struct raw_row *row)
{
	const char *at = line.ptr;
	const char *end = at + line.len;

	for (row->count = 0;; at++) {
		const char *begin = at;

		if (*is_quoted || (at < end && *at == '"')) {
			at += !*is_quoted;
			*is_quoted = !skip_quoted(&at, end);
			if (*is_quoted)
				return true;
		} else if (!skip_bare(&at, end)) {
			return false;
		}
		if (row->count < CSV_KEPT)
			row->fields[row->count] = slice_between(begin, at);
		row->count++;
		if (at == end)
			return true;
		if (*at != ',')
			return false;
	}
}

/* What stands between the quotes, if there are any; two of them are one.
 * There is room for it in values. */
static struct slice
unquote(struct buf *values, struct slice field)
{
	char *begin = values->ptr + values->len;
	char *to = begin;
	const char *at;
	const char *end;

	if (!slice_starts(field, "\""))
		return field;
	field = slice_make(field.ptr + 1, field.len - 2);
	if (slice_chr(field, '"') == NULL)
		return field;
	at = field.ptr;
	end = at + field.len;
	while (at < end) {
		size_t n = upto_copy(to, at, end, '"');

		to += n;
		at += n;
		if (at < end) {
			*to++ = '"';
			at += 2;
		}
	}
	values->len += (size_t)(to - begin);
	return slice_between(begin, to);
}

/* Gives a whole row. */
static void
give_plain(struct pgcsv *self, struct raw_row *row, struct slice lines)
{
	static const unsigned char used[] = { CSV_LOG_TIME, CSV_PROCESS_ID,
		CSV_ERROR_SEVERITY, CSV_MESSAGE, CSV_DETAIL, CSV_QUERY };

	buf_clear(&self->values);
	(void)buf_reserve(&self->values, lines.len + UPTO_ROOM);
	for (size_t i = 0; i < sizeof(used) && used[i] < row->count; i++)
		row->fields[used[i]] = unquote(&self->values,
		    row->fields[used[i]]);
	give_row(self, row->fields, row->count, lines);
}

/* Adds a line to a row that does not end with it. */
static void
add_line(struct pgcsv *self, struct slice line)
{
	if (self->lines.len > 0)
		buf_add_char(&self->lines, '\n');
	buf_add(&self->lines, line);
}

/* Takes the line when the row is plain so far; else the row must be fed. */
static bool
take_plain(struct pgcsv *self, struct slice line)
{
	bool is_quoted = self->is_quoted;
	struct raw_row row;

	if (self->is_fed || self->lines.len + line.len > PLAIN_MOST ||
	    !split(line, &is_quoted, &row))
		return false;
	self->is_quoted = is_quoted;
	if (is_quoted) {
		add_line(self, line);
	} else if (self->lines.len > 0) {
		add_line(self, line);
		(void)split(buf_slice(&self->lines), &is_quoted, &row);
		give_plain(self, &row, buf_slice(&self->lines));
		buf_clear(&self->lines);
	} else if (line.len > 0) {
		give_plain(self, &row, line);
	}
	return true;
}

/* --- */

static bool
begins_row(struct slice line)
{
	struct stamp stamp;

	return stamp_read(line, 0, &stamp) > 0;
}

/* Forgets the row that is being read, and what lies before the next. */
static void
drop_row(struct pgcsv *self)
{
	csv_reader_free(self->reader);
	self->reader = NULL;
	buf_clear(&self->lines);
	self->is_fed = false;
	self->is_quoted = false;
	self->is_lost = true;
}

/* Returns false when the line cannot be a part of the row. */
static bool
feed(struct pgcsv *self, struct slice line)
{
	const struct slice end = SLICE("\n");
	bool is_behind = self->reader == NULL || !self->is_fed;
	struct err err;

	if (self->reader == NULL)
		self->reader = csv_reader_new(take_row, self);
	if (is_behind && self->lines.len > 0 &&
	    (csv_reader_feed(self->reader, buf_slice(&self->lines), &err) !=
		    0 ||
		csv_reader_feed(self->reader, end, &err) != 0))
		return false;
	add_line(self, line);
	self->row_ended = false;
	if (csv_reader_feed(self->reader, line, &err) != 0 ||
	    csv_reader_feed(self->reader, end, &err) != 0)
		return false;
	if (self->row_ended)
		buf_clear(&self->lines);
	self->is_fed = self->lines.len > 0;
	self->is_quoted = false;
	return true;
}

/*
 * Where a line does not fit and could begin a row itself, the row before it
 * had lost its end: the line is tried again as the first of its own.
 */
static void
feed_or_begin(struct pgcsv *self, struct slice line)
{
	size_t before = self->lines.len;

	if (feed(self, line))
		return;
	if (before > 0 && begins_row(line)) {
		self->lines.len = before;
		tell_malformed(self, "a damaged row");
		drop_row(self);
		self->is_lost = false;
		if (feed(self, line))
			return;
	}
	tell_malformed(self, "a damaged row");
	drop_row(self);
}

void
pgcsv_line(struct pgcsv *self, struct slice line)
{
	const struct pgsink *sink = self->sink;

	if (self->is_lost && !begins_row(line))
		return;
	self->is_lost = false;
	if (self->lines.len + line.len <= sink->max_message) {
		if (!take_plain(self, line))
			feed_or_begin(self, line);
		return;
	}
	sink->events->given_up(sink->events->context,
	    self->lines.len > 0 ? buf_slice(&self->lines) : line,
	    "a row that is too long");
	drop_row(self);
}

void
pgcsv_end(struct pgcsv *self)
{
	if (self->lines.len > 0)
		tell_malformed(self, "a damaged row");
	drop_row(self);
	self->is_lost = false;
}

void
pgcsv_save(const struct pgcsv *self, struct buf *bytes)
{
	wire_add_bytes(bytes, buf_slice(&self->lines));
	wire_add_bool(bytes, self->is_fed);
	wire_add_bool(bytes, self->is_lost);
}

/* A plain row that did not end did so within quotes. */
bool
pgcsv_load(struct pgcsv *self, struct slice *rest)
{
	struct raw_row row;

	if (!wire_buf(rest, &self->lines) || !wire_bool(rest, &self->is_fed) ||
	    !wire_bool(rest, &self->is_lost))
		return false;
	return self->is_fed || self->lines.len == 0 ||
	    (split(buf_slice(&self->lines), &self->is_quoted, &row) &&
		self->is_quoted);
}
