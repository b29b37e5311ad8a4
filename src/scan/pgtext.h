/* SPDX-License-Identifier: MIT */
#ifndef SCAN_PGTEXT_H
#define SCAN_PGTEXT_H

/*
 * The text forms of a PostgreSQL log, stderr and syslog: messages put
 * together from lines. One part of scan/pgmessage.h, which says what comes
 * out.
 */

#include "scan/pgmessage.h"

struct pgtext;

/* The form is PGFORM_STDERR or PGFORM_SYSLOG. The sink is borrowed. */
struct pgtext *pgtext_new(enum pgform form, const struct pgsink *sink);
void pgtext_free(struct pgtext *text);

/* The line must stay where it is until pgtext_settle(). */
void pgtext_line(struct pgtext *text, struct slice line);
void pgtext_settle(struct pgtext *text);
void pgtext_end(struct pgtext *text);

/* As pgcutter_save() and pgcutter_load(). */
void pgtext_save(const struct pgtext *text, struct buf *bytes);
bool pgtext_load(struct pgtext *text, struct slice *bytes);

#endif
