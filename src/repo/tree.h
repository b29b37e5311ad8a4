/* SPDX-License-Identifier: MIT */
#ifndef REPO_TREE_H
#define REPO_TREE_H

/*
 * The files of a revision, and which of them a log means: logs name files with
 * a front that the repository has not (/app/, /srv/x/releases/123/) or without
 * one that it has.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"
#include "repo/git.h"

struct tree_file {
	struct slice path; /* from the top of the repository */
	struct slice id;   /* of its blob, hexadecimal */
};

struct tree;

/* The files (no symbolic links, no submodules) of a commit. NULL with err
 * set. */
struct tree *tree_open(const struct git *git, const char *commit,
    struct err *err);
void tree_free(struct tree *tree); /* NULL is allowed */

/* The same from what `git ls-tree -r -z` prints, for tests. */
struct tree *tree_parse(struct slice text, struct err *err);

size_t tree_count(const struct tree *tree);

/* The file of this path, or NULL. Both are the tree's. */
const struct tree_file *tree_find(const struct tree *tree, struct slice path);

/*
 * The file that a log means by a path, or NULL: the path itself; else its
 * longest end that is a path of the tree, of two names at least, or of one
 * where the front before it is one that other paths of the log have (learnt
 * with tree_learn()); else the only file whose path ends with it. "./" and "//"
 * are passed over, "../" is never followed.
 */
const struct tree_file *tree_resolve(const struct tree *tree,
    struct slice path);

/* Tells the tree all paths of a log, to learn which fronts they have. To be
 * called once, before tree_resolve(). */
void tree_learn(struct tree *tree, const struct slice *paths, size_t count);

/* The front that most of them have, such as "/app/"; empty where they have
 * none. It is the tree's. */
struct slice tree_front(const struct tree *tree);

/* All files, ordered by path; tree_count() of them. */
const struct tree_file *tree_files(const struct tree *tree);

#endif
