/* SPDX-License-Identifier: MIT */
#ifndef READCHECK_H
#define READCHECK_H

/*
 * Checks of what a reader tells of a log (reading.h says how it is written),
 * once with the log as a whole and once line by line, since blocks may end
 * behind any line.
 */

#include "reading.h"
#include "tap.h"

static inline void
readcheck_add_lines(struct buf *told, const struct preset *preset,
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
	struct reader *reader = preset->reader->new (preset, &reading_options,
	    &events);

	while (text.len > 0) {
		const char *end = slice_chr(text, '\n');
		size_t len = end == NULL ? text.len :
					   (size_t)(end - text.ptr) + 1;

		reader_read(reader, slice_head(text, len));
		text = slice_from(text, len);
	}
	reader_end(reader);
	reader_free(reader);
}

/* A preset of this text ("reader = ..."), whole and line by line. */
static inline void
readcheck_text(const char *preset_text, struct slice log, const char *expected)
{
	struct err err = { "" };
	struct preset *preset = preset_new("test", "test",
	    slice_str(preset_text), &err);
	struct buf whole = { 0 };
	struct buf lines = { 0 };

	if (!CHECK(preset != NULL)) {
		printf("# %s\n", err.text);
		return;
	}
	reading_add(&whole, preset, NULL, &reading_options, log);
	CHECK_SLICE(whole, expected);
	readcheck_add_lines(&lines, preset, log);
	CHECK_BYTES(lines.ptr, lines.len, whole.ptr, whole.len);
	buf_release(&whole);
	buf_release(&lines);
	preset_free(preset);
}

static inline void
readcheck(const char *preset_text, const char *log, const char *expected)
{
	readcheck_text(preset_text, slice_str(log), expected);
}

#endif
