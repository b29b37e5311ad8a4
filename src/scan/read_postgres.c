/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "scan/lines.h"
#include "scan/pgmessage.h"
#include "scan/pgonce.h"
#include "scan/reader.h"
#include "scan/statement.h"

/*
 * A PostgreSQL server's log: what each message (scan/pgmessage.h) says of a
 * statement; scan/pgonce.h tells which are said twice.
 */

static const struct {
	const char *name;
	enum pgform form;
} forms[] = {
	{ "stderr", PGFORM_STDERR },
	{ "syslog", PGFORM_SYSLOG },
	{ "csvlog", PGFORM_CSVLOG },
	{ "jsonlog", PGFORM_JSONLOG },
};

struct postgres_reader {
	struct reader reader;
	const struct reader_events *events;
	struct pgcutter *cutter;
	struct pgonce *once;
	struct statement_giver giver;
	struct buf query; /* of a plan in JSON, unquoted */
};

/* The text of a message, and what was taken off its front. */
struct told {
	struct slice rest;
	bool has_duration;
	double milliseconds;
};

static void
on_count(void *context, const struct statement *statement, double milliseconds)
{
	struct postgres_reader *self = context;

	if (milliseconds >= 0)
		self->events->duration(self->events->context, milliseconds);
	statement_give(&self->giver, statement);
}

static void
on_repeat(void *context, struct slice lines)
{
	struct postgres_reader *self = context;

	self->events->repeat(self->events->context, lines);
}

static inline bool
skip(struct slice *text, const char *prefix)
{
	if (!slice_starts(*text, prefix))
		return false;
	*text = slice_from(*text, strlen(prefix));
	return true;
}

/* "NAME: " */
static bool
skip_name(struct slice *text)
{
	struct slice rest = *text;
	struct slice name;

	while (slice_cut(&rest, ':', &name)) {
		if (slice_starts(rest, " ")) {
			*text = slice_from(rest, 1);
			return true;
		}
	}
	return false;
}

/* "duration: 12.345 ms  statement: ..." */
static struct told
take_duration(struct slice text)
{
	struct told told = { .rest = text };

	if (!skip(&text, "duration: "))
		return told;
	told.milliseconds = statement_take_duration(&text);
	if (!skip(&text, " ms"))
		return told;
	(void)skip(&text, "  ");
	told.has_duration = true;
	told.rest = text;
	return told;
}

/* The line of a plan in text form that its first node stands in; before it
 * come the query and, since PostgreSQL 16, its parameters. */
static bool
is_plan_line(struct slice line)
{
	const char *cost = slice_find(line, "  (cost=");

	return slice_starts(line, "Query Parameters: ") ||
	    (cost != NULL && cost + 8 < line.ptr + line.len && cost[8] >= '0' &&
		cost[8] <= '9');
}

/*
 * The query of auto_explain's "plan:\nQuery Text: SELECT ...\nSeq Scan ...",
 * or, in JSON and YAML, of "Query Text": "SELECT ...". Empty where there is
 * none (XML).
 */
static struct slice
query_of_plan(struct postgres_reader *self, struct slice text)
{
	const char *key = slice_find(text, "Query Text");
	struct slice query;
	struct slice line;
	struct json_value value;

	if (key == NULL)
		return (struct slice){ 0 };
	text = slice_from(text, (size_t)(key - text.ptr) + 10);
	(void)skip(&text, "\"");
	if (!skip(&text, ": "))
		return (struct slice){ 0 };
	if (slice_starts(text, "\"") && json_next_value(&text, &value)) {
		buf_clear(&self->query);
		json_add_text(&self->query, &value);
		return buf_slice(&self->query);
	}
	query = slice_make(text.ptr, 0);
	while (slice_cut(&text, '\n', &line) && !is_plan_line(line))
		query.len = (size_t)(line.ptr + line.len - query.ptr);
	return query;
}

static void
see(struct postgres_reader *self, const struct pgmessage *message,
    enum pgsign sign, struct slice sql, double milliseconds)
{
	struct statement statement = {
		.sql = sql,
		.lines = message->lines,
		.stamp = message->stamp,
		.host = message->host,
		.weight = 1,
	};

	pgonce_see(self->once, message->session, sign, &statement,
	    milliseconds);
}

static void
see_plan(struct postgres_reader *self, const struct pgmessage *message,
    const struct told *told)
{
	struct slice query = query_of_plan(self, told->rest);

	if (query.len > 0)
		see(self, message, PGSIGN_PLANNED, query, told->milliseconds);
	else
		self->events->malformed(self->events->context, message->lines,
		    "a plan without its query");
}

/*
 * A statement with its text. PREPARE only makes ready, as parse does; an
 * EXECUTE names what was prepared, which the server adds as its DETAIL.
 */
static void
see_statement(struct postgres_reader *self, const struct pgmessage *message,
    const struct told *told)
{
	struct slice sql = told->rest;
	struct slice detail = message->detail;

	if (statement_prepared(sql).len > 0) {
		on_repeat(self, message->lines);
		return;
	}
	if (skip(&detail, "prepare: ") && statement_begins(sql, "execute"))
		sql = detail;
	see(self, message, told->has_duration ? PGSIGN_TIMED : PGSIGN_STARTED,
	    sql, told->milliseconds);
}

/* Parsing and binding are steps of a statement, and so is fetching more of
 * its rows. */
static bool
is_step(const struct told *told)
{
	struct slice rest = told->rest;

	if (skip(&rest, "execute fetch from "))
		return skip_name(&rest);
	return told->has_duration &&
	    (skip(&rest, "parse ") || skip(&rest, "bind ")) && skip_name(&rest);
}

static bool
skip_verb(struct slice *text)
{
	return skip(text, "statement: ") ||
	    (skip(text, "execute ") && skip_name(text));
}

static void
on_message(void *context, const struct pgmessage *message)
{
	struct postgres_reader *self = context;
	struct told told = take_duration(message->text);

	if (is_step(&told))
		on_repeat(self, message->lines);
	else if (skip_verb(&told.rest))
		see_statement(self, message, &told);
	else if (told.has_duration && skip(&told.rest, "plan:"))
		see_plan(self, message, &told);
	else if (told.has_duration && told.rest.len == 0)
		see(self, message, PGSIGN_ENDED, told.rest, 0);
	else if (message->statement.len > 0)
		see(self, message,
		    pgmessage_is_error(message) ? PGSIGN_FAILED :
						  PGSIGN_MENTIONED,
		    message->statement, -1);
}

static const char *const postgres_keys[] = { "form", NULL };

/* Prepared is a copy of the form; stderr where the preset names none. */
static int
postgres_prepare(struct preset *preset, struct err *err)
{
	const char *name = preset_get(preset, "form");

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(name == NULL ? "stderr" : name, forms[i].name) ==
		    0) {
			preset->prepared = xmemdup(&forms[i].form,
			    sizeof(forms[i].form));
			return 0;
		}
	}
	return err_set(err,
	    "form '%s' is none of stderr, syslog, csvlog, "
	    "jsonlog",
	    name);
}

static struct reader *
postgres_new(const struct preset *preset, const struct reader_options *options,
    const struct reader_events *events)
{
	struct postgres_reader *self = xcalloc(1, sizeof(*self));
	const enum pgform *form = preset->prepared;
	struct pgsink sink = {
		.context = self,
		.message = on_message,
		.events = events,
		.carried = &self->reader,
		.max_message = options->max_line,
	};
	struct pgonce_sink once = {
		.context = self,
		.count = on_count,
		.repeat = on_repeat,
	};

	self->reader.type = &reader_postgres;
	self->events = events;
	self->giver.events = events;
	self->cutter = pgcutter_new(*form, &sink);
	self->once = pgonce_new(&once);
	return &self->reader;
}

static void
postgres_free(struct reader *reader)
{
	struct postgres_reader *self = (struct postgres_reader *)reader;

	pgcutter_free(self->cutter);
	pgonce_free(self->once);
	statement_giver_release(&self->giver);
	buf_release(&self->query);
	free(self);
}

static void
postgres_read(struct reader *reader, struct slice block)
{
	struct postgres_reader *self = (struct postgres_reader *)reader;

	pgcutter_read(self->cutter, block);
}

static void
postgres_end(struct reader *reader)
{
	struct postgres_reader *self = (struct postgres_reader *)reader;

	pgcutter_end(self->cutter);
	pgonce_end(self->once);
}

/* The giver remembers shapes for speed alone. */
static void
postgres_save(const struct reader *reader, struct buf *bytes)
{
	const struct postgres_reader *self = (const struct postgres_reader *)
	    reader;

	pgcutter_save(self->cutter, bytes);
	pgonce_save(self->once, bytes);
}

static bool
postgres_load(struct reader *reader, struct slice *bytes)
{
	struct postgres_reader *self = (struct postgres_reader *)reader;

	return pgcutter_load(self->cutter, bytes) &&
	    pgonce_load(self->once, bytes);
}

const struct reader_type reader_postgres = {
	.name = "postgres",
	.keys = postgres_keys,
	.prepare = postgres_prepare,
	.unprepare = free,
	.new = postgres_new,
	.free = postgres_free,
	.read = postgres_read,
	.end = postgres_end,
	.save = postgres_save,
	.load = postgres_load,
};
