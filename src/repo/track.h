/* SPDX-License-Identifier: MIT */
#ifndef REPO_TRACK_H
#define REPO_TRACK_H

/*
 * Follows lines of code from one revision to another, through git.
 *
 * A file is followed to its own path, where the new revision has it; else
 * where git's renames between the two revisions, or in the commits between
 * them, say; else to the file of the same base name that has most lines in
 * common. Its lines go where compare/align.h says. A line that has no place
 * there may have gone to another file, of those that were added or changed.
 */

#include <stddef.h>

#include "base/err.h"
#include "compare/match.h"
#include "repo/git.h"

struct track;

/* What could not be followed, for a message. */
struct track_report {
	size_t unresolved; /* files of the log that the old revision has not */
	struct slice first_unresolved;
	struct slice front; /* what logs have before paths; may be empty */
	size_t beyond;      /* sites whose line their file has not */
	size_t unreadable;  /* binary or too large, or their blob is damaged */
	struct slice first_unreadable;
};

/*
 * Both revisions as ids of commits. NULL with err set. The git must outlive
 * it.
 */
struct track *track_open(const struct git *git, const char *old,
    const char *new, struct err *err);
void track_close(struct track *track); /* NULL is allowed */

/*
 * Where the lines of old sites went; targets has room for count. new_sites are
 * those of the new day: files are named as they name them. Texts of targets are
 * the track's. Returns 0, or -1 with err set: git failed. What cannot be
 * followed has is_known false, and is told in the report. To be called once.
 */
int track_sites(struct track *track, const struct site *old, size_t old_count,
    const struct site *new, size_t new_count, struct match_target *targets,
    struct track_report *report, struct err *err) CHECKED;

#endif
