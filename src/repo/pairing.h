/* SPDX-License-Identifier: MIT */
#ifndef REPO_PAIRING_H
#define REPO_PAIRING_H

/*
 * Which file of one revision became which of another. In this order: the file
 * of the same path; the one that git tells as renamed between the two; the one
 * that the renames in the commits between them lead to; of the files of the
 * same base name that were added, the one with most lines in common, if it has
 * a tenth of them.
 */

#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"
#include "repo/changes.h"
#include "repo/git.h"
#include "repo/tree.h"
#include "repo/versions.h"

struct pairing;

/* All are borrowed, the trees being of the commits old and new. between has the
 * files that differ, from changes_between(). */
struct pairing *pairing_new(const struct git *git, const char *old,
    const char *new, const struct tree *old_tree, const struct tree *new_tree,
    const struct changes *between);
void pairing_free(struct pairing *pairing); /* NULL is allowed */

/* Sets *file to what became of a file of the old tree, NULL for nothing.
 * Returns 0, or -1 with err set: git failed. */
int pairing_find(struct pairing *pairing, struct versions *versions,
    const struct tree_file *old, const struct tree_file **file,
    struct err *err) CHECKED;

/* The last name of a path. */
struct slice path_base(struct slice path);

#endif
