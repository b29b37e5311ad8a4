/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/adapt.h"

#include "base/duration.h"
#include "base/random.h"

#include "tap.h"

/*
 * A client and a server in simulated time. The client sends whenever it may,
 * wakes when an answer has come or a timer of whole milliseconds has run out
 * (as curl_multi_poll() does), and stays silent for a second when it is told
 * to. The server is nginx's limit_req: a bucket, with or without nodelay, or
 * limit_conn, or it takes all.
 */
enum { CONNECTIONS = 64 };

struct server {
	double rate;      /* requests/s; 0: any */
	double burst;     /* in one instant, at least 1 */
	bool queues;      /* what is above rate waits, else it is at once */
	bool pauses;      /* says Retry-After: 1 */
	unsigned at_once; /* 503 above; 0: any */
	double fastest;   /* ms for an answer */
	double slowest;
	double tat;
	unsigned busy;
};

struct request {
	int64_t sent;
	int64_t next; /* it arrives, or its answer does */
	bool arrived;
	enum adapt_sign sign;
};

struct sim {
	struct random random;
	struct adapt adapt;
	struct server server;
	struct request under_way[CONNECTIONS];
	unsigned count;
	int64_t now;
	int64_t paused_until;
	long sent;
	long good;
	long throttled;
	long overloaded;
};

static const int64_t START = 1700000000 * DURATION_S;

static int64_t
between(struct random *random, double least_ms, double most_ms)
{
	int64_t least = (int64_t)(least_ms * DURATION_MS);
	int64_t most = (int64_t)(most_ms * DURATION_MS);

	return least +
	    (int64_t)random_below(random, (uint64_t)(most - least) + 1);
}

static void
begin(struct sim *sim, struct server server, unsigned concurrency,
    uint64_t seed)
{
	*sim = (struct sim){ .server = server, .now = START };
	random_seed(&sim->random, seed);
	adapt_init(&sim->adapt, concurrency, false, START);
}

/* The server's side: the sign, and when the answer is there. */
static void
arrive(struct sim *sim, struct request *request)
{
	struct server *server = &sim->server;
	double now = (double)request->next;
	double gap = server->rate > 0 ? (double)DURATION_S / server->rate : 0;
	double wait = server->tat > now ? server->tat - now : 0;
	int64_t takes = DURATION_MS / 5;

	request->arrived = true;
	request->sign = ADAPT_GOOD;
	if (server->at_once > 0 && server->busy >= server->at_once) {
		request->sign = ADAPT_OVERLOAD;
	} else if (wait > gap * (server->burst - 1) + 1) {
		request->sign = ADAPT_THROTTLE;
	} else {
		server->tat = now + wait + gap;
		takes = between(&sim->random, server->fastest, server->slowest);
		if (server->queues)
			takes += (int64_t)wait;
	}
	server->busy++;
	request->next += takes;
}

static void
answered(struct sim *sim, const struct request *request)
{
	sim->server.busy--;
	switch (request->sign) {
	case ADAPT_GOOD:
		sim->good++;
		break;
	case ADAPT_THROTTLE:
		sim->throttled++;
		if (sim->server.pauses)
			sim->paused_until = sim->now + DURATION_S;
		break;
	case ADAPT_OVERLOAD:
		sim->overloaded++;
		break;
	}
	adapt_answered(&sim->adapt, request->sign, sim->now - request->sent,
	    sim->count, sim->now);
}

static bool
has_room(const struct sim *sim)
{
	return sim->count < adapt_concurrency(&sim->adapt) &&
	    sim->count < CONNECTIONS;
}

static int64_t
earliest(const struct sim *sim)
{
	int64_t at = adapt_earliest(&sim->adapt, sim->now);

	return at > sim->paused_until ? at : sim->paused_until;
}

static void
send_all(struct sim *sim)
{
	while (has_room(sim) && earliest(sim) <= sim->now) {
		int64_t way = between(&sim->random, 0.05, 0.25);

		sim->under_way[sim->count++] = (struct request){
			.sent = sim->now,
			.next = sim->now + way,
		};
		adapt_sent(&sim->adapt, sim->now);
		sim->sent++;
	}
}

static int64_t
next_event(const struct sim *sim)
{
	int64_t next = INT64_MAX;
	int64_t ms;

	if (has_room(sim)) {
		ms = (earliest(sim) - sim->now - 1) / DURATION_MS + 1;
		next = sim->now + ms * DURATION_MS;
	}
	for (unsigned i = 0; i < sim->count; i++) {
		if (sim->under_way[i].next < next)
			next = sim->under_way[i].next;
	}
	return next;
}

static void
handle_due(struct sim *sim)
{
	for (unsigned i = 0; i < sim->count;) {
		struct request request = sim->under_way[i];

		if (request.next > sim->now) {
			i++;
		} else if (!request.arrived) {
			arrive(sim, &sim->under_way[i]);
		} else {
			sim->under_way[i] = sim->under_way[--sim->count];
			answered(sim, &request);
		}
	}
}

static void
run(struct sim *sim, int64_t time)
{
	int64_t end = sim->now + time;

	while (sim->now < end) {
		send_all(sim);
		sim->now = next_event(sim);
		handle_due(sim);
	}
}

/* Of what the server allows since the start. */
static double
share_used(const struct sim *sim)
{
	double seconds = (double)(sim->now - START) / DURATION_S;

	return (double)sim->good /
	    (sim->server.rate * seconds + sim->server.burst);
}

struct share {
	double at_30_s;
	double at_60_s;
	double throttled; /* after the first ten seconds */
};

static struct share
measure(struct server server, unsigned concurrency, uint64_t seed)
{
	struct sim sim;
	struct share share;
	long sent;
	long throttled;

	begin(&sim, server, concurrency, seed);
	run(&sim, 10 * DURATION_S);
	sent = sim.sent;
	throttled = sim.throttled;
	run(&sim, 20 * DURATION_S);
	share.at_30_s = share_used(&sim);
	run(&sim, 30 * DURATION_S);
	share.at_60_s = share_used(&sim);
	share.throttled = (double)(sim.throttled - throttled) /
	    (double)(sim.sent - sent);
	return share;
}

static double
lower(double a, double b)
{
	return a < b ? a : b;
}

/* The worst of some concurrencies and seeds. */
static struct share
worst(struct server server, unsigned seeds)
{
	static const unsigned concurrencies[] = { 0, 16, 32, 64 };
	struct share all = { 1, 1, 0 };

	for (unsigned seed = 0; seed < seeds; seed++) {
		struct share one = measure(server, concurrencies[seed % 4],
		    seed);

		all.at_30_s = lower(all.at_30_s, one.at_30_s);
		all.at_60_s = lower(all.at_60_s, one.at_60_s);
		all.throttled = -lower(-all.throttled, -one.throttled);
	}
	printf("# %4.0f/s, burst %2.0f%s%s: used %.3f in 30 s, %.3f in 60 s, "
	       "throttled %.5f\n",
	    server.rate, server.burst, server.queues ? ", queues" : "",
	    server.pauses ? ", pauses" : "", all.at_30_s, all.at_60_s,
	    all.throttled);
	return all;
}

static void
check_share(struct server server, unsigned seeds, double least_30,
    double least_60)
{
	struct share share = worst(server, seeds);

	CHECK(share.at_30_s >= least_30);
	CHECK(share.at_60_s >= least_60);
	CHECK(share.throttled < 0.01);
}

static void
finds_200(void)
{
	struct server server = { .rate = 200,
		.burst = 25,
		.fastest = 1,
		.slowest = 5 };

	check_share(server, 12, 0.95, 0.95);
	server.queues = true;
	check_share(server, 12, 0.94, 0.95);
}

static void
finds_200_with_pauses(void)
{
	struct server server = { .rate = 200,
		.burst = 25,
		.pauses = true,
		.fastest = 1,
		.slowest = 5 };

	check_share(server, 12, 0.88, 0.88);
	server.queues = true;
	check_share(server, 12, 0.88, 0.88);
}

static void
finds_200_over_a_long_way(void)
{
	struct server server = { .rate = 200,
		.burst = 25,
		.fastest = 30,
		.slowest = 90 };

	check_share(server, 12, 0.88, 0.9);
}

/* With and without a queue, with and without pauses. */
static void
check_limit(double rate, double burst, double least_30, double least_60)
{
	struct server server = { .rate = rate,
		.burst = burst,
		.fastest = 1,
		.slowest = 5 };

	check_share(server, 3, least_30, least_60);
	server.queues = true;
	check_share(server, 3, least_30, least_60);
	server.pauses = true;
	check_share(server, 3, least_30, least_60);
	server.queues = false;
	check_share(server, 3, least_30, least_60);
}

static void
finds_others(void)
{
	for (int i = 0; i < 3; i++) {
		double burst = 5 + 22.5 * i;

		check_limit(20, burst, 0.85, 0.9);
		check_limit(200, burst, 0.84, 0.87);
		check_limit(1000, burst, 0.83, 0.87);
	}
	check_limit(5000, 25, 0.78, 0.85);
}

/* No second request in the same 50 or 5 ms. */
static void
finds_without_burst(void)
{
	struct server server = { .rate = 20, .burst = 1, .slowest = 5 };

	check_share(server, 12, 0.65, 0.75);
	server.rate = 200;
	check_share(server, 12, 0.65, 0.7);
}

static void
follows_a_change(void)
{
	struct server server = { .rate = 200,
		.burst = 25,
		.fastest = 1,
		.slowest = 5 };
	struct sim sim;

	begin(&sim, server, 16, 1);
	run(&sim, 30 * DURATION_S);
	sim.server.rate = 100;
	run(&sim, 10 * DURATION_S);
	CHECK(sim.adapt.rate < 105);
	sim.server.rate = 400;
	run(&sim, 90 * DURATION_S);
	CHECK(sim.adapt.rate > 350);
}

static void
keeps_level_in_outage(void)
{
	struct server server = { .rate = 200,
		.burst = 25,
		.pauses = true,
		.fastest = 1,
		.slowest = 5 };
	struct sim sim;

	begin(&sim, server, 16, 1);
	run(&sim, 20 * DURATION_S);
	sim.server.tat = (double)(sim.now + 60 * DURATION_S);
	run(&sim, 60 * DURATION_S);
	CHECK(sim.adapt.rate > 160);
	CHECK(adapt_concurrency(&sim.adapt) == 16);
}

/* When the rate first allows so many. */
static double
seconds_to(struct sim *sim, double rate)
{
	while (sim->adapt.rate < rate && sim->now < START + 10 * DURATION_S)
		run(sim, DURATION_MS);
	return (double)(sim->now - START) / DURATION_S;
}

static void
is_no_bottleneck(void)
{
	static const unsigned concurrencies[] = { 0, 16, 64 };
	struct server server = { .fastest = 0.1, .slowest = 0.3 };
	struct sim sim;
	double seconds;

	for (uint64_t i = 0; i < 12; i++) {
		begin(&sim, server, concurrencies[i % 3], i);
		seconds = seconds_to(&sim, 20000);
		if (i < 3)
			printf("# unlimited, %u at once: %.2f s\n",
			    concurrencies[i], seconds);
		CHECK(seconds < 1.3);
	}
}

static void
climbs_no_further_than_used(void)
{
	struct server server = { .fastest = 20, .slowest = 60 };
	struct sim sim;

	begin(&sim, server, 16, 1);
	run(&sim, 60 * DURATION_S);
	printf("# %.0f/s used, %.0f/s allowed\n", (double)sim.good / 60,
	    sim.adapt.rate);
	CHECK(sim.good > 21000);
	CHECK(sim.adapt.rate < 4000);
}

/* 503 above so many at once. */
static void
finds_concurrency(void)
{
	struct server server = { .fastest = 1, .slowest = 5 };
	struct sim sim;

	for (server.at_once = 2; server.at_once <= 32; server.at_once *= 2) {
		double most = server.at_once / 0.00315 * 30;

		begin(&sim, server, 0, server.at_once);
		run(&sim, 30 * DURATION_S);
		printf("# %u at once: used %.3f, 503s %.4f\n", server.at_once,
		    (double)sim.good / most,
		    (double)sim.overloaded / (double)sim.sent);
		CHECK((double)sim.good > 0.85 * most);
		CHECK((double)sim.overloaded < 0.01 * (double)sim.sent);
	}
}

static void
bears_slow_answers(void)
{
	struct server server = { .fastest = 1, .slowest = 5 };
	struct sim sim;

	begin(&sim, server, 0, 1);
	run(&sim, 10 * DURATION_S);
	CHECK_INT(adapt_concurrency(&sim.adapt), 64);
	sim.server.fastest = 100;
	sim.server.slowest = 500;
	run(&sim, 60 * DURATION_S);
	CHECK_INT(adapt_concurrency(&sim.adapt), 64);
}

/* A queue with one place for each: more at once would wait, not do more. */
static void
grows_no_queue(void)
{
	struct server server = { .rate = 200,
		.burst = 1000,
		.queues = true,
		.slowest = 5 };
	struct sim sim;

	begin(&sim, server, 0, 1);
	run(&sim, 30 * DURATION_S);
	CHECK(adapt_concurrency(&sim.adapt) < 16);
	CHECK(sim.good > 5700);
}

static void
cuts_concurrency_once_a_window(void)
{
	struct adapt adapt;
	int64_t now = START;

	adapt_init(&adapt, 0, false, now);
	CHECK_INT(adapt_concurrency(&adapt), 8);
	for (int i = 0; i < 8; i++)
		adapt_answered(&adapt, ADAPT_OVERLOAD, DURATION_S, 7, ++now);
	CHECK_INT(adapt_concurrency(&adapt), 7);
	for (int i = 0; i < 100; i++) {
		now += DURATION_S;
		adapt_answered(&adapt, ADAPT_OVERLOAD, DURATION_MS, 0, now);
	}
	/* What hardly anything was under way of is not to blame. */
	CHECK_INT(adapt_concurrency(&adapt), 7);
	for (int i = 0; i < 100; i++) {
		unsigned others = adapt_concurrency(&adapt) - 1;

		now += DURATION_S;
		adapt_answered(&adapt, ADAPT_OVERLOAD, DURATION_MS, others,
		    now);
	}
	CHECK_INT(adapt_concurrency(&adapt), 1);
	for (int i = 0; i < 100; i++) {
		now += DURATION_S;
		adapt_answered(&adapt, ADAPT_GOOD, DURATION_MS, 0, now);
	}
	/* One at a time uses two by half. */
	CHECK_INT(adapt_concurrency(&adapt), 3);
}

static void
leaves_fixed(void)
{
	struct adapt adapt;
	int64_t now = START;

	adapt_init(&adapt, 5, true, now);
	for (int i = 0; i < 1000; i++) {
		CHECK_INT(adapt_earliest(&adapt, now), now);
		adapt_sent(&adapt, now);
		adapt_answered(&adapt, i % 3, DURATION_MS, 4, now);
		now += (int64_t)(i % 2) * 2 * DURATION_S;
	}
	CHECK_INT(adapt_concurrency(&adapt), 5);
}

/* The first second of the climb, without a server. */
static void
saves_nothing_up(void)
{
	struct adapt adapt;
	int64_t now = START;
	int count = 0;

	adapt_init(&adapt, 64, false, now);
	now += 3600 * DURATION_S;
	while (adapt_earliest(&adapt, now) == now) {
		adapt_sent(&adapt, now);
		count++;
	}
	CHECK_INT(count, 1);
	CHECK_INT(adapt_earliest(&adapt, now), now + DURATION_S / 20);
}

static const struct tap_test tests[] = {
	{ "a limit of 200/s is found and used", finds_200 },
	{ "and so it is where a 429 stops all for a second",
	    finds_200_with_pauses },
	{ "and where answers take long", finds_200_over_a_long_way },
	{ "other limits are found too", finds_others },
	{ "limits without a burst are found, and used less",
	    finds_without_burst },
	{ "a limit that changes is followed", follows_a_change },
	{ "an outage says nothing about the level", keeps_level_in_outage },
	{ "a host without limits is soon asked as fast as it can",
	    is_no_bottleneck },
	{ "a rate that is not used does not climb",
	    climbs_no_further_than_used },
	{ "concurrency finds what a host bears", finds_concurrency },
	{ "slow answers do not cut concurrency", bears_slow_answers },
	{ "concurrency does not grow for a longer queue", grows_no_queue },
	{ "overload cuts concurrency once a window, down to one",
	    cuts_concurrency_once_a_window },
	{ "what the job sets stays", leaves_fixed },
	{ "idle time is not saved up", saves_nothing_up },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
