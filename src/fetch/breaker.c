/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/breaker.h"

#include <assert.h>
#include <string.h>

#include "base/duration.h"

/* So many signs, half of them bad, open the circuit. */
enum { SIGNS = 20 };

/* The circuit stays open so long, doubled with each probe that failed. */
#define OPEN_FIRST (5 * DURATION_S)
#define OPEN_LONGEST (60 * DURATION_S)

/* Brings the ring on to the second of now: slots in between are empty. A now
 * before the newest slot counts there. */
static void
turn(struct breaker *breaker, int64_t now)
{
	int64_t second = now / DURATION_S;

	if (second - breaker->second > BREAKER_SLOTS)
		breaker->second = second - BREAKER_SLOTS;
	while (breaker->second < second) {
		int64_t slot = ++breaker->second % BREAKER_SLOTS;

		breaker->good[slot] = 0;
		breaker->bad[slot] = 0;
	}
}

static void
forget(struct breaker *breaker)
{
	memset(breaker->good, 0, sizeof(breaker->good));
	memset(breaker->bad, 0, sizeof(breaker->bad));
}

static void
open_circuit(struct breaker *breaker, int64_t now)
{
	int64_t wait = OPEN_FIRST;

	for (unsigned i = 0; i < breaker->failed_probes; i++) {
		wait *= 2;
		if (wait >= OPEN_LONGEST) {
			wait = OPEN_LONGEST;
			break;
		}
	}
	breaker->state = BREAKER_OPEN;
	breaker->open_until = now + wait;
}

static void
close_circuit(struct breaker *breaker)
{
	breaker->state = BREAKER_CLOSED;
	breaker->failed_probes = 0;
	forget(breaker);
}

static bool
host_is_bad(const struct breaker *breaker)
{
	unsigned good = 0;
	unsigned bad = 0;

	for (size_t i = 0; i < BREAKER_SLOTS; i++) {
		good += breaker->good[i];
		bad += breaker->bad[i];
	}
	return good + bad >= SIGNS && bad >= good;
}

static void
count(struct breaker *breaker, bool good, bool bad, int64_t now)
{
	turn(breaker, now);
	if (good)
		breaker->good[breaker->second % BREAKER_SLOTS]++;
	if (bad)
		breaker->bad[breaker->second % BREAKER_SLOTS]++;
	if (host_is_bad(breaker))
		open_circuit(breaker, now);
}

static void
probe_answered(struct breaker *breaker, bool bad, int64_t now)
{
	assert(breaker->state == BREAKER_HALF_OPEN && breaker->probing);
	breaker->probing = false;
	if (bad) {
		breaker->failed_probes++;
		open_circuit(breaker, now);
	} else {
		close_circuit(breaker);
	}
}

int64_t
breaker_earliest(const struct breaker *breaker, int64_t now)
{
	switch (breaker->state) {
	case BREAKER_CLOSED:
		return now;
	case BREAKER_OPEN:
		return breaker->open_until > now ? breaker->open_until : now;
	case BREAKER_HALF_OPEN:
		return breaker->probing ? INT64_MAX : now;
	}
	return now;
}

bool
breaker_sent(struct breaker *breaker, int64_t now)
{
	assert(breaker_earliest(breaker, now) <= now);
	if (breaker->state == BREAKER_CLOSED)
		return false;
	breaker->state = BREAKER_HALF_OPEN;
	breaker->probing = true;
	return true;
}

void
breaker_answered(struct breaker *breaker, bool probe, bool good, bool bad,
    int64_t now)
{
	if (probe)
		probe_answered(breaker, bad, now);
	else if (breaker->state == BREAKER_CLOSED)
		count(breaker, good, bad, now);
	/* Else it was sent before the circuit opened: old news. */
}

void
breaker_cancelled(struct breaker *breaker, bool probe)
{
	if (probe)
		breaker->probing = false;
}
