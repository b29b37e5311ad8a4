/* SPDX-License-Identifier: MIT */
#ifndef REPO_CHANGES_H
#define REPO_CHANGES_H

/*
 * Which files changed: between two revisions, or in each commit between them.
 * Reads what git prints with --raw -z (git-diff-tree(1), "RAW OUTPUT FORMAT");
 * the parser trusts nothing.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "repo/git.h"

struct changes_file {
	char status;           /* A, C, D, M, R, T as git names them */
	struct slice old_path; /* the same as new_path unless R or C */
	struct slice new_path;
	struct slice old_id; /* of the blob; empty: there was none, or it was */
	struct slice new_id; /* no file (a symbolic link, a submodule) */
};

struct changes_commit {
	struct slice id;
	int64_t time; /* committer's, seconds since 1970; 0: it has none */
	struct slice author;
	struct slice subject;
	const struct changes_file *files;
	size_t file_count;
};

/* Owns the texts and files of what it holds. */
struct changes {
	struct changes_commit *commits; /* the newest first */
	size_t count;
	struct arena arena;
};

/* The files that differ between two commits, renames told apart: one "commit"
 * without id. Returns 0, or -1 with err set. Release it either way. */
int changes_between(struct changes *changes, const struct git *git,
    const char *old, const char *new, struct err *err) CHECKED;

/* The commits that new has and old has not, without merges, each with its
 * files. Which of them to pass over is the caller's (ignored.h). Returns
 * 0, or -1 with err set. Release it either way. */
int changes_commits(struct changes *changes, const struct git *git,
    const char *old, const char *new, struct err *err) CHECKED;

void changes_release(struct changes *changes);

/* Parses what git printed; for the two above, and for tests. Returns 0, or -1
 * with err set. text need not outlive changes. */
int changes_parse(struct changes *changes, struct slice text,
    struct err *err) CHECKED;

#endif
