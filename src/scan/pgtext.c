/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/pgtext.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "scan/pgline.h"

/*
 * A server writes a message in one go, so on stderr only the last one can
 * still grow. Through syslog the chunks of several sessions arrive mixed:
 * there the last message of each of some sessions is kept open, and the one
 * left alone for the longest is given when there are too many, or when they
 * hold more than two of the longest messages may.
 */
enum {
	MOST_OPEN = 64,
	/* a chunk this long may have been cut in the middle of a line */
	CHUNK_FULL = 450
};

enum field { FIELD_TEXT, FIELD_DETAIL, FIELD_STATEMENT, FIELD_COUNT };

/* A message that may still grow. */
struct open_message {
	struct buf session;
	struct buf host;
	struct buf severity;
	struct buf fields[FIELD_COUNT];
	struct buf lines;
	struct stamp stamp;
	enum field field; /* the one that grows, or FIELD_COUNT: none */
	uint64_t sequence;
	size_t chunk_len; /* of the last chunk */
	uint64_t touched; /* when, in lines */
};

struct pgtext {
	enum pgform form;
	const struct pgsink *sink;
	struct open_message *open[MOST_OPEN]; /* the first `count` are in use */
	size_t count;
	struct open_message *last; /* the one that grew last, or NULL */
	size_t bytes;              /* of the lines of all that are open */
	uint64_t clock;            /* lines read */
	struct buf body;           /* of a line of syslog, escapes undone */
};

struct pgtext *
pgtext_new(enum pgform form, const struct pgsink *sink)
{
	struct pgtext *self = xcalloc(1, sizeof(*self));

	self->form = form;
	self->sink = sink;
	return self;
}

static void
free_message(struct open_message *message)
{
	if (message == NULL)
		return;
	buf_release(&message->session);
	buf_release(&message->host);
	buf_release(&message->severity);
	for (int i = 0; i < FIELD_COUNT; i++)
		buf_release(&message->fields[i]);
	buf_release(&message->lines);
	free(message);
}

void
pgtext_free(struct pgtext *self)
{
	if (self == NULL)
		return;
	for (size_t i = 0; i < MOST_OPEN; i++)
		free_message(self->open[i]);
	buf_release(&self->body);
	free(self);
}

static void
tell(const struct pgtext *self, const struct open_message *message)
{
	const struct pgsink *sink = self->sink;
	struct pgmessage whole = {
		.session = buf_slice(&message->session),
		.host = buf_slice(&message->host),
		.severity = buf_slice(&message->severity),
		.text = buf_slice(&message->fields[FIELD_TEXT]),
		.detail = buf_slice(&message->fields[FIELD_DETAIL]),
		.statement = buf_slice(&message->fields[FIELD_STATEMENT]),
		.lines = buf_slice(&message->lines),
		.stamp = message->stamp,
	};

	if (whole.lines.len > sink->max_message)
		sink->events->given_up(sink->events->context, whole.lines,
		    "a message that is too long");
	else
		sink->message(sink->context, &whole);
}

/* Gives the n-th open message; its memory is kept for the next. */
static void
give(struct pgtext *self, size_t n)
{
	struct open_message *message = self->open[n];

	tell(self, message);
	self->bytes -= message->lines.len;
	self->count--;
	self->open[n] = self->open[self->count];
	self->open[self->count] = message;
	if (self->last == message)
		self->last = NULL;
}

static void
give_oldest(struct pgtext *self)
{
	size_t oldest = 0;

	for (size_t n = 1; n < self->count; n++) {
		if (self->open[n]->touched < self->open[oldest]->touched)
			oldest = n;
	}
	give(self, oldest);
}

/* The place of a session's open message, or count. */
static size_t
find_session(const struct pgtext *self, struct slice session, struct slice host)
{
	size_t n = 0;

	while (n < self->count &&
	    !(slice_equal(buf_slice(&self->open[n]->session), session) &&
		slice_equal(buf_slice(&self->open[n]->host), host)))
		n++;
	return n;
}

static void
set(struct buf *buf, struct slice bytes)
{
	buf_clear(buf);
	buf_add(buf, bytes);
}

/* An empty message; it becomes the last one. */
static struct open_message *
begin(struct pgtext *self, struct slice session, struct slice host)
{
	struct open_message *message;

	if (self->count == MOST_OPEN)
		give_oldest(self);
	if (self->open[self->count] == NULL)
		self->open[self->count] = xcalloc(1, sizeof(*message));
	message = self->open[self->count++];
	set(&message->session, session);
	set(&message->host, host);
	buf_clear(&message->severity);
	for (int i = 0; i < FIELD_COUNT; i++)
		buf_clear(&message->fields[i]);
	buf_clear(&message->lines);
	message->sequence = 0;
	message->field = FIELD_COUNT;
	message->stamp = self->sink->carried->stamp;
	self->last = message;
	return message;
}

/*
 * Adds a line as read to what the message holds of lines. A message that is
 * too long keeps its first max_message bytes and no fields grow any more.
 */
static void
add_line(struct pgtext *self, struct open_message *message, struct slice line)
{
	size_t before = message->lines.len;

	if (before <= self->sink->max_message) {
		if (before > 0)
			buf_add_char(&message->lines, '\n');
		buf_add(&message->lines, line);
	}
	self->bytes += message->lines.len - before;
	message->touched = self->clock;
	self->last = message;
}

static void
add_text(const struct pgtext *self, struct open_message *message,
    struct slice text, bool new_line)
{
	struct buf *field;

	if (message->field == FIELD_COUNT ||
	    message->lines.len > self->sink->max_message)
		return;
	field = &message->fields[message->field];
	if (new_line)
		buf_add_char(field, '\n');
	buf_add(field, text);
}

static enum field
field_of(enum pgpart part)
{
	switch (part) {
	case PGPART_MESSAGE:
		return FIELD_TEXT;
	case PGPART_DETAIL:
		return FIELD_DETAIL;
	case PGPART_STATEMENT:
		return FIELD_STATEMENT;
	case PGPART_OTHER:
		break;
	}
	return FIELD_COUNT;
}

/* A part with its word; "n" is the place of its session's message. */
static struct open_message *
take_part(struct pgtext *self, size_t n, const struct pgline *part,
    struct slice session, struct slice host)
{
	struct open_message *message;

	if (n < self->count && part->part == PGPART_MESSAGE) {
		give(self, n);
		n = self->count;
	}
	message = n < self->count ? self->open[n] : begin(self, session, host);
	if (part->part == PGPART_MESSAGE)
		set(&message->severity, part->severity);
	message->field = field_of(part->part);
	return message;
}

/* Notes a stamp in the prefix; that of %n, an epoch, only where no other. */
static void
see_prefix(struct pgtext *self, struct slice prefix)
{
	struct stamp stamp;

	if (stamp_find(prefix, prefix.len, 0, &stamp) ||
	    stamp_find(prefix, prefix.len, STAMP_EPOCH, &stamp))
		reader_see(self->sink->carried, &stamp);
}

static void
go_on(struct pgtext *self, struct slice line, struct slice text)
{
	add_line(self, self->last, line);
	add_text(self, self->last, text, true);
}

/* A line without a TAB and without a word: something took the TAB away, or it
 * is no line of the server's. */
static void
other_line(struct pgtext *self, struct slice line)
{
	struct stamp stamp;

	if (self->last != NULL && stamp_read(line, 0, &stamp) == 0)
		go_on(self, line, line);
}

static void
stderr_part(struct pgtext *self, const struct pgline *part, struct slice line)
{
	const struct slice no_host = { 0 };
	struct slice session = pgline_session(part->prefix);
	struct open_message *message;

	see_prefix(self, part->prefix);
	if (self->count > 0 &&
	    (part->part == PGPART_MESSAGE ||
		find_session(self, session, no_host) == self->count))
		give(self, 0);
	message = take_part(self, 0, part, session, no_host);
	add_line(self, message, line);
	add_text(self, message, part->text, false);
}

static void
stderr_line(struct pgtext *self, struct slice line)
{
	struct pgline part;

	if (slice_starts(line, "\t")) {
		if (self->last != NULL)
			go_on(self, line, slice_from(line, 1));
	} else if (pgline_read(line, &part)) {
		stderr_part(self, &part, line);
	} else {
		other_line(self, line);
	}
}

/* Undoes rsyslog's "#011" for a TAB, "#012" for a line end and so on. */
static struct slice
unescape(struct pgtext *self, struct slice body)
{
	const char *hash;

	if (slice_find(body, "#0") == NULL)
		return body;
	buf_clear(&self->body);
	while ((hash = slice_find(body, "#0")) != NULL) {
		size_t before = (size_t)(hash - body.ptr);

		buf_add(&self->body, slice_head(body, before));
		body = slice_from(body, before);
		if (body.len >= 4 && body.ptr[2] >= '0' && body.ptr[2] <= '3' &&
		    body.ptr[3] >= '0' && body.ptr[3] <= '7') {
			buf_add_char(&self->body,
			    (char)((body.ptr[2] - '0') * 8 +
				(body.ptr[3] - '0')));
			body = slice_from(body, 4);
		} else {
			buf_add(&self->body, slice_head(body, 2));
			body = slice_from(body, 2);
		}
	}
	buf_add(&self->body, body);
	return buf_slice(&self->body);
}

/*
 * Adds a chunk behind the others of its message. A TAB stands behind each line
 * end of the message; where a daemon made a blank of it or nothing at all, a
 * short chunk before shows that there was a line end. Long lines are cut at a
 * blank, which begins the next chunk, else anywhere.
 */
static void
add_chunk(struct pgtext *self, struct open_message *message, struct slice chunk)
{
	bool has_tab = slice_starts(chunk, "\t");
	bool new_line = has_tab ||
	    (slice_starts(chunk, " ") && message->chunk_len < CHUNK_FULL);

	add_text(self, message, slice_from(chunk, has_tab), new_line);
	message->chunk_len = chunk.len;
}

/* Whether the body is the rest of a message and not its beginning. */
static bool
is_rest(const struct syslog_line *found, struct slice body)
{
	struct pgline part;

	if (found->chunk == 0 || slice_starts(body, "\t"))
		return slice_starts(body, "\t");
	if (found->chunk == 1)
		return false;
	return found->sequence != 0 || !pgline_read(body, &part) ||
	    part.part != PGPART_MESSAGE;
}

static void
take_rest(struct pgtext *self, size_t n, const struct syslog_line *found,
    struct slice body, struct slice line)
{
	const struct pgsink *sink = self->sink;
	struct open_message *message;
	struct pgline part;

	if (n == self->count || self->open[n]->sequence != found->sequence) {
		sink->events->malformed(sink->events->context, line,
		    "the rest of a message whose beginning is not there");
		return;
	}
	message = self->open[n];
	add_line(self, message, line);
	if (!slice_starts(body, "\t") && pgline_read(body, &part) &&
	    part.part != PGPART_MESSAGE) {
		message->field = field_of(part.part);
		add_text(self, message, part.text, false);
		message->chunk_len = body.len;
	} else {
		add_chunk(self, message, body);
	}
}

/* The stamp of syslog's head, or a better one of log_line_prefix. */
static void
see_head(struct pgtext *self, const struct syslog_line *found,
    struct slice prefix)
{
	struct stamp stamp;

	if (!found->stamp.has_year &&
	    stamp_find(prefix, prefix.len, 0, &stamp) && stamp.has_year)
		reader_see(self->sink->carried, &stamp);
	else
		reader_see(self->sink->carried, &found->stamp);
}

static void
take_beginning(struct pgtext *self, size_t n, const struct syslog_line *found,
    struct slice body, struct slice line)
{
	struct open_message *message;
	struct pgline part;

	if (!pgline_read(body, &part)) {
		if (n < self->count)
			give(self, n);
		return;
	}
	see_head(self, found, part.prefix);
	message = take_part(self, n, &part, found->process, found->host);
	message->sequence = found->sequence;
	message->chunk_len = body.len;
	add_line(self, message, line);
	add_text(self, message, part.text, false);
}

static void
syslog_line(struct pgtext *self, struct slice line)
{
	struct syslog_line found;
	struct slice body;
	size_t n;

	if (!syslog_line_read(line, &found)) {
		if (self->last != NULL && slice_starts(line, "\t"))
			go_on(self, line, slice_from(line, 1));
		return;
	}
	body = unescape(self, found.body);
	n = find_session(self, found.process, found.host);
	(is_rest(&found, body) ? take_rest : take_beginning)(self, n, &found,
	    body, line);
}

void
pgtext_line(struct pgtext *self, struct slice line)
{
	self->clock++;
	if (self->form == PGFORM_SYSLOG)
		syslog_line(self, line);
	else
		stderr_line(self, line);
	while (self->bytes / 2 > self->sink->max_message)
		give_oldest(self);
}

void
pgtext_end(struct pgtext *self)
{
	while (self->count > 0)
		give_oldest(self);
	self->last = NULL;
	self->clock = 0;
}
