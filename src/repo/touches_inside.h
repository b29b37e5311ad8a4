/* SPDX-License-Identifier: MIT */
#ifndef REPO_TOUCHES_INSIDE_H
#define REPO_TOUCHES_INSIDE_H

/* What the parts of touches.h share: touches.c, which chooses the sites and
 * looks at callers and settings, and touches_trail.c, which follows files. */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/table.h"
#include "compare/suspect.h"
#include "repo/changes.h"
#include "repo/git.h"
#include "repo/touched.h"
#include "repo/tree.h"
#include "repo/versions.h"

enum { SITES_MOST = 20 }; /* looked into: the heaviest */

/* A site that is looked into. */
struct touches_subject {
	size_t site;                  /* in the caller's order */
	const struct tree_file *file; /* NULL: the revision has it not */
	bool is_old;                  /* the old one is meant */
	struct slice function;        /* as the log names it */
	size_t line;
	struct touched_place place; /* in the revision; without a name */
	struct slice name;          /* of the function; may be empty */
};

/* What touches_find() works on. */
struct touches_hunt {
	const struct git *git;
	struct changes changes;
	struct tree *old_tree;
	struct tree *new_tree;
	struct versions *versions;
	struct table ignored;
	struct touches_subject subjects[SITES_MOST];
	size_t subject_count;
	struct suspect_touch *touches;
	size_t touch_count;
	size_t touch_room;
	struct arena arena;
};

/* Notes that a commit touched something of a site. */
void touches_add(struct touches_hunt *hunt, size_t commit,
    const struct touches_subject *subject, enum suspect_reason reason,
    struct slice path, size_t line);

/* Follows the files of all subjects, which are ordered by them, through the
 * commits, and notes what touched line, function or file. Sets the subjects'
 * places and names. Returns 0, or -1 with err set. */
int touches_follow(struct touches_hunt *hunt, struct err *err) CHECKED;

#endif
