/* SPDX-License-Identifier: MIT */
#ifndef FETCH_HINT_H
#define FETCH_HINT_H

/*
 * What a server says of its limits in an answer's header. Pure. All of it can
 * only slow us down; malformed fields are ignored, as the drafts demand, and
 * all but Retry-After are on answers that come from a cache (Age over 0).
 *
 *	Retry-After: 120 | HTTP-date                RFC 9110, section 10.2.3
 *	RateLimit-Policy: "burst";q=100;w=60        draft-ietf-httpapi-
 *	RateLimit: "burst";r=50;t=30                ratelimit-headers
 *	RateLimit: limit=100, remaining=50, reset=5 its draft 07; seconds
 *	RateLimit-Limit, -Remaining, -Reset         those before; seconds
 *	X-RateLimit-Limit, -Remaining, -Reset       GitHub (epoch), others
 *	x-rate-limit-limit, -remaining, -reset      X (epoch)
 *
 * A reset over 10^9 is seconds since 1970, else seconds from now. Instants are
 * taken as the server's clock, told by the Date field, has them. Where several
 * limits are named, the tightest counts: the least remaining. What remains for
 * t is at most the share that the policy's q and w allow in that time. A q in
 * "concurrent-requests" is the limit of requests at once, one in other units
 * ("content-bytes") is ignored with its RateLimit. -Limit is not needed.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

struct hint {
	int64_t retry_after; /* nanoseconds from now; negative: not said */
	int64_t remaining;   /* requests before reset_at; negative: not said */
	int64_t reset_at;    /* nanoseconds since 1970; 0: not said */
	int64_t concurrent;  /* at once; 0: not said */
};

/* Reads the fields of an answer that came at now. Waits are clamped to
 * max_wait; a date in the past is 0. */
void hint_read(struct slice header, int64_t now, int64_t max_wait,
    struct hint *hint);

#endif
