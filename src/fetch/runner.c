/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/runner.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/duration.h"

/* Where the concurrency finds its own level. */
enum { TRANSFERS_MAX = 64 };

/* What is under way when a run is to end has so long to come in. */
static const int64_t grace = 3 * DURATION_S;

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

/* The pauses of an earlier run still hold, for all origins of the job. */
static int
restore_pauses(struct runner *runner, int64_t now, struct err *err)
{
	const char *origin;

	for (size_t i = 0;
	     (origin = exchanger_origin(runner->exchanger, i)) != NULL; i++) {
		int64_t until = store_paused_until(runner->store, origin, err);

		if (until < 0)
			return -1;
		if (until - now > horizon(runner->job))
			until = 0; /* written by a clock that was ahead */
		gate_pause(gate_host(runner->gate, origin, now), until);
	}
	return 0;
}

/* Where it cannot be opened the last complete listing is used. */
static void
open_source(struct runner *runner)
{
	struct err why;

	if (runner->options->retry_only) {
		runner->listed = runner->claimable = true;
		return;
	}
	runner->lister = lister_new(&runner->job->source,
	    runner->options->folder, &why);
	if (runner->lister != NULL)
		return;
	runner->list_broken = true;
	runner->summary->list_failed = true;
	runner_say(runner, false, "listing: %s", why.text);
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
	runner->host = gate_host(runner->gate,
	    exchanger_origin(runner->exchanger, 0), now);
}

int
runner_open(struct runner *runner, struct err *err)
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
	    restore_pauses(runner, now, err) != 0)
		return -1;
	open_source(runner);
	return 0;
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
	for (size_t i = 0; i < ITEM_STATES; i++)
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
void
runner_finish(struct runner *runner)
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

void
runner_release(struct runner *runner)
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
