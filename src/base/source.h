/* SPDX-License-Identifier: MIT */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

/*
 * An input: the decoded bytes of a file or of standard input. Plain regular
 * files are mapped whole; everything else is a stream: pipes, devices, files
 * that say they are empty (as in /proc), and gzip, zstd, bzip2 and xz, told
 * by their first bytes, never by their names, several members one behind the
 * other included.
 *
 * Damaged input loses nothing that was good: the bytes before the damage are
 * given first, then -1 with the reason. (Of gzip up to 258 bytes before it may
 * be held back, since ISA-L cannot tell that they are good.) A mapped file that
 * another process cuts while it is read does not kill the reader: the missing
 * pages read as zero bytes and source_was_cut() says so.
 *
 * A source belongs to one thread at a time, but a mapping may be read by many.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include "base/err.h"
#include "base/slice.h"

struct source;

/* Opens path; "-" is standard input. NULL with err set ("PATH: why") when it
 * cannot be opened or is a directory. */
struct source *source_open(const char *path, struct err *err);
void source_close(struct source *source); /* NULL is allowed */

/* The same of bytes in memory, which must outlive it; plain bytes are as
 * mapped. Its name is "memory". */
struct source *source_open_memory(struct slice bytes, struct err *err);

/* "plain", "gzip", "zstd", "bzip2" or "xz". */
const char *source_format(const struct source *source);

/* When it was last modified; 0 where that is not known (a pipe). */
time_t source_mtime(const struct source *source);

/* Whether it is mapped, and then all its bytes, valid until source_close(). */
bool source_is_mapped(const struct source *source, struct slice *all);

/*
 * Decodes ahead until n bytes or the end are there and shows them without
 * taking them: what source_read() will give next. Valid until the next call.
 * Damage met on the way is not told here but by source_read() in its place.
 */
struct slice source_peek(struct source *source, size_t n);

/*
 * The next decoded bytes of a stream (or of a mapping, copied): how many, up
 * to room; 0 at the end; -1 with err set ("PATH: why") when the rest cannot
 * be had. After -1 or 0 it keeps saying so.
 */
ssize_t source_read(struct source *source, char *into, size_t room,
    struct err *err) CHECKED;

/* How many bytes of the file itself (encoded) were read so far, and how many
 * there are in all (0 where not known): for progress. */
void source_progress(const struct source *source, off_t *done, off_t *all);

/* Whether the mapped file became shorter while it was open (asked for at the
 * end of reading it). Streams: false. */
bool source_was_cut(struct source *source);

#endif
