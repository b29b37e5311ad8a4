/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/plan.h"

#include "world.h"

/* --- One task at a time. */

#define START (1700000000 * DURATION_S)

static const int64_t start = START;

static struct random chance;
static struct gate *gate;
static struct gate_host *host;
static struct plan *plan;
static struct store_item items[30];

static void
begin_with(const struct gate_options *options)
{
	random_seed(&chance, 1);
	memset(items, 0, sizeof(items));
	gate = gate_new(options);
	host = gate_host(gate, "https://a.example", start);
	plan = plan_new(&world_policy, gate, &chance);
}

static void
begin(void)
{
	const struct gate_options options = {
		.concurrency = 30,
		.retry = &world_policy,
	};

	begin_with(&options);
}

static void
end(void)
{
	plan_free(plan);
	gate_free(gate);
}

/* A task of count items from the first-th. */
static struct task *
task_of(size_t first, size_t count)
{
	struct store_item *pointers[30];

	for (size_t i = 0; i < count; i++)
		pointers[i] = &items[first + i];
	return task_new(TASK_ITEMS, host, 1, pointers, count);
}

static struct task *
take(int64_t now)
{
	struct plan_wait wait;

	return plan_take(plan, TASK_ITEMS, now, &wait);
}

/* What an outcome of a task that was just sent means. */
static struct verdict
judge_hint(struct task *task, enum outcome outcome, int status,
    int64_t retry_after, int64_t run_ends, int64_t now)
{
	struct outcome_result result = {
		.outcome = outcome,
		.hint = { .retry_after = retry_after, .remaining = -1 },
	};

	return plan_judge(plan, task, &result, TROUBLE_NONE, status, run_ends,
	    now);
}

static struct verdict
judge(struct task *task, enum outcome outcome, int64_t now)
{
	static const int statuses[] = { [OUTCOME_GOOD] = 200,
		[OUTCOME_RETRY] = 500,
		[OUTCOME_THROTTLE] = 429,
		[OUTCOME_QUOTA] = 403,
		[OUTCOME_AUTH] = 401,
		[OUTCOME_GONE] = 404,
		[OUTCOME_PERMANENT] = 400,
		[OUTCOME_PARSE] = 200 };

	return judge_hint(task, outcome, statuses[outcome], -1, INT64_MAX, now);
}

/* The same of a new task of count items, each an hour after the last. */
static struct verdict
judge_new(enum outcome outcome, size_t count)
{
	static int64_t now = START;
	struct task *task;
	struct verdict verdict = { 0 };

	now += DURATION_H;
	plan_add(plan, task_of(0, count));
	task = take(now);
	if (CHECK(task != NULL))
		verdict = judge(task, outcome, now);
	task_free(task);
	return verdict;
}

static void
judges(void)
{
	static const struct {
		enum outcome outcome;
		unsigned count;
		enum verdict_word want;
	} table[] = {
		{ OUTCOME_GOOD, 1, VERDICT_DONE },
		{ OUTCOME_GOOD, 2, VERDICT_DONE },
		{ OUTCOME_RETRY, 1, VERDICT_RETRY },
		{ OUTCOME_RETRY, 2, VERDICT_RETRY },
		{ OUTCOME_THROTTLE, 1, VERDICT_AGAIN },
		{ OUTCOME_QUOTA, 1, VERDICT_DEFER },
		{ OUTCOME_QUOTA, 2, VERDICT_DEFER },
		{ OUTCOME_AUTH, 1, VERDICT_RENEW },
		{ OUTCOME_AUTH, 2, VERDICT_RENEW },
		{ OUTCOME_GONE, 1, VERDICT_GONE },
		{ OUTCOME_GONE, 2, VERDICT_SPLIT },
		{ OUTCOME_PERMANENT, 1, VERDICT_FAILED },
		{ OUTCOME_PERMANENT, 2, VERDICT_SPLIT },
		{ OUTCOME_PARSE, 1, VERDICT_RETRY },
		{ OUTCOME_PARSE, 2, VERDICT_RETRY },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		begin();
		if (!CHECK_INT(judge_new(table[i].outcome, table[i].count).word,
			table[i].want))
			printf("# %s of %u\n", outcome_name(table[i].outcome),
			    table[i].count);
		end();
	}
}

static void
ends_at_the_last_attempt(void)
{
	begin();
	items[0].attempts = 6;
	CHECK_INT(judge_new(OUTCOME_RETRY, 1).word, VERDICT_RETRY);
	items[0].attempts = 7;
	CHECK_INT(judge_new(OUTCOME_RETRY, 1).word, VERDICT_FAILED);
	CHECK_INT(judge_new(OUTCOME_PARSE, 1).word, VERDICT_FAILED);
	CHECK_INT(judge_new(OUTCOME_RETRY, 2).word, VERDICT_SPLIT);
	CHECK_INT(judge_new(OUTCOME_THROTTLE, 1).word, VERDICT_AGAIN);
	CHECK_INT(judge_new(OUTCOME_QUOTA, 1).word, VERDICT_DEFER);
	end();
}

static void
retries_after(void)
{
	struct task *task;
	struct verdict verdict;

	begin();
	plan_add(plan, task_of(0, 1));
	task = take(start);
	verdict = judge_hint(task, OUTCOME_RETRY, 500, 100 * DURATION_S,
	    INT64_MAX, start);
	CHECK_INT(verdict.word, VERDICT_RETRY);
	CHECK(verdict.due >= start + 100 * DURATION_S);
	CHECK(verdict.due <= start + 101 * DURATION_S);
	task_free(task);
	end();
}

static void
never_repeats_what_must_not(void)
{
	static const struct {
		enum outcome_trouble trouble;
		enum verdict_word want;
	} table[] = {
		{ TROUBLE_NONE, VERDICT_FAILED },
		{ TROUBLE_TIMEOUT, VERDICT_FAILED },
		{ TROUBLE_CUT, VERDICT_FAILED },
		{ TROUBLE_CONNECT, VERDICT_RETRY },
		{ TROUBLE_RESOLVE, VERDICT_RETRY },
	};
	struct outcome_result result = { .outcome = OUTCOME_RETRY,
		.hint = { .retry_after = -1, .remaining = -1 } };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct task *task;

		begin();
		task = task_of(0, 2);
		task->repeatable = false;
		plan_add(plan, task);
		task = take(start);
		CHECK_INT(plan_judge(plan, task, &result, table[i].trouble, 0,
			      INT64_MAX, start)
			      .word,
		    table[i].want);
		task_free(task);
		end();
	}
}

static void
renews_once(void)
{
	struct task *task;

	begin();
	plan_add(plan, task_of(0, 1));
	task = take(start);
	CHECK_INT(judge(task, OUTCOME_AUTH, start).word, VERDICT_RENEW);
	CHECK_INT(task->failed, 0);
	plan_add(plan, task);
	task = take(start + DURATION_S);
	CHECK_INT(judge(task, OUTCOME_AUTH, start + DURATION_S).word,
	    VERDICT_FAILED);
	task_free(task);
	end();
}

static void
defers_long_pauses(void)
{
	const int64_t pause = 10 * DURATION_M;
	struct task *task;
	struct verdict verdict;

	begin();
	plan_add(plan, task_of(0, 1));
	task = take(start);
	verdict = judge_hint(task, OUTCOME_THROTTLE, 429, pause,
	    start + pause + 1, start);
	CHECK_INT(verdict.word, VERDICT_AGAIN);
	CHECK(verdict.pause == start + pause);
	CHECK(gate_paused_until(host) == start + pause);
	task_free(task);
	end();

	begin();
	plan_add(plan, task_of(0, 1));
	task = take(start);
	verdict = judge_hint(task, OUTCOME_THROTTLE, 429, pause, start + pause,
	    start);
	CHECK_INT(verdict.word, VERDICT_DEFER);
	CHECK(verdict.due == start + pause);
	task_free(task);
	end();

	begin();
	plan_add(plan, task_of(0, 1));
	task = take(start);
	verdict = judge_hint(task, OUTCOME_THROTTLE, 503,
	    world_policy.max_wait + 1, INT64_MAX, start);
	CHECK_INT(verdict.word, VERDICT_DEFER);
	CHECK(verdict.due == start + world_policy.max_wait + 1);
	task_free(task);
	end();
}

/* An item that alone is throttled, while the others are not. */
static void
defers_what_is_always_throttled(void)
{
	struct task *task;
	struct verdict verdict = { .word = VERDICT_AGAIN };
	int64_t now = start;
	unsigned count = 0;

	begin();
	plan_add(plan, task_of(0, 1));
	while (verdict.word == VERDICT_AGAIN && count < 100) {
		now += DURATION_H;
		task = take(now);
		if (!CHECK(task != NULL))
			return;
		verdict = judge(task, OUTCOME_THROTTLE, now);
		count++;
		if (verdict.word == VERDICT_AGAIN)
			plan_add(plan, task);
		else
			task_free(task);
	}
	CHECK_INT(verdict.word, VERDICT_DEFER);
	/* A run that waits so long ends instead. */
	CHECK(verdict.due > now + world_policy.max_wait);
	CHECK_INT(count, 20);
	end();
}

static void
keeps_the_order(void)
{
	struct task *token;
	struct task *page;
	struct task *task;

	begin();
	for (size_t i = 0; i < 3; i++)
		plan_add(plan, task_of(i, 1));
	page = task_new(TASK_PAGE, host, 1, NULL, 0);
	token = task_new(TASK_TOKEN, host, 0, NULL, 0);
	plan_add(plan, page);
	plan_add(plan, token);
	CHECK_INT(plan_items(plan), 3);
	task = take(start);
	CHECK(task == token);
	task_free(task);
	task = take(start + DURATION_S);
	CHECK(task == page);
	task_free(task);
	for (size_t i = 0; i < 3; i++) {
		task = take(start + (int64_t)(i + 2) * DURATION_S);
		if (CHECK(task != NULL))
			CHECK(task->items[0] == &items[i]);
		task_free(task);
	}
	CHECK(take(start + DURATION_M) == NULL);
	CHECK_INT(plan_items(plan), 0);
	end();
}

static void
takes_kinds_up_to_the_last(void)
{
	struct plan_wait wait;
	struct task *task;

	begin();
	plan_add(plan, task_of(0, 1));
	plan_add(plan, task_new(TASK_PAGE, host, 1, NULL, 0));
	CHECK(plan_take(plan, TASK_TOKEN, start, &wait) == NULL);
	CHECK(wait.empty);
	task = plan_take(plan, TASK_PAGE, start, &wait);
	CHECK(task != NULL && task->kind == TASK_PAGE);
	task_free(task);
	CHECK(plan_take(plan, TASK_PAGE, start, &wait) == NULL);
	task = plan_take(plan, TASK_ITEMS, start + DURATION_S, &wait);
	CHECK(task != NULL && task->kind == TASK_ITEMS);
	task_free(task);
	end();
}

static void
waits_until_due(void)
{
	struct task *task;
	struct plan_wait wait;

	begin();
	task = task_new(TASK_PAGE, host, 1, NULL, 0);
	task->due = start + DURATION_S;
	plan_add(plan, task);
	CHECK(plan_take(plan, TASK_ITEMS, task->due - 1, &wait) == NULL);
	CHECK(!wait.empty);
	CHECK(wait.until == task->due);
	CHECK_STR(wait.reason, "retry");
	/* Nor does it hold up the one behind it. */
	plan_add(plan, task_new(TASK_PAGE, host, 1, NULL, 0));
	task = take(start);
	CHECK(task != NULL && task->due == 0);
	task_free(task);
	task = take(start + DURATION_S);
	CHECK(task != NULL && task->due == start + DURATION_S);
	task_free(task);
	end();
}

static void
passes_hosts_that_wait(void)
{
	struct gate_host *other;
	struct task *task;
	struct plan_wait wait;

	begin();
	other = gate_host(gate, "https://b.example", start);
	gate_pause(other, start + DURATION_H);
	for (size_t i = 0; i < 20; i++) {
		task = task_of(i, 1);
		task->host = other;
		plan_add(plan, task);
	}
	plan_add(plan, task_of(20, 1));
	task = plan_take(plan, TASK_ITEMS, start, &wait);
	CHECK(task != NULL && task->host == host);
	task_free(task);
	CHECK(plan_take(plan, TASK_ITEMS, start, &wait) == NULL);
	CHECK(wait.until == start + DURATION_H);
	CHECK_STR(wait.reason, "paused by the server");
	CHECK_INT(plan_items(plan), 20);
	end();
}

/* Retries that the budget refuses, and a first attempt behind them. */
static void
passes_retries_that_wait(void)
{
	struct task *task;
	size_t count = 0;

	begin();
	for (size_t i = 0; i < 150; i++) {
		task = task_of(0, 1);
		task->failed = 1;
		plan_add(plan, task);
	}
	plan_add(plan, task_of(1, 1));
	/* A hundred of them are saved up. */
	for (int64_t now = start; count < 100; now += 10 * DURATION_MS) {
		task = take(now);
		if (task == NULL)
			continue;
		CHECK_INT(task->failed, 1);
		(void)judge(task, OUTCOME_GOOD, now);
		task_free(task);
		count++;
	}
	/* So many came back, too: a tenth of a second later is the next. */
	for (count = 0; count < 30; count++) {
		task = take(start + 5 * DURATION_S);
		if (task == NULL || task->failed == 0)
			break;
		(void)judge(task, OUTCOME_GOOD, start + 5 * DURATION_S);
		task_free(task);
	}
	CHECK(task == NULL || task->failed == 0);
	task_free(task);
	end();
}

static void
says_what_it_needs(void)
{
	const struct rate_spec limits[] = {
		{ .kind = RATE_PER,
		    .amount = 10,
		    .per = DURATION_S,
		    .burst = 1,
		    .units = true },
	};
	const struct gate_options options = {
		.limits = limits,
		.limit_count = 1,
		.concurrency = 1,
		.retry = &world_policy,
	};
	struct rate_state state = { 0 };
	struct rate grant = { 0 };
	struct plan_wait wait;
	struct task *task;

	begin_with(&options);
	CHECK(plan_take(plan, TASK_ITEMS, start, &wait) == NULL);
	CHECK(wait.empty);
	plan_add(plan, task_of(0, 1));
	plan_add(plan, task_of(1, 1));
	CHECK(plan_take(plan, TASK_ITEMS, start, &wait) == NULL);
	CHECK(!wait.empty);
	CHECK(wait.grant);
	CHECK_INT(wait.limit, 0);
	CHECK_INT(wait.cost, 1);
	CHECK(wait.until == INT64_MAX);
	/* What comes first needs it first. */
	task = task_new(TASK_PAGE, host, 3, NULL, 0);
	plan_add(plan, task);
	CHECK(plan_take(plan, TASK_ITEMS, start, &wait) == NULL);
	CHECK_INT(wait.cost, 3);
	task_free(plan_drain(plan));
	task_free(plan_drain(plan));
	CHECK(plan_drain(plan) == task);
	task_free(task);
	plan_add(plan, task_of(0, 1));
	plan_add(plan, task_of(1, 1));
	gate_asked(gate, 0);
	CHECK(plan_take(plan, TASK_ITEMS, start, &wait) == NULL);
	CHECK(!wait.grant);
	CHECK(wait.until == INT64_MAX);
	CHECK(rate_grant(&limits[0], &state, 1, 2, start, &grant));
	gate_granted(gate, 0, &grant, start);
	task = plan_take(plan, TASK_ITEMS, start, &wait);
	CHECK(task != NULL);
	CHECK(plan_take(plan, TASK_ITEMS, start, &wait) == NULL);
	CHECK(!wait.empty);
	CHECK(!wait.grant);
	CHECK(wait.until == INT64_MAX);
	CHECK_STR(wait.reason, "concurrency");
	(void)judge(task, OUTCOME_GOOD, start);
	task_free(task);
	CHECK(plan_take(plan, TASK_ITEMS, start, &wait) == NULL);
	CHECK(wait.until == start + DURATION_S / 10);
	CHECK_STR(wait.reason, "rate limit");
	end();
}

static void
cuts_in_two(void)
{
	struct task *task;
	struct task *other;

	begin();
	items[1].attempts = 7;
	items[3].attempts = 2;
	items[4].suspect = true;
	task = task_of(0, 5);
	CHECK(task->suspect);
	CHECK_INT(task->failed, 7);
	task->repeatable = false;
	other = plan_split(task);
	CHECK_INT(task->count, 2);
	CHECK_INT(task->failed, 7);
	CHECK(!task->suspect);
	CHECK_INT(other->count, 3);
	CHECK_INT(other->failed, 2);
	CHECK(other->suspect);
	CHECK(!other->repeatable);
	CHECK(other->kind == TASK_ITEMS && other->host == host);
	CHECK_INT(other->cost, 1);
	CHECK(task->items[1] == &items[1]);
	CHECK(other->items[0] == &items[2]);
	CHECK(other->items[2] == &items[4]);
	task_free(task);
	task = plan_split(other);
	CHECK_INT(task->count, 2);
	task_free(task);
	task_free(other);
	items[4].attempts = 5;
	task = task_of(2, 3);
	CHECK_INT(task->failed, 5);
	other = plan_split(task);
	CHECK_INT(task->count, 1);
	CHECK_INT(task->failed, 0);
	CHECK_INT(other->failed, 5);
	task_free(task);
	task_free(other);
	end();
}

static void
goes_on_to_another_host(void)
{
	struct gate_host *other;
	struct task *task;

	begin();
	other = gate_host(gate, "https://b.example", start);
	plan_add(plan, task_of(0, 1));
	task = take(start);
	CHECK_INT(gate_under_way(gate), 1);
	plan_redirected(plan, task, 302, other, start + DURATION_S);
	CHECK_INT(gate_under_way(gate), 0);
	CHECK(task->host == other);
	CHECK_INT(task->failed, 0);
	plan_add(plan, task);
	task = take(start + DURATION_S);
	CHECK(task != NULL && task->host == other);
	plan_cancelled(plan, task);
	CHECK_INT(gate_under_way(gate), 0);
	task_free(task);
	end();
}

static void
judges_parts(void)
{
	struct task *task;
	struct verdict verdict;

	begin();
	task = task_of(0, 2);
	verdict = plan_judge_parse(plan, task, start);
	CHECK_INT(verdict.word, VERDICT_RETRY);
	CHECK(verdict.due >= start && verdict.due <= start + DURATION_S);
	task->failed = 7;
	CHECK_INT(plan_judge_parse(plan, task, start).word, VERDICT_SPLIT);
	task->count = 1;
	CHECK_INT(plan_judge_parse(plan, task, start).word, VERDICT_FAILED);
	task->failed = 0;
	task->repeatable = false;
	CHECK_INT(plan_judge_parse(plan, task, start).word, VERDICT_FAILED);
	task_free(task);
	end();
}

static void
drains(void)
{
	struct task *task;

	begin();
	task = task_new(TASK_PAGE, host, 1, NULL, 0);
	task->due = start + DURATION_H;
	plan_add(plan, task);
	plan_add(plan, task_of(0, 2));
	task = plan_drain(plan);
	CHECK(task != NULL && task->kind == TASK_ITEMS);
	task_free(task);
	task = plan_drain(plan);
	CHECK(task != NULL && task->kind == TASK_PAGE);
	CHECK(plan_drain(plan) == NULL);
	plan_add(plan, task);
	end();
	plan_free(NULL);
	task_free(NULL);
}

/* --- Whole runs. */

#define PER(n, duration, most)                                      \
	{                                                           \
		.kind = RATE_PER, .amount = (n), .per = (duration), \
		.burst = (most)                                     \
	}
#define AT_ONCE(n)                                     \
	{                                              \
		.kind = RATE_CONCURRENT, .amount = (n) \
	}

/* Lives through it with many seeds. */
static void
live(const struct world_rules *rules, unsigned seeds)
{
	struct world world;

	for (uint64_t seed = 1; seed <= seeds; seed++) {
		world_live(&world, rules, seed);
		world_check_ends(&world);
		/* Each run needs some to see it. */
		world_need(&world,
		    world_count(&world, &rules->outage) <=
			(size_t)80 * rules->runs,
		    "few are sent while nothing answers");
		world_need(&world,
		    world_count(&world, &rules->throttle) <=
			(size_t)600 * rules->runs,
		    "few are sent while the server throttles");
		world_end(&world);
		if (world.failed)
			return;
	}
}

/* What every server does now and then. */
#define USUAL .items = 300, .cost = 1, .begin = START, .gone = 2

static void
fails_at_random(void)
{
	static const struct world_rules rules = {
		USUAL,
		.hangs = 1,
		.name = "fails at random",
		.limits = { PER(50, DURATION_S, 25) },
		.limit_count = 1,
		.concurrency = 16,
		.bad = 2,
		.fails = 5,
		.garbles = 2,
		.runs = 1,
	};

	live(&rules, 50);
}

static void
uses_the_limit(void)
{
	static const struct world_rules rules = {
		.name = "a limit",
		.limits = { PER(200, DURATION_S, 25),
		    PER(12000, DURATION_M, 200) },
		.limit_count = 2,
		.concurrency = 64,
		.items = 2000,
		.cost = 1,
		.begin = START,
		.runs = 1,
	};
	struct world world;

	for (uint64_t seed = 1; seed <= 5; seed++) {
		world_live(&world, &rules, seed);
		world_check_ends(&world);
		/* 98 % of what is allowed, and the last answer. */
		CHECK(world.now - START <=
		    2000 * DURATION_S / 200 * 100 / 98 + 220 * DURATION_MS);
		world_end(&world);
	}
}

static void
is_killed(void)
{
	static const struct world_rules rules = {
		USUAL,
		.bad = 2,
		.fails = 5,
		.hangs = 1,
		.name = "is killed",
		.limits = { PER(20, DURATION_S, 10), PER(500, DURATION_M, 50),
		    AT_ONCE(5) },
		.limit_count = 3,
		.every = 15 * DURATION_S,
		.runs = 12,
		.killed = 70,
	};

	live(&rules, 50);
}

static void
is_throttled(void)
{
	static const struct world_rules rules = {
		USUAL,
		.bad = 2,
		.fails = 5,
		.hangs = 1,
		.name = "is throttled for an hour",
		.limits = { PER(50, DURATION_S, 25) },
		.limit_count = 1,
		.concurrency = 16,
		.throttle = { 2 * DURATION_S, DURATION_H },
		.runs = 3,
		.every = 2 * DURATION_H,
	};
	struct world_rules told = rules;

	live(&rules, 50);
	told.name = "is told to wait ten minutes, for an hour";
	told.retry_after = 10 * DURATION_M;
	live(&told, 50);
	told.name = "is told to wait 20 minutes, for an hour";
	told.retry_after = 20 * DURATION_M;
	live(&told, 50);
	told.name = "is told to wait, and has half an hour";
	told.max_time = 30 * DURATION_M;
	told.retry_after = 5 * DURATION_M;
	told.runs = 6;
	told.every = DURATION_H;
	told.killed = 30;
	live(&told, 50);
}

static void
is_throttled_without_limits(void)
{
	static const struct world_rules rules = {
		USUAL,
		.bad = 2,
		.fails = 5,
		.hangs = 1,
		.name = "is throttled without limits",
		.throttle = { 2 * DURATION_S, DURATION_H },
		.runs = 4,
		.every = 2 * DURATION_H,
	};
	struct world_rules slow = rules;

	live(&rules, 20);
	slow.name = "finds the server's rate";
	slow.throttle = (struct world_time){ 0, 0 };
	slow.rate = 30;
	slow.runs = 2;
	live(&slow, 50);
}

static void
lives_through_an_outage(void)
{
	static const struct world_rules rules = {
		USUAL,
		.bad = 2,
		.fails = 5,
		.hangs = 1,
		.name = "an outage",
		.limits = { PER(50, DURATION_S, 25) },
		.limit_count = 1,
		.concurrency = 16,
		.outage = { 3 * DURATION_S, 40 * DURATION_M },
		.runs = 8,
		.every = 10 * DURATION_M,
		.killed = 20,
	};
	struct world_rules free_of_limits = rules;

	live(&rules, 50);
	free_of_limits.limit_count = 0;
	free_of_limits.concurrency = 0;
	free_of_limits.name = "an outage, without limits";
	live(&free_of_limits, 50);
}

static void
spends_days(void)
{
	/* Noon of the days before the clock is set forward and back. */
	static const int64_t noons[] = { 1710014400, 1730574000 };
	struct err err;
	struct zone *zone = zone_open("America/Los_Angeles", &err);
	struct world_rules rules = {
		USUAL,
		.fails = 5,
		.hangs = 1,
		.name = "a quota, and the clock is set",
		.limits = { PER(50, DURATION_S, 25),
		    { .kind = RATE_DAY,
			.units = true,
			.amount = 250,
			.reserve = 50,
			.zone = zone } },
		.limit_count = 2,
		.concurrency = 16,
		.quota = 200,
		.quota_is_known = true,
		.zone = zone,
		.runs = 40,
		.every = 3 * DURATION_H,
		.killed = 20,
	};

	if (zone == NULL)
		SKIP("no zone database");
	rules.cost = 2;
	for (size_t i = 0; i < 2; i++) {
		rules.begin = noons[i] * DURATION_S;
		live(&rules, 50);
	}
	/* The job knows nothing of the quota. */
	rules.name = "a quota that is not known";
	rules.limit_count = 1;
	rules.quota_is_known = false;
	rules.every = DURATION_H;
	rules.runs = 120;
	live(&rules, 20);
	zone_free(zone);
}

static void
finds_who_is_to_blame(void)
{
	static const struct world_rules rules = {
		USUAL,
		.fails = 5,
		.hangs = 1,
		.name = "batches with poison in them",
		.limits = { PER(50, DURATION_S, 25) },
		.limit_count = 1,
		.concurrency = 4,
		.batch = 25,
		.poison = 2,
		.runs = 4,
		.every = DURATION_H,
		.killed = 30,
	};

	live(&rules, 50);
}

static void
lives_through_all_of_it(void)
{
	static const struct world_rules rules = {
		USUAL,
		.bad = 2,
		.name = "all at once",
		.limits = { PER(10, DURATION_S, 3), PER(300, DURATION_M, 30),
		    AT_ONCE(6) },
		.limit_count = 3,
		.fails = 15,
		.hangs = 3,
		.garbles = 3,
		.poison = 1,
		.outage = { 5 * DURATION_S, 15 * DURATION_M },
		.throttle = { 18 * DURATION_M, 50 * DURATION_M },
		.retry_after = 2 * DURATION_M,
		.rate = 8,
		.runs = 20,
		.every = 10 * DURATION_M,
		.max_time = 9 * DURATION_M,
		.killed = 30,
	};

	live(&rules, 50);
}

static const struct tap_test tests[] = {
	{ "each outcome has its verdict", judges },
	{ "the last attempt fails softly, or cuts a batch in two",
	    ends_at_the_last_attempt },
	{ "a retry is never before Retry-After", retries_after },
	{ "what may have had an effect is not repeated unless it is harmless",
	    never_repeats_what_must_not },
	{ "a 401 renews the token once", renews_once },
	{ "a pause beyond the run's end or max_wait puts off",
	    defers_long_pauses },
	{ "an item that is always throttled is put off",
	    defers_what_is_always_throttled },
	{ "tokens come before pages, pages before items, each in order",
	    keeps_the_order },
	{ "kinds behind the last that is asked for wait",
	    takes_kinds_up_to_the_last },
	{ "no task is sent before it is due", waits_until_due },
	{ "a host that waits does not hold up others", passes_hosts_that_wait },
	{ "retries that wait do not hold up first attempts",
	    passes_retries_that_wait },
	{ "it says what it waits for", says_what_it_needs },
	{ "a batch is cut in two, each with the failures of its own items",
	    cuts_in_two },
	{ "a redirect goes on to another host", goes_on_to_another_host },
	{ "a part of an answer is judged by itself", judges_parts },
	{ "all that waits can be taken out", drains },
	{ "requests that fail at random end well", fails_at_random },
	{ "a limit is used to 98 % at least", uses_the_limit },
	{ "runs that are killed lose nothing and keep the limits", is_killed },
	{ "hours of 429s cost no attempt", is_throttled },
	{ "nor do they where no limit is set", is_throttled_without_limits },
	{ "an outage ends well", lives_through_an_outage },
	{ "daily quotas hold over the days when the clock is set",
	    spends_days },
	{ "one bad id of a batch costs its siblings nothing",
	    finds_who_is_to_blame },
	{ "all of it at once ends well", lives_through_all_of_it },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
