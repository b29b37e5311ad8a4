/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/rate.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/duration.h"
#include "base/zone.h"

/* So far ahead units are granted, and so much is asked for at once. */
#define AHEAD DURATION_S
#define ASKED (DURATION_S / 10)

static int64_t
max_of(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
min_of(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Of RATE_PER. Rounded up: rather a nanosecond late than a unit too many. */
static int64_t
interval(const struct rate_spec *spec)
{
	return max_of(spec->per / spec->amount +
		(spec->per % spec->amount != 0),
	    1);
}

/* What fits into the bucket: nine tenths of the burst. */
static int64_t
bucket(const struct rate_spec *spec)
{
	return max_of(spec->burst - spec->burst / 10, 1);
}

/* How long the bucket takes to give so many units. Never longer than a
 * hundred years, so that sums do not overflow. */
static int64_t
time_of(const struct rate_spec *spec, int64_t units)
{
	int64_t each = interval(spec);

	return units < DURATION_MAX / each ? units * each : DURATION_MAX;
}

/* How much a request takes of the limit, which is never more than the limit
 * could give at once. */
static int64_t
cost_of(const struct rate_spec *spec, int64_t cost)
{
	if (!spec->units)
		cost = 1;
	switch (spec->kind) {
	case RATE_PER:
		return min_of(cost, bucket(spec));
	case RATE_DAY:
		return min_of(cost, max_of(spec->amount - spec->reserve, 1));
	case RATE_CONCURRENT:
		return 0;
	}
	return cost;
}

/* The next midnight in the zone. */
static int64_t
day_end(const struct zone *zone, int64_t now)
{
	struct civil day;
	int64_t end;

	zone_civil(zone, now / DURATION_S, &day);
	day.hour = day.minute = day.second = 0;
	civil_from_instant(civil_instant(&day, 0) + DURATION_D / DURATION_S, 0,
	    &day);
	end = zone_instant(zone, &day) * DURATION_S;
	/* Where the clock is set back over it midnight comes twice, and the
	 * first may be over. */
	while (end <= now)
		end += DURATION_H;
	return end;
}

/* A stretch is so much longer than its units take. Time goes by before the
 * first of them is sent; of a slow limit there is but one, which would be lost
 * each time. */
static int64_t
slack(const struct rate_spec *spec)
{
	int64_t each = interval(spec);

	return each < AHEAD ? 0 : min_of(each / 10, AHEAD);
}

/* The stretch of time that is granted begins where the last one ended. It
 * ends at the horizon at the latest, so no state lies behind that but by a
 * clock that was ahead. */
static bool
grant_per(const struct rate_spec *spec, struct rate_state *state,
    int64_t needed, int64_t wanted, int64_t now, struct rate *grant)
{
	int64_t horizon = now + AHEAD + time_of(spec, bucket(spec));
	int64_t start;
	int64_t units;

	state->tat = min_of(state->tat, horizon);
	start = max_of(state->tat, now);
	units = min_of(wanted, (horizon - start) / interval(spec));
	if (units < needed) {
		grant->refused_until = now + (start - horizon) +
		    time_of(spec, needed);
		return false;
	}
	state->tat = min_of(start + time_of(spec, units) + slack(spec),
	    horizon);
	*grant = (struct rate){ .tat = start, .until = state->tat };
	return true;
}

/* What a clock that was ahead has used was used, so it counts for today. */
static bool
grant_day(const struct rate_spec *spec, struct rate_state *state,
    int64_t needed, int64_t wanted, int64_t now, struct rate *grant)
{
	int64_t left;

	if (state->day <= now)
		state->used = 0;
	state->day = day_end(spec->zone, now);
	left = spec->amount - spec->reserve - state->used;
	if (left < needed) {
		grant->refused_until = state->day;
		return false;
	}
	*grant = (struct rate){
		.until = state->day,
		.left = min_of(wanted, left),
	};
	state->used += grant->left;
	return true;
}

bool
rate_grant(const struct rate_spec *spec, struct rate_state *state,
    int64_t needed, int64_t wanted, int64_t now, struct rate *grant)
{
	needed = cost_of(spec, needed);
	wanted = max_of(wanted, needed);
	grant->asked = false;
	switch (spec->kind) {
	case RATE_PER:
		return grant_per(spec, state, needed, wanted, now, grant);
	case RATE_DAY:
		return grant_day(spec, state, needed, wanted, now, grant);
	case RATE_CONCURRENT:
		*grant = (struct rate){ 0 };
		return true;
	}
	return false;
}

/* Makes the later stretch the first one; what is left of that is lost. */
static void
move_on(struct rate *rate)
{
	rate->tat = rate->next_tat;
	rate->until = rate->next_until;
	rate->next_tat = rate->next_until = 0;
}

/* Adds a stretch behind the last one. */
static void
add_stretch(struct rate *rate, const struct rate *grant)
{
	int64_t *end = rate->next_until > 0 ? &rate->next_until : &rate->until;

	if (*end == grant->tat) {
		*end = grant->until;
		return;
	}
	if (rate->next_until > 0)
		move_on(rate);
	if (rate->until == 0) {
		rate->tat = grant->tat;
		rate->until = grant->until;
	} else {
		rate->next_tat = grant->tat;
		rate->next_until = grant->until;
	}
}

void
rate_add(const struct rate_spec *spec, struct rate *rate,
    const struct rate *grant)
{
	int64_t left = grant->left;

	rate->refused_until = grant->refused_until;
	rate->asked = false;
	if (grant->until == 0)
		return; /* refused */
	if (spec->kind == RATE_PER) {
		add_stretch(rate, grant);
		return;
	}
	if (grant->until == rate->until)
		left += rate->left;
	rate->until = grant->until;
	rate->left = left;
}

/* Of RATE_PER: only the end of the bucket's time can be put back. */
static void
return_per(struct rate_state *state, const struct rate *rate, int64_t now)
{
	bool two = rate->next_until > 0;
	int64_t until = two ? rate->next_until : rate->until;

	if (state->tat == until && now < until)
		state->tat = max_of(two ? rate->next_tat : rate->tat, now);
}

void
rate_return(const struct rate_spec *spec, struct rate_state *state,
    const struct rate *rate, int64_t now)
{
	switch (spec->kind) {
	case RATE_PER:
		return_per(state, rate, now);
		break;
	case RATE_DAY:
		if (state->day == rate->until)
			state->used = max_of(state->used - rate->left, 0);
		break;
	case RATE_CONCURRENT:
		break;
	}
}

/* Of RATE_PER: whether units that take so long fit into a stretch. */
static bool
fits(int64_t tat, int64_t until, int64_t time, int64_t now)
{
	return max_of(tat, now) + time <= until;
}

bool
rate_needs_grant(const struct rate_spec *spec, const struct rate *rate,
    int64_t cost, int64_t now)
{
	int64_t time;

	cost = cost_of(spec, cost);
	switch (spec->kind) {
	case RATE_PER:
		time = time_of(spec, cost);
		return !fits(rate->tat, rate->until, time, now) &&
		    !fits(rate->next_tat, rate->next_until, time, now);
	case RATE_DAY:
		return now >= rate->until || cost > rate->left;
	case RATE_CONCURRENT:
		return false;
	}
	return true;
}

int64_t
rate_earliest(const struct rate_spec *spec, const struct rate *rate,
    int64_t cost, int64_t now)
{
	int64_t time;
	int64_t tat;

	if (spec->kind != RATE_PER)
		return now;
	time = time_of(spec, cost_of(spec, cost));
	tat = fits(rate->tat, rate->until, time, now) ? rate->tat :
							rate->next_tat;
	return max_of(now, tat + time - time_of(spec, bucket(spec)));
}

void
rate_take(const struct rate_spec *spec, struct rate *rate, int64_t cost,
    int64_t now)
{
	int64_t time;

	assert(!rate_needs_grant(spec, rate, cost, now));
	cost = cost_of(spec, cost);
	if (spec->kind != RATE_PER) {
		rate->left -= cost;
		return;
	}
	time = time_of(spec, cost);
	if (!fits(rate->tat, rate->until, time, now))
		move_on(rate);
	rate->tat = max_of(rate->tat, now) + time;
}

int64_t
rate_wanted(const struct rate_spec *spec, int64_t cost, int64_t ready)
{
	int64_t worth = 0;

	cost = max_of(cost_of(spec, cost), 1);
	switch (spec->kind) {
	case RATE_PER:
		worth = ASKED / interval(spec);
		break;
	case RATE_DAY:
		worth = spec->amount / 100;
		break;
	case RATE_CONCURRENT:
		return 0;
	}
	/* As many requests' worth; what is left over would be lost. */
	return cost * max_of(min_of(worth / cost, ready), 1);
}

const char *
rate_text(const struct rate_spec *spec, char *into)
{
	const char *what = spec->units ? "units" : "requests";
	char per[DURATION_TEXT];

	switch (spec->kind) {
	case RATE_PER:
		(void)snprintf(into, RATE_TEXT,
		    "%" PRId64 " %s per %s, burst %" PRId64, spec->amount, what,
		    duration_text(spec->per, per), spec->burst);
		break;
	case RATE_DAY:
		(void)snprintf(into, RATE_TEXT,
		    "%" PRId64 " %s per day, reserve %" PRId64, spec->amount,
		    what, spec->reserve);
		break;
	case RATE_CONCURRENT:
		(void)snprintf(into, RATE_TEXT, "%" PRId64 " at once",
		    spec->amount);
		break;
	}
	return into;
}

/* Of a stretch. */
static int64_t
whole_units(const struct rate_spec *spec, int64_t tat, int64_t until,
    int64_t now)
{
	return max_of(until - max_of(tat, now), 0) / interval(spec);
}

/* How many units of what was granted may still be spent. */
static int64_t
units_left(const struct rate_spec *spec, const struct rate *rate, int64_t now)
{
	switch (spec->kind) {
	case RATE_PER:
		return whole_units(spec, rate->tat, rate->until, now) +
		    whole_units(spec, rate->next_tat, rate->next_until, now);
	case RATE_DAY:
		return now < rate->until ? rate->left : 0;
	case RATE_CONCURRENT:
		break;
	}
	return 0;
}

/* A stretch of time goes by whether it is used or not, so another one is of
 * use only to who spends it. */
static bool
is_spent(const struct rate_spec *spec, const struct rate *rate, int64_t now)
{
	return now < max_of(rate->until, rate->next_until) &&
	    (spec->kind != RATE_PER || now - rate->tat < ASKED);
}

bool
rate_is_low(const struct rate_spec *spec, const struct rate *rate, int64_t cost,
    int64_t wanted, int64_t now)
{
	int64_t left = units_left(spec, rate, now);

	cost = max_of(cost_of(spec, cost), 1);
	return is_spent(spec, rate, now) &&
	    left - left % cost < (wanted + 1) / 2;
}

int64_t
rate_day_end(const struct rate_spec *spec, int64_t now)
{
	return day_end(spec->zone, now);
}
