/* SPDX-License-Identifier: MIT */
#ifndef REPO_IGNORED_H
#define REPO_IGNORED_H

/*
 * Commits that a project wants to be passed over, since they only changed the
 * form of its code: those listed, one id a line, in the file that
 * blame.ignoreRevsFile names, or in .git-blame-ignore-revs, as a revision has
 * it.
 */

#include "base/err.h"
#include "base/table.h"
#include "repo/git.h"
#include "repo/tree.h"
#include "repo/versions.h"

/* Adds their ids to a table of values of size 0. Returns 0, or -1 with err set:
 * git failed. */
int ignored_read(struct table *ids, const struct git *git,
    const struct tree *tree, struct versions *versions,
    struct err *err) CHECKED;

#endif
