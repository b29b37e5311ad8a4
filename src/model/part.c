/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/part.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/wire.h"

enum { FORM = 1, CRC_SIZE = 4, ALL_SLOTS = (1 << PART_SLOTS) - 1 };

const struct tally_keys part_keys = {
	{ TALLY_REVISION, TALLY_FILE, TALLY_LINE, TALLY_FUNCTION,
	    TALLY_OPERATION },
	5,
};

/* Takes the lowest slot out of *slots, which is not 0. */
static int
next_slot(uint32_t *slots)
{
	int slot = __builtin_ctz(*slots);

	*slots &= *slots - 1;
	return slot;
}

static uint64_t
sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

void
part_row_add(struct part_row *row, const struct part_row *more)
{
	uint32_t left = more->slots;

	while (left != 0) {
		int slot = next_slot(&left);
		bool is_new = (row->slots >> slot & 1) == 0;

		if (is_new)
			row->count[slot] = row->entries[slot] = 0;
		row->count[slot] = sum(row->count[slot], more->count[slot]);
		row->entries[slot] = sum(row->entries[slot],
		    more->entries[slot]);
	}
	row->slots |= more->slots;
}

/* How many bytes both begin with. */
static size_t
shared_length(struct slice a, struct slice b)
{
	size_t most = a.len < b.len ? a.len : b.len;
	size_t n = 0;

	while (n < most && a.ptr[n] == b.ptr[n])
		n++;
	return n;
}

/* Whether a key is behind another with which it shares so many bytes. */
static bool
is_behind(struct slice last, struct slice rest, size_t shared)
{
	return slice_compare(slice_from(last, shared), rest) < 0;
}

static void
add_key(struct part_writer *writer, struct slice key)
{
	size_t shared = shared_length(buf_slice(&writer->last), key);
	struct slice rest = slice_from(key, shared);

	assert(is_behind(buf_slice(&writer->last), rest, shared));
	wire_add_number(&writer->bytes, shared);
	wire_add_bytes(&writer->bytes, rest);
	writer->last.len = shared;
	buf_add(&writer->last, rest);
}

static void
add_sums(struct part_writer *writer, const struct part_row *row)
{
	uint32_t left = row->slots;

	assert(left != 0 && left <= ALL_SLOTS);
	wire_add_number(&writer->bytes, left);
	while (left != 0) {
		int slot = next_slot(&left);

		wire_add_number(&writer->bytes, row->entries[slot]);
		wire_add_number(&writer->bytes, row->count[slot]);
		writer->entries = sum(writer->entries, row->entries[slot]);
		writer->count = sum(writer->count, row->count[slot]);
	}
	writer->slots |= row->slots;
}

void
part_add(struct part_writer *writer, const struct part_row *row)
{
	if (writer->rows == 0)
		buf_add_char(&writer->bytes, FORM);
	add_key(writer, row->key);
	add_sums(writer, row);
	writer->rows++;
}

static uint32_t
checksum(struct slice bytes)
{
	return (
	    uint32_t)crc32_z(0, (const unsigned char *)bytes.ptr, bytes.len);
}

struct slice
part_finish(struct part_writer *writer)
{
	uint32_t crc;

	if (writer->rows == 0)
		buf_add_char(&writer->bytes, FORM);
	buf_add(&writer->bytes, slice_make("\0\0", 2));
	crc = checksum(buf_slice(&writer->bytes));
	for (int i = 0; i < CRC_SIZE; i++, crc >>= 8)
		buf_add_char(&writer->bytes, (char)(crc & 0xff));
	return buf_slice(&writer->bytes);
}

void
part_start(struct part_writer *writer)
{
	*writer = (struct part_writer){ .bytes = writer->bytes,
		.last = writer->last };
	buf_clear(&writer->bytes);
	buf_clear(&writer->last);
}

void
part_writer_release(struct part_writer *writer)
{
	buf_release(&writer->bytes);
	buf_release(&writer->last);
	*writer = (struct part_writer){ 0 };
}

/* Where a reader stands in one part. */
struct cursor {
	struct slice rest; /* what is not read yet */
	struct buf key;    /* of the row that was read last */
	struct part_row row;
	bool is_ended;
};

struct part_reader {
	struct cursor *cursors;
	size_t count;

	/* The cursors whose rows have the least key; part_next() gave their
	 * sum, and goes on behind them. */
	struct cursor **least;
	size_t least_count;
};

/* wire_number(), most of them being small. */
static inline bool
take_number(struct slice *rest, uint64_t *number)
{
	if (rest->len == 0 || (rest->ptr[0] & 0x80) != 0)
		return wire_number(rest, number);
	*number = (unsigned char)rest->ptr[0];
	*rest = slice_from(*rest, 1);
	return true;
}

static bool
read_sums(struct slice *rest, struct part_row *row)
{
	uint64_t slots;
	uint32_t left;

	if (!wire_number_upto(rest, ALL_SLOTS, &slots) || slots == 0)
		return false;
	row->slots = left = (uint32_t)slots;
	while (left != 0) {
		int slot = next_slot(&left);

		if (!take_number(rest, &row->entries[slot]) ||
		    !take_number(rest, &row->count[slot]))
			return false;
	}
	return true;
}

/* The next row: 1; 0 at the end of them; -1 where there is neither. */
static int
read_row(struct cursor *cursor)
{
	struct slice *rest = &cursor->rest;
	struct slice ending;
	uint64_t shared;

	if (!wire_number_upto(rest, cursor->key.len, &shared) ||
	    !wire_bytes(rest, &ending))
		return -1;
	if (ending.len == 0)
		return shared == 0 ? 0 : -1;
	if (!is_behind(buf_slice(&cursor->key), ending, (size_t)shared))
		return -1;
	cursor->key.len = (size_t)shared;
	buf_add(&cursor->key, ending);
	return read_sums(rest, &cursor->row) ? 1 : -1;
}

/* Reads all rows and forgets them. */
static int
check_rows(struct cursor *cursor, struct err *err)
{
	struct slice rows = cursor->rest;
	uint64_t number = 1;
	int status;

	while ((status = read_row(cursor)) == 1 &&
	    tally_key_is_valid(buf_slice(&cursor->key), &part_keys))
		number++;
	if (status != 0)
		return err_set(err, "damaged: row %" PRIu64 " is none", number);
	if (cursor->rest.len > 0)
		return err_set(err, "damaged: bytes behind its rows");
	cursor->rest = rows;
	buf_clear(&cursor->key);
	return 0;
}

/* The checksum at the end of a part. */
static uint32_t
stored_checksum(struct slice part)
{
	uint32_t crc = 0;

	for (size_t i = 1; i <= CRC_SIZE; i++)
		crc = crc << 8 | (unsigned char)part.ptr[part.len - i];
	return crc;
}

static int
open_part(struct cursor *cursor, struct slice part, struct err *err)
{
	struct slice body;

	if (part.len <= CRC_SIZE)
		return err_set(err, "damaged: too short");
	body = slice_head(part, part.len - CRC_SIZE);
	if (checksum(body) != stored_checksum(part))
		return err_set(err, "damaged: wrong checksum");
	if (body.ptr[0] != FORM)
		return err_set(err, "is of form %d, which is not known",
		    (unsigned char)body.ptr[0]);
	cursor->rest = slice_from(body, 1);
	return check_rows(cursor, err);
}

/* The rows were all read before: they are there. */
static void
advance(struct cursor *cursor)
{
	int status = read_row(cursor);

	assert(status >= 0);
	cursor->is_ended = status == 0;
	cursor->row.key = buf_slice(&cursor->key);
}

struct part_reader *
part_reader_new(const struct slice *parts, size_t count, struct err *err)
{
	struct part_reader *reader = xcalloc(1, sizeof(*reader));

	reader->cursors = xcalloc(count, sizeof(*reader->cursors));
	reader->least = xcalloc(count, sizeof(struct cursor *));
	reader->count = count;
	for (size_t i = 0; i < count; i++) {
		if (open_part(&reader->cursors[i], parts[i], err) != 0) {
			if (count > 1)
				err_wrap(err, "part %zu", i + 1);
			part_reader_free(reader);
			return NULL;
		}
		advance(&reader->cursors[i]);
	}
	return reader;
}

void
part_reader_free(struct part_reader *reader)
{
	if (reader == NULL)
		return;
	for (size_t i = 0; i < reader->count; i++)
		buf_release(&reader->cursors[i].key);
	free(reader->cursors);
	free(reader->least);
	free(reader);
}

/* Few parts are read at once: looking at each is quick enough. */
static void
find_least(struct part_reader *reader)
{
	reader->least_count = 0;
	for (size_t i = 0; i < reader->count; i++) {
		struct cursor *cursor = &reader->cursors[i];
		int order = 0;

		if (cursor->is_ended)
			continue;
		if (reader->least_count > 0)
			order = slice_compare(cursor->row.key,
			    reader->least[0]->row.key);
		if (order < 0)
			reader->least_count = 0;
		if (order <= 0)
			reader->least[reader->least_count++] = cursor;
	}
}

bool
part_next(struct part_reader *reader, struct part_row *row)
{
	for (size_t i = 0; i < reader->least_count; i++)
		advance(reader->least[i]);
	find_least(reader);
	if (reader->least_count == 0)
		return false;
	row->key = reader->least[0]->row.key;
	row->slots = 0;
	for (size_t i = 0; i < reader->least_count; i++)
		part_row_add(row, &reader->least[i]->row);
	return true;
}
