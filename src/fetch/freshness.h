/* SPDX-License-Identifier: MIT */
#ifndef FETCH_FRESHNESS_H
#define FETCH_FRESHNESS_H

/*
 * How long an answer stays fresh in a private cache (RFC 9111). Pure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

struct freshness {
	bool store;       /* false: Cache-Control: no-store */
	int64_t lifetime; /* from when it was received */
	/* Never served stale, whatever stale_if_error is: must-revalidate and
	 * no-cache. */
	bool must_revalidate;
	int64_t stale_if_error; /* of RFC 5861; negative: not said */
};

/*
 * lifetime is ttl, or less where the answer says less: max-age (else Expires
 * less Date) less Age; no-cache and "Vary: *" make it 0. Malformed directives
 * are ignored but for Expires, which then is in the past (section 5.3). With
 * obey false Cache-Control, Expires and Vary are not looked at. s-maxage and
 * proxy-revalidate are for shared caches, private allows ours.
 */
void freshness_read(struct slice header, int64_t ttl, bool obey,
    int64_t received, struct freshness *freshness);

#endif
