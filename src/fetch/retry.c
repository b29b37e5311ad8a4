/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/retry.h"

#include "base/duration.h"

/* In thousandths of a retry. */
enum {
	RETRY = 1000,
	PER_REQUEST = RETRY / 5,
	BUDGET_MAX = 100 * RETRY,
};

/* Ten retries a second are a thousandth every so often. */
#define THOUSANDTH (DURATION_S / 10 / RETRY)

void
retry_defaults(struct retry_policy *policy)
{
	*policy = (struct retry_policy){
		.max_attempts = 8,
		.backoff = DURATION_S,
		.factor = 2,
		.max_backoff = 5 * DURATION_M,
		.jitter = JITTER_FULL,
		.max_retry_after = DURATION_D,
		.max_wait = 15 * DURATION_M,
	};
}

/* min(max_backoff, backoff * factor^(failed - 1)) */
static int64_t
longest_wait(const struct retry_policy *policy, unsigned failed)
{
	double max = (double)policy->max_backoff;
	double wait = (double)policy->backoff;

	for (unsigned i = 1; i < failed && wait < max; i++)
		wait *= policy->factor;
	return wait < max ? (int64_t)wait : policy->max_backoff;
}

/* How much of the wait is left to chance. */
static int64_t
chance(enum retry_jitter jitter, int64_t wait)
{
	switch (jitter) {
	case JITTER_FULL:
		return wait;
	case JITTER_EQUAL:
		return wait / 2;
	case JITTER_NONE:
		return 0;
	}
	return wait;
}

int64_t
retry_wait(const struct retry_policy *policy, unsigned failed,
    int64_t retry_after, struct random *random)
{
	int64_t longest = longest_wait(policy, failed);
	int64_t spread = chance(policy->jitter, longest);
	int64_t least = longest - spread;

	if (retry_after > policy->max_retry_after)
		retry_after = policy->max_retry_after;
	if (retry_after > least)
		least = retry_after;
	return least + (int64_t)random_below(random, (uint64_t)spread + 1);
}

static int64_t
at_most(int64_t tokens)
{
	return tokens < BUDGET_MAX ? tokens : BUDGET_MAX;
}

/* The budget as it is now. What was gained is whole thousandths, and only
 * their time has passed: the rest of it counts the next time. */
static struct retry_budget
counted(const struct retry_budget *budget, int64_t now)
{
	int64_t gained = (now - budget->at) / THOUSANDTH;

	return (struct retry_budget){
		.tokens = at_most(budget->tokens + gained),
		.at = budget->at + gained * THOUSANDTH,
	};
}

void
retry_budget_first(struct retry_budget *budget, int64_t now)
{
	*budget = counted(budget, now);
	budget->tokens = at_most(budget->tokens + PER_REQUEST);
}

int64_t
retry_budget_earliest(const struct retry_budget *budget, int64_t now)
{
	struct retry_budget then = counted(budget, now);
	int64_t earliest = then.at + (RETRY - then.tokens) * THOUSANDTH;

	return earliest > now ? earliest : now;
}

void
retry_budget_take(struct retry_budget *budget, int64_t now)
{
	*budget = counted(budget, now);
	budget->tokens -= RETRY;
}
