/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/rate.h"

#include "base/duration.h"
#include "base/random.h"
#include "base/zone.h"

#include "tap.h"

static const int64_t START = 1700000000 * DURATION_S;

/*
 * Runs that share a limit, in simulated time. Each asks for grants, which take
 * a while to come, sends requests of random costs after random pauses, and is
 * killed now and then, or ends and gives back what it has left.
 */
enum { RUNS = 4, COST = 7 };

struct run {
	struct rate rate;
	struct rate grant; /* on its way */
	int64_t delivered; /* the grant */
	int64_t due;       /* the next request */
	int64_t cost;
};

struct sim {
	struct random random;
	const struct rate_spec *spec;
	struct rate_state state;
	struct run runs[RUNS];
	size_t count;
	int64_t now;      /* without the jumps of the clock */
	int64_t clock;    /* is so much ahead */
	int64_t latency;  /* of a grant, at most */
	int64_t pause;    /* between requests, at most */
	int64_t max_cost; /* of a request */
	int kill;         /* one in so many steps; 0: never */
	bool ahead;       /* grants are asked for before they are needed */
	int64_t sent;     /* units */
	/* What is in the bucket of a judge who knows only times and costs, in
	 * nanoseconds times amount. */
	__int128 level;
	int64_t level_at;
	bool exceeded;
	int64_t day; /* of the judge of RATE_DAY */
	int64_t day_sent;
};

static struct rate_spec
per_second(int64_t amount, int64_t burst)
{
	return (struct rate_spec){
		.kind = RATE_PER,
		.units = true,
		.amount = amount,
		.per = DURATION_S,
		.burst = burst,
	};
}

static int64_t
below(struct sim *sim, int64_t n)
{
	return (int64_t)random_below(&sim->random, (uint64_t)n);
}

/* In every window at most burst + w * amount / per: with each unit the level
 * rises by per, with time it falls by amount, and it is never above burst. */
static void
judge_window(struct sim *sim, int64_t units)
{
	const struct rate_spec *spec = sim->spec;
	__int128 fallen = (__int128)(sim->now - sim->level_at) * spec->amount;

	sim->level -= sim->level < fallen ? sim->level : fallen;
	sim->level += (__int128)units * spec->per;
	sim->level_at = sim->now;
	if (sim->level > (__int128)spec->burst * spec->per)
		sim->exceeded = true;
}

/* At most amount - reserve on each day of the zone. */
static void
judge_day(struct sim *sim, int64_t units)
{
	struct civil civil;
	int64_t day;

	zone_civil(sim->spec->zone, sim->now / DURATION_S, &civil);
	day = civil.year * 400 + civil.month * 31 + civil.day;
	if (day != sim->day)
		sim->day_sent = 0;
	sim->day = day;
	sim->day_sent += units;
	if (sim->day_sent > sim->spec->amount - sim->spec->reserve)
		sim->exceeded = true;
}

static void
sent(struct sim *sim, struct run *run, int64_t now)
{
	rate_take(sim->spec, &run->rate, run->cost, now);
	sim->sent += run->cost;
	if (sim->spec->kind == RATE_PER)
		judge_window(sim, run->cost);
	else
		judge_day(sim, run->cost);
	run->cost = 1 + below(sim, sim->max_cost);
	run->due = now;
	/* Now close together, now far apart. */
	if (sim->pause > 0 && below(sim, 3) == 0)
		run->due += below(sim, 1 + below(sim, sim->pause));
}

static int64_t
ask(struct sim *sim, struct run *run, int64_t now)
{
	int64_t wanted = rate_wanted(sim->spec, run->cost, 1000);

	if (now < run->rate.refused_until)
		return run->rate.refused_until;
	run->grant = (struct rate){ 0 };
	(void)rate_grant(sim->spec, &sim->state, run->cost, wanted, now,
	    &run->grant);
	run->delivered = now;
	if (sim->latency > 0)
		run->delivered += below(sim, sim->latency);
	run->rate.asked = true;
	return run->delivered;
}

/* Does what can be done now; returns when to come back. */
static int64_t
step(struct sim *sim, struct run *run, int64_t now)
{
	int64_t at;

	if (run->rate.asked && now < run->delivered)
		return run->delivered;
	if (run->rate.asked)
		rate_add(sim->spec, &run->rate, &run->grant);
	if (now < run->due)
		return run->due;
	if (rate_needs_grant(sim->spec, &run->rate, run->cost, now))
		return ask(sim, run, now);
	at = rate_earliest(sim->spec, &run->rate, run->cost, now);
	if (at == now)
		sent(sim, run, now);
	if (sim->ahead &&
	    rate_is_low(sim->spec, &run->rate, run->cost,
		rate_wanted(sim->spec, run->cost, 1000), now))
		(void)ask(sim, run, now);
	return at;
}

static void
end_run(struct sim *sim, struct run *run, bool killed)
{
	if (!killed)
		rate_return(sim->spec, &sim->state, &run->rate,
		    sim->now + sim->clock);
	run->rate = (struct rate){ 0 };
}

static void
run_for(struct sim *sim, int64_t time)
{
	int64_t end = sim->now + time;

	while (sim->now < end) {
		int64_t next = end + sim->clock;

		for (size_t i = 0; i < sim->count; i++) {
			struct run *run = &sim->runs[i];
			int64_t at = step(sim, run, sim->now + sim->clock);

			if (at < next)
				next = at;
			if (sim->kill > 0 && below(sim, sim->kill) == 0)
				end_run(sim, run, below(sim, 2) == 0);
		}
		sim->now = next - sim->clock;
	}
}

static struct sim
begin(const struct rate_spec *spec, size_t count, uint64_t seed)
{
	struct sim sim = {
		.spec = spec,
		.count = count,
		.now = START,
		.max_cost = 1,
		.level_at = START,
	};

	random_seed(&sim.random, seed);
	for (size_t i = 0; i < count; i++)
		sim.runs[i].cost = 1;
	return sim;
}

static const int64_t bursts[] = { 1, 2, 10, 25, 1000 };
static const size_t burst_count = sizeof(bursts) / sizeof(bursts[0]);

static void
is_kept(void)
{
	static const int64_t amounts[] = { 1, 3, 7, 200 };

	for (uint64_t i = 0; i < 4 * burst_count; i++) {
		struct rate_spec spec = per_second(amounts[i % 4],
		    bursts[i / 4]);
		struct sim sim = begin(&spec, 1 + i % RUNS, i);

		sim.max_cost = 1 + spec.burst * 9 / 10 % COST;
		sim.pause = 10 * DURATION_S;
		sim.latency = 30 * DURATION_MS;
		sim.kill = 100;
		run_for(&sim, 3 * DURATION_H);
		CHECK(sim.sent > 3000);
		CHECK(!sim.exceeded);
	}
}

/* The judge does not know of the tenth that is left out. */
static void
is_used(void)
{
	for (uint64_t i = 0; i < 2 * burst_count; i++) {
		struct rate_spec spec = per_second(200, bursts[i / 2]);
		struct sim sim = begin(&spec, i % 2 == 0 ? 1 : RUNS, i);

		if (spec.burst >= 25)
			sim.latency = 50 * DURATION_MS;
		run_for(&sim, 100 * DURATION_S);
		CHECK(sim.sent >= 19800);
		CHECK(!sim.exceeded);
	}
}

/* What is left when a grant comes is kept, though others were granted what
 * lies between. */
static void
is_used_by_all_who_ask_ahead(void)
{
	for (uint64_t i = 0; i < 8; i++) {
		struct rate_spec spec = per_second(200, 25);
		struct sim sim = begin(&spec, 1 + i % RUNS, i);

		sim.latency = 30 * DURATION_MS;
		sim.ahead = true;
		run_for(&sim, 100 * DURATION_S);
		CHECK(sim.sent >= 19800);
		CHECK(!sim.exceeded);
	}
}

/* Where others are granted in between, rests too small for the next request
 * are lost. */
static void
is_used_by_all_costs(void)
{
	for (uint64_t i = 0; i < 8; i++) {
		struct rate_spec spec = per_second(200, 25);
		struct sim sim = begin(&spec, i % 2 == 0 ? 1 : RUNS, i);

		sim.max_cost = COST;
		sim.latency = 10 * DURATION_MS;
		run_for(&sim, 100 * DURATION_S);
		CHECK(sim.sent >= INT64_C(200) * (i % 2 == 0 ? 99 : 85));
		CHECK(!sim.exceeded);
	}
}

static void
divides_unevenly(void)
{
	struct rate_spec spec = per_second(7, 5);
	struct sim sim = begin(&spec, 2, 1);

	spec.per = DURATION_M + 1;
	run_for(&sim, DURATION_D);
	CHECK(sim.sent >= 7 * 24 * 60 * 99 / 100);
	CHECK(!sim.exceeded);
}

static void
bursts_first(void)
{
	struct rate_spec spec = per_second(10, 25);
	struct rate_state state = { 0 };
	struct rate rate = { 0 };

	CHECK(rate_grant(&spec, &state, 1, 100, START, &rate));
	for (int i = 0; i < 23; i++) {
		CHECK(!rate_needs_grant(&spec, &rate, 1, START));
		CHECK_INT(rate_earliest(&spec, &rate, 1, START), START);
		rate_take(&spec, &rate, 1, START);
	}
	CHECK_INT(rate_earliest(&spec, &rate, 1, START),
	    START + DURATION_S / 10);
	CHECK_INT(rate_earliest(&spec, &rate, 5, START),
	    START + DURATION_S / 2);
}

/* 23 units and a second's worth, then it is a second ahead. */
static void
grants_a_second_ahead(void)
{
	struct rate_spec spec = per_second(10, 25);
	struct rate_state state = { 0 };
	struct rate rate = { 0 };
	int64_t ahead;

	CHECK(rate_grant(&spec, &state, 1, 100, START, &rate));
	CHECK_INT(rate.until - rate.tat, 33 * DURATION_S / 10);
	ahead = state.tat;
	CHECK(!rate_grant(&spec, &state, 3, 100, START, &rate));
	CHECK_INT(rate.refused_until, START + 3 * DURATION_S / 10);
	CHECK_INT(state.tat, ahead);
	CHECK(!rate_grant(&spec, &state, 3, 3, rate.refused_until - 1, &rate));
	CHECK(rate_grant(&spec, &state, 3, 3, rate.refused_until, &rate));
}

static void
idles(void)
{
	struct rate_spec spec = per_second(10, 1);
	struct rate_state state = { 0 };
	struct rate rate = { 0 };
	int64_t now = START;

	CHECK(rate_grant(&spec, &state, 1, 10, now, &rate));
	now += DURATION_S / 2;
	for (int i = 0; i < 5; i++) {
		CHECK_INT(rate_earliest(&spec, &rate, 1, now), now);
		rate_take(&spec, &rate, 1, now);
		now += DURATION_S / 10;
	}
	CHECK(rate_needs_grant(&spec, &rate, 1, now));
}

static void
costs_too_much(void)
{
	struct rate_spec spec = per_second(10, 25);
	struct rate_state state = { 0 };
	struct rate rate = { 0 };

	CHECK(rate_grant(&spec, &state, 1000, 1000, START, &rate));
	CHECK(!rate_needs_grant(&spec, &rate, 1000, START));
	CHECK_INT(rate_earliest(&spec, &rate, 1000, START), START);
	rate_take(&spec, &rate, 1000, START);
	CHECK_INT(rate_earliest(&spec, &rate, 1, START),
	    START + DURATION_S / 10);
}

static void
counts_requests(void)
{
	struct rate_spec spec = per_second(10, 25);
	struct rate_state state = { 0 };
	struct rate rate = { 0 };

	spec.units = false;
	CHECK_INT(rate_wanted(&spec, 50, 1000), 1);
	CHECK(rate_grant(&spec, &state, 50, 1, START, &rate));
	CHECK_INT(state.tat, START + DURATION_S / 10);
	CHECK(!rate_needs_grant(&spec, &rate, 50, START));
	rate_take(&spec, &rate, 50, START);
	CHECK(rate_needs_grant(&spec, &rate, 50, START));
}

static void
returns_what_is_last(void)
{
	struct rate_spec spec = per_second(10, 25);
	struct rate_state state = { 0 };
	struct rate one = { 0 };
	struct rate other = { 0 };

	CHECK(rate_grant(&spec, &state, 1, 5, START, &one));
	rate_take(&spec, &one, 2, START);
	CHECK(rate_grant(&spec, &state, 1, 5, START, &other));
	rate_return(&spec, &state, &one, START);
	CHECK_INT(state.tat, START + DURATION_S);
	rate_return(&spec, &state, &other, START);
	CHECK_INT(state.tat, START + DURATION_S / 2);
	rate_return(&spec, &state, &one, START);
	CHECK_INT(state.tat, START + DURATION_S / 5);

	CHECK(rate_grant(&spec, &state, 1, 5, START + DURATION_S, &other));
	rate_add(&spec, &one, &other);
	rate_return(&spec, &state, &one, START);
	CHECK_INT(state.tat, START + DURATION_S);
}

static void
adds_what_follows(void)
{
	struct rate_spec spec = per_second(10, 25);
	struct rate_state state = { 0 };
	struct rate rate = { 0 };
	struct rate grant = { 0 };

	CHECK(rate_grant(&spec, &state, 1, 5, START, &rate));
	rate_take(&spec, &rate, 2, START);
	rate.asked = true;
	CHECK(rate_grant(&spec, &state, 5, 5, START, &grant));
	rate_take(&spec, &rate, 1, START);
	rate_add(&spec, &rate, &grant);
	CHECK(!rate.asked);
	CHECK(!rate_needs_grant(&spec, &rate, 7, START));
	CHECK(rate_needs_grant(&spec, &rate, 8, START));

	grant = (struct rate){ .refused_until = 9 };
	rate_add(&spec, &rate, &grant);
	CHECK_INT(rate.refused_until, 9);
	CHECK(!rate_needs_grant(&spec, &rate, 7, START));
}

/* Two stretches are kept, and spent one after the other. */
static void
keeps_what_is_left(void)
{
	struct rate_spec spec = per_second(10, 25);
	struct rate rate = { 0 };

	for (size_t i = 0; i < 4; i++) {
		int64_t start = START + (int64_t)i * DURATION_S;
		struct rate grant = {
			.tat = start,
			.until = start + DURATION_S / 2,
		};

		rate_add(&spec, &rate, &grant);
	}
	CHECK_INT(rate.tat, START + 2 * DURATION_S);
	for (int i = 0; i < 10; i++) {
		CHECK(!rate_needs_grant(&spec, &rate, 1, START));
		rate_take(&spec, &rate, 1, START);
	}
	CHECK(rate_needs_grant(&spec, &rate, 1, START));
}

/* What was sent while the clock was ahead still counts. */
static void
clock_back(void)
{
	static const int64_t jumps[] = { DURATION_S, 3 * DURATION_S, DURATION_H,
		DURATION_D, 3650 * DURATION_D };

	for (uint64_t i = 0; i < 5 * burst_count; i++) {
		struct rate_spec spec = per_second(3, bursts[i / 5]);
		struct sim sim = begin(&spec, 2, i);
		int64_t sent_before;

		sim.clock = jumps[i % 5];
		run_for(&sim, DURATION_M);
		for (size_t run = 0; run < 2; run++) {
			end_run(&sim, &sim.runs[run], true);
			sim.runs[run].due = 0;
		}
		sim.clock = 0;
		sent_before = sim.sent;
		run_for(&sim, DURATION_M);
		CHECK(sim.sent > sent_before + 165);
		CHECK(!sim.exceeded);
	}
}

/* One an hour: not even this waits longer than the bucket takes. */
static void
clock_back_slow(void)
{
	struct rate_spec spec = per_second(1, 1);
	struct rate_state state = { .tat = START + 3650 * DURATION_D };
	struct rate rate = { 0 };

	spec.per = DURATION_H;
	CHECK(!rate_grant(&spec, &state, 1, 1, START, &rate));
	CHECK_INT(rate.refused_until, START + DURATION_H);
	CHECK(!rate_grant(&spec, &state, 1, 1, START + DURATION_M, &rate));
	CHECK_INT(rate.refused_until, START + DURATION_H);
	CHECK(rate_grant(&spec, &state, 1, 1, START + DURATION_H, &rate));
}

static void
a_slow_limit_is_usable_later(void)
{
	struct rate_spec spec = per_second(1, 1);
	struct rate_state state = { 0 };
	struct rate rate = { 0 };
	int64_t later = START + 900 * DURATION_MS;

	spec.per = DURATION_H;
	CHECK(rate_grant(&spec, &state, 1, 1, START, &rate));
	CHECK(!rate_needs_grant(&spec, &rate, 1, later));
	rate_take(&spec, &rate, 1, later);
	CHECK(rate_needs_grant(&spec, &rate, 1, later));
	CHECK(!rate_grant(&spec, &state, 1, 1, later, &rate));
}

static void
nothing_overflows(void)
{
	struct rate_spec spec = per_second(1, INT64_MAX);
	struct rate_state state = { 0 };
	struct rate rate = { 0 };

	spec.per = DURATION_MAX;
	CHECK(rate_grant(&spec, &state, 1, INT64_MAX, START, &rate));
	(void)rate_grant(&spec, &state, INT64_MAX, INT64_MAX, START, &rate);
	CHECK(rate_wanted(&spec, INT64_MAX, INT64_MAX) > 0);
	spec.amount = INT64_MAX;
	state = (struct rate_state){ 0 };
	CHECK(rate_grant(&spec, &state, 1, INT64_MAX, START, &rate));
}

static struct rate_spec
per_day(int64_t amount, int64_t reserve, const char *zone)
{
	struct err err;

	return (struct rate_spec){
		.kind = RATE_DAY,
		.units = true,
		.amount = amount,
		.reserve = reserve,
		.zone = zone_open(zone, &err),
	};
}

/* The instant of a civil time of 2026. */
static int64_t
at(const struct rate_spec *spec, uint8_t month, uint8_t day, uint8_t hour,
    uint8_t minute)
{
	struct civil civil = {
		.year = 2026,
		.month = month,
		.day = day,
		.hour = hour,
		.minute = minute,
	};

	return zone_instant(spec->zone, &civil) * DURATION_S;
}

/* A year of days of 23, 24 and 25 hours. */
static void
day_is_kept(void)
{
	struct rate_spec spec = per_day(500, 100, "America/Los_Angeles");
	struct sim sim = begin(&spec, RUNS, 1);

	sim.max_cost = COST;
	sim.latency = DURATION_S;
	sim.pause = 3 * DURATION_M;
	sim.kill = 1000;
	run_for(&sim, 365 * DURATION_D);
	CHECK(!sim.exceeded);
	CHECK(sim.sent > 131400);
	zone_free(spec.zone);
}

static void
day_is_used_up(void)
{
	struct rate_spec spec = per_day(500, 100, "America/Los_Angeles");
	struct sim sim = begin(&spec, 2, 1);

	run_for(&sim, 365 * DURATION_D);
	CHECK(!sim.exceeded);
	CHECK_INT(sim.sent / 400, 366);
	zone_free(spec.zone);
}

/* When the day ends in which now lies. */
static int64_t
end_of_day(const struct rate_spec *spec, int64_t now)
{
	struct rate_state state = { 0 };
	struct rate rate = { 0 };

	CHECK(rate_grant(spec, &state, 1, 1, now, &rate));
	CHECK_INT(state.day, rate.until);
	return rate.until;
}

static void
day_ends_at_midnight(void)
{
	struct rate_spec spec = per_day(500, 100, "America/Los_Angeles");
	int64_t spring = at(&spec, 3, 8, 0, 0);
	int64_t autumn = at(&spec, 11, 1, 0, 0);

	CHECK_INT(end_of_day(&spec, spring), spring + 23 * DURATION_H);
	CHECK_INT(end_of_day(&spec, spring - 1), spring);
	CHECK_INT(end_of_day(&spec, autumn), autumn + 25 * DURATION_H);
	CHECK_INT(end_of_day(&spec, at(&spec, 2, 28, 12, 0)),
	    at(&spec, 3, 1, 0, 0));
	CHECK_INT(end_of_day(&spec, at(&spec, 12, 31, 23, 59)),
	    at(&spec, 12, 31, 23, 59) + DURATION_M);
	zone_free(spec.zone);
}

/* St. John's set the clock back at 00:01 until 2011: 23:01 to 00:00 comes
 * again. Beirut sets it forward at midnight: the day begins at 01:00. */
static void
midnight_comes_twice_or_never(void)
{
	struct rate_spec spec = per_day(500, 100, "America/St_Johns");
	int64_t back = 1289097060 * DURATION_S; /* 2010-11-07 02:31 UTC */
	int64_t midnight;

	CHECK_INT(end_of_day(&spec, back - 2 * DURATION_M), back - DURATION_M);
	CHECK_INT(end_of_day(&spec, back), back + 59 * DURATION_M);
	zone_free(spec.zone);
	spec = per_day(500, 100, "Asia/Beirut");
	midnight = at(&spec, 3, 29, 0, 0);
	CHECK_INT(end_of_day(&spec, midnight - 1), midnight);
	CHECK_INT(end_of_day(&spec, midnight), midnight + 23 * DURATION_H);
	zone_free(spec.zone);
}

/* What was used in the wrong day is not given again in the right one. */
static void
day_and_clock_back(void)
{
	struct rate_spec spec = per_day(500, 100, "America/Los_Angeles");
	int64_t noon = at(&spec, 6, 15, 12, 0);
	int64_t midnight = at(&spec, 6, 16, 0, 0);
	struct rate_state state = { 0 };
	struct rate rate = { 0 };

	CHECK(
	    rate_grant(&spec, &state, 1, 300, noon + 3650 * DURATION_D, &rate));
	CHECK(rate_grant(&spec, &state, 1, 60, noon, &rate));
	CHECK_INT(rate.until, midnight);
	CHECK(!rate_grant(&spec, &state, 41, 41, noon, &rate));
	CHECK_INT(rate.refused_until, midnight);
	CHECK(rate_grant(&spec, &state, 1, 30, midnight, &rate));
	CHECK(rate_grant(&spec, &state, 1, 500, midnight - DURATION_H, &rate));
	CHECK_INT(rate.left, 370);
	zone_free(spec.zone);
}

static void
day_is_returned(void)
{
	struct rate_spec spec = per_day(500, 100, "UTC");
	int64_t noon = at(&spec, 6, 15, 12, 0);
	struct rate_state state = { 0 };
	struct rate rate = { 0 };
	struct rate grant = { 0 };

	CHECK(rate_grant(&spec, &state, 1, 300, noon, &rate));
	rate_take(&spec, &rate, 100, noon);
	CHECK(rate_grant(&spec, &state, 1, 50, noon, &grant));
	rate_add(&spec, &rate, &grant);
	CHECK_INT(rate.left, 250);
	rate_return(&spec, &state, &rate, noon);
	CHECK_INT(state.used, 100);
	CHECK(rate_needs_grant(&spec, &rate, 1, noon + 12 * DURATION_H));
	CHECK(rate_grant(&spec, &state, 1, 9, noon + DURATION_D, &grant));
	rate_return(&spec, &state, &rate, noon + DURATION_D);
	CHECK_INT(state.used, 9);
	zone_free(spec.zone);
}

static void
day_without_units(void)
{
	struct rate_spec spec = per_day(100, 100, "UTC");
	struct rate_state state = { 0 };
	struct rate rate = { 0 };

	CHECK(!rate_grant(&spec, &state, 1, 1, START, &rate));
	CHECK(rate.refused_until > START);
	CHECK(rate_needs_grant(&spec, &rate, 1, START));
	zone_free(spec.zone);
}

static void
wants(void)
{
	struct rate_spec spec = per_second(200, 25);
	struct rate_spec day = { .kind = RATE_DAY, .amount = 10000 };

	CHECK_INT(rate_wanted(&spec, 1, 1000), 20);
	CHECK_INT(rate_wanted(&spec, 1, 3), 3);
	CHECK_INT(rate_wanted(&spec, 1, 0), 1);
	CHECK_INT(rate_wanted(&spec, 7, 1000), 14);
	CHECK_INT(rate_wanted(&spec, 22, 1000), 22);
	CHECK_INT(rate_wanted(&day, 1, 1000), 100);
}

static void
concurrent_is_no_rate(void)
{
	struct rate_spec spec = { .kind = RATE_CONCURRENT, .amount = 3 };
	struct rate_state state = { 0 };
	struct rate rate = { 0 };

	CHECK(rate_grant(&spec, &state, 1, 1, START, &rate));
	CHECK(!rate_needs_grant(&spec, &rate, 1, START));
	CHECK_INT(rate_earliest(&spec, &rate, 1, START), START);
	rate_take(&spec, &rate, 1, START);
	CHECK_INT(rate_wanted(&spec, 1, 1), 0);
}

static void
has_text(void)
{
	struct rate_spec spec = per_second(200, 25);
	char text[RATE_TEXT];

	spec.units = false;
	CHECK_STR(rate_text(&spec, text), "200 requests per 1s, burst 25");
	spec.units = true;
	spec.per = 90 * DURATION_S;
	CHECK_STR(rate_text(&spec, text), "200 units per 1m 30s, burst 25");
	spec.kind = RATE_DAY;
	spec.reserve = 7;
	CHECK_STR(rate_text(&spec, text), "200 units per day, reserve 7");
	spec.kind = RATE_CONCURRENT;
	CHECK_STR(rate_text(&spec, text), "200 at once");
}

static const struct tap_test tests[] = {
	{ "no window has more than the limit, whoever is killed", is_kept },
	{ "the limit is used", is_used },
	{ "also by all who ask ahead", is_used_by_all_who_ask_ahead },
	{ "and by requests of many costs", is_used_by_all_costs },
	{ "and where an interval is no whole number", divides_unevenly },
	{ "nine tenths of the burst go at once", bursts_first },
	{ "grants reach a second ahead", grants_a_second_ahead },
	{ "units granted and not used go by", idles },
	{ "a request that costs too much waits for a full bucket",
	    costs_too_much },
	{ "a limit may count requests", counts_requests },
	{ "only what was granted last is given back", returns_what_is_last },
	{ "a grant is added to what is left", adds_what_follows },
	{ "also where others were granted what lies between",
	    keeps_what_is_left },
	{ "a clock set back does not exceed the limit", clock_back },
	{ "and the wait is no longer than the bucket takes", clock_back_slow },
	{ "what a slow limit grants is good a moment later",
	    a_slow_limit_is_usable_later },
	{ "nothing overflows", nothing_overflows },
	{ "no day of a year has more than its units", day_is_kept },
	{ "and each day's units are used", day_is_used_up },
	{ "a day ends at midnight in the zone", day_ends_at_midnight },
	{ "also where midnight comes twice, or never",
	    midnight_comes_twice_or_never },
	{ "a clock set back gives no day's units twice", day_and_clock_back },
	{ "a day's units are given back on that day", day_is_returned },
	{ "a day without units is waited for", day_without_units },
	{ "a tenth of a second is asked for", wants },
	{ "a limit of requests at once needs no grants",
	    concurrent_is_no_rate },
	{ "a limit says what it is", has_text },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
