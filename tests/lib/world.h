/* SPDX-License-Identifier: MIT */
#ifndef WORLD_H
#define WORLD_H

/*
 * A small world for the plan and the gate to live in: a store that keeps items
 * and limits, a server that behaves as a script says, a loop like that of
 * fetch/run.c, and a clock that goes from one event to the next. Runs start as
 * cron starts them, and may be killed at any instant: then the plan and the
 * gate are forgotten, what the store keeps is not.
 *
 * All along it checks what must hold (world_need() says where):
 *
 *	world_live(&world, &rules, seed);	all runs, one after the other
 *	world_check_ends(&world);		how each item must end
 *	world_end(&world);
 */

#include "base/alloc.h"
#include "base/duration.h"
#include "base/random.h"
#include "base/zone.h"
#include "fetch/plan.h"
#include "tap.h"

enum { WORLD_LIMITS = 3, WORLD_FLIGHTS = 64, WORLD_CLAIM = 50 };

/* A stretch of time, from the first run's begin; to 0: never. */
struct world_time {
	int64_t from, to;
};

struct world_rules {
	const char *name;
	struct rate_spec limits[WORLD_LIMITS];
	size_t limit_count;
	unsigned concurrency;
	size_t items;
	size_t batch; /* items of one request; 0 is 1 */
	int64_t cost;
	int64_t begin;    /* of the first run */
	int64_t every;    /* a run starts so often */
	int64_t max_time; /* of a run; 0: no end */
	unsigned runs;
	unsigned killed; /* percent of all runs but the last */

	/* The server. Percent of items: */
	unsigned gone, bad, poison;
	/* and of requests: */
	unsigned fails, hangs, garbles;
	struct world_time outage;   /* nothing answers */
	struct world_time throttle; /* each request is answered by 429 */
	int64_t retry_after;        /* with this; 0: without */
	int64_t rate;               /* requests/s, else 429; 0: any */
	int64_t quota;              /* units a day of the zone; 0: any */
	bool quota_is_known;        /* a limit of the job keeps it */
	const struct zone *zone;
};

enum world_fate { FATE_GOOD, FATE_GONE, FATE_BAD, FATE_POISON };

struct world_item {
	struct store_item item; /* first: the plan's pointers are to it */
	enum item_state state;
	int64_t due;
	enum world_fate fate;
	unsigned good;   /* answers */
	unsigned failed; /* requests since it was taken up */
};

struct world_flight {
	struct task *task;
	int64_t at; /* its answer comes */
	struct outcome_result result;
	enum outcome_trouble trouble;
	int status;
};

struct world_send {
	int64_t at;
	int64_t cost;
};

struct world {
	const struct world_rules *rules;
	uint64_t seed;
	bool failed;
	struct random random; /* the server's and the killer's */
	struct random chance; /* the plan's */
	int64_t now;

	/* The store. */
	struct world_item *items;
	struct rate_state states[WORLD_LIMITS];
	int64_t paused_until;

	/* The server. */
	int64_t not_before; /* it was told to wait until then */
	int64_t bucket;     /* when its own bucket is empty */
	struct civil quota_day;
	int64_t quota_used;
	struct world_send *sends;
	size_t send_count, send_room;

	/* A run. */
	struct gate *gate;
	struct gate_host *host;
	struct plan *plan;
	struct world_flight flights[WORLD_FLIGHTS];
	size_t flight_count;
	struct rate grants[WORLD_LIMITS];
	int64_t grant_at[WORLD_LIMITS]; /* 0: none is on its way */
	int64_t ends, stop_at, next_due;
	bool stopping, exhausted;
	size_t idle, busy; /* rounds of the loop */
	unsigned most;     /* under way at once */
};

static const struct retry_policy world_policy = {
	.max_attempts = 8,
	.backoff = DURATION_S,
	.factor = 2,
	.max_backoff = 5 * DURATION_M,
	.jitter = JITTER_FULL,
	.max_retry_after = DURATION_D,
	.max_wait = 15 * DURATION_M,
};

/* What must hold; says in which world it did not, once. */
static inline void
world_need(struct world *world, bool held, const char *what)
{
	if (held || world->failed)
		return;
	world->failed = true;
	tap_check(false, what, world->rules->name, (int)world->seed);
}

static inline bool
world_chance(struct world *world, unsigned percent)
{
	return random_below(&world->random, 100) < percent;
}

/* Whether now is within it. */
static inline bool
world_is_in(const struct world *world, const struct world_time *time)
{
	int64_t passed = world->now - world->rules->begin;

	return passed >= time->from && passed < time->to;
}

/* --- The store. */

static inline struct world_item *
world_item_of(struct store_item *item)
{
	return (struct world_item *)(void *)item;
}

static inline void
world_make_items(struct world *world)
{
	const struct world_rules *rules = world->rules;

	world->items = xcalloc(rules->items, sizeof(*world->items));
	for (size_t i = 0; i < rules->items; i++) {
		struct world_item *item = &world->items[i];
		uint64_t luck = random_below(&world->random, 100);

		item->item.row = (int64_t)i;
		item->due = rules->begin;
		if (luck < rules->gone)
			item->fate = FATE_GONE;
		else if (luck < rules->gone + rules->bad)
			item->fate = FATE_BAD;
		else if (luck < rules->gone + rules->bad + rules->poison)
			item->fate = FATE_POISON;
	}
}

/* What a run finds: none is running, those that failed are taken up. */
static inline void
world_take_up(struct world *world)
{
	for (size_t i = 0; i < world->rules->items; i++) {
		struct world_item *item = &world->items[i];

		if (item->state == ITEM_RUNNING)
			item->state = ITEM_WAITING;
		if (item->state == ITEM_FAILED) {
			item->state = ITEM_WAITING;
			item->due = world->now;
			item->item.attempts = 0;
			item->item.suspect = true;
			item->failed = 0;
		}
	}
}

static inline bool
world_is_queued(const struct world_item *item)
{
	return item->state == ITEM_WAITING || item->state == ITEM_RETRY ||
	    item->state == ITEM_DEFERRED;
}

/* Marks what is due and not more than fits as running; those of a request
 * together. */
static inline void
world_claim(struct world *world)
{
	struct store_item *batch[WORLD_CLAIM];
	size_t count = 0;
	size_t claimed = 0;

	world->next_due = INT64_MAX;
	for (size_t i = 0; i < world->rules->items; i++) {
		struct world_item *item = &world->items[i];

		if (!world_is_queued(item))
			continue;
		if (item->due > world->now && item->due < world->next_due)
			world->next_due = item->due;
		if (item->due > world->now || claimed == WORLD_CLAIM)
			continue;
		claimed++;
		item->state = ITEM_RUNNING;
		batch[count++] = &item->item;
		if (count < world->rules->batch && claimed < WORLD_CLAIM)
			continue;
		plan_add(world->plan,
		    task_new(TASK_ITEMS, world->host, world->rules->cost, batch,
			count));
		count = 0;
	}
	if (count > 0)
		plan_add(world->plan,
		    task_new(TASK_ITEMS, world->host, world->rules->cost, batch,
			count));
	world->exhausted = claimed < WORLD_CLAIM;
}

static inline void
world_settle_item(struct world *world, struct world_item *item,
    enum item_state state, int64_t due)
{
	world_need(world, item->state == ITEM_RUNNING, "settled once");
	item->state = state;
	if (state == ITEM_RETRY || state == ITEM_FAILED)
		item->item.attempts++;
	item->due = due;
	if ((state == ITEM_RETRY || state == ITEM_DEFERRED) &&
	    due < world->next_due)
		world->next_due = due;
}

static inline void
world_settle(struct world *world, struct task *task, enum item_state state,
    int64_t due)
{
	for (size_t i = 0; i < task->count; i++)
		world_settle_item(world, world_item_of(task->items[i]), state,
		    due);
	task_free(task);
}

/* Units are given at once, and known to the run a little later. */
static inline void
world_ask_for_grant(struct world *world, size_t limit, int64_t cost)
{
	const struct rate_spec *spec = &world->rules->limits[limit];
	int64_t ready = (int64_t)plan_items(world->plan) + 1;
	struct rate grant = { 0 };

	(void)rate_grant(spec, &world->states[limit], cost,
	    gate_wanted(world->gate, limit, cost, ready), world->now, &grant);
	gate_asked(world->gate, limit);
	world_need(world, world->grant_at[limit] == 0, "asked once");
	world->grants[limit] = grant;
	world->grant_at[limit] = world->now +
	    (int64_t)random_below(&world->random, 20 * DURATION_MS) + 1;
}

static inline bool
world_take_grants(struct world *world)
{
	bool any = false;

	for (size_t i = 0; i < world->rules->limit_count; i++) {
		if (world->grant_at[i] == 0 || world->grant_at[i] > world->now)
			continue;
		gate_granted(world->gate, i, &world->grants[i], world->now);
		world->grant_at[i] = 0;
		any = true;
	}
	return any;
}

/* --- The server. */

static inline void
world_answer(struct world_flight *flight, enum outcome outcome, int status)
{
	flight->result.outcome = outcome;
	flight->status = status;
}

static inline void
world_trouble(struct world_flight *flight, enum outcome_trouble trouble)
{
	flight->result.outcome = OUTCOME_RETRY;
	flight->trouble = trouble;
}

/* Whether its own limit is passed; what it refuses does not count. */
static inline bool
world_is_too_fast(struct world *world)
{
	int64_t each;

	if (world->rules->rate == 0)
		return false;
	each = DURATION_S / world->rules->rate;
	if (world->bucket < world->now)
		world->bucket = world->now;
	if (world->bucket > world->now + 10 * each)
		return true;
	world->bucket += each;
	return false;
}

static inline bool
world_is_over_quota(struct world *world, int64_t cost)
{
	struct civil day;

	if (world->rules->quota == 0)
		return false;
	zone_civil(world->rules->zone, world->now / DURATION_S, &day);
	if (day.day != world->quota_day.day)
		world->quota_used = 0;
	world->quota_day = day;
	world->quota_used += cost;
	if (world->quota_used <= world->rules->quota)
		return false;
	world_need(world, !world->rules->quota_is_known,
	    "a quota that is known is kept");
	return true;
}

/* The worst fate of the items of a request. */
static inline enum world_fate
world_fate_of(const struct task *task)
{
	enum world_fate worst = FATE_GOOD;

	for (size_t i = 0; i < task->count; i++) {
		enum world_fate fate = world_item_of(task->items[i])->fate;

		if (fate > worst)
			worst = fate;
	}
	return worst;
}

static inline void
world_answer_items(struct world *world, struct world_flight *flight)
{
	switch (world_fate_of(flight->task)) {
	case FATE_POISON: /* the odd ones are taken for errors of ours */
		if (flight->task->items[0]->row % 2 == 1)
			world_answer(flight, OUTCOME_PERMANENT, 400);
		else
			world_answer(flight, OUTCOME_RETRY, 500);
		return;
	case FATE_BAD:
		world_answer(flight, OUTCOME_RETRY, 500);
		return;
	case FATE_GONE:
		world_answer(flight, OUTCOME_GONE, 404);
		return;
	case FATE_GOOD:
		if (world_chance(world, world->rules->fails))
			world_answer(flight, OUTCOME_RETRY, 502);
		else if (world_chance(world, world->rules->garbles))
			world_answer(flight, OUTCOME_PARSE, 200);
		else
			world_answer(flight, OUTCOME_GOOD, 200);
	}
}

/* What the server says to a request that comes now. */
static inline void
world_serve(struct world *world, struct world_flight *flight)
{
	flight->result.hint = (struct hint){ .retry_after = -1,
		.remaining = -1 };
	flight->at = world->now + 20 * DURATION_MS +
	    (int64_t)random_below(&world->random, 200 * DURATION_MS);
	if (world_is_in(world, &world->rules->outage)) {
		world_trouble(flight, TROUBLE_CONNECT);
	} else if (world_chance(world, world->rules->hangs)) {
		flight->at = world->now + 30 * DURATION_S;
		world_trouble(flight, TROUBLE_TIMEOUT);
	} else if (world_is_in(world, &world->rules->throttle)) {
		world_answer(flight, OUTCOME_THROTTLE, 429);
		if (world->rules->retry_after > 0)
			flight->result.hint.retry_after =
			    world->rules->retry_after;
	} else if (world_is_too_fast(world)) {
		world_answer(flight, OUTCOME_THROTTLE, 429);
	} else if (world_is_over_quota(world, flight->task->cost)) {
		world_answer(flight, OUTCOME_QUOTA, 403);
	} else {
		world_answer_items(world, flight);
	}
}

/* --- Sending. */

static inline void
world_check_send(struct world *world, const struct task *task)
{
	unsigned most = world->rules->concurrency;

	world_need(world, world->now >= world->not_before,
	    "nothing is sent while the server asks to wait");
	world_need(world, world->now >= task->due, "no task is early");
	world_need(world, !world->stopping, "none is sent at the end");
	world_need(world, most == 0 || world->flight_count < most,
	    "no more at once than allowed");
	for (size_t i = 0; i < task->count; i++) {
		struct world_item *item = world_item_of(task->items[i]);

		world_need(world, item->state == ITEM_RUNNING, "it is ours");
		world_need(world, item->due <= world->now, "it is due");
		world_need(world,
		    item->item.attempts < world_policy.max_attempts,
		    "it has attempts left");
	}
}

static inline void
world_send(struct world *world, struct task *task)
{
	struct world_flight *flight;

	world_check_send(world, task);
	xgrow(&world->sends, &world->send_room, world->send_count + 1,
	    sizeof(*world->sends));
	world->sends[world->send_count++] = (struct world_send){ world->now,
		task->cost };
	flight = &world->flights[world->flight_count++];
	*flight = (struct world_flight){ .task = task };
	if (world->flight_count > world->most)
		world->most = (unsigned)world->flight_count;
	world_serve(world, flight);
}

static inline bool
world_send_all(struct world *world, struct plan_wait *wait)
{
	struct task *task;
	bool any = false;
	size_t low;

	*wait = (struct plan_wait){ .empty = true, .until = INT64_MAX };
	while (!world->stopping && world->flight_count < WORLD_FLIGHTS &&
	    (task = plan_take(world->plan, TASK_ITEMS, world->now, wait)) !=
		NULL) {
		world_send(world, task);
		any = true;
	}
	if (world->stopping)
		return any;
	if (wait->grant)
		world_ask_for_grant(world, wait->limit, wait->cost);
	low = gate_low(world->gate, world->rules->cost,
	    (int64_t)plan_items(world->plan), world->now);
	if (low < world->rules->limit_count)
		world_ask_for_grant(world, low, world->rules->cost);
	return any;
}

/* --- Answers. */

/* What the server told: how long nothing may come. */
static inline void
world_note_told(struct world *world, const struct world_flight *flight)
{
	int64_t until = world->now + flight->result.hint.retry_after;

	if (flight->result.hint.retry_after > 0 && until > world->not_before)
		world->not_before = until;
}

static inline void
world_note_failure(struct world *world, struct world_flight *flight)
{
	bool failed = flight->result.outcome == OUTCOME_RETRY ||
	    flight->result.outcome == OUTCOME_PARSE;

	for (size_t i = 0; i < flight->task->count; i++) {
		struct world_item *item = world_item_of(flight->task->items[i]);

		item->failed += failed;
		/* With others it also fails each time that their request is
		 * then cut in two: 25 items five times. */
		world_need(world,
		    item->failed <= world_policy.max_attempts *
			    (world->rules->batch > 1 ? 6 : 1),
		    "no item fails beyond its attempts");
	}
}

static inline void
world_take_good(struct world *world, struct task *task)
{
	for (size_t i = 0; i < task->count; i++) {
		struct world_item *item = world_item_of(task->items[i]);

		item->good++;
		world_settle_item(world, item, ITEM_DONE, INT64_MAX);
	}
	task_free(task);
}

static inline void
world_check_verdict(struct world *world, const struct world_flight *flight,
    const struct verdict *verdict)
{
	const struct task *task = flight->task;
	unsigned max = world_policy.max_attempts;
	bool failed = flight->result.outcome == OUTCOME_RETRY ||
	    flight->result.outcome == OUTCOME_PARSE;

	if (verdict->word == VERDICT_FAILED && failed)
		world_need(world, task->items[0]->attempts + 1 == max,
		    "it fails softly only after its last attempt");
	if (verdict->word == VERDICT_RETRY)
		world_need(world,
		    failed && task->failed + 1 < max &&
			verdict->due >= world->now &&
			verdict->due <=
			    world->now + (DURATION_S << task->failed),
		    "a retry waits no longer than its backoff");
	if (verdict->word == VERDICT_DEFER)
		world_need(world, !failed && verdict->due >= world->now,
		    "it is put off until a time to come");
	if (flight->result.outcome == OUTCOME_THROTTLE ||
	    flight->result.outcome == OUTCOME_QUOTA)
		world_need(world,
		    verdict->word == VERDICT_AGAIN ||
			verdict->word == VERDICT_DEFER,
		    "a throttle costs no attempt");
	if (verdict->word == VERDICT_SPLIT)
		world_need(world, task->count > 1, "one item is not cut");
}

static inline void
world_obey(struct world *world, struct task *task,
    const struct verdict *verdict)
{
	switch (verdict->word) {
	case VERDICT_DONE:
		world_take_good(world, task);
		return;
	case VERDICT_GONE:
		world_settle(world, task, ITEM_GONE, INT64_MAX);
		return;
	case VERDICT_FAILED:
		world_settle(world, task, ITEM_FAILED, world->now);
		return;
	case VERDICT_RETRY:
		world_settle(world, task, ITEM_RETRY, verdict->due);
		return;
	case VERDICT_DEFER:
		world_settle(world, task, ITEM_DEFERRED, verdict->due);
		return;
	case VERDICT_SPLIT:
		plan_add(world->plan, plan_split(task));
		plan_add(world->plan, task);
		return;
	case VERDICT_AGAIN:
	case VERDICT_RENEW:
		plan_add(world->plan, task);
		return;
	}
}

static inline void
world_take_answer(struct world *world, struct world_flight *flight)
{
	struct verdict verdict;

	world_note_told(world, flight);
	world_note_failure(world, flight);
	verdict = plan_judge(world->plan, flight->task, &flight->result,
	    flight->trouble, flight->status, world->ends, world->now);
	world_check_verdict(world, flight, &verdict);
	if (verdict.pause > world->paused_until)
		world->paused_until = verdict.pause;
	world_obey(world, flight->task, &verdict);
}

static inline bool
world_take_answers(struct world *world)
{
	bool any = false;

	for (size_t i = 0; i < world->flight_count;) {
		struct world_flight flight = world->flights[i];

		if (flight.at > world->now) {
			i++;
			continue;
		}
		world->flights[i] = world->flights[--world->flight_count];
		world_take_answer(world, &flight);
		any = true;
	}
	return any;
}

/* --- A run. */

static inline void
world_start(struct world *world)
{
	const struct gate_options options = {
		.limits = world->rules->limits,
		.limit_count = world->rules->limit_count,
		.concurrency = world->rules->concurrency,
		.retry = &world_policy,
	};

	world->gate = gate_new(&options);
	world->plan = plan_new(&world_policy, world->gate, &world->chance);
	world->host = gate_host(world->gate, "https://example.com", world->now);
	gate_pause(world->host, world->paused_until);
	world->stopping = false;
	world->exhausted = false;
	world->next_due = world->now;
	world->ends = world->rules->max_time == 0 ?
	    INT64_MAX :
	    world->now + world->rules->max_time;
	world_take_up(world);
}

/* All that only the run knew is gone. */
static inline void
world_forget(struct world *world)
{
	for (size_t i = 0; i < world->flight_count; i++)
		task_free(world->flights[i].task);
	world->flight_count = 0;
	plan_free(world->plan);
	gate_free(world->gate);
	memset(world->grant_at, 0, sizeof(world->grant_at));
}

static inline void
world_return_grants(struct world *world)
{
	for (size_t i = 0; i < world->rules->limit_count; i++)
		rate_return(&world->rules->limits[i], &world->states[i],
		    gate_rate(world->gate, i), world->now);
}

static inline void
world_defer_all(struct world *world, int64_t until)
{
	struct task *task;

	while ((task = plan_drain(world->plan)) != NULL)
		world_settle(world, task, ITEM_DEFERRED, until);
}

static inline bool
world_is_too_late(const struct world *world, int64_t until)
{
	return until >= world->ends ||
	    until - world->now > world_policy.max_wait;
}

static inline void
world_check_end(struct world *world, const struct plan_wait *wait)
{
	if (world->stopping)
		return;
	if (world->now >= world->ends) {
		world->stopping = true;
	} else if (gate_host_is_lost(world->host, world_policy.max_attempts)) {
		world_defer_all(world, gate_host_open_until(world->host));
		world->stopping = true;
	} else if (world->now - gate_throttled_since(world->host) >
	    world_policy.max_wait) {
		world_defer_all(world, gate_paused_until(world->host));
		world->stopping = true;
	} else if (world->flight_count == 0 && !wait->empty && !wait->grant &&
	    wait->until != INT64_MAX && world_is_too_late(world, wait->until)) {
		world_defer_all(world, wait->until);
		world->stopping = true;
	}
	if (world->stopping)
		world->stop_at = world->now + 3 * DURATION_S;
}

static inline bool
world_is_finished(const struct world *world, const struct plan_wait *wait)
{
	if (world->flight_count > 0)
		return false;
	if (world->stopping)
		return true;
	return wait->empty && world->exhausted &&
	    world_is_too_late(world, world->next_due);
}

/* Requests that take too long when the run ends are given up. */
static inline void
world_cancel(struct world *world)
{
	while (world->flight_count > 0) {
		struct task *task = world->flights[--world->flight_count].task;

		plan_cancelled(world->plan, task);
		plan_add(world->plan, task);
	}
}

static inline bool
world_wants_items(const struct world *world)
{
	return !world->stopping && plan_items(world->plan) <= WORLD_CLAIM / 2;
}

static inline int64_t
world_next_event(const struct world *world, const struct plan_wait *wait)
{
	int64_t next = wait->until;

	if (world_wants_items(world) && !world->exhausted)
		return world->now + DURATION_MS;
	for (size_t i = 0; i < world->flight_count; i++)
		if (world->flights[i].at < next)
			next = world->flights[i].at;
	for (size_t i = 0; i < world->rules->limit_count; i++)
		if (world->grant_at[i] != 0 && world->grant_at[i] < next)
			next = world->grant_at[i];
	if (world_wants_items(world) && world->next_due < next)
		next = world->next_due;
	if (world->ends < next && !world->stopping)
		next = world->ends;
	if (world->stopping && world->stop_at < next)
		next = world->stop_at;
	return next;
}

/* Whether every item that is claimed is where it can go on. */
static inline void
world_check_items(struct world *world)
{
	size_t there = plan_items(world->plan);

	for (size_t i = 0; i < world->flight_count; i++)
		there += world->flights[i].task->count;
	for (size_t i = 0; i < world->rules->items; i++)
		there -= world->items[i].state == ITEM_RUNNING;
	world_need(world, there == 0, "no item is lost");
}

/* One round; false when the run is over. */
static inline bool
world_step(struct world *world)
{
	struct plan_wait wait;
	bool any = world_take_answers(world);
	int64_t next;

	any |= world_take_grants(world);
	if (world_wants_items(world) &&
	    (!world->exhausted || world->next_due <= world->now)) {
		world_claim(world);
		any = true;
	}
	any |= world_send_all(world, &wait);
	world_check_end(world, &wait);
	if (world_is_finished(world, &wait))
		return false;
	if (world->stopping && world->now >= world->stop_at)
		world_cancel(world);
	world->busy += any;
	world->idle += !any;
	next = world_next_event(world, &wait);
	world_need(world, next != INT64_MAX, "something is to happen");
	world_need(world, world->idle <= world->busy + 100,
	    "the loop wakes when there is something to do");
	world->now = next > world->now ? next : world->now + 1;
	return !world->failed;
}

/* One run, killed at an instant (INT64_MAX: not). */
static inline void
world_run(struct world *world, int64_t kill_at)
{
	bool goes_on = true;

	world_start(world);
	while (goes_on && world->now < kill_at)
		goes_on = world_step(world);
	if (world->now > kill_at)
		world->now = kill_at;
	world_check_items(world);
	if (!goes_on)
		world_return_grants(world);
	world_forget(world);
}

/* --- What must hold of all that was sent. */

/*
 * In no window more than burst + length / interval units: that is what a
 * bucket of the whole burst would have let through (the generic cell rate
 * algorithm again, but of all runs together and with nothing granted).
 */
static inline void
world_check_rate(struct world *world, const struct rate_spec *spec)
{
	double each = (double)spec->per / (double)spec->amount;
	double full = 0; /* when the bucket is empty again */

	for (size_t i = 0; i < world->send_count; i++) {
		double at = (double)(world->sends[i].at - world->rules->begin);
		double cost = spec->units ? (double)world->sends[i].cost : 1;

		full = (full > at ? full : at) + cost * each;
		world_need(world, full - at <= (double)spec->burst * each + 1e3,
		    "no window has more than the limit allows");
	}
}

static inline void
world_check_day(struct world *world, const struct rate_spec *spec)
{
	struct civil last = { 0 };
	int64_t used = 0;

	for (size_t i = 0; i < world->send_count; i++) {
		struct civil day;

		zone_civil(spec->zone, world->sends[i].at / DURATION_S, &day);
		if (day.day != last.day)
			used = 0;
		last = day;
		used += spec->units ? world->sends[i].cost : 1;
		world_need(world, used <= spec->amount - spec->reserve,
		    "no day has more than the limit allows");
	}
}

static inline void
world_check_sends(struct world *world)
{
	for (size_t i = 0; i < world->rules->limit_count; i++) {
		const struct rate_spec *spec = &world->rules->limits[i];

		switch (spec->kind) {
		case RATE_PER:
			world_check_rate(world, spec);
			break;
		case RATE_DAY:
			world_check_day(world, spec);
			break;
		case RATE_CONCURRENT:
			world_need(world, world->most <= spec->amount,
			    "no more at once than the limit allows");
			break;
		}
	}
}

/* All runs, as the rules say, and what must hold then. */
static inline void
world_live(struct world *world, const struct world_rules *rules, uint64_t seed)
{
	*world = (struct world){ .rules = rules, .seed = seed };
	random_seed(&world->random, seed);
	random_seed(&world->chance, ~seed);
	world->now = rules->begin;
	world_make_items(world);
	for (unsigned i = 0; i < rules->runs && !world->failed; i++) {
		int64_t begin = rules->begin + i * rules->every;
		int64_t kill_at = INT64_MAX;

		if (world->now < begin)
			world->now = begin;
		if (i + 1 < rules->runs && world_chance(world, rules->killed))
			kill_at = world->now +
			    (int64_t)random_below(&world->random,
				(uint64_t)rules->every);
		world_run(world, kill_at);
	}
	world_check_sends(world);
}

static inline void
world_end(struct world *world)
{
	free(world->items);
	free(world->sends);
}

/* How many requests went out in a stretch of time. */
static inline size_t
world_count(const struct world *world, const struct world_time *time)
{
	size_t count = 0;

	for (size_t i = 0; i < world->send_count; i++) {
		int64_t at = world->sends[i].at - world->rules->begin;

		count += at >= time->from && at < time->to;
	}
	return count;
}

/* After enough time each item has come to the end that its fate has for it. */
static inline void
world_check_ends(struct world *world)
{
	static const enum item_state ends[] = { ITEM_DONE, ITEM_GONE,
		ITEM_FAILED, ITEM_FAILED };

	for (size_t i = 0; i < world->rules->items; i++) {
		const struct world_item *item = &world->items[i];

		world_need(world, item->state == ends[item->fate],
		    "each item ends as the server has it");
		world_need(world, item->good == (item->fate == FATE_GOOD),
		    "a good item is answered once");
	}
}

#endif
