/* SPDX-License-Identifier: MIT */
#ifndef FETCH_RUNNER_H
#define FETCH_RUNNER_H

/*
 * What the parts of a run share: run.c is the loop, runner.c opens and closes,
 * runlist.c lists the ids, runitems.c claims items and settles them, runtoken.c
 * gets tokens. Not for others.
 */

#include "base/random.h"
#include "fetch/auth.h"
#include "fetch/exchange.h"
#include "fetch/gate.h"
#include "fetch/http.h"
#include "fetch/lister.h"
#include "fetch/plan.h"
#include "fetch/run.h"
#include "fetch/store.h"

/* A claim's items, until all are settled. */
struct claim {
	struct store_message *message;
	size_t open; /* not yet settled */
	struct claim *next;
	struct claim *prev;
};

struct runner {
	const struct run_options *options;
	const struct job *job;
	struct summary *summary;
	struct store *store;
	struct gate *gate;
	struct plan *plan;
	struct http *http;
	struct auth *auth;
	struct exchanger *exchanger;
	struct random random;
	struct gate_host *host; /* of the items */
	int64_t clock_base;     /* what makes clock_now() a date */
	int64_t ends;           /* INT64_MAX: no end */
	unsigned max_transfers;

	/* Listing. */
	struct lister *lister; /* NULL: nothing more to be had from it */
	size_t walks;          /* listings whose pages are gone through */
	size_t list_messages;  /* on their way to the store */
	bool list_broken;      /* not complete: whatever comes is not used */
	bool listed;           /* the store knows of the end */
	bool claimable;        /* it has answered that: items may be claimed */

	/* Claiming and settling. */
	struct claim *claims;
	size_t claimed;               /* in all */
	size_t claim_size;            /* of the next one */
	bool claiming;                /* a claim is on its way */
	bool exhausted;               /* the last one gave nothing */
	int64_t next_due;             /* of what was not yet due then */
	struct store_message *finish; /* results that wait to be sent */
	int64_t finish_by;            /* then they are */
	int64_t settled;
	int64_t due;

	/* Ending. */
	bool stopping;   /* nothing more is sent */
	bool terminated; /* by a signal */
	int64_t stop_at; /* what is then under way is given up */
	int64_t defer_until;
	unsigned refused_logins; /* 401s in a row that no token could mend */
	bool in_trouble;
	struct err *err; /* of the trouble */

	/* For showing. */
	int64_t shown;
	const char *waiting_for;
	int64_t waits_until;
};

/* --- runner.c */

/* Opens all that a run needs. -1 with err set; runner_finish() and
 * runner_release() are due in any case. */
int runner_open(struct runner *runner, struct err *err) CHECKED;
/* Commits what was answered, counts what is left, and closes the store. */
void runner_finish(struct runner *runner);
void runner_release(struct runner *runner);

/* The date, on a clock that does not jump while the run lasts. */
int64_t runner_now(const struct runner *runner);

/* Ends the run: err is set already, or why is for the summary. */
void runner_trouble(struct runner *runner, const struct err *err);
void runner_stop(struct runner *runner, const char *why, int64_t now);

/* Says a line, with secrets made unreadable. */
void runner_say(struct runner *runner, bool verbose, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* --- runlist.c */

/* Reads and sends ids on, as far as it goes without waiting. */
void runner_list(struct runner *runner, int64_t now);
void runner_list_reply(struct runner *runner, const struct store_message *reply,
    int64_t now);
void runner_page_answered(struct runner *runner, struct task *task,
    const struct http_reply *reply, const struct outcome_result *result,
    const struct verdict *verdict, int64_t now);

/* The listing waits for what the items need not wait for, and too long: it ends
 * here, and the last complete one is used. */
void runner_list_give_up(struct runner *runner, const char *why);

/* --- runitems.c */

/* Whether more items are to be claimed as soon as some are due. */
bool runner_wants_items(const struct runner *runner);
/* Claims more items where there are too few. */
void runner_claim(struct runner *runner, int64_t now);
/* A claim has come; the message is the runner's from then on. */
void runner_claim_reply(struct runner *runner, struct store_message *reply);
void runner_items_answered(struct runner *runner, struct task *task,
    struct http_reply *reply, const struct outcome_result *result,
    const struct verdict *verdict, int64_t now);
/* All items of the task, without an answer. */
void runner_settle_task(struct runner *runner, struct task *task,
    enum item_state state, int64_t due, const char *cause);
/* Sends the results on; or only where they have waited for long enough. */
void runner_flush(struct runner *runner);
void runner_flush_due(struct runner *runner, int64_t now);
void runner_claims_free(struct runner *runner);

/* --- runtoken.c */

/* Takes up the refresh token that an earlier run was given, if any. */
int runner_load_token(struct runner *runner, struct err *err) CHECKED;

/* Sees to it that there is a token; false while there is none yet. */
bool runner_has_token(struct runner *runner, int64_t now);
void runner_token_answered(struct runner *runner, struct task *task,
    const struct http_reply *reply, const struct outcome_result *result,
    const struct verdict *verdict, int64_t now);

#endif
