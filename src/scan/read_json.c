/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/mask.h"
#include "scan/fields.h"
#include "scan/lines.h"
#include "scan/reader.h"

/*
 * Lines that are JSON objects, or hold one behind a prefix: the preset says
 * by JSON pointers where the caller and the rest are. Carried: the last time
 * stamp.
 */

enum key {
	KEY_CALLER, /* file, line and perhaps function in one text */
	KEY_FILE,   /* the n-th of it goes with the n-th of KEY_LINE; */
	KEY_LINE,   /* without one, it is read as a caller */
	KEY_FUNCTION,
	KEY_LEVEL, /* makes the operation log.LEVEL */
	KEY_TIME,
	KEY_HOST,
	KEY_REVISION,
	KEY_OPERATION,
	KEY_COUNT,
	KEY_DURATION,  /* in milliseconds */
	KEY_NAMESPACE, /* "db.collection", with KEY_COMMAND: the object whose */
	KEY_COMMAND,   /* first name is the verb */
	KEYS
};

static const char *const json_keys[KEYS + 1] = { "caller", "file", "line",
	"function", "level", "time", "host", "revision", "operation", "count",
	"duration", "namespace", "command", NULL };

/* What a preset says. */
struct json {
	struct fields *fields;
	struct field_list keys[KEYS];
	struct field_set sources; /* what makes the entry's rows */
};

struct json_reader {
	struct reader reader;
	const struct json *json;
	const struct reader_options *options;
	const struct reader_events *events;
	struct field_values values; /* of the line */
	struct buf operation;       /* of the entry */
	struct buf source;          /* what makes its rows */
	struct buf decoded;         /* a text whose escapes were undone */
	struct arena texts;         /* all such of the line */
};

/* All slots but those of the time, the count and the duration. */
static void
mark_sources(struct json *json)
{
	for (size_t key = 0; key < KEYS; key++) {
		const struct field_list *list = &json->keys[key];

		if (key == KEY_TIME || key == KEY_COUNT || key == KEY_DURATION)
			continue;
		for (size_t i = 0; i < list->count; i++)
			field_set_add(&json->sources, list->slots[i]);
	}
}

static int
fill(struct json *json, const struct preset *preset, struct err *err)
{
	for (size_t key = 0; key < KEYS; key++) {
		const char *list = preset_get(preset, json_keys[key]);

		if (list != NULL &&
		    fields_add_list(json->fields, &json->keys[key], list,
			err) != 0)
			return err_wrap(err, "%s", json_keys[key]);
	}
	if (json->keys[KEY_CALLER].count == 0 &&
	    json->keys[KEY_FILE].count == 0)
		return err_set(err, "has neither 'caller' nor 'file'");
	mark_sources(json);
	return 0;
}

static void
json_unprepare(void *prepared)
{
	struct json *json = prepared;

	fields_free(json->fields);
	free(json);
}

static int
json_prepare(struct preset *preset, struct err *err)
{
	struct json *json = xcalloc(1, sizeof(*json));

	json->fields = fields_new();
	if (fill(json, preset, err) != 0) {
		json_unprepare(json);
		return -1;
	}
	preset->prepared = json;
	return 0;
}

static struct reader *
json_new(const struct preset *preset, const struct reader_options *options,
    const struct reader_events *events)
{
	struct json_reader *self = xcalloc(1, sizeof(*self));

	self->reader.type = &reader_json;
	self->json = preset->prepared;
	self->options = options;
	self->events = events;
	return &self->reader;
}

static void
json_free(struct reader *reader)
{
	struct json_reader *self = (struct json_reader *)reader;

	buf_release(&self->operation);
	buf_release(&self->source);
	buf_release(&self->decoded);
	arena_release(&self->texts);
	free(self);
}

/* The text of a string or number, without blanks around it; empty for others.
 * Valid until the line was read. */
static struct slice
text_of(struct json_reader *self, const struct json_value *value)
{
	if (value == NULL || value->raw.len == 0)
		return slice_make(NULL, 0);
	if (value->kind == JSON_NUMBER)
		return value->raw;
	if (value->kind != JSON_STRING)
		return slice_make(NULL, 0);
	if (slice_chr(value->raw, '\\') == NULL)
		return slice_trim(
		    slice_make(value->raw.ptr + 1, value->raw.len - 2));
	buf_clear(&self->decoded);
	json_add_text(&self->decoded, value);
	return slice_trim(arena_copy(&self->texts, buf_slice(&self->decoded)));
}

/* The n-th value of a key, which may not be there. */
static struct slice
nth_text(struct json_reader *self, enum key key, size_t n)
{
	const struct field_list *list = &self->json->keys[key];

	if (n >= list->count)
		return slice_make(NULL, 0);
	return text_of(self, &self->values.slots[list->slots[n]]);
}

/* The first text of a key that is there. */
static struct slice
text(struct json_reader *self, enum key key)
{
	struct slice found = { NULL, 0 };

	if (!field_list_is_found(&self->json->keys[key], &self->values))
		return found;
	for (size_t n = 0; found.len == 0 && n < self->json->keys[key].count;
	     n++)
		found = nth_text(self, key, n);
	return found;
}

static bool
is_number(struct slice line)
{
	return line.len > 0 && slice_digits(line) == line.len;
}

static bool
find_whole_place(struct json_reader *self, struct caller *caller)
{
	const struct field_list *list = &self->json->keys[KEY_CALLER];

	if (!field_list_is_found(list, &self->values))
		return false;
	for (size_t n = 0; n < list->count; n++)
		if (caller_parse(nth_text(self, KEY_CALLER, n), caller))
			return true;
	return false;
}

/* A file without its line is no caller: general logs name many files. */
static bool
find_place(struct json_reader *self, struct caller *caller)
{
	const struct field_list *list = &self->json->keys[KEY_FILE];

	if (find_whole_place(self, caller))
		return true;
	if (!field_list_is_found(list, &self->values))
		return false;
	for (size_t n = 0; n < list->count; n++) {
		struct slice file = nth_text(self, KEY_FILE, n);
		struct slice line;

		if (file.len == 0)
			continue;
		line = nth_text(self, KEY_LINE, n);
		if (is_number(line)) {
			*caller = (struct caller){ file, line, { NULL, 0 } };
			return true;
		}
		if (caller_parse(file, caller))
			return true;
	}
	return false;
}

static bool
find_caller(struct json_reader *self, struct caller *caller)
{
	if (!find_place(self, caller))
		return false;
	if (caller->function.len == 0)
		caller->function = text(self, KEY_FUNCTION);
	return true;
}

/* syslog's levels, and those of bunyan and pino. */
static const char *
level_of_number(struct slice level)
{
	static const char *const syslog[] = { "emerg", "alert", "crit", "err",
		"warning", "notice", "info", "debug" };
	static const char *const tens[] = { "trace", "debug", "info", "warn",
		"error", "fatal" };
	uint64_t number;

	if (slice_number(level, &number) != 0)
		return NULL;
	if (number < 8)
		return syslog[number];
	if (number % 10 == 0 && number <= 60)
		return tens[number / 10 - 1];
	return NULL;
}

/* MongoDB's: I, W, E, F, and D1 to D5. */
static const char *
level_of_letter(struct slice level)
{
	if (level.len == 2 && level.ptr[0] == 'D')
		return slice_digits(slice_from(level, 1)) == 1 ? "debug" : NULL;
	if (level.len != 1)
		return NULL;
	switch (level.ptr[0]) {
	case 'D':
		return "debug";
	case 'I':
		return "info";
	case 'W':
		return "warning";
	case 'E':
		return "error";
	case 'F':
		return "fatal";
	default:
		return NULL;
	}
}

static void
add_level(struct buf *operation, struct slice level)
{
	const char *word = level_of_number(level);

	if (word == NULL)
		word = level_of_letter(level);
	if (word != NULL) {
		buf_add_str(operation, word);
		return;
	}
	for (size_t i = 0; i < level.len; i++)
		buf_add_char(operation,
		    (char)tolower((unsigned char)level.ptr[i]));
}

/* The first name in a command, raw; empty where it is no command. */
static struct slice
verb_of(const struct json_value *command)
{
	struct slice members = command->raw;
	struct json_value ignored;
	struct slice verb;

	if (command->kind != JSON_OBJECT ||
	    !json_next_member(&members, &verb, &ignored))
		return slice_make(NULL, 0);
	return verb;
}

/* Adds COLLECTION.VERB for "db.collection" and the command {"find": ...}. */
static bool
add_command(struct json_reader *self)
{
	const struct json_value *command =
	    field_list_first(&self->json->keys[KEY_COMMAND], &self->values);
	struct slice collection = text(self, KEY_NAMESPACE);
	struct json_value verb = { JSON_STRING, { NULL, 0 } };
	struct slice database;

	if (command == NULL)
		return false;
	verb.raw = verb_of(command);
	if (verb.raw.len == 0 || !slice_cut(&collection, '.', &database) ||
	    collection.len == 0)
		return false;
	buf_add(&self->operation, collection);
	buf_add_char(&self->operation, '.');
	json_add_text(&self->operation, &verb);
	return true;
}

/* Fills in the operation; true when it is more than the level of a message. */
static bool
find_operation(struct json_reader *self)
{
	struct slice whole = text(self, KEY_OPERATION);
	struct slice level = text(self, KEY_LEVEL);

	buf_clear(&self->operation);
	buf_add(&self->operation, whole);
	if (whole.len > 0 || add_command(self))
		return true;
	buf_add_str(&self->operation, "log.");
	if (level.len > 0)
		add_level(&self->operation, level);
	else
		buf_add_str(&self->operation, "message");
	return false;
}

/* Reads the stamp that a value is. */
static bool
read_time(const struct json_value *time, struct stamp *stamp)
{
	struct slice text = time->raw;
	struct buf buf = { 0 };
	bool found;

	if (time->kind != JSON_STRING)
		return stamp_read(text, STAMP_EPOCH, stamp) > 0;
	text = slice_make(text.ptr + 1, text.len - 2);
	if (slice_chr(text, '\\') == NULL)
		return stamp_read(text, STAMP_EPOCH, stamp) > 0;
	json_add_text(&buf, time);
	found = stamp_read(buf_slice(&buf), STAMP_EPOCH, stamp) > 0;
	buf_release(&buf);
	return found;
}

/* The stamp of a line: its own, else that of the prefix before the object. */
static bool
find_stamp(const struct json *json, const struct field_values *values,
    struct slice before, struct stamp *stamp)
{
	const struct json_value *time = field_list_first(&json->keys[KEY_TIME],
	    values);

	return (time != NULL && read_time(time, stamp)) ||
	    (before.len > 0 && stamp_find(before, READER_HEAD, 0, stamp));
}

static void
tell_duration(struct json_reader *self)
{
	struct slice duration = text(self, KEY_DURATION);
	char number[32];
	uint64_t whole;

	if (duration.len == 0 || duration.len >= sizeof(number))
		return;
	if (duration.len < 16 && slice_number(duration, &whole) == 0) {
		self->events->duration(self->events->context, (double)whole);
		return;
	}
	memcpy(number, duration.ptr, duration.len);
	number[duration.len] = '\0';
	self->events->duration(self->events->context, strtod(number, NULL));
}

/* Why the count is none, or NULL. */
static const char *
read_count(struct json_reader *self, uint64_t *count)
{
	struct slice number = text(self, KEY_COUNT);

	*count = 1;
	if (number.len == 0)
		return NULL;
	switch (slice_number(number, count)) {
	case 0:
		return NULL;
	case 1:
		return "a count beyond 2^64-1";
	default:
		return "the count is no number";
	}
}

/* Adds to the source a value behind its slot and its length; of an object only
 * its verb, all that it can be of use for, with a slot that there is not. */
static void
add_source(struct json_reader *self, size_t slot)
{
	const struct json_value *value = &self->values.slots[slot];
	struct buf *source = &self->source;
	struct slice raw = value->raw;
	size_t head[] = { slot, raw.len };
	char *at;

	if (value->kind == JSON_OBJECT) {
		raw = verb_of(value);
		head[0] += FIELDS_MOST;
		head[1] = raw.len;
	}
	at = buf_reserve(source, sizeof(head) + raw.len);
	memcpy(at, head, sizeof(head));
	if (raw.len > 0)
		memcpy(at + sizeof(head), raw.ptr, raw.len);
	source->len += sizeof(head) + raw.len;
}

/* The values of all slots that make the entry's rows. */
static struct slice
source_of(struct json_reader *self)
{
	buf_clear(&self->source);
	for (size_t i = 0; i < FIELDS_MOST / 64; i++) {
		uint64_t word = self->values.found.words[i] &
		    self->json->sources.words[i];

		for (; word != 0; word &= word - 1)
			add_source(self, 64 * i + mask_first(word));
	}
	return buf_slice(&self->source);
}

static void
give(struct json_reader *self, struct slice line)
{
	const struct reader_events *events = self->events;
	struct slice operation;
	struct entry entry = {
		.operations = &operation,
		.operation_count = 1,
		.stamp = self->reader.stamp,
		.text = line,
	};
	const char *wrong = read_count(self, &entry.count);
	bool is_statement;

	tell_duration(self);
	if (wrong == NULL && events->again != NULL) {
		entry.source = source_of(self);
		if (entry.source.len > 0 &&
		    reader_again(&self->reader, events, entry.source,
			entry.count))
			return;
	}
	is_statement = find_operation(self);
	operation = buf_slice(&self->operation);
	entry.host = text(self, KEY_HOST);
	entry.revision = text(self, KEY_REVISION);
	if (!find_caller(self, &entry.caller)) {
		if (is_statement)
			events->no_caller(events->context, line);
	} else if (wrong != NULL) {
		events->malformed(events->context, line, wrong);
	} else {
		events->entry(events->context, &entry);
	}
}

static void
read_line(struct json_reader *self, struct slice line)
{
	const struct reader_events *events = self->events;
	const char *begin;
	struct stamp seen;
	enum json_line what = fields_find(self->json->fields, line,
	    &self->values, &begin);

	if (what == JSON_LINE_FOUND &&
	    find_stamp(self->json, &self->values,
		slice_between(line.ptr, begin), &seen))
		reader_see(&self->reader, &seen);
	if (line.len > self->options->max_line)
		events->given_up(events->context, line, "too long");
	else if (what == JSON_LINE_BROKEN)
		events->malformed(events->context, line, "broken JSON");
	else if (what == JSON_LINE_FOUND)
		give(self, line);
	arena_release(&self->texts);
}

static void
json_read(struct reader *reader, struct slice block)
{
	struct json_reader *self = (struct json_reader *)reader;
	struct slice line;

	while (reader_next(reader, &block, &line))
		read_line(self, line);
}

/* Lines with a date of their own. */
static bool
json_is_sync(const struct preset *preset, struct slice line)
{
	const struct json *json = preset->prepared;
	struct field_values values = { 0 };
	const char *begin;
	struct stamp seen;

	return fields_find(json->fields, line, &values, &begin) ==
	    JSON_LINE_FOUND &&
	    find_stamp(json, &values, slice_between(line.ptr, begin), &seen) &&
	    seen.has_date;
}

const struct reader_type reader_json = {
	.name = "json",
	.keys = json_keys,
	.prepare = json_prepare,
	.unprepare = json_unprepare,
	.new = json_new,
	.free = json_free,
	.read = json_read,
	.is_sync = json_is_sync,
};
