/* SPDX-License-Identifier: MIT */
#ifndef REPO_BLOBS_H
#define REPO_BLOBS_H

/*
 * Contents of files by their ids, through one `git cat-file --batch` that
 * stays.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "repo/git.h"

struct blobs;

/* Starts it. NULL with err set. The git must outlive it. */
struct blobs *blobs_open(const struct git *git, struct err *err);
void blobs_close(struct blobs *blobs); /* NULL is allowed */

enum blobs_found {
	BLOBS_ERROR = -1, /* git failed: err is set, and blobs are of no use */
	BLOBS_MISSING,    /* no such object, or no blob, or it is damaged */
	BLOBS_TOO_LARGE,  /* more than max bytes: passed over */
	BLOBS_READ
};

/* Replaces what is in buf by the blob of this id. */
enum blobs_found blobs_read(struct blobs *blobs, struct slice id, size_t max,
    struct buf *buf, struct err *err) CHECKED;

#endif
