/* SPDX-License-Identifier: MIT */
#ifndef SCAN_NOTE_H
#define SCAN_NOTE_H

/*
 * What a scan did not count, line by line: packed by the mappers, unpacked
 * and told in the order of the inputs. The first few of each kind are printed
 * ("FILE:LINE: why"); --rejects FILE keeps all of them, each behind a line
 * "# FILE:LINE: why".
 */

#include <stdint.h>

#include "base/buf.h"
#include "base/output.h"
#include "base/slice.h"

enum note_kind {
	NOTE_TROUBLE, /* an input could not be read, or not to its end */
	NOTE_MALFORMED,
	NOTE_GIVEN_UP,
	NOTE_NO_CALLER, /* only for --rejects */
	NOTE_REPEAT,    /* the same */
	NOTE_KINDS
};

struct note {
	enum note_kind kind;
	const char *path;
	uint64_t line;   /* from 1; 0: not known, then offset is */
	uint64_t offset; /* in the decoded input */
	struct slice reason;
	struct slice text; /* empty where it is not kept */
};

/* Adds the bytes of a note; path must stay until it is unpacked. */
void note_pack(struct buf *bytes, const struct note *note);

/* Takes packed notes apart. Start as { .rejects = ... or NULL }. */
struct notes {
	struct output *rejects;
	uint64_t told[NOTE_KINDS];
	struct buf pending; /* bytes of a note that has not all come yet */
};

enum { NOTES_TOLD = 5 }; /* how many of a kind are printed */

/* Gets any piece of the packed bytes. */
void notes_take(struct notes *notes, struct slice bytes);
void notes_release(struct notes *notes);

#endif
