/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/part.h"

#include <zlib.h>

#include "base/alloc.h"
#include "tap.h"

/* The key of a line of a file. */
static struct slice
key_of(struct buf *key, const char *file, const char *line)
{
	struct tally_row row = { 0 };

	row.value[TALLY_FILE] = slice_str(file);
	row.value[TALLY_LINE] = slice_str(line);
	row.value[TALLY_OPERATION] = slice_str("Badge.find");
	buf_clear(key);
	tally_key_add(key, &part_keys, &row);
	return buf_slice(key);
}

/* Adds a line of badge.rb with one count in one hour. */
static void
add(struct part_writer *writer, const char *line, int slot, uint64_t count)
{
	struct part_row row = { .slots = UINT32_C(1) << slot };
	struct buf key = { 0 };

	row.key = key_of(&key, "badge.rb", line);
	row.count[slot] = count;
	row.entries[slot] = count / 2;
	part_add(writer, &row);
	buf_release(&key);
}

/* Reads one part; the reason where it cannot be. */
static struct part_reader *
open_one(struct slice bytes, struct err *err)
{
	return part_reader_new(&bytes, 1, err);
}

static void
refuses(struct slice bytes, const char *why)
{
	struct err err = { "" };
	struct part_reader *reader = open_one(bytes, &err);

	CHECK(reader == NULL);
	CHECK_STR(err.text, why);
	part_reader_free(reader);
}

/* A part with these bytes and a checksum that is right. */
static struct slice
seal(struct buf *part, const char *body, size_t len)
{
	uint32_t crc = (uint32_t)crc32_z(0, (const unsigned char *)body, len);

	buf_add(part, slice_make(body, len));
	for (int i = 0; i < 4; i++, crc >>= 8)
		buf_add_char(part, (char)(crc & 0xff));
	return buf_slice(part);
}

static void
refuses_sealed(const char *body, size_t len, const char *why)
{
	struct buf part = { 0 };

	refuses(seal(&part, body, len), why);
	buf_release(&part);
}
#define REFUSES(body, why) refuses_sealed(body, sizeof(body) - 1, why)

static void
check_key(struct slice key, const char *line)
{
	struct buf want = { 0 };
	struct slice wanted = key_of(&want, "badge.rb", line);

	CHECK_BYTES(key.ptr, key.len, wanted.ptr, wanted.len);
	buf_release(&want);
}

static void
round_trip(void)
{
	struct part_writer writer = { 0 };
	struct part_row row;
	struct part_reader *reader;
	struct err err = { "" };

	add(&writer, "9", 0, 7);
	add(&writer, "88", PART_NO_HOUR, UINT64_MAX);
	CHECK_INT(writer.rows, 2);
	CHECK(writer.count == UINT64_MAX);
	CHECK(writer.entries == UINT64_MAX / 2 + 3);
	CHECK_INT(writer.slots, 1 << PART_NO_HOUR | 1);
	reader = open_one(part_finish(&writer), &err);
	if (!CHECK(reader != NULL))
		return;
	CHECK(part_next(reader, &row));
	check_key(row.key, "9");
	CHECK_INT(row.slots, 1);
	CHECK_INT(row.count[0], 7);
	CHECK_INT(row.entries[0], 3);
	CHECK(part_next(reader, &row));
	check_key(row.key, "88");
	CHECK_INT(row.slots, 1 << PART_NO_HOUR);
	CHECK(row.count[PART_NO_HOUR] == UINT64_MAX);
	CHECK(!part_next(reader, &row));
	CHECK(!part_next(reader, &row));
	part_reader_free(reader);
	part_writer_release(&writer);
}

/* Keys as in model/tally.c; of the second 14 bytes are the first's. */
static void
form(void)
{
	static const char want[] = "\1\0\35\0\0badge.rb\0\0\002"
				   "88\0\0Badge.find\0\0"
				   "\40\226\1\254\2"
				   "\16\0179\0\0Badge.find\0\0"
				   "\40\1\2"
				   "\0\0\276\244\103\30";
	struct part_writer writer = { 0 };
	struct slice bytes;

	add(&writer, "88", 5, 300);
	add(&writer, "89", 5, 2);
	bytes = part_finish(&writer);
	CHECK_BYTES(bytes.ptr, bytes.len, want, sizeof(want) - 1);
	part_writer_release(&writer);
}

static void
starts_again(void)
{
	struct part_writer writer = { 0 };
	struct part_reader *reader;
	struct part_row row;
	struct err err = { "" };

	add(&writer, "88", 5, 300);
	(void)part_finish(&writer);
	part_start(&writer);
	CHECK_INT(writer.rows + writer.count + writer.entries + writer.slots,
	    0);
	add(&writer, "5", 1, 4);
	reader = open_one(part_finish(&writer), &err);
	if (!CHECK(reader != NULL))
		return;
	CHECK(part_next(reader, &row));
	check_key(row.key, "5");
	CHECK_INT(row.slots, 2);
	CHECK(!part_next(reader, &row));
	part_reader_free(reader);
	part_writer_release(&writer);
}

static void
nothing(void)
{
	struct part_writer writer = { 0 };
	struct part_reader *reader;
	struct part_row row;
	struct err err = { "" };

	reader = open_one(part_finish(&writer), &err);
	if (CHECK(reader != NULL))
		CHECK(!part_next(reader, &row));
	part_reader_free(reader);
	reader = part_reader_new(NULL, 0, &err);
	if (CHECK(reader != NULL))
		CHECK(!part_next(reader, &row));
	part_reader_free(reader);
	part_reader_free(NULL);
	part_writer_release(&writer);
}

/* Lines 1, 3, 5 and 3, 4, 5 and none and 5. */
static void
merges(void)
{
	static const char *const lines[] = { "1", "3", "4", "5" };
	static const uint64_t counts[] = { 1, 2 + 20, 30, 3 + 400 };
	struct part_writer writers[4] = { 0 };
	struct slice parts[4];
	struct part_reader *reader;
	struct part_row row;
	struct err err = { "" };

	add(&writers[0], "1", 3, 1);
	add(&writers[0], "3", 3, 2);
	add(&writers[0], "5", 3, 3);
	add(&writers[1], "3", 3, 20);
	add(&writers[1], "4", 3, 30);
	add(&writers[1], "5", 4, 40);
	add(&writers[3], "5", 3, 400);
	for (int i = 0; i < 4; i++)
		parts[i] = part_finish(&writers[i]);
	reader = part_reader_new(parts, 4, &err);
	if (!CHECK(reader != NULL))
		return;
	for (int i = 0; i < 4; i++) {
		CHECK(part_next(reader, &row));
		check_key(row.key, lines[i]);
		CHECK((row.slots & 8) != 0);
		CHECK_INT(row.count[3], counts[i]);
	}
	CHECK_INT(row.slots, 8 | 16);
	CHECK_INT(row.count[4], 40);
	CHECK_INT(row.entries[4], 20);
	CHECK(!part_next(reader, &row));
	part_reader_free(reader);
	for (int i = 0; i < 4; i++)
		part_writer_release(&writers[i]);
}

static void
stays_at_the_largest(void)
{
	struct part_row row = { .slots = 1 | 2 };
	struct part_row more = { .slots = 2 | 4 };

	row.count[0] = 1;
	row.count[1] = UINT64_MAX - 5;
	row.entries[1] = 5;
	row.count[2] = 99; /* of no slot */
	more.count[0] = 99;
	more.count[1] = 6;
	more.entries[1] = UINT64_MAX;
	more.count[2] = 3;
	part_row_add(&row, &more);
	CHECK_INT(row.slots, 1 | 2 | 4);
	CHECK_INT(row.count[0], 1);
	CHECK(row.count[1] == UINT64_MAX);
	CHECK(row.entries[1] == UINT64_MAX);
	CHECK_INT(row.count[2], 3);
}

/* Each byte changed, each length cut. */
static void
damage(void)
{
	struct part_writer writer = { 0 };
	struct slice bytes;
	char *copy;

	add(&writer, "88", 5, 300);
	add(&writer, "89", 5, 2);
	bytes = part_finish(&writer);
	for (size_t i = 0; i < bytes.len; i++) {
		copy = xmemdup(bytes.ptr, bytes.len);
		copy[i] = (char)(copy[i] ^ 0x10);
		refuses(slice_make(copy, bytes.len), "damaged: wrong checksum");
		free(copy);
		copy = xmemdup(bytes.ptr, i);
		refuses(slice_make(copy, i),
		    i <= 4 ? "damaged: too short" : "damaged: wrong checksum");
		free(copy);
	}
	part_writer_release(&writer);
}

/* What a key is when it has a line of one digit and no texts. */
#define KEY "\0\0\0\0\1" REST
#define REST "1\0\0\0\0"

/* What the next test spoils. */
static void
sound(void)
{
	static const char body[] = "\1\0\12" KEY "\1\1\1\5\5"
				   "2\0\0\0\0\1\1\1\0\0";
	struct buf part = { 0 };
	struct err err = { "" };
	struct part_reader *reader = open_one(seal(&part, body,
						  sizeof(body) - 1),
	    &err);
	struct part_row row;

	CHECK_STR(err.text, "");
	if (!CHECK(reader != NULL))
		return;
	CHECK(part_next(reader, &row) && part_next(reader, &row));
	CHECK_BYTES(row.key.ptr, row.key.len,
	    "\0\0\0\0\1"
	    "2\0\0\0\0",
	    10);
	part_reader_free(reader);
	buf_release(&part);
}

/* With a checksum that is right: from a program that errs. */
static void
hostile(void)
{
	REFUSES("\2\0\0", "is of form 2, which is not known");
	REFUSES("\1", "damaged: row 1 is none");
	REFUSES("\1\0", "damaged: row 1 is none");
	REFUSES("\1\1\0", "damaged: row 1 is none");
	REFUSES("\1\0\0\0", "damaged: bytes behind its rows");
	/* no form of a key; ended too early; with bytes behind it */
	REFUSES("\1\0\1a\1\1\1\0\0", "damaged: row 1 is none");
	REFUSES("\1\0\11\0\0\0\0\2" REST "\1\1\1\0\0",
	    "damaged: row 1 is none");
	REFUSES("\1\0\13" KEY "x\1\1\1\0\0", "damaged: row 1 is none");
	REFUSES("\1\0\6\0\0\0\0\3"
		"1\1\1\1\0\0",
	    "damaged: row 1 is none");
	/* no slots, too many; sums that are none */
	REFUSES("\1\0\12" KEY "\0\1\1\0\0", "damaged: row 1 is none");
	REFUSES("\1\0\12" KEY "\200\200\200\20\1\1\0\0",
	    "damaged: row 1 is none");
	REFUSES("\1\0\12" KEY "\1\1", "damaged: row 1 is none");
	/* an end that shares bytes */
	REFUSES("\1\0\12" KEY "\1\1\1\5\0", "damaged: row 2 is none");
	/* the second key is the first, is before it, shares too much */
	REFUSES("\1\0\12" KEY "\1\1\1\5\5" REST "\1\1\1\0\0",
	    "damaged: row 2 is none");
	REFUSES("\1\0\12" KEY "\1\1\1\5\5"
		"0\0\0\0\0\1\1\1\0\0",
	    "damaged: row 2 is none");
	REFUSES("\1\0\12" KEY "\1\1\1\13\1x\1\1\1\0\0",
	    "damaged: row 2 is none");
}

/* The third of several is told by its number. */
static void
tells_which(void)
{
	struct part_writer writer = { 0 };
	struct slice good = part_finish(&writer);
	struct slice parts[] = { good, good, slice_make("x", 1) };
	struct err err = { "" };

	CHECK(part_reader_new(parts, 3, &err) == NULL);
	CHECK_STR(err.text, "part 3: damaged: too short");
	part_writer_release(&writer);
}

static const struct tap_test tests[] = {
	{ "what is written is read", round_trip },
	{ "in the form that the manual tells", form },
	{ "a writer starts again", starts_again },
	{ "nothing is a part too", nothing },
	{ "of parts with the same key the sum is read", merges },
	{ "a sum stays at the largest number", stays_at_the_largest },
	{ "no byte changes and none is lost without being noticed", damage },
	{ "bytes of that form are read, whoever wrote them", sound },
	{ "a right checksum is not trusted", hostile },
	{ "of several the damaged one is told", tells_which },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
