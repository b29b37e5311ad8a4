/* SPDX-License-Identifier: MIT */
#ifndef SCAN_RAILS_STARTED_H
#define SCAN_RAILS_STARTED_H

/*
 * The line with which Rails begins a request, and the stamp in it:
 *
 *	Started GET "/cities" for ::1 at 2021-04-05 10:00:00 -0700
 *
 * Nearly all requests are of the same day and zone as the one before, so that
 * the text of the last stamp is kept, and of one that differs from it only in
 * its clock the clock alone is read.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"
#include "scan/stamp.h"

/* Starts as { 0 }. */
struct rails_started {
	struct stamp stamp; /* of the last request; unset before the first */
	struct buf text;    /* of that stamp; empty where it is not ISO's */
};

/* Finds the stamp in a line without colours and tags: all that stands behind
 * its last "at". False where the line is another one. */
bool rails_started_find(struct slice line, struct slice *at);

/* Reads the stamp of such a line. False where the line is another one, or what
 * stands behind its "at" is no stamp. */
bool rails_started_read(struct rails_started *started, struct slice line);

void rails_started_release(struct rails_started *started);

#endif
