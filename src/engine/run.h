/* SPDX-License-Identifier: MIT */
#ifndef ENGINE_RUN_H
#define ENGINE_RUN_H

/*
 * A run: records of key and state bytes in the order of their keys, in a
 * temporary file that may hold many runs one behind the other.
 *
 *	| key length, 4 | state length, 4 | key ... | state ... |
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct run {
	off_t begin;
	off_t end;
};

/* Appends records at run.end; start it with run.begin == run.end. */
struct run_writer {
	int fd;
	struct run run;
	struct buf pending;
};

/* Keys and states are at most 4 GiB - 1. Returns 0, or -1 with err set. */
int run_write(struct run_writer *writer, struct slice key, struct slice state,
    struct err *err) CHECKED;

/* Writes what is pending; releases the writer's memory in any case. */
int run_finish(struct run_writer *writer, struct err *err) CHECKED;

/* Reads a run from its beginning. Start as { .fd, .next = run.begin, .end }. */
struct run_reader {
	int fd;
	off_t next; /* of the file, behind what buf holds */
	off_t end;
	struct buf bytes; /* read ahead */
	size_t used;      /* of bytes */
};

/* The next record; slices are valid until the next call. Returns 1, 0 at the
 * end, -1 with err set. */
int run_read(struct run_reader *reader, struct slice *key, struct slice *state,
    struct err *err) CHECKED;
void run_reader_release(struct run_reader *reader);

#endif
