/* SPDX-License-Identifier: MIT */
#ifndef CMD_DIFF_TABLE_H
#define CMD_DIFF_TABLE_H

/*
 * A comparison for people: the sentence; a table of the report's rows, with a
 * line across where they stop standing out from the noise, and of how many more
 * there are; the commits, where they were looked for; and what is claimed and
 * what not. A column in which no row says anything is left out. It fits the
 * terminal (see grid.h): what says least is dropped first.
 */

#include <stdbool.h>

#include "base/output.h"
#include "compare/report.h"

void diff_table_print(struct output *output, const struct report *report,
    bool use_color);

/* All but the sentence. */
void diff_table_print_details(struct output *output,
    const struct report *report, bool use_color);

#endif
