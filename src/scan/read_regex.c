/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/suggest.h"
#include "scan/lines.h"
#include "scan/pattern.h"
#include "scan/reader.h"

/*
 * Lines that patterns take apart: the first pattern that matches a line makes
 * its entry out of the named groups. Carried: the last time stamp.
 */

enum group {
	GROUP_FILE,
	GROUP_LINE,
	GROUP_FUNCTION,
	GROUP_CALLER,
	GROUP_OPERATION,
	GROUP_KIND,
	GROUP_VERB,
	GROUP_COUNT,
	GROUP_TIME,
	GROUP_HOST,
	GROUPS
};

static const char *const group_names[GROUPS] = { "file", "line", "function",
	"caller", "operation", "kind", "verb", "count", "time", "host" };

struct form {
	struct pattern *pattern;
	unsigned numbers[GROUPS]; /* 0 where the pattern has no such group */
};

/* The word that stands for a captured verb. */
struct mapping {
	struct slice from;
	struct slice to;
};

/* What a preset says; slices are of its values. */
struct regex {
	struct form *forms;
	size_t form_count;
	struct mapping *mappings;
	size_t mapping_count;
	struct slice operation;
	struct slice kind;
	bool strip;  /* colours off, before anything else */
	bool stamps; /* each line is looked at for one */
};

struct regex_reader {
	struct reader reader;
	const struct regex *regex;
	const struct reader_options *options;
	const struct reader_events *events;
	struct scratch *scratch;
	struct buf plain;     /* the line without its colours */
	struct buf operation; /* of the entry */
};

static int
unknown_group(const char *text, const char *name, struct err *err)
{
	struct suggest suggest;
	const char *nearest;

	suggest_init(&suggest, name);
	for (size_t i = 0; i < GROUPS; i++)
		suggest_offer(&suggest, group_names[i]);
	nearest = suggest_nearest(&suggest);
	if (nearest != NULL)
		return err_set(err,
		    "pattern '%s': unknown group '%s'; did you mean %s?", text,
		    name, nearest);
	return err_set(err,
	    "pattern '%s': unknown group '%s'; there are file, line, "
	    "function, caller, operation, kind, verb, count, time and host",
	    text, name);
}

static int
check_groups(const struct form *form, const char *text, struct err *err)
{
	const unsigned *numbers = form->numbers;
	const char *name;

	for (unsigned n = 0;
	     (name = pattern_group_name(form->pattern, n)) != NULL; n++) {
		size_t i = 0;

		while (i < GROUPS && strcmp(group_names[i], name) != 0)
			i++;
		if (i == GROUPS)
			return unknown_group(text, name, err);
	}
	if (numbers[GROUP_FILE] == 0 && numbers[GROUP_CALLER] == 0 &&
	    numbers[GROUP_OPERATION] == 0 && numbers[GROUP_KIND] == 0)
		return err_set(err,
		    "pattern '%s' names no group (?<file>...), caller, "
		    "operation or kind",
		    text);
	return 0;
}

static int
add_form(struct regex *regex, const char *text, struct err *err)
{
	struct form *form;
	struct pattern *pattern = pattern_new(text, 0, err);

	if (pattern == NULL)
		return -1;
	regex->forms = xreallocarray(regex->forms, regex->form_count + 1,
	    sizeof(regex->forms[0]));
	form = &regex->forms[regex->form_count++];
	form->pattern = pattern;
	for (size_t i = 0; i < GROUPS; i++)
		form->numbers[i] = pattern_group(pattern, group_names[i]);
	return check_groups(form, text, err);
}

static int
add_mapping(struct regex *regex, const char *text, struct err *err)
{
	struct slice list = slice_str(text);
	struct mapping mapping;
	struct slice more;

	if (!preset_word(&list, &mapping.from) ||
	    !preset_word(&list, &mapping.to) || preset_word(&list, &more))
		return err_set(err, "map '%s': not two words", text);
	regex->mappings = xreallocarray(regex->mappings,
	    regex->mapping_count + 1, sizeof(regex->mappings[0]));
	regex->mappings[regex->mapping_count++] = mapping;
	return 0;
}

/* A key with two values: on where it has the first, or does not stand. */
static int
read_switch(const struct preset *preset, const char *key, const char *on,
    bool *is_on, struct err *err)
{
	const char *value = preset_get(preset, key);

	*is_on = value == NULL || strcmp(value, on) == 0;
	if (!*is_on && strcmp(value, "none") != 0)
		return err_set(err, "%s is '%s' or 'none', not '%s'", key, on,
		    value);
	return 0;
}

static struct slice
constant(const struct preset *preset, const char *key)
{
	const char *value = preset_get(preset, key);

	return slice_str(value == NULL ? "" : value);
}

static int
fill(struct regex *regex, const struct preset *preset, struct err *err)
{
	const struct preset_value *value = NULL;

	while ((value = preset_next(preset, "pattern", value)) != NULL) {
		if (add_form(regex, value->value, err) != 0)
			return -1;
	}
	if (regex->form_count == 0)
		return err_set(err, "has no 'pattern'");
	while ((value = preset_next(preset, "map", value)) != NULL) {
		if (add_mapping(regex, value->value, err) != 0)
			return -1;
	}
	regex->operation = constant(preset, "operation");
	regex->kind = constant(preset, "kind");
	if (read_switch(preset, "strip", "colour", &regex->strip, err) != 0)
		return -1;
	return read_switch(preset, "stamp", "line", &regex->stamps, err);
}

static void
regex_unprepare(void *prepared)
{
	struct regex *regex = prepared;

	for (size_t i = 0; i < regex->form_count; i++)
		pattern_free(regex->forms[i].pattern);
	free(regex->forms);
	free(regex->mappings);
	free(regex);
}

static int
regex_prepare(struct preset *preset, struct err *err)
{
	struct regex *regex = xcalloc(1, sizeof(*regex));

	if (fill(regex, preset, err) != 0) {
		regex_unprepare(regex);
		return -1;
	}
	preset->prepared = regex;
	return 0;
}

static struct reader *
regex_new(const struct preset *preset, const struct reader_options *options,
    const struct reader_events *events)
{
	struct regex_reader *self = xcalloc(1, sizeof(*self));

	self->reader.type = &reader_regex;
	self->regex = preset->prepared;
	self->options = options;
	self->events = events;
	self->scratch = scratch_new(options->match_limit);
	return &self->reader;
}

static void
regex_free(struct reader *reader)
{
	struct regex_reader *self = (struct regex_reader *)reader;

	scratch_free(self->scratch);
	buf_release(&self->plain);
	buf_release(&self->operation);
	free(self);
}

static struct slice
group(const struct regex_reader *self, const struct form *form,
    enum group which)
{
	if (form->numbers[which] == 0)
		return slice_make(NULL, 0);
	return scratch_group(self->scratch, form->numbers[which]);
}

/* False where the pattern has groups for the caller, and they are empty. */
static bool
find_caller(const struct regex_reader *self, const struct form *form,
    struct caller *caller)
{
	struct slice function = group(self, form, GROUP_FUNCTION);

	if (caller_parse(group(self, form, GROUP_CALLER), caller)) {
		if (caller->function.len == 0)
			caller->function = function;
		return true;
	}
	caller->file = group(self, form, GROUP_FILE);
	caller->line = group(self, form, GROUP_LINE);
	caller->function = function;
	return caller->file.len > 0 ||
	    (form->numbers[GROUP_FILE] == 0 &&
		form->numbers[GROUP_CALLER] == 0);
}

/* The stamp of an entry: the time that was captured, else the last one. */
static struct stamp
stamp_of(const struct regex_reader *self, struct slice time)
{
	struct reader carried = self->reader;
	struct stamp seen;

	if (stamp_find(time, time.len, STAMP_EPOCH, &seen))
		reader_see(&carried, &seen);
	return carried.stamp;
}

/* Adds the verb in lower case, or what the preset maps it to. */
static void
add_verb(struct buf *operation, const struct regex *regex, struct slice verb)
{
	for (size_t i = 0; i < regex->mapping_count; i++) {
		const struct mapping *mapping = &regex->mappings[i];

		if (mapping->from.len == verb.len &&
		    strncasecmp(mapping->from.ptr, verb.ptr, verb.len) == 0) {
			buf_add(operation, mapping->to);
			return;
		}
	}
	for (size_t i = 0; i < verb.len; i++)
		buf_add_char(operation,
		    (char)tolower((unsigned char)verb.ptr[i]));
}

static struct slice
operation_of(struct regex_reader *self, const struct form *form)
{
	const struct regex *regex = self->regex;
	struct slice whole = group(self, form, GROUP_OPERATION);
	struct slice kind = group(self, form, GROUP_KIND);
	struct slice verb = group(self, form, GROUP_VERB);

	if (whole.len > 0)
		return whole;
	if (regex->operation.len > 0)
		return regex->operation;
	if (kind.len == 0)
		kind = regex->kind;
	buf_clear(&self->operation);
	buf_add(&self->operation, kind);
	if (kind.len > 0 && verb.len > 0)
		buf_add_char(&self->operation, '.');
	add_verb(&self->operation, regex, verb);
	return buf_slice(&self->operation);
}

/* Why what was captured is no entry, or NULL. */
static const char *
read_numbers(const struct regex_reader *self, const struct form *form,
    struct entry *entry)
{
	struct slice count = group(self, form, GROUP_COUNT);

	if (slice_digits(entry->caller.line) != entry->caller.line.len)
		return "the line is no number";
	if (count.len == 0)
		return NULL;
	switch (slice_number(count, &entry->count)) {
	case 0:
		return NULL;
	case 1:
		return "a count beyond 2^64-1";
	default:
		return "the count is no number";
	}
}

static void
give(struct regex_reader *self, const struct form *form, struct slice line)
{
	const struct reader_events *events = self->events;
	struct slice operation = operation_of(self, form);
	struct entry entry = {
		.operations = &operation,
		.operation_count = operation.len > 0 ? 1 : 0,
		.count = 1,
		.stamp = stamp_of(self, group(self, form, GROUP_TIME)),
		.host = group(self, form, GROUP_HOST),
		.text = line,
	};
	const char *wrong;

	if (!find_caller(self, form, &entry.caller)) {
		events->no_caller(events->context, line);
		return;
	}
	wrong = read_numbers(self, form, &entry);
	if (wrong != NULL)
		events->malformed(events->context, line, wrong);
	else
		events->entry(events->context, &entry);
}

/* Why the line was not read to its end, or NULL. */
static const char *
match(struct regex_reader *self, struct slice line, struct slice plain)
{
	const struct regex *regex = self->regex;
	struct slice head = slice_head(plain, self->options->match_bytes);

	for (size_t i = 0; i < regex->form_count; i++) {
		const struct form *form = &regex->forms[i];

		switch (pattern_match(form->pattern, self->scratch, head)) {
		case PATTERN_YES:
			give(self, form, line);
			return NULL;
		case PATTERN_GAVE_UP:
			return "pattern limit";
		case PATTERN_NO:
			break;
		}
	}
	return head.len < plain.len ? "longer than patterns see" : NULL;
}

static void
read_line(struct regex_reader *self, struct slice line)
{
	const char *given_up = "too long";
	struct slice plain = line;

	if (self->regex->strip)
		plain = line_plain(line, &self->plain);
	if (self->regex->stamps)
		reader_see_line(&self->reader, plain);
	if (line.len <= self->options->max_line)
		given_up = match(self, line, plain);
	if (given_up != NULL)
		self->events->given_up(self->events->context, line, given_up);
}

static void
regex_read(struct reader *reader, struct slice block)
{
	struct regex_reader *self = (struct regex_reader *)reader;
	struct slice line;

	while (reader_next(reader, &block, &line))
		read_line(self, line);
}

static bool
regex_is_sync(const struct preset *preset, struct slice line)
{
	const struct regex *regex = preset->prepared;
	struct buf plain = { 0 };
	bool dated;

	if (!regex->stamps)
		return true;
	if (regex->strip)
		line = line_plain(line, &plain);
	dated = reader_line_is_dated(line);
	buf_release(&plain);
	return dated;
}

static const char *const regex_keys[] = { "pattern", "map", "operation", "kind",
	"strip", NULL };

const struct reader_type reader_regex = {
	.name = "regex",
	.keys = regex_keys,
	.prepare = regex_prepare,
	.unprepare = regex_unprepare,
	.new = regex_new,
	.free = regex_free,
	.read = regex_read,
	.is_sync = regex_is_sync,
};
