/* SPDX-License-Identifier: MIT */
/*
 * The first byte picks a reader of SQL logs and its form; the rest is the
 * log. What an entry says must hold together, and reading line by line must
 * tell what reading it whole does.
 */
#include "config.h"

#include <stdlib.h>

#include "base/buf.h"
#include "scan/reader.h"

#include "fuzz.h"

enum { TEXT_MOST = 32 * 1024 };

static const struct reader_options options = {
	.max_line = 4096,
	.match_bytes = 1024,
	.match_limit = 10000,
};

static const char *const presets[] = {
	"reader = tags\n",
	"reader = tags\nweight = leading\n",
	"reader = postgres\nform = stderr\n",
	"reader = postgres\nform = syslog\n",
	"reader = postgres\nform = csvlog\n",
	"reader = postgres\nform = jsonlog\n",
	"reader = mysql\nform = slow\n",
	"reader = mysql\nform = general\n",
};

/* Events are written down, so that two readings can be compared. */
static void
tell(void *context, const char *what, struct slice line)
{
	buf_add_str(context, what);
	buf_add(context, line);
	buf_add_char(context, '\n');
}

static void
take_entry(void *context, const struct entry *entry)
{
	const struct civil *civil = &entry->stamp.civil;
	const struct slice *line = &entry->caller.line;

	if (slice_digits(*line) != line->len)
		abort();
	for (size_t i = 0; i < entry->operation_count; i++)
		tell(context, "operation ", entry->operations[i]);
	tell(context, "file ", entry->caller.file);
	tell(context, "line ", entry->caller.line);
	tell(context, "function ", entry->caller.function);
	tell(context, "host ", entry->host);
	tell(context, "text ", entry->text);
	buf_add_format(context, "%d-%d-%d %d %ju\n", civil->year, civil->month,
	    civil->day, civil->hour, (uintmax_t)entry->count);
}

static void
take_no_caller(void *context, struct slice line)
{
	tell(context, "no caller ", line);
}

static void
take_malformed(void *context, struct slice line, const char *reason)
{
	tell(context, reason, line);
}

static void
take_repeat(void *context, struct slice line)
{
	tell(context, "repeat ", line);
}

static void
take_given_up(void *context, struct slice line, const char *reason)
{
	tell(context, reason, line);
}

static void
take_duration(void *context, double milliseconds)
{
	if (!(milliseconds >= 0))
		abort();
	buf_add_format(context, "duration %g\n", milliseconds);
}

static void
read_log(struct buf *told, const struct preset *preset, struct slice log,
    bool by_line)
{
	const struct reader_events events = { told, take_entry, NULL,
		take_no_caller, take_malformed, take_repeat, take_given_up,
		take_duration };
	struct reader *reader = preset->reader->new (preset, &options, &events);

	while (log.len > 0) {
		const char *end = by_line ? slice_chr(log, '\n') : NULL;
		size_t len = end == NULL ? log.len :
					   (size_t)(end - log.ptr) + 1;

		reader_read(reader, slice_head(log, len));
		log = slice_from(log, len);
	}
	reader_end(reader);
	reader_free(reader);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = { 0 };
	struct buf lines = { 0 };
	struct preset *preset;
	struct slice log;
	struct err err;

	if (size < 1 || size > TEXT_MOST)
		return 0;
	preset = preset_new("fuzz", "fuzz", slice_str(presets[data[0] & 7]),
	    &err);
	if (preset == NULL)
		abort();
	log = slice_make((const char *)data + 1, size - 1);
	read_log(&whole, preset, log, false);
	read_log(&lines, preset, log, true);
	if (!slice_equal(buf_slice(&whole), buf_slice(&lines)))
		abort();
	buf_release(&whole);
	buf_release(&lines);
	preset_free(preset);
	return 0;
}
