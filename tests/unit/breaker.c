/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/breaker.h"

#include "base/duration.h"

#include "tap.h"

static const int64_t START = 1700000000 * DURATION_S;

/*
 * A scenario is a text of steps, blanks between them:
 *
 *	+ and -    a request is sent and answered well, or badly
 *	.          and its answer says nothing
 *	12s 500ms  so much time goes by
 *	p          the probe is sent
 *	P M D X    it is answered well, badly, says nothing, or is given up
 *
 * and the state in which the breaker ends: 'c' closed, 'h' open but a probe
 * may go, 'o' open, 'w' waiting for the probe.
 */
struct scenario {
	const char *steps;
	char end;
};

#define GOOD9 "+ + + + + + + + + "
#define BAD9 "- - - - - - - - - "
#define GOOD10 GOOD9 "+ "
#define BAD10 BAD9 "- "
#define OPEN BAD10 BAD10

static const struct scenario counting[] = {
	{ "", 'c' },
	{ BAD10 BAD9, 'c' },
	{ BAD10 BAD9 "-", 'o' },
	{ BAD10 BAD9 "+", 'o' },
	{ BAD10 BAD9 ". . . .", 'c' },
	{ GOOD10 BAD9, 'c' },
	{ GOOD10 BAD10, 'o' },
	{ GOOD10 "+ " BAD10, 'c' },
	{ GOOD10 "+ " BAD10 "-", 'o' },
	{ BAD10 "9s " BAD10, 'o' },
	{ BAD10 "10s " BAD10, 'c' },
	{ BAD10 "10s " BAD10 BAD10, 'o' },
	{ BAD10 "100000s " BAD10, 'c' },
	{ GOOD10 GOOD10 "5s " BAD10 BAD9, 'c' },
	{ GOOD10 GOOD10 "5s " BAD10 BAD9 "5s -", 'o' },
};

static const struct scenario probing[] = {
	{ OPEN "4999ms", 'o' },
	{ OPEN "5s", 'h' },
	{ OPEN "1000s", 'h' },
	{ OPEN "5s p", 'w' },
	{ OPEN "5s p 1000s", 'w' },
	{ OPEN "5s p P", 'c' },
	{ OPEN "5s p D", 'c' },
	{ OPEN "5s p X", 'h' },
	{ OPEN "5s p X p P", 'c' },
	{ OPEN "5s p M", 'o' },
	{ OPEN "5s p P -", 'c' },
	{ OPEN "5s p P " BAD10 BAD9, 'c' },
	{ OPEN "5s p P " OPEN, 'o' },
	{ OPEN "5s p P " OPEN "5s", 'h' },
};

static const struct scenario longer_each_time[] = {
	{ OPEN "5s p M 9999ms", 'o' },
	{ OPEN "5s p M 10s", 'h' },
	{ OPEN "5s p M 10s p M 19999ms", 'o' },
	{ OPEN "5s p M 10s p M 20s", 'h' },
	{ OPEN "5s p M 10s p M 20s p M 40s p M 59999ms", 'o' },
	{ OPEN "5s p M 10s p M 20s p M 40s p M 60s", 'h' },
	{ OPEN "5s p M 10s p M 20s p M 40s p M 60s p M 60s", 'h' },
	{ OPEN "5s p M 10s p P " OPEN "4999ms", 'o' },
	{ OPEN "5s p M 10s p P " OPEN "5s", 'h' },
};

static char
state(const struct breaker *breaker, int64_t now)
{
	int64_t earliest = breaker_earliest(breaker, now);

	if (breaker->state == BREAKER_CLOSED)
		return 'c';
	if (earliest == INT64_MAX)
		return 'w';
	return earliest == now ? 'h' : 'o';
}

/* Requests may be answered after the circuit opened, too. */
static void
ordinary(struct breaker *breaker, char step, int64_t now)
{
	if (breaker->state == BREAKER_CLOSED)
		CHECK(!breaker_sent(breaker, now));
	breaker_answered(breaker, false, step == '+', step == '-', now);
}

static void
probe(struct breaker *breaker, char step, int64_t now)
{
	switch (step) {
	case 'p':
		CHECK(breaker_sent(breaker, now));
		break;
	case 'X':
		breaker_cancelled(breaker, true);
		break;
	default:
		breaker_answered(breaker, true, step == 'P', step == 'M', now);
		break;
	}
}

static void
play(const struct scenario *scenario)
{
	struct breaker breaker = { 0 };
	const char *at = scenario->steps;
	int64_t now = START;
	char end[2] = "";
	char *behind;
	long time;

	for (; *at != '\0'; at++) {
		time = strtol(at, &behind, 10);
		if (behind != at && *at >= '0' && *at <= '9') {
			at = behind;
			now += time * (*at == 's' ? DURATION_S : DURATION_MS);
			at += *at == 'm';
		} else if (strchr("+-.", *at) != NULL) {
			ordinary(&breaker, *at, now);
		} else if (*at != ' ') {
			probe(&breaker, *at, now);
		}
	}
	end[0] = state(&breaker, now);
	if (!CHECK_INT(end[0], scenario->end))
		printf("# %s\n", scenario->steps);
}

static void
counts(void)
{
	for (size_t i = 0; i < sizeof(counting) / sizeof(counting[0]); i++)
		play(&counting[i]);
}

static void
probes(void)
{
	for (size_t i = 0; i < sizeof(probing) / sizeof(probing[0]); i++)
		play(&probing[i]);
}

static void
waits_longer(void)
{
	size_t n = sizeof(longer_each_time) / sizeof(longer_each_time[0]);

	for (size_t i = 0; i < n; i++)
		play(&longer_each_time[i]);
}

static void
open_circuit(struct breaker *breaker, int64_t now)
{
	for (int i = 0; i < 20; i++) {
		CHECK(!breaker_sent(breaker, now));
		breaker_answered(breaker, false, false, true, now);
	}
	CHECK_INT(breaker->state, BREAKER_OPEN);
}

static void
tells_when(void)
{
	struct breaker breaker = { 0 };
	int64_t until = START + 5 * DURATION_S;

	CHECK_INT(breaker_earliest(&breaker, START), START);
	open_circuit(&breaker, START);
	CHECK_INT(breaker_earliest(&breaker, START), until);
	CHECK_INT(breaker_earliest(&breaker, until + 7), until + 7);
	CHECK(breaker_sent(&breaker, until));
	CHECK(breaker_earliest(&breaker, until) == INT64_MAX);
}

/* Many requests may be under way when the circuit opens. */
static void
ignores_late_answers(void)
{
	struct breaker breaker = { 0 };
	int64_t now = START + 5 * DURATION_S;

	open_circuit(&breaker, START);
	for (int i = 0; i < 100; i++)
		breaker_answered(&breaker, false, i % 2, i % 2 == 0, now);
	CHECK_INT(breaker.state, BREAKER_OPEN);
	CHECK_INT(breaker_earliest(&breaker, now), now);
	CHECK(breaker_sent(&breaker, now));
	breaker_answered(&breaker, false, true, false, now);
	breaker_cancelled(&breaker, false);
	CHECK_INT(breaker.state, BREAKER_HALF_OPEN);
	CHECK(breaker_earliest(&breaker, now) == INT64_MAX);
}

static const struct tap_test tests[] = {
	{ "half of twenty signs in ten seconds open the circuit", counts },
	{ "a probe closes it, or opens it again", probes },
	{ "each probe that fails doubles the wait, up to a minute",
	    waits_longer },
	{ "it tells when a request may go", tells_when },
	{ "answers to what was sent before it opened are ignored",
	    ignores_late_answers },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
