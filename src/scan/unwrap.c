/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/unwrap.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/wire.h"
#include "scan/fields.h"
#include "scan/lines.h"

static const char known_texts[] =
    "/textPayload /log /MESSAGE /record/message /message";
static const char known_times[] =
    "/timestamp /time /@timestamp /ts /__REALTIME_TIMESTAMP";

struct unwrap {
	struct reader reader;
	struct reader *inner;
	const struct reader_options *options;
	const struct reader_events *events;
	struct fields *fields;
	struct field_list texts;
	struct field_list times;
	struct field_values values; /* of the line */
	struct buf text;            /* of the line, decoded */
	struct buf time;
};

static const struct reader_type unwrap_type;

int
unwrap_check(const char *pointer, struct err *err)
{
	struct fields *fields;
	int slot;

	if (strcmp(pointer, "auto") == 0)
		return 0;
	fields = fields_new();
	slot = fields_add(fields, slice_str(pointer), err);
	fields_free(fields);
	return slot < 0 ? -1 : 0;
}

/* The pointers are right: they are ours, or were checked. */
static void
add_fields(struct unwrap *self, const char *pointer)
{
	struct err err;
	int slot;
	int status = fields_add_list(self->fields, &self->times, known_times,
	    &err);

	assert(status == 0);
	if (strcmp(pointer, "auto") == 0) {
		status = fields_add_list(self->fields, &self->texts,
		    known_texts, &err);
		assert(status == 0);
		return;
	}
	slot = fields_add(self->fields, slice_str(pointer), &err);
	assert(slot >= 0);
	self->texts.slots[self->texts.count++] = slot;
}

struct reader *
unwrap_new(const char *pointer, struct reader *inner,
    const struct reader_options *options, const struct reader_events *events)
{
	struct unwrap *self = xcalloc(1, sizeof(*self));

	self->reader.type = &unwrap_type;
	self->inner = inner;
	self->options = options;
	self->events = events;
	self->fields = fields_new();
	add_fields(self, pointer);
	return &self->reader;
}

static void
unwrap_free(struct reader *reader)
{
	struct unwrap *self = (struct unwrap *)reader;

	reader_free(self->inner);
	fields_free(self->fields);
	buf_release(&self->text);
	buf_release(&self->time);
	free(self);
}

/* Shows the envelope's time to the inner reader, as if it had stood in a line
 * of its own above the text. */
static void
pass_time(struct unwrap *self)
{
	const struct json_value *value = field_list_first(&self->times,
	    &self->values);
	struct stamp seen;

	if (value == NULL)
		return;
	buf_clear(&self->time);
	json_add_text(&self->time, value);
	if (stamp_read(buf_slice(&self->time), STAMP_EPOCH, &seen) > 0)
		reader_see(self->inner, &seen);
}

static const struct json_value *
find_text(const struct unwrap *self)
{
	for (size_t i = 0; i < self->texts.count; i++) {
		const struct json_value *value =
		    &self->values.slots[self->texts.slots[i]];

		if (value->raw.len > 0 && value->kind == JSON_STRING)
			return value;
	}
	return NULL;
}

static void
pass_text(struct unwrap *self)
{
	const struct json_value *value = find_text(self);
	struct buf *text = &self->text;

	if (value == NULL)
		return;
	buf_clear(text);
	json_add_text(text, value);
	if (text->len == 0 || text->ptr[text->len - 1] != '\n')
		buf_add_char(text, '\n');
	reader_read(self->inner, buf_slice(text));
}

static void
read_line(struct unwrap *self, struct slice line)
{
	const struct reader_events *events = self->events;
	const char *begin;

	if (line.len > self->options->max_line) {
		events->given_up(events->context, line, "too long");
		return;
	}
	if (fields_find(self->fields, line, &self->values, &begin) ==
	    JSON_LINE_FOUND) {
		pass_time(self);
		pass_text(self);
	} else if (slice_trim(line).len > 0) {
		events->malformed(events->context, line, "no JSON");
	}
}

static void
unwrap_read(struct reader *reader, struct slice block)
{
	struct unwrap *self = (struct unwrap *)reader;
	struct slice line;

	while (reader_next(reader, &block, &line))
		read_line(self, line);
}

static void
unwrap_end(struct reader *reader)
{
	struct unwrap *self = (struct unwrap *)reader;

	reader_end(self->inner);
}

/* Only the inner reader carries anything. */
static void
unwrap_save(const struct reader *reader, struct buf *bytes)
{
	const struct unwrap *self = (const struct unwrap *)reader;
	struct buf inner = { 0 };

	reader_save(self->inner, &inner);
	wire_add_bytes(bytes, buf_slice(&inner));
	buf_release(&inner);
}

static bool
unwrap_load(struct reader *reader, struct slice *bytes)
{
	struct unwrap *self = (struct unwrap *)reader;
	struct slice inner;

	return wire_bytes(bytes, &inner) && reader_load(self->inner, inner);
}

static const struct reader_type unwrap_type = {
	.name = "unwrap",
	.new = NULL, /* not of a preset: unwrap_new() */
	.free = unwrap_free,
	.read = unwrap_read,
	.end = unwrap_end,
	.save = unwrap_save,
	.load = unwrap_load,
};
