/* SPDX-License-Identifier: MIT */
#ifndef SCAN_SCAN_REPORT_H
#define SCAN_SCAN_REPORT_H

/*
 * What a scan says of itself on standard error. The summary is in scan.h.
 */

#include "base/buf.h"
#include "scan/input.h"
#include "scan/scan.h"

/* Milliseconds: where a faster statement was logged, all were. */
enum { REPORT_SLOW_MS = 1 };

/* Says that the sum of a row is too large. */
void report_over(const struct tally_row *row);

/* Adds a number of bytes, as "1.2 MB". */
void report_add_bytes(struct buf *text, uint64_t bytes);

/* Adds ", 3 lines", or nothing where n is 0. */
void report_add_count(struct buf *text, uint64_t n, const char *one,
    const char *many);

/* Parts of the summary: all that it says behind the entries; and the notes that
 * follow it. */
void report_add_rest(struct buf *text, const struct scan_report *report);
void report_tell_more(const struct scan_report *report);

/*
 * Prints, for a scan that found nothing, what the first inputs look like and
 * where tallyman-callers(7) tells how such logs come to name their callers; or
 * which preset would find some, where -p or -x chose another.
 */
void report_nothing(const struct scan_report *report,
    const struct scan_options *options, const struct inputs *inputs);

#endif
