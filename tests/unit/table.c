/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/table.h"

#include "tap.h"

enum { COUNT = 20000 };

/* The i-th key: short and long ones, with NULs and without. */
static struct slice
key_of(size_t i, char *room, size_t size)
{
	int len = snprintf(room, size, "%zu", i);

	if (i % 3 == 0) {
		memset(room + len, 0, i % 19);
		len += (int)(i % 19);
	}
	return slice_make(room, (size_t)len);
}

static void
finds_what_was_added(void)
{
	struct table table;
	char room[64];
	bool added;

	table_init(&table, sizeof(uint64_t));
	CHECK(table_find(&table, slice_str("0")) == NULL);
	for (size_t i = 0; i < COUNT; i++) {
		uint64_t *value = table_add(&table,
		    key_of(i, room, sizeof(room)), &added);

		CHECK(added);
		CHECK_INT(*value, 0);
		*value = i + 1;
	}
	CHECK_INT(table.count, COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		uint64_t *value = table_find(&table,
		    key_of(i, room, sizeof(room)));

		if (!CHECK(value != NULL) || !CHECK_INT(*value, i + 1))
			break;
	}
	CHECK(table_find(&table, slice_str("x")) == NULL);
	CHECK(table_find(&table, slice_make("1\0", 2)) == NULL);
	table_release(&table);
}

static void
adds_a_key_once(void)
{
	struct table table;
	bool added = false;
	int *value;

	table_init(&table, sizeof(int));
	value = table_add(&table, slice_str("a"), &added);
	CHECK(added);
	*value = 7;
	CHECK(table_add(&table, slice_str("a"), &added) == value);
	CHECK(!added);
	CHECK(table_add(&table, slice_str("a"), NULL) == value);
	CHECK_INT(*value, 7);
	CHECK_INT(table.count, 1);
	table_release(&table);
}

static void
does_not_move_values(void)
{
	struct table table;
	char room[64];
	int *first;

	table_init(&table, sizeof(int));
	first = table_add(&table, slice_str("first"), NULL);
	*first = 7;
	CHECK_INT((uintptr_t)first % 16, 0);
	for (size_t i = 0; i < COUNT; i++)
		(void)table_add(&table, key_of(i, room, sizeof(room)), NULL);
	CHECK(table_find(&table, slice_str("first")) == first);
	CHECK_INT(*first, 7);
	table_release(&table);
}

static void
copies_keys(void)
{
	struct table table;
	char key[] = "abc";

	table_init(&table, 0);
	(void)table_add(&table, slice_str(key), NULL);
	key[0] = 'x';
	CHECK(table_find(&table, slice_str("abc")) != NULL);
	CHECK(table_find(&table, slice_str("xbc")) == NULL);
	table_release(&table);
}

static void
takes_an_empty_key(void)
{
	struct table table;
	bool added;

	table_init(&table, 0);
	(void)table_add(&table, slice_make(NULL, 0), &added);
	CHECK(added);
	CHECK(table_find(&table, slice_str("")) != NULL);
	(void)table_add(&table, slice_make("\0", 1), &added);
	CHECK(added);
	table_release(&table);
}

static void
sorts_by_key(void)
{
	struct table table;
	struct table_entry **entries;
	char room[64];

	table_init(&table, 0);
	entries = table_sorted(&table);
	free(entries);
	for (size_t i = 0; i < COUNT; i++)
		(void)table_add(&table, key_of(i, room, sizeof(room)), NULL);
	entries = table_sorted(&table);
	for (size_t i = 1; i < table.count; i++)
		if (!CHECK(slice_compare(entries[i - 1]->key, entries[i]->key) <
			0))
			break;
	free(entries);
	table_release(&table);
}

static void
tells_its_memory(void)
{
	struct table table;
	char room[64];
	size_t before;

	table_init(&table, 100);
	CHECK_INT(table_bytes(&table), 0);
	(void)table_add(&table, slice_str("a"), NULL);
	before = table_bytes(&table);
	CHECK_INT(before,
	    table.arena.bytes + table.room * sizeof(table.slots[0]));
	for (size_t i = 0; i < COUNT; i++)
		(void)table_add(&table, key_of(i, room, sizeof(room)), NULL);
	CHECK(table_bytes(&table) > before + (size_t)COUNT * 100);
	table_release(&table);
	CHECK_INT(table_bytes(&table), 0);
	CHECK_INT(table.count, 0);
	CHECK(table_find(&table, slice_str("a")) == NULL);
}

static const struct tap_test tests[] = {
	{ "what was added is found, and nothing else", finds_what_was_added },
	{ "a key is added once, all zero", adds_a_key_once },
	{ "values stay where they are while the table grows",
	    does_not_move_values },
	{ "keys are copied", copies_keys },
	{ "an empty key is a key", takes_an_empty_key },
	{ "entries are sorted by key", sorts_by_key },
	{ "a table knows its memory, and gives it all back", tells_its_memory },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
