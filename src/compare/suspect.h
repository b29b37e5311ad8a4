/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_SUSPECT_H
#define COMPARE_SUSPECT_H

/*
 * Commits that may have caused rises, and the order in which to read them.
 * What a commit touched is found by src/repo/; this is the arithmetic. Pure.
 *
 * A commit's score is the sum over the sites that rose of
 *
 *	lower bound of the excess * weight of what it touched * .9^depth
 *
 * depth being the later commits that touched the same, divided by the sum of
 * the lower bounds. The decay is that of Fonte (An, Yoo et al., ICSE 2023).
 */

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

/* What a commit touched of a site; the first is the strongest reason. */
enum suspect_reason {
	SUSPECT_LINE,     /* its line:               weight 1 */
	SUSPECT_FUNCTION, /* the function around it:        .6 */
	SUSPECT_FILE,     /* its file:                      .3 */
	SUSPECT_CALLER,   /* a line that names the function: .2 */
	SUSPECT_CONFIG,   /* a lock file, schema, settings:  .1 */
	SUSPECT_REASONS
};

double suspect_weight(enum suspect_reason reason);

/* "changed this line", ... */
const char *suspect_reason_text(enum suspect_reason reason);

/* That a commit touched something of a site. */
struct suspect_touch {
	size_t commit; /* 0 is the newest */
	size_t site;   /* index of one of those that rose */
	enum suspect_reason reason;
	struct slice path; /* what was touched */
	size_t
	    line; /* where in the commit's own version, from 1; 0: not told */
};

struct suspect {
	struct slice id; /* all of it, hexadecimal */
	struct slice subject;
	struct slice author;
	int64_t time; /* committer's, seconds since 1970 */
	double score; /* 0 to 1 and, for many reasons, beyond */
	/* The strongest touch: that which gave most of the score. */
	enum suspect_reason reason;
	size_t site;
	struct slice path;
	size_t line;
};

/* The commits that touched something, the most suspicious first. */
struct suspects {
	struct suspect *items; /* those with a score above 0 */
	size_t count;
	size_t commits; /* looked at: all between the revisions, no merges */
	struct arena arena; /* of all texts */
};

/*
 * Scores commits[0 .. count), the newest first, whose score, reason, site and
 * path need not be set, by the touches on sites of these weights (the lower
 * bounds of their excess), and sorts: best first, ties the newer first. Those
 * without a touch are dropped; returns how many are left. Of several touches of
 * one commit on one site the strongest counts.
 */
size_t suspects_rank(struct suspect *commits, size_t count,
    const struct suspect_touch *touches, size_t touch_count,
    const double *site_weights, size_t site_count);

void suspects_release(struct suspects *suspects);

#endif
