/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a part, with the checksum that is theirs put behind them: what
 * is taken has keys in their order, and is the same when it is written and read
 * again. Merged with itself it has the same keys and twice the sums.
 */
#include "config.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/buf.h"
#include "model/part.h"

#include "fuzz.h"

static void
check(bool held)
{
	if (!held)
		abort();
}

static void
seal(struct buf *part, struct slice body)
{
	uint32_t crc = (uint32_t)crc32_z(0, (const unsigned char *)body.ptr,
	    body.len);

	buf_add(part, body);
	for (int i = 0; i < 4; i++, crc >>= 8)
		buf_add_char(part, (char)(crc & 0xff));
}

/* The values of a key make the same key again. */
static void
check_key(struct slice key)
{
	struct buf values = { 0 };
	struct tally_row row;

	check(tally_key_is_valid(key, &part_keys));
	tally_key_read(key, &part_keys, &values, &row);
	check(row.value[TALLY_LINE].len <= UINT8_MAX);
	buf_release(&values);
}

/* part_add() aborts where a key is not behind the one before. */
static void
write_again(struct part_reader *reader, struct part_writer *writer)
{
	struct part_row row;

	while (part_next(reader, &row)) {
		check_key(row.key);
		part_add(writer, &row);
	}
}

static void
check_same_row(const struct part_row *a, const struct part_row *b,
    uint64_t times)
{
	check(slice_equal(a->key, b->key) && a->slots == b->slots);
	for (int i = 0; i < PART_SLOTS; i++) {
		uint64_t most = UINT64_MAX / times;

		if ((a->slots >> i & 1) == 0)
			continue;
		check(a->count[i] >= most ? b->count[i] >= most :
					    b->count[i] == a->count[i] * times);
		check(a->entries[i] >= most ?
			b->entries[i] >= most :
			b->entries[i] == a->entries[i] * times);
	}
}

/* The rows of a part are those of others, so many times. */
static void
check_same(struct slice part, const struct slice *others, size_t count)
{
	struct err err;
	struct part_reader *one = part_reader_new(&part, 1, &err);
	struct part_reader *other = part_reader_new(others, count, &err);
	struct part_row a;
	struct part_row b;

	check(one != NULL && other != NULL);
	while (part_next(one, &a)) {
		check(part_next(other, &b));
		check_same_row(&a, &b, count);
	}
	check(!part_next(other, &b));
	part_reader_free(one);
	part_reader_free(other);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part_writer writer = { 0 };
	struct buf part = { 0 };
	struct slice parts[2];
	struct part_reader *reader;
	struct err err;

	seal(&part, slice_make((const char *)data, size));
	parts[0] = parts[1] = buf_slice(&part);
	reader = part_reader_new(parts, 1, &err);
	if (reader != NULL) {
		write_again(reader, &writer);
		part_reader_free(reader);
		parts[1] = part_finish(&writer);
		check_same(parts[0], parts + 1, 1);
		check_same(parts[0], parts, 2);
	}
	part_writer_release(&writer);
	buf_release(&part);
	return 0;
}
