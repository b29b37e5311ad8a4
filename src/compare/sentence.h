/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_SENTENCE_H
#define COMPARE_SENTENCE_H

/*
 * The sentence that a comparison comes to. Pure: no I/O.
 *
 * Where an operation was asked about, it begins with that, else with the
 * place; it names a file, a directory ... only where level_tell() found the
 * rise to sit there, and no place where nothing stands out from the noise.
 */

#include "base/buf.h"
#include "compare/report.h"

/* Adds it in report_sentence()'s words, names as the style has them. */
void sentence_add(struct buf *buf, const struct report *report,
    const struct report_style *style);

#endif
