/* SPDX-License-Identifier: MIT */
#ifndef FETCH_RATE_H
#define FETCH_RATE_H

/*
 * One limit of a job: so many requests or units per time. Pure: the state is a
 * value that the store persists, and time is a parameter.
 *
 * Per duration: GCRA, the generic cell rate algorithm (ITU-T I.371, annex A;
 * as a limiter: Brandur Leach, "Rate Limiting, Cells, and GCRA"). interval is
 * per / amount; tat is the theoretical arrival time, when the bucket would be
 * empty again. A request of cost c at time t conforms when
 *
 *	t >= tat + c * interval - burst * interval	(or tat <= t)
 *
 * and then tat becomes max(tat, t) + c * interval. So in any window of length
 * w at most burst + w / interval units are sent. Idle time is not saved up
 * beyond the burst. A server counts when requests arrive, not when they leave:
 * what the way adds to some and not to others brings them closer together. So
 * the burst that is used is nine tenths of the one given, rounded up; the rest
 * is room for that.
 *
 * Per calendar day: amount - reserve units between midnight and midnight in a
 * zone.
 *
 * The state is persisted ahead of sending, so that a killed run does not spend
 * a new burst: rate_grant() moves the persisted state on by some units, and
 * the run may then spend them (struct rate, the run's own side) until they are
 * used up. Several runs that share a limit get disjoint grants, and since each
 * unit is sent within its own stretch of the bucket's time, all of them
 * together keep the limit exactly. What a killed run had been granted and not
 * sent is lost, never sent twice. The state is also safe from a clock that is
 * set back: what was used while it was ahead counts as just used, so the limit
 * holds and the wait is no longer than that of a bucket just emptied, or until
 * the next midnight.
 *
 * Of a limit of one unit a second or slower a grant lasts a moment longer than
 * its units take, since it is used only when the store has answered.
 *
 * cost is always that of the request in units; a limit that counts requests
 * takes it for 1.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct zone;

enum rate_kind {
	RATE_PER,        /* amount per duration, GCRA */
	RATE_DAY,        /* amount per calendar day in a zone */
	RATE_CONCURRENT, /* amount at once: no grants, counted by the gate */
};

struct rate_spec {
	enum rate_kind kind;
	bool units;        /* counts the cost of requests, else requests */
	int64_t amount;    /* at least 1 */
	int64_t per;       /* RATE_PER: nanoseconds */
	int64_t burst;     /* RATE_PER: at least 1; 1 where not given */
	int64_t reserve;   /* RATE_DAY: left for others */
	struct zone *zone; /* RATE_DAY */
	const char *zone_name;
};

/* What the store keeps of a limit; { 0 } is one that was never used. */
struct rate_state {
	int64_t tat;  /* RATE_PER */
	int64_t day;  /* RATE_DAY: the instant at which the counted day ends */
	int64_t used; /* of that day */
};

/* Units that a run may spend: its own, or a grant. Start with { 0 }: none. */
struct rate {
	int64_t tat;   /* RATE_PER: of what this run has sent */
	int64_t until; /* tat may go so far; RATE_DAY: the day's end */
	int64_t left;  /* RATE_DAY: units */
	/* RATE_PER: a later stretch, to be spent when the first one is; others
	 * were granted what lies between. 0: none. */
	int64_t next_tat, next_until;
	/* No grant before this time: the last one was refused until then. */
	int64_t refused_until;
	bool asked; /* a grant is on its way */
};

/*
 * Store's side: takes up to wanted units (at least needed) out of the state.
 * needed is the cost of the next request; a cost above what the limit could
 * ever give is given as if it were the burst, or the day's amount. Fills
 * grant and returns true; or, when not even needed are there now, sets only
 * grant->refused_until and returns false. Keep the state in both cases: one
 * from a clock that was ahead has been brought back to now.
 *
 * RATE_PER grants that start in the future are given too (GCRA says when they
 * may be sent), up to one second ahead.
 */
bool rate_grant(const struct rate_spec *spec, struct rate_state *state,
    int64_t needed, int64_t wanted, int64_t now, struct rate *grant);

/* Run's side: adds what rate_grant() filled to what is left; a refusal too. Of
 * RATE_PER it keeps two stretches: a third one takes the place of the first. */
void rate_add(const struct rate_spec *spec, struct rate *rate,
    const struct rate *grant);

/* Gives back what was granted and not spent, at the end of a run: of RATE_PER
 * only when nobody was granted anything behind it. */
void rate_return(const struct rate_spec *spec, struct rate_state *state,
    const struct rate *rate, int64_t now);

/*
 * Run's side. Whether a grant is needed before a request of this cost can go
 * at now; and if none is: the earliest time, now or later, at which it may.
 */
bool rate_needs_grant(const struct rate_spec *spec, const struct rate *rate,
    int64_t cost, int64_t now);
int64_t rate_earliest(const struct rate_spec *spec, const struct rate *rate,
    int64_t cost, int64_t now);

/* Spends; only when rate_earliest() said now, at the same now. */
void rate_take(const struct rate_spec *spec, struct rate *rate, int64_t cost,
    int64_t now);

/* How many units to ask for: about a tenth of a second's worth of RATE_PER, 1 %
 * of the day's, at least cost, at most what ready requests can use. */
int64_t rate_wanted(const struct rate_spec *spec, int64_t cost, int64_t ready);

/* Whether so many should be asked for ahead, before they are needed: less than
 * half of it is left for requests of this cost, and it is being spent. */
bool rate_is_low(const struct rate_spec *spec, const struct rate *rate,
    int64_t cost, int64_t wanted, int64_t now);

/* RATE_DAY: when the day ends that now lies in. */
int64_t rate_day_end(const struct rate_spec *spec, int64_t now);

/* "200 requests per 1s, burst 25", for --dry-run and status; into holds
 * RATE_TEXT bytes; returns it. */
enum { RATE_TEXT = 96 };
const char *rate_text(const struct rate_spec *spec, char *into);

#endif
