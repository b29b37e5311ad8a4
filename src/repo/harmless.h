/* SPDX-License-Identifier: MIT */
#ifndef REPO_HARMLESS_H
#define REPO_HARMLESS_H

/*
 * Starts git so that nothing of a repository can run a program, open a
 * connection, or wait for a person. All that we run are commands that read
 * objects; besides:
 *
 * - none of the GIT_ variables of our environment is there, nor a pager, nor a
 *   prompt; messages are in English;
 * - hooks, the file system monitor and replaced objects are switched off;
 * - objects that a partial clone has not are missing: they are not fetched, and
 *   no protocol is allowed to anything that would;
 * - neither the work tree nor the index is looked at: no attributes of theirs,
 *   no damage of theirs.
 */

#include "base/err.h"
#include "repo/child.h"
#include "repo/git.h"

/* Starts "git ARGUMENTS..." (NULL at the end) on the repository. Reads from
 * input, a descriptor. Returns 0, or -1 with err set. */
int harmless_start(struct child *child, const struct git *git,
    const char *const *arguments, int input, struct err *err) CHECKED;

#endif
