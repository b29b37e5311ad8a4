/* SPDX-License-Identifier: MIT */
#ifndef REPO_ELSEWHERE_H
#define REPO_ELSEWHERE_H

/*
 * Lines that left their file for another one. Looked for in the files that were
 * added or changed: the same text, on a line that came from nowhere in its own
 * file. The score is how alike the contexts are, and .1 more in a file of the
 * same base name. From .5 it is taken, the best first, each line once.
 */

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "repo/changes.h"
#include "repo/git.h"
#include "repo/tree.h"

struct elsewhere_line {
	const struct tree_file *old;
	size_t line; /* of the old file, from 1 */
	/* Where it is now, set by elsewhere_find(); path empty: nowhere. */
	struct slice path;
	size_t to;
	double score;
	struct slice text; /* that of the line, valid until the release */
};

struct elsewhere {
	struct elsewhere_line *lines;
	size_t count;
	size_t room;
	struct arena arena;
};

/* Starts as { 0 }. No line is to be added twice. */
void elsewhere_add(struct elsewhere *elsewhere, const struct tree_file *old,
    size_t line);
void elsewhere_release(struct elsewhere *elsewhere);

/* Looks for all lines added, in the files that between tells as changed. Reads
 * at most 64 MiB, and finds no more after that; nor does it look at more than
 * 500 lines of the same text for each, and less where very many left. Returns
 * 0, or -1 with err set: git failed. */
int elsewhere_find(struct elsewhere *elsewhere, const struct git *git,
    const struct changes *between, struct err *err) CHECKED;

#endif
