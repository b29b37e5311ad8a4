/* SPDX-License-Identifier: MIT */
/*
 * The first byte picks a preset that is built in and reads text by patterns
 * or JSON, and its highest bit whether the text lies inside JSON lines; the
 * rest is the text. What an entry says must hold together, and where a line
 * is a sync line, reading from there must give what reading on would.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "scan/lines.h"
#include "scan/reader.h"
#include "scan/unwrap.h"

#include "fuzz.h"

enum { TEXT_MOST = 16 * 1024 };

static const struct reader_options options = {
	.max_line = 8192,
	.match_bytes = 1024,
	.match_limit = 10000,
};

static struct presets presets;

/* Events are written down, so that two readings can be compared. */
static void
tell(void *context, const char *what, struct slice line, const char *reason)
{
	buf_add_format(context, "%s %s ", what, reason);
	buf_add(context, line);
	buf_add_char(context, '\n');
}

static void
tell_stamp(struct buf *told, const struct stamp *stamp)
{
	const struct civil *civil = &stamp->civil;

	buf_add_format(told, "%d-%d-%d %d:%d:%d %d", civil->year, civil->month,
	    civil->day, civil->hour, civil->minute, civil->second,
	    stamp->has_offset ? stamp->offset : 0);
}

static void
take_entry(void *context, const struct entry *entry)
{
	const struct slice *line = &entry->caller.line;

	if (slice_digits(*line) != line->len)
		abort();
	for (size_t i = 0; i < entry->operation_count; i++)
		tell(context, "operation", entry->operations[i], "");
	tell(context, "file", entry->caller.file, "");
	tell(context, "line", entry->caller.line, "");
	tell(context, "function", entry->caller.function, "");
	tell_stamp(context, &entry->stamp);
	tell(context, "text", entry->text, "");
}

static void
take_no_caller(void *context, struct slice line)
{
	tell(context, "no caller", line, "");
}

static void
take_malformed(void *context, struct slice line, const char *reason)
{
	tell(context, "malformed", line, reason);
}

static void
take_repeat(void *context, struct slice line)
{
	tell(context, "repeat", line, "");
}

static void
take_given_up(void *context, struct slice line, const char *reason)
{
	tell(context, "given up", line, reason);
}

static void
take_duration(void *context, double milliseconds)
{
	buf_add_format(context, "duration %g\n", milliseconds);
}

static bool
is_text_preset(const struct preset *preset)
{
	return preset->reader == &reader_regex ||
	    preset->reader == &reader_json;
}

/* The n-th of the presets that this is about, modulo their number. */
static const struct preset *
pick(size_t n)
{
	size_t count = 0;
	struct err err;

	(void)unsetenv("HOME");
	(void)unsetenv("XDG_CONFIG_HOME");
	if (presets.count == 0 && presets_load(&presets, &err) != 0)
		abort();
	for (size_t i = 0; i < presets.count; i++)
		count += is_text_preset(presets.items[i]) ? 1 : 0;
	if (count == 0)
		abort();
	n %= count;
	for (size_t i = 0;; i++) {
		if (is_text_preset(presets.items[i]) && n-- == 0)
			return presets.items[i];
	}
}

/* Reads the text, after `at` bytes with a new reader where at is not 0. */
static void
read_all(struct buf *told, const struct preset *preset, bool wrapped,
    struct slice text, size_t at)
{
	const struct reader_events events = { told, take_entry, NULL,
		take_no_caller, take_malformed, take_repeat, take_given_up,
		take_duration };

	for (int part = at == 0 ? 1 : 0; part < 2; part++) {
		struct reader *reader = preset->reader->new (preset, &options,
		    &events);

		if (wrapped)
			reader = unwrap_new("auto", reader, &options, &events);
		reader_read(reader,
		    part == 0 ? slice_head(text, at) : slice_from(text, at));
		reader_end(reader);
		reader_free(reader);
	}
}

/* Where the first sync line begins that is not the first line, or 0. */
static size_t
find_sync(const struct preset *preset, struct slice text)
{
	struct slice rest = text;
	struct slice line;

	(void)lines_next(&rest, &line);
	while (rest.len > 0) {
		size_t at = text.len - rest.len;

		(void)lines_next(&rest, &line);
		if (preset->reader->is_sync(preset, line))
			return at;
	}
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct preset *preset;
	struct buf whole = { 0 };
	struct buf parts = { 0 };
	struct slice text;
	bool wrapped;

	if (size < 1 || size > TEXT_MOST)
		return 0;
	preset = pick(data[0] & 0x7f);
	wrapped = (data[0] & 0x80) != 0;
	text = slice_make((const char *)data + 1, size - 1);
	read_all(&whole, preset, wrapped, text, 0);
	if (!wrapped) {
		read_all(&parts, preset, false, text, find_sync(preset, text));
		if (!slice_equal(buf_slice(&whole), buf_slice(&parts)))
			abort();
	}
	buf_release(&whole);
	buf_release(&parts);
	return 0;
}
