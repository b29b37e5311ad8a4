/* SPDX-License-Identifier: MIT */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

/*
 * An input: the decoded bytes of a file or of standard input. Of plain regular
 * files any part can be read, by several threads at once; everything else is a
 * stream: pipes, devices, files that say they are empty (as in /proc), and
 * gzip, zstd, bzip2 and xz, told by their first bytes, never by their names,
 * several members one behind the other included.
 *
 * Files are read in pieces and not mapped: a piece that stays in the cache of
 * its processor costs less than the page faults of a mapping do
 * (ARCHITECTURE.md has the figures), and a file that another process cuts ends
 * early instead of raising SIGBUS.
 *
 * Damaged input loses nothing that was good: the bytes before the damage are
 * given first, then -1 with the reason. (Of gzip up to 258 bytes before it may
 * be held back, since ISA-L cannot tell that they are good.)
 *
 * A source belongs to one thread at a time, but for source_read_at().
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/err.h"
#include "base/slice.h"

struct source;

/* Opens path; "-" is standard input. NULL with err set ("PATH: why") when it
 * cannot be opened or is a directory. */
struct source *source_open(const char *path, struct err *err);
void source_close(struct source *source); /* NULL is allowed */

/* The same of a regular file that is open already, from its beginning. fd stays
 * the caller's, who keeps it open as long as the source and reads nothing from
 * it meanwhile but by pread(2). Where it is plain it can seek, be it empty.
 * name is for messages. */
struct source *source_open_fd(int fd, const char *name, struct err *err);

/*
 * Passes over the next n decoded bytes, before anything else was asked of the
 * source: from then on it is as if it began there, offsets and the size of
 * source_can_seek() too. Returns 0, or -1 with err set when they cannot be had
 * ("PATH: ends before byte 1000"). A file that can seek is not read for it.
 */
int source_skip(struct source *source, uint64_t n, struct err *err) CHECKED;

/* The same of bytes in memory, which must outlive it. Its name is "memory". */
struct source *source_open_memory(struct slice bytes, struct err *err);

/* "plain", "gzip", "zstd", "bzip2" or "xz". */
const char *source_format(const struct source *source);

/* When it was last modified; 0 where that is not known (a pipe). */
time_t source_mtime(const struct source *source);

/* Whether any part of it can be read, and then how many bytes there are: what
 * the file grows by from now on is not counted, nor read. */
bool source_can_seek(const struct source *source, uint64_t *size);

/*
 * Reads the bytes at an offset, of a source that can seek; any number of
 * threads may at once. Returns how many, up to room: less only at the end, be
 * it that the file was cut meanwhile; -1 with err set ("PATH: why").
 */
ssize_t source_read_at(struct source *source, uint64_t offset, char *into,
    size_t room, struct err *err) CHECKED;

/*
 * Decodes ahead until n bytes or the end are there and shows them without
 * taking them: what source_read() will give next. Valid until the next call.
 * Damage met on the way is not told here but by source_read() in its place.
 */
struct slice source_peek(struct source *source, size_t n);

/*
 * The next decoded bytes, from the beginning: how many, up to room; 0 at the
 * end; -1 with err set ("PATH: why") when the rest cannot be had. After -1 or 0
 * it keeps saying so.
 */
ssize_t source_read(struct source *source, char *into, size_t room,
    struct err *err) CHECKED;

/* How many bytes of the file itself (encoded) were read so far, and how many
 * there are in all (0 where not known): for progress. */
void source_progress(const struct source *source, off_t *done, off_t *all);

/* Whether a file that can seek became shorter while it was open (asked for at
 * the end of reading it). Streams: false. */
bool source_was_cut(struct source *source);

#endif
