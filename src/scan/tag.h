/* SPDX-License-Identifier: MIT */
#ifndef SCAN_TAG_H
#define SCAN_TAG_H

/*
 * Callers that applications write into the comments of their SQL: marginalia,
 * Rails' query logs (both formats), sqlcommenter and its dialects, Django's
 * and OpenStack's tracers, hand-written tags. Pure; the forms are in
 * tallyman-callers(7) and, as samples, in the unit test.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

/* A place in the code. Slices of the text or of the caller's buffer. */
struct caller {
	struct slice file;
	struct slice line;     /* digits, or empty */
	struct slice function; /* may be empty */
};

/*
 * Finds the caller in the comments of a statement: both styles of comment,
 * several comments (a later key wins), before, inside or behind the
 * statement, never inside its quoted strings. A comment that was cut gives no
 * value that may be cut. buf takes what had to be decoded (%XX, \'); the
 * slices of caller are valid until text or buf change. Returns false when
 * there is none.
 */
bool tag_find(struct slice sql, struct buf *buf, struct caller *caller);

/*
 * The same in two steps: adds the comments of a statement, or one of them
 * without what makes it one, and finds the caller in what was added. Nothing
 * but these bytes makes the caller.
 */
void tag_add_comments(struct slice sql, struct buf *comments);
void tag_add_comment(struct slice text, bool is_cut, struct buf *comments);
bool tag_find_in(struct slice comments, struct buf *buf, struct caller *caller);

/* Whether a comment may begin in a statement at all, whose colours may not be
 * taken off yet. tag_find() is false where this is. */
bool tag_may_be_in(struct slice sql);

/*
 * Takes apart what stands for a place: "app/x.rb:12:in `save'",
 * "app/x.rb:12:in 'X#save'", "src/x.ts:42:7" (line and column), "x.py:12",
 * "D:/x.go:18", "lib/x.ex:8", "/opt/x.py (12) save", "x.c(12)",
 * "Class.method(File.java:54)". Returns false when it is none of them.
 */
bool caller_parse(struct slice text, struct caller *caller);

/*
 * Whether a caller points into a file at all: not "(eval):31", "(byebug):1",
 * "<string>:1", "(irb):2" or line 0.
 */
bool caller_is_resolved(const struct caller *caller);

#endif
