/* SPDX-License-Identifier: MIT */
#ifndef FETCH_SUMMARY_H
#define FETCH_SUMMARY_H

/*
 * What a run did, in numbers, and in words for people and programs. Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "fetch/store.h"

enum { SUMMARY_CAUSES = 8, SUMMARY_CAUSE_MAX = 120 };

/* Why items failed softly: the same words are counted together; the last one
 * stands for all that did not fit. */
struct summary_cause {
	char text[SUMMARY_CAUSE_MAX];
	int64_t count;
};

struct summary {
	const char *job;
	int64_t listed;       /* ids in the listing */
	int64_t unseen;       /* of them: for the first time */
	int64_t refused;      /* lines and values that cannot be ids */
	bool list_failed;     /* the last complete listing was used */
	bool list_kept;       /* and there was one */
	int64_t fetched;      /* new answers */
	int64_t not_modified; /* renewed by a 304 */
	int64_t gone;
	int64_t failed;    /* softly, in this run */
	int64_t stale;     /* failed or put off, and an old answer is given */
	int64_t deferred;  /* wait, at the end: put off, or for their retry */
	int64_t until;     /* the first of them is due; 0: none */
	int64_t fresh;     /* needed nothing */
	int64_t requests;  /* of any kind */
	int64_t retries;   /* of them: not the first attempt */
	int64_t throttled; /* of them: answered by "too fast" */
	int64_t cost;      /* units */
	int64_t bytes;     /* of bodies, decoded */
	int64_t began;
	int64_t ended;
	const char *stopped; /* why it ended early; NULL: it did not */
	int exit_status;
	struct summary_cause causes[SUMMARY_CAUSES];
};

void summary_add_cause(struct summary *summary, struct slice cause);

/* "video-stats: 4,812 fetched, 120 not modified, 3 gone, 10 failed (8 HTTP 500,
 * 2 timed out), 55 deferred until 2013-06-13T07:00:00Z; 5,012 requests in 1m
 * 41s". */
void summary_add_text(const struct summary *summary, struct buf *buf);

/* One JSON object on one line, keys as the members above; times in RFC 3339. */
void summary_add_json(const struct summary *summary, struct buf *buf);

/* Members of such an object, each behind a comma: the causes, and a time, null
 * where it is 0. */
void summary_add_json_causes(const struct summary *summary, struct buf *buf);
void summary_add_json_time(struct buf *buf, const char *name, int64_t instant);

/* Adds an instant as RFC 3339 in UTC with whole seconds. */
void summary_add_time(struct buf *buf, int64_t instant);

#endif
