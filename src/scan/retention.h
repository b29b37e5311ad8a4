/* SPDX-License-Identifier: MIT */
#ifndef SCAN_RETENTION_H
#define SCAN_RETENTION_H

/*
 * How long the store keeps days: `--keep 90d`. It counts back from the newest
 * day that is there, not from today, so that a store nothing is added to any
 * more keeps what it has; and not from a day in the future, which a wrong
 * clock made up, so that it cannot push the others out. Pure but for
 * retention_keep().
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/opt.h"
#include "base/slice.h"
#include "model/days.h"
#include "scan/dayname.h"

/* Stores --keep (base/opt.h) as whole days in a uint64_t: "90d", "12w". Refuses
 * less than a day and parts of one. */
opt_store retention_option;

/*
 * The first of the last so many days (at least 1), the newest being one of
 * them: of 2013-06-12 and 2 it is 2013-06-11. What has no day, or is after
 * today, is not the newest. False when nothing else is in the list, and so
 * nothing is to be forgotten.
 */
bool retention_first(const struct days_list *list, struct slice today,
    uint64_t keep_days, char first[DAYNAME_SIZE]);

/*
 * For days_keep(): before which instant (seconds since 1970) an input must have
 * been seen last for all of its days to be before first, whatever zone they
 * are in. Such an input may be forgotten: should it come back, its days are
 * not kept.
 */
int64_t retention_seen_before(struct slice first);

/* Both, within a transaction: forgets what is older than the last so many days;
 * what was forgotten before stays forgotten, though fewer were kept then.
 * *forgotten is how many days that were. Returns 0, or -1 with err set. */
int retention_keep(struct days *days, uint64_t keep_days, struct slice today,
    uint64_t *forgotten, struct err *err) CHECKED;

#endif
