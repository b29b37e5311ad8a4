/* SPDX-License-Identifier: MIT */
#ifndef FETCH_GATE_H
#define FETCH_GATE_H

/*
 * The one door through which every request passes: items, pages of a listing,
 * tokens, redirects. It knows the job's limits (rate.h) and, for each origin,
 * its pause, what it said of its own limits (hint.h), its circuit (breaker.h),
 * its retry budget (retry.h) and its level (adapt.h). Pure.
 *
 * Ask, then send at the same now, then tell the answer:
 *
 *	gate_ask -> GATE_GO -> gate_sent ... gate_answered
 *	         -> GATE_WAIT until a time
 *	         -> GATE_FULL until an answer comes
 *	         -> GATE_GRANT: the store must first grant limit's units
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/random.h"
#include "fetch/adapt.h"
#include "fetch/breaker.h"
#include "fetch/hint.h"
#include "fetch/outcome.h"
#include "fetch/rate.h"
#include "fetch/retry.h"

struct gate;
struct gate_host;

struct gate_options {
	const struct rate_spec *limits; /* borrowed */
	size_t limit_count;
	unsigned concurrency; /* of the whole run; 0: finds its own */
	const struct retry_policy *retry; /* borrowed */
};

struct gate *gate_new(const struct gate_options *options);
void gate_free(struct gate *gate); /* NULL is allowed */

/* The host of an origin, made where it is new; valid until gate_free(). */
struct gate_host *gate_host(struct gate *gate, const char *origin, int64_t now);
const char *gate_host_origin(const struct gate_host *host);

enum gate_word { GATE_GO, GATE_WAIT, GATE_FULL, GATE_GRANT };

struct gate_reply {
	enum gate_word word;
	int64_t until;      /* GATE_WAIT: ask again then */
	size_t limit;       /* GATE_GRANT: nothing else stands in the way */
	const char *reason; /* for people: "rate limit", "circuit open", ... */
};

/* cost in units; retry: it is not the item's first attempt. */
struct gate_reply gate_ask(struct gate *gate, struct gate_host *host,
    int64_t cost, bool retry, int64_t now);

/* It is being sent. Returns whether it is the probe of a half-open circuit. */
bool gate_sent(struct gate *gate, struct gate_host *host, int64_t cost,
    bool retry, int64_t now);

struct gate_answer {
	enum outcome outcome;
	enum outcome_trouble trouble;
	int status;
	bool first; /* the item's first attempt ever */
	bool probe; /* as gate_sent() said */
	int64_t latency;
	const struct hint *hint;
};

/*
 * An answer. A throttle pauses the host: for Retry-After, else for a jittered
 * backoff that grows with each throttle in a row; those of requests that were
 * under way together count as one. (Where no limit is configured the rate is
 * cut instead, and only from the ninth in a row on the host is paused, too.) A
 * quota that is used up pauses it for Retry-After, else until the end of the
 * job's day, else for an hour. Returns until when the host is paused by this
 * very answer, to be persisted, else 0.
 */
int64_t gate_answered(struct gate *gate, struct gate_host *host,
    const struct gate_answer *answer, struct random *random, int64_t now);

/* It was given up before an answer came: nothing is learnt. */
void gate_cancelled(struct gate *gate, struct gate_host *host, bool probe);

/* A pause that was persisted by an earlier run, or is another's. */
void gate_pause(struct gate_host *host, int64_t until);
int64_t gate_paused_until(const struct gate_host *host);

/* The store is asked for units of a limit; its answer. */
void gate_asked(struct gate *gate, size_t limit);
void gate_granted(struct gate *gate, size_t limit, const struct rate *rate,
    int64_t now);

/* How much of a limit to ask for: at least what a request of this cost takes,
 * with so many ready. */
int64_t gate_wanted(const struct gate *gate, size_t limit, int64_t cost,
    int64_t ready);
/* A limit that is to be asked for ahead, so that requests of this cost (ready
 * of them are there) need not wait for the store; else the number of limits. */
size_t gate_low(const struct gate *gate, int64_t cost, int64_t ready,
    int64_t now);
const struct rate *gate_rate(const struct gate *gate, size_t limit);

/* Since when a host has let nothing through; INT64_MAX: it does. */
int64_t gate_throttled_since(const struct gate_host *host);
/* Whether a host is given up for this run: so many probes in a row failed. */
bool gate_host_is_lost(const struct gate_host *host, unsigned probes);
/* Until when its circuit is open. */
int64_t gate_host_open_until(const struct gate_host *host);

/* How many requests may be under way to the host, and how many are to all. */
unsigned gate_concurrency(const struct gate *gate,
    const struct gate_host *host);
unsigned gate_under_way(const struct gate *gate);

#endif
