/* SPDX-License-Identifier: MIT */
#ifndef FETCH_PLAN_H
#define FETCH_PLAN_H

/*
 * What is to be sent next, and what an answer means for its items: the heart
 * of a run. Pure: no I/O, no clock; a test drives an hour of 429s through it
 * in a moment.
 *
 * A task is one HTTP request that is due: a token, a page of a listing, or the
 * items that it asks for (one; or up to a batch of them, when the API takes
 * ids together). Tasks wait in the plan, are taken when the gate lets them
 * through, and come back with an outcome:
 *
 *	plan_add -> plan_take -> (sent) -> plan_judge -> plan_add  again, at
 *	                                              |          once or later
 *	                                              -> free    all is said
 *
 * Rules that hold (tests/unit/plan.c):
 * - No item is lost: each that was added comes out in a verdict, or is in a
 *   task that goes on.
 * - None is sent before it is due, none fails more often than max_attempts.
 * - A throttle, a 401, an answer of quota and what the run itself gave up
 *   cost no attempt.
 * - One bad id never costs its siblings: where a request for several ids fails
 *   for good, it is cut in two halves, down to the one id that is to blame; a
 *   cut costs no attempt.
 * - A host that is to be waited for does not hold up the others.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/random.h"
#include "fetch/gate.h"
#include "fetch/outcome.h"
#include "fetch/retry.h"
#include "fetch/store.h"

enum task_kind { TASK_TOKEN, TASK_PAGE, TASK_ITEMS };

struct exchange; /* exchange.h */

struct task {
	struct task *next; /* the plan's while it waits */
	enum task_kind kind;
	struct gate_host *host;
	int64_t cost;
	int64_t due;        /* not sent before; 0: at once */
	unsigned failed;    /* attempts that failed, of the unluckiest item */
	unsigned throttled; /* in a row */
	bool repeatable;    /* sending it twice does no harm */
	bool suspect;       /* has failed in an earlier run: another failure
			     * says nothing about the host */
	struct store_item **items; /* TASK_ITEMS: count of them, the task's */
	size_t count;

	/* While it is under way. */
	bool probe;
	int64_t sent_at;
	unsigned generation; /* auth.h: of the token it was sent with */
	unsigned renewed;    /* how often a 401 was answered by a new token */
	struct exchange *exchange;

	void *subject; /* the caller's: a page's walk */
};

/* A task of count items (the array is copied, the items are borrowed from
 * their claim), repeatable. task_free() frees it. */
struct task *task_new(enum task_kind kind, struct gate_host *host, int64_t cost,
    struct store_item *const *items, size_t count);
void task_free(struct task *task); /* NULL is allowed */

struct plan;

struct plan *plan_new(const struct retry_policy *retry, struct gate *gate,
    struct random *random);
void plan_free(struct plan *plan); /* and the tasks that wait in it */

/* Adds a task; the plan owns it until plan_take() gives it back. Tokens come
 * before pages, pages before items; else the one that waits longest, of those
 * whose host may be asked. */
void plan_add(struct plan *plan, struct task *task);

/* How many items wait in it. */
size_t plan_items(const struct plan *plan);

/* What keeps the plan from giving a task now. */
struct plan_wait {
	bool empty;    /* it has none */
	int64_t until; /* the next time to ask; INT64_MAX: an answer or
			* a grant must come first */
	bool grant;    /* units of limit are needed, at least cost */
	size_t limit;
	int64_t cost;
	const char *reason; /* for people */
};

/* A task of a kind up to last that is to be sent now (gate_sent() is done), or
 * NULL with *wait filled. The caller owns it. */
struct task *plan_take(struct plan *plan, enum task_kind last, int64_t now,
    struct plan_wait *wait);

/* Takes out one task that waits, whatever it waits for, those of items first,
 * for giving them back; NULL when there is none. */
struct task *plan_drain(struct plan *plan);

enum verdict_word {
	VERDICT_DONE, /* the answer is good */
	VERDICT_GONE,
	VERDICT_FAILED, /* softly: attempts used up, or no use in another */
	VERDICT_RETRY,  /* stored as retry, due at a time */
	VERDICT_DEFER,  /* stored as put off until a time; no attempt spent */
	VERDICT_AGAIN,  /* the task goes back into the plan, as it is */
	VERDICT_RENEW,  /* the token is renewed, then again */
	VERDICT_SPLIT,  /* plan_split(), and both halves again */
};

struct verdict {
	enum verdict_word word;
	int64_t due;
	int64_t pause; /* the host is paused until then: to be persisted */
};

/*
 * What the outcome of a task's request means for its items, all alike; the
 * gate learns from it. *task is prepared for going again where the verdict
 * says so. run_ends is when the run must be over (INT64_MAX: no end): what
 * would wait beyond it, or longer than max_wait, is deferred.
 */
struct verdict plan_judge(struct plan *plan, struct task *task,
    const struct outcome_result *result, enum outcome_trouble trouble,
    int status, int64_t run_ends, int64_t now);

/* A redirect has answered: the gate learns that the host answers, and the task
 * goes on to another host, as it is. */
void plan_redirected(struct plan *plan, struct task *task, int status,
    struct gate_host *next, int64_t now);

/* Its request was given up before an answer came. */
void plan_cancelled(struct plan *plan, struct task *task);

/* Cuts a task of at least two items in two: the second half is returned. */
struct task *plan_split(struct task *task);

/* The same where a good answer for many turns out not to be one: it cannot be
 * taken apart. The gate has learnt from it already. */
struct verdict plan_judge_parse(struct plan *plan, const struct task *task,
    int64_t now);

#endif
