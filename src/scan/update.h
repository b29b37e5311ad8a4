/* SPDX-License-Identifier: MIT */
#ifndef SCAN_UPDATE_H
#define SCAN_UPDATE_H

/*
 * `tallyman scan --store`: brings a store up to date with logs. What its inputs
 * hold and no scan has read yet is added to the days, by hour, host, revision,
 * site and operation, together with how far each input was read.
 *
 * The store then says what a scan of the whole inputs would, but for a last
 * line without its end, which waits in a plain file. What still waited in a
 * reader for more lines (a statement of several lines, say) is counted as it
 * would be at the end of the input, as a part of its own that is replaced when
 * the input goes on.
 *
 * Nothing is added of a scan in which a plain file was cut or could not be read
 * on: it begins again, without that file if it must.
 */

#include <stdint.h>

#include "base/err.h"
#include "model/days.h"
#include "scan/scan.h"

struct update_report {
	struct scan_report scan;
	uint64_t inputs;    /* that were found */
	uint64_t read;      /* of them */
	uint64_t untouched; /* with nothing new */
	uint64_t copies;
	uint64_t waiting;   /* plain files whose last line has no end yet */
	uint64_t bad;       /* that cannot be read */
	uint64_t days;      /* that something was added to */
	uint64_t too_old;   /* sums of days that are kept no more */
	uint64_t forgotten; /* days, by keep */
};

/* Reads the operands into the store, which is open for writing. keep: days
 * before the newest one to keep, 0: all. Prints notes as scan_run() does.
 * Returns 0, or -1 with err set; then nothing was added, but where space that
 * was freed could not be given back. */
int update_run(const struct scan_options *options, struct days *days,
    char *const *operands, size_t operand_count, uint64_t keep,
    struct update_report *report, struct err *err) CHECKED;

/* Prints the summary: "1.0 MB new in 2 of 12 files, 4,112 entries added". */
void update_report_print(const struct update_report *report);

#endif
