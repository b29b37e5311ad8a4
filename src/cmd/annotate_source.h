/* SPDX-License-Identifier: MIT */
#ifndef CMD_ANNOTATE_SOURCE_H
#define CMD_ANNOTATE_SOURCE_H

/*
 * The source of a file: from a repository as it was in a revision, else from
 * the disk as it is now.
 */

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "compare/rank.h"
#include "repo/git.h"

/* Where to look. */
struct annotate_place {
	const struct git *git; /* NULL: on the disk */
	const char *commit;    /* with a repository: its id */
	const char *root;      /* else the folder, or NULL: the current one */
	const char *given;     /* the path as the user gave it, */
	struct slice file;     /* and as sites name it */
	const struct ranking *ranking; /* whose files tell fronts of paths */
};

/*
 * Reads it into bytes, and adds to name what it is called there, for people:
 * "shop/badges.py at 3f2c1ab". Returns 0, or -1 with err set: it is not there,
 * it is binary, or too large (TEXT_BYTES_MOST).
 */
int annotate_source_read(const struct annotate_place *place, struct buf *bytes,
    struct buf *name, struct err *err) CHECKED;

#endif
