/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_HTML_TABLE_H
#define COMPARE_HTML_TABLE_H

/*
 * The changes as a table. Columns that no row has anything in, such as the
 * function where changes are added up by file, are left out. A row of its own
 * says where that ends which is more than noise.
 */

#include "base/buf.h"
#include "compare/report.h"

/* Adds the table of report's rows. */
void html_table_add(struct buf *buf, const struct report *report);

/* Adds what its columns mean, as a list of definitions. */
void html_table_legend(struct buf *buf, const struct report *report);

#endif
