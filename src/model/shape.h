/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SHAPE_H
#define MODEL_SHAPE_H

/*
 * The shape of a SQL statement: the same text, its comments and strings
 * emptied and its numbers 0. Statements differ in these all the time and do
 * the same: sql_read() finds in a shape what it finds in the statement.
 *
 *	SELECT * FROM t WHERE id = 52 AND s = 'x' -> ... id = 0 AND s = ''
 *
 * Only numbers that surely are no part of a name are changed, and of $1, $2
 * only those behind a '='. Pure, one pass.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

/* Is handed the comments in their order, without what makes them some. */
typedef void shape_comment(void *context, struct slice text);

/*
 * Sets shape, which has room enough if it is UPTO_ROOM (base/upto.h) longer
 * than the text. comment may be NULL. False where the text holds what takes a
 * closer look (backslashes, brackets, dollar quotes, comments to the end of
 * the line, something that does not end): then shape holds anything, and some
 * comments may have been handed on.
 */
bool shape_of(struct slice sql, struct buf *shape, shape_comment *comment,
    void *context);

#endif
