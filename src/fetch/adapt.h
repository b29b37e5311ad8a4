/* SPDX-License-Identifier: MIT */
#ifndef FETCH_ADAPT_H
#define FETCH_ADAPT_H

/*
 * Rate and concurrency of a host that find their own level. Pure.
 *
 * Rate, where the job sets no limit: starts at 20 requests/s and doubles every
 * 100 ms in which it was used to the full, until the first throttle (429, 503)
 * says that there is a limit. A second, slower climb from well below measures
 * it. From then on the rate follows CUBIC (RFC 9438 has it for a window): a
 * throttle takes it to nine tenths of the level, it climbs to just below that
 * level, stays there, and probes above slowly. So a host throttles one request
 * in thousands, even where it pauses all of them for it, and nine tenths of
 * what it allows are used. A limit whose burst is shorter than a timer's
 * precision (2 ms) cannot be used so far.
 *
 * Concurrency, where the job does not set it: starts at 8; +1 for each window
 * of successes while it is used by half and the time to answer does not grow
 * out of all proportion (after the first cut at most four times a second);
 * times 0.9, but at least one less, at a timeout, a refused connection or a
 * 5xx while it is used by half, at most once a window, and at a throttle, at
 * most once a second. Between 1 and 64. (Netflix's concurrency-limits,
 * AIMDLimit.)
 */

#include <stdbool.h>
#include <stdint.h>

struct adapt {
	bool rate_is_fixed;        /* the job's limits rule */
	bool concurrency_is_fixed; /* the job's concurrency rules */
	double rate;               /* requests/s allowed now */
	double level;              /* the level last found, 0: none yet */
	/* Private, see adapt.c. */
	double found;       /* the rate at the first throttle, 0: none yet */
	int64_t tat;        /* the next request is due */
	int64_t sent_at;    /* the last one went */
	int64_t used;       /* time of full use since the last cut */
	int64_t taken;      /* good answers since the last cut */
	int64_t cut_at;     /* the last cut */
	int64_t climb_from; /* no climb before */
	double window;      /* concurrency */
	unsigned window_good;
	int64_t window_changed; /* 0: grows freely */
	double latency;         /* now, moving average */
	double usual;           /* its least */
	unsigned latencies;
};

/* concurrency 0: finds its own. limited: the job has limits of its own. */
void adapt_init(struct adapt *adapt, unsigned concurrency, bool limited,
    int64_t now);

/* How many requests may be under way. */
unsigned adapt_concurrency(const struct adapt *adapt);

/* The earliest time, now or later, for the next request. */
int64_t adapt_earliest(const struct adapt *adapt, int64_t now);
void adapt_sent(struct adapt *adapt, int64_t now);

enum adapt_sign {
	ADAPT_GOOD,     /* answered, whatever it said of the item */
	ADAPT_OVERLOAD, /* timeout, connection refused or reset, 5xx */
	ADAPT_THROTTLE, /* 429, 503 with Retry-After */
};

/* An answer, after latency nanoseconds, with so many still under way. */
void adapt_answered(struct adapt *adapt, enum adapt_sign sign, int64_t latency,
    unsigned under_way, int64_t now);

#endif
