/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "model/operation.h"
#include "model/sql.h"
#include "scan/lines.h"
#include "scan/reader.h"

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

enum {
	MOST_WAITING = 16,    /* statements of different tags */
	SQL_MOST = 64 * 1024, /* bytes of a statement that are kept */
	SQL_HEAD = 512,       /* enough to know that it is one */
};

static const char arrow[] = "\xe2\x86\xb3 "; /* U+21B3 and a blank */

/* A statement whose caller is still to come. */
struct waiting {
	bool is_used;
	struct buf tags;
	struct buf name; /* "City Load"; Ecto: the table */
	struct buf sql;
};

struct arrow_reader {
	struct reader reader;
	const struct reader_events *events;
	bool is_ecto;
	struct waiting waiting[MOST_WAITING];
	size_t newest; /* of waiting: which one a further line belongs to */
	bool is_open;  /* the newest may go on in the next line */
	struct buf plain;
	struct buf tag_text;
	struct sql_operations operations;
	struct buf operation;
};

/* A line taken apart. */
struct arrow_line {
	struct slice whole; /* without colours */
	struct slice tags;  /* "[a] [b] " */
	struct slice text;  /* behind them, trimmed */
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
	return &self->reader;
}

static void
arrow_free(struct reader *reader)
{
	struct arrow_reader *self = (struct arrow_reader *)reader;

	for (size_t i = 0; i < MOST_WAITING; i++) {
		buf_release(&self->waiting[i].tags);
		buf_release(&self->waiting[i].name);
		buf_release(&self->waiting[i].sql);
	}
	buf_release(&self->plain);
	buf_release(&self->tag_text);
	buf_release(&self->operation);
	sql_operations_release(&self->operations);
	free(self);
}

/* Adds an entry for a caller; the statement may be missing. */
static void
give(struct arrow_reader *self, const struct caller *caller,
    const struct waiting *waiting, struct slice line)
{
	struct slice operation;
	struct entry entry = {
		.caller = *caller,
		.count = 1,
		.stamp = self->reader.stamp,
		.text = line,
	};

	if (waiting != NULL && self->is_ecto) {
		sql_read(buf_slice(&waiting->sql), &self->operations);
		entry.operations = self->operations.items;
		entry.operation_count = self->operations.count;
	} else if (waiting != NULL) {
		buf_clear(&self->operation);
		operation_add_rails(&self->operation, buf_slice(&waiting->name),
		    buf_slice(&waiting->sql));
		operation = buf_slice(&self->operation);
		entry.operations = &operation;
		entry.operation_count = operation.len > 0;
	}
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
	waiting->is_used = false;
	buf_clear(&self->tag_text);
	if (tag_find(sql, &self->tag_text, &caller))
		give(self, &caller, waiting, sql);
	else
		self->events->no_caller(self->events->context, sql);
}

static struct waiting *
find_waiting(struct arrow_reader *self, struct slice tags)
{
	for (size_t i = 0; i < MOST_WAITING; i++) {
		size_t at = (self->newest + MOST_WAITING - i) % MOST_WAITING;
		struct waiting *waiting = &self->waiting[at];

		if (waiting->is_used &&
		    slice_equal(buf_slice(&waiting->tags), tags))
			return waiting;
	}
	return NULL;
}

/* Makes a statement wait, in place of the one with the same tags, else of
 * the oldest. */
static void
wait_for_arrow(struct arrow_reader *self, struct slice tags, struct slice name,
    struct slice sql)
{
	struct waiting *waiting = find_waiting(self, tags);

	if (waiting == NULL) {
		self->newest = (self->newest + 1) % MOST_WAITING;
		waiting = &self->waiting[self->newest];
	} else {
		self->newest = (size_t)(waiting - self->waiting);
	}
	give_up_waiting(self, waiting);
	buf_clear(&waiting->tags);
	buf_clear(&waiting->name);
	buf_clear(&waiting->sql);
	buf_add(&waiting->tags, tags);
	buf_add(&waiting->name, name);
	buf_add(&waiting->sql, slice_head(sql, SQL_MOST));
	waiting->is_used = true;
	self->is_open = true;
}

/* A statement's further line, or something else that ends it: what another
 * part of the program says, with other tags, or a blank line. */
static void
go_on(struct arrow_reader *self, const struct arrow_line *line)
{
	struct waiting *waiting = &self->waiting[self->newest];

	self->is_open = self->is_open && waiting->is_used &&
	    slice_equal(buf_slice(&waiting->tags), line->tags) &&
	    line->text.len > 0 && waiting->sql.len + line->text.len < SQL_MOST;
	if (!self->is_open)
		return;
	if (waiting->sql.len > 0)
		buf_add_char(&waiting->sql, '\n');
	buf_add(&waiting->sql, line->text);
}

static void
give_up_all(struct arrow_reader *self)
{
	for (size_t i = 1; i <= MOST_WAITING; i++)
		give_up_waiting(self,
		    &self->waiting[(self->newest + i) % MOST_WAITING]);
	self->is_open = false;
}

/* "app/models/city.rb:4:in `all'", or of Ecto
 * "Demo.UserController.index/2, at: lib/demo/user_controller.ex:8". Neither
 * takes the other's, so that a log is told to be the one or the other. */
static bool
parse_caller(bool is_ecto, struct slice text, struct caller *caller)
{
	static const char at[] = ", at: ";
	const char *comma = slice_find(text, at);

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

static void
take_arrow(struct arrow_reader *self, const struct arrow_line *line)
{
	struct slice text = slice_trim(slice_from(line->text, strlen(arrow)));
	struct waiting *waiting = find_waiting(self, line->tags);
	struct caller caller = { 0 };
	struct caller tagged;

	self->is_open = false;
	if (!parse_caller(self->is_ecto, text, &caller)) {
		self->events->malformed(self->events->context, line->whole,
		    "an arrow without file and line behind it");
		return;
	}
	buf_clear(&self->tag_text);
	if (waiting != NULL &&
	    tag_find(buf_slice(&waiting->sql), &self->tag_text, &tagged))
		self->events->repeat(self->events->context, line->whole);
	give(self, &caller, waiting, line->whole);
	if (waiting != NULL)
		waiting->is_used = false;
}

/*
 * Finds "(0.4ms)" in a line of Rails: the name before it, the SQL behind it.
 * The number may be followed by more ("(0.4ms | 2 rows)").
 */
static bool
find_duration(struct slice text, struct slice *name, struct slice *sql)
{
	const char *open = slice_chr(text, '(');

	while (open != NULL) {
		struct slice rest = slice_from(text,
		    (size_t)(open - text.ptr) + 1);
		size_t whole = slice_digits(rest);
		size_t n = whole;
		const char *close;

		if (n > 0 && n < rest.len && rest.ptr[n] == '.')
			n += 1 + slice_digits(slice_from(rest, n + 1));
		close = slice_chr(rest, ')');
		if (whole > 0 && close != NULL &&
		    slice_starts(slice_from(rest, n), "ms")) {
			*name = slice_trim(slice_between(text.ptr, open));
			*sql = slice_trim(
			    slice_between(close + 1, text.ptr + text.len));
			return true;
		}
		open = slice_chr(rest, '(');
	}
	return false;
}

/* Other parts of Rails time things too ("Disk Storage (15.6ms) Uploaded file
 * ..."): a statement has SQL behind its duration. */
static bool
is_sql(struct arrow_reader *self, struct slice text)
{
	sql_read(slice_head(text, SQL_HEAD), &self->operations);
	return self->operations.count > 0;
}

static void
read_rails(struct arrow_reader *self, const struct arrow_line *line)
{
	struct slice name;
	struct slice sql;

	if (find_duration(line->text, &name, &sql) && is_sql(self, sql))
		wait_for_arrow(self, line->tags, name, sql);
	else
		go_on(self, line);
}

static void
read_ecto(struct arrow_reader *self, const struct arrow_line *line)
{
	const char *query = slice_find(line->whole, "QUERY OK");

	if (query == NULL)
		query = slice_find(line->whole, "QUERY ERROR");
	if (query == NULL) {
		go_on(self, line);
		return;
	}
	reader_see_line(&self->reader, slice_between(line->whole.ptr, query));
	wait_for_arrow(self, slice_make(NULL, 0), slice_make(NULL, 0),
	    slice_make(NULL, 0));
}

/* "Started GET "/" for ::1 at 2021-04-05 10:00:00 -0700" */
static bool
read_started(struct slice text, struct stamp *stamp)
{
	static const char at[] = " at ";
	struct slice rest = text;
	const char *last = NULL;

	if (!slice_starts(text, "Started "))
		return false;
	for (const char *next = slice_find(rest, at); next != NULL;
	     next = slice_find(rest, at)) {
		last = next;
		rest = slice_between(next + 1, text.ptr + text.len);
	}
	return last != NULL &&
	    stamp_read(slice_between(last + strlen(at), text.ptr + text.len), 0,
		stamp) > 0;
}

/* The formatter's prefix: "D, [2021-04-05T10:00:00.123456 #12] DEBUG -- : " */
static struct slice
without_formatter(struct slice line)
{
	static const char end[] = " -- ";
	const char *behind;

	if (line.len < 4 || strchr("DIWEFA", line.ptr[0]) == NULL ||
	    line.ptr[1] != ',' || line.ptr[3] != '[')
		return line;
	behind = slice_find(line, end);
	if (behind == NULL)
		return line;
	behind = slice_find(slice_between(behind, line.ptr + line.len), ": ");
	return behind == NULL ? line :
				slice_between(behind + 2, line.ptr + line.len);
}

static struct arrow_line
take_apart(struct slice whole)
{
	struct arrow_line line = { .whole = whole };
	struct slice rest = without_formatter(whole);
	const char *begin = rest.ptr;

	while (rest.len > 1 && rest.ptr[0] == '[') {
		const char *close = slice_find(rest, "] ");

		if (close == NULL)
			break;
		rest = slice_from(rest, (size_t)(close - rest.ptr) + 2);
	}
	line.tags = slice_between(begin, rest.ptr);
	line.text = slice_trim(rest);
	return line;
}

static void
read_line(struct arrow_reader *self, struct slice raw)
{
	struct slice whole = line_plain(raw, &self->plain);
	struct arrow_line line = take_apart(whole);
	struct stamp stamp;

	if (slice_starts(line.text, arrow)) {
		take_arrow(self, &line);
	} else if (self->is_ecto) {
		read_ecto(self, &line);
	} else if (read_started(line.text, &stamp)) {
		give_up_all(self);
		self->reader.stamp = stamp;
	} else {
		if (line.tags.ptr != whole.ptr)
			reader_see_line(&self->reader,
			    slice_between(whole.ptr, line.tags.ptr));
		read_rails(self, &line);
	}
}

static void
arrow_read(struct reader *reader, struct slice block)
{
	struct arrow_reader *self = (struct arrow_reader *)reader;
	struct slice line;

	while (reader_next(reader, &block, &line))
		read_line(self, line);
}

static void
arrow_end(struct reader *reader)
{
	struct arrow_reader *self = (struct arrow_reader *)reader;

	give_up_all(self);
}

static bool
arrow_is_sync(const struct preset *preset, struct slice line)
{
	const char *form = preset_get(preset, "form");
	struct buf plain = { 0 };
	struct stamp stamp;
	bool is_sync;

	/* Ecto's lines may come of several processes, with no request line. */
	if (form != NULL && strcmp(form, "ecto") == 0)
		return false;
	if (slice_find(line, "Started ") == NULL)
		return false;
	is_sync = read_started(take_apart(line_plain(line, &plain)).text,
		      &stamp) &&
	    stamp.has_date;
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
	.is_sync = arrow_is_sync,
};
