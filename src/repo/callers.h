/* SPDX-License-Identifier: MIT */
#ifndef REPO_CALLERS_H
#define REPO_CALLERS_H

/*
 * Whether lines that name a function were added or removed. Each version of a
 * file is read once, and of its lines that hold a name only the sum of their
 * hashes is kept: sums that differ are lines that differ.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "repo/changes.h"
#include "repo/versions.h"

enum { CALLERS_MOST = 32 };

struct callers;

/* At most CALLERS_MOST names, borrowed, as is versions. Those that say nothing,
 * being short or such as many functions have, are found in no line. */
struct callers *callers_new(struct versions *versions,
    const struct slice *names, size_t count);
void callers_free(struct callers *callers); /* NULL is allowed */

/* A bit for each name whose lines a change of a file touched. Returns 0, or -1
 * with err set: git failed. What cannot be read was not touched. */
int callers_touched(struct callers *callers, const struct changes_file *file,
    uint32_t *names, struct err *err) CHECKED;

/* Of all files that were looked at so many hold the name that it says nothing.
 * To be asked when all were looked at. */
bool callers_is_common(const struct callers *callers, size_t name);

#endif
