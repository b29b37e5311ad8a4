/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/jsonindex.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/table.h"

enum { MAX_LEVELS = 64 };

/* An array or object on the last path, and the step that the path took there
 * to the value found. */
struct level {
	struct slice container;
	struct slice rest;    /* of an array: begins behind item next - 1 */
	uint64_t next;        /* of an array; 0: rest is all of it */
	struct table members; /* of an object: json_value by name */
	bool is_object;
	struct buf step; /* as the path has it; empty: found is nothing */
	struct json_value found;
};

struct json_index {
	struct slice text;
	struct level levels[MAX_LEVELS];
	size_t depth; /* how many of them there are */
};

struct json_index *
json_index_new(struct slice text)
{
	struct json_index *index = xcalloc(1, sizeof(*index));

	index->text = slice_trim(text);
	return index;
}

/* Leaves the first depth levels. */
static void
forget_levels(struct json_index *index, size_t depth)
{
	while (index->depth > depth) {
		struct level *level = &index->levels[--index->depth];

		table_release(&level->members);
		buf_release(&level->step);
	}
}

void
json_index_free(struct json_index *index)
{
	if (index == NULL)
		return;
	forget_levels(index, 0);
	free(index);
}

static void
read_members(struct level *level)
{
	struct slice members = level->container;
	struct json_value name = { .kind = JSON_STRING };
	struct json_value value;
	struct buf text = { 0 };

	while (json_next_member(&members, &name.raw, &value)) {
		struct json_value *found;

		buf_clear(&text);
		json_add_text(&text, &name);
		found = table_add(&level->members, buf_slice(&text), NULL);
		*found = value;
	}
	buf_release(&text);
}

static void
add_level(struct json_index *index, struct slice container)
{
	struct level *level = &index->levels[index->depth++];

	*level = (struct level){ .container = container, .rest = container };
	table_init(&level->members, sizeof(struct json_value));
	level->is_object = slice_starts(container, "{");
	if (level->is_object)
		read_members(level);
}

static bool
find_member(struct level *level, const struct json_value *step)
{
	struct buf name = { 0 };
	const struct json_value *member;

	if (step->kind != JSON_STRING)
		return false;
	json_add_text(&name, step);
	member = table_find(&level->members, buf_slice(&name));
	buf_release(&name);
	if (member != NULL)
		level->found = *member;
	return member != NULL;
}

static bool
find_item(struct level *level, const struct json_value *step)
{
	uint64_t n;

	if (step->kind != JSON_NUMBER || slice_number(step->raw, &n) != 0)
		return false;
	if (n < level->next) {
		level->rest = level->container;
		level->next = 0;
	}
	while (level->next <= n) {
		if (!json_next_item(&level->rest, &level->found))
			return false;
		level->next++;
	}
	return true;
}

/* Goes from the container at this depth to the next value of the path. */
static bool
take_step(struct json_index *index, size_t depth, const struct json_value *step)
{
	struct level *level = &index->levels[depth];

	if (depth < index->depth &&
	    slice_equal(buf_slice(&level->step), step->raw))
		return true;
	forget_levels(index, depth + 1);
	if (depth == MAX_LEVELS)
		return false;
	if (depth == index->depth)
		add_level(index,
		    depth == 0 ? index->text : level[-1].found.raw);
	buf_clear(&level->step);
	if (level->is_object ? !find_member(level, step) :
			       !find_item(level, step))
		return false;
	buf_add(&level->step, step->raw);
	return true;
}

bool
json_index_find(struct json_index *index, struct slice path,
    struct slice *value)
{
	struct json_value step;
	size_t depth = 0;

	while (json_next_item(&path, &step)) {
		if (!take_step(index, depth, &step))
			return false;
		depth++;
	}
	*value = depth == 0 ? index->text : index->levels[depth - 1].found.raw;
	return true;
}
