/* SPDX-License-Identifier: MIT */
#ifndef BASE_OUTPUT_H
#define BASE_OUTPUT_H

/*
 * Where results go: standard output, or a file that is whole or untouched. A
 * regular or new file is written beside its place under a name of its own
 * (".NAME.tallyman-XXXXXX", mode and, where allowed, owner of the old file,
 * else 0666 less the umask), synced, and renamed over it by output_commit();
 * its directory is synced too. A symbolic link is followed: its target is
 * replaced. What is no regular file (/dev/full, a FIFO) is written in place.
 *
 * Errors stick: the first one is told by output_commit() at the latest, so
 * the output_add family need not be checked.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct output;

/* path NULL or "-": standard output. NULL with err set when the file cannot
 * be made. */
struct output *output_open(const char *path, struct err *err);

/* The same of a file that holds a secret: its owner alone may read it, mode
 * 0600 (less the umask), whatever the mode of the old one was. */
struct output *output_open_private(const char *path, struct err *err);

/* Into a byte string, which must outlive it; all is there after
 * output_commit(). */
struct output *output_open_buffer(struct buf *into);

/* Adds bytes; buffered. */
void output_add(struct output *output, struct slice bytes);
void output_str(struct output *output, const char *string);
void output_format(struct output *output, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Whether a write has failed already, so that a long job may stop early. */
bool output_failed(const struct output *output);

/* Whether it goes to a terminal. */
bool output_is_terminal(const struct output *output);

/* Flushes, syncs and renames; frees the output either way. Returns 0, or -1
 * with err set ("PATH: why") and an existing file untouched. */
int output_commit(struct output *output, struct err *err) CHECKED;

/* Throws away what was written and frees the output; NULL is allowed. */
void output_discard(struct output *output);

/* Removes the half-written files of all outputs that are still open; safe in
 * a signal handler. */
void output_discard_all(void);

#endif
