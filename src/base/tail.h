/* SPDX-License-Identifier: MIT */
#ifndef BASE_TAIL_H
#define BASE_TAIL_H

/*
 * A file that grows, followed by its name, as tail -F does; or a stream (a
 * pipe, a FIFO, standard input), followed to its end. What came is given as
 * whole lines: one that is not yet ended waits.
 *
 * There are no timers in it and it never waits: tail_step() looks once and
 * says what there is. Call it until it says TAIL_NOTHING, and again a little
 * later:
 *
 *	while ((kind = tail_step(tail)) != TAIL_NOTHING)
 *		take(kind, tail);
 *
 * What may happen to the file, and what is done:
 *
 *	it grows	the new lines are given
 *	another one has	the old one is read on until there is something to read
 *	its name	in the new one (a program that logs goes on with the old
 *			one until it is told of the rotation), then to its end,
 *			then the new one from its beginning
 *	it is shorter	it is read from its beginning; the unfinished line that
 *			waited is dropped
 *	it is gone	the old one is read on while it has another name; the
			name is waited for
 *
 * A file that is cut and grows beyond its old length between two looks is
 * not seen to be cut.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum tail_kind {
	TAIL_NOTHING,  /* for now */
	TAIL_NEW,      /* a file was opened: what follows is of it */
	TAIL_BEFORE,   /* lines that stood there before the start */
	TAIL_LINES,    /* lines that came */
	TAIL_TOO_LONG, /* a line of too_long bytes, which was passed over */
	TAIL_CUT,      /* it was cut: what follows is from its beginning */
	TAIL_GONE,     /* its name is gone, or not there yet; told once */
	TAIL_TROUBLE,  /* it cannot be opened or read: err; told once, and tried
			  again */
	TAIL_END       /* the stream has ended; from then on TAIL_NOTHING */
};

/* Which file it is, whatever its name. The time of birth tells it from an
 * older one with the same number; 0 where that is not known. */
struct tail_id {
	uint64_t device;
	uint64_t number;
	int64_t born;
};

struct tail {
	/* What tail_step() said more, valid until the next call. */
	struct slice text; /* whole lines; but for the last line of a stream
			      or of a file that was replaced */
	uint64_t offset;   /* of text in the file */
	uint64_t line;     /* the number of its first line; 0: not known */
	uint64_t too_long; /* how long the line was */
	struct tail_id id; /* of the file */
	bool is_stream;    /* it has an end, and no beginning again */
	struct err err;    /* "PATH: why" */

	/* its own */
	char *path; /* "-": standard input */
	bool from_end;
	uint64_t max_line;
	int fd;           /* -1: none is open */
	bool is_named;    /* looked up again by its name */
	bool is_ended;    /* the stream is */
	bool is_told;     /* that it is gone, or the trouble */
	bool is_replaced; /* its name is another's; read to the end, once */
	struct buf bytes; /* read, and not given from `used` on */
	size_t used;
	uint64_t read_to; /* offset behind bytes */
	bool is_skipping; /* in a line that is too long, of which */
	uint64_t skipped; /* so many bytes are gone */
	bool is_headless; /* it began before the start: not to be told */
};

/* How much of what stood there before is given, at most. */
enum { TAIL_BEFORE_SIZE = 64 * 1024 };

/*
 * Begins to follow a path ("-": standard input, from where it stands). With
 * from_end a file that is there at the first step is followed from its end
 * on: its last lines are given as TAIL_BEFORE, and a line that was not ended
 * then counts as new. Unfinished lines longer than max_line bytes are passed
 * over. Nothing is opened yet.
 */
void tail_init(struct tail *tail, const char *path, bool from_end,
    uint64_t max_line);
void tail_release(struct tail *tail);

enum tail_kind tail_step(struct tail *tail);

/* After TAIL_NEW: passes over all that the file holds now. */
void tail_skip(struct tail *tail);

/* What to poll(2) for reading while waiting; -1 where that is of no use. */
int tail_fd(const struct tail *tail);

/* Which file a path names, and the first `room` bytes of it into head (*len of
 * them). False when it cannot be told, or is no regular file. */
bool tail_look(const char *path, struct tail_id *id, char *head, size_t room,
    size_t *len);

#endif
