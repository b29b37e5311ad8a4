/* SPDX-License-Identifier: MIT */
#ifndef SCAN_SELECT_H
#define SCAN_SELECT_H

/*
 * Which operations count: -e, -k, --file-pattern, --line-pattern, --writes,
 * --reads, -F, -i, -v. Several -e are alternatives, so are several -k; what is
 * given of different kinds must all hold. -v turns -e and -k around, together.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/find.h"
#include "base/slice.h"
#include "scan/pattern.h"
#include "scan/scan.h"

struct select {
	struct pattern **patterns;
	size_t pattern_count;
	const struct opt_list *kinds; /* the options' own */
	struct pattern *file;
	struct pattern *line;
	bool nocase, invert, writes, reads;
	size_t match_bytes;

	/* An operation that is wanted holds one of these; none: nothing is
	 * known of it. They are letters and "_", and the dot behind a kind. */
	struct find_any wanted;
	struct buf literals; /* their bytes */
	bool wanted_begins;  /* an operation begins with each of them */
};

/* Compiles the patterns; options must stay. Returns 0, or -1 with err. */
int select_open(struct select *select, const struct scan_options *options,
    struct err *err) CHECKED;
void select_close(struct select *select);

/* Whether a line and a file are wanted at all (PATTERN_YES), are not, or a
 * pattern gave up; a line that was cut for its length and did not match gave
 * up too. scratch belongs to the caller's thread. */
enum pattern_result select_line(const struct select *select,
    struct scratch *scratch, struct slice line);
enum pattern_result select_file(const struct select *select,
    struct scratch *scratch, struct slice file);

/* Whether an operation is wanted. */
enum pattern_result select_operation(const struct select *select,
    struct scratch *scratch, struct slice operation);

#endif
