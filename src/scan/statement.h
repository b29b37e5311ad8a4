/* SPDX-License-Identifier: MIT */
#ifndef SCAN_STATEMENT_H
#define SCAN_STATEMENT_H

/*
 * A SQL statement that a log shows, on its way to being an entry: its caller
 * is in its comments (scan/tag.h), its operations in its words (model/sql.h).
 * The readers of SQL logs share this; each knows only how its log writes
 * statements.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "model/sql.h"
#include "scan/memo.h"
#include "scan/reader.h"

struct statement {
	struct slice sql;   /* with its comments */
	struct slice lines; /* what it stands in, as read */
	struct stamp stamp;
	struct slice host;
	uint64_t weight;
};

/* Gives statements to a reader's events. Start it with its events only. */
struct statement_giver {
	const struct reader_events *events;
	struct memo shapes; /* the operations of shapes (model/shape.h) */
	struct buf shape;   /* of the statement */
	struct buf source;  /* what the entry is made of */
	struct buf decoded; /* what tag_find() had to decode */
	struct sql_operations operations;
};

/* Tells events->entry(), or events->no_caller() where no comment names one. */
void statement_give(struct statement_giver *giver,
    const struct statement *statement);
void statement_giver_release(struct statement_giver *giver);

/*
 * Of how many statements, divided by ';', a text consists. Comments and empty
 * ones do not count; at least 1.
 */
unsigned statement_count(struct slice sql);

/*
 * What is prepared: "SELECT 1" of "PREPARE a (int) AS SELECT 1", which may
 * have comments in front. Empty when the text is no PREPARE.
 */
struct slice statement_prepared(struct slice sql);

/* Whether its first word, comments aside, is this one. */
bool statement_begins(struct slice sql, const char *word);

/* Takes a duration, "12.345", off the front of a text: 0 where there is none.
 * Digits behind the ninth of its fraction are stepped over. */
double statement_take_duration(struct slice *text);

#endif
