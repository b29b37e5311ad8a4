/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_LISTING_H
#define COMPARE_LISTING_H

/*
 * Changes as text, for programs: CSV, JSON, and lines as compilers print them.
 * Pure: no I/O. What is not known, or not claimed, is empty (JSON: null).
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "compare/rank.h"

/* Adds the header line. */
void listing_csv_header(struct buf *buf);

/* Adds a row; rank counts from 1. With safe, as in csv_add(). */
void listing_csv_row(struct buf *buf, const struct change *change, size_t rank,
    bool safe);

/* Adds the first count changes as an array of objects, whose names are the
 * columns of the CSV form. A file whose name is no UTF-8 is there a second
 * time, as old_file_base64 or new_file_base64. */
void listing_json(struct buf *buf, const struct ranking *ranking, size_t count);

/* Adds "file:line: UserData.put 736 -> 3463 (+370 %)", made visible. */
void listing_quickfix(struct buf *buf, const struct change *change);

/* Adds "+370 %", "-12 %", or "new" where there was nothing before. */
void listing_percent(struct buf *buf, const struct change *change);

#endif
