/* SPDX-License-Identifier: MIT */
#ifndef SCAN_PGCSV_H
#define SCAN_PGCSV_H

/*
 * csvlog: messages from rows, of any version's number of columns. A row that
 * is damaged is told as malformed, and reading goes on at the next line that
 * begins with a time stamp. One part of scan/pgmessage.h.
 */

#include "scan/pgmessage.h"

struct pgcsv;

/* The sink is borrowed. */
struct pgcsv *pgcsv_new(const struct pgsink *sink);
void pgcsv_free(struct pgcsv *csv);
void pgcsv_line(struct pgcsv *csv, struct slice line);
void pgcsv_end(struct pgcsv *csv);

/* As pgcutter_save() and pgcutter_load(). */
void pgcsv_save(const struct pgcsv *csv, struct buf *bytes);
bool pgcsv_load(struct pgcsv *csv, struct slice *bytes);

#endif
