/* SPDX-License-Identifier: MIT */
#ifndef CMD_DIFF_HOSTS_H
#define CMD_DIFF_HOSTS_H

/*
 * The hosts of two sides of a comparison of stored days: a host whose log is
 * missing makes its code look better, not worse, so it is told.
 */

#include <stdbool.h>

#include "base/table.h"
#include "cmd/diff_store.h"

/* Start it with diff_hosts_init(). */
struct diff_hosts {
	struct table hosts;
	const struct stored_day *old; /* the last one that was added */
	size_t old_count;
	const struct stored_day *new;
	int last_hour; /* in which the new one ends, or -1 */
};

void diff_hosts_init(struct diff_hosts *hosts);
void diff_hosts_release(struct diff_hosts *hosts);

/* Adds a day, of which only the hours up to last_hour count (-1: all): old
 * ones, then the one that is new. The days must outlive hosts. */
void diff_hosts_add_old(struct diff_hosts *hosts, const struct stored_day *day,
    int last_hour);
void diff_hosts_add_new(struct diff_hosts *hosts, const struct stored_day *day,
    int last_hour);

/* Notes the hosts that have something on one side and nothing on the other,
 * and those that end earlier than they did while others go on. */
void diff_hosts_tell(const struct diff_hosts *hosts);

#endif
