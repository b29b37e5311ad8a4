/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_MARKDOWN_H
#define COMPARE_MARKDOWN_H

/*
 * The report for a ticket: the sentence, a table as GitHub's and GitLab's
 * Markdown have it, the commits. Names are code, and cannot end it. Pure.
 */

#include "base/buf.h"
#include "compare/report.h"

void markdown_add(struct buf *buf, const struct report *report);

#endif
