/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/pgmessage.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/json.h"
#include "scan/lines.h"
#include "scan/pgcsv.h"
#include "scan/pgtext.h"

/* The fields of a message in JSON. */
enum json_field {
	JSON_STAMP,
	JSON_HOST,
	JSON_SESSION,
	JSON_SEVERITY,
	JSON_MESSAGE,
	JSON_DETAIL,
	JSON_STATEMENT,
	JSON_FIELDS
};

/* As PostgreSQL calls them, and CloudNativePG after csvlog's columns. */
static const struct {
	struct slice key; /* with its quotes */
	enum json_field field;
} json_keys[] = {
	{ SLICE("\"timestamp\""), JSON_STAMP },
	{ SLICE("\"log_time\""), JSON_STAMP },
	{ SLICE("\"logging_pod\""), JSON_HOST },
	{ SLICE("\"pid\""), JSON_SESSION },
	{ SLICE("\"process_id\""), JSON_SESSION },
	{ SLICE("\"error_severity\""), JSON_SEVERITY },
	{ SLICE("\"message\""), JSON_MESSAGE },
	{ SLICE("\"detail\""), JSON_DETAIL },
	{ SLICE("\"statement\""), JSON_STATEMENT },
	{ SLICE("\"query\""), JSON_STATEMENT },
};

struct pgcutter {
	struct pgsink sink;
	struct pgtext *text;            /* stderr, syslog */
	struct pgcsv *csv;              /* csvlog */
	struct buf fields[JSON_FIELDS]; /* jsonlog: of the current line */
};

bool
pgmessage_is_error(const struct pgmessage *message)
{
	return slice_is(message->severity, "ERROR") ||
	    slice_is(message->severity, "FATAL") ||
	    slice_is(message->severity, "PANIC");
}

struct pgcutter *
pgcutter_new(enum pgform form, const struct pgsink *sink)
{
	struct pgcutter *self = xcalloc(1, sizeof(*self));

	self->sink = *sink;
	switch (form) {
	case PGFORM_STDERR:
	case PGFORM_SYSLOG:
		self->text = pgtext_new(form, &self->sink);
		break;
	case PGFORM_CSVLOG:
		self->csv = pgcsv_new(&self->sink);
		break;
	case PGFORM_JSONLOG:
		break;
	}
	return self;
}

void
pgcutter_free(struct pgcutter *self)
{
	if (self == NULL)
		return;
	pgtext_free(self->text);
	pgcsv_free(self->csv);
	for (int i = 0; i < JSON_FIELDS; i++)
		buf_release(&self->fields[i]);
	free(self);
}

static void
take_member(struct pgcutter *self, struct slice key,
    const struct json_value *value)
{
	for (size_t i = 0; i < sizeof(json_keys) / sizeof(json_keys[0]); i++) {
		struct buf *field = &self->fields[json_keys[i].field];

		if (slice_equal(key, json_keys[i].key)) {
			buf_clear(field);
			json_add_text(field, value);
			return;
		}
	}
}

/* Takes the members of the line's object, and those of the "record" in it.
 * False where it breaks off. */
static bool
take_members(struct pgcutter *self, struct slice line)
{
	struct slice rest = line;
	struct slice record = { 0 };
	struct slice key;
	struct json_value value;
	bool is_flat = true;

	while (json_next_member(&rest, &key, &value)) {
		if (value.kind == JSON_OBJECT && slice_is(key, "\"record\""))
			record = value.raw;
		else
			take_member(self, key, &value);
		is_flat = is_flat && value.kind < JSON_ARRAY;
	}
	while (json_next_member(&record, &key, &value))
		take_member(self, key, &value);
	/* Nearly always it is whole: its end is here. */
	return (is_flat && slice_starts(slice_trim(rest), "}")) ||
	    json_next_value(&line, &value);
}

static void
json_line(struct pgcutter *self, struct slice line)
{
	const struct buf *fields = self->fields;
	struct pgmessage message = { .lines = line };
	struct stamp stamp;

	if (!slice_starts(line, "{"))
		return;
	for (int i = 0; i < JSON_FIELDS; i++)
		buf_clear(&self->fields[i]);
	if (!take_members(self, line)) {
		self->sink.events->malformed(self->sink.events->context, line,
		    "JSON that breaks off");
		return;
	}
	if (stamp_read(buf_slice(&fields[JSON_STAMP]), 0, &stamp) > 0)
		reader_see(self->sink.carried, &stamp);
	message.stamp = self->sink.carried->stamp;
	message.host = buf_slice(&fields[JSON_HOST]);
	message.session = buf_slice(&fields[JSON_SESSION]);
	message.severity = buf_slice(&fields[JSON_SEVERITY]);
	message.text = buf_slice(&fields[JSON_MESSAGE]);
	message.detail = buf_slice(&fields[JSON_DETAIL]);
	message.statement = buf_slice(&fields[JSON_STATEMENT]);
	if (message.severity.len > 0)
		self->sink.message(self->sink.context, &message);
}

void
pgcutter_read(struct pgcutter *self, struct slice block)
{
	struct slice line;

	while (reader_next(self->sink.carried, &block, &line)) {
		if (self->text != NULL)
			pgtext_line(self->text, line);
		else if (self->csv != NULL)
			pgcsv_line(self->csv, line);
		else
			json_line(self, line);
	}
	if (self->text != NULL)
		pgtext_settle(self->text);
}

void
pgcutter_end(struct pgcutter *self)
{
	if (self->text != NULL)
		pgtext_end(self->text);
	else if (self->csv != NULL)
		pgcsv_end(self->csv);
}

/* An object of jsonlog ends with its line. */
void
pgcutter_save(const struct pgcutter *self, struct buf *bytes)
{
	if (self->text != NULL)
		pgtext_save(self->text, bytes);
	else if (self->csv != NULL)
		pgcsv_save(self->csv, bytes);
}

bool
pgcutter_load(struct pgcutter *self, struct slice *bytes)
{
	if (self->text != NULL)
		return pgtext_load(self->text, bytes);
	return self->csv == NULL || pgcsv_load(self->csv, bytes);
}
