/* SPDX-License-Identifier: MIT */
#ifndef FETCH_STORE_TAKEUP_H
#define FETCH_STORE_TAKEUP_H

/*
 * What a new run takes up. In a transaction of the caller's.
 *
 * What was running when a run was killed waits again, its attempts kept. What
 * failed softly, and what is done or gone and due, waits as if it were new;
 * with refresh everything does. What is to be retried, and what was put off,
 * stays so until it is due. A due time beyond the horizon is now.
 *
 * A run for what failed only queues just that, and leaves it failed until it
 * is claimed, so that another such run finds what this one does not get to.
 */

#include "base/db.h"
#include "fetch/store.h"

/* complete: the last complete listing; what is not in it is not queued. */
int take_up(struct db *db, const struct store_options *options,
    int64_t complete, struct err *err) CHECKED;

#endif
