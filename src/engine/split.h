/* SPDX-License-Identifier: MIT */
#ifndef ENGINE_SPLIT_H
#define ENGINE_SPLIT_H

/*
 * Cuts an input into blocks of whole lines, each line at most max_line bytes
 * long (without its LF); longer ones are passed over and told. A mapped range
 * and a stream give the same lines. One thread at a time.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/source.h"
#include "engine/job.h"

enum { SPLIT_BLOCK = 1024 * 1024 };

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

	struct slice mapped; /* what is left of a mapped segment */

	struct source *source; /* a stream; NULL when mapped */
	struct buf bytes;      /* read, from `used` on not given yet */
	size_t used;
	bool ended;   /* the stream gave its last byte, */
	bool damaged; /* or broke: why is kept in err */
	struct err err;
};

/* A segment of a mapped input; text begins at a line and ends at a line end
 * or the end of the input, offset is its place there. */
void split_mapped(struct split *split, struct slice text, uint64_t offset,
    uint64_t max_line);

/* A whole stream; the source stays the caller's. */
void split_stream(struct split *split, struct source *source,
    uint64_t max_line);

void split_release(struct split *split);

/* Steps on; split->block is valid until the next call. */
enum split_kind split_next(struct split *split);

#endif
