/* SPDX-License-Identifier: MIT */
#ifndef FETCH_UNPACK_H
#define FETCH_UNPACK_H

/*
 * The answer to a request for several ids, taken apart: split gives its parts,
 * key the id of each. Pure but for the expressions.
 *
 * A part that split selects (".items[]") is kept as it was received, numbers
 * to the last digit, without the white space between its tokens. A part that
 * split makes (".items[] | {id}"), that it takes by a slice or an index from
 * the end, or that lies beyond 64 levels, is what libjq makes of it: of numbers
 * see query.h.
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
 * counts. Ids are compared as text, numbers by their digits. split comes from
 * query_new_parts(). On failure bodies is as it was. Returns how many ids have
 * a part, or -1 with err set (no JSON, the expression failed).
 */
long unpack(struct query *split, struct query *key, struct slice body,
    const struct slice *ids, size_t id_count, struct unpack_part *parts,
    struct buf *bodies, struct err *err) CHECKED;

#endif
