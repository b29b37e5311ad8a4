/* SPDX-License-Identifier: MIT */
#ifndef MODEL_PART_H
#define MODEL_PART_H

/*
 * A part of a day in the store: what one host's lines of code issued on one
 * day, hour by hour, as a row of bytes. A day is the sum of its parts, so that
 * what an hour brings is written beside what is there. Pure.
 *
 * Rows stand in the order of their keys, each key once: revision, file, line,
 * function, operation as in tally_key_add() (model/tally.h). The bytes:
 *
 *	1		the version of this form
 *	each row:	how many bytes its key shares with the one before,
 *			the rest of the key (a byte string, which is not
 *			empty),
 *			a number whose bits say which of PART_SLOTS have sums
 *			(not 0), and for each, the lowest first:
 *			its entries, its count
 *	0 0		an empty rest ends the rows
 *	4 bytes		CRC-32 (zlib's) of all before, little-endian
 *
 * with the numbers and byte strings of base/wire.h. The rows say how many they
 * are only by their end. A sum that would pass 2^64-1 stays there.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "model/tally.h"

/* 24 hours, and one for what has no hour. */
enum { PART_NO_HOUR = 24, PART_SLOTS = 25 };

/* revision,file,line,function,operation */
extern const struct tally_keys part_keys;

struct part_row {
	struct slice key;
	uint32_t slots; /* bit n: count[n] and entries[n] are set */
	uint64_t count[PART_SLOTS];
	uint64_t entries[PART_SLOTS];
};

/* Adds one row's sums to another's; the keys are left alone. */
void part_row_add(struct part_row *row, const struct part_row *more);

/* Writes a part. Start it as { 0 }; used again after part_finish(). */
struct part_writer {
	struct buf bytes;
	struct buf last; /* the key before */

	/* of all rows, for who asks at the end; they stay at 2^64-1 */
	uint64_t rows;
	uint64_t count;
	uint64_t entries;
	uint32_t slots;
};

/* Adds a row: its key is behind the last one's, not empty, and slots is not
 * 0. */
void part_add(struct part_writer *writer, const struct part_row *row);

/* Ends the part: its bytes, valid until the next part_start() or release. */
struct slice part_finish(struct part_writer *writer);

/* Forgets all but the memory, for the next part. */
void part_start(struct part_writer *writer);
void part_writer_release(struct part_writer *writer);

/*
 * Reads parts as one: of rows with the same key the sum. Nothing is trusted:
 * bytes that are no part, keys out of order, a wrong checksum are told, before
 * any row is given.
 */
struct part_reader;

/* The parts' bytes stay the caller's and outlive the reader; with none there
 * are no rows. NULL with err set ("part 3: damaged: wrong checksum", the third
 * of them; of a single part without its number). */
struct part_reader *part_reader_new(const struct slice *parts, size_t count,
    struct err *err);
void part_reader_free(struct part_reader *reader); /* NULL is allowed */

/* The next row, its key valid until the next call; false at the end. */
bool part_next(struct part_reader *reader, struct part_row *row);

#endif
