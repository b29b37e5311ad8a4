/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/unpack.h"

#include <string.h>

#include "base/json.h"
#include "base/jsonindex.h"
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

/* Adds the next part to bodies, as it was received where that is known. 1, 0
 * at the end, -1. */
static int
next_part(struct query *split, struct json_index *body, struct buf *path,
    struct buf *bodies, struct err *err)
{
	size_t at = bodies->len;
	struct slice part;
	int got = query_next_part(split, bodies, path, err);

	if (got == 1 && path->len > 0 &&
	    json_index_find(body, buf_slice(path), &part)) {
		bodies->len = at;
		(void)json_add_compact(bodies, part);
	}
	return got;
}

/* unpack() without its beginning and end. */
static long
take_parts(struct query *split, struct query *key, struct json_index *body,
    const struct slice *ids, size_t id_count, struct unpack_part *parts,
    struct buf *bodies, struct err *err)
{
	struct buf path = { 0 };
	size_t at = bodies->len;
	long total = 0;
	long count = 0;
	int got;

	while ((got = next_part(split, body, &path, bodies, err)) == 1) {
		count = take_part(key, at, ids, id_count, parts, bodies, err);
		if (count < 0)
			break;
		total += count;
		at = bodies->len;
	}
	buf_release(&path);
	return got < 0 || count < 0 ? -1 : total;
}

long
unpack(struct query *split, struct query *key, struct slice body,
    const struct slice *ids, size_t id_count, struct unpack_part *parts,
    struct buf *bodies, struct err *err)
{
	struct query_value *value = query_parse(body, err);
	size_t before = bodies->len;
	struct json_index *index;
	long total;

	if (value == NULL)
		return -1;
	for (size_t i = 0; i < id_count; i++)
		parts[i] = (struct unpack_part){ 0 };
	index = json_index_new(body);
	query_start(split, value);
	total = take_parts(split, key, index, ids, id_count, parts, bodies,
	    err);
	if (total < 0)
		bodies->len = before;
	json_index_free(index);
	query_value_free(value);
	return total;
}
