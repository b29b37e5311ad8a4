/* SPDX-License-Identifier: MIT */
#ifndef SCAN_FOLLOWED_H
#define SCAN_FOLLOWED_H

/*
 * One input of a follow (scan/follow.h): its tail, its format, and its mapper,
 * which has a segment for each file that the input comes to be. What they all
 * share is in a struct following.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "base/table.h"
#include "base/tail.h"
#include "engine/feed.h"
#include "scan/input.h"
#include "scan/mapper.h"
#include "scan/note.h"
#include "scan/scan.h"
#include "scan/survey.h"

struct following {
	struct scan_run run; /* copied for each input; its own has none */
	struct survey survey;
	struct notes notes;
	struct feed *feed;
	struct scan_report report; /* what no mapper holds */

	/* Which files were read: struct tail_id -> struct followed *, the last
	 * that read it, or NULL where it is not to be read at all. */
	struct table ids;

	/* An input whose format is known, which those take that show none;
	 * NULL: there is none yet. */
	const struct input *usual;
};

struct followed {
	struct following *follow;
	struct scan_run run; /* with this input alone */
	struct input input;
	uint64_t entries; /* run.input_entries */
	struct tail tail;
	void *mapper;    /* NULL before it is settled */
	bool is_there;   /* it was opened */
	bool is_bad;     /* there was trouble with it */
	bool is_ignored; /* for good */
	bool is_settled; /* its format is known, or guessed for good */
	bool is_begun;   /* the mapper is in a segment */

	/* Lines that wait for the format, and where they stand. */
	struct buf waiting;
	uint64_t waiting_offset;
	uint64_t waiting_line;
};

/* Begins to follow an input, whose contents are moved; where it has no format
 * yet, that is told by what comes. */
struct followed *followed_new(struct following *follow, struct input *input,
    bool from_end);
void followed_free(struct followed *file);

/* Takes a step; false when nothing was there. */
bool followed_step(struct followed *file);

/* Nothing more is to be read: adds all its sums to the report. */
void followed_end(struct followed *file);

/* Whether nothing will come any more. */
bool followed_has_ended(const struct followed *file);

/* What to poll(2) for it, or -1. */
int followed_fd(const struct followed *file);

/* Whether it is of no use to follow what begins so, and what it is: "gzip",
 * "a tally". */
bool followed_is_whole(struct slice head, const char **what);

/* The key of a file in the table of ids; valid as long as the id. */
struct slice followed_id(const struct tail_id *id);

#endif
