/* SPDX-License-Identifier: MIT */
#ifndef SCAN_SHAPE_H
#define SCAN_SHAPE_H

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

/*
 * Sets shape, and adds the comments as tag_add_comments() does. False where
 * the text holds what takes a closer look (backslashes, brackets, dollar
 * quotes, comments to the end of the line, something that does not end): then
 * both buffers hold anything.
 */
bool shape_of(struct slice sql, struct buf *shape, struct buf *comments);

#endif
