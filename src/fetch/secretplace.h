/* SPDX-License-Identifier: MIT */
#ifndef FETCH_SECRETPLACE_H
#define FETCH_SECRETPLACE_H

/*
 * The places that secrets come from: what secret.h looks through. What is read
 * is added to a buffer of the caller, who wipes it with secret_wipe(). Errors
 * name the place, never what stands there.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/* Overwrites and frees. */
void secret_wipe(struct buf *buf);

/* The systemd credential of that name in folder (NULL: there are none),
 * without one line end at its end. The folder is trusted: only systemd writes
 * there. 1: read; 0: there is none; -1 with err set. */
int secret_read_credential(const char *folder, const char *name,
    struct buf *value, struct err *err) CHECKED;

/* Takes a variable out of the environment, overwriting it. False when it is
 * not set. */
bool secret_take_variable(const char *name, struct buf *value);

/* All of a file of secrets: a regular file of ours or of root's which others
 * may not use, of at most 256 KiB. -1 with err set, "PATH: why". */
int secret_read_file(const char *path, struct buf *text,
    struct err *err) CHECKED;

/* The same of the file that is used when none is named: the user's, else the
 * machine's; where neither is there, text stays empty. *path is the caller's
 * to free, also after an error; NULL where there is no file. */
int secret_read_default_file(char **path, struct buf *text,
    struct err *err) CHECKED;

#endif
