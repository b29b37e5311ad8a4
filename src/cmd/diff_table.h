/* SPDX-License-Identifier: MIT */
#ifndef CMD_DIFF_TABLE_H
#define CMD_DIFF_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/output.h"
#include "compare/rank.h"

/*
 * Prints changes for people: a sentence that names the worst, and a table of
 * the first so many rows. A column in which no row says anything is left out.
 */
void diff_table_print(struct output *output, const struct ranking *ranking,
    size_t rows, bool use_color);

#endif
