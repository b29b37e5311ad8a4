/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/gate.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/duration.h"
#include "base/table.h"

struct gate_host {
	const char *origin;
	struct breaker breaker;
	struct retry_budget budget;
	struct adapt adapt;
	unsigned under_way;
	int64_t paused_until;
	unsigned throttles; /* in a row */
	int64_t throttled_since;
	int64_t throttled_at; /* the last that was counted */
	/* What the server said that it takes before reset_at, less what was
	 * sent since. Negative: it has not said. */
	int64_t remaining;
	int64_t reset_at;
	int64_t concurrent; /* at once; 0: it has not said */
};

struct gate {
	struct gate_options options;
	struct rate *rates; /* one for each limit */
	/* How many times a tenth of a second's worth is asked for: more where
	 * a grant is past before the disk lets it through. */
	int64_t *spans;
	struct table hosts; /* origin -> struct gate_host */
	unsigned under_way;
	unsigned concurrent; /* the smallest RATE_CONCURRENT; 0: none */
	bool limited;        /* some limit is a rate */
};

/* More hosts than this only come of redirects that someone makes up; they
 * share one place. */
enum { HOSTS_MAX = 1000, SPANS_MAX = 9 };

/* Where the rate finds its own level throttles are how: so many in a row. */
enum { FREE_THROTTLES = 8 };

struct gate *
gate_new(const struct gate_options *options)
{
	struct gate *gate = xcalloc(1, sizeof(*gate));

	gate->options = *options;
	gate->rates = xcalloc(options->limit_count + 1, sizeof(*gate->rates));
	gate->spans = xcalloc(options->limit_count + 1, sizeof(*gate->spans));
	table_init(&gate->hosts, sizeof(struct gate_host));
	for (size_t i = 0; i < options->limit_count; i++) {
		const struct rate_spec *spec = &options->limits[i];

		if (spec->kind != RATE_CONCURRENT)
			gate->limited = true;
		else if (gate->concurrent == 0 ||
		    spec->amount < gate->concurrent)
			gate->concurrent = (unsigned)spec->amount;
	}
	return gate;
}

void
gate_free(struct gate *gate)
{
	if (gate == NULL)
		return;
	table_release(&gate->hosts);
	free(gate->rates);
	free(gate->spans);
	free(gate);
}

struct gate_host *
gate_host(struct gate *gate, const char *origin, int64_t now)
{
	struct slice key = slice_str(origin);
	struct gate_host *host = table_find(&gate->hosts, key);
	bool added;

	if (host != NULL)
		return host;
	if (gate->hosts.count >= HOSTS_MAX)
		key = slice_str("others");
	host = table_add(&gate->hosts, key, &added);
	if (added) {
		host->origin = arena_str(&gate->hosts.arena, key);
		host->remaining = -1;
		adapt_init(&host->adapt, gate->options.concurrency,
		    gate->limited, now);
	}
	return host;
}

const char *
gate_host_origin(const struct gate_host *host)
{
	return host->origin;
}

/* How many requests may be under way to all hosts together. */
static unsigned
whole_concurrency(const struct gate *gate)
{
	unsigned most = gate->options.concurrency;

	if (most == 0)
		most = UINT_MAX;
	if (gate->concurrent > 0 && gate->concurrent < most)
		most = gate->concurrent;
	return most;
}

unsigned
gate_concurrency(const struct gate *gate, const struct gate_host *host)
{
	unsigned most = adapt_concurrency(&host->adapt);

	if (whole_concurrency(gate) < most)
		most = whole_concurrency(gate);
	if (host->concurrent > 0 && host->concurrent < most)
		most = (unsigned)host->concurrent;
	return most;
}

unsigned
gate_under_way(const struct gate *gate)
{
	return gate->under_way;
}

static struct gate_reply
wait_until(int64_t until, const char *reason)
{
	return (struct gate_reply){
		.word = until == INT64_MAX ? GATE_FULL : GATE_WAIT,
		.until = until,
		.reason = reason,
	};
}

/* Keeps the later of two waits. */
static void
later(struct gate_reply *reply, int64_t until, const char *reason)
{
	if (until > reply->until)
		*reply = wait_until(until, reason);
}

/* How much of a limit a request takes. */
static int64_t
share_of(const struct rate_spec *spec, int64_t cost)
{
	if (spec->kind == RATE_CONCURRENT)
		return 0;
	return spec->units ? cost : 1;
}

/* What the host itself stands in the way with. */
static struct gate_reply
ask_host(const struct gate_host *host, bool retry, int64_t now)
{
	struct gate_reply reply = { .word = GATE_GO, .until = now };

	later(&reply, host->paused_until, "paused by the server");
	later(&reply, breaker_earliest(&host->breaker, now), "circuit open");
	if (host->remaining == 0)
		later(&reply, host->reset_at, "the server's own limit");
	if (retry)
		later(&reply, retry_budget_earliest(&host->budget, now),
		    "retry budget");
	later(&reply, adapt_earliest(&host->adapt, now), "finding the rate");
	return reply;
}

/* The latest time that a limit says; else the first one that has too little
 * granted. */
static struct gate_reply
ask_limits(const struct gate *gate, int64_t cost, int64_t now)
{
	struct gate_reply reply = { .word = GATE_GO, .until = now };
	size_t lacking = gate->options.limit_count;

	for (size_t i = 0; i < gate->options.limit_count; i++) {
		const struct rate_spec *spec = &gate->options.limits[i];
		const struct rate *rate = &gate->rates[i];
		int64_t share = share_of(spec, cost);

		if (share == 0)
			continue;
		if (!rate_needs_grant(spec, rate, share, now))
			later(&reply, rate_earliest(spec, rate, share, now),
			    "rate limit");
		else if (rate->refused_until > now)
			later(&reply, rate->refused_until, "limit used up");
		else if (rate->asked)
			later(&reply, INT64_MAX, "rate limit");
		else if (lacking == gate->options.limit_count)
			lacking = i;
	}
	if (reply.word == GATE_GO && lacking < gate->options.limit_count)
		return (
		    struct gate_reply){ .word = GATE_GRANT, .limit = lacking };
	return reply;
}

struct gate_reply
gate_ask(struct gate *gate, struct gate_host *host, int64_t cost, bool retry,
    int64_t now)
{
	struct gate_reply reply;

	if (gate->under_way >= whole_concurrency(gate) ||
	    host->under_way >= gate_concurrency(gate, host))
		return wait_until(INT64_MAX, "concurrency");
	reply = ask_host(host, retry, now);
	if (reply.word != GATE_GO)
		return reply;
	return ask_limits(gate, cost, now);
}

bool
gate_sent(struct gate *gate, struct gate_host *host, int64_t cost, bool retry,
    int64_t now)
{
	for (size_t i = 0; i < gate->options.limit_count; i++) {
		const struct rate_spec *spec = &gate->options.limits[i];
		int64_t share = share_of(spec, cost);

		if (share > 0)
			rate_take(spec, &gate->rates[i], share, now);
	}
	adapt_sent(&host->adapt, now);
	if (retry)
		retry_budget_take(&host->budget, now);
	else
		retry_budget_first(&host->budget, now);
	if (host->remaining > 0)
		host->remaining--;
	host->under_way++;
	gate->under_way++;
	return breaker_sent(&host->breaker, now);
}

/* It only counts what it had taken, so what is under way comes off. */
static void
learn_hint(struct gate_host *host, const struct hint *hint, int64_t now)
{
	if (hint->concurrent > 0)
		host->concurrent = hint->concurrent;
	if (hint->remaining < 0 || hint->reset_at <= now)
		return;
	host->reset_at = hint->reset_at;
	host->remaining = hint->remaining - (int64_t)host->under_way;
	if (host->remaining < 0)
		host->remaining = 0;
}

static enum adapt_sign
sign_of(const struct gate_answer *answer)
{
	if (answer->outcome == OUTCOME_THROTTLE)
		return ADAPT_THROTTLE;
	switch (answer->trouble) {
	case TROUBLE_RESOLVE:
	case TROUBLE_CONNECT:
	case TROUBLE_TIMEOUT:
	case TROUBLE_CUT:
	case TROUBLE_TLS:
	case TROUBLE_PROXY:
		return ADAPT_OVERLOAD;
	case TROUBLE_NONE:
	case TROUBLE_CERT:
	case TROUBLE_TOO_LARGE:
	case TROUBLE_REFUSED:
	case TROUBLE_BROKEN:
		break;
	}
	return answer->status >= 500 ? ADAPT_OVERLOAD : ADAPT_GOOD;
}

/* See breaker.h for what is a sign. */
static void
learn_circuit(struct gate_host *host, const struct gate_answer *answer,
    int64_t now)
{
	bool no_answer = answer->trouble != TROUBLE_NONE &&
	    sign_of(answer) == ADAPT_OVERLOAD;
	bool bad = no_answer ||
	    ((answer->first || answer->probe) && answer->status >= 500 &&
		answer->outcome == OUTCOME_RETRY);
	bool good = !bad && answer->outcome != OUTCOME_THROTTLE &&
	    answer->trouble == TROUBLE_NONE && answer->status < 500;

	breaker_answered(&host->breaker, answer->probe, good, bad, now);
}

/* Throttles and their end count when the request was sent after the last one
 * that counted: what was under way with that says nothing new. */
static bool
is_news(const struct gate_host *host, const struct gate_answer *answer,
    int64_t now)
{
	return now - answer->latency >= host->throttled_at;
}

/* How long a throttle stops the host. */
static int64_t
throttle_pause(struct gate *gate, struct gate_host *host,
    const struct gate_answer *answer, struct random *random, int64_t now)
{
	unsigned allowed = gate->limited ? 0 : FREE_THROTTLES;
	bool news = is_news(host, answer, now);

	if (news) {
		if (host->throttles++ == 0)
			host->throttled_since = now;
		host->throttled_at = now;
	}
	if (answer->hint->retry_after > 0)
		return answer->hint->retry_after;
	if (!news || host->throttles <= allowed)
		return 0;
	return retry_wait(gate->options.retry, host->throttles - allowed, -1,
	    random);
}

/* How long a quota that is used up stops the host. */
static int64_t
quota_pause(const struct gate *gate, const struct hint *hint, int64_t now)
{
	if (hint->retry_after > 0)
		return hint->retry_after;
	for (size_t i = 0; i < gate->options.limit_count; i++) {
		const struct rate_spec *spec = &gate->options.limits[i];

		if (spec->kind == RATE_DAY)
			return rate_day_end(spec, now) - now;
	}
	return DURATION_H;
}

static int64_t
pause_for(struct gate *gate, struct gate_host *host,
    const struct gate_answer *answer, struct random *random, int64_t now)
{
	if (answer->outcome == OUTCOME_THROTTLE)
		return throttle_pause(gate, host, answer, random, now);
	if (answer->outcome == OUTCOME_QUOTA)
		return quota_pause(gate, answer->hint, now);
	if (is_news(host, answer, now))
		host->throttles = 0;
	return answer->status == 503 ? answer->hint->retry_after : 0;
}

int64_t
gate_answered(struct gate *gate, struct gate_host *host,
    const struct gate_answer *answer, struct random *random, int64_t now)
{
	int64_t pause;

	gate_cancelled(gate, host, false);
	learn_hint(host, answer->hint, now);
	learn_circuit(host, answer, now);
	adapt_answered(&host->adapt, sign_of(answer), answer->latency,
	    host->under_way, now);
	pause = pause_for(gate, host, answer, random, now);
	if (pause <= 0 || now + pause <= host->paused_until)
		return 0;
	host->paused_until = now + pause;
	return host->paused_until;
}

void
gate_cancelled(struct gate *gate, struct gate_host *host, bool probe)
{
	assert(gate->under_way > 0 && host->under_way > 0);
	gate->under_way--;
	host->under_way--;
	if (probe)
		breaker_cancelled(&host->breaker, true);
}

void
gate_pause(struct gate_host *host, int64_t until)
{
	if (until > host->paused_until)
		host->paused_until = until;
}

int64_t
gate_paused_until(const struct gate_host *host)
{
	return host->paused_until;
}

int64_t
gate_throttled_since(const struct gate_host *host)
{
	return host->throttles == 0 ? INT64_MAX : host->throttled_since;
}

void
gate_asked(struct gate *gate, size_t limit)
{
	gate->rates[limit].asked = true;
}

int64_t
gate_wanted(const struct gate *gate, size_t limit, int64_t cost, int64_t ready)
{
	const struct rate_spec *spec = &gate->options.limits[limit];
	int64_t share = share_of(spec, cost);

	/* A limit per time is asked for in time: what is not used is lost to
	 * nobody but those who share it. */
	if (spec->kind == RATE_PER)
		return rate_wanted(spec, share, INT32_MAX) *
		    (1 + gate->spans[limit]);
	return rate_wanted(spec, share, ready);
}

void
gate_granted(struct gate *gate, size_t limit, const struct rate *rate,
    int64_t now)
{
	const struct rate_spec *spec = &gate->options.limits[limit];

	rate_add(spec, &gate->rates[limit], rate);
	if (gate->rates[limit].refused_until <= now &&
	    gate->spans[limit] < SPANS_MAX &&
	    rate_needs_grant(spec, &gate->rates[limit], 1, now))
		gate->spans[limit]++;
}

size_t
gate_low(const struct gate *gate, int64_t cost, int64_t ready, int64_t now)
{
	size_t count = gate->options.limit_count;

	for (size_t i = 0; i < count && ready > 0; i++) {
		const struct rate_spec *spec = &gate->options.limits[i];
		const struct rate *rate = &gate->rates[i];
		int64_t share = share_of(spec, cost);

		if (share > 0 && !rate->asked && rate->refused_until <= now &&
		    rate_is_low(spec, rate, share,
			gate_wanted(gate, i, cost, ready), now))
			return i;
	}
	return count;
}

const struct rate *
gate_rate(const struct gate *gate, size_t limit)
{
	return &gate->rates[limit];
}

bool
gate_host_is_lost(const struct gate_host *host, unsigned probes)
{
	return host->breaker.state == BREAKER_OPEN &&
	    host->breaker.failed_probes >= probes;
}

int64_t
gate_host_open_until(const struct gate_host *host)
{
	return host->breaker.open_until;
}
