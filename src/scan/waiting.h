/* SPDX-License-Identifier: MIT */
#ifndef SCAN_WAITING_H
#define SCAN_WAITING_H

/*
 * The statements of a log whose caller is still to come, in a line below
 * them. Where a program's parts put tags before their lines ("[worker 3] "),
 * one statement of each waits at a time, told by the tags: a caller belongs to
 * the one with its own. Of very many tags the oldest place is taken.
 *
 * Who takes a place gives up what still waits there, before waiting_add():
 *
 *	place = waiting_place(list, tags);
 *	if (place->is_used) ... waiting_drop(list, place);
 *	waiting_add(list, place, tags, name, sql);
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/slice.h"

enum { WAITING_MOST = 16 };

/* What it holds stays until its place is taken. */
struct waiting {
	bool is_used;
	struct buf tags;
	struct buf name; /* "City Load"; empty where the log gives none */
	struct buf sql;
};

/* Starts as { 0 }. */
struct waiting_list {
	struct waiting items[WAITING_MOST]; /* a ring */
	size_t used;                        /* how many of them are */
	size_t newest; /* which one a further line belongs to */
	bool is_open;  /* the newest may go on in the next line */
};

void waiting_release(struct waiting_list *list);

/* The statement with these tags, the newest first; NULL: none. */
struct waiting *waiting_find(struct waiting_list *list, struct slice tags);

/* The one that waits for the longest; NULL: none waits. */
struct waiting *waiting_oldest(struct waiting_list *list);

/* The place for a statement: that of the one with the same tags, else of the
 * oldest. It counts as the newest now. */
static inline struct waiting *
waiting_place(struct waiting_list *list, struct slice tags)
{
	struct waiting *waiting = NULL;

	if (list->used > 0)
		waiting = waiting_find(list, tags);
	if (waiting == NULL)
		waiting = &list->items[(list->newest + 1) % WAITING_MOST];
	list->newest = (size_t)(waiting - list->items);
	return waiting;
}

/* A statement begins to wait there, and may go on in the next line. All is
 * copied; very long SQL is cut. */
void waiting_add(struct waiting_list *list, struct waiting *place,
    struct slice tags, struct slice name, struct slice sql);

/* The newest one's further line, or something else that ends it: what another
 * part of the program says, with other tags, or an empty line. */
void waiting_go_on(struct waiting_list *list, struct slice tags,
    struct slice text);

/* What waits, in the bytes of what a reader carries (scan/reader.h); loading
 * is into a list as it starts, and false where the bytes are none of a list. */
void waiting_save(const struct waiting_list *list, struct buf *bytes);
bool waiting_load(struct waiting_list *list, struct slice *bytes);

/* A statement waits no more. */
static inline void
waiting_drop(struct waiting_list *list, struct waiting *waiting)
{
	list->used -= waiting->is_used;
	waiting->is_used = false;
}

#endif
