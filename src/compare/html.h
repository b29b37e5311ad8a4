/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_HTML_H
#define COMPARE_HTML_H

/*
 * The report as one page that needs nothing else: the sentence, the table,
 * charts, commits. Pure: no I/O.
 *
 * What names hold is text, wherever it stands: it is escaped, and the page's
 * content security policy runs no script but the page's own, by their hashes
 * (https://www.w3.org/TR/CSP3/). Without scripts the tables can still be read.
 */

#include "base/buf.h"
#include "compare/report.h"

void html_add(struct buf *buf, const struct report *report);

/* Whether charts can be drawn: a charting library was there at build time. */
bool html_has_charts(void);

#endif
