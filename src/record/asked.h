/* SPDX-License-Identifier: MIT */
#ifndef RECORD_ASKED_H
#define RECORD_ASKED_H

/*
 * What a SQL text asks for, told by model/sql and remembered. The transaction's
 * own statements (BEGIN, COMMIT, ROLLBACK, SAVEPOINT, ...) are left out. A text
 * of several statements asks for each of them.
 *
 * Each thread remembers the last texts it saw by their hash of 64 bits and
 * their length; so a text that is issued again and again is read once. So is
 * one whose literals change: its shape (model/shape.h) is remembered too. The
 * operations are interned: one copy of each in the process, up to ASKED_MOST of
 * them and ASKED_BYTES in all, valid for good, and found without a lock. What
 * finds no room there, or no memory, is lost; so is what a signal handler asks
 * for while its thread reads. errno is left as it was.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum { ASKED_MOST = 1 << 16, ASKED_BYTES = 1 << 24, ASKED_STATEMENTS = 8 };

/* Statements of a text that ask for the same are one item. */
struct asked_item {
	struct slice operations; /* "Kind.verb" NUL, once or more; interned */
	uint32_t times;
};

/* What all need comes first: most texts have one item. */
struct asked {
	unsigned count;    /* of items; 0: it asks for nothing that counts */
	uint32_t lost;     /* statements that found no room */
	struct slice rest; /* of the text, yet to be read: there are more items
			      than fit in here. Empty: none */
	struct asked_item items[ASKED_STATEMENTS];
};

/* Reads a text, up to the first statement whose item finds no place. A
 * statement that model/sql finds to be none is left out: it may be anything. */
void asked_read(struct slice text, struct asked *asked);

/* Around fork(2), the second in the parent and in the child. */
void asked_before_fork(void);
void asked_after_fork(void);

#endif
