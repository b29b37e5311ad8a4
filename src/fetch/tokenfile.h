/* SPDX-License-Identifier: MIT */
#ifndef FETCH_TOKENFILE_H
#define FETCH_TOKENFILE_H

/*
 * A refresh token that an authorisation server gave in place of the one in the
 * job (RFC 6749, section 6) is kept beside the job's store, mode 0600: the next
 * run needs it, since the old one may be void. The one secret that the program
 * writes down.
 *
 * The file has two lines: a hash of the token of the job that it replaces, so
 * that a job with a new token of its own is not given the old chain's, and the
 * token.
 */

#include "base/buf.h"
#include "base/err.h"

/* 1: adds the token that replaces old to token; 0: there is none; -1 with err
 * set: the file cannot be read, or may be read by others. */
int tokenfile_load(const char *path, const char *old, struct buf *token,
    struct err *err) CHECKED;

/* Writes it beside its place, syncs, and renames. -1 with err set, and the old
 * file is as it was. */
int tokenfile_save(const char *path, const char *old, const char *token,
    struct err *err) CHECKED;

/* Overwrites and releases a buffer that held a token. */
void tokenfile_wipe(struct buf *token);

#endif
