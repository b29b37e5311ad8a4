/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/wire.h"
#include "model/sql.h"
#include "scan/lines.h"
#include "scan/reader.h"

/*
 * Logs in which the caller stands ahead of its statement, on the line above:
 *
 *	2025/07/05 10:34:03 /srv/app/restful.go:1391
 *	[165.707ms] [rows:1] SELECT count(*) FROM `user`
 *
 * (GORM), and log4jdbc's form of it:
 *
 *	11:00:37.379 [main] DEBUG jdbc.sqltiming -  a.b.Dao.save(Dao.java:54)
 *	1. insert into course (name) values ('x')
 *
 * A statement may go on over further lines; it ends at a blank line, at the
 * next caller, or where the format says. A line with a caller and a date sets
 * anew all that is carried.
 */

enum { SQL_MOST = 64 * 1024 };

/* What a line says of a caller. */
struct ahead_caller {
	struct caller caller;
	struct slice place; /* what it was read from */
	struct stamp stamp; /* of the line, where has_stamp */
	bool has_stamp;
};

/* How the two formats differ. */
struct ahead_form {
	const char *name;

	/* Whether the line names a caller. */
	bool (*read_caller)(struct slice line, struct ahead_caller *found);

	/* What of the line behind the caller's is SQL; false: none is. */
	bool (*read_sql)(struct slice line, struct slice *sql);
};

struct ahead_reader {
	struct reader reader;
	const struct reader_events *events;
	const struct ahead_form *form;
	bool has_caller;
	struct buf caller_line;
	size_t place_begin; /* in it */
	size_t place_len;
	struct buf sql;
	struct buf plain;
	struct sql_operations operations;
	struct buf source; /* of the entry that is given */
};

/* "2025/07/05 10:34:03 /srv/app/restful.go:1391 SLOW SQL >= 200ms" */
static bool
gorm_caller(struct slice line, struct ahead_caller *found)
{
	size_t len = stamp_read(line, 0, &found->stamp);
	struct slice rest = slice_trim(slice_from(line, len));

	if (len == 0 || !found->stamp.has_date || !found->stamp.has_time ||
	    line_find(rest, ".go:") == NULL)
		return false;
	/* A path may hold blanks: try the whole rest, then its first word. */
	found->has_stamp = true;
	found->place = rest;
	return caller_parse(rest, &found->caller) ||
	    (slice_cut(&rest, ' ', &found->place) &&
		caller_parse(found->place, &found->caller));
}

/* "[165.707ms] [rows:1] SELECT ..." */
static bool
gorm_sql(struct slice line, struct slice *sql)
{
	static const char rows[] = "] [rows:";
	const char *at;

	if (line.len == 0 || line.ptr[0] != '[')
		return false;
	at = line_find(line, rows);
	if (at == NULL)
		return false;
	*sql = slice_from(line, (size_t)(at - line.ptr) + strlen(rows));
	at = line_find(*sql, "] ");
	if (at == NULL)
		return false;
	*sql = slice_from(*sql, (size_t)(at - sql->ptr) + 2);
	return true;
}

/* "... DEBUG jdbc.sqltiming -  a.b.Dao.save(Dao.java:54)" */
static bool
log4jdbc_caller(struct slice line, struct ahead_caller *found)
{
	static const char dash[] = "- ";
	const char *end = line.ptr + line.len;
	const char *at = line_find(line, "jdbc.sql");

	if (at == NULL)
		return false;
	at = line_find(slice_between(at, end), dash);
	if (at == NULL)
		return false;
	found->place = slice_trim(slice_between(at + strlen(dash), end));
	if (!caller_parse(found->place, &found->caller))
		return false;
	found->has_stamp = stamp_find(line, READER_HEAD, 0, &found->stamp);
	return true;
}

/* "1. insert into course ..." */
static bool
log4jdbc_sql(struct slice line, struct slice *sql)
{
	size_t n = slice_digits(line);

	*sql = slice_from(line, n);
	if (n == 0 || !slice_starts(*sql, ". "))
		return false;
	*sql = slice_from(*sql, 2);
	return true;
}

static const struct ahead_form forms[] = {
	{ "gorm", gorm_caller, gorm_sql },
	{ "log4jdbc", log4jdbc_caller, log4jdbc_sql },
};

static const struct ahead_form *
form_of(const struct preset *preset)
{
	const char *name = preset_get(preset, "form");

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (name != NULL && strcmp(forms[i].name, name) == 0)
			return &forms[i];
	return NULL;
}

static int
ahead_prepare(struct preset *preset, struct err *err)
{
	return form_of(preset) != NULL ?
	    0 :
	    err_set(err, "form must be gorm or log4jdbc");
}

static struct reader *
ahead_new(const struct preset *preset, const struct reader_options *options,
    const struct reader_events *events)
{
	struct ahead_reader *self = xcalloc(1, sizeof(*self));

	(void)options;
	self->reader.type = &reader_ahead;
	self->events = events;
	self->form = form_of(preset);
	return &self->reader;
}

static void
ahead_free(struct reader *reader)
{
	struct ahead_reader *self = (struct ahead_reader *)reader;

	buf_release(&self->caller_line);
	buf_release(&self->sql);
	buf_release(&self->plain);
	buf_release(&self->source);
	sql_operations_release(&self->operations);
	free(self);
}

static void
add_part(struct buf *source, struct slice part)
{
	char *to = buf_reserve(source, sizeof(part.len) + part.len);

	memcpy(to, &part.len, sizeof(part.len));
	if (part.len > 0)
		memcpy(to + sizeof(part.len), part.ptr, part.len);
	source->len += sizeof(part.len) + part.len;
}

/* What the entry is made of: the place in the line that names the caller, and
 * the operations, each behind its length. */
static void
make_source(struct ahead_reader *self, struct slice place)
{
	buf_clear(&self->source);
	add_part(&self->source, place);
	for (size_t i = 0; i < self->operations.count; i++)
		add_part(&self->source, self->operations.items[i]);
}

/* Gives the caller that waits, with its statement if one came. */
static void
give(struct ahead_reader *self)
{
	struct slice line = buf_slice(&self->caller_line);
	struct slice place = slice_head(slice_from(line, self->place_begin),
	    self->place_len);
	struct sql_operations *operations = &self->operations;
	struct entry entry = {
		.count = 1,
		.stamp = self->reader.stamp,
		.text = line,
	};

	if (!self->has_caller)
		return;
	self->has_caller = false;
	operations->count = 0;
	if (self->sql.len > 0)
		sql_read(buf_slice(&self->sql), operations);
	make_source(self, place);
	entry.source = buf_slice(&self->source);
	if (reader_again(&self->reader, self->events, entry.source, 1))
		return;
	(void)caller_parse(place, &entry.caller);
	entry.operations = operations->items;
	entry.operation_count = operations->count;
	self->events->entry(self->events->context, &entry);
}

static void
take_caller(struct ahead_reader *self, struct slice line,
    const struct ahead_caller *found)
{
	give(self);
	if (found->has_stamp)
		reader_see(&self->reader, &found->stamp);
	buf_clear(&self->sql);
	buf_clear(&self->caller_line);
	buf_add(&self->caller_line, line);
	self->place_begin = (size_t)(found->place.ptr - line.ptr);
	self->place_len = found->place.len;
	self->has_caller = true;
}

static void
take_sql(struct ahead_reader *self, struct slice line, struct slice sql)
{
	if (self->sql.len > 0) /* a second one: the first is whole */
		give(self);
	if (!self->has_caller)
		self->events->no_caller(self->events->context, line);
	else
		buf_add(&self->sql, slice_head(sql, SQL_MOST));
}

static void
read_line(struct ahead_reader *self, struct slice raw)
{
	struct slice line = line_plain(raw, &self->plain);
	struct ahead_caller found;
	struct slice sql;

	if (self->form->read_caller(line, &found)) {
		take_caller(self, line, &found);
	} else if (self->form->read_sql(line, &sql)) {
		take_sql(self, line, sql);
	} else if (slice_trim(line).len == 0) {
		give(self);
	} else if (self->has_caller && self->sql.len > 0 &&
	    self->sql.len + line.len < SQL_MOST) {
		buf_add_char(&self->sql, '\n');
		buf_add(&self->sql, line);
	}
}

static void
ahead_read(struct reader *reader, struct slice block)
{
	struct ahead_reader *self = (struct ahead_reader *)reader;
	struct slice line;

	while (reader_next(reader, &block, &line))
		read_line(self, line);
}

static void
ahead_end(struct reader *reader)
{
	give((struct ahead_reader *)reader);
}

/* Without a caller that waits, nothing is carried. */
static void
ahead_save(const struct reader *reader, struct buf *bytes)
{
	const struct ahead_reader *self = (const struct ahead_reader *)reader;

	wire_add_bool(bytes, self->has_caller);
	if (!self->has_caller)
		return;
	wire_add_bytes(bytes, buf_slice(&self->caller_line));
	wire_add_number(bytes, self->place_begin);
	wire_add_number(bytes, self->place_len);
	wire_add_bytes(bytes, buf_slice(&self->sql));
}

/* The caller's line, and where in it the place is, which must name one. */
static bool
load_caller(struct ahead_reader *self, struct slice *bytes)
{
	struct caller caller;
	struct slice line;
	uint64_t begin;
	uint64_t len;

	if (!wire_buf(bytes, &self->caller_line))
		return false;
	line = buf_slice(&self->caller_line);
	if (!wire_number_upto(bytes, line.len, &begin) ||
	    !wire_number_upto(bytes, line.len - begin, &len))
		return false;
	self->place_begin = (size_t)begin;
	self->place_len = (size_t)len;
	return caller_parse(slice_head(slice_from(line, self->place_begin),
				self->place_len),
	    &caller);
}

static bool
ahead_load(struct reader *reader, struct slice *bytes)
{
	struct ahead_reader *self = (struct ahead_reader *)reader;

	return wire_bool(bytes, &self->has_caller) &&
	    (!self->has_caller ||
		(load_caller(self, bytes) && wire_buf(bytes, &self->sql)));
}

static bool
ahead_is_sync(const struct preset *preset, struct slice line)
{
	const struct ahead_form *form = form_of(preset);
	struct buf plain = { 0 };
	struct ahead_caller found;
	bool is_sync;

	line = line_plain(line, &plain);
	is_sync = form->read_caller(line, &found) && found.has_stamp &&
	    found.stamp.has_date;
	buf_release(&plain);
	return is_sync;
}

static const char *const ahead_keys[] = { "form", NULL };

const struct reader_type reader_ahead = {
	.name = "ahead",
	.keys = ahead_keys,
	.prepare = ahead_prepare,
	.new = ahead_new,
	.free = ahead_free,
	.read = ahead_read,
	.end = ahead_end,
	.save = ahead_save,
	.load = ahead_load,
	.is_sync = ahead_is_sync,
};
