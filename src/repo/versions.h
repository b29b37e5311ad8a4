/* SPDX-License-Identifier: MIT */
#ifndef REPO_VERSIONS_H
#define REPO_VERSIONS_H

/*
 * Versions of files as texts, by the ids of their blobs. Each is read once and
 * kept.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "compare/text.h"
#include "repo/git.h"

struct versions;

/* Of the blobs at most bytes_most are read in all. NULL with err set. The git
 * must outlive it. */
struct versions *versions_open(const struct git *git, uint64_t bytes_most,
    struct err *err);
void versions_close(struct versions *versions); /* NULL is allowed */

/*
 * The text of a blob; no lines for an empty id, that of a file which is not
 * there. Returns 1 with *text set, which is the versions' own; 0 where there is
 * no text: the blob is missing, binary, too large, or reading it would be more
 * than may be read in all; or -1 with err set: git failed.
 */
int versions_text(struct versions *versions, struct slice id,
    const struct text **text, struct err *err) CHECKED;

/* The bytes of a blob, not kept: valid until the next call with this versions.
 * Returns as versions_text() does. */
int versions_bytes(struct versions *versions, struct slice id,
    struct slice *bytes, struct err *err) CHECKED;

/* Lets all texts go, if they take more than bytes of memory: so that what is
 * kept remains bounded. */
void versions_trim(struct versions *versions, uint64_t bytes);

#endif
