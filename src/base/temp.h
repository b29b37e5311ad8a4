/* SPDX-License-Identifier: MIT */
#ifndef BASE_TEMP_H
#define BASE_TEMP_H

/*
 * Temporary files without a name: gone when they are closed, whatever kills
 * the program, readable by nobody else. They lie in TMPDIR, else /var/tmp
 * (where spilled gigabytes belong, /tmp being memory on many machines).
 */

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/slice.h"

/* A descriptor for reading and writing, or -1 with err set. */
int temp_open(struct err *err) CHECKED;

/* Writes all of bytes at an offset. Returns 0, or -1 with err set ("temporary
 * file in DIR: No space left on device"). */
int temp_write(int fd, struct slice bytes, off_t offset,
    struct err *err) CHECKED;

/* Reads up to room bytes from an offset: how many, 0 at the end, -1 with err
 * set. */
ssize_t temp_read(int fd, char *into, size_t room, off_t offset,
    struct err *err) CHECKED;

/* Gives the room of bytes that are read no more back to the disk, where the
 * file system can do that; else they stay until the file is closed. */
void temp_forget(int fd, off_t begin, off_t end);

#endif
