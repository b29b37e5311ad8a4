/* SPDX-License-Identifier: MIT */
#ifndef REPO_GIT_H
#define REPO_GIT_H

/*
 * Runs git on a repository that may be hostile: only commands that read, with
 * everything switched off by which a repository's configuration, attributes or
 * hooks could run a program or open a connection (external diffs, textconv,
 * fsmonitor, pagers, signature checks, lazy fetches), and without the GIT_
 * variables of our environment. A git that says nothing for two minutes is
 * killed.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum { GIT_ID_SIZE = 65 }; /* SHA-256 in hexadecimal, and the NUL */

/* The most that git_run() is asked for by this layer. */
#define GIT_OUTPUT_MAX ((size_t)1 << 30)

struct git {
	char *dir;       /* as it was given, for messages */
	char *git_dir;   /* where the repository itself is, absolute */
	int64_t silence; /* so long may a git say nothing, in nanoseconds */
	bool is_shallow; /* history ends early */
	bool is_bare;
};

/*
 * Looks whether dir is in a git repository (a work tree, a bare one, or below
 * it; then all of the repository is meant). Returns 0, or -1 with err set: git
 * is not installed, no repository, one that git refuses (its own words).
 * Release it either way.
 */
int git_open(struct git *git, const char *dir, struct err *err) CHECKED;
void git_release(struct git *git);

/* The commit that a revision names, as an id. Returns 0, or -1 with err set:
 * "no revision 3f2c1ab in DIR", for shallow clones also that its history ends.
 */
int git_resolve(const struct git *git, const char *revision,
    char id[GIT_ID_SIZE], struct err *err) CHECKED;

/* Whether this is a whole id: 40 or 64 small hexadecimal digits. */
bool git_is_id(struct slice text);

/* Whether old is an ancestor of new, or new itself (both ids of commits): 1, 0,
 * or -1 with err set. */
int git_is_ancestor(const struct git *git, const char *old, const char *new,
    struct err *err) CHECKED;

/*
 * Runs "git ARGUMENTS..." (NULL at the end) with input on its standard input
 * and adds what it prints to output, at most max bytes. Returns 0, or -1 with
 * err set: what git said on its standard error (its first line, made visible),
 * "prints more than 1048576 KiB", or "says nothing for 2m". What comes from
 * outside stands behind "--end-of-options".
 */
int git_run(const struct git *git, const char *const *arguments,
    struct slice input, size_t max, struct buf *output,
    struct err *err) CHECKED;

#endif
