/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/run.h"

#include <stdio.h>

#include "base/duration.h"
#include "fetch/origin.h"
#include "fetch/runner.h"

/* So many logins refused in a row: all will be. */
enum { LOGINS_MAX = 10 };

/* A signal that comes just before the wait is seen after this. */
static const int64_t longest_wait = DURATION_S;
static const int64_t show_every = 100 * DURATION_MS;

/* --- The store's replies. */

static void
take_grant(struct runner *runner, const struct store_message *reply,
    int64_t now)
{
	gate_granted(runner->gate, reply->limit, &reply->rate, now);
	if (reply->until > 0)
		gate_pause(runner->host, reply->until);
}

static void
take_reply(struct runner *runner, struct store_message *reply, int64_t now)
{
	switch (reply->kind) {
	case STORE_LIST:
	case STORE_LISTED:
		runner_list_reply(runner, reply, now);
		break;
	case STORE_CLAIM:
		runner_claim_reply(runner, reply);
		return;
	case STORE_GRANT:
		take_grant(runner, reply, now);
		break;
	case STORE_FINISH:
	case STORE_PAUSE:
	case STORE_EXTEND:
	case STORE_SYNC:
		break;
	}
	store_message_free(reply);
}

static void
take_replies(struct runner *runner, int64_t now)
{
	struct store_message *reply;
	struct err err;

	while ((reply = store_take(runner->store)) != NULL)
		take_reply(runner, reply, now);
	if (!runner->in_trouble && store_failed(runner->store, &err))
		runner_trouble(runner, &err);
}

/* --- Sending. */

static void
ask_for_grant(struct runner *runner, size_t limit, int64_t cost, int64_t now)
{
	const struct rate_spec *spec = &runner->job->limits[limit];
	struct store_message *message = store_message(STORE_GRANT);
	int64_t ready = (int64_t)plan_items(runner->plan) + 1;

	message->limit = limit;
	message->needed = spec->units ? cost : 1;
	message->wanted = gate_wanted(runner->gate, limit, cost, ready);
	message->now = now;
	message->origin = gate_host_origin(runner->host);
	gate_asked(runner->gate, limit);
	store_send(runner->store, message);
}

/* Asks before it is needed, so that nothing waits for the disk. */
static void
ask_ahead(struct runner *runner, int64_t now)
{
	int64_t cost = runner->job->request.cost;
	int64_t ready = (int64_t)plan_items(runner->plan);
	size_t limit = gate_low(runner->gate, cost, ready, now);

	if (limit < runner->job->limit_count)
		ask_for_grant(runner, limit, cost, now);
}

/* A request that cannot be made is the item's own fault. */
static void
cannot_send(struct runner *runner, struct task *task, const struct err *err,
    int64_t now)
{
	struct outcome_result result = { .outcome = OUTCOME_PERMANENT };
	struct verdict verdict = { .word = VERDICT_FAILED };

	plan_cancelled(runner->plan, task);
	(void)snprintf(result.cause, sizeof(result.cause), "%.*s",
	    (int)sizeof(result.cause) - 1, err->text);
	if (task->kind == TASK_ITEMS)
		runner_items_answered(runner, task, NULL, &result, &verdict,
		    now);
	else if (task->kind == TASK_PAGE)
		runner_page_answered(runner, task, NULL, &result, &verdict,
		    now);
	else
		runner_token_answered(runner, task, NULL, &result, &verdict,
		    now);
}

static void
send_task(struct runner *runner, struct task *task, int64_t now)
{
	char origin[ORIGIN_MAX];
	struct err err;

	if ((task->exchange == NULL &&
		exchange_prepare(runner->exchanger, task, origin, &err) != 0) ||
	    exchange_send(runner->exchanger, runner->http, task, &err) != 0) {
		cannot_send(runner, task, &err, now);
		return;
	}
	runner->summary->requests++;
	runner->summary->cost += task->cost;
	if (task->failed > 0)
		runner->summary->retries++;
}

/* A kill shall cost no more than a group of answers and what is under way, and
 * a slow disk no memory. */
static bool
is_store_behind(const struct runner *runner)
{
	size_t results = store_uncommitted(runner->store);

	if (runner->finish != NULL)
		results += runner->finish->item_count;
	return results >= STORE_GROUP;
}

/* Sends all that may go now. */
static void
send_tasks(struct runner *runner, int64_t now, struct plan_wait *wait)
{
	enum task_kind last = TASK_ITEMS;
	struct task *task;

	*wait = (struct plan_wait){ .empty = true, .until = INT64_MAX };
	if (!runner_has_token(runner, now))
		last = TASK_TOKEN;
	while (!runner->stopping &&
	    http_count(runner->http) < runner->max_transfers) {
		if (is_store_behind(runner)) {
			wait->empty = false;
			break;
		}
		task = plan_take(runner->plan, last, now, wait);
		if (task == NULL)
			break;
		send_task(runner, task, now);
	}
	if (runner->stopping)
		return;
	if (wait->grant)
		ask_for_grant(runner, wait->limit, wait->cost, now);
	ask_ahead(runner, now);
}

/* --- Answers. */

static void
persist_pause(struct runner *runner, const struct task *task, int64_t until,
    int64_t now)
{
	struct store_message *message;

	if (until == 0 || !task->exchange->trusted)
		return; /* what strangers are called was made up by others */
	message = store_message(STORE_PAUSE);
	message->origin = gate_host_origin(task->host);
	message->until = until;
	message->now = now;
	store_send(runner->store, message);
}

/* An answer that was not waited for: back to where it was. */
static void
give_up(struct runner *runner, struct task *task)
{
	plan_cancelled(runner->plan, task);
	plan_add(runner->plan, task);
}

static void
take_answer(struct runner *runner, struct http_reply *reply, int64_t now)
{
	struct task *task = reply->tag;
	struct outcome_result result;
	struct verdict verdict;
	char origin[ORIGIN_MAX];

	if (runner->stopping && reply->trouble == TROUBLE_REFUSED) {
		give_up(runner, task);
		return;
	}
	if (exchange_finish(runner->exchanger, task, reply, now, origin,
		&result)) {
		plan_redirected(runner->plan, task, reply->status,
		    gate_host(runner->gate, origin, now), now);
		plan_add(runner->plan, task);
		return;
	}
	if (result.outcome == OUTCOME_THROTTLE)
		runner->summary->throttled++;
	verdict = plan_judge(runner->plan, task, &result, reply->trouble,
	    reply->status, runner->ends, now);
	persist_pause(runner, task, verdict.pause, now);
	if (task->kind == TASK_ITEMS)
		runner_items_answered(runner, task, reply, &result, &verdict,
		    now);
	else if (task->kind == TASK_PAGE)
		runner_page_answered(runner, task, reply, &result, &verdict,
		    now);
	else
		runner_token_answered(runner, task, reply, &result, &verdict,
		    now);
}

static void
take_answers(struct runner *runner)
{
	struct http_reply reply = { 0 };

	while (http_take(runner->http, &reply)) {
		take_answer(runner, &reply, runner_now(runner));
		http_reply_release(&reply);
	}
}

/* --- Ending. */

/* Puts all that waits in the plan off. */
static void
defer_all(struct runner *runner, int64_t until, const char *why)
{
	struct task *task;

	while ((task = plan_drain(runner->plan)) != NULL) {
		if (task->kind == TASK_ITEMS) {
			runner_settle_task(runner, task, ITEM_DEFERRED, until,
			    why);
		} else {
			if (task->kind == TASK_PAGE) {
				page_walk_free(task->subject);
				runner->list_broken = true;
			}
			exchange_free(task->exchange);
			task_free(task);
		}
	}
	runner->defer_until = until;
}

/* Whether something else than time can still move the run on. */
static bool
is_moving(const struct runner *runner)
{
	return gate_under_way(runner->gate) > 0 || runner->claiming ||
	    runner->list_messages > 0 || runner->lister != NULL ||
	    (runner->listed && !runner->claimable);
}

static bool
is_too_late(const struct runner *runner, int64_t until, int64_t now)
{
	return until >= runner->ends ||
	    until - now > runner->job->retry.max_wait;
}

/* Whether the server has said nothing but "too fast" for too long. */
static bool
is_throttled(const struct runner *runner, int64_t now)
{
	return now - gate_throttled_since(runner->host) >
	    runner->job->retry.max_wait;
}

static void
give_up_host(struct runner *runner, int64_t until, const char *why, int64_t now)
{
	defer_all(runner, until > now ? until : now, why);
	runner_stop(runner, why, now);
}

/* What is next waits longer than a run may. When that is the listing, of a host
 * of its own, the items known so far are still to be had. */
static void
give_up_waiting(struct runner *runner, const struct plan_wait *wait,
    int64_t now)
{
	struct gate_reply items = gate_ask(runner->gate, runner->host,
	    runner->job->request.cost, false, now);

	if (runner->walks > 0 &&
	    (items.word != GATE_WAIT || !is_too_late(runner, items.until, now)))
		runner_list_give_up(runner, wait->reason);
	else
		give_up_host(runner, wait->until, wait->reason, now);
}

/* Reasons to end before all is done. */
static void
check_end(struct runner *runner, const struct plan_wait *wait, int64_t now)
{
	unsigned probes = runner->job->retry.max_attempts;
	struct err err;

	if (runner->options->stop != NULL && *runner->options->stop &&
	    !runner->terminated) {
		runner->terminated = true;
		runner_stop(runner, "by a signal", now);
	}
	if (runner->stopping)
		return;
	if (now >= runner->ends) {
		runner_stop(runner, "its time was up", now);
	} else if (runner->refused_logins >= LOGINS_MAX) {
		(void)err_set(&err, "%s refuses our credentials",
		    gate_host_origin(runner->host));
		runner_trouble(runner, &err);
	} else if (gate_host_is_lost(runner->host, probes)) {
		give_up_host(runner, gate_host_open_until(runner->host),
		    "the host does not answer", now);
	} else if (is_throttled(runner, now)) {
		give_up_host(runner, gate_paused_until(runner->host),
		    "the server lets nothing through", now);
	} else if (!is_moving(runner) && !wait->empty && !wait->grant &&
	    wait->until != INT64_MAX && is_too_late(runner, wait->until, now)) {
		give_up_waiting(runner, wait, now);
	}
}

/* Whether all is done that can be done soon. */
static bool
is_finished(const struct runner *runner, const struct plan_wait *wait,
    int64_t now)
{
	if (runner->stopping)
		return gate_under_way(runner->gate) == 0;
	if (is_moving(runner) || !wait->empty || !runner->claimable ||
	    store_pending(runner->store) > 0)
		return false;
	if (runner->options->limit > 0 &&
	    runner->claimed >= runner->options->limit)
		return true;
	return runner->exhausted && is_too_late(runner, runner->next_due, now);
}

/* Until when nothing happens by itself. */
static int64_t
next_event(const struct runner *runner, const struct plan_wait *wait,
    int64_t now)
{
	int64_t until = now + longest_wait;

	if (wait->until < until)
		until = wait->until;
	if (runner_wants_items(runner) && runner->next_due < until)
		until = runner->next_due;
	if (runner->ends < until)
		until = runner->ends;
	if (runner->finish != NULL && runner->finish_by < until)
		until = runner->finish_by;
	if (runner->stopping && runner->stop_at < until)
		until = runner->stop_at;
	return until > now ? until : now;
}

static void
show(struct runner *runner, const struct plan_wait *wait, int64_t now)
{
	struct run_progress progress = {
		.summary = runner->summary,
		.listing = !runner->claimable,
		.due = runner->due,
		.settled = runner->settled,
		.under_way = gate_under_way(runner->gate),
		.elapsed = now - runner->summary->began,
	};

	if (runner->options->show == NULL || now - runner->shown < show_every)
		return;
	runner->shown = now;
	if (!wait->empty && progress.under_way == 0 &&
	    wait->until != INT64_MAX) {
		progress.waiting_for = wait->reason;
		progress.until = wait->until - now;
	}
	runner->options->show(runner->options->state, &progress);
}

static void
loop(struct runner *runner)
{
	struct plan_wait wait;
	int64_t now;

	for (;;) {
		now = runner_now(runner);
		take_replies(runner, now);
		runner_list(runner, now);
		runner_claim(runner, now);
		send_tasks(runner, now, &wait);
		check_end(runner, &wait, now);
		runner_flush_due(runner, now);
		if (is_finished(runner, &wait, now))
			return;
		if (runner->stopping && now >= runner->stop_at)
			http_cancel_all(runner->http);
		show(runner, &wait, now);
		now = runner_now(runner);
		http_wait(runner->http, next_event(runner, &wait, now) - now);
		take_answers(runner);
	}
}

int
run_job(const struct run_options *options, struct summary *summary,
    struct err *err)
{
	struct runner runner = {
		.options = options,
		.job = options->job,
		.summary = summary,
		.err = err,
	};
	struct err why;

	*summary = (struct summary){ 0 };
	if (runner_open(&runner, &why) != 0)
		runner_trouble(&runner, &why);
	else
		loop(&runner);
	runner_finish(&runner);
	runner_release(&runner);
	secrets_redact_err(options->secrets, err);
	if (summary->exit_status == 2 && !runner.in_trouble)
		(void)err_set(err, "the listing failed");
	return summary->exit_status;
}
