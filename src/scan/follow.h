/* SPDX-License-Identifier: MIT */
#ifndef SCAN_FOLLOW_H
#define SCAN_FOLLOW_H

/*
 * A scan that does not end: counts what is written to logs from now on, and
 * gives the rows of the tally whenever they are asked for. All is done in the
 * caller's thread, a little at a time:
 *
 *	while (!stopped && !follow_ended(follow)) {
 *		if (!follow_round(follow, clock_now()))
 *			poll(follow_fds(follow, &n), n, FOLLOW_PAUSE);
 *		now and then: follow_give(follow, take, context, err)
 *	}
 *
 * Files that the operands name are followed by their names (base/tail.h), from
 * their ends; those that are not there yet are waited for. In directories
 * files are looked for again every few seconds, and new ones are read from
 * their beginnings, unless they were followed under another name: a file that
 * is rotated within a directory is not counted again. Standard input, pipes
 * and FIFOs are read from where they stand to their ends.
 *
 * The format of a file is told by what it holds, as in a scan; where that
 * shows no caller, by what comes, which waits until one is seen or 64 KiB are
 * there. Time stamps that lines inherit are known: the end of what was there
 * before goes through the reader without being counted.
 *
 * Compressed files and tallies are whole; nothing will be written to them. To
 * name one is an error; in a directory they are passed over.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "engine/shard.h"
#include "model/tally.h"
#include "scan/scan.h"

/* How long to wait when nothing came, in milliseconds. */
enum { FOLLOW_PAUSE = 250 };

struct follow;

/* Finds the inputs and tells their formats; prints notes as scan_run() does.
 * The options must stay; their keys are not empty. NULL with err set when
 * they, or an operand, will not do. */
struct follow *follow_open(const struct scan_options *options,
    char *const *operands, size_t count, struct err *err);
void follow_close(struct follow *follow); /* NULL is allowed */

/* Reads on, at most a few hundred KiB of each input; false when nothing was
 * there. */
bool follow_round(struct follow *follow, int64_t now);

/* What to poll(2) for while waiting, so that pipes are read as fast as they are
 * written; valid until the next round. */
struct pollfd;
struct pollfd *follow_fds(struct follow *follow, size_t *count);

/* Whether nothing will come any more: all inputs were streams. */
bool follow_ended(const struct follow *follow);

/* How many inputs are there. */
size_t follow_count(const struct follow *follow);

/* Nothing more is to be read: what waited for its next line is counted, a
 * line that has not ended is not. */
void follow_end(struct follow *follow);

/* The sums so far. */
void follow_report(struct follow *follow, struct scan_report *report);

/* Gives each key (model/tally.h) with its struct tally_sum, in order. Returns
 * 0, or -1 with err set: take() said so, or a table could not be kept. */
int follow_give(struct follow *follow, shard_take *take, void *context,
    struct err *err) CHECKED;

/* The same as rows. */
int follow_rows(struct follow *follow, tally_take *take, void *context,
    struct err *err) CHECKED;

#endif
