/* SPDX-License-Identifier: MIT */
#ifndef CMD_DIFF_INPUT_H
#define CMD_DIFF_INPUT_H

/*
 * The operands of `tallyman diff`. Each names one day of one input: a tally, a
 * log or a folder of logs that holds just one, or FILE@DAY where no file of
 * the whole name exists. An input that several operands name is scanned once.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "compare/sample.h"
#include "scan/scan.h"

struct diff_input;

struct diff_operand {
	struct diff_input *input;
	struct slice wanted; /* the day behind @, or empty */
	struct sample_day day;
};

struct diff_operands {
	struct diff_operand *items; /* as given: the last is the new day */
	size_t count;
	struct diff_input *inputs;
	size_t input_count;
	bool is_trouble; /* some input could be read only in part */
};

/*
 * Scans what the operands name, for grouping by these keys. Prints what was
 * not counted. Returns 0, or -1 with err set: an input that cannot be read or
 * holds no call sites, a day that is not in it, or several where one must be
 * named. Release the operands either way.
 */
int diff_operands_load(struct diff_operands *operands, char *const *texts,
    size_t count, const struct scan_options *options,
    const struct tally_keys *by, struct err *err) CHECKED;

void diff_operands_release(struct diff_operands *operands);

/* Notes what makes days hard to compare: other weekdays, the wrong order. */
void diff_operands_warn(const struct diff_operands *operands);

#endif
