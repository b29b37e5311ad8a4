/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_HTML_CHARTS_H
#define COMPARE_HTML_CHARTS_H

/*
 * Figures: the two days by file, by site and by hour, and the weeks before.
 * Each is a table that the page's script draws a chart from, as its data-chart
 * attribute says: bars, lines, or one small chart for each row. So every
 * figure stands in the page once, can be read without scripts, and is as safe
 * as any text.
 */

#include "base/buf.h"
#include "compare/report.h"

/* How many files and sites are shown: those furthest from what was expected. */
enum { HTML_BARS = 10 };

/* Adds those figures for which report has the numbers. */
void html_charts_add(struct buf *buf, const struct report *report);

#endif
