/* SPDX-License-Identifier: MIT */
#ifndef READAGAIN_H
#define READAGAIN_H

/*
 * Checks that a reader tells the same of a log whether or not someone counts
 * entries again by their sources (reader_events.again), and wherever its
 * blocks end. The order in which the two tell a line's events may differ, so
 * what they told is compared sorted.
 */

#include <stdint.h>
#include <stdlib.h>

#include "reading.h"
#include "tap.h"

enum { READAGAIN_MOST = 512 };

/* Remembers what entries were told to be, by their sources. */
struct readagain {
	struct buf told;
	size_t again; /* how many were counted again */
	size_t count;
	struct buf source[READAGAIN_MOST];
	struct buf entry[READAGAIN_MOST];
};

static inline void
readagain_entry(void *context, const struct entry *entry)
{
	struct readagain *self = context;
	struct entry plain = *entry;
	size_t n = self->count;

	reading_entry(&self->told, entry);
	if (entry->source.len == 0 || n == READAGAIN_MOST)
		return;
	plain.stamp = (struct stamp){ 0 };
	buf_add(&self->source[n], entry->source);
	reading_entry(&self->entry[n], &plain);
	self->count++;
}

static inline bool
readagain_again(void *context, struct slice source, uint64_t count,
    const struct stamp *stamp)
{
	struct readagain *self = context;

	for (size_t i = 0; i < self->count; i++) {
		if (!slice_equal(buf_slice(&self->source[i]), source))
			continue;
		buf_add(&self->told,
		    slice_head(buf_slice(&self->entry[i]),
			self->entry[i].len - 1));
		reading_add_stamp(&self->told, stamp);
		buf_add_char(&self->told, '\n');
		self->again++;
		return count == 1;
	}
	return false;
}

static inline void
readagain_no_caller(void *context, struct slice line)
{
	reading_no_caller(&((struct readagain *)context)->told, line);
}

static inline void
readagain_malformed(void *context, struct slice line, const char *reason)
{
	reading_malformed(&((struct readagain *)context)->told, line, reason);
}

static inline void
readagain_repeat(void *context, struct slice line)
{
	reading_repeat(&((struct readagain *)context)->told, line);
}

static inline void
readagain_duration(void *context, double milliseconds)
{
	struct readagain *self = context;

	reading_duration(&self->told, milliseconds);
}

static inline void
readagain_release(struct readagain *self)
{
	buf_release(&self->told);
	for (size_t i = 0; i < self->count; i++) {
		buf_release(&self->source[i]);
		buf_release(&self->entry[i]);
	}
	*self = (struct readagain){ 0 };
}

static inline int
readagain_compare(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a,
	    *(const struct slice *)b);
}

static inline void
readagain_sort(struct buf *text)
{
	size_t most = text->len + 1;
	struct slice *lines = calloc(most, sizeof(*lines));
	struct slice rest = buf_slice(text);
	struct buf sorted = { 0 };
	size_t n = 0;

	while (slice_cut(&rest, '\n', &lines[n]))
		n++;
	qsort(lines, n, sizeof(*lines), readagain_compare);
	for (size_t i = 0; i < n; i++) {
		buf_add(&sorted, lines[i]);
		buf_add_char(&sorted, '\n');
	}
	free(lines);
	buf_release(text);
	*text = sorted;
}

/* Reads the log in blocks of at most that many bytes, but whole lines. Twice
 * over where entries may be counted again, so that they are; what is told is
 * of the second time. */
static inline void
readagain_read(struct readagain *self, const struct preset *preset,
    struct slice log, size_t most, bool is_again)
{
	const struct reader_events events = {
		.context = self,
		.entry = readagain_entry,
		.again = is_again ? readagain_again : NULL,
		.no_caller = readagain_no_caller,
		.malformed = readagain_malformed,
		.repeat = readagain_repeat,
		.duration = readagain_duration,
	};
	struct reader *reader = preset->reader->new (preset, &reading_options,
	    &events);

	for (int i = 0; i < (is_again ? 2 : 1); i++) {
		struct slice rest = log;

		buf_clear(&self->told);
		while (rest.len > 0) {
			const char *end = slice_rchr(slice_head(rest, most),
			    '\n');
			size_t len;

			if (end == NULL)
				end = slice_chr(rest, '\n');
			len = end == NULL ? rest.len :
					    (size_t)(end - rest.ptr) + 1;
			reader_read(reader, slice_head(rest, len));
			rest = slice_from(rest, len);
		}
		reader_end(reader);
	}
	reader_free(reader);
	readagain_sort(&self->told);
}

/* Checks one log, in blocks of that many bytes; adds how many entries were
 * counted again. */
static inline bool
readagain(const struct preset *preset, struct slice log, size_t most,
    size_t *again)
{
	struct readagain slow = { 0 };
	struct readagain fast = { 0 };
	bool is_same;

	readagain_read(&slow, preset, log, log.len + 1, false);
	readagain_read(&fast, preset, log, most, true);
	is_same = CHECK_BYTES(fast.told.ptr, fast.told.len, slow.told.ptr,
	    slow.told.len);
	*again += fast.again;
	readagain_release(&slow);
	readagain_release(&fast);
	return is_same;
}

/* A number that looks random, the same in each run. */
static inline uint32_t
readagain_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* Changes a few bytes of a log, for others that readers look at. */
static inline void
readagain_damage(struct buf *log, const char *bytes, uint32_t *state)
{
	uint32_t n = readagain_random(state) % 4;

	for (uint32_t i = 0; i < n && log->len > 0; i++)
		log->ptr[readagain_random(state) % log->len] =
		    bytes[readagain_random(state) % strlen(bytes)];
}

/* Checks the log in blocks of all sizes, then its lines in any order, some
 * of them damaged. */
static inline void
readagain_all(const char *preset_text, const char *text, const char *bytes)
{
	struct err err = { "" };
	struct preset *preset = preset_new("test", "test",
	    slice_str(preset_text), &err);
	struct slice log = slice_str(text);
	struct slice lines[64];
	struct slice rest = log;
	uint32_t state = 1;
	size_t count = 0;
	size_t again = 0;
	bool is_same = true;

	if (!CHECK(preset != NULL))
		return;
	for (size_t most = 1; most <= log.len && is_same; most += 7)
		is_same = readagain(preset, log, most, &again);
	CHECK(again > 0);
	while (count < 64 && slice_cut(&rest, '\n', &lines[count]))
		count++;
	for (int i = 0; i < 2000 && is_same && count > 0; i++) {
		struct buf mixed = { 0 };
		uint32_t at = 0;

		for (int j = 0; j < 12; j++) {
			at = readagain_random(&state) % 3 > 0 ?
			    at + 1 :
			    readagain_random(&state);
			buf_add(&mixed, lines[at % count]);
			buf_add_char(&mixed, '\n');
		}
		readagain_damage(&mixed, bytes, &state);
		is_same = readagain(preset, buf_slice(&mixed),
		    readagain_random(&state) % 400 + 1, &again);
		buf_release(&mixed);
	}
	preset_free(preset);
}

#endif
