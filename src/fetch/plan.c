/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/plan.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/duration.h"

enum {
	KINDS = TASK_ITEMS + 1,
	/* Throttled so often in a row, an item is put off: the server has
	 * something against it alone. */
	THROTTLES_MAX = 20,
	/* Behind tasks that wait for their host so many are looked at. */
	LOOK_AHEAD = 100,
};

/* First in, first out. */
struct queue {
	struct task *first;
	struct task **end;
};

struct plan {
	const struct retry_policy *retry;
	struct gate *gate;
	struct random *random;
	struct queue queues[KINDS];
	size_t items;
};

/* Whether one of the items has failed softly in an earlier run. */
static bool
any_suspect(struct store_item *const *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (items[i]->suspect)
			return true;
	return false;
}

/* The attempts that failed of the unluckiest of the items. */
static unsigned
most_failed(struct store_item *const *items, size_t count)
{
	unsigned most = 0;

	for (size_t i = 0; i < count; i++)
		if (items[i]->attempts > most)
			most = items[i]->attempts;
	return most;
}

struct task *
task_new(enum task_kind kind, struct gate_host *host, int64_t cost,
    struct store_item *const *items, size_t count)
{
	struct task *task = xcalloc(1, sizeof(*task));

	task->kind = kind;
	task->host = host;
	task->cost = cost;
	task->repeatable = true;
	task->count = count;
	task->items = xcalloc(count + 1, sizeof(struct store_item *));
	for (size_t i = 0; i < count; i++)
		task->items[i] = items[i];
	task->failed = most_failed(items, count);
	task->suspect = any_suspect(items, count);
	return task;
}

void
task_free(struct task *task)
{
	if (task == NULL)
		return;
	free(task->items);
	free(task);
}

struct plan *
plan_new(const struct retry_policy *retry, struct gate *gate,
    struct random *random)
{
	struct plan *plan = xcalloc(1, sizeof(*plan));

	plan->retry = retry;
	plan->gate = gate;
	plan->random = random;
	for (size_t i = 0; i < KINDS; i++)
		plan->queues[i].end = &plan->queues[i].first;
	return plan;
}

void
plan_free(struct plan *plan)
{
	struct task *task;

	if (plan == NULL)
		return;
	while ((task = plan_drain(plan)) != NULL)
		task_free(task);
	free(plan);
}

void
plan_add(struct plan *plan, struct task *task)
{
	struct queue *queue = &plan->queues[task->kind];

	task->next = NULL;
	*queue->end = task;
	queue->end = &task->next;
	plan->items += task->count;
}

size_t
plan_items(const struct plan *plan)
{
	return plan->items;
}

/* Takes out the task that *link points at. */
static struct task *
queue_remove(struct plan *plan, struct queue *queue, struct task **link)
{
	struct task *task = *link;

	*link = task->next;
	if (task->next == NULL)
		queue->end = link;
	task->next = NULL;
	plan->items -= task->count;
	return task;
}

struct task *
plan_drain(struct plan *plan)
{
	for (size_t i = KINDS; i-- > 0;) {
		struct queue *queue = &plan->queues[i];

		if (queue->first != NULL)
			return queue_remove(plan, queue, &queue->first);
	}
	return NULL;
}

static void
note_wait(struct plan_wait *wait, int64_t until, const char *reason)
{
	if (until < wait->until) {
		wait->until = until;
		wait->reason = reason;
	}
}

/* Whether the gate lets it through now; else what it wants is noted. */
static bool
may_go(struct plan *plan, const struct task *task, int64_t now,
    struct plan_wait *wait)
{
	struct gate_reply reply = gate_ask(plan->gate, task->host, task->cost,
	    task->failed > 0, now);

	switch (reply.word) {
	case GATE_GO:
		return true;
	case GATE_GRANT:
		if (!wait->grant) {
			wait->grant = true;
			wait->limit = reply.limit;
			wait->cost = task->cost;
		}
		break;
	case GATE_WAIT:
		note_wait(wait, reply.until, reply.reason);
		break;
	case GATE_FULL:
		if (wait->reason == NULL)
			wait->reason = reply.reason;
		break;
	}
	return false;
}

/* Whether the gate answers the same for both. */
static bool
is_alike(const struct task *a, const struct task *b)
{
	return a->host == b->host && a->cost == b->cost &&
	    (a->failed > 0) == (b->failed > 0);
}

/* The link to the first task that may go; else what they wait for is noted. */
static struct task **
first_to_go(struct plan *plan, struct queue *queue, int64_t now,
    struct plan_wait *wait)
{
	const struct task *refused = NULL;
	struct task **link = &queue->first;

	for (size_t looked = 0; *link != NULL && looked < LOOK_AHEAD;
	     link = &(*link)->next) {
		const struct task *task = *link;

		wait->empty = false;
		if (task->due > now) {
			note_wait(wait, task->due, "retry");
			continue;
		}
		looked++;
		if (refused != NULL && is_alike(task, refused))
			continue;
		if (may_go(plan, task, now, wait))
			return link;
		refused = task;
	}
	return NULL;
}

struct task *
plan_take(struct plan *plan, enum task_kind last, int64_t now,
    struct plan_wait *wait)
{
	*wait = (struct plan_wait){ .empty = true, .until = INT64_MAX };
	for (size_t i = 0; i <= (size_t)last; i++) {
		struct queue *queue = &plan->queues[i];
		struct task **link = first_to_go(plan, queue, now, wait);
		struct task *task;

		if (link == NULL)
			continue;
		task = queue_remove(plan, queue, link);
		task->sent_at = now;
		task->probe = gate_sent(plan->gate, task->host, task->cost,
		    task->failed > 0, now);
		return task;
	}
	return NULL;
}

struct task *
plan_split(struct task *task)
{
	size_t half = task->count / 2;
	struct task *other;

	assert(half > 0);
	other = task_new(task->kind, task->host, task->cost, task->items + half,
	    task->count - half);
	other->repeatable = task->repeatable;
	task->count = half;
	task->failed = most_failed(task->items, half);
	task->suspect = any_suspect(task->items, half);
	return other;
}

/* One more attempt has failed, of failed in all: again, or never more. */
static struct verdict
judge_failure(struct plan *plan, unsigned failed, size_t count,
    int64_t retry_after, int64_t now)
{
	int64_t wait;

	if (failed >= plan->retry->max_attempts)
		return (struct verdict){ .word = count > 1 ? VERDICT_SPLIT :
							     VERDICT_FAILED };
	wait = retry_wait(plan->retry, failed, retry_after, plan->random);
	return (struct verdict){ .word = VERDICT_RETRY, .due = now + wait };
}

/* The host has had enough of us: until it has not, if that is soon. */
static struct verdict
judge_throttle(struct plan *plan, struct task *task, int64_t run_ends,
    int64_t now)
{
	const struct retry_policy *retry = plan->retry;
	int64_t paused = gate_paused_until(task->host);
	int64_t later = paused > now ? paused : now;

	task->throttled++;
	if (paused >= run_ends || paused - now > retry->max_wait)
		return (struct verdict){ .word = VERDICT_DEFER, .due = paused };
	/* So far that a run does not wait for it. */
	if (task->throttled >= THROTTLES_MAX)
		return (struct verdict){ .word = VERDICT_DEFER,
			.due = later + retry->max_wait + DURATION_M };
	return (struct verdict){ .word = VERDICT_AGAIN };
}

/* Whether the request may have had an effect, and must not have it twice. */
static bool
must_not_repeat(const struct task *task, enum outcome_trouble trouble)
{
	return !task->repeatable && trouble != TROUBLE_RESOLVE &&
	    trouble != TROUBLE_CONNECT;
}

static struct verdict
judge(struct plan *plan, struct task *task, const struct outcome_result *result,
    enum outcome_trouble trouble, int64_t run_ends, int64_t now)
{
	switch (result->outcome) {
	case OUTCOME_GOOD:
		return (struct verdict){ .word = VERDICT_DONE };
	case OUTCOME_GONE:
		if (task->count > 1)
			return (struct verdict){ .word = VERDICT_SPLIT };
		return (struct verdict){ .word = VERDICT_GONE };
	case OUTCOME_THROTTLE:
		return judge_throttle(plan, task, run_ends, now);
	case OUTCOME_QUOTA:
		return (struct verdict){ .word = VERDICT_DEFER,
			.due = gate_paused_until(task->host) };
	case OUTCOME_AUTH:
		if (task->renewed++ == 0)
			return (struct verdict){ .word = VERDICT_RENEW };
		return (struct verdict){ .word = VERDICT_FAILED };
	case OUTCOME_PERMANENT:
		if (task->count > 1)
			return (struct verdict){ .word = VERDICT_SPLIT };
		return (struct verdict){ .word = VERDICT_FAILED };
	case OUTCOME_RETRY:
	case OUTCOME_PARSE:
		if (must_not_repeat(task, trouble))
			return (struct verdict){ .word = VERDICT_FAILED };
		return judge_failure(plan, task->failed + 1, task->count,
		    result->hint.retry_after, now);
	}
	abort();
}

struct verdict
plan_judge(struct plan *plan, struct task *task,
    const struct outcome_result *result, enum outcome_trouble trouble,
    int status, int64_t run_ends, int64_t now)
{
	struct gate_answer answer = {
		.outcome = result->outcome,
		.trouble = trouble,
		.status = status,
		.first = task->failed == 0 && !task->suspect,
		.probe = task->probe,
		.latency = now - task->sent_at,
		.hint = &result->hint,
	};
	int64_t pause = gate_answered(plan->gate, task->host, &answer,
	    plan->random, now);
	struct verdict verdict = judge(plan, task, result, trouble, run_ends,
	    now);

	task->probe = false;
	if (result->outcome != OUTCOME_THROTTLE)
		task->throttled = 0;
	verdict.pause = pause;
	return verdict;
}

void
plan_redirected(struct plan *plan, struct task *task, int status,
    struct gate_host *next, int64_t now)
{
	struct hint hint = { .retry_after = -1, .remaining = -1 };
	struct gate_answer answer = {
		.outcome = OUTCOME_GOOD,
		.status = status,
		.first = task->failed == 0 && !task->suspect,
		.probe = task->probe,
		.latency = now - task->sent_at,
		.hint = &hint,
	};

	(void)gate_answered(plan->gate, task->host, &answer, plan->random, now);
	task->probe = false;
	task->host = next;
}

void
plan_cancelled(struct plan *plan, struct task *task)
{
	gate_cancelled(plan->gate, task->host, task->probe);
	task->probe = false;
}

struct verdict
plan_judge_parse(struct plan *plan, const struct task *task, int64_t now)
{
	if (!task->repeatable)
		return (struct verdict){ .word = VERDICT_FAILED };
	return judge_failure(plan, task->failed + 1, task->count, -1, now);
}
