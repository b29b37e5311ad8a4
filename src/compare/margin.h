/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_MARGIN_H
#define COMPARE_MARGIN_H

/*
 * A source file with the counts of two days in the margin:
 *
 *	  OLD     NEW    LINE
 *	                   87 |     for badge in badges:
 *	7,024  20,360 +    88 |         user.put()
 *	7,024  20,354 +       :         UserData.put (was :82)
 *	    0       6 +       :         Badge.put
 *
 * The mark is + where more than expected was counted, and - where less; red and
 * green say that it is more than noise. Lines without counts have an empty
 * margin. Pure: no I/O.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "compare/rank.h"

struct margin_options {
	bool operations;  /* each by itself, below its line */
	uint64_t context; /* only so many lines around those with counts, and
			   * "--" between; UINT64_MAX: all lines */
	bool use_color;
};

/*
 * Adds the lines of a source, which is of this name on the new day and has
 * these changes: by their line on that day, several of one line added up.
 * Behind it come those that have no line of it: gone, moved to another file, or
 * beyond its end. All is made visible; tabs are blanks up to the next eighth
 * column, and CR before LF is left out.
 */
void margin_add(struct buf *buf, struct slice file,
    const struct change *const *changes, size_t count, struct slice source,
    const struct margin_options *options);

#endif
