/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/duration.h"
#include "fetch/origin.h"
#include "fetch/runner.h"

enum {
	TRANSFERS_MAX = 64, /* where the concurrency finds its own level */
	LOGINS_MAX = 10,    /* refused in a row: all will be */
};

/* What is under way when a run is to end has so long to come in. */
static const int64_t grace = 3 * DURATION_S;
/* A signal that comes just before the wait is seen after this. */
static const int64_t longest_wait = DURATION_S;
static const int64_t show_every = 100 * DURATION_MS;

int64_t
runner_now(const struct runner *runner)
{
	return runner->clock_base + clock_now();
}

void
runner_say(struct runner *runner, bool verbose, const char *format, ...)
{
	struct buf safe = { 0 };
	va_list args;
	char text[1024];

	if (runner->options->say == NULL)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	secrets_redact(runner->options->secrets, slice_str(text), &safe);
	buf_add_char(&safe, '\0');
	runner->options->say(runner->options->state, verbose, safe.ptr);
	buf_release(&safe);
}

void
runner_stop(struct runner *runner, const char *why, int64_t now)
{
	if (runner->stopping)
		return;
	runner->stopping = true;
	runner->stop_at = now + grace;
	runner->summary->stopped = why;
}

void
runner_trouble(struct runner *runner, const struct err *err)
{
	if (!runner->in_trouble)
		*runner->err = *err;
	runner->in_trouble = true;
	runner_stop(runner, "trouble", runner_now(runner));
}

/* A host that is seen for the first time may be paused since an earlier run. */
struct gate_host *
runner_host(struct runner *runner, const char *origin, int64_t now)
{
	return gate_host(runner->gate, origin, now);
}

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
		runner_claim_reply(runner, reply, now);
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
			runner_flush(runner);
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

	if (until == 0)
		return;
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
		    runner_host(runner, origin, now), now);
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
		give_up_host(runner, wait->until, wait->reason, now);
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

/* --- Starting. */

static void
wake(void *http)
{
	http_wake(http);
}

static int
open_http(struct runner *runner, struct err *err)
{
	const struct job *job = runner->job;
	struct http_options options = {
		.timeout = job->timeout,
		.connect_timeout = job->connect_timeout,
		.max_body = job->max_body,
		.proxy = job->proxy,
		.no_proxy = job->no_proxy,
		.ca = job->tls.ca,
		.cert = job->tls.cert,
		.key = job->tls.key,
		.key_password = job->tls.password,
		.negotiate = job->auth.kind == AUTH_NEGOTIATE,
		.user = job->auth.user,
		.password = job->auth.password,
	};

	runner->max_transfers = job->concurrency > 0 ? job->concurrency :
						       TRANSFERS_MAX;
	options.max_transfers = runner->max_transfers;
	runner->http = http_new(&options, err);
	return runner->http == NULL ? -1 : 0;
}

/* No due time of this job lies further ahead. */
static int64_t
horizon(const struct job *job)
{
	const int64_t waits[] = { job->cache.ttl, job->cache.negative_ttl,
		job->retry.max_backoff, job->retry.max_retry_after,
		2 * DURATION_D };
	int64_t longest = 0;

	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		if (waits[i] > longest)
			longest = waits[i];
	return longest + DURATION_H;
}

static int
open_store(struct runner *runner, int64_t now, struct err *err)
{
	const struct run_options *options = runner->options;
	const struct job *job = runner->job;
	struct store_options store = {
		.path = options->path,
		.limits = job->limits,
		.limit_count = job->limit_count,
		.idempotency_keys = job->request.idempotency_key,
		.now = now,
		.horizon = horizon(job),
		.retry_only = options->retry_only,
		.refresh = options->refresh,
		.wake = wake,
		.wake_state = runner->http,
	};
	char *share = NULL;

	if (job->share != NULL)
		share = xasprintf("%s/share/%s.db", options->folder,
		    job->share);
	store.share_path = share;
	runner->store = store_open(&store, err);
	free(share);
	return runner->store == NULL ? -1 : 0;
}

/* The origin's pause of an earlier run still holds. */
static int
restore_pause(struct runner *runner, int64_t now, struct err *err)
{
	const char *origin = gate_host_origin(runner->host);
	int64_t until = store_paused_until(runner->store, origin, err);

	if (until < 0)
		return -1;
	if (until - now > horizon(runner->job))
		until = 0; /* written by a clock that was ahead */
	gate_pause(runner->host, until);
	return 0;
}

static int
open_source(struct runner *runner, struct err *err)
{
	struct err why;

	if (runner->options->retry_only) {
		runner->listed = runner->claimable = true;
		return 0;
	}
	runner->lister = lister_new(&runner->job->source,
	    runner->options->folder, &why);
	if (runner->lister != NULL)
		return 0;
	runner->list_broken = true;
	runner->summary->list_failed = true;
	runner_say(runner, false, "listing: %s", why.text);
	(void)err;
	return 0;
}

static void
open_gate(struct runner *runner, int64_t now)
{
	const struct job *job = runner->job;
	struct gate_options options = { job->limits, job->limit_count,
		job->concurrency, &job->retry };

	random_seed_system(&runner->random);
	runner->gate = gate_new(&options);
	runner->plan = plan_new(&job->retry, runner->gate, &runner->random);
	runner->host = runner_host(runner,
	    exchanger_item_origin(runner->exchanger), now);
}

static int
start(struct runner *runner, struct err *err)
{
	int64_t now = clock_real();

	runner->clock_base = now - clock_now();
	runner->ends = runner->options->max_time == 0 ?
	    INT64_MAX :
	    now + runner->options->max_time;
	runner->next_due = INT64_MAX;
	runner->summary->job = runner->job->name;
	runner->summary->began = now;
	runner->auth = auth_new(&runner->job->auth, runner->options->secrets);
	runner->exchanger = exchanger_new(runner->job, runner->auth,
	    runner->options->secrets, err);
	if (runner->exchanger == NULL)
		return -1;
	open_gate(runner, now);
	if (runner_load_token(runner, err) != 0 ||
	    open_http(runner, err) != 0 || open_store(runner, now, err) != 0 ||
	    store_run_began(runner->store, now, err) != 0 ||
	    restore_pause(runner, now, err) != 0)
		return -1;
	return open_source(runner, err);
}

/* --- The end. */

/* What a limit had granted and nobody used goes back. */
static void
return_grants(struct runner *runner, int64_t now)
{
	for (size_t i = 0; i < runner->job->limit_count; i++) {
		struct store_message *message;

		if (runner->job->limits[i].kind == RATE_CONCURRENT)
			continue;
		message = store_message(STORE_GRANT);
		message->limit = i;
		message->rate = *gate_rate(runner->gate, i);
		message->now = now;
		store_send(runner->store, message);
	}
}

static void
drain_store(struct runner *runner)
{
	struct store_message *reply;

	while ((reply = store_wait(runner->store)) != NULL) {
		if (reply->kind == STORE_LISTED)
			runner->summary->listed = reply->id_count;
		store_message_free(reply);
	}
}

static void
count_rest(struct runner *runner, int64_t now)
{
	struct summary *summary = runner->summary;
	struct store_counts counts;
	struct err err;

	if (store_count(runner->store, now, &counts, &err) != 0) {
		runner_trouble(runner, &err);
		return;
	}
	summary->listed = 0;
	for (size_t i = 0; i < 7; i++)
		summary->listed += counts.by_state[i];
	summary->deferred = counts.by_state[ITEM_WAITING] +
	    counts.by_state[ITEM_RUNNING] + counts.by_state[ITEM_RETRY] +
	    counts.by_state[ITEM_DEFERRED];
	summary->fresh = counts.by_state[ITEM_DONE] - summary->fetched -
	    summary->not_modified;
	if (summary->fresh < 0)
		summary->fresh = 0;
	summary->stale = counts.stale;
	if (summary->deferred > 0)
		summary->until = runner->defer_until > 0 ? runner->defer_until :
							   counts.next_due;
	if (summary->until <= now || summary->until == INT64_MAX)
		summary->until = 0;
}

static int
exit_status(const struct runner *runner)
{
	if (runner->in_trouble || runner->summary->list_failed)
		return 2;
	if (runner->summary->failed > 0)
		return 1;
	return runner->terminated ? 75 : 0;
}

/* Closes what was opened, in the order that keeps all that was answered. */
static void
finish(struct runner *runner)
{
	int64_t now = runner_now(runner);
	struct err err;

	if (runner->store != NULL) {
		runner_flush(runner);
		return_grants(runner, now);
		drain_store(runner);
		count_rest(runner, now);
		runner->summary->exit_status = exit_status(runner);
		store_run_ended(runner->store, now,
		    runner->summary->exit_status);
		if (store_close(runner->store, &err) != 0)
			runner_trouble(runner, &err);
	}
	runner->summary->ended = now;
	runner->summary->exit_status = exit_status(runner);
}

static void
release(struct runner *runner)
{
	struct task *task;

	http_free(runner->http);
	while (
	    runner->plan != NULL && (task = plan_drain(runner->plan)) != NULL) {
		if (task->kind == TASK_PAGE)
			page_walk_free(task->subject);
		exchange_free(task->exchange);
		task_free(task);
	}
	runner_claims_free(runner);
	lister_free(runner->lister);
	plan_free(runner->plan);
	gate_free(runner->gate);
	exchanger_free(runner->exchanger);
	auth_free(runner->auth);
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
	if (start(&runner, &why) != 0)
		runner_trouble(&runner, &why);
	else
		loop(&runner);
	finish(&runner);
	release(&runner);
	secrets_redact_err(options->secrets, err);
	if (summary->exit_status == 2 && !runner.in_trouble)
		(void)err_set(err, "the listing failed");
	return summary->exit_status;
}
