/* SPDX-License-Identifier: MIT */
#ifndef RECORD_PYWALK_H
#define RECORD_PYWALK_H

/*
 * A walk along the Python frames of the calling thread, the nearest first. It
 * can be done in two ways, which tell the same:
 *
 *	pyread_way	reads the interpreter's memory; needs no lock
 *	pyask_way	asks its functions; holds the interpreter lock from
 *			begin to end
 *
 *	struct pywalk walk = { .way = &pyread_way, .api = api };
 *
 *	for (bool more = walk.way->begin(&walk, thread); more;
 *	     more = walk.way->next(&walk))
 *		...
 *	walk.way->end(&walk);
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "record/pyapi.h"

/* Frames of a walk, at most. */
enum { PYWALK_MOST = 1000 };

/* A line that can't be told this way. */
enum { PYWALK_UNKNOWN = -2 };

enum pywalk_text { PYWALK_FILE, PYWALK_FUNCTION };

struct pywalk {
	const struct pyway *way;
	const struct pyapi *api;
	bool careful;  /* pyread_way: by process_vm_readv(2), which fails where
			  memory can't be read */
	unsigned left; /* frames that may still follow */
	uintptr_t frame;
	uintptr_t code;
	int64_t at; /* pyread_way: the instruction, in bytes of the code */
	int state;  /* pyask_way: of the lock, and the thread's exception */
	void *error[3];
};

struct pyway {
	/* Goes to the nearest frame. False: there is none. end() in any case.
	 */
	bool (*begin)(struct pywalk *walk, void *thread);
	/* Goes to the frame that called this one. */
	bool (*next)(struct pywalk *walk);
	/* In UTF-8, with a NUL behind it, in the room or in the interpreter's
	 * memory; cut where the room ends. ptr NULL: it can't be told. */
	struct slice (*text)(const struct pywalk *walk, enum pywalk_text which,
	    char *room, size_t size);
	/* Below 1: it has none, or PYWALK_UNKNOWN. */
	int (*line)(const struct pywalk *walk);
	void (*end)(struct pywalk *walk);
};

extern const struct pyway pyread_way;
extern const struct pyway pyask_way;

/* The text of a Python string, as pyway.text has it. */
struct slice pyread_string(const struct pywalk *walk, uintptr_t object,
    char *room, size_t size);
struct slice pyask_string(const struct pywalk *walk, void *object, char *room,
    size_t size);

/*
 * Adds a character to the *len bytes in the room, which keeps a byte for a NUL.
 * What Python could not decode in a file's name becomes its byte again
 * (surrogateescape). False: it does not fit.
 */
bool pywalk_put(uint32_t c, char *room, size_t size, size_t *len);

#endif
