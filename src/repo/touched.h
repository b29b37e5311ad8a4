/* SPDX-License-Identifier: MIT */
#ifndef REPO_TOUCHED_H
#define REPO_TOUCHED_H

/*
 * What the change from one version of a file to the next touched of a place in
 * it. What only changes white space touches nothing. Pure: no I/O.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "compare/align.h"
#include "compare/suspect.h"
#include "compare/text.h"

/* Where a site is in a version. Lines count from 1. */
struct touched_place {
	size_t line;        /* 0: it is not in this version */
	size_t first, last; /* of the function around it; 0: in none */
	struct slice name;  /* of the function, within the text; or empty */
};

/* The place of a line. function is the name by which a log knows the function
 * around it, or empty: an outer function of that name is preferred. */
struct touched_place touched_locate(const struct text *text, size_t line,
    struct slice function);

/* The place in another version, by what base's lines became there. */
struct touched_place touched_carry(const struct touched_place *place,
    const struct align *align, const struct text *text, struct slice function);

/* A change: align is of old to new. */
struct touched_change {
	const struct text *old;
	const struct text *new;
	const struct align *align;
};

/* The place before the change, from that after it. */
struct touched_place touched_before(const struct touched_change *change,
    const struct touched_place *after, struct slice function);

/*
 * Whether the change touched something, and what: the line, its function or no
 * more than its file. A line that is in more or fewer blocks of its function
 * than before counts as changed, if other lines of the function changed too: so
 * does the loop that was put around it, and made it run often. before and after
 * are the place in both versions. *line becomes the first line of new that
 * tells so, 0 where lines only went.
 */
bool touched_what(const struct touched_change *change,
    const struct touched_place *before, const struct touched_place *after,
    enum suspect_reason *reason, size_t *line);

/* The last name in a function's name as logs write it: baz of "Foo::Bar#baz"
 * and of "block in baz"; empty for "<module>". */
struct slice touched_name(struct slice function);

#endif
