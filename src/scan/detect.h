/* SPDX-License-Identifier: MIT */
#ifndef SCAN_DETECT_H
#define SCAN_DETECT_H

/*
 * Which format an input has: every preset that comes into question reads a
 * sample, and the one that finds the most callers has it, a special one
 * before a general one that finds about as many.
 *
 * What a preset knows to be said again speaks for it as a caller does: a log
 * may begin with that (a server's "bind", before its "execute"), and a general
 * one, which does not know better, would count it.
 */

#include <stddef.h>

#include "base/err.h"
#include "scan/input.h"
#include "scan/preset.h"
#include "scan/reader.h"

struct detect {
	const struct preset *const *candidates;
	size_t count;
	const struct reader_options *options;
	const char *json_pointer; /* --json-text; NULL: tried by itself */
};

/* What a sample looks like to a preset. */
struct detect_hit {
	const struct preset *preset;
	const char *json_pointer;
	uint64_t callers;    /* entries with a caller, */
	uint64_t own;        /* and with them what was said already */
	uint64_t statements; /* operations without one */
};

/*
 * Looks at a source that was just opened: at its first 64 KiB, then, where
 * those hold nothing of the kind, at more of it (samples spread over a file, up
 * to 16 MiB of a stream). The source gives all its bytes afterwards.
 * hit->preset is NULL when nothing fits.
 */
void detect_source(const struct detect *detect, struct source *source,
    struct detect_hit *hit);

/* The same for a text of whole lines. */
void detect_text(const struct detect *detect, struct slice text,
    struct detect_hit *hit);

/* A reader for what was found: the preset's, inside JSON where the text lies
 * there. */
struct reader *detect_reader(const struct preset *preset,
    const char *json_pointer, const struct reader_options *options,
    const struct reader_events *events);

#endif
