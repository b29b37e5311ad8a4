/* SPDX-License-Identifier: MIT */
#ifndef SCAN_PGMESSAGE_H
#define SCAN_PGMESSAGE_H

/*
 * The messages of a PostgreSQL server's log, whatever its log_destination
 * made of them. A cutter takes the text of one input in blocks of whole lines
 * and puts each message together:
 *
 *	stderr   any log_line_prefix; "LOG:  " or another severity, with two
 *	         blanks, begins a message; "DETAIL:  ", "STATEMENT:  " and so
 *	         on belong to the one above; lines that start with a TAB go on
 *	syslog   the same in chunks of 900 bytes, "[SEQUENCE-CHUNK]", each with
 *	         a head of syslog's (RFC 3164, RFC 5424, Heroku's logplex),
 *	         those of several sessions mixed; "#011" is a TAB
 *	csvlog   rows, whose fields may hold line ends
 *	jsonlog  an object a line; CloudNativePG's lies in its "record"
 *
 * The words are those of a server whose lc_messages is English.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "scan/reader.h"

enum pgform { PGFORM_STDERR, PGFORM_SYSLOG, PGFORM_CSVLOG, PGFORM_JSONLOG };

/* All slices are valid only while the message is given. */
struct pgmessage {
	struct slice session;   /* told by its process; empty: not known */
	struct slice host;      /* where the log says so */
	struct slice severity;  /* "LOG"; empty where the beginning is lost */
	struct slice text;      /* without severity and SQLSTATE */
	struct slice detail;    /* DETAIL */
	struct slice statement; /* what the session was doing: STATEMENT */
	struct slice lines;     /* all of it, as read */
	struct stamp stamp;     /* its own, else the last one above it */
};

/* Whether the statement that it arose in failed. */
bool pgmessage_is_error(const struct pgmessage *message);

/*
 * Whom a cutter tells. Of the events it calls malformed() and given_up()
 * alone; carried is where the last stamp seen is kept, which may be set from
 * outside between blocks, and where the line stands that is being read.
 */
struct pgsink {
	void *context;
	void (*message)(void *context, const struct pgmessage *message);
	const struct reader_events *events;
	struct reader *carried;
	size_t max_message; /* bytes; longer ones are given up on */
};

struct pgcutter;

/* The sink is copied; what it points to outlives the cutter. */
struct pgcutter *pgcutter_new(enum pgform form, const struct pgsink *sink);
void pgcutter_free(struct pgcutter *cutter);

void pgcutter_read(struct pgcutter *cutter, struct slice block);

/* Gives what still waits for more lines, and forgets all. */
void pgcutter_end(struct pgcutter *cutter);

/*
 * What waits for more lines behind a block: the last message of a stderr log,
 * the open ones of syslog, the row of a csvlog that did not end. save() adds
 * it to bytes, load() takes it off their front into a cutter of the same form
 * that is as new; false where they are damaged, and then the cutter can only
 * be freed.
 */
void pgcutter_save(const struct pgcutter *cutter, struct buf *bytes);
bool pgcutter_load(struct pgcutter *cutter, struct slice *bytes);

#endif
