/* SPDX-License-Identifier: MIT */
#ifndef MODEL_CALLCOUNT_H
#define MODEL_CALLCOUNT_H

/*
 * The line that a counting hook writes, tallyman's own and the one of 2013:
 *
 *	3041: activity_summary.py:312 -- UserData.put, UserData.get
 *	17: app/x.py:9 in save -- Feed.query (descending) Feed.(ancestor)
 *	5: app/x.py:9 in save -- UserData.put, Feed.get [revision 3f2c1ab]
 *
 * a count, the site, then every operation the site issued, up to the first
 * word that is no Kind.word; right behind them, but for blanks, the program's
 * revision may stand. It stands alone in a line or anywhere in it, its count at
 * the start of a word. Odd bytes in names are escaped as "ls -b" does (\n,
 * \040, \\), blanks always, and "]" in a revision; what would stand for a
 *letter or "_" is no escape, so that a name's letters can be searched for in a
 *line. Pure: scan reads it, record writes it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

/* Between the site and the operations; no line without it is one. */
#define CALLCOUNT_DASHES " -- "

struct callcount {
	uint64_t count;
	struct slice file;       /* escapes not undone */
	struct slice line;       /* digits */
	struct slice function;   /* may be empty, escapes not undone */
	struct slice operations; /* from the first to the end of the last */
	struct slice revision;   /* may be empty, escapes not undone */
	struct slice before;     /* the line up to the count */
};

enum callcount_found {
	CALLCOUNT_NONE,
	CALLCOUNT_FOUND,
	CALLCOUNT_MALFORMED /* it is one, but for a count beyond 2^64-1 */
};

/* Looks for a callcount in a line without its line end. *found holds slices of
 * the line; for CALLCOUNT_MALFORMED its count is 0. */
enum callcount_found callcount_find(struct slice line, struct callcount *found);

/* What stands in front of a callcount, and the rest of it. */
struct callcount_front {
	struct slice before; /* the line up to the count */
	uint64_t count;
	struct slice rest; /* from the file to the end of the line */
};

/*
 * Takes the front off a line of a text that goes on to `end`, quickly, by its
 * usual shape: CALLCOUNT_DASHES among its first 128 bytes, the count of at
 * most seven digits at the start of the line or behind a blank. False where
 * the line, or what is left of the text, has another shape; it may be a
 * callcount none the less. Where two lines have the same rest, so has
 * callcount_find() the same to say of both but for the count and what is
 * before it.
 */
bool callcount_front(struct slice line, const char *end,
    struct callcount_front *front);

/* Whether a byte may stand before an operation. */
static inline bool
callcount_divides(char c)
{
	return c == ' ' || c == '\t' || c == ',';
}

/* Whether a site may end at CALLCOUNT_DASHES in a text that begins at `begin`:
 * behind "FILE:LINE" or "in FUNCTION". False for most other dashes. */
bool callcount_may_end(const char *begin, const char *dashes);

/* Whether a line of a text may be a callcount, told as quickly: false for most
 * of those without CALLCOUNT_DASHES. */
bool callcount_may_be(struct slice line, const char *end);

/*
 * Takes the next operation off the front of found->operations and adds it to
 * buf: "Kind.<put>" is given as Kind.put, a word in parentheses belongs to the
 * token before it ("Feed.prop (descending)"), escapes are undone. Returns
 * false at the end, where *operations is empty.
 */
bool callcount_next(struct slice *operations, struct buf *buf);

/* Adds a name with its escapes undone. */
void callcount_unescape(struct buf *buf, struct slice name);

/*
 * Adds a whole line, without its end; names are escaped as needed, so that
 * callcount_find() reads them back whatever their bytes. The file, and the kind
 * and the verb of each operation, must not be empty; site_line is digits, and
 * 0 stands for an empty one. An empty revision is not written.
 */
void callcount_add(struct buf *line, uint64_t count, struct slice file,
    struct slice site_line, struct slice function,
    const struct slice *operations, size_t operation_count,
    struct slice revision);

#endif
