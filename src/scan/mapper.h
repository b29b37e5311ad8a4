/* SPDX-License-Identifier: MIT */
#ifndef SCAN_MAPPER_H
#define SCAN_MAPPER_H

/*
 * The scan as a job of the engine: blocks of lines go through the reader of
 * their format, entries through the selection, and what is left is added to
 * the keys that the tally is grouped by.
 */

#include <stdint.h>

#include "base/output.h"
#include "engine/job.h"
#include "model/tally.h"
#include "scan/input.h"
#include "scan/note.h"
#include "scan/place.h"
#include "scan/reached.h"
#include "scan/reader.h"
#include "scan/scan.h"
#include "scan/select.h"
#include "scan/when.h"

/* What all mappers share; read-only while they run, but for what
 * mapper_free() adds up. */
struct scan_run {
	const struct scan_options *options;
	struct reader_options reader_options;
	struct inputs inputs;
	struct select select;
	struct when when;
	struct place_pattern *places; /* --path-pattern, or NULL */
	struct tally_keys keys;
	bool keep_rejects;
	bool count_lines;

	struct scan_report *report;
	uint64_t *input_entries; /* of each input */

	/* Where inputs go on later: how far each was read; rows have keys with
	 * a front (counter.h) then. Else NULL. */
	struct reached *reached;
	double least_duration; /* of logged statements; HUGE_VAL: none */
};

/* The functions of struct job (engine/job.h); context is a scan_run. */
void *mapper_new(void *context, struct emit *emit);
void mapper_free(void *mapper);
void mapper_begin(void *mapper, size_t input);
void mapper_map(void *mapper, const struct block *block);
void mapper_at_end(void *mapper);
void mapper_end(void *mapper);
void mapper_flush(void *mapper);
void mapper_too_long(void *mapper, uint64_t offset, uint64_t len,
    uint64_t next);
void mapper_trouble(void *mapper, size_t input, const struct err *why,
    uint64_t cut);

/* For who maps by himself (engine/feed.h): adds the sums so far to a report,
 * after mapper_flush(), or sets them to 0; nothing that is carried from block
 * to block is touched. */
void mapper_report(void *mapper, struct scan_report *into);
void mapper_forget(void *mapper);

/* Whether an unfinished line at the end of an input is left for later. */
bool mapper_goes_on(void *context, size_t input);

/* Sync lines: where a worker may begin in the middle of an input. */
bool mapper_has_sync(void *context, size_t input);
size_t mapper_sync(void *context, size_t input, struct slice text, size_t from,
    size_t to);

/* The state of a key is a struct tally_sum. */
extern const struct state_type mapper_state;

#endif
