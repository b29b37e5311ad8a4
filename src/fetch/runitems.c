/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/duration.h"
#include "fetch/freshness.h"
#include "fetch/header.h"
#include "fetch/runner.h"
#include "fetch/unpack.h"

enum {
	CLAIM_FIRST = 100, /* items of the first claim; later ones double */
	CLAIM_MAX = 2000,
	FLUSH_AT = 50, /* results that are sent to the store at once */
	VALIDATOR_MAX = 1024,
};

/* How long a result waits for others. */
static const int64_t flush_after = 5 * DURATION_MS;

/* A lease that is longer than any request can take. */
static const int64_t lease = DURATION_H;

/* --- Claims. */

/* How many items may still be claimed. */
static size_t
claimable(const struct runner *runner)
{
	uint64_t limit = runner->options->limit;

	if (limit == 0)
		return CLAIM_MAX;
	return limit > runner->claimed ? limit - runner->claimed : 0;
}

bool
runner_wants_items(const struct runner *runner)
{
	return runner->claimable && !runner->stopping && !runner->claiming &&
	    claimable(runner) > 0 &&
	    plan_items(runner->plan) <= runner->claim_size / 2;
}

void
runner_claim(struct runner *runner, int64_t now)
{
	size_t most = claimable(runner);
	struct store_message *message;

	if (!runner_wants_items(runner) ||
	    (runner->exhausted && runner->next_due > now))
		return;
	if (runner->claim_size == 0)
		runner->claim_size = CLAIM_FIRST;
	runner_flush(runner);
	message = store_message(STORE_CLAIM);
	message->max = most < runner->claim_size ? most : runner->claim_size;
	message->now = now;
	message->lease = now + lease;
	runner->claiming = true;
	runner->next_due = INT64_MAX; /* until the reply: of what comes in */
	store_send(runner->store, message);
}

static void
add_task(struct runner *runner, struct store_item *items, size_t count)
{
	struct store_item *pointers[JOB_BATCH_MAX];
	struct task *task;

	assert(count <= JOB_BATCH_MAX);
	for (size_t i = 0; i < count; i++)
		pointers[i] = &items[i];
	task = task_new(TASK_ITEMS, runner->host, runner->job->request.cost,
	    pointers, count);
	task->repeatable = runner->job->request.repeatable;
	plan_add(runner->plan, task);
}

void
runner_claim_reply(struct runner *runner, struct store_message *reply)
{
	size_t batch = runner->job->together ? runner->job->batch : 1;
	struct claim *claim;

	runner->claiming = false;
	if (reply->next_due < runner->next_due)
		runner->next_due = reply->next_due;
	runner->exhausted = reply->item_count < reply->max;
	if (reply->item_count == 0) {
		store_message_free(reply);
		return;
	}
	claim = xcalloc(1, sizeof(*claim));
	claim->message = reply;
	claim->open = reply->item_count;
	claim->next = runner->claims;
	if (claim->next != NULL)
		claim->next->prev = claim;
	runner->claims = claim;
	runner->claimed += reply->item_count;
	if (runner->claim_size < CLAIM_MAX)
		runner->claim_size *= 2;
	for (size_t i = 0; i < reply->item_count; i++)
		reply->items[i].owner = claim;
	for (size_t i = 0; i < reply->item_count; i += batch)
		add_task(runner, reply->items + i,
		    batch < reply->item_count - i ? batch :
						    reply->item_count - i);
}

static void
claim_free(struct claim *claim)
{
	store_message_free(claim->message);
	free(claim);
}

/* All its items are settled. */
static void
end_claim(struct runner *runner, struct claim *claim)
{
	if (claim->prev == NULL)
		runner->claims = claim->next;
	else
		claim->prev->next = claim->next;
	if (claim->next != NULL)
		claim->next->prev = claim->prev;
	claim_free(claim);
}

void
runner_claims_free(struct runner *runner)
{
	struct claim *next;

	for (struct claim *claim = runner->claims; claim != NULL;
	     claim = next) {
		next = claim->next;
		claim_free(claim);
	}
	runner->claims = NULL;
}

/* --- Results. */

void
runner_flush(struct runner *runner)
{
	if (runner->finish == NULL)
		return;
	store_send(runner->store, runner->finish);
	runner->finish = NULL;
}

void
runner_flush_due(struct runner *runner, int64_t now)
{
	if (runner->finish != NULL &&
	    (now >= runner->finish_by || gate_under_way(runner->gate) == 0))
		runner_flush(runner);
}

static void
begin_message(struct runner *runner)
{
	struct store_message *finish = store_message(STORE_FINISH);

	finish->results = xcalloc(FLUSH_AT, sizeof(*finish->results));
	finish->bodies = xcalloc(FLUSH_AT, sizeof(*finish->bodies));
	runner->finish = finish;
	runner->finish_by = runner_now(runner) + flush_after;
}

/* Where the next result goes; bytes it points at belong to the message. */
static struct store_result *
next_result(struct runner *runner)
{
	if (runner->finish != NULL && runner->finish->item_count == FLUSH_AT)
		runner_flush(runner);
	if (runner->finish == NULL)
		begin_message(runner);
	return &runner->finish->results[runner->finish->item_count++];
}

/* Gives bytes to the message that is being filled; they are its own then. */
static struct slice
keep_body(struct runner *runner, struct buf *body)
{
	struct store_message *finish = runner->finish;
	struct slice bytes = buf_slice(body);

	finish->bodies[finish->body_count++] = *body;
	*body = (struct buf){ 0 };
	return bytes;
}

static struct slice
keep(struct runner *runner, struct slice bytes)
{
	return bytes.len == 0 ? (struct slice){ NULL, 0 } :
				arena_copy(runner->finish->arena, bytes);
}

/* The cause as it may be stored: without secrets. */
static struct slice
keep_cause(struct runner *runner, const char *cause)
{
	struct buf text = { 0 };
	struct slice kept;

	if (cause == NULL)
		return (struct slice){ NULL, 0 };
	secrets_redact(runner->options->secrets, slice_str(cause), &text);
	kept = keep(runner, buf_slice(&text));
	buf_release(&text);
	return kept;
}

static void
count_result(struct runner *runner, const struct store_item *item,
    const struct store_result *result)
{
	struct summary *summary = runner->summary;

	switch (result->state) {
	case ITEM_DONE:
		if (result->answer.kind == ANSWER_RENEWED)
			summary->not_modified++;
		else
			summary->fetched++;
		summary->bytes += (int64_t)result->answer.body.len;
		break;
	case ITEM_GONE:
		summary->gone++;
		break;
	case ITEM_FAILED:
		summary->failed++;
		summary_add_cause(summary, result->cause);
		break;
	case ITEM_RETRY:
	case ITEM_DEFERRED:
		if (result->due < runner->next_due)
			runner->next_due = result->due;
		break;
	case ITEM_WAITING:
	case ITEM_RUNNING:
		break;
	}
	if (result->cause.len > 0)
		runner_say(runner, true, "%.*s: %.*s", SLICE_ARG(item->id),
		    SLICE_ARG(result->cause));
}

/* The result is filled in: the item is settled, and its claim maybe too. */
static void
settled(struct runner *runner, struct store_item *item,
    struct store_result *result)
{
	struct claim *claim = item->owner;

	result->row = item->row;
	count_result(runner, item, result);
	if (result->state != ITEM_RETRY)
		runner->settled++;
	if (--claim->open == 0)
		end_claim(runner, claim);
}

static void
settle_item(struct runner *runner, struct store_item *item,
    enum item_state state, int64_t due, const char *cause)
{
	struct store_result *result = next_result(runner);
	bool failed = state == ITEM_FAILED || state == ITEM_RETRY;

	result->state = state;
	result->attempts = item->attempts + failed;
	result->due = due;
	result->cause = keep_cause(runner, cause);
	if (state == ITEM_GONE)
		result->answer.kind = ANSWER_DROPPED;
	settled(runner, item, result);
}

void
runner_settle_task(struct runner *runner, struct task *task,
    enum item_state state, int64_t due, const char *cause)
{
	for (size_t i = 0; i < task->count; i++)
		settle_item(runner, task->items[i], state, due, cause);
	exchange_free(task->exchange);
	task_free(task);
}

/* --- Answers. */

/* Whether a validator may be sent back: a server that made it up of what no
 * header takes would keep its item from ever being asked for again. */
static bool
is_validator(struct slice value)
{
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.ptr[i] < ' ' || value.ptr[i] == 0x7f)
			return false;
	return value.len > 0 && value.len <= VALIDATOR_MAX;
}

/* What of an answer's header goes into the store. */
static void
take_header(struct runner *runner, const struct http_reply *reply,
    struct store_answer *answer, int64_t now)
{
	const struct job_cache *cache = &runner->job->cache;
	struct slice header = buf_slice(&reply->header);
	struct freshness freshness;
	int64_t stale = cache->stale_if_error;
	struct slice value;

	freshness_read(header, cache->ttl, cache->obey, now, &freshness);
	if (freshness.stale_if_error >= 0 && freshness.stale_if_error < stale)
		stale = freshness.stale_if_error;
	answer->kind = ANSWER_NEW;
	answer->status = reply->status;
	answer->received = now;
	answer->expires = now + freshness.lifetime;
	answer->stale_until = answer->expires +
	    (freshness.must_revalidate ? 0 : stale);
	if (header_find(header, "ETag", &value) && is_validator(value))
		answer->etag = keep(runner, value);
	if (header_find(header, "Last-Modified", &value) && is_validator(value))
		answer->modified = keep(runner, value);
	if (header_find(header, "Content-Type", &value))
		answer->type = keep(runner, value);
	if (!freshness.store)
		answer->kind = ANSWER_DROPPED;
}

static void
settle_good(struct runner *runner, struct store_item *item,
    const struct http_reply *reply, struct slice body, int64_t now)
{
	struct store_result *result =
	    &runner->finish->results[runner->finish->item_count - 1];

	result->state = ITEM_DONE;
	take_header(runner, reply, &result->answer, now);
	result->answer.body = body;
	if (reply->status == 304)
		result->answer.kind = ANSWER_RENEWED;
	result->due = result->answer.expires;
	if (result->answer.kind == ANSWER_DROPPED)
		result->cause = keep_cause(runner,
		    "not stored: Cache-Control: no-store");
	settled(runner, item, result);
}

/* The answer to a request for one item. */
static void
take_answer(struct runner *runner, struct task *task, struct http_reply *reply,
    int64_t now)
{
	struct slice body;

	(void)next_result(runner);
	body = keep_body(runner, &reply->body);
	settle_good(runner, task->items[0], reply, body, now);
	exchange_free(task->exchange);
	task_free(task);
}

/* An item whose part is not in the answer for all. */
static void
settle_absent(struct runner *runner, struct store_item *item, int64_t now)
{
	const struct job_cache *cache = &runner->job->cache;

	if (cache->absent_is_gone)
		settle_item(runner, item, ITEM_GONE, now + cache->negative_ttl,
		    "not in the answer");
	else
		settle_item(runner, item, ITEM_FAILED, now,
		    "not in the answer");
}

static void
settle_parts(struct runner *runner, struct task *task,
    const struct http_reply *reply, const struct unpack_part *parts,
    const struct buf *bodies, int64_t now)
{
	for (size_t i = 0; i < task->count; i++) {
		struct slice part = slice_make(bodies->ptr + parts[i].at,
		    parts[i].len);

		if (parts[i].len == 0) {
			settle_absent(runner, task->items[i], now);
			continue;
		}
		(void)next_result(runner);
		settle_good(runner, task->items[i], reply, keep(runner, part),
		    now);
	}
	exchange_free(task->exchange);
	task_free(task);
}

/* Back into the plan, to be sent from the start. */
static void
again(struct runner *runner, struct task *task)
{
	exchange_free(task->exchange);
	task->exchange = NULL;
	task->host = runner->host;
	plan_add(runner->plan, task);
}

/* The answer could not be taken apart: a failure like others. */
static void
take_unreadable(struct runner *runner, struct task *task, const char *why,
    int64_t now)
{
	struct verdict verdict = plan_judge_parse(runner->plan, task, now);

	if (verdict.word == VERDICT_SPLIT) {
		again(runner, plan_split(task));
		again(runner, task);
	} else {
		runner_settle_task(runner, task,
		    verdict.word == VERDICT_RETRY ? ITEM_RETRY : ITEM_FAILED,
		    verdict.due, why);
	}
}

/* The answer to a request for several items. */
static void
take_answer_apart(struct runner *runner, struct task *task,
    const struct http_reply *reply, int64_t now)
{
	struct unpack_part *parts = xcalloc(task->count, sizeof(*parts));
	struct slice *ids = xcalloc(task->count, sizeof(*ids));
	struct buf bodies = { 0 };
	struct err err;

	for (size_t i = 0; i < task->count; i++)
		ids[i] = task->items[i]->id;
	if (unpack(runner->job->split, runner->job->key,
		buf_slice(&reply->body), ids, task->count, parts, &bodies,
		&err) < 0)
		take_unreadable(runner, task, err.text, now);
	else
		settle_parts(runner, task, reply, parts, &bodies, now);
	buf_release(&bodies);
	free(ids);
	free(parts);
}

/* To be tried again later. It goes back into the store, from where the next
 * claim takes it, unless --limit allows no other claim. */
static void
retry(struct runner *runner, struct task *task, int64_t due, const char *cause)
{
	if (runner->options->limit == 0) {
		runner_settle_task(runner, task, ITEM_RETRY, due, cause);
		return;
	}
	for (size_t i = 0; i < task->count; i++)
		task->items[i]->attempts++;
	task->failed++;
	task->due = due;
	again(runner, task);
}

/* A 401: a new token may mend it. */
static void
renew(struct runner *runner, struct task *task, const char *cause, int64_t now)
{
	if (exchanger_can_renew(runner->exchanger) &&
	    auth_rejected(runner->auth, task->generation, now)) {
		again(runner, task);
		return;
	}
	runner->refused_logins++;
	runner_settle_task(runner, task, ITEM_FAILED, now, cause);
}

void
runner_items_answered(struct runner *runner, struct task *task,
    struct http_reply *reply, const struct outcome_result *result,
    const struct verdict *verdict, int64_t now)
{
	switch (verdict->word) {
	case VERDICT_DONE:
		runner->refused_logins = 0;
		if (runner->job->together)
			take_answer_apart(runner, task, reply, now);
		else
			take_answer(runner, task, reply, now);
		return;
	case VERDICT_GONE:
		runner_settle_task(runner, task,
		    runner->job->cache.absent_is_gone ? ITEM_GONE : ITEM_FAILED,
		    now + runner->job->cache.negative_ttl, result->cause);
		return;
	case VERDICT_FAILED:
		if (result->outcome == OUTCOME_AUTH)
			runner->refused_logins++;
		runner_settle_task(runner, task, ITEM_FAILED, now,
		    result->cause);
		return;
	case VERDICT_RETRY:
		retry(runner, task, verdict->due, result->cause);
		return;
	case VERDICT_DEFER:
		runner_settle_task(runner, task, ITEM_DEFERRED, verdict->due,
		    result->cause);
		return;
	case VERDICT_AGAIN:
		again(runner, task);
		return;
	case VERDICT_RENEW:
		renew(runner, task, result->cause, now);
		return;
	case VERDICT_SPLIT:
		again(runner, plan_split(task));
		again(runner, task);
		return;
	}
}
