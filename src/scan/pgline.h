/* SPDX-License-Identifier: MIT */
#ifndef SCAN_PGLINE_H
#define SCAN_PGLINE_H

/*
 * One line of a PostgreSQL log in text form, taken apart. Pure. All slices
 * are of the line.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "scan/stamp.h"

enum pgpart {
	PGPART_MESSAGE, /* LOG, ERROR, ...: a message begins */
	PGPART_DETAIL,  /* the others belong to the message above them */
	PGPART_STATEMENT,
	PGPART_OTHER /* HINT, CONTEXT, QUERY, LOCATION, BACKTRACE */
};

/* PREFIX LOG:  TEXT */
struct pgline {
	enum pgpart part;
	struct slice prefix;   /* what log_line_prefix made */
	struct slice severity; /* the word */
	struct slice text;     /* without the SQLSTATE of verbose logs */
};

/* False when no such word with a colon and two blanks is in it. */
bool pgline_read(struct slice line, struct pgline *found);

/*
 * What a prefix says of the session: "[123]", "pid=123", a session id of %c
 * ("6740a1b2.4c3"), or the only number that stands alone. Empty: nothing.
 */
struct slice pgline_session(struct slice prefix);

/*
 * What a syslog daemon puts before each chunk:
 *	Nov 21 20:00:00 HOST postgres[123]: [5-1] BODY
 *	2026-11-21T20:00:00.123456+00:00 HOST postgres[123]: [5-1] BODY
 *	<134>1 2026-11-21T20:00:00Z HOST postgres 123 - - [5-1] BODY
 *	2026-11-21T20:00:00+00:00 app[postgres.123]: [GREEN] [5-1]  BODY
 */
struct syslog_line {
	struct stamp stamp;
	struct slice host;    /* may be empty */
	struct slice process; /* digits; may be empty */
	uint64_t sequence;    /* 0 where the chunks do not tell it */
	uint64_t chunk;       /* from 1; 0 where it is not told */
	struct slice body;
};

bool syslog_line_read(struct slice line, struct syslog_line *found);

#endif
