/* SPDX-License-Identifier: MIT */
#ifndef SCAN_UNWRAP_H
#define SCAN_UNWRAP_H

/*
 * Logs whose text lies inside JSON lines: docker's, journald's, Cloud
 * Logging's, CloudNativePG's. A reader of its own, which decodes the text of
 * each line and gives it to another reader, as one or several lines: an LF in
 * the text ends a line, and so does the end of the text. The envelope's own
 * time holds where the text has none.
 */

#include "base/err.h"
#include "scan/reader.h"

/* Returns 0 when the pointer is one, or "auto"; else -1 with err set. */
int unwrap_check(const char *pointer, struct err *err) CHECKED;

/*
 * A reader around inner, which is freed with it. The pointer (RFC 6901), which
 * was checked, says where the text is: a string; "auto" tries /textPayload,
 * /log, /MESSAGE, /record/message and /message. Lines that are no JSON are
 * malformed, those without the text are passed over. No line is a sync line.
 */
struct reader *unwrap_new(const char *pointer, struct reader *inner,
    const struct reader_options *options, const struct reader_events *events);

#endif
