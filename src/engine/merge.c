/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "engine/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* One sorted input: a table's entries, or a run. Its key is the smallest that
 * was not given yet. */
struct cursor {
	struct slice key;
	struct table_entry **entries; /* NULL for a run */
	size_t at;                    /* the entry whose key is key */
	size_t count;
	struct run_reader reader;
	struct slice bytes; /* a run's state */
};

struct merge {
	const struct state_type *type;
	struct cursor **heap; /* heap[0] has the least key; children of i are
				 2i + 1 and 2i + 2, never less than i */
	size_t count;
	size_t room;
	struct arena arena; /* of the states being merged */
};

struct merge *
merge_new(const struct state_type *type)
{
	struct merge *merge = xcalloc(1, sizeof(*merge));

	merge->type = type;
	return merge;
}

static void
cursor_free(struct cursor *cursor)
{
	free(cursor->entries);
	run_reader_release(&cursor->reader);
	free(cursor);
}

void
merge_free(struct merge *merge)
{
	for (size_t i = 0; i < merge->count; i++)
		cursor_free(merge->heap[i]);
	free(merge->heap);
	arena_release(&merge->arena);
	free(merge);
}

static struct cursor *
add_cursor(struct merge *merge)
{
	struct cursor *cursor = xcalloc(1, sizeof(*cursor));

	xgrow(&merge->heap, &merge->room, merge->count + 1,
	    sizeof(merge->heap[0]));
	merge->heap[merge->count++] = cursor;
	return cursor;
}

void
merge_add_table(struct merge *merge, const struct table *table)
{
	struct cursor *cursor = add_cursor(merge);

	cursor->entries = table_sorted(table);
	cursor->count = table->count;
	cursor->at = (size_t)-1;
}

void
merge_add_run(struct merge *merge, int fd, const struct run *run)
{
	struct cursor *cursor = add_cursor(merge);

	cursor->reader = (struct run_reader){
		.fd = fd,
		.next = run->begin,
		.end = run->end,
	};
}

/* Moves to the next key. Returns 1, 0 at the end, -1 with err set. */
static int
advance(struct cursor *cursor, struct err *err)
{
	if (cursor->entries == NULL)
		return run_read(&cursor->reader, &cursor->key, &cursor->bytes,
		    err);
	cursor->at++;
	if (cursor->at >= cursor->count)
		return 0;
	cursor->key = cursor->entries[cursor->at]->key;
	return 1;
}

static bool
is_less(const struct merge *merge, size_t a, size_t b)
{
	return slice_compare(merge->heap[a]->key, merge->heap[b]->key) < 0;
}

static void
sift_down(struct merge *merge, size_t at)
{
	for (;;) {
		size_t least = at;
		struct cursor *swap;

		for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++)
			if (child < merge->count &&
			    is_less(merge, child, least))
				least = child;
		if (least == at)
			return;
		swap = merge->heap[at];
		merge->heap[at] = merge->heap[least];
		merge->heap[least] = swap;
		at = least;
	}
}

static void
drop(struct merge *merge, size_t at)
{
	cursor_free(merge->heap[at]);
	merge->heap[at] = merge->heap[--merge->count];
}

/* Brings every cursor to its first key and the heap into order. */
static int
start(struct merge *merge, struct err *err)
{
	for (size_t i = merge->count; i > 0; i--) {
		int status = advance(merge->heap[i - 1], err);

		if (status < 0)
			return -1;
		if (status == 0)
			drop(merge, i - 1);
	}
	for (size_t i = merge->count; i > 0; i--)
		sift_down(merge, i - 1);
	return 0;
}

static void
merge_state(struct merge *merge, void *into, const struct cursor *cursor)
{
	const struct state_type *type = merge->type;
	void *read;

	if (cursor->entries != NULL) {
		type->merge(into, cursor->entries[cursor->at]->value,
		    &merge->arena);
		return;
	}
	read = arena_take(&merge->arena, type->size);
	memset(read, 0, type->size);
	type->read(read, cursor->bytes, &merge->arena);
	type->merge(into, read, &merge->arena);
}

/* Merges all states of the least key into state and moves on; the key is kept
 * in buf, since moving on may overwrite it. */
static int
take_least(struct merge *merge, struct buf *key, void *state, struct err *err)
{
	buf_clear(key);
	buf_add(key, merge->heap[0]->key);
	memset(state, 0, merge->type->size);
	while (merge->count > 0 &&
	    slice_equal(merge->heap[0]->key, buf_slice(key))) {
		int status;

		merge_state(merge, state, merge->heap[0]);
		status = advance(merge->heap[0], err);
		if (status < 0)
			return -1;
		if (status == 0)
			drop(merge, 0);
		if (merge->count > 0)
			sift_down(merge, 0);
	}
	return 0;
}

int
merge_run(struct merge *merge, shard_take *take, void *context, struct err *err)
{
	struct buf key = { 0 };
	void *state = xmalloc(merge->type->size);
	int status = start(merge, err);

	while (status == 0 && merge->count > 0) {
		status = take_least(merge, &key, state, err);
		if (status == 0)
			status = take(context, buf_slice(&key), state, err);
		/* States of the key just given may own its memory. */
		arena_release(&merge->arena);
	}
	buf_release(&key);
	free(state);
	return status;
}
