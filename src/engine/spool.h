/* SPDX-License-Identifier: MIT */
#ifndef ENGINE_SPOOL_H
#define ENGINE_SPOOL_H

/*
 * The second output: parts that are written at the same time and given out in
 * the order in which they began. What is added to the first part is given when
 * 1 MiB of it has come, or it is whole. The others wait: up to 1 MiB of each
 * that is being written, and of all that are whole, in memory, the rest in one
 * temporary file.
 * The functions that take a struct spool may be called by any thread; a part
 * belongs to one.
 */

#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

struct spool;
struct spool_part;

/* give(context) gets the bytes in order, never by two threads at a time. */
struct spool *spool_new(void (*give)(void *context, struct slice bytes),
    void *context);

/* Frees it; gives up what was not given. */
void spool_free(struct spool *spool);

/* Begins the next part: the order is that of these calls. */
struct spool_part *spool_begin(struct spool *spool);

/* Adds to a part. Returns 0, or -1 with err set (the disk is full). */
int spool_add(struct spool_part *part, struct slice bytes,
    struct err *err) CHECKED;

/* The part is whole; gives it, and those that waited for it, when it is its
 * turn. Frees it at the right time. Returns 0, or -1 with err set. */
int spool_end(struct spool_part *part, struct err *err) CHECKED;

#endif
