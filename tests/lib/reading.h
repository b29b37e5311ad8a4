/* SPDX-License-Identifier: MIT */
#ifndef READING_H
#define READING_H

/*
 * What a reader tells of a text, as lines of text, for tests to compare:
 *
 *	x.py:12 in save -- UserData.put, UserData.get *3 @2013-06-12 05:04:03
 *	no caller: LINE
 *	malformed: REASON
 *	repeat
 *	given up: REASON
 *	duration: 0.5
 *
 * The function, a count of 1 and a stamp that is not there are left out, as
 * are parts of a stamp that it lacks; " +0200" is its offset, " on HOST" the
 * host. Before the stamp " of REVISION" is the program's revision.
 */

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "scan/reader.h"
#include "scan/unwrap.h"

static const struct reader_options reading_options = {
	.max_line = 16 << 20,
	.match_bytes = 8192,
	.match_limit = 100000,
};

static inline void
reading_add_stamp(struct buf *told, const struct stamp *stamp)
{
	const struct civil *civil = &stamp->civil;
	int minutes = stamp->offset / 60;

	if (!stamp->has_date && !stamp->has_time)
		return;
	buf_add_str(told, " @");
	if (stamp->has_year)
		buf_add_format(told, "%d-", civil->year);
	if (stamp->has_date)
		buf_add_format(told, "%02d-%02d", civil->month, civil->day);
	if (stamp->has_date && stamp->has_time)
		buf_add_char(told, ' ');
	if (stamp->has_time)
		buf_add_format(told, "%02d:%02d:%02d", civil->hour,
		    civil->minute, civil->second);
	if (stamp->has_offset)
		buf_add_format(told, " %c%02d%02d", minutes < 0 ? '-' : '+',
		    abs(minutes) / 60, abs(minutes) % 60);
}

static inline void
reading_entry(void *context, const struct entry *entry)
{
	const struct caller *caller = &entry->caller;
	struct buf *told = context;

	buf_add(told, caller->file);
	buf_add_char(told, ':');
	buf_add(told, caller->line);
	if (caller->function.len > 0) {
		buf_add_str(told, " in ");
		buf_add(told, caller->function);
	}
	for (size_t i = 0; i < entry->operation_count; i++) {
		buf_add_str(told, i == 0 ? " -- " : ", ");
		buf_add(told, entry->operations[i]);
	}
	if (entry->count != 1)
		buf_add_format(told, " *%ju", (uintmax_t)entry->count);
	if (entry->revision.len > 0) {
		buf_add_str(told, " of ");
		buf_add(told, entry->revision);
	}
	reading_add_stamp(told, &entry->stamp);
	if (entry->host.len > 0) {
		buf_add_str(told, " on ");
		buf_add(told, entry->host);
	}
	buf_add_char(told, '\n');
}

static inline void
reading_no_caller(void *context, struct slice line)
{
	buf_add_format(context, "no caller: %.*s\n", SLICE_ARG(line));
}

static inline void
reading_malformed(void *context, struct slice line, const char *reason)
{
	(void)line;
	buf_add_format(context, "malformed: %s\n", reason);
}

static inline void
reading_repeat(void *context, struct slice line)
{
	(void)line;
	buf_add_str(context, "repeat\n");
}

static inline void
reading_given_up(void *context, struct slice line, const char *reason)
{
	(void)line;
	buf_add_format(context, "given up: %s\n", reason);
}

static inline void
reading_duration(void *context, double milliseconds)
{
	buf_add_format(context, "duration: %g\n", milliseconds);
}

/* Reads the text with a reader of the preset, behind a JSON pointer where
 * json_text is not NULL, and adds what it tells: twice, as two inputs, whose
 * readings must be the same. */
static inline void
reading_add(struct buf *told, const struct preset *preset,
    const char *json_text, const struct reader_options *options,
    struct slice text)
{
	const struct reader_events events = {
		.context = told,
		.entry = reading_entry,
		.no_caller = reading_no_caller,
		.malformed = reading_malformed,
		.repeat = reading_repeat,
		.given_up = reading_given_up,
		.duration = reading_duration,
	};
	struct reader *reader = preset->reader->new (preset, options, &events);
	size_t begin = told->len;
	size_t first;

	if (json_text != NULL)
		reader = unwrap_new(json_text, reader, options, &events);
	reader_read(reader, text);
	reader_end(reader);
	first = told->len - begin;
	reader_read(reader, text);
	reader_end(reader);
	if (first * 2 != told->len - begin ||
	    (first > 0 &&
		memcmp(told->ptr + begin, told->ptr + begin + first, first) !=
		    0))
		buf_add_str(told, "the second input is read otherwise\n");
	else
		told->len = begin + first;
	reader_free(reader);
}

/*
 * What the preset tells of a real log, one of those that tests may read where
 * they are there (as in tests/lib/tap.sh). False when it is not.
 */
static inline bool
reading_add_real(struct buf *told, const struct preset *preset,
    const char *name)
{
	const char *folder = getenv("TALLYMAN_DATA");
	const char *top = getenv("top_srcdir");
	struct buf path = { 0 };
	struct buf text = { 0 };
	FILE *file;

	if (folder != NULL)
		buf_add_str(&path, folder);
	else
		buf_add_format(&path, "%s/../shared/data",
		    top == NULL ? "." : top);
	buf_add_format(&path, "/%s", name);
	buf_add_char(&path, '\0');
	file = fopen(path.ptr, "rb");
	buf_release(&path);
	if (file == NULL)
		return false;
	text.len = fread(buf_reserve(&text, 1 << 20), 1, 1 << 20, file);
	(void)fclose(file);
	reading_add(told, preset, NULL, &reading_options, buf_slice(&text));
	buf_release(&text);
	return true;
}

/* How many entries of a general log, and nothing else, a preset finds in a
 * real one; -1 when the log is not there. */
static inline int
reading_count_real(struct presets *presets, const char *preset_name,
    const char *log)
{
	struct err err;
	const struct preset *preset = presets_find(presets, preset_name, &err);
	struct buf told = { 0 };
	struct slice lines;
	struct slice line;
	int count = -1;

	if (reading_add_real(&told, preset, log))
		count = 0;
	lines = buf_slice(&told);
	while (slice_cut(&lines, '\n', &line))
		count += slice_find(line, " -- log.") != NULL ? 1 : 1000;
	buf_release(&told);
	return count;
}

#endif
