/* SPDX-License-Identifier: MIT */
#ifndef RECORD_QUICK_H
#define RECORD_QUICK_H

/*
 * The quick ways to a cell. A program's call sites give tallyman_count() the
 * same pointers again and again: those are remembered, and since other texts
 * may stand behind them by now, the texts are compared with the cell's. Only
 * what is new is put together to a site, and looked for.
 *
 * A place in machine code and what it asks for are remembered as they are:
 * nothing but the set, of one cache line, is looked at.
 *
 * One thread at a time. All zero to begin with.
 */

#include "record/cells.h"

enum { QUICK_SETS = 512, QUICK_PLACE_SETS = 256 };

struct quick_name {
	const char *file;
	const char *function;
	const char *operation;
	unsigned line;
};

struct quick_entry {
	struct quick_name name;
	struct cell *cell;
	const char *function; /* in the cell's site */
};

struct quick_place {
	struct counts_place place;
	const char *operations;
	struct cell *cell;
};

struct quick {
	struct quick_place places[QUICK_PLACE_SETS][2];
	char site[COUNTS_LONGEST]; /* the one that is being put together */
	struct quick_entry sets[QUICK_SETS][2];
};

/* The cell, made where there is none; NULL where there is no room for it, or
 * its site is too long. */
struct cell *quick_find(struct quick *quick, struct cells *cells,
    const struct quick_name *name);

/* The same for one place and operations that are interned. */
struct cell *quick_find_place(struct quick *quick, struct cells *cells,
    const struct counts_place *place, struct slice operations);

#endif
