/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/suggest.h"
#include "scan/carry.h"
#include "scan/lines.h"
#include "scan/literal.h"
#include "scan/pattern.h"
#include "scan/reader.h"

/*
 * Lines that patterns take apart: the first pattern that matches a line makes
 * its entry out of the named groups. Carried: the last time stamp.
 *
 * Where each pattern has a literal that it cannot do without, only lines that
 * hold one are matched; and lines that hold an ESC, since colours may stand
 * within it; and long ones, of which it must be told that they were not read
 * to their end.
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
	GROUP_REVISION,
	GROUPS
};

static const char *const group_names[GROUPS] = { "file", "line", "function",
	"caller", "operation", "kind", "verb", "count", "time", "host",
	"revision" };

/* What an entry is made of but for its count and time. */
static const enum group source_groups[] = { GROUP_FILE, GROUP_LINE,
	GROUP_FUNCTION, GROUP_CALLER, GROUP_OPERATION, GROUP_KIND, GROUP_VERB,
	GROUP_HOST, GROUP_REVISION };
enum { SOURCES = sizeof(source_groups) / sizeof(source_groups[0]) };

struct form {
	struct pattern *pattern;
	unsigned numbers[GROUPS];  /* 0 where the pattern has no such group */
	unsigned sources[SOURCES]; /* those of source_groups that it has */
	size_t source_count;
	struct buf literal; /* that it requires; may be empty */
	struct find find;   /* for it, where it is not */
	size_t item;        /* which of regex->sought that is */
	struct buf second;  /* another one, worth a look; or empty */
	struct find find_second;
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
	bool is_chosen; /* and made fast */
	bool strip;     /* colours off, before anything else */
	bool stamps;    /* each line is looked at for one */

	/* Lines with none of these cannot match; of count 0: any may. */
	struct find_any sought;
	bool is_verbatim; /* operations stand in their lines as they are */
};

struct regex_reader {
	struct reader reader;
	const struct regex *regex;
	const struct reader_options *options;
	const struct reader_events *events;
	struct scratch *scratch;
	struct carry carry;
	struct find_any wanted; /* what is sought instead, once it is made */

	/* Where what regex->sought has is, in the line that is read and behind
	 * it; NULL where it is not sought. */
	const struct find_ahead *ahead;
	struct buf plain;     /* the line without its colours */
	struct buf passed;    /* the same of one that was passed over */
	struct buf operation; /* of the entry */
	struct buf source;
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
	    "function, caller, operation, kind, verb, count, time, host and "
	    "revision",
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
	*form = (struct form){ .pattern = pattern };
	literal_required_two(text, NULL, &form->literal, &form->second);
	if (form->literal.len > 0)
		find_init(&form->find, buf_slice(&form->literal));
	if (form->second.len > 0)
		find_init(&form->find_second, buf_slice(&form->second));
	for (size_t i = 0; i < GROUPS; i++)
		form->numbers[i] = pattern_group(pattern, group_names[i]);
	for (size_t i = 0; i < SOURCES; i++) {
		unsigned number = form->numbers[source_groups[i]];

		if (number != 0)
			form->sources[form->source_count++] = number;
	}
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

/* Literals shorter than this are not worth a search: most lines hold them. */
enum { LITERAL_LEAST = 2, SECOND_LEAST = 4 };

/* A literal may be in pieces where colours are yet to be stripped. */
static void
seek_colours(struct find_any *any, const struct regex *regex)
{
	if (regex->strip)
		find_init(&any->items[any->count++], slice_str("\033"));
}

/* Seeks a form's literal, which another may require too. */
static void
seek_literal(struct find_any *any, struct form *form)
{
	struct slice literal = buf_slice(&form->literal);

	while (form->item < any->count &&
	    !slice_equal(any->items[form->item].literal, literal))
		form->item++;
	if (form->item == any->count)
		any->items[any->count++] = form->find;
}

static void
fill_sought(struct regex *regex)
{
	size_t count = regex->form_count;

	if (count + regex->strip > FIND_ANY_MAX)
		return;
	for (size_t i = 0; i < count; i++)
		if (regex->forms[i].literal.len < LITERAL_LEAST)
			return;
	for (size_t i = 0; i < count; i++)
		seek_literal(&regex->sought, &regex->forms[i]);
	seek_colours(&regex->sought, regex);
}

/* Whether an operation can only be what a group of that name held. */
static bool
is_verbatim(const struct regex *regex)
{
	for (size_t i = 0; i < regex->form_count; i++)
		if (regex->forms[i].numbers[GROUP_KIND] != 0 ||
		    regex->forms[i].numbers[GROUP_VERB] != 0)
			return false;
	return regex->operation.len == 0 && regex->kind.len == 0;
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
	if (read_switch(preset, "strip", "colour", &regex->strip, err) != 0 ||
	    read_switch(preset, "stamp", "line", &regex->stamps, err) != 0)
		return -1;
	fill_sought(regex);
	regex->is_verbatim = is_verbatim(regex);
	return 0;
}

static void
regex_unprepare(void *prepared)
{
	struct regex *regex = prepared;

	for (size_t i = 0; i < regex->form_count; i++) {
		pattern_free(regex->forms[i].pattern);
		buf_release(&regex->forms[i].literal);
		buf_release(&regex->forms[i].second);
	}
	free(regex->forms);
	free(regex->mappings);
	free(regex);
}

static void
regex_choose(void *prepared)
{
	struct regex *regex = prepared;

	if (regex->is_chosen)
		return;
	for (size_t i = 0; i < regex->form_count; i++)
		pattern_speed_up(regex->forms[i].pattern);
	regex->is_chosen = true;
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

/* What of a line is looked at for its stamp. */
static struct slice
stamp_part(struct reader *reader, struct slice line)
{
	struct regex_reader *self = (struct regex_reader *)reader;

	return self->regex->strip ? line_plain(line, &self->passed) : line;
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
	self->carry.reader = &self->reader;
	self->carry.part = stamp_part;
	return &self->reader;
}

static void
regex_free(struct reader *reader)
{
	struct regex_reader *self = (struct regex_reader *)reader;

	scratch_free(self->scratch);
	buf_release(&self->plain);
	buf_release(&self->passed);
	buf_release(&self->operation);
	buf_release(&self->source);
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

/* The stamp of an entry: the time that was captured, and what it lacks from
 * the last one. */
static struct stamp
stamp_of(struct regex_reader *self, struct slice time, struct slice line,
    struct slice plain)
{
	struct reader carried;
	struct stamp seen;
	bool is_found = stamp_find(time, time.len, STAMP_EPOCH, &seen);

	if (is_found && seen.has_date)
		return seen;
	if (self->regex->stamps && !carry_is_same(&self->carry, line, plain))
		(void)carry_see(&self->carry, line, plain);
	carried = self->reader;
	if (is_found)
		reader_see(&carried, &seen);
	return carried.stamp;
}

/* Adds the verb in lower case, or what the preset maps it to. */
static void
add_verb(struct buf *operation, const struct regex *regex, struct slice verb)
{
	for (size_t i = 0; i < regex->mapping_count; i++) {
		const struct mapping *mapping = &regex->mappings[i];

		if (verb.len > 0 && mapping->from.len == verb.len &&
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

static char *
put(char *at, const void *bytes, size_t len)
{
	memcpy(at, bytes, len);
	return at + len;
}

/* Which pattern it was, and what the groups hold, behind their lengths. */
static struct slice
source_of(struct regex_reader *self, const struct form *form)
{
	struct slice texts[SOURCES] = { { NULL, 0 } };
	size_t len = sizeof(form) + sizeof(texts);
	char *at;

	for (size_t i = 0; i < form->source_count; i++) {
		texts[i] = scratch_group(self->scratch, form->sources[i]);
		len += texts[i].len;
	}
	buf_clear(&self->source);
	at = put(buf_reserve(&self->source, len), &form, sizeof(form));
	for (size_t i = 0; i < form->source_count; i++)
		at = put(at, &texts[i].len, sizeof(texts[i].len));
	for (size_t i = 0; i < form->source_count; i++)
		if (texts[i].len > 0)
			at = put(at, texts[i].ptr, texts[i].len);
	return slice_between(self->source.ptr, at);
}

/* Why the count is none, or NULL. Without the group it is 1. */
static const char *
read_count(const struct regex_reader *self, const struct form *form,
    uint64_t *count)
{
	struct slice digits = group(self, form, GROUP_COUNT);

	*count = 1;
	if (digits.len == 0)
		return NULL;
	switch (slice_number(digits, count)) {
	case 0:
		return NULL;
	case 1:
		return "a count beyond 2^64-1";
	default:
		return "the count is no number";
	}
}

/* An entry that is not known yet, if it is one. */
static void
give_new(struct regex_reader *self, const struct form *form,
    const struct entry *known, const char *wrong)
{
	const struct reader_events *events = self->events;
	struct slice operation = operation_of(self, form);
	struct entry entry = *known;

	if (!find_caller(self, form, &entry.caller)) {
		events->no_caller(events->context, entry.text);
		return;
	}
	if (slice_digits(entry.caller.line) != entry.caller.line.len)
		wrong = "the line is no number";
	if (wrong != NULL) {
		events->malformed(events->context, entry.text, wrong);
		return;
	}
	entry.operations = &operation;
	entry.operation_count = operation.len > 0 ? 1 : 0;
	entry.host = group(self, form, GROUP_HOST);
	entry.revision = group(self, form, GROUP_REVISION);
	events->entry(events->context, &entry);
}

static void
give(struct regex_reader *self, const struct form *form, struct slice line,
    struct slice plain)
{
	const struct reader_events *events = self->events;
	struct entry entry = {
		.stamp = stamp_of(self, group(self, form, GROUP_TIME), line,
		    plain),
		.text = line,
		.source = source_of(self, form),
	};
	const char *wrong = read_count(self, form, &entry.count);

	if (wrong != NULL || events->again == NULL ||
	    !events->again(events->context, entry.source, entry.count,
		&entry.stamp))
		give_new(self, form, &entry, wrong);
}

/* Whether what is sought stands before end: find_any_next() has looked. */
static bool
stands_before(const struct find_ahead *ahead, size_t item, const char *end)
{
	size_t at = ahead->items[item].at;

	return at < ahead->items[item].count &&
	    ahead->items[item].places[at] < end;
}

/* A search for the literal is cheaper than a match that fails. In a line that
 * is seen as it stands it was found already, or was not. */
static bool
may_match(const struct regex_reader *self, const struct form *form,
    struct slice line, struct slice seen)
{
	const char *end = seen.ptr + seen.len;
	bool is_there;

	if (form->literal.len < LITERAL_LEAST)
		return true;
	if (seen.len == 0)
		return false;
	if (self->ahead != NULL && seen.ptr == line.ptr && seen.len == line.len)
		is_there = stands_before(self->ahead, form->item, end);
	else
		is_there = find_next(&form->find, seen.ptr, end) != NULL;
	return is_there &&
	    (form->second.len < SECOND_LEAST ||
		find_next(&form->find_second, seen.ptr, end) != NULL);
}

/* Why the line was not read to its end, or NULL. */
static const char *
match(struct regex_reader *self, struct slice line, struct slice plain)
{
	const struct regex *regex = self->regex;
	struct slice head = slice_head(plain, self->options->match_bytes);

	for (size_t i = 0; i < regex->form_count; i++) {
		const struct form *form = &regex->forms[i];

		if (!may_match(self, form, line, head))
			continue;
		switch (pattern_match(form->pattern, self->scratch, head)) {
		case PATTERN_YES:
			give(self, form, line, plain);
			return NULL;
		case PATTERN_GAVE_UP:
			return "pattern limit";
		case PATTERN_NO:
			break;
		}
	}
	return head.len < plain.len ? "longer than patterns see" : NULL;
}

/* Whether there is an ESC in the line, as far as that is known. */
static bool
may_be_coloured(const struct regex_reader *self, struct slice line)
{
	const struct regex *regex = self->regex;

	return regex->strip &&
	    (self->ahead == NULL ||
		stands_before(self->ahead, regex->sought.count - 1,
		    line.ptr + line.len));
}

static void
read_line(struct regex_reader *self, struct slice line)
{
	const char *given_up = "too long";
	struct slice plain = line;

	if (may_be_coloured(self, line))
		plain = line_plain(line, &self->plain);
	if (line.len <= self->options->max_line)
		given_up = match(self, line, plain);
	if (given_up != NULL)
		self->events->given_up(self->events->context, line, given_up);
}

/* Passes over lines that cannot match, but reads those that may be longer than
 * patterns see. */
static void
pass_over(struct regex_reader *self, struct slice lines)
{
	const struct reader_options *options = self->options;
	size_t limit = options->match_bytes < options->max_line ?
	    options->match_bytes :
	    options->max_line;
	struct slice line;

	while (lines.len > limit) {
		const char *end = slice_rchr(slice_head(lines, limit + 1),
		    '\n');

		if (end != NULL)
			lines = slice_from(lines,
			    (size_t)(end - lines.ptr) + 1);
		else if (reader_next(&self->reader, &lines, &line))
			read_line(self, line);
	}
}

/* What is sought: what the selection wants, since that is rarer, else what
 * the patterns require. */
static const struct find_any *
sought(struct regex_reader *self)
{
	const struct find_any *wanted = self->reader.wanted;

	if (wanted == NULL || !self->regex->is_verbatim ||
	    wanted->count + self->regex->strip > FIND_ANY_MAX)
		return &self->regex->sought;
	if (self->wanted.count == 0) {
		self->wanted = *wanted;
		seek_colours(&self->wanted, self->regex);
	}
	return &self->wanted;
}

/* Reads the lines that hold what is sought. */
static void
read_sought(struct regex_reader *self, const struct find_any *any,
    struct slice block)
{
	const char *end = block.ptr + block.len;
	struct find_ahead ahead = { 0 };
	const char *at;
	struct slice line;

	self->ahead = any == &self->regex->sought ? &ahead : NULL;
	while ((at = find_any_next(any, &ahead, block.ptr, end)) != NULL) {
		const char *begin = find_line_begin(block.ptr, at);

		pass_over(self, slice_between(block.ptr, begin));
		block = slice_between(begin, end);
		if (reader_next(&self->reader, &block, &line))
			read_line(self, line);
	}
	pass_over(self, block);
	self->ahead = NULL;
}

static void
regex_read(struct reader *reader, struct slice block)
{
	struct regex_reader *self = (struct regex_reader *)reader;
	const struct find_any *any = sought(self);
	const char *end = block.ptr + block.len;
	struct slice line;

	carry_begin(&self->carry, block.ptr);
	if (any->count > 0)
		read_sought(self, any, block);
	else
		while (reader_next(reader, &block, &line))
			read_line(self, line);
	if (self->regex->stamps)
		carry_catch_up(&self->carry, end);
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
	.choose = regex_choose,
	.new = regex_new,
	.free = regex_free,
	.read = regex_read,
	.is_sync = regex_is_sync,
};
