/* SPDX-License-Identifier: MIT */
#ifndef BASE_WALK_H
#define BASE_WALK_H

/*
 * The files below a directory, in the order of their names (memcmp on whole
 * paths, so that the order never depends on the file system). Symbolic links
 * to files are taken, links to directories are not entered, so there are no
 * loops; a directory that was named itself is entered though it be a link.
 * Names that begin with a dot are passed over, FIFOs, sockets and devices too.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct walk {
	char **paths; /* each owned by the walk */
	size_t count;
	size_t room;
};

/* Shell patterns (fnmatch(3)) on the last part of a name, or on the whole
 * path where the pattern holds a slash (and then * fits slashes too, as in
 * "find -path"); NULL-terminated, either may be NULL. A file is taken when an
 * include fits (or there is none) and no exclude. An exclude that fits a
 * directory leaves out all below it, but never the directory that was named
 * itself. */
struct walk_filter {
	const char *const *include;
	const char *const *exclude;
};

/*
 * Adds the files below dir. What cannot be read is told through trouble
 * (called with a whole message, "PATH: why") and passed over. Returns 0, or
 * -1 with err set when dir itself cannot be read.
 */
int walk_add(struct walk *walk, const char *dir,
    const struct walk_filter *filter,
    void (*trouble)(void *context, const char *message), void *context,
    struct err *err) CHECKED;

void walk_release(struct walk *walk);

#endif
