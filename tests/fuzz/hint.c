/* SPDX-License-Identifier: MIT */
/*
 * A block of fields, as hint_read() and freshness_read() see it: no wait is
 * negative or longer than it may be, no lifetime longer than ttl, and reading
 * the same block again, in another place, says the same.
 */
#include "config.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/duration.h"
#include "fetch/freshness.h"
#include "fetch/hint.h"

#include "fuzz.h"

#define NOW (INT64_C(1700000000) * DURATION_S)
#define MAX_WAIT DURATION_D
#define TTL (20 * DURATION_H)

static void
check_hint(const struct hint *hint)
{
	if (hint->retry_after < -1 || hint->retry_after > MAX_WAIT)
		abort();
	if (hint->reset_at != 0 &&
	    (hint->reset_at < NOW || hint->reset_at > NOW + MAX_WAIT))
		abort();
	if (hint->remaining < -1 || hint->concurrent < 0)
		abort();
	if (hint->remaining < 0 && hint->reset_at != 0)
		abort();
}

static bool
same_hint(const struct hint *a, const struct hint *b)
{
	return a->retry_after == b->retry_after &&
	    a->remaining == b->remaining && a->reset_at == b->reset_at &&
	    a->concurrent == b->concurrent;
}

static void
check_freshness(const struct freshness *freshness)
{
	if (freshness->lifetime < 0 || freshness->lifetime > TTL ||
	    freshness->stale_if_error < -1)
		abort();
}

static bool
same_freshness(const struct freshness *a, const struct freshness *b)
{
	return a->store == b->store && a->lifetime == b->lifetime &&
	    a->must_revalidate == b->must_revalidate &&
	    a->stale_if_error == b->stale_if_error;
}

static void
read_both(struct slice header, struct hint *hint, struct freshness *freshness)
{
	hint_read(header, NOW, MAX_WAIT, hint);
	check_hint(hint);
	freshness_read(header, TTL, true, NOW, freshness);
	check_freshness(freshness);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice header = slice_make((const char *)data, size);
	char *copy = xmemdup(data, size);
	struct hint hints[2];
	struct freshness freshness[2];

	read_both(header, &hints[0], &freshness[0]);
	read_both(slice_make(copy, size), &hints[1], &freshness[1]);
	free(copy);
	if (!same_hint(&hints[0], &hints[1]) ||
	    !same_freshness(&freshness[0], &freshness[1]))
		abort();
	return 0;
}
