/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/pgtext.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/wire.h"
#include "scan/carried.h"
#include "scan/lines.h"
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

/* Most messages are one line, which is not copied unless it outlives its
 * block: the text is of the block, or all that `own` holds. */
struct piece {
	struct slice text;
	struct buf own;
};

enum {
	PIECE_SESSION,
	PIECE_HOST,
	PIECE_SEVERITY,
	PIECE_LINES,
	PIECE_FIELDS,
	PIECE_COUNT = PIECE_FIELDS + FIELD_COUNT
};

/* A message that may still grow. */
struct open_message {
	struct piece pieces[PIECE_COUNT];
	struct stamp stamp;
	enum field field; /* the one that grows, or FIELD_COUNT: none */
	uint64_t sequence;
	size_t chunk_len; /* of the last chunk */
};

/* The hash is kept beside, so that what is another's is not looked at. */
struct place {
	uint64_t
	    hash; /* of the session and what is quick to tell of the host */
	struct open_message *message;
};

struct pgtext {
	enum pgform form;
	const struct pgsink *sink;
	/* the first `count` are in use, and what grew last is behind */
	struct place open[MOST_OPEN];
	size_t count;
	/* the one that grew last, open[count - 1], or NULL: it was given */
	struct open_message *last;
	size_t bytes;    /* of the lines of all that are open */
	struct buf body; /* of a line of syslog, escapes undone;
			  * empty where it has none */
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
	for (int i = 0; i < PIECE_COUNT; i++)
		buf_release(&message->pieces[i].own);
	free(message);
}

void
pgtext_free(struct pgtext *self)
{
	if (self == NULL)
		return;
	for (size_t i = 0; i < MOST_OPEN; i++)
		free_message(self->open[i].message);
	buf_release(&self->body);
	free(self);
}

static void
tell(const struct pgtext *self, const struct open_message *message)
{
	const struct pgsink *sink = self->sink;
	const struct piece *pieces = message->pieces;
	const struct piece *fields = pieces + PIECE_FIELDS;
	struct pgmessage whole = {
		.session = pieces[PIECE_SESSION].text,
		.host = pieces[PIECE_HOST].text,
		.severity = pieces[PIECE_SEVERITY].text,
		.text = fields[FIELD_TEXT].text,
		.detail = fields[FIELD_DETAIL].text,
		.statement = fields[FIELD_STATEMENT].text,
		.lines = pieces[PIECE_LINES].text,
		.stamp = message->stamp,
	};

	if (whole.lines.len > sink->max_message)
		sink->events->given_up(sink->events->context, whole.lines,
		    "a message that is too long");
	else
		sink->message(sink->context, &whole);
}

/* Moves the n-th place behind the others that are in use. */
static void
move_last(struct pgtext *self, size_t n)
{
	struct place place = self->open[n];
	size_t behind = self->count - n - 1;

	memmove(&self->open[n], &self->open[n + 1], behind * sizeof(place));
	self->open[self->count - 1] = place;
}

/* Gives the n-th open message; its memory is kept for the next. */
static void
give(struct pgtext *self, size_t n)
{
	struct open_message *message = self->open[n].message;

	tell(self, message);
	self->bytes -= message->pieces[PIECE_LINES].text.len;
	move_last(self, n);
	self->count--;
	if (self->last == message)
		self->last = NULL;
}

static void
give_oldest(struct pgtext *self)
{
	give(self, 0);
}

static uint64_t
hash_of(struct slice session, struct slice host)
{
	return hash_bytes(session) + host.len;
}

static bool
is_of(const struct open_message *message, struct slice session,
    struct slice host)
{
	return slice_equal(message->pieces[PIECE_SESSION].text, session) &&
	    slice_equal(message->pieces[PIECE_HOST].text, host);
}

/* The place of a session's open message, or count. */
static size_t
find_session(const struct pgtext *self, struct slice session, struct slice host)
{
	uint64_t hash = hash_of(session, host);
	size_t n = 0;

	while (n < self->count &&
	    !(self->open[n].hash == hash &&
		is_of(self->open[n].message, session, host)))
		n++;
	return n;
}

/* Makes the text the piece's own. */
static void
own(struct piece *piece)
{
	if (piece->text.len > 0 && piece->text.ptr == piece->own.ptr)
		return;
	buf_clear(&piece->own);
	buf_add(&piece->own, piece->text);
	piece->text = buf_slice(&piece->own);
}

static void
grow(struct piece *piece, struct slice text, bool new_line)
{
	own(piece);
	if (new_line)
		buf_add_char(&piece->own, '\n');
	buf_add(&piece->own, text);
	piece->text = buf_slice(&piece->own);
}

/* What was unescaped lives as long as its line alone. */
static void
set(const struct pgtext *self, struct piece *piece, struct slice text)
{
	piece->text = text;
	if (self->body.len > 0)
		own(piece);
}

/* An empty message; it becomes the last one. */
static struct open_message *
begin(struct pgtext *self, struct slice session, struct slice host)
{
	struct open_message *message;
	struct place *place;

	if (self->count == MOST_OPEN)
		give_oldest(self);
	place = &self->open[self->count++];
	if (place->message == NULL)
		place->message = xcalloc(1, sizeof(*message));
	place->hash = hash_of(session, host);
	message = place->message;
	for (int i = 0; i < PIECE_COUNT; i++)
		message->pieces[i].text = (struct slice){ 0 };
	message->pieces[PIECE_SESSION].text = session;
	message->pieces[PIECE_HOST].text = host;
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
	struct piece *lines = &message->pieces[PIECE_LINES];
	size_t before = lines->text.len;

	/* These are copied at once: a line of the block would be told to
	 * stand there, others stand where the reader is. */
	if (before <= self->sink->max_message)
		grow(lines, line, before > 0);
	self->bytes += lines->text.len - before;
	self->last = message;
}

static void
add_text(const struct pgtext *self, struct open_message *message,
    struct slice text, bool new_line)
{
	struct piece *piece;

	if (message->field == FIELD_COUNT ||
	    message->pieces[PIECE_LINES].text.len > self->sink->max_message)
		return;
	piece = &message->pieces[PIECE_FIELDS + message->field];
	if (piece->text.len == 0 && !new_line)
		set(self, piece, text);
	else
		grow(piece, text, new_line);
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

/* The n-th message, which is going to grow. */
static struct open_message *
take_open(struct pgtext *self, size_t n)
{
	move_last(self, n);
	return self->open[self->count - 1].message;
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
	message = n < self->count ? take_open(self, n) :
				    begin(self, session, host);
	if (part->part == PGPART_MESSAGE)
		set(self, &message->pieces[PIECE_SEVERITY], part->severity);
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
	const char *hash = line_find(body, "#0");

	buf_clear(&self->body);
	if (hash == NULL)
		return body;
	for (; hash != NULL; hash = line_find(body, "#0")) {
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

	if (n == self->count ||
	    self->open[n].message->sequence != found->sequence) {
		sink->events->malformed(sink->events->context, line,
		    "the rest of a message whose beginning is not there");
		return;
	}
	message = take_open(self, n);
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
	if (self->form == PGFORM_SYSLOG)
		syslog_line(self, line);
	else
		stderr_line(self, line);
	while (self->bytes / 2 > self->sink->max_message)
		give_oldest(self);
}

void
pgtext_settle(struct pgtext *self)
{
	for (size_t n = 0; n < self->count; n++)
		for (int i = 0; i < PIECE_COUNT; i++)
			own(&self->open[n].message->pieces[i]);
}

void
pgtext_end(struct pgtext *self)
{
	while (self->count > 0)
		give_oldest(self);
	self->last = NULL;
}

static void
save_message(const struct open_message *message, struct buf *bytes)
{
	for (int i = 0; i < PIECE_COUNT; i++)
		wire_add_bytes(bytes, message->pieces[i].text);
	carried_add_stamp(bytes, &message->stamp);
	wire_add_number(bytes, message->field);
	wire_add_number(bytes, message->sequence);
	wire_add_number(bytes, message->chunk_len);
}

void
pgtext_save(const struct pgtext *self, struct buf *bytes)
{
	wire_add_number(bytes, self->count);
	for (size_t n = 0; n < self->count; n++)
		save_message(self->open[n].message, bytes);
	wire_add_bool(bytes, self->last != NULL);
}

/* Opens a message whose texts are those of the bytes. */
static bool
load_message(struct pgtext *self, struct slice *rest)
{
	struct slice texts[PIECE_COUNT];
	struct open_message *message;
	struct stamp stamp;
	uint64_t field, sequence, chunk_len;

	for (int i = 0; i < PIECE_COUNT; i++)
		if (!wire_bytes(rest, &texts[i]))
			return false;
	if (!carried_stamp(rest, &stamp) ||
	    !wire_number_upto(rest, FIELD_COUNT, &field) ||
	    !wire_number(rest, &sequence) || !wire_number(rest, &chunk_len))
		return false;
	message = begin(self, texts[PIECE_SESSION], texts[PIECE_HOST]);
	for (int i = 0; i < PIECE_COUNT; i++)
		message->pieces[i].text = texts[i];
	message->stamp = stamp;
	message->field = (enum field)field;
	message->sequence = sequence;
	message->chunk_len = chunk_len;
	self->bytes += texts[PIECE_LINES].len;
	return true;
}

bool
pgtext_load(struct pgtext *self, struct slice *rest)
{
	uint64_t most = self->form == PGFORM_SYSLOG ? MOST_OPEN : 1;
	uint64_t count;
	bool has_last;

	if (!wire_number_upto(rest, most, &count))
		return false;
	for (; count > 0; count--)
		if (!load_message(self, rest))
			return false;
	pgtext_settle(self);
	if (!wire_bool(rest, &has_last))
		return false;
	if (!has_last)
		self->last = NULL;
	return true;
}
