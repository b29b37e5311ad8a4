/* SPDX-License-Identifier: MIT */
#ifndef FETCH_BREAKER_H
#define FETCH_BREAKER_H

/*
 * A circuit breaker for a host. Pure. Closed: all may pass. When of at least
 * 20 signs in 10 s half are bad it opens: nothing passes for 5 s (doubled with
 * each probe that fails, at most 60 s). Then it is half open: one probe may
 * pass, and its answer closes or opens the circuit. (Nygard, "Release It!";
 * figures as Hystrix had them.)
 *
 * What is a sign: a connection that failed or a timeout is one always; an
 * HTTP error only at an item's first attempt, since the retries of bad items,
 * all that is left at the end of a run, say nothing about the host.
 */

#include <stdbool.h>
#include <stdint.h>

enum { BREAKER_SLOTS = 10 };

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };

struct breaker {
	enum breaker_state state;
	int64_t open_until;
	unsigned failed_probes;       /* one after the other */
	bool probing;                 /* the probe is under way */
	unsigned good[BREAKER_SLOTS]; /* by second, a ring */
	unsigned bad[BREAKER_SLOTS];
	int64_t second; /* of the newest slot */
};

/* The earliest time for a request: now when it may pass at once, INT64_MAX
 * while a probe is under way. */
int64_t breaker_earliest(const struct breaker *breaker, int64_t now);

/* A request was sent; in a half-open circuit it is the probe: true. */
bool breaker_sent(struct breaker *breaker, int64_t now);

/* Its answer. bad and good are signs, neither is allowed (the answer says
 * nothing). A probe that says nothing closes the circuit: the host answers. */
void breaker_answered(struct breaker *breaker, bool probe, bool good, bool bad,
    int64_t now);

/* A probe was given up before its answer came. */
void breaker_cancelled(struct breaker *breaker, bool probe);

#endif
