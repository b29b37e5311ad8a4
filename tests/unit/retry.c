/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/retry.h"

#include "base/duration.h"

#include "tap.h"

static const int64_t NONE = -1;

struct waits {
	int64_t least;
	int64_t most;
};

/* Of many. */
static struct waits
waits(const struct retry_policy *policy, unsigned failed, int64_t retry_after)
{
	struct waits seen = { INT64_MAX, -1 };
	struct random random;

	random_seed(&random, failed);
	for (int i = 0; i < 10000; i++) {
		int64_t wait = retry_wait(policy, failed, retry_after, &random);

		if (wait < seen.least)
			seen.least = wait;
		if (wait > seen.most)
			seen.most = wait;
	}
	return seen;
}

/* All between least and most, and near both ends. */
static void
check_waits(const struct retry_policy *policy, unsigned failed,
    int64_t retry_after, int64_t least, int64_t most)
{
	struct waits seen = waits(policy, failed, retry_after);
	int64_t near = (most - least) / 100;

	CHECK(seen.least >= least);
	CHECK(seen.least <= least + near);
	CHECK(seen.most <= most);
	CHECK(seen.most >= most - near);
}

static void
full(void)
{
	struct retry_policy policy;

	retry_defaults(&policy);
	check_waits(&policy, 1, NONE, 0, DURATION_S);
	check_waits(&policy, 2, NONE, 0, 2 * DURATION_S);
	check_waits(&policy, 5, NONE, 0, 16 * DURATION_S);
	check_waits(&policy, 9, NONE, 0, 256 * DURATION_S);
	check_waits(&policy, 10, NONE, 0, 5 * DURATION_M);
	check_waits(&policy, UINT32_MAX, NONE, 0, 5 * DURATION_M);
}

static void
is_even(void)
{
	struct retry_policy policy;
	struct random random;
	int low = 0;

	retry_defaults(&policy);
	random_seed(&random, 1);
	for (int i = 0; i < 10000; i++)
		low += retry_wait(&policy, 1, NONE, &random) < DURATION_S / 4;
	CHECK(low > 2200 && low < 2800);
}

static void
other_jitters(void)
{
	struct retry_policy policy;

	retry_defaults(&policy);
	policy.jitter = JITTER_EQUAL;
	check_waits(&policy, 3, NONE, 2 * DURATION_S, 4 * DURATION_S);
	policy.jitter = JITTER_NONE;
	check_waits(&policy, 3, NONE, 4 * DURATION_S, 4 * DURATION_S);
	policy.factor = 1;
	check_waits(&policy, 30, NONE, DURATION_S, DURATION_S);
	policy.factor = 1.5;
	check_waits(&policy, 3, NONE, 9 * DURATION_S / 4, 9 * DURATION_S / 4);
}

static void
retry_after(void)
{
	struct retry_policy policy;
	int64_t minute = DURATION_M;

	retry_defaults(&policy);
	check_waits(&policy, 1, 0, 0, DURATION_S);
	check_waits(&policy, 1, minute, minute, minute + DURATION_S);
	check_waits(&policy, 3, minute, minute, minute + 4 * DURATION_S);
	policy.jitter = JITTER_EQUAL;
	check_waits(&policy, 3, minute, minute, minute + 2 * DURATION_S);
	check_waits(&policy, 3, DURATION_S, 2 * DURATION_S, 4 * DURATION_S);
	policy.jitter = JITTER_NONE;
	check_waits(&policy, 3, minute, minute, minute);
	check_waits(&policy, 3, DURATION_S, 4 * DURATION_S, 4 * DURATION_S);
}

static void
long_retry_after(void)
{
	struct retry_policy policy;

	retry_defaults(&policy);
	check_waits(&policy, 1, DURATION_D, DURATION_D,
	    DURATION_D + DURATION_S);
	check_waits(&policy, 1, INT64_MAX, DURATION_D, DURATION_D + DURATION_S);
}

static void
extremes(void)
{
	struct retry_policy policy;

	retry_defaults(&policy);
	policy.backoff = DURATION_MAX;
	policy.max_backoff = DURATION_MAX;
	policy.max_retry_after = DURATION_MAX;
	policy.factor = 1e300;
	check_waits(&policy, 1000, DURATION_MAX, DURATION_MAX,
	    2 * DURATION_MAX);
	policy.backoff = 0;
	check_waits(&policy, 1000, NONE, 0, 0);
}

/* How many retries go within a time when all that may do. */
static int
retries(struct retry_budget *budget, int64_t from, int64_t time)
{
	int count = 0;

	for (;;) {
		from = retry_budget_earliest(budget, from);
		if (from > time)
			return count;
		retry_budget_take(budget, from);
		count++;
	}
}

static void
ten_a_second(void)
{
	struct retry_budget budget = { 0 };
	int64_t now = 1700000000 * DURATION_S;

	CHECK_INT(retries(&budget, now, now), 100);
	CHECK_INT(retry_budget_earliest(&budget, now), now + DURATION_S / 10);
	CHECK_INT(retries(&budget, now, now + 20 * DURATION_S), 200);
}

static void
a_fifth(void)
{
	struct retry_budget budget = { 0 };
	int64_t now = 1700000000 * DURATION_S;
	int count = 100;

	CHECK_INT(retries(&budget, now, now), 100);
	for (int i = 0; i < 20000; i++) {
		now += DURATION_MS;
		retry_budget_first(&budget, now);
		count += retries(&budget, now, now);
	}
	CHECK_INT(count, 100 + 20000 / 5 + 10 * 20);
}

static void
at_most_saved(void)
{
	struct retry_budget budget = { 0 };
	int64_t now = 1700000000 * DURATION_S;

	for (int i = 0; i < 100000; i++)
		retry_budget_first(&budget, now);
	now += DURATION_H;
	CHECK_INT(retries(&budget, now, now), 100);
}

/* No part of a second is lost however often it is counted. */
static void
counts_often(void)
{
	struct retry_budget budget = { 0 };
	int64_t now = 1700000000 * DURATION_S;
	int count = 0;

	CHECK_INT(retries(&budget, now, now), 100);
	for (int i = 0; i < 70000; i++) {
		now += DURATION_S / 70000;
		if (i % 7 == 0)
			retry_budget_first(&budget, now);
		count += retries(&budget, now, now);
	}
	CHECK(count >= 2009 && count <= 2010);
}

static void
budget_and_clock(void)
{
	struct retry_budget budget = { 0 };
	int64_t now = 1700000000 * DURATION_S;

	CHECK_INT(retries(&budget, now, now), 100);
	CHECK_INT(retry_budget_earliest(&budget, now - DURATION_S),
	    now + DURATION_S / 10);
	retry_budget_first(&budget, now - DURATION_S);
	CHECK_INT(retry_budget_earliest(&budget, now),
	    now + DURATION_S * 8 / 100);
}

static const struct tap_test tests[] = {
	{ "the wait is anything up to a backoff that doubles, and is bounded",
	    full },
	{ "each wait is as likely", is_even },
	{ "jitter can be half, or none", other_jitters },
	{ "Retry-After is never undercut, and jitter comes on top",
	    retry_after },
	{ "a Retry-After that is too long is cut", long_retry_after },
	{ "nothing overflows", extremes },
	{ "ten retries a second are free, and ten seconds' worth at once",
	    ten_a_second },
	{ "and a fifth of the requests", a_fifth },
	{ "no more is saved up", at_most_saved },
	{ "counting often loses nothing", counts_often },
	{ "a time before the last adds nothing", budget_and_clock },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
