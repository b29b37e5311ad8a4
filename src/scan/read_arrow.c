/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "model/sql.h"
#include "scan/arrow_source.h"
#include "scan/lines.h"
#include "scan/rails_line.h"
#include "scan/rails_shape.h"
#include "scan/rails_started.h"
#include "scan/reader.h"
#include "scan/waiting.h"

/*
 * Logs in which an arrow below a statement names its caller:
 *
 *	Started GET "/cities" for ::1 at 2021-04-05 10:00:00 -0700
 *	  City Load (0.5ms)  SELECT "cities".* FROM "cities"
 *	  ↳ app/controllers/cities_controller.rb:4:in `index'
 *
 * (Rails with verbose_query_logs), and Ecto's form of it:
 *
 *	10:00:00.123 [debug] QUERY OK source="users" db=0.5ms
 *	SELECT u0."id" FROM "users" AS u0 []
 *	↳ Demo.UserController.index/2, at: lib/demo/user_controller.ex:8
 *
 * A statement waits for its arrow. Where tagged loggers put "[tag] " before
 * both, several wait side by side, and an arrow takes the one with its tags.
 * A statement may name its caller in a comment as well: the arrow wins, and
 * it counts once. Carried: the date of the last "Started", which sets all
 * anew, and what waits.
 */

enum { SQL_HEAD = 512 }; /* bytes of a statement that tell that it is one */

struct arrow_reader {
	struct reader reader;
	const struct reader_events *events;
	bool is_ecto;
	struct waiting_list waiting;
	struct arrow_source source; /* of the arrow's entry */
	struct rails_shapes shapes;
	struct rails_started started;
	struct buf plain;
	struct buf tag_text;
	struct buf operation; /* is_sql() */
};

static struct reader *
arrow_new(const struct preset *preset, const struct reader_options *options,
    const struct reader_events *events)
{
	struct arrow_reader *self = xcalloc(1, sizeof(*self));
	const char *form = preset_get(preset, "form");

	(void)options;
	self->reader.type = &reader_arrow;
	self->events = events;
	self->is_ecto = form != NULL && strcmp(form, "ecto") == 0;
	self->source.is_ecto = self->is_ecto;
	return &self->reader;
}

static void
arrow_free(struct reader *reader)
{
	struct arrow_reader *self = (struct arrow_reader *)reader;

	waiting_release(&self->waiting);
	arrow_source_release(&self->source);
	rails_shapes_release(&self->shapes);
	rails_started_release(&self->started);
	buf_release(&self->plain);
	buf_release(&self->tag_text);
	buf_release(&self->operation);
	free(self);
}

/* Adds an entry for a caller; the statement may be missing. */
static void
give(struct arrow_reader *self, const struct caller *caller,
    const struct waiting *waiting, struct slice line, struct slice source)
{
	struct entry entry = {
		.caller = *caller,
		.count = 1,
		.stamp = self->reader.stamp,
		.text = line,
		.source = source,
	};

	arrow_source_read(&self->source, waiting);
	entry.operations = self->source.operations.items;
	entry.operation_count = self->source.operations.count;
	self->events->entry(self->events->context, &entry);
}

/* A statement that no arrow followed: its comment may name the caller. */
static void
give_up_waiting(struct arrow_reader *self, struct waiting *waiting)
{
	struct slice sql = buf_slice(&waiting->sql);
	struct caller caller = { 0 };

	if (!waiting->is_used)
		return;
	waiting_drop(&self->waiting, waiting);
	buf_clear(&self->tag_text);
	if (tag_find(sql, &self->tag_text, &caller))
		give(self, &caller, waiting, sql, slice_make(NULL, 0));
	else
		self->events->no_caller(self->events->context, sql);
}

/* Makes room for a statement. */
static struct waiting *
take_place(struct arrow_reader *self, struct slice tags)
{
	struct waiting *place = waiting_place(&self->waiting, tags);

	give_up_waiting(self, place);
	return place;
}

static void
wait_for_arrow(struct arrow_reader *self, struct slice tags, struct slice name,
    struct slice sql)
{
	waiting_add(&self->waiting, take_place(self, tags), tags, name, sql);
}

static void
give_up_all(struct arrow_reader *self)
{
	struct waiting *waiting;

	while ((waiting = waiting_oldest(&self->waiting)) != NULL)
		give_up_waiting(self, waiting);
	self->waiting.is_open = false;
}

/* "app/models/city.rb:4:in `all'", or of Ecto
 * "Demo.UserController.index/2, at: lib/demo/user_controller.ex:8". Neither
 * takes the other's, so that a log is told to be the one or the other. */
static bool
parse_caller(bool is_ecto, struct slice text, struct caller *caller)
{
	static const char at[] = ", at: ";
	const char *comma = line_find(text, at);

	if (is_ecto != (comma != NULL))
		return false;
	if (!is_ecto)
		return caller_parse(text, caller);
	if (!caller_parse(slice_from(text,
			      (size_t)(comma - text.ptr) + strlen(at)),
		caller))
		return false;
	caller->function = slice_between(text.ptr, comma);
	return true;
}

/* Counts an arrow as one that was seen before, by the text behind it and what
 * the statement does; else that is the source of its entry. */
static bool
count_source(struct arrow_reader *self, struct slice text, struct slice what)
{
	return reader_again(&self->reader, self->events,
	    arrow_source_make(&self->source, text, what), 1);
}

/*
 * Counts an arrow as one that was seen before. In Rails the name of most
 * statements says what they do, so that their SQL need not be read: such a
 * source is given to no entry but those of which that is true. Else makes the
 * source of the entry, and returns false.
 */
static bool
count_again(struct arrow_reader *self, const struct waiting *waiting,
    struct slice text)
{
	struct arrow_source *source = &self->source;
	struct slice name = { 0 };

	if (waiting != NULL)
		name = buf_slice(&waiting->name);
	if (slice_chr(name, ' ') != NULL) {
		if (count_source(self, text, arrow_source_name(source, name)))
			return true;
		if (arrow_source_is_named(source, name))
			return false;
	}
	return count_source(self, text,
	    arrow_source_operations(source, waiting));
}

/* Takes a line with an arrow, by the text behind that. */
static void
take_arrow(struct arrow_reader *self, const struct rails_line *line,
    struct slice text)
{
	struct waiting *waiting = waiting_find(&self->waiting, line->tags);
	struct caller caller = { 0 };
	struct caller tagged;
	bool is_counted = count_again(self, waiting, text);

	self->waiting.is_open = false;
	if (!is_counted && !parse_caller(self->is_ecto, text, &caller)) {
		self->events->malformed(self->events->context, line->whole,
		    "an arrow without file and line behind it");
		return;
	}
	buf_clear(&self->tag_text);
	if (waiting != NULL &&
	    tag_find(buf_slice(&waiting->sql), &self->tag_text, &tagged))
		self->events->repeat(self->events->context, line->whole);
	if (!is_counted)
		give(self, &caller, waiting, line->whole,
		    buf_slice(&self->source.bytes));
	if (waiting != NULL)
		waiting_drop(&self->waiting, waiting);
}

/* Other parts of Rails time things too ("Disk Storage (15.6ms) Uploaded file
 * ..."): a statement has SQL behind its duration. */
static bool
is_sql(struct arrow_reader *self, struct slice text)
{
	text = slice_head(text, SQL_HEAD);
	buf_clear(&self->operation);
	return slice_starts(text, "SELECT ") || sql_begins(text) ||
	    sql_add_first(&self->operation, text);
}

static void
read_rails(struct arrow_reader *self, const struct rails_line *line)
{
	struct slice name;
	struct slice sql;

	if (rails_line_duration(line->text, &name, &sql) && is_sql(self, sql))
		wait_for_arrow(self, line->tags, name, sql);
	else
		waiting_go_on(&self->waiting, line->tags, line->text);
}

static void
read_ecto(struct arrow_reader *self, const struct rails_line *line)
{
	const char *query = line_find(line->whole, "QUERY OK");

	if (query == NULL)
		query = line_find(line->whole, "QUERY ERROR");
	if (query == NULL) {
		waiting_go_on(&self->waiting, line->tags, line->text);
		return;
	}
	reader_see_line(&self->reader, slice_between(line->whole.ptr, query));
	wait_for_arrow(self, slice_make(NULL, 0), slice_make(NULL, 0),
	    slice_make(NULL, 0));
}

static void
read_line(struct arrow_reader *self, struct slice raw)
{
	struct slice whole = line_plain(raw, &self->plain);
	struct rails_line line = rails_line_read(whole);
	struct slice text;

	if (rails_line_arrow(line.text, &text)) {
		take_arrow(self, &line, text);
	} else if (self->is_ecto) {
		read_ecto(self, &line);
	} else if (rails_started_read(&self->started, line.text)) {
		give_up_all(self);
		self->reader.stamp = self->started.stamp;
	} else {
		if (line.tags.ptr != whole.ptr)
			reader_see_line(&self->reader,
			    slice_between(whole.ptr, line.tags.ptr));
		read_rails(self, &line);
	}
}

/*
 * Nearly all of a log are statements that were seen before, each with its
 * arrow in the next line. They are told from their bytes as they stand, colours
 * and all, by their shapes, and counted again at once: what follows does what
 * read_line() would do with the lines, or nothing. Where a colour stands behind
 * an arrow the source is one that is never given, since read_line() takes
 * colours off.
 */

/* Learns the shape of a statement, where that is the one that was read last. */
static void
learn_shape(struct arrow_reader *self, const struct rails_statement *statement,
    const char *end)
{
	const struct waiting_list *list = &self->waiting;
	const struct waiting *newest = &list->items[list->newest];
	struct arrow_source *source = &self->source;
	struct rails_reading reading = {
		.tags = buf_slice(&newest->tags),
		.name = buf_slice(&newest->name),
		.sql = buf_slice(&newest->sql),
	};

	if (!list->is_open ||
	    !rails_shapes_can_learn(&self->shapes, statement, &reading))
		return;
	reading.is_by_name = arrow_source_is_named(source, reading.name);
	reading.what = reading.is_by_name ?
	    arrow_source_name(source, reading.name) :
	    arrow_source_operations(source, newest);
	rails_shapes_learn(&self->shapes, statement, end, &reading);
}

/* Takes the arrow at the front of *block, where it belongs to a statement with
 * these tags and was seen behind one that does the same. */
static bool
take_known_arrow(struct arrow_reader *self, struct slice tags,
    struct slice what, struct slice *block)
{
	struct slice behind = *block;
	struct slice line, text;

	if (!lines_next(&behind, &line) || line.len < tags.len ||
	    memcmp(line.ptr, tags.ptr, tags.len) != 0 ||
	    !rails_line_arrow(slice_from(line, tags.len), &text) ||
	    !count_source(self, text, what))
		return false;
	(void)take_place(self, tags);
	self->waiting.is_open = false;
	*block = behind;
	return true;
}

/* Takes a statement in a line, with its arrow where that is at the front of
 * *block and known. */
static bool
take_statement(struct arrow_reader *self, struct slice line,
    struct slice *block)
{
	const char *end = block->ptr + block->len;
	struct rails_statement statement;
	const struct rails_shape *shape;
	struct slice tags;

	if (!rails_line_statement(line, &statement))
		return false;
	shape = rails_shapes_find(&self->shapes, &statement, end);
	if (shape == NULL) {
		read_line(self, line);
		learn_shape(self, &statement, end);
		return true;
	}
	tags = slice_head(line, shape->tags_len);
	if (!take_known_arrow(self, tags, rails_shape_what(shape), block))
		wait_for_arrow(self, tags, rails_shape_name(shape),
		    slice_trim(line_plain(statement.tail, &self->plain)));
	return true;
}

static void
read_rails_block(struct arrow_reader *self, struct slice block)
{
	struct slice line;

	while (reader_next(&self->reader, &block, &line))
		if ((self->waiting.is_open || !rails_line_is_quiet(line)) &&
		    !take_statement(self, line, &block))
			read_line(self, line);
}

static void
arrow_read(struct reader *reader, struct slice block)
{
	struct arrow_reader *self = (struct arrow_reader *)reader;
	struct slice line;

	if (!self->is_ecto) {
		read_rails_block(self, block);
		return;
	}
	while (reader_next(reader, &block, &line))
		read_line(self, line);
}

static void
arrow_end(struct reader *reader)
{
	struct arrow_reader *self = (struct arrow_reader *)reader;

	give_up_all(self);
}

/* The shapes and the text of the last stamp are known only to save work, and
 * learned anew. */
static void
arrow_save(const struct reader *reader, struct buf *bytes)
{
	const struct arrow_reader *self = (const struct arrow_reader *)reader;

	waiting_save(&self->waiting, bytes);
}

static bool
arrow_load(struct reader *reader, struct slice *bytes)
{
	struct arrow_reader *self = (struct arrow_reader *)reader;

	return waiting_load(&self->waiting, bytes);
}

static bool
arrow_is_sync(const struct preset *preset, struct slice line)
{
	const char *form = preset_get(preset, "form");
	struct buf plain = { 0 };
	struct rails_line parts;
	struct stamp stamp;
	struct slice at;
	bool is_sync;

	/* Ecto's lines may come of several processes, with no request line. */
	if (form != NULL && strcmp(form, "ecto") == 0)
		return false;
	if (slice_find(line, "Started ") == NULL)
		return false;
	parts = rails_line_read(line_plain(line, &plain));
	is_sync = rails_started_find(parts.text, &at) &&
	    stamp_read(at, 0, &stamp) > 0 && stamp.has_date;
	buf_release(&plain);
	return is_sync;
}

static const char *const arrow_keys[] = { "form", NULL };

static int
arrow_prepare(struct preset *preset, struct err *err)
{
	const char *form = preset_get(preset, "form");

	if (form != NULL && strcmp(form, "rails") != 0 &&
	    strcmp(form, "ecto") != 0)
		return err_set(err, "form '%s': rails or ecto", form);
	return 0;
}

const struct reader_type reader_arrow = {
	.name = "arrow",
	.keys = arrow_keys,
	.prepare = arrow_prepare,
	.new = arrow_new,
	.free = arrow_free,
	.read = arrow_read,
	.end = arrow_end,
	.save = arrow_save,
	.load = arrow_load,
	.is_sync = arrow_is_sync,
};
