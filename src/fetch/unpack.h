/* SPDX-License-Identifier: MIT */
#ifndef FETCH_UNPACK_H
#define FETCH_UNPACK_H

/*
 * The answer to a request for several ids, taken apart: split gives its parts,
 * key the id of each. Pure but for the expressions.
 */

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct query;

/* For each id that was asked for, where its part lies in bodies. */
struct unpack_part {
	size_t at;
	size_t len; /* 0: the answer has no part for it */
};

/*
 * Fills parts[i] for ids[i] and adds the parts, compact JSON, to bodies. Parts
 * for ids that were not asked for are dropped; of two for one id the first
 * counts. Ids are compared as text, numbers by their digits. Parts are what
 * libjq makes of the answer: of numbers see query.h. On failure bodies is as
 * it was. Returns how many ids have a part, or -1 with err set (no JSON, the
 * expression failed).
 */
long unpack(struct query *split, struct query *key, struct slice body,
    const struct slice *ids, size_t id_count, struct unpack_part *parts,
    struct buf *bodies, struct err *err) CHECKED;

#endif
