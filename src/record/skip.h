/* SPDX-License-Identifier: MIT */
#ifndef RECORD_SKIP_H
#define RECORD_SKIP_H

/*
 * Whose code is the program's own. A pattern is a glob (fnmatch(3); * matches
 * "/" too): one with a "/" is matched against a whole path, another against the
 * last name of it. Paths are those of modules (/usr/lib/x86_64/libpq.so.5) and
 * of source files, whole and as they are written down (/srv/app/models.py and
 * models.py, where /srv/app is the root).
 *
 * A path that an own pattern matches is the program's own; else one that a
 * skip pattern matches is not. By default these are skipped:
 *
 *	modules         /lib/ /lib32/ /lib64/ /usr/lib/ /usr/lib32/ /usr/lib64/
 *	                /usr/libexec/ /usr/local/lib/ and what is below them
 *	source files    site-packages, dist-packages, lib/python3*,
 *	                lib64/python3*, /usr/include, /usr/local/include and
 *	                what is below them; "<frozen *"
 *
 * Immutable once set up, and so for any thread.
 */

#include <stdbool.h>

#include "base/slice.h"

struct skip {
	char *texts;          /* the environment's, cut at each ':' */
	const char **skipped; /* NULL at the end */
	const char **owned;
	struct slice root; /* without its last "/"; empty: none */
	bool has_patterns; /* of the user's own, that skip */
};

/* From TALLYMAN_SKIP, TALLYMAN_OWN and TALLYMAN_ROOT as they stand; each may
 * be NULL. Returns 0 or ENOMEM. Never released. */
int skip_init(struct skip *skip, const char *skipped, const char *owned,
    const char *root);

bool skip_module(const struct skip *skip, const char *path);
/* The same of the program itself, which the defaults don't skip, wherever it
 * lies. */
bool skip_program(const struct skip *skip, const char *path);
bool skip_source(const struct skip *skip, const char *path);

/* The same of a source file that is written down in another way than
 * skip_shorten() would. */
bool skip_written(const struct skip *skip, const char *path,
    const char *written);

/* A path of a source file as it is written down: what is below the root
 * without it. A slice of the path, up to its end. */
struct slice skip_shorten(const struct skip *skip, struct slice path);

#endif
