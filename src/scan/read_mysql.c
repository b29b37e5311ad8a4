/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/wire.h"
#include "scan/carried.h"
#include "scan/lines.h"
#include "scan/reader.h"
#include "scan/statement.h"

/*
 * The slow query log and the general query log of MySQL, Percona Server and
 * MariaDB. In both a statement stands as the client sent it, over any number
 * of lines, so it ends where a line begins that only the server writes:
 *
 *	# Time: 130612  5:00:00                 only where it changed, before
 *	# User@Host: root[root] @ localhost []  MySQL 5.7; then RFC 3339
 *	# Query_time: 0.000123  Lock_time: ...
 *	use shop;
 *	SET timestamp=1371013443;
 *	SELECT ... ;
 *
 *	2026-11-21T20:00:00.123456Z	   12 Query	SELECT ...
 *	130612  5:00:00	   12 Query	SELECT ...
 *			   12 Execute	SELECT ...
 *
 * A server that starts writes three lines of its own in between.
 */

struct mysql_reader {
	struct reader reader;
	const struct reader_events *events;
	const struct reader_options *options;
	void (*read_line)(struct mysql_reader *self, struct slice line);
	struct statement_giver giver;

	struct buf sql;   /* the statement so far */
	struct buf lines; /* the lines it stands in */
	bool is_open;     /* lines belong to a statement */
	bool is_too_long;
	double milliseconds;
	struct stamp stamp;
};

static bool
skip(struct slice *text, const char *prefix)
{
	if (!slice_starts(*text, prefix))
		return false;
	*text = slice_from(*text, strlen(prefix));
	return true;
}

static void
skip_blanks(struct slice *text)
{
	while (text->len > 0 && (text->ptr[0] == ' ' || text->ptr[0] == '\t'))
		*text = slice_from(*text, 1);
}

/* Gives the statement that was going on. */
static void
finish(struct mysql_reader *self)
{
	const struct reader_events *events = self->events;
	struct statement statement = {
		.sql = slice_trim(buf_slice(&self->sql)),
		.lines = buf_slice(&self->lines),
		.stamp = self->stamp,
		.weight = 1,
	};

	if (self->is_open && self->is_too_long) {
		events->given_up(events->context, statement.lines,
		    "a statement that is too long");
	} else if (self->is_open && statement.sql.len > 0) {
		events->duration(events->context, self->milliseconds);
		statement_give(&self->giver, &statement);
	}
	self->is_open = false;
}

static void
begin(struct mysql_reader *self, double milliseconds)
{
	buf_clear(&self->sql);
	buf_clear(&self->lines);
	self->is_open = true;
	self->is_too_long = false;
	self->milliseconds = milliseconds;
	self->stamp = self->reader.stamp;
}

static void
add_line(struct mysql_reader *self, struct slice sql, struct slice line)
{
	if (self->lines.len > self->options->max_line) {
		self->is_too_long = true;
		return;
	}
	if (self->lines.len > 0) {
		buf_add_char(&self->sql, '\n');
		buf_add_char(&self->lines, '\n');
	}
	buf_add(&self->sql, sql);
	buf_add(&self->lines, line);
}

/* What a server writes when it opens its log. */
static bool
is_banner(struct slice line)
{
	return (slice_ends(line, "started with:") &&
		   slice_find(line, ", Version: ") != NULL) ||
	    slice_starts(line, "Tcp port: ") ||
	    (slice_starts(line, "Time ") && slice_ends(line, "Argument"));
}

/* "use shop;" and "SET timestamp=1371013443;" (before which there may be
 * last_insert_id=1,insert_id=2), which the server puts in front of a
 * statement. */
static bool
take_setting(struct mysql_reader *self, struct slice line)
{
	const char *key;
	struct stamp stamp;

	if (!slice_ends(line, ";"))
		return false;
	if (slice_starts(line, "use "))
		return true;
	if (!slice_starts(line, "SET "))
		return false;
	key = slice_find(line, "timestamp=");
	if (key == NULL || (key[-1] != ' ' && key[-1] != ','))
		return false;
	line = slice_between(key, line.ptr + line.len);
	if (skip(&line, "timestamp=") && !self->reader.stamp.has_date &&
	    stamp_read(line, STAMP_EPOCH, &stamp) > 0)
		self->stamp = stamp;
	return true;
}

/* "# Time: ...", "# User@Host: ..." and the like; false for a comment of the
 * statement's own. */
static bool
slow_header(struct mysql_reader *self, struct slice line)
{
	struct slice rest = line;
	struct stamp stamp;

	if (skip(&rest, "# Query_time: ")) {
		finish(self);
		begin(self, statement_take_duration(&rest) * 1000);
		return true;
	}
	if (skip(&rest, "# Time: ")) {
		finish(self);
		skip_blanks(&rest);
		if (stamp_read(rest, 0, &stamp) > 0)
			reader_see(&self->reader, &stamp);
		return true;
	}
	if (slice_starts(line, "# User@Host: ") ||
	    slice_starts(line, "# administrator command: ")) {
		finish(self);
		return true;
	}
	/* more headers, of some servers, stand before the statement */
	return slice_starts(line, "#") && self->is_open && self->sql.len == 0;
}

static void
slow_line(struct mysql_reader *self, struct slice line)
{
	if (slow_header(self, line))
		return;
	if (is_banner(line))
		finish(self);
	if (!self->is_open || (self->sql.len == 0 && take_setting(self, line)))
		return;
	add_line(self, line, line);
}

/* A line of the general log that the server began. */
struct event {
	struct slice command;
	struct slice argument;
};

static bool
is_command(struct slice word)
{
	static const char *const commands[] = { "Query", "Execute", "Prepare",
		"Connect", "Quit", "Init DB", "Field List", "Close stmt",
		"Reset stmt", "Long Data", "Ping", "Statistics", "Fetch",
		"Change user", "Reset Connection", "Set option", "Kill",
		"Refresh", "Shutdown", "Processlist", "Debug", "Daemon",
		"Binlog Dump", "Binlog Dump GTID", "Register Slave", "Delayed",
		"Register Replica", "Create DB", "Drop DB", "Sleep", "Error",
		"Table Dump", "Connect Out", "Time", "Bulk_execute",
		"Slave_worker", "Slave_IO", "Slave_SQL" };

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (slice_is(word, commands[i]))
			return true;
	}
	return false;
}

/* [STAMP] TAB [TAB] ID COMMAND [TAB ARGUMENT] */
static bool
read_event(struct mysql_reader *self, struct slice line, struct event *event)
{
	struct slice rest = line;
	struct stamp stamp;
	size_t taken = stamp_read(line, 0, &stamp);
	size_t digits;

	rest = slice_from(rest, taken);
	if (!slice_starts(rest, taken > 0 ? "\t" : "\t\t"))
		return false;
	skip_blanks(&rest);
	digits = slice_digits(rest);
	rest = slice_from(rest, digits);
	if (digits == 0 || !skip(&rest, " "))
		return false;
	if (!slice_cut(&rest, '\t', &event->command) ||
	    !is_command(slice_trim(event->command)))
		return false;
	event->command = slice_trim(event->command);
	event->argument = rest;
	if (taken > 0)
		reader_see(&self->reader, &stamp);
	return true;
}

static void
general_line(struct mysql_reader *self, struct slice line)
{
	struct event event;

	if (!read_event(self, line, &event)) {
		if (is_banner(line))
			finish(self);
		if (self->is_open)
			add_line(self, line, line);
		return;
	}
	finish(self);
	if (slice_is(event.command, "Query") ||
	    slice_is(event.command, "Execute")) {
		begin(self, 0);
		add_line(self, event.argument, line);
	} else if (slice_is(event.command, "Prepare")) {
		self->events->repeat(self->events->context, line);
	}
}

static const char *const mysql_keys[] = { "form", NULL };

/* Prepared is a copy of the form's name; slow where the preset names none. */
static int
mysql_prepare(struct preset *preset, struct err *err)
{
	const char *form = preset_get(preset, "form");

	if (form == NULL)
		form = "slow";
	if (strcmp(form, "slow") != 0 && strcmp(form, "general") != 0)
		return err_set(err, "form '%s' is none of slow, general", form);
	preset->prepared = xstrdup(form);
	return 0;
}

static struct reader *
mysql_new(const struct preset *preset, const struct reader_options *options,
    const struct reader_events *events)
{
	struct mysql_reader *self = xcalloc(1, sizeof(*self));

	self->reader.type = &reader_mysql;
	self->events = events;
	self->options = options;
	self->giver.events = events;
	self->read_line = strcmp(preset->prepared, "slow") == 0 ? slow_line :
								  general_line;
	return &self->reader;
}

static void
mysql_free(struct reader *reader)
{
	struct mysql_reader *self = (struct mysql_reader *)reader;

	statement_giver_release(&self->giver);
	buf_release(&self->sql);
	buf_release(&self->lines);
	free(self);
}

static void
mysql_read(struct reader *reader, struct slice block)
{
	struct mysql_reader *self = (struct mysql_reader *)reader;
	struct slice line;

	while (reader_next(reader, &block, &line))
		self->read_line(self, line);
}

static void
mysql_end(struct reader *reader)
{
	struct mysql_reader *self = (struct mysql_reader *)reader;

	finish(self);
}

/* A duration goes as the bits that it is. */
static void
add_duration(struct buf *bytes, double milliseconds)
{
	uint64_t bits;

	memcpy(&bits, &milliseconds, sizeof(bits));
	wire_add_number(bytes, bits);
}

static bool
take_duration(struct slice *bytes, double *milliseconds)
{
	uint64_t bits;

	if (!wire_number(bytes, &bits))
		return false;
	memcpy(milliseconds, &bits, sizeof(bits));
	return *milliseconds >= 0 && *milliseconds <= DBL_MAX;
}

/* The statement that may go on. */
static void
mysql_save(const struct reader *reader, struct buf *bytes)
{
	const struct mysql_reader *self = (const struct mysql_reader *)reader;

	wire_add_bool(bytes, self->is_open);
	if (!self->is_open)
		return;
	wire_add_bytes(bytes, buf_slice(&self->sql));
	wire_add_bytes(bytes, buf_slice(&self->lines));
	wire_add_bool(bytes, self->is_too_long);
	add_duration(bytes, self->milliseconds);
	carried_add_stamp(bytes, &self->stamp);
}

static bool
mysql_load(struct reader *reader, struct slice *bytes)
{
	struct mysql_reader *self = (struct mysql_reader *)reader;

	return wire_bool(bytes, &self->is_open) &&
	    (!self->is_open ||
		(wire_buf(bytes, &self->sql) && wire_buf(bytes, &self->lines) &&
		    wire_bool(bytes, &self->is_too_long) &&
		    take_duration(bytes, &self->milliseconds) &&
		    carried_stamp(bytes, &self->stamp)));
}

const struct reader_type reader_mysql = {
	.name = "mysql",
	.keys = mysql_keys,
	.prepare = mysql_prepare,
	.unprepare = free,
	.new = mysql_new,
	.free = mysql_free,
	.read = mysql_read,
	.end = mysql_end,
	.save = mysql_save,
	.load = mysql_load,
};
