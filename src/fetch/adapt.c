/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/adapt.h"

#include "base/duration.h"

/*
 * How the rate finds its level. What limits is mostly a bucket that fills with
 * R tokens a second and holds a burst of them; it says nothing until it is
 * empty. So a climb goes beyond R for as long as the burst lasts, and the
 * further, the steeper it is.
 *
 * Fast climb (found is 0): doubles in 100 ms, up to the first throttle, at
 * found. Slow climb (level is 0): from a quarter of found, doubles in 500 ms,
 * up to a throttle at r. For bursts of 10 to 250 ms' worth, found / r is r / R
 * within a twentieth (as one sees by integrating both climbs), so the level is
 * r * r / found.
 *
 * Then the rate follows CUBIC: nine tenths of the level after a throttle,
 * close to it for long, above it slowly and then faster, for which see
 * cubic(). A throttle is then a few per cent above the level, and comes about
 * every 25 s, which leaves 90 % of R even where each costs a second's pause.
 *
 * Only time in which the rate was used to the full lets it climb.
 */
#define RATE_FIRST 20.0
#define RATE_LEAST 0.1
#define RATE_MOST 1e6
#define FAST_DOUBLING (100 * DURATION_MS)
#define SLOW_DOUBLING (500 * DURATION_MS)
#define SLOW_START 0.25
#define LN2 0.6931
#define CUBIC_DROP 0.1
#define CUBIC_TIME (16 * DURATION_S)
#define OVERSHOOT 1.03

/* A request that goes out so much too late is made up for. */
#define SLACK (5 * DURATION_MS)

/* Throttles of requests that were sent so soon after a cut say nothing new. */
#define CUT_LASTS DURATION_S

/* After each throttle the rate stays as it is for so long. */
#define STAY (250 * DURATION_MS)

#define WINDOW_FIRST 8.0
#define WINDOW_MOST 64.0

/* After an overload the window grows no more often than this. */
#define WINDOW_PACE (250 * DURATION_MS)

void
adapt_init(struct adapt *adapt, unsigned concurrency, bool limited, int64_t now)
{
	*adapt = (struct adapt){
		.rate_is_fixed = limited,
		.concurrency_is_fixed = concurrency > 0,
		.rate = RATE_FIRST,
		.window = concurrency > 0 ? concurrency : WINDOW_FIRST,
		.tat = now,
		.sent_at = now,
		.cut_at = now - CUT_LASTS,
	};
}

unsigned
adapt_concurrency(const struct adapt *adapt)
{
	return (unsigned)adapt->window;
}

int64_t
adapt_earliest(const struct adapt *adapt, int64_t now)
{
	if (adapt->rate_is_fixed || adapt->tat < now)
		return now;
	return adapt->tat;
}

/* At low rates a single gap is long: by a fifth at most for each request. */
static double
doubling(double rate, int64_t used, int64_t time)
{
	double growth = LN2 * (double)used / (double)time;

	return rate * (1 + (growth < 0.2 ? growth : 0.2));
}

/* Of the level: 0.9 at first, 0.99 after 8 s, 1 after 16 s, 1.01 after 24 s,
 * 1.1 after 32 s, 2 after 50 s. */
static double
cubic(double level, int64_t used)
{
	double x = (double)used / CUBIC_TIME - 1;

	return level * (1 + CUBIC_DROP * x * x * x);
}

static void
climb(struct adapt *adapt, int64_t used)
{
	adapt->used += used;
	if (adapt->found == 0)
		adapt->rate = doubling(adapt->rate, used, FAST_DOUBLING);
	else if (adapt->level == 0)
		adapt->rate = doubling(adapt->rate, used, SLOW_DOUBLING);
	else
		adapt->rate = cubic(adapt->level, adapt->used);
	if (adapt->rate > RATE_MOST)
		adapt->rate = RATE_MOST;
}

static void
stay(struct adapt *adapt, int64_t until)
{
	if (until > adapt->climb_from)
		adapt->climb_from = until;
}

/*
 * A request that goes when it is due was held back by the rate, which was used
 * to the full, then. One that goes later tells of a rate that is not used, or
 * of a timer that is not exact: at first the next ones are due so much
 * earlier, so that only the lateness of many adds up to more than SLACK.
 * Nothing is saved up by idling.
 */
void
adapt_sent(struct adapt *adapt, int64_t now)
{
	int64_t late = now - adapt->tat;
	int64_t gap = now - adapt->sent_at;

	if (adapt->rate_is_fixed)
		return;
	if (late <= SLACK / 2 && now > adapt->climb_from)
		climb(adapt, gap);
	if (late > SLACK && gap > SLACK) {
		adapt->tat = now;
		stay(adapt, now + 2 * SLACK);
	} else if (late > SLACK) {
		adapt->tat = now - SLACK;
	}
	adapt->tat += (int64_t)(DURATION_S / adapt->rate);
	adapt->sent_at = now;
}

/* The level, seen at a throttle. It is no less than what the host took since
 * the last one, when the bucket was as empty as now. */
static double
level_now(const struct adapt *adapt, int64_t now)
{
	double level = adapt->rate / OVERSHOOT;
	double guess = adapt->rate * adapt->rate / adapt->found;
	double taken = (double)adapt->taken * DURATION_S /
	    (double)(now - adapt->cut_at);

	if (adapt->level == 0 && guess < level)
		level = guess;
	return level > taken ? level : taken;
}

static void
cut_rate(struct adapt *adapt, int64_t now)
{
	if (adapt->found == 0) {
		adapt->found = adapt->rate;
		adapt->rate *= SLOW_START;
	} else {
		adapt->level = level_now(adapt, now);
		adapt->rate = cubic(adapt->level, 0);
	}
	if (adapt->rate < RATE_LEAST)
		adapt->rate = RATE_LEAST;
	adapt->used = 0;
	adapt->taken = 0;
	adapt->cut_at = now;
	adapt->tat = now + (int64_t)(DURATION_S / adapt->rate);
}

static void
cut_window(struct adapt *adapt, int64_t now)
{
	adapt->window -= adapt->window > 10 ? adapt->window / 10 : 1;
	if (adapt->window < 1)
		adapt->window = 1;
	adapt->window_good = 0;
	adapt->window_changed = now;
}

/* A moving average, and the least that it was, which rises slowly: what is
 * usual may change. */
static void
see_latency(struct adapt *adapt, int64_t latency)
{
	double weight = 16;

	if (adapt->latencies < 16)
		weight = ++adapt->latencies;
	adapt->latency += ((double)latency - adapt->latency) / weight;
	adapt->usual += adapt->usual / 16384;
	if (adapt->latencies < 16 || adapt->latency < adapt->usual)
		adapt->usual = adapt->latency;
}

/* A window of good answers, it was used, more would not only wait longer, and
 * the last overload did not tell how far it may go. */
static bool
window_may_grow(const struct adapt *adapt, unsigned under_way, int64_t now)
{
	return adapt->window_good >= adapt->window &&
	    under_way * 2 >= adapt->window &&
	    adapt->window + 1 <= WINDOW_MOST &&
	    adapt->latency < 2.5 * adapt->usual + DURATION_MS &&
	    (adapt->window_changed == 0 ||
		now - adapt->window_changed >= WINDOW_PACE);
}

static void
grow_window(struct adapt *adapt, int64_t latency, unsigned under_way,
    int64_t now)
{
	see_latency(adapt, latency);
	adapt->window_good++;
	if (!window_may_grow(adapt, under_way + 1, now))
		return;
	adapt->window++;
	adapt->window_good = 0;
	if (adapt->window_changed != 0)
		adapt->window_changed = now;
}

/* Whether a throttle says something new. A host that has taken nothing since
 * the last one is out of order, which says nothing about its level. */
static bool
is_news(const struct adapt *adapt, int64_t sent)
{
	return adapt->taken > 0 && sent >= adapt->cut_at + CUT_LASTS;
}

void
adapt_answered(struct adapt *adapt, enum adapt_sign sign, int64_t latency,
    unsigned under_way, int64_t now)
{
	int64_t sent = now - latency;
	bool too_many = false;

	switch (sign) {
	case ADAPT_GOOD:
		adapt->taken++;
		if (!adapt->concurrency_is_fixed)
			grow_window(adapt, latency, under_way, now);
		break;
	case ADAPT_OVERLOAD: /* not of a window that was hardly used */
		too_many = sent >= adapt->window_changed &&
		    (under_way + 1) * 2 >= adapt->window;
		break;
	case ADAPT_THROTTLE:
		stay(adapt, now + STAY);
		too_many = is_news(adapt, sent);
		if (too_many)
			cut_rate(adapt, now);
		break;
	}
	if (too_many && !adapt->concurrency_is_fixed)
		cut_window(adapt, now);
}
