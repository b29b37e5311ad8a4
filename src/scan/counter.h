/* SPDX-License-Identifier: MIT */
#ifndef SCAN_COUNTER_H
#define SCAN_COUNTER_H

/*
 * From entries to the keys of the tally: tells the day and hour, asks the
 * selection, adds a row for each operation that is wanted, and keeps the sums
 * of the report. Entries that say again what was said before are counted by
 * their sources alone (scan/memo.h). One a mapper.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "engine/job.h"
#include "model/tally.h"
#include "scan/mapper.h"
#include "scan/memo.h"
#include "scan/reader.h"

/* A moment and whose entries stand at it: what a memo needs to know besides
 * the source. */
struct counter_moment {
	uint32_t number; /* 0: not in use */
	const struct preset *preset;
	const char *json_pointer;
	struct place place;
	struct moment moment;
};

enum { COUNTER_MOMENTS = 8 };

struct counter {
	const struct scan_run *run;
	struct emit *emit;
	struct scan_report *sums;
	struct scratch *scratch;
	const struct input *input; /* of the segment */
	uint32_t end_of;           /* of its keys' front, where they have one */

	/* told of a line in which a pattern reached its limit */
	void (*gave_up)(void *context, struct slice line);
	void *context;

	/* the last stamp resolved, since most entries share theirs */
	struct stamp stamp;
	struct counter_moment *at; /* of moments: what it is; NULL: none yet */
	struct counter_moment moments[COUNTER_MOMENTS];
	uint32_t last_number;

	struct memo memo;
	struct buf key;  /* of the row being added */
	struct buf keys; /* of the entry being added, for the memo */
};

/* run, emit, sums and context stay the caller's, and must outlive it. */
void counter_init(struct counter *counter, const struct scan_run *run,
    struct emit *emit, struct scan_report *sums,
    void (*gave_up)(void *context, struct slice line), void *context);
void counter_release(struct counter *counter);

/* Emits what waits in the memo. */
void counter_flush(struct counter *counter);

/* A segment of an input begins. */
void counter_begin(struct counter *counter, const struct input *input);

/*
 * Where run->reached is set every key has a front: 0, or of what is only
 * counted because the input ends for now (counter->end_of, set by the caller
 * until the next segment) another number, so that these rows come last and can
 * be told apart.
 */
enum { COUNTER_FRONT = 4 };
void counter_key_front(struct buf *key, uint32_t end_of);
uint32_t counter_key_take_front(struct slice *key);

/* Adds an entry, or a row of a tally, if it is wanted. */
void counter_entry(struct counter *counter, const struct entry *entry);

/* The same for an entry of which only the source is known, if it is; else
 * false, and nothing was added: struct reader_events' again(). */
bool counter_again(struct counter *counter, struct slice source, uint64_t count,
    const struct stamp *stamp);

void counter_row(struct counter *counter, const struct tally_row *row);

#endif
