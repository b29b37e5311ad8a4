/* SPDX-License-Identifier: MIT */
#ifndef CMD_SCAN_FOLLOW_H
#define CMD_SCAN_FOLLOW_H

/*
 * `tallyman scan --follow`: a table of the busiest rows that is drawn anew
 * each second, as top(1) does, until a signal ends it or all inputs have.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "cmd/scan_print.h"
#include "scan/scan.h"

/* What it needs to know of the command line. */
struct scan_follow {
	const struct scan_options *options; /* with keys */
	uint64_t top;                       /* at most so many rows; 0: all */
	bool use_color;
};

/*
 * Follows the operands. At the end the terminal is as it was, the rows are
 * given to the printer, and report is filled in. SIGHUP, SIGINT and SIGTERM
 * end it so, where they are not ignored. Returns 0, or -1 with err set.
 */
int scan_follow_run(const struct scan_follow *command, char *const *operands,
    size_t count, struct scan_printer *printer, struct scan_report *report,
    struct err *err) CHECKED;

#endif
