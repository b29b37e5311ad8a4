/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSONINDEX_H
#define BASE_JSONINDEX_H

/*
 * Finds values in one JSON text by their paths, many in a row. A path is a
 * JSON array as jq's path() gives it: names of members, and indices of items
 * from 0: ["items",0,"id"].
 *
 * It is made for paths that go forwards, as those of ".items[].id" do: what
 * lies on the last path is kept in mind, with the place in each array and a
 * table of each object, so all paths together cost about one walk through the
 * text. A path that goes back in an array walks through that array again.
 */

#include <stdbool.h>

#include "base/slice.h"

struct json_index;

/* text, JSON by json_add_compact(), must outlive the index. */
struct json_index *json_index_new(struct slice text);
void json_index_free(struct json_index *index); /* NULL is allowed */

/*
 * The value at the end of a path, as it stands in text; of two members of one
 * name the last. False where there is none, where the path has another step
 * than a name or an index from 0, and beyond the 64 levels of json.h.
 */
bool json_index_find(struct json_index *index, struct slice path,
    struct slice *value);

#endif
