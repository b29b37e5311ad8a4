/* SPDX-License-Identifier: MIT */
#ifndef FETCH_RETRY_H
#define FETCH_RETRY_H

/*
 * When a failed attempt is made again. Pure.
 *
 * Full jitter, which does the least work of all kinds ("Exponential Backoff
 * And Jitter", AWS Architecture Blog, 2015): after the n-th failure (n from 1)
 * the wait is evenly one of 0 .. min(max_backoff, backoff * factor^(n-1)). A
 * Retry-After (RFC 9110, section 10.2.3) is never undercut: the wait is that
 * time and then the jitter on top, so that a crowd does not come back at once.
 */

#include <stdint.h>

#include "base/random.h"

enum retry_jitter {
	JITTER_FULL,  /* 0 .. wait */
	JITTER_EQUAL, /* wait / 2 .. wait */
	JITTER_NONE,
};

struct retry_policy {
	unsigned max_attempts; /* of an item in one run; at least 1 */
	int64_t backoff;
	double factor; /* at least 1 */
	int64_t max_backoff;
	enum retry_jitter jitter;
	/* Longer Retry-After are taken for this long. */
	int64_t max_retry_after;
	/* A wait longer than this is not sat out: what waits is stored with
	 * the time to come back, and the run ends when nothing else is left. */
	int64_t max_wait;
};

/* max_attempts 8, backoff 1 s, factor 2, max_backoff 5 min, full jitter,
 * max_retry_after 1 d, max_wait 15 min. */
void retry_defaults(struct retry_policy *policy);

/* How long to wait after the failed-th failure. retry_after is what the server
 * asked for, negative where it asked for nothing. */
int64_t retry_wait(const struct retry_policy *policy, unsigned failed,
    int64_t retry_after, struct random *random);

/*
 * The retry budget of a host: retries may be a fifth of all first attempts,
 * and ten a second besides (as Finagle's); a hundred at most are saved up, ten
 * seconds' worth. A retry that the budget refuses is not lost but comes later.
 * Starts with { 0 }: full.
 */
struct retry_budget {
	int64_t tokens; /* thousandths of a retry */
	int64_t at;     /* when they were counted */
};

/* A first attempt was sent. */
void retry_budget_first(struct retry_budget *budget, int64_t now);
/* The earliest time a retry may be sent: now or later. */
int64_t retry_budget_earliest(const struct retry_budget *budget, int64_t now);
/* It was sent. */
void retry_budget_take(struct retry_budget *budget, int64_t now);

#endif
