/* SPDX-License-Identifier: MIT */
#ifndef CMD_ANNOTATE_SITES_H
#define CMD_ANNOTATE_SITES_H

/*
 * The changes of one file, whose name the user gave and logs may give with
 * other folders before it.
 */

#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"
#include "compare/rank.h"

struct annotate_sites {
	struct slice file; /* as sites name it on the new day, or the old one
			    * where it is gone */
	const struct change **changes; /* with it on either day */
	size_t count;
};

/*
 * Finds the file that is meant by given: the one of that name; else the only
 * one whose name ends with it, from a '/' on; else the longest with which it
 * ends itself. All is borrowed from the ranking and from given. Returns 0, or
 * -1 with err set: none, or several, which are listed. Release it either way.
 */
int annotate_sites_find(struct annotate_sites *sites,
    const struct ranking *ranking, const char *given, struct err *err) CHECKED;

void annotate_sites_release(struct annotate_sites *sites);

#endif
