/* SPDX-License-Identifier: MIT */
#ifndef RECORD_PREPARED_H
#define RECORD_PREPARED_H

/*
 * What prepared statements ask for: by connection and name in PostgreSQL, by
 * the handle alone (an empty name) in MySQL. Under one lock, held for a look-up
 * and no more. Bounded: beyond PREPARED_MOST statements the newest are not
 * kept, and their executions count as lost. Memory by malloc(3): what fails is
 * not kept.
 */

#include <stdbool.h>

#include "base/slice.h"
#include "record/asked.h"

enum { PREPARED_MOST = 1 << 16 };

/* Keeps a statement, in place of one of the same name. What it asks is copied.
 */
void prepared_add(const void *handle, const char *name,
    const struct asked *asked);

/* Copies what it asks into *asked, whose texts stay valid for good (they are
 * interned). False where the name is not known. */
bool prepared_find(const void *handle, const char *name, struct asked *asked);

/* Forgets one statement; all statements of a handle. */
void prepared_remove(const void *handle, const char *name);
void prepared_forget(const void *handle);

void prepared_before_fork(void);
void prepared_after_fork(void);

#endif
