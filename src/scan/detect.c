/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/detect.h"

#include "base/buf.h"
#include "scan/lines.h"
#include "scan/unwrap.h"

enum {
	SAMPLE = 64 * 1024,
	SAMPLES = 16,                   /* spread over a file */
	STREAM_MOST = 16 * 1024 * 1024, /* looked at of a stream */
	ENOUGH = 4 /* a special format may find 1/4 of what a general does */
};

/* A reader's events while probing: only counts. */
struct probe {
	uint64_t callers;
	uint64_t own; /* callers and repeats */
	uint64_t statements;
};

static void
probe_entry(void *context, const struct entry *entry)
{
	struct probe *probe = context;

	if (entry->caller.file.len == 0) {
		probe->statements++;
		return;
	}
	probe->callers++;
	probe->own++;
}

static void
probe_no_caller(void *context, struct slice line)
{
	struct probe *probe = context;

	(void)line;
	probe->statements++;
}

static void
probe_reason(void *context, struct slice line, const char *reason)
{
	(void)context;
	(void)line;
	(void)reason;
}

static void
probe_repeat(void *context, struct slice line)
{
	struct probe *probe = context;

	(void)line;
	probe->own++;
}

static void
probe_duration(void *context, double milliseconds)
{
	(void)context;
	(void)milliseconds;
}

struct reader *
detect_reader(const struct preset *preset, const char *json_pointer,
    const struct reader_options *options, const struct reader_events *events)
{
	struct reader *reader = preset->reader->new (preset, options, events);

	return json_pointer == NULL ?
	    reader :
	    unwrap_new(json_pointer, reader, options, events);
}

static void
probe_text(const struct detect *detect, const struct preset *preset,
    const char *json_pointer, struct slice text, struct probe *probe)
{
	const struct reader_events events = {
		.context = probe,
		.entry = probe_entry,
		.no_caller = probe_no_caller,
		.malformed = probe_reason,
		.repeat = probe_repeat,
		.given_up = probe_reason,
		.duration = probe_duration,
	};
	struct reader *reader = detect_reader(preset, json_pointer,
	    detect->options, &events);

	reader_read(reader, text);
	reader_end(reader);
	reader_free(reader);
}

static bool
is_better(const struct detect_hit *old, const struct preset *preset,
    const struct probe *probe)
{
	if (old->preset == NULL)
		return probe->own > 0 || probe->statements > 0;
	if (probe->own == 0 && old->own == 0)
		return probe->statements > old->statements;
	if (preset->priority > old->preset->priority)
		return probe->own * ENOUGH >= old->own && probe->own > 0;
	if (preset->priority == old->preset->priority)
		return probe->own > old->own;
	return probe->own / ENOUGH > old->own;
}

static void
try_all(const struct detect *detect, const char *json_pointer,
    struct slice text, struct detect_hit *hit)
{
	for (size_t i = 0; i < detect->count; i++) {
		const struct preset *preset = detect->candidates[i];
		struct probe probe = { 0 };

		probe_text(detect, preset, json_pointer, text, &probe);
		if (is_better(hit, preset, &probe))
			*hit = (struct detect_hit){ preset, json_pointer,
				probe.callers, probe.own, probe.statements };
	}
}

/* What a reader of plain lines finds in JSON lines may have JSON's quotes and
 * escapes in it: the text inside is better when it gives as much. */
static bool
is_better_inside(const struct detect_hit *raw, const struct detect_hit *inside)
{
	if (inside->own == 0 || raw->own == 0)
		return inside->own > 0;
	return raw->preset->reader != &reader_json && inside->own >= raw->own &&
	    inside->preset->priority >= raw->preset->priority;
}

void
detect_text(const struct detect *detect, struct slice text,
    struct detect_hit *hit)
{
	struct detect_hit inside = { 0 };

	*hit = (struct detect_hit){ 0 };
	if (text.len == 0)
		return;
	try_all(detect, detect->json_pointer, text, hit);
	if (detect->json_pointer != NULL || slice_find(text, "{\"") == NULL)
		return;
	try_all(detect, "auto", text, &inside);
	if (is_better_inside(hit, &inside))
		*hit = inside;
}

/* The whole lines of a sample; begins_line and ends_line say whether its ends
 * are ends of lines already. */
static struct slice
whole_lines(struct slice text, bool begins_line, bool ends_line)
{
	const char *first = begins_line ? text.ptr : slice_chr(text, '\n');
	const char *last = ends_line ? text.ptr + text.len :
				       slice_rchr(text, '\n');

	if (first == NULL || last == NULL || last <= first)
		return slice_make(NULL, 0);
	if (!begins_line)
		first++;
	if (!ends_line)
		last++;
	return slice_between(first, last);
}

/* Samples of a file, spread evenly behind the first one. */
static void
detect_spread(const struct detect *detect, struct source *source, uint64_t size,
    struct detect_hit *best)
{
	struct buf sample = { 0 };
	struct err err;

	for (uint64_t i = 1; i <= SAMPLES && best->own == 0; i++) {
		uint64_t at = size / (SAMPLES + 1) * i;
		struct detect_hit hit;
		ssize_t n;

		buf_clear(&sample);
		n = source_read_at(source, at, buf_reserve(&sample, SAMPLE),
		    SAMPLE, &err);
		if (n <= 0)
			break; /* whoever reads all of it will tell */
		detect_text(detect,
		    whole_lines(slice_make(sample.ptr, (size_t)n), false,
			at + (uint64_t)n == size),
		    &hit);
		if (hit.preset != NULL &&
		    (best->preset == NULL || hit.own > 0 ||
			hit.statements > best->statements))
			*best = hit;
	}
	buf_release(&sample);
}

void
detect_source(const struct detect *detect, struct source *source,
    struct detect_hit *hit)
{
	size_t size = SAMPLE;
	struct slice text = source_peek(source, size);
	uint64_t all;

	detect_text(detect,
	    without_bom(whole_lines(text, true, text.len < size)), hit);
	if (source_can_seek(source, &all)) {
		if (all > SAMPLE)
			detect_spread(detect, source, all, hit);
		return;
	}
	while (hit->own == 0 && text.len == size && size < STREAM_MOST) {
		size *= 16;
		text = source_peek(source, size);
		detect_text(detect, whole_lines(text, true, text.len < size),
		    hit);
	}
}
