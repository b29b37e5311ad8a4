/* SPDX-License-Identifier: MIT */
#ifndef ENGINE_JOB_H
#define ENGINE_JOB_H

/*
 * The engine: one parallel map, combine, reduce that knows neither logs nor
 * CSV. Inputs are cut into segments, segments into blocks of whole lines;
 * each worker maps blocks into a shard of its own (engine/shard.h); when all
 * is read the shards are merged and every key goes to sink() once, in order.
 *
 * A segment is an input, or where an input can seek and has sync lines, a part
 * of it that begins at one and ends before another. A mapper starts each
 * segment with nothing carried. Since a sync line sets anew all that is
 * carried, and all else is associative, the answer is a function of the
 * inputs alone: any number of threads gives the same bytes.
 *
 * Rejects and messages are a second output: what mappers emit with
 * emit_side() is given to side() in the order of the inputs and of the
 * segments in them.
 *
 * This is the one place where threads are: all functions of a mapper are
 * called by one worker, everything else by the thread that runs the job.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "base/source.h"
#include "engine/state.h"

struct emit;

/* Adds a value to the state of a key. A failure (the disk is full) ends the
 * job; the caller need not look. */
void emit_add(struct emit *emit, struct slice key, const void *value);

/* Adds to the second output. */
void emit_side(struct emit *emit, struct slice bytes);

/* Consecutive whole lines of an input; only the last line of the input may
 * lack its line end. Valid until map() returns. */
struct block {
	struct slice text;
	uint64_t offset; /* of text in the decoded input */
	uint64_t line;   /* number of its first line, from 1; 0: not known,
			    since parts of an input are read at once */
};

struct job {
	const struct state_type *state;

	/* How many inputs there are, and their opening, in order; one that
	 * cannot be opened is told to trouble(). context is job_run()'s. */
	size_t inputs;
	struct source *(*open)(void *context, size_t input, struct err *err);

	/* One mapper a worker. Freed in turn after all workers stopped, so
	 * that it can add up what it knows in context without a lock. */
	void *(*mapper_new)(void *context, struct emit *emit);
	void (*mapper_free)(void *mapper);

	/* A segment begins, its blocks follow in order, it ends. In between,
	 * at_end() says of the last segment of an input that it ends because
	 * the input does; NULL: nobody asks. It is called also where an input
	 * breaks off, behind trouble(); then, and where a file is cut, several
	 * segments may end so, and the first one tells: so it is called once
	 * for an input. (That a file was cut is told last.) */
	void (*begin)(void *mapper, size_t input);
	void (*map)(void *mapper, const struct block *block);
	void (*at_end)(void *mapper);
	void (*end)(void *mapper);

	/* Whether a file that can seek may go on later, so that a last line
	 * without its end (be it longer than max_line) is not for now: it is
	 * passed over in silence. NULL: none may. */
	bool (*goes_on)(void *context, size_t input);

	/* Emits what the mapper holds back to combine it; more may follow.
	 * NULL: it holds nothing back. */
	void (*flush)(void *mapper);

	/* A line longer than max_line was passed over: where, how long; next
	 * is where what follows begins, behind its end if it has one. */
	void (*too_long)(void *mapper, uint64_t offset, uint64_t len,
	    uint64_t next);

	/* An input could not be opened, or read to its end; cut is how many
	 * bytes of an unfinished line were given up before the damage. */
	void (*trouble)(void *mapper, size_t input, const struct err *why,
	    uint64_t cut);

	/*
	 * Where the first sync line of text begins that begins in [from, to),
	 * from being the start of a line; to when there is none. has_sync
	 * says whether an input has such lines at all.
	 */
	bool (*has_sync)(void *context, size_t input);
	size_t (*sync)(void *context, size_t input, struct slice text,
	    size_t from, size_t to);

	/* Second output, in order. */
	void (*side)(void *context, struct slice bytes);

	/* Every key with its state, in order. Returns 0, or -1 with err. */
	int (*sink)(void *context, struct slice key, const void *state,
	    struct err *err);

	/* Called a few times a second while it runs; may be NULL. done counts
	 * bytes of the files as they lie on disk. */
	void (*progress)(void *context, uint64_t done);
};

struct job_limits {
	unsigned threads;  /* at least 1 */
	uint64_t memory;   /* bytes for all shards together */
	uint64_t max_line; /* bytes without the line end */
};

/* Runs it to the end. Returns 0, or -1 with err set: spilling failed, or what
 * sink() said. Trouble with inputs is no failure of the job. */
int job_run(const struct job *job, void *context,
    const struct job_limits *limits, struct err *err) CHECKED;

#endif
