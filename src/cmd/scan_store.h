/* SPDX-License-Identifier: MIT */
#ifndef CMD_SCAN_STORE_H
#define CMD_SCAN_STORE_H

/*
 * `tallyman scan` and the store: --store adds what is new, --from-store reads
 * days back.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/tally.h"
#include "scan/scan.h"

struct scan_store {
	bool is_update;    /* --store */
	const char *range; /* --from-store, or NULL */
	const char *db;    /* --db */
	int64_t wait;      /* --wait: nanoseconds; negative: for ever */
	uint64_t keep;     /* --keep: days; 0: all */
};

/* Whether an option was given, and its name; the first name that was, or
 * NULL. */
struct scan_given {
	bool is_given;
	const char *name;
};
const char *scan_first_given(const struct scan_given *given, size_t count);

/* The options of it that are given must go together, and with those of the
 * scan. Returns 0, or -1 with err set. */
int scan_store_check(const struct scan_store *store,
    const struct scan_options *options, size_t operand_count,
    struct err *err) CHECKED;

/* Adds what the operands have new, and prints a summary; *status is 0, 2
 * (something could not be read) or 75 (another process writes). Returns 0, or
 * -1 with err set. */
int scan_store_update(const struct scan_store *store,
    const struct scan_options *options, char *const *operands, size_t count,
    int *status, struct err *err) CHECKED;

/* Gives the rows of the days that --from-store names, as scan_run() does. */
int scan_store_read(const struct scan_store *store,
    const struct scan_options *options, tally_take *row, void *context,
    struct scan_report *report, struct err *err) CHECKED;

#endif
