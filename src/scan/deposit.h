/* SPDX-License-Identifier: MIT */
#ifndef SCAN_DEPOSIT_H
#define SCAN_DEPOSIT_H

/*
 * Rows of a scan on their way into the store: those of one day and host become
 * a part (model/part.h). It is a sink of the engine:
 *
 *	deposit_init(&deposit, days, kept_from);
 *	job_run(... deposit_take, &deposit ...);
 *	deposit_finish(&deposit, err);
 *	... deposit_ends(&deposit, n, id, err) for each input that was read ...
 *	deposit_merge(&deposit, err);
 *	deposit_release(&deposit);
 *
 * all in one transaction of the store, which the caller begins and commits.
 */

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/table.h"
#include "model/days.h"
#include "model/part.h"
#include "model/tally.h"

/* What rows are grouped by, behind the front that keys have in such a scan
 * (scan/counter.h). */
extern const struct tally_keys deposit_keys;

/* A part of what is only counted because an input ends for now. */
struct deposit_end {
	uint32_t end_of; /* the number of the input, from 1 */
	struct slice day;
	struct slice host;
	struct part_writer part;
};

struct deposit {
	struct days *days;
	struct slice kept_from; /* days before it are not added */
	uint64_t too_old;       /* sums of such */
	uint64_t over;          /* sums that stay at 2^64-1 */

	/* the part that is being written */
	bool is_open;
	uint32_t end_of;
	struct buf day;
	struct buf host;
	struct part_writer part;

	/* the row that is being added up */
	struct part_row row; /* its key is in key; slots 0: none */
	struct buf key;
	struct buf next;   /* the key of the one that comes */
	struct buf values; /* its texts */

	struct deposit_end *ends;
	size_t end_count;
	size_t end_room;
	struct arena texts;   /* theirs */
	struct table touched; /* "DAY\0HOST" of the parts added */
};

void deposit_init(struct deposit *deposit, struct days *days,
    struct slice kept_from);
void deposit_release(struct deposit *deposit);

/* Takes a key with its struct tally_sum. Returns 0, or -1 with err set. */
int deposit_take(void *context, struct slice key, const void *state,
    struct err *err);

/* Ends the last part. */
int deposit_finish(struct deposit *deposit, struct err *err) CHECKED;

/* Adds the parts that hang on the end of the input of a number, which is known
 * by this id in the store now. */
int deposit_ends(struct deposit *deposit, uint32_t end_of, int64_t id,
    struct err *err) CHECKED;

/* Makes one part of the many that a day and host may have come to have. */
int deposit_merge(struct deposit *deposit, struct err *err) CHECKED;

/* How many days something was added to. */
uint64_t deposit_days(const struct deposit *deposit);

#endif
