/* SPDX-License-Identifier: MIT */
#ifndef FETCH_CSVCOLUMNS_H
#define FETCH_CSVCOLUMNS_H

/*
 * The columns of `tallyman fetch export --columns`: a list such as
 *
 *	id,fetched_at,views=.statistics.viewCount,tag=(.tags | join(","))
 *
 * "id", "fetched_at" and "status" (HTTP) stand for themselves; NAME=EXPRESSION
 * is the first result of a jq expression on the body, null and no result being
 * an empty cell. Commas within brackets, braces, parentheses and strings
 * belong to the expression; one outside them ends it, so an expression that
 * needs one there ("def f(a): 1, 2;") is put into parentheses.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "fetch/archive.h"

struct csvcolumns;

/* NULL with err set: the column and what is wrong with it. */
struct csvcolumns *csvcolumns_new(const char *list, struct err *err);
void csvcolumns_free(struct csvcolumns *columns); /* NULL is allowed */

/* Adds the row of names. */
void csvcolumns_add_header(const struct csvcolumns *columns, struct buf *row);

/*
 * Adds an item's row to an empty buf; safe as csv_add() has it. Returns 0, or
 * -1 with err set where the body is no JSON or an expression failed on it;
 * those cells are empty, and the row is whole nonetheless.
 */
int csvcolumns_add_row(struct csvcolumns *columns,
    const struct archive_item *item, bool safe, struct buf *row,
    struct err *err) CHECKED;

#endif
