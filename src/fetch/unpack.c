/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/unpack.h"

#include <string.h>

#include "fetch/query.h"

/* Adds the id of a part to id. 0 where it has none: null is "", which nobody
 * asks for. */
static int
find_key(struct query *key, struct slice part, struct buf *id, struct err *err)
{
	struct query_value *value = query_parse(part, err);
	int got;

	if (value == NULL)
		return -1;
	query_start(key, value);
	got = query_next(key, id, NULL, err);
	query_value_free(value);
	return got;
}

/* Gives the part to all that asked for it and have none yet; how many. */
static long
hand_out(struct unpack_part part, struct slice id, const struct slice *ids,
    size_t id_count, struct unpack_part *parts)
{
	long count = 0;

	for (size_t i = 0; i < id_count; i++) {
		if (parts[i].len > 0 || !slice_equal(ids[i], id))
			continue;
		parts[i] = part;
		count++;
	}
	return count;
}

/* The same for what lies in bodies from at on, which stays there only if it
 * was asked for. -1 where its key fails. */
static long
take_part(struct query *key, size_t at, const struct slice *ids,
    size_t id_count, struct unpack_part *parts, struct buf *bodies,
    struct err *err)
{
	struct unpack_part part = { at, bodies->len - at };
	struct buf id = { 0 };
	long count;

	count = find_key(key, slice_from(buf_slice(bodies), at), &id, err);
	if (count == 1)
		count = hand_out(part, buf_slice(&id), ids, id_count, parts);
	if (count == 0)
		bodies->len = at;
	buf_release(&id);
	return count;
}

long
unpack(struct query *split, struct query *key, struct slice body,
    const struct slice *ids, size_t id_count, struct unpack_part *parts,
    struct buf *bodies, struct err *err)
{
	struct query_value *value = query_parse(body, err);
	size_t before = bodies->len;
	long total = 0;
	long count = 0;

	if (value == NULL)
		return -1;
	for (size_t i = 0; i < id_count; i++)
		parts[i] = (struct unpack_part){ 0 };
	query_start(split, value);
	while (count >= 0) {
		size_t at = bodies->len;
		int got = query_next_json(split, bodies, err);

		if (got <= 0) {
			count = got;
			break;
		}
		count = take_part(key, at, ids, id_count, parts, bodies, err);
		total += count;
	}
	query_value_free(value);
	if (count >= 0)
		return total;
	bodies->len = before;
	return -1;
}
