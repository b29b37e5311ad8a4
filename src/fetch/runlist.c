/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "fetch/origin.h"
#include "fetch/runner.h"

enum {
	IDS_AT_ONCE = 5000, /* read and sent on as one message */
	MESSAGES_MAX = 4,   /* of ids, on their way to the store */
	WALKS_MAX = 8,      /* listings gone through side by side */
};

/* The listing cannot be completed: why is told once. */
static void
list_breaks(struct runner *runner, const char *why)
{
	lister_free(runner->lister);
	runner->lister = NULL;
	if (runner->list_broken)
		return;
	runner->list_broken = true;
	runner->summary->list_failed = true;
	runner_say(runner, false, "listing: %s", why);
}

static void
send_ids(struct runner *runner, struct buf *ids, size_t count, size_t refused,
    int64_t now)
{
	struct store_message *message;

	runner->summary->refused += (int64_t)refused;
	if (count == 0) {
		buf_release(ids);
		return;
	}
	message = store_message(STORE_LIST);
	message->ids = *ids;
	*ids = (struct buf){ 0 };
	message->now = now;
	runner->list_messages++;
	store_send(runner->store, message);
}

/* Makes the walk's page a task, or the task's next page. */
static void
ask_for_page(struct runner *runner, struct task *task, int64_t now)
{
	char origin[ORIGIN_MAX];
	struct err err;

	if (exchange_prepare(runner->exchanger, task, origin, &err) != 0) {
		(void)err_wrap(&err, "page %" PRId64,
		    page_number(task->subject));
		list_breaks(runner, err.text);
		page_walk_free(task->subject);
		exchange_free(task->exchange);
		task_free(task);
		runner->walks--;
		return;
	}
	task->host = gate_host(runner->gate, origin, now);
	task->failed = 0;
	task->due = 0;
	plan_add(runner->plan, task);
}

static void
start_walk(struct runner *runner, struct page_walk *walk, int64_t now)
{
	struct task *task = task_new(TASK_PAGE, NULL,
	    runner->job->source.request.cost, NULL, 0);

	task->subject = walk;
	runner->walks++;
	ask_for_page(runner, task, now);
}

static void
end_walk(struct runner *runner, struct task *task)
{
	page_walk_free(task->subject);
	exchange_free(task->exchange);
	task_free(task);
	runner->walks--;
}

void
runner_list_give_up(struct runner *runner, const char *why)
{
	struct task *task;

	list_breaks(runner, why);
	while ((task = plan_drain(runner->plan)) != NULL)
		end_walk(runner, task);
}

/* All ids were sent on: the store is told whether they are all there are. */
static void
end_list(struct runner *runner, int64_t now)
{
	struct store_message *message = store_message(STORE_LISTED);

	message->complete = !runner->list_broken;
	message->now = now;
	runner->listed = true;
	store_send(runner->store, message);
}

/* One piece of the source; false when it has no more. */
static bool
list_piece(struct runner *runner, int64_t now)
{
	struct buf ids = { 0 };
	struct page_walk *walk = NULL;
	size_t count;
	size_t refused;
	struct err err;

	switch (lister_next(runner->lister, IDS_AT_ONCE, &ids, &count, &refused,
	    &walk, &err)) {
	case LISTER_IDS:
		send_ids(runner, &ids, count, refused, now);
		return true;
	case LISTER_WALK:
		runner->summary->refused += (int64_t)refused;
		start_walk(runner, walk, now);
		return true;
	case LISTER_END:
		runner->summary->refused += (int64_t)refused;
		lister_free(runner->lister);
		runner->lister = NULL;
		break;
	case LISTER_ERROR:
		send_ids(runner, &ids, count, refused, now);
		list_breaks(runner, err.text);
		break;
	}
	buf_release(&ids);
	return false;
}

void
runner_list(struct runner *runner, int64_t now)
{
	if (runner->listed || runner->stopping)
		return;
	while (runner->lister != NULL && runner->walks < WALKS_MAX &&
	    runner->list_messages < MESSAGES_MAX)
		if (!list_piece(runner, now))
			break;
	if (runner->lister == NULL && runner->walks == 0)
		end_list(runner, now);
}

void
runner_list_reply(struct runner *runner, const struct store_message *reply,
    int64_t now)
{
	struct store_counts counts;
	struct err err;

	if (reply->kind == STORE_LIST) {
		runner->list_messages--;
		runner->summary->unseen += reply->new_count;
		return;
	}
	runner->summary->listed = reply->id_count;
	runner->summary->list_kept = reply->complete;
	runner->claimable = true;
	if (runner->options->show == NULL)
		return;
	if (store_count(runner->store, now, &counts, &err) == 0)
		runner->due = counts.by_state[ITEM_WAITING] +
		    counts.by_state[ITEM_RETRY];
}

/* A page has come: its ids go on, and the next one is asked for. */
static void
take_page(struct runner *runner, struct task *task,
    const struct http_reply *reply, int64_t now)
{
	struct buf ids = { 0 };
	size_t count = 0;
	size_t refused = 0;
	struct err err;
	enum page_step step = page_come(task->subject, task->exchange->url.ptr,
	    buf_slice(&reply->header), buf_slice(&reply->body), &ids, &count,
	    &refused, &err);

	send_ids(runner, &ids, count, refused, now);
	if (step == PAGE_NEXT && !runner->list_broken) {
		ask_for_page(runner, task, now);
		return;
	}
	if (step == PAGE_ERROR)
		list_breaks(runner, err.text);
	end_walk(runner, task);
}

/* Whether a page may still be had in this run, after a wait. */
static bool
is_soon(const struct runner *runner, int64_t due, int64_t now)
{
	return due < runner->ends && due - now <= runner->job->retry.max_wait;
}

void
runner_page_answered(struct runner *runner, struct task *task,
    const struct http_reply *reply, const struct outcome_result *result,
    const struct verdict *verdict, int64_t now)
{
	char origin[ORIGIN_MAX];
	struct err err;

	switch (verdict->word) {
	case VERDICT_DONE:
		take_page(runner, task, reply, now);
		return;
	case VERDICT_RETRY:
		if (!is_soon(runner, verdict->due, now))
			break;
		task->failed++;
		task->due = verdict->due;
		goto again;
	case VERDICT_RENEW:
		if (!exchanger_can_renew(runner->exchanger) ||
		    !auth_rejected(runner->auth, task->generation, now))
			break;
		goto again;
	case VERDICT_AGAIN:
		goto again;
	case VERDICT_DEFER:
		runner->defer_until = verdict->due;
		break;
	case VERDICT_GONE:
	case VERDICT_FAILED:
	case VERDICT_SPLIT:
		break;
	}
	list_breaks(runner, result->cause);
	end_walk(runner, task);
	return;
again:
	if (exchange_prepare(runner->exchanger, task, origin, &err) == 0)
		task->host = gate_host(runner->gate, origin, now);
	plan_add(runner->plan, task);
}
