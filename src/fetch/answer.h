/* SPDX-License-Identifier: MIT */
#ifndef FETCH_ANSWER_H
#define FETCH_ANSWER_H

/*
 * What comes back in a transfer: libcurl's callbacks, which keep the header
 * and body within their limits and strangers from private addresses, and the
 * verdict at the end. Private to http.c.
 */

#include "fetch/transfer.h"

/* Makes the handle call us; once. */
void answer_listen(struct transfer *transfer);

/* Before each request. */
void answer_begin(struct transfer *transfer, void *tag);

/* Makes the reply one of trouble: a text of one line, no status and no body. */
void answer_trouble(struct transfer *transfer, enum outcome_trouble trouble,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Completes the reply with libcurl's result. */
void answer_end(struct transfer *transfer, CURLcode code);

#endif
