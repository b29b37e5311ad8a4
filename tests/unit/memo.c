/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/memo.h"

#include "tap.h"

/* What was given, added up. */
struct given {
	uint64_t items;
	uint64_t count;
	uint64_t entries;
	char keys[64]; /* of the last item */
};

static void
take(void *context, const struct memo_item *item)
{
	struct given *given = context;
	struct slice keys = item->keys;
	struct slice key;
	size_t len = 0;

	given->items++;
	given->count += item->sum.count;
	given->entries += item->sum.entries;
	while (memo_key_next(&keys, &key) && len + key.len < 60) {
		memcpy(given->keys + len, key.ptr, key.len);
		len += key.len;
		given->keys[len++] = '|';
	}
	given->keys[len] = '\0';
}

static void
use(struct memo_item *item, uint64_t count)
{
	const struct tally_sum sum = { .count = count, .entries = 1 };

	if (CHECK(item != NULL))
		tally_sum_add(&item->sum, &sum);
}

static void
remembers(void)
{
	struct given given = { 0 };
	struct buf keys = { 0 };
	struct memo memo;

	memo_init(&memo, take, &given);
	CHECK(memo_find(&memo, slice_str("a"), 1) == NULL);
	memo_key_add(&keys, slice_str("k1"));
	memo_key_add(&keys, slice_str(""));
	memo_key_add(&keys, slice_str("k3"));
	memo_add(&memo, slice_str("a"), 1, buf_slice(&keys), 5);
	CHECK(memo_find(&memo, slice_str("a"), 2) == NULL);
	CHECK(memo_find(&memo, slice_str("b"), 1) == NULL);
	CHECK(memo_find(&memo, slice_str(""), 1) == NULL);
	use(memo_find(&memo, slice_str("a"), 1), 7);
	use(memo_find(&memo, slice_str("a"), 1), 8);
	CHECK_INT(memo_find(&memo, slice_str("a"), 1)->flags, 5);
	CHECK_INT(given.items, 0);
	memo_give(&memo);
	CHECK_INT(given.items, 1);
	CHECK_INT(given.count, 15);
	CHECK_INT(given.entries, 2);
	CHECK_STR(given.keys, "k1||k3|");
	CHECK(memo_find(&memo, slice_str("a"), 1) == NULL);
	memo_release(&memo);
	buf_release(&keys);
}

static void
gives_nothing_unused(void)
{
	struct given given = { 0 };
	struct memo memo;

	memo_init(&memo, take, &given);
	memo_add(&memo, slice_str("a"), 1, slice_make(NULL, 0), 0);
	memo_give(&memo);
	CHECK_INT(given.items, 0);
	memo_release(&memo);
}

/* Adds n sources, each used so often; what is given must be what was added,
 * however often the memo was full meanwhile. */
static void
add_many(struct memo *memo, unsigned from, unsigned n, unsigned uses)
{
	for (unsigned i = from; i < from + n; i++) {
		char source[300];
		int len = snprintf(source, sizeof(source), "%0250u", i);
		struct slice text = slice_make(source, (size_t)len);

		memo_add(memo, text, 1, text, 0);
		for (unsigned use = 0; use < uses; use++) {
			struct memo_item *item = memo_find(memo, text, 1);
			const struct tally_sum sum = { 1, 1, false };

			if (item != NULL)
				tally_sum_add(&item->sum, &sum);
		}
	}
}

static void
is_bounded(void)
{
	struct given given = { 0 };
	struct memo memo;

	memo_init(&memo, take, &given);
	for (unsigned i = 0; i < 20; i++) {
		add_many(&memo, i * 5000, 5000, 2);
		CHECK(memo.arena.bytes < (size_t)2 * MEMO_BYTES);
	}
	add_many(&memo, 95000, 5000, 1);
	CHECK(!memo.is_resting);
	memo_give(&memo);
	CHECK_INT(given.entries, 205000);
	memo_release(&memo);
}

static void
rests_where_nothing_repeats(void)
{
	struct given given = { 0 };
	struct memo memo;

	memo_init(&memo, take, &given);
	add_many(&memo, 0, 40000, 0);
	CHECK(memo.is_resting);
	CHECK_INT(memo.count, 0);
	CHECK_INT(memo.arena.bytes, 0);
	memo_release(&memo);
}

static const struct tap_test tests[] = {
	{ "a source is found again at its moment, and its sum is given once",
	    remembers },
	{ "an item that was of no use is not given", gives_nothing_unused },
	{ "memory is bounded, and nothing is lost when it is full",
	    is_bounded },
	{ "where nothing repeats it rests", rests_where_nothing_repeats },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
