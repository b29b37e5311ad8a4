/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/duration.h"
#include "fetch/hint.h"

#include "tap.h"

#define S DURATION_S
#define NOW (INT64_C(1700000000) * S) /* Tue, 14 Nov 2023 22:13:20 GMT */
#define MAX_WAIT DURATION_D

static struct hint
read_hint(const char *header)
{
	struct hint hint;

	hint_read(slice_str(header), NOW, MAX_WAIT, &hint);
	return hint;
}

static void
check_retry_after(const char *header, int64_t want)
{
	if (!CHECK_INT(read_hint(header).retry_after, want))
		printf("# %s\n", header);
}

/* reset is a wait, negative: not said. */
static void
check_limit(const char *header, int64_t remaining, int64_t reset)
{
	struct hint hint = read_hint(header);
	bool fine = CHECK_INT(hint.remaining, remaining);

	fine &= CHECK_INT(hint.reset_at, reset < 0 ? 0 : NOW + reset);
	if (!fine)
		printf("# %s\n", header);
}

static void
says_nothing(void)
{
	struct hint hint = read_hint("Date: x\r\nContent-Type: text/html\r\n");

	CHECK_INT(hint.retry_after, -1);
	CHECK_INT(hint.remaining, -1);
	CHECK_INT(hint.reset_at, 0);
	CHECK_INT(hint.concurrent, 0);
}

static void
reads_retry_after(void)
{
	check_retry_after("retry-after:  120 \r\n", 120 * S);
	check_retry_after("Retry-After: 0\r\n", 0);
	check_retry_after("Retry-After: Tue, 14 Nov 2023 22:14:20 GMT\r\n",
	    60 * S);
	check_retry_after("Retry-After: Tuesday, 14-Nov-23 22:14:20 GMT\r\n",
	    60 * S);
	check_retry_after("Retry-After: Tue Nov 14 22:14:20 2023\r\n", 60 * S);
}

static void
clamps_retry_after(void)
{
	check_retry_after("Retry-After: 86401\r\n", MAX_WAIT);
	check_retry_after("Retry-After: 1000000000000\r\n", MAX_WAIT);
	check_retry_after("Retry-After: 9999999999999999999999999\r\n",
	    MAX_WAIT);
	check_retry_after("Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n",
	    MAX_WAIT);
	check_retry_after("Retry-After: Tue, 14 Nov 2023 22:13:19 GMT\r\n", 0);
	check_retry_after("Retry-After: Mon, 01 Jan 0000 00:00:00 GMT\r\n", 0);
}

static void
ignores_malformed_retry_after(void)
{
	check_retry_after("Retry-After: -1\r\n", -1);
	check_retry_after("Retry-After: \r\n", -1);
	check_retry_after("Retry-After: 1.5\r\n", -1);
	check_retry_after("Retry-After: 10s\r\n", -1);
	check_retry_after("Retry-After: soon\r\n", -1);
	check_retry_after("Retry-After: \"10\"\r\n", -1);
}

static void
asks_the_clock_of_the_server(void)
{
	check_retry_after("Date: Tue, 14 Nov 2023 21:13:20 GMT\r\n"
			  "Retry-After: Tue, 14 Nov 2023 21:14:20 GMT\r\n",
	    60 * S);
	check_retry_after("Date: now\r\n"
			  "Retry-After: Tue, 14 Nov 2023 22:14:20 GMT\r\n",
	    60 * S);
	check_limit("Date: Tue, 14 Nov 2023 22:13:30 GMT\r\n"
		    "X-RateLimit-Remaining: 0\r\n"
		    "X-RateLimit-Reset: 1700000030\r\n",
	    0, 20 * S);
}

static void
reads_ratelimit(void)
{
	check_limit("RateLimit: \"default\";r=50;t=30\r\n", 50, 30 * S);
	check_limit("RateLimit: \"default\";r=0;t=30\r\n", 0, 30 * S);
	check_limit("RateLimit: \"a,b;c\"; t=30 ; r=7;pk=:eA==:\r\n", 7,
	    30 * S);
	check_limit("RateLimit: \"default\";r=50\r\n", 50, -1);
	check_limit("RateLimit: \"default\";r=5;t=100000\r\n", 5, MAX_WAIT);
}

static void
reads_draft_07(void)
{
	check_limit("RateLimit-Policy: 100;w=60\r\n"
		    "RateLimit: limit=100, remaining=50, reset=5\r\n",
	    50, 5 * S);
	check_limit("RateLimit: limit=100,remaining=0,reset=100000\r\n", 0,
	    MAX_WAIT);
	check_limit("RateLimit: reset=5;comment=\"x\", remaining=7;q=1\r\n", 7,
	    5 * S);
	check_limit("RateLimit: limit=100\r\nRateLimit: remaining=3\r\n"
		    "RateLimit: reset=9\r\n",
	    3, 9 * S);
	check_limit("RateLimit: remaining=7\r\n", 7, -1);
	check_limit("RateLimit: limit=100, reset=5\r\n", -1, -1);
	check_limit("RateLimit: remaining, reset=5\r\n", -1, -1);
	check_limit("RateLimit: remaining=-1, reset=5\r\n", -1, -1);
	check_limit("RateLimit: remaining=x, reset=5, \"b\";r=8;t=2\r\n", 8,
	    2 * S);
	check_limit("Age: 1\r\nRateLimit: remaining=0, reset=5\r\n", -1, -1);
}

static void
counts_the_tightest(void)
{
	check_limit("RateLimit: \"a\";r=50;t=30, \"b\";r=5;t=2\r\n", 5, 2 * S);
	check_limit("RateLimit: \"a\";r=5;t=2, \"b\";r=50;t=30\r\n", 5, 2 * S);
	check_limit("RateLimit: \"a\";r=0;t=2\r\nRateLimit: \"b\";r=0;t=9\r\n",
	    0, 9 * S);
	check_limit("RateLimit: \"a\";r=0;t=9, \"b\";r=0;t=2\r\n", 0, 9 * S);
	check_limit("RateLimit: \"a\";r=50;t=30\r\n"
		    "X-RateLimit-Remaining: 3\r\nX-RateLimit-Reset: 9\r\n",
	    3, 9 * S);
}

static void
ignores_malformed_ratelimit(void)
{
	check_limit("RateLimit: \r\n", -1, -1);
	check_limit("RateLimit: \"a\"\r\n", -1, -1);
	check_limit("RateLimit: \"a\";r=-1;t=5\r\n", -1, -1);
	check_limit("RateLimit: \"a\";r=x;t=5, \"b\";r=7;t=6\r\n", 7, 6 * S);
	check_limit("RateLimit: \"a\";r=7;t=-6\r\n", 7, -1);
	check_limit("RateLimit: \"a;r=7;t=6\r\n", -1, -1);
	check_limit("RateLimit: ;;;,,=,r=7\r\n", -1, -1);
}

static void
keeps_to_the_share_of_a_policy(void)
{
	check_limit("RateLimit-Policy: \"a\";q=10000;w=1000\r\n"
		    "RateLimit: \"a\";r=10000;t=10\r\n",
	    100, 10 * S);
	check_limit("RateLimit-Policy: \"a\";q=100;w=60\r\n"
		    "RateLimit: \"a\";r=10;t=30\r\n",
	    10, 30 * S);
	check_limit("RateLimit-Policy: \"a\";q=1;w=60\r\n"
		    "RateLimit: \"a\";r=1;t=1\r\n",
	    1, S);
	check_limit("RateLimit-Policy: \"b\";q=1;w=60\r\n"
		    "RateLimit: \"a\";r=100;t=1\r\n",
	    100, S);
	check_limit("RateLimit-Policy: \"a\";q=-1;w=60, \"a\";q=5;w=x\r\n"
		    "RateLimit: \"a\";r=100;t=1\r\n",
	    100, S);
	check_limit("RateLimit-Policy: \"a\";q=99999999999999999999;w=1\r\n"
		    "RateLimit: \"a\";r=99999999999999999999;t=1\r\n",
	    INT64_MAX, S);
}

static void
knows_units(void)
{
	struct hint hint;

	hint = read_hint("RateLimit-Policy: \"a\";q=10;w=1;qu=\"requests\", "
			 "\"b\";q=9;qu=\"concurrent-requests\"\r\n"
			 "RateLimit-Policy: \"c\";q=5;qu=\"content-bytes\", "
			 "\"d\";q=4;qu=\"concurrent-requests\", "
			 "\"e\";q=6;qu=\"concurrent-requests\"\r\n"
			 "RateLimit: \"a\";r=8;t=1, \"b\";r=1, \"c\";r=2;t=1, "
			 "\"d\";r=3\r\n");
	CHECK_INT(hint.concurrent, 4);
	CHECK_INT(hint.remaining, 8);
	CHECK_INT(hint.reset_at, NOW + S);
	hint = read_hint(
	    "RateLimit-Policy: \"b\";q=0;qu=\"concurrent-requests\"\r\n");
	CHECK_INT(hint.concurrent, 1);
	CHECK_INT(hint.remaining, -1);
}

static void
reads_what_was_before(void)
{
	check_limit("RateLimit-Limit: 9\r\nRateLimit-Remaining: 4\r\n"
		    "RateLimit-Reset: 50\r\n",
	    4, 50 * S);
	check_limit("x-ratelimit-remaining: 4999\r\n"
		    "x-ratelimit-reset: 1700003600\r\n",
	    4999, 3600 * S);
	check_limit("x-rate-limit-remaining: 0\r\n"
		    "x-rate-limit-reset: 1700000900\r\n",
	    0, 900 * S);
	check_limit("X-RateLimit-Remaining: 1\r\nX-RateLimit-Reset: 60\r\n", 1,
	    60 * S);
	check_limit("X-RateLimit-Remaining: 1\r\n", 1, -1);
	check_limit("X-RateLimit-Remaining: 1\r\nX-RateLimit-Reset: x\r\n", 1,
	    -1);
	check_limit("X-RateLimit-Remaining: -1\r\nX-RateLimit-Reset: 60\r\n",
	    -1, -1);
	check_limit("X-RateLimit-Reset: 60\r\n", -1, -1);
}

static void
tells_epochs_from_seconds(void)
{
	check_limit("X-RateLimit-Remaining: 1\r\n"
		    "X-RateLimit-Reset: 1000000000\r\n",
	    1, MAX_WAIT);
	check_limit("X-RateLimit-Remaining: 1\r\n"
		    "X-RateLimit-Reset: 1000000001\r\n",
	    1, 0);
	check_limit("X-RateLimit-Remaining: 1\r\n"
		    "X-RateLimit-Reset: 1700000000000\r\n",
	    1, MAX_WAIT);
}

static void
believes_no_cache(void)
{
	check_limit("Age: 1\r\nRateLimit: \"a\";r=0;t=30\r\n", -1, -1);
	check_limit("Age: 1\r\nX-RateLimit-Remaining: 0\r\n", -1, -1);
	check_limit("Age: 0\r\nRateLimit: \"a\";r=0;t=30\r\n", 0, 30 * S);
	check_limit("Age: old\r\nRateLimit: \"a\";r=0;t=30\r\n", 0, 30 * S);
	check_retry_after("Age: 1\r\nRetry-After: 30\r\n", 30 * S);
	CHECK_INT(read_hint("Age: 1\r\nRateLimit-Policy: "
			    "\"b\";q=2;qu=\"concurrent-requests\"\r\n")
		      .concurrent,
	    0);
}

static void
gives_both_waits(void)
{
	struct hint hint = read_hint("Retry-After: 5\r\n"
				     "RateLimit: \"a\";r=0;t=30\r\n");

	CHECK_INT(hint.retry_after, 5 * S);
	CHECK_INT(hint.remaining, 0);
	CHECK_INT(hint.reset_at, NOW + 30 * S);
}

static const struct tap_test tests[] = {
	{ "without such fields nothing is said", says_nothing },
	{ "Retry-After is seconds or a date", reads_retry_after },
	{ "waits are clamped, and past dates none", clamps_retry_after },
	{ "a malformed Retry-After is ignored", ignores_malformed_retry_after },
	{ "instants are seen from the server's clock",
	    asks_the_clock_of_the_server },
	{ "RateLimit needs no policy", reads_ratelimit },
	{ "RateLimit may be a dictionary, as in draft 07", reads_draft_07 },
	{ "the least remaining counts, then the later reset",
	    counts_the_tightest },
	{ "malformed members are ignored, the others are not",
	    ignores_malformed_ratelimit },
	{ "a near reset gives no more than the policy's share",
	    keeps_to_the_share_of_a_policy },
	{ "units other than requests have their own meaning, or none",
	    knows_units },
	{ "older drafts and habits are read", reads_what_was_before },
	{ "a large reset is seconds since 1970", tells_epochs_from_seconds },
	{ "of an answer from a cache only Retry-After counts",
	    believes_no_cache },
	{ "Retry-After and a reset are both given", gives_both_waits },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
