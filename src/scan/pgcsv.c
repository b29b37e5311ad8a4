/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/pgcsv.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/csv.h"

/* The columns, which later versions only added to. */
enum {
	CSV_LOG_TIME = 0,
	CSV_PROCESS_ID = 3,
	CSV_ERROR_SEVERITY = 11,
	CSV_MESSAGE = 13,
	CSV_DETAIL = 14,
	CSV_QUERY = 19,
	CSV_LEAST = 22
};

struct pgcsv {
	const struct pgsink *sink;
	struct csv_reader *reader; /* NULL before the first row and behind a
				    * damaged one */
	struct buf lines;          /* of the row so far, as read */
	bool row_ended;            /* set by take_row() */
	bool is_lost;              /* waiting for a line that begins a row */
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
	free(self);
}

static void
tell_malformed(struct pgcsv *self, const char *reason)
{
	const struct reader_events *events = self->sink->events;

	events->malformed(events->context, buf_slice(&self->lines), reason);
}

static int
take_row(void *context, const struct slice *fields, size_t count, uint64_t line,
    struct err *err)
{
	struct pgcsv *self = context;
	struct pgmessage message = { .lines = buf_slice(&self->lines) };
	struct stamp stamp;

	(void)line;
	(void)err;
	self->row_ended = true;
	if (count < CSV_LEAST ||
	    stamp_read(fields[CSV_LOG_TIME], 0, &stamp) == 0) {
		tell_malformed(self, "no row of a csvlog");
		return 0;
	}
	reader_see(self->sink->carried, &stamp);
	message.session = fields[CSV_PROCESS_ID];
	message.severity = fields[CSV_ERROR_SEVERITY];
	message.text = fields[CSV_MESSAGE];
	message.detail = fields[CSV_DETAIL];
	message.statement = fields[CSV_QUERY];
	message.stamp = self->sink->carried->stamp;
	self->sink->message(self->sink->context, &message);
	return 0;
}

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
	self->is_lost = true;
}

/* Returns false when the line cannot be a part of the row. */
static bool
feed(struct pgcsv *self, struct slice line)
{
	const struct slice end = SLICE("\n");
	struct err err;

	if (self->reader == NULL)
		self->reader = csv_reader_new(take_row, self);
	if (self->lines.len > 0)
		buf_add_char(&self->lines, '\n');
	buf_add(&self->lines, line);
	self->row_ended = false;
	if (csv_reader_feed(self->reader, line, &err) != 0 ||
	    csv_reader_feed(self->reader, end, &err) != 0)
		return false;
	if (self->row_ended)
		buf_clear(&self->lines);
	return true;
}

/*
 * Where a line does not fit and could begin a row itself, the row before it
 * had lost its end: the line is tried again as the first of its own.
 */
static void
feed_or_begin(struct pgcsv *self, struct slice line, bool begins)
{
	size_t before = self->lines.len;

	if (feed(self, line))
		return;
	if (before > 0 && begins) {
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
	bool begins = begins_row(line);

	if (self->is_lost && !begins)
		return;
	self->is_lost = false;
	if (self->lines.len + line.len <= sink->max_message) {
		feed_or_begin(self, line, begins);
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
