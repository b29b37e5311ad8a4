/* SPDX-License-Identifier: MIT */
#ifndef REPO_TOUCHES_H
#define REPO_TOUCHES_H

/*
 * Which commits between two revisions touched sites that rose, and what of
 * them: the line, its function, its file, a caller, settings. Lines are told by
 * the versions that each commit left behind and found (compare/align.h), not by
 * blame; what only changes white space touches nothing. Merges are passed over,
 * and so are the commits that the file named by blame.ignoreRevsFile, or
 * .git-blame-ignore-revs, lists in the new revision.
 */

#include <stddef.h>

#include "base/err.h"
#include "compare/suspect.h"
#include "repo/git.h"

struct touches_site {
	struct slice
	    file; /* as the new day's log names it, else the old one's */
	struct slice
	    line;    /* in the new revision; or, where the site vanished, */
	bool is_old; /* in the old one */
	struct slice function; /* as the log names it, or empty */
	double weight;         /* the lower bound of its excess */
};

/* Both revisions as ids of commits. Returns 0 with the suspects filled, the
 * most suspicious first, or -1 with err set. Release them either way. */
int touches_find(struct suspects *suspects, const struct git *git,
    const char *old, const char *new, const struct touches_site *sites,
    size_t count, struct err *err) CHECKED;

#endif
