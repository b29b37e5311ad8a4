/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/gate.h"

#include "base/duration.h"
#include "base/zone.h"
#include "tap.h"

static const int64_t start = 1700000000 * DURATION_S; /* 22:13:20 UTC */

static const struct retry_policy policy = {
	.max_attempts = 8,
	.backoff = DURATION_S,
	.factor = 2,
	.max_backoff = 5 * DURATION_M,
	.jitter = JITTER_NONE,
	.max_retry_after = DURATION_D,
	.max_wait = 15 * DURATION_M,
};

static struct random chance;
static struct gate *gate;
static struct gate_host *host;

static void
begin(const struct rate_spec *limits, size_t count, unsigned concurrency)
{
	const struct gate_options options = {
		.limits = limits,
		.limit_count = count,
		.concurrency = concurrency,
		.retry = &policy,
	};

	random_seed(&chance, 1);
	gate = gate_new(&options);
	host = gate_host(gate, "https://a.example", start);
}

static void
end(void)
{
	gate_free(gate);
}

/* Sends a first attempt that costs 1, if it may go. */
static enum gate_word
send_to(struct gate_host *to, int64_t now)
{
	struct gate_reply reply = gate_ask(gate, to, 1, false, now);

	if (reply.word == GATE_GO)
		(void)gate_sent(gate, to, 1, false, now);
	return reply.word;
}

static int64_t
answer_with(struct gate_host *from, struct gate_answer answer, struct hint hint,
    int64_t now)
{
	answer.hint = &hint;
	return gate_answered(gate, from, &answer, &chance, now);
}

static const struct hint no_hint = { .retry_after = -1, .remaining = -1 };

/* The answer to what was sent at sent_at. */
static int64_t
answer(enum outcome outcome, int status, int64_t retry_after, int64_t sent_at,
    int64_t now)
{
	struct hint hint = no_hint;

	hint.retry_after = retry_after;
	return answer_with(host,
	    (struct gate_answer){ .outcome = outcome,
		.status = status,
		.first = true,
		.latency = now - sent_at },
	    hint, now);
}

/* A request and its answer. */
static int64_t
exchange(enum outcome outcome, int status, int64_t retry_after, int64_t now)
{
	CHECK_INT(send_to(host, now), GATE_GO);
	return answer(outcome, status, retry_after, now, now);
}

/* What stands in the way now, and until when. */
static void
waits(int64_t now, int64_t until, const char *reason)
{
	struct gate_reply reply = gate_ask(gate, host, 1, false, now);

	CHECK_INT(reply.word, GATE_WAIT);
	CHECK_INT(reply.until - start, until - start);
	CHECK_STR(reply.reason, reason);
}

static void
is_full(int64_t now, const char *reason)
{
	struct gate_reply reply = gate_ask(gate, host, 1, false, now);

	CHECK_INT(reply.word, GATE_FULL);
	CHECK_STR(reply.reason, reason);
}

/* The store gives units of a limit. */
static bool
grant(const struct rate_spec *spec, size_t limit, struct rate_state *state,
    int64_t wanted, int64_t now)
{
	struct rate rate = { 0 };
	bool given;

	gate_asked(gate, limit);
	given = rate_grant(spec, state, 1, wanted, now, &rate);
	gate_granted(gate, limit, &rate, now);
	return given;
}

static void
knows_hosts(void)
{
	char origin[40];

	begin(NULL, 0, 4);
	CHECK(gate_host(gate, "https://a.example", start + 1) == host);
	CHECK(gate_host(gate, "https://b.example", start) != host);
	CHECK_STR(gate_host_origin(host), "https://a.example");
	for (int i = 0; i < 2000; i++) {
		(void)snprintf(origin, sizeof(origin), "https://%d.example", i);
		(void)gate_host(gate, origin, start);
	}
	CHECK(gate_host(gate, "https://a.example", start) == host);
	CHECK(gate_host(gate, "https://1998.example", start) ==
	    gate_host(gate, "https://1999.example", start));
	CHECK(gate_host(gate, "https://1.example", start) !=
	    gate_host(gate, "https://2.example", start));
	end();
	gate_free(NULL);
}

static void
bounds_concurrency(void)
{
	static const struct rate_spec limits[] = {
		{ .kind = RATE_CONCURRENT, .amount = 5 },
		{ .kind = RATE_CONCURRENT, .amount = 3 },
	};
	int64_t now = start;

	begin(NULL, 0, 4);
	CHECK_INT(gate_concurrency(gate, host), 4);
	for (unsigned i = 0; i < 4; i++, now += DURATION_S) {
		CHECK_INT(gate_under_way(gate), i);
		CHECK_INT(send_to(host, now), GATE_GO);
	}
	is_full(now, "concurrency");
	gate_cancelled(gate, host, false);
	CHECK_INT(send_to(host, now), GATE_GO);
	is_full(now, "concurrency");
	end();

	begin(limits, 2, 4);
	CHECK_INT(gate_concurrency(gate, host), 3);
	for (unsigned i = 0; i < 3; i++, now += DURATION_S)
		CHECK_INT(send_to(host, now), GATE_GO);
	is_full(now, "concurrency");
	end();
}

/* The whole run's and each host's are two things. */
static void
bounds_each_host(void)
{
	struct hint one = no_hint;
	struct gate_host *other;

	begin(NULL, 0, 4);
	other = gate_host(gate, "https://b.example", start);
	for (int i = 0; i < 3; i++)
		CHECK_INT(send_to(other, start + i * DURATION_S), GATE_GO);
	CHECK_INT(send_to(host, start + 3 * DURATION_S), GATE_GO);
	is_full(start + 4 * DURATION_S, "concurrency");
	end();

	begin(NULL, 0, 0);
	one.concurrent = 1;
	CHECK_INT(send_to(host, start), GATE_GO);
	(void)answer_with(host,
	    (struct gate_answer){ .outcome = OUTCOME_GOOD, .status = 200 }, one,
	    start);
	CHECK_INT(gate_concurrency(gate, host), 1);
	other = gate_host(gate, "https://b.example", start);
	for (int i = 1; i < 4; i++)
		CHECK_INT(send_to(other, start + i * DURATION_S), GATE_GO);
	CHECK_INT(send_to(host, start + 4 * DURATION_S), GATE_GO);
	is_full(start + 5 * DURATION_S, "concurrency");
	CHECK_INT(send_to(other, start + 5 * DURATION_S), GATE_GO);
	end();
}

static void
asks_for_grants(void)
{
	static const struct rate_spec limits[] = {
		{ .kind = RATE_PER,
		    .amount = 10,
		    .per = DURATION_S,
		    .burst = 2 },
		{ .kind = RATE_PER,
		    .units = true,
		    .amount = 60,
		    .per = DURATION_M,
		    .burst = 3 },
	};
	struct rate_state states[2] = { { 0 }, { 0 } };
	struct gate_reply reply;

	begin(limits, 2, 9);
	reply = gate_ask(gate, host, 1, false, start);
	CHECK_INT(reply.word, GATE_GRANT);
	CHECK_INT(reply.limit, 0);
	gate_asked(gate, 0);
	is_full(start, "rate limit");
	CHECK(grant(&limits[0], 0, &states[0], 5, start));
	reply = gate_ask(gate, host, 1, false, start);
	CHECK_INT(reply.word, GATE_GRANT);
	CHECK_INT(reply.limit, 1);
	/* What costs nothing needs no units of it. */
	CHECK_INT(gate_ask(gate, host, 0, false, start).word, GATE_GO);
	CHECK(grant(&limits[1], 1, &states[1], 2, start));
	CHECK_INT(send_to(host, start), GATE_GO);
	CHECK_INT(send_to(host, start), GATE_GO);
	end();
}

static void
waits_for_the_latest(void)
{
	static const struct rate_spec limits[] = {
		{ .kind = RATE_PER,
		    .amount = 10,
		    .per = DURATION_S,
		    .burst = 1 },
		{ .kind = RATE_PER,
		    .amount = 2,
		    .per = DURATION_S,
		    .burst = 1 },
	};
	struct rate_state states[2] = { { 0 }, { 0 } };

	begin(limits, 2, 9);
	CHECK(grant(&limits[0], 0, &states[0], 8, start));
	CHECK(grant(&limits[1], 1, &states[1], 2, start));
	CHECK_INT(send_to(host, start), GATE_GO);
	waits(start, start + DURATION_S / 2, "rate limit");
	waits(start + DURATION_S / 2 - 1, start + DURATION_S / 2, "rate limit");
	CHECK_INT(send_to(host, start + DURATION_S / 2), GATE_GO);
	end();
}

/* The first limit's units would go by while the second has none. */
static void
asks_for_no_grant_in_vain(void)
{
	static const struct rate_spec limits[] = {
		{ .kind = RATE_PER,
		    .amount = 10,
		    .per = DURATION_S,
		    .burst = 1 },
		{ .kind = RATE_PER,
		    .amount = 1,
		    .per = DURATION_M,
		    .burst = 1 },
	};
	struct rate_state states[2] = { { 0 }, { 0 } };
	struct gate_reply reply;

	begin(limits, 2, 9);
	CHECK(grant(&limits[0], 0, &states[0], 1, start));
	CHECK(grant(&limits[1], 1, &states[1], 1, start));
	CHECK_INT(send_to(host, start), GATE_GO);
	CHECK(!grant(&limits[1], 1, &states[1], 1, start));
	waits(start + 1, start + 60 * DURATION_S, "limit used up");
	reply = gate_ask(gate, host, 1, false, start + 60 * DURATION_S);
	CHECK_INT(reply.word, GATE_GRANT);
	CHECK_INT(reply.limit, 0);
	end();
}

static void
waits_for_the_day(struct zone *utc)
{
	const struct rate_spec limits[] = {
		{ .kind = RATE_DAY, .amount = 10, .reserve = 8, .zone = utc },
	};
	const int64_t midnight = start + 6400 * DURATION_S;
	struct rate_state state = { 0 };

	begin(limits, 1, 9);
	CHECK(grant(&limits[0], 0, &state, 2, start));
	CHECK_INT(send_to(host, start), GATE_GO);
	CHECK_INT(send_to(host, start), GATE_GO);
	CHECK_INT(gate_ask(gate, host, 1, false, start).word, GATE_GRANT);
	CHECK(!grant(&limits[0], 0, &state, 1, start));
	waits(start, midnight, "limit used up");
	CHECK_INT(gate_low(gate, 1, 10, start), 1);
	CHECK_INT(gate_ask(gate, host, 1, false, midnight).word, GATE_GRANT);
	CHECK(grant(&limits[0], 0, &state, 2, midnight));
	CHECK_INT(send_to(host, midnight), GATE_GO);
	end();
}

static void
keeps_days(void)
{
	struct err err;
	struct zone *utc = zone_open("UTC", &err);

	CHECK(utc != NULL);
	waits_for_the_day(utc);
	zone_free(utc);
}

/* 100 a second, of which ten are asked for at a time. */
static void
asks_ahead(void)
{
	static const struct rate_spec limits[] = {
		{ .kind = RATE_PER,
		    .amount = 100,
		    .per = DURATION_S,
		    .burst = 100 },
	};
	struct rate_state state = { 0 };
	int64_t now = start;

	begin(limits, 1, 99);
	/* At first it must wait anyway. */
	CHECK_INT(gate_low(gate, 1, 100, start), 1);
	CHECK(grant(&limits[0], 0, &state, 10, start));
	CHECK_INT(gate_low(gate, 1, 100, start), 1);
	for (int i = 0; i < 5; i++)
		CHECK_INT(send_to(host, start), GATE_GO);
	CHECK_INT(gate_low(gate, 1, 100, start), 1);
	CHECK_INT(send_to(host, start), GATE_GO);
	CHECK_INT(gate_low(gate, 1, 100, start), 0);
	/* None is ready: nothing to ask for. */
	CHECK_INT(gate_low(gate, 1, 0, start), 1);
	gate_asked(gate, 0);
	CHECK_INT(gate_low(gate, 1, 100, start), 1);
	CHECK(grant(&limits[0], 0, &state, 10, start));
	/* What was left is added to. */
	for (int i = 0; i < 14; i++)
		CHECK_INT(send_to(host, start), GATE_GO);
	CHECK_INT(gate_ask(gate, host, 1, false, start).word, GATE_GRANT);
	/* What is not spent goes by, and no more is asked for. */
	CHECK(grant(&limits[0], 0, &state, 10, start));
	for (; now < start + DURATION_S; now += 10 * DURATION_MS)
		if (gate_low(gate, 1, 100, now) == 0)
			(void)grant(&limits[0], 0, &state, 10, now);
	CHECK(state.tat < start + DURATION_S);
	end();
}

/* A stretch of time that had gone by when the store gave it. */
static void
asks_for_more_when_late(void)
{
	static const struct rate_spec limits[] = {
		{ .kind = RATE_PER,
		    .amount = 100,
		    .per = DURATION_S,
		    .burst = 1 },
		{ .kind = RATE_DAY, .amount = 1000 },
	};
	struct rate late = { .tat = start, .until = start + 1 };

	begin(limits, 2, 99);
	CHECK_INT(gate_wanted(gate, 0, 1, 5), 10);
	CHECK_INT(gate_wanted(gate, 1, 1, 5), 5);
	CHECK_INT(gate_wanted(gate, 1, 1, 5000), 10);
	gate_granted(gate, 0, &late, start + DURATION_S);
	CHECK_INT(gate_wanted(gate, 0, 1, 5), 20);
	for (int i = 0; i < 100; i++)
		gate_granted(gate, 0, &late, start + DURATION_S);
	CHECK_INT(gate_wanted(gate, 0, 1, 5), 100);
	CHECK_INT(gate_wanted(gate, 1, 1, 5), 5);
	end();
}

static void
pauses_for_retry_after(void)
{
	begin(NULL, 0, 4);
	CHECK(exchange(OUTCOME_THROTTLE, 429, 7 * DURATION_S, start) ==
	    start + 7 * DURATION_S);
	CHECK(gate_paused_until(host) == start + 7 * DURATION_S);
	waits(start + 6 * DURATION_S, start + 7 * DURATION_S,
	    "paused by the server");
	CHECK_INT(send_to(host, start + 7 * DURATION_S), GATE_GO);
	/* Another host goes on. */
	CHECK_INT(send_to(gate_host(gate, "https://b.example", start),
		      start + DURATION_S),
	    GATE_GO);
	end();

	/* A 503, whatever the job takes it for. */
	begin(NULL, 0, 4);
	CHECK(exchange(OUTCOME_RETRY, 503, DURATION_M, start) ==
	    start + DURATION_M);
	end();

	/* An answer that comes later does not shorten it. */
	begin(NULL, 0, 4);
	CHECK_INT(send_to(host, start), GATE_GO);
	CHECK_INT(send_to(host, start + DURATION_S), GATE_GO);
	CHECK(answer(OUTCOME_THROTTLE, 429, DURATION_M, start,
		  start + DURATION_S) == start + 61 * DURATION_S);
	CHECK(answer(OUTCOME_THROTTLE, 429, DURATION_S, start,
		  start + DURATION_S) == 0);
	CHECK(gate_paused_until(host) == start + 61 * DURATION_S);
	gate_pause(host, start);
	CHECK(gate_paused_until(host) == start + 61 * DURATION_S);
	gate_pause(host, start + DURATION_H);
	waits(start, start + DURATION_H, "paused by the server");
	end();
}

static const struct rate_spec plenty = {
	.kind = RATE_PER,
	.amount = 1000000,
	.per = DURATION_S,
	.burst = 1000000,
};

/* With a limit of which there is more than enough. */
static void
begin_limited(void)
{
	struct rate all = { .tat = start, .until = INT64_MAX / 2 };

	begin(&plenty, 1, 30);
	gate_granted(gate, 0, &all, start);
}

static void
backs_off(void)
{
	int64_t now = start;

	begin_limited();
	for (int i = 0; i < 12; i++) {
		int64_t wait = i < 9 ? DURATION_S << i : 5 * DURATION_M;

		CHECK_INT(exchange(OUTCOME_THROTTLE, 429, i % 2 - 1, now) - now,
		    wait);
		now += wait;
	}
	(void)exchange(OUTCOME_GOOD, 200, -1, now);
	CHECK_INT(exchange(OUTCOME_THROTTLE, 429, -1, now) - now, DURATION_S);
	end();
}

static void
counts_a_volley_once(void)
{
	int64_t now = start + DURATION_S;

	begin_limited();
	for (int i = 0; i < 10; i++)
		CHECK_INT(send_to(host, start), GATE_GO);
	CHECK_INT(answer(OUTCOME_THROTTLE, 429, -1, start, now) - now,
	    DURATION_S);
	for (int i = 0; i < 8; i++)
		CHECK_INT(answer(OUTCOME_THROTTLE, 429, -1, start, now + i), 0);
	/* Nor does a good answer among them say that it is over. */
	(void)answer(OUTCOME_GOOD, 200, -1, start, now + 10);
	now += DURATION_S;
	CHECK_INT(exchange(OUTCOME_THROTTLE, 429, -1, now) - now,
	    2 * DURATION_S);
	end();
}

static void
pauses_without_limits(void)
{
	int64_t now = start;

	begin(NULL, 0, 4);
	for (int i = 0; i < 8; i++, now += DURATION_M)
		CHECK_INT(exchange(OUTCOME_THROTTLE, 429, -1, now), 0);
	CHECK_INT(exchange(OUTCOME_THROTTLE, 429, -1, now) - now, DURATION_S);
	now += DURATION_M;
	CHECK_INT(exchange(OUTCOME_THROTTLE, 429, -1, now) - now,
	    2 * DURATION_S);
	end();
}

static void
stops_for_a_quota(void)
{
	struct err err;
	struct zone *utc = zone_open("UTC", &err);
	const struct rate_spec limits[] = {
		{ .kind = RATE_PER,
		    .amount = 1,
		    .per = DURATION_H,
		    .burst = 1 },
		{ .kind = RATE_DAY, .amount = 1000, .zone = utc },
	};
	struct rate per = { .tat = start, .until = INT64_MAX / 2 };
	struct rate day = { .until = start + DURATION_D, .left = 100 };

	CHECK(utc != NULL);
	begin(NULL, 0, 4);
	CHECK_INT(exchange(OUTCOME_QUOTA, 403, -1, start) - start, DURATION_H);
	end();

	begin(NULL, 0, 4);
	CHECK_INT(exchange(OUTCOME_QUOTA, 403, 2 * DURATION_H, start) - start,
	    2 * DURATION_H);
	end();

	begin(limits, 2, 4);
	gate_granted(gate, 0, &per, start);
	gate_granted(gate, 1, &day, start);
	CHECK_INT(exchange(OUTCOME_QUOTA, 403, -1, start) - start,
	    6400 * DURATION_S);
	end();
	zone_free(utc);
}

static void
obeys_what_remains(void)
{
	struct hint hint = no_hint;
	const struct gate_answer good = { .outcome = OUTCOME_GOOD,
		.status = 200 };

	begin_limited();
	for (int i = 0; i < 4; i++)
		CHECK_INT(send_to(host, start), GATE_GO);
	/* Five remain, three of which are under way. */
	hint.remaining = 5;
	hint.reset_at = start + DURATION_M;
	(void)answer_with(host, good, hint, start);
	CHECK_INT(send_to(host, start), GATE_GO);
	CHECK_INT(send_to(host, start), GATE_GO);
	waits(start, start + DURATION_M, "the server's own limit");
	/* One that says nothing changes nothing. */
	(void)answer_with(host, good, no_hint, start + 1);
	waits(start + 1, start + DURATION_M, "the server's own limit");
	/* Nor does one without a time to come. */
	CHECK_INT(gate_under_way(gate), 4);
	hint.remaining = 100;
	hint.reset_at = start;
	(void)answer_with(host, good, hint, start + 1);
	waits(start + 1, start + DURATION_M, "the server's own limit");
	hint.reset_at = start + DURATION_M;
	/* Fewer than are under way: none. */
	hint.remaining = 2;
	(void)answer_with(host, good, hint, start + 2);
	waits(start + 2, start + DURATION_M, "the server's own limit");
	for (int i = 0; i < 5; i++)
		CHECK_INT(send_to(host, start + DURATION_M), GATE_GO);
	/* What is over is not believed. */
	(void)answer_with(host, good, hint, start + DURATION_M);
	CHECK_INT(send_to(host, start + DURATION_M), GATE_GO);
	end();
}

/* What comes of a request after fifty like it. */
static enum gate_word
word_after(enum outcome outcome, enum outcome_trouble trouble, int status,
    bool first)
{
	struct gate_reply reply;

	begin_limited();
	for (int i = 0; i < 50; i++) {
		if (send_to(host, start + i) != GATE_GO)
			break;
		(void)answer_with(host,
		    (struct gate_answer){ .outcome = outcome,
			.trouble = trouble,
			.status = status,
			.first = first },
		    no_hint, start + i);
	}
	reply = gate_ask(gate, host, 1, false, start + 60);
	if (reply.word == GATE_WAIT) {
		CHECK_STR(reply.reason, "circuit open");
		CHECK(gate_host_open_until(host) == reply.until);
	}
	CHECK(!gate_host_is_lost(host, 1));
	end();
	return reply.word;
}

static void
opens_the_circuit(void)
{
	static const struct {
		enum outcome outcome;
		enum outcome_trouble trouble;
		int status;
		bool first;
		enum gate_word want;
	} table[] = {
		{ OUTCOME_RETRY, TROUBLE_CONNECT, 0, false, GATE_WAIT },
		{ OUTCOME_RETRY, TROUBLE_RESOLVE, 0, true, GATE_WAIT },
		{ OUTCOME_RETRY, TROUBLE_TIMEOUT, 0, false, GATE_WAIT },
		{ OUTCOME_RETRY, TROUBLE_CUT, 0, true, GATE_WAIT },
		{ OUTCOME_RETRY, TROUBLE_TLS, 0, true, GATE_WAIT },
		{ OUTCOME_RETRY, TROUBLE_PROXY, 0, true, GATE_WAIT },
		{ OUTCOME_RETRY, TROUBLE_NONE, 500, true, GATE_WAIT },
		{ OUTCOME_RETRY, TROUBLE_NONE, 500, false, GATE_GO },
		{ OUTCOME_RETRY, TROUBLE_NONE, 408, true, GATE_GO },
		{ OUTCOME_PERMANENT, TROUBLE_NONE, 501, true, GATE_GO },
		{ OUTCOME_PERMANENT, TROUBLE_TOO_LARGE, 200, true, GATE_GO },
		{ OUTCOME_PARSE, TROUBLE_NONE, 200, true, GATE_GO },
		{ OUTCOME_GONE, TROUBLE_NONE, 404, true, GATE_GO },
		{ OUTCOME_GOOD, TROUBLE_NONE, 200, true, GATE_GO },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (!CHECK_INT(word_after(table[i].outcome, table[i].trouble,
				   table[i].status, table[i].first),
			table[i].want))
			printf("# row %zu\n", i);
}

/* A throttle is an answer: it says nothing against the host. */
static void
throttles_open_no_circuit(void)
{
	int64_t now = start;

	begin_limited();
	for (int i = 0; i < 100; i++, now += 5 * DURATION_M)
		(void)exchange(OUTCOME_THROTTLE, 503, -1, now);
	CHECK_INT(send_to(host, now), GATE_GO);
	end();
}

static void
probes(void)
{
	const struct gate_answer refused = { .outcome = OUTCOME_RETRY,
		.trouble = TROUBLE_CONNECT,
		.probe = true };
	const struct gate_answer broken = { .outcome = OUTCOME_RETRY,
		.status = 502,
		.probe = true };
	const struct gate_answer fine = { .outcome = OUTCOME_GOOD,
		.status = 200,
		.probe = true };
	int64_t now = start;

	begin_limited();
	for (int i = 0; i < 20; i++)
		(void)exchange(OUTCOME_RETRY, 500, -1, now);
	for (unsigned failed = 0; failed < 3; failed++) {
		CHECK(!gate_host_is_lost(host, failed + 1));
		now = gate_host_open_until(host);
		CHECK_INT(gate_ask(gate, host, 1, false, now).word, GATE_GO);
		CHECK(gate_sent(gate, host, 1, false, now));
		is_full(now, "circuit open");
		(void)answer_with(host, failed == 1 ? broken : refused, no_hint,
		    now);
		CHECK(gate_host_is_lost(host, failed + 1));
	}
	now = gate_host_open_until(host);
	/* One that is given up makes room for another. */
	CHECK(gate_sent(gate, host, 1, false, now));
	gate_cancelled(gate, host, true);
	CHECK(gate_sent(gate, host, 1, true, now));
	(void)answer_with(host, fine, no_hint, now);
	CHECK(!gate_host_is_lost(host, 1));
	CHECK_INT(send_to(host, now), GATE_GO);
	CHECK_INT(send_to(host, now), GATE_GO);
	end();
}

static void
budgets_retries(void)
{
	struct gate_reply reply = { .word = GATE_GO };
	int sent = 0;

	begin_limited();
	for (; sent < 1000; sent++) {
		reply = gate_ask(gate, host, 1, true, start);
		if (reply.word != GATE_GO)
			break;
		(void)gate_sent(gate, host, 1, true, start);
		(void)answer(OUTCOME_GOOD, 200, -1, start, start);
	}
	CHECK_INT(sent, 100);
	CHECK_INT(reply.word, GATE_WAIT);
	CHECK_STR(reply.reason, "retry budget");
	CHECK(reply.until == start + DURATION_S / 10);
	CHECK_INT(send_to(host, start), GATE_GO);
	end();
}

static void
finds_the_rate(void)
{
	begin(NULL, 0, 0);
	CHECK_INT(gate_concurrency(gate, host), 8);
	CHECK_INT(send_to(host, start), GATE_GO);
	waits(start, start + DURATION_S / 20, "finding the rate");
	end();
	/* A limit takes the place of it. */
	begin_limited();
	CHECK_INT(send_to(host, start), GATE_GO);
	CHECK_INT(send_to(host, start), GATE_GO);
	end();
}

static const struct tap_test tests[] = {
	{ "a host is known by its origin, and too many share a place",
	    knows_hosts },
	{ "no more are under way than the run and the limits allow",
	    bounds_concurrency },
	{ "nor to a host than it allows", bounds_each_host },
	{ "each limit's units must be granted first", asks_for_grants },
	{ "the limit that takes longest is waited for", waits_for_the_latest },
	{ "no units are asked for that another limit would keep from use",
	    asks_for_no_grant_in_vain },
	{ "a day's limit that is used up is not asked for before midnight",
	    keeps_days },
	{ "units that are being spent are asked for ahead", asks_ahead },
	{ "more is asked for when units come too late",
	    asks_for_more_when_late },
	{ "a throttle pauses the host for Retry-After",
	    pauses_for_retry_after },
	{ "without Retry-After for a backoff that grows", backs_off },
	{ "throttles of requests that went together count once",
	    counts_a_volley_once },
	{ "without limits only throttles that do not end pause the host",
	    pauses_without_limits },
	{ "a quota stops the host until the day ends, or for an hour",
	    stops_for_a_quota },
	{ "what the server says remains is not exceeded", obeys_what_remains },
	{ "no answers and first errors open the circuit", opens_the_circuit },
	{ "throttles do not", throttles_open_no_circuit },
	{ "one probe closes it, or after enough of them the host is lost",
	    probes },
	{ "retries have a budget", budgets_retries },
	{ "without limits the rate is found", finds_the_rate },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
