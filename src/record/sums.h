/* SPDX-License-Identifier: MIT */
#ifndef RECORD_SUMS_H
#define RECORD_SUMS_H

/*
 * What a flush writes: counts by site and operations, added up over threads,
 * and as lines (model/callcount.h):
 *
 *	2026-11-22T12:50:00Z app[4711]: 17: src/feed.c:9 in save -- Feed.insert
 *
 * The time is that at which the interval began: so what was counted before
 * midnight carries the day before. Lines are sorted by their bytes behind the
 * count. What was lost is a line too, with the caller "(lost)":
 *
 *	2026-11-22T12:50:00Z app[4711]: 312: (lost):0 -- tallyman.lost
 *
 * Pure but for memory, which may run out (record/guard.h): then what was being
 * added is not in the sums, or no line is.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "base/table.h"

struct sums {
	struct table table; /* from the rest of a line, behind its count */
	struct buf rest;    /* the one being made */
	struct slice *operations;
	size_t room;  /* of operations */
	size_t bytes; /* of all keys in the table */
};

void sums_init(struct sums *sums);
void sums_release(struct sums *sums);

/* Adds to a site. operations: "Kind.verb" NUL, once or more. An empty file
 * stands for one that is not known: "(unknown)". A sum beyond 2^64-1 stays
 * there. */
void sums_add(struct sums *sums, struct slice file, unsigned line,
    struct slice function, struct slice operations, struct slice revision,
    uint64_t n);

/* What stands in front of each line. */
struct sums_front {
	int64_t time;         /* seconds since 1970 UTC */
	struct slice program; /* bytes other than [A-Za-z0-9_.-] become _;
				 an empty one is _ too */
	long process;
};

/* Adds all lines, each with its end. */
void sums_lines(const struct sums *sums, const struct sums_front *front,
    struct buf *lines);

#endif
