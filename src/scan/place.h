/* SPDX-License-Identifier: MIT */
#ifndef SCAN_PLACE_H
#define SCAN_PLACE_H

/*
 * What the path of an input tells of its entries: --path-pattern, a PCRE2
 * pattern with the named groups `host` and `revision`, one at least, searched
 * for anywhere in the path:
 *
 *	--path-pattern '/(?<host>web\d+)/'
 */

#include "base/err.h"
#include "base/slice.h"

struct place_pattern;

/* NULL with err set ("--path-pattern: ..."): no pattern, or one without such
 * groups, or with others. */
struct place_pattern *place_new(const char *pattern, struct err *err);
void place_free(struct place_pattern *pattern); /* NULL is allowed */

/* What a path tells; both are empty where the pattern does not match, and parts
 * of path. pattern may be NULL. */
struct place {
	struct slice host;
	struct slice revision;
};
struct place place_from_path(const struct place_pattern *pattern,
    struct slice path);

#endif
