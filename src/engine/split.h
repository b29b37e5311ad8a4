/* SPDX-License-Identifier: MIT */
#ifndef ENGINE_SPLIT_H
#define ENGINE_SPLIT_H

/*
 * Cuts an input into blocks of whole lines, each line at most max_line bytes
 * long (without its LF); longer ones are passed over and told. A part of a file
 * and a stream give the same lines. One thread at a time.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/source.h"
#include "engine/job.h"

/* How much is read at once: so little that what was read is still in the cache
 * of the processor (L2) when it is looked at. */
enum { SPLIT_BLOCK = 256 * 1024 };

/* What comes next of an input. */
enum split_kind {
	SPLIT_END,
	SPLIT_LINES,    /* block */
	SPLIT_TOO_LONG, /* block.offset, and too_long bytes */
	SPLIT_TROUBLE   /* err; too_long holds the bytes of the cut line */
};

struct split {
	uint64_t max_line;
	struct block block;
	uint64_t too_long;
	uint64_t step; /* bytes that the block, or the line, takes */

	struct source *source;
	bool is_stream;        /* else a part of a file, */
	uint64_t next;         /* of which this comes next */
	uint64_t first_before; /* its first line begins before this, if any; */
	bool is_inside;        /* it is still to be found */
	struct buf bytes;      /* read, from `used` on not given yet */
	size_t used;
	bool goes_on; /* a last line without its end is not given */
	bool ended;   /* the source gave its last byte, */
	bool damaged; /* or broke: why is kept in err */
	struct err err;
};

/* A whole stream. The source stays the caller's. */
void split_stream(struct split *split, struct source *source,
    uint64_t max_line);

/* A file that can seek: from the first line on that begins in [begin, before),
 * to its end; nothing where none begins there. Where the file turns out to be
 * cut, its unfinished line is not given. */
void split_file(struct split *split, struct source *source, uint64_t begin,
    uint64_t before, uint64_t max_line);

/* From now on a last line without its end is not given, nor told to be too
 * long: the file may go on. */
void split_goes_on(struct split *split);

/* A text that is there already, which is copied: `offset` and `line` are its
 * place in its input. */
void split_text(struct split *split, struct slice text, uint64_t offset,
    uint64_t line, uint64_t max_line);

void split_release(struct split *split);

/* Steps on; split->block is valid until the next call. */
enum split_kind split_next(struct split *split);

#endif
