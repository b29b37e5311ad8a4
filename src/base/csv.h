/* SPDX-License-Identifier: MIT */
#ifndef BASE_CSV_H
#define BASE_CSV_H

/*
 * CSV as RFC 4180 has it, with LF line ends (CRLF is read too) and any bytes
 * in fields; blanks are part of them. Reading is libcsv's; writing is ours,
 * because libcsv's quotes every field. What csv_add() wrote, the reader gives
 * back byte for byte.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/*
 * Adds one field to a row: before all but the first, a comma; quoted where it
 * must be. With safe, a cell that a spreadsheet would run as a formula (it
 * starts with = + - @ TAB, CR or NUL and is no number; OWASP ASVS 5.0 1.2.10)
 * gets an apostrophe in front; reading it back does not take it away.
 */
void csv_add(struct buf *row, struct slice field, bool first, bool safe);

/* Ends the row. One of a single empty field becomes "", since a blank line is
 * no row; so row must hold the whole of it. */
void csv_end(struct buf *row);

/*
 * Gets one row: count fields, valid until it returns; line is where the row
 * starts in what was fed, from 1. Blank lines are not rows. Returns 0, or -1
 * with err set to stop.
 */
typedef int csv_row(void *context, const struct slice *fields, size_t count,
    uint64_t line, struct err *err);

struct csv_reader;

/* A reader that gives its rows to row(context). */
struct csv_reader *csv_reader_new(csv_row *row, void *context);
void csv_reader_free(struct csv_reader *reader);

/* Feeds any piece of the text; rows may span pieces. Returns 0, or -1 with
 * err set: what row() said, a quote where none may be, or a row longer than
 * 16 MiB. After an error nothing more may be fed. */
int csv_reader_feed(struct csv_reader *reader, struct slice text,
    struct err *err) CHECKED;

/* Ends the text: a last row without a line end is given too; an unclosed
 * quote is an error. */
int csv_reader_finish(struct csv_reader *reader, struct err *err) CHECKED;

#endif
