/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_ELEMENT_H
#define COMPARE_ELEMENT_H

/*
 * The elements of a level: which file, directory, operation ... a change is
 * part of. Pure: no I/O.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"
#include "compare/level.h"

/* Replaces what is in key by bytes that are equal for changes of one element,
 * and different for others. False where it is part of none: a row without a
 * file has no directory, one without a function no function. */
bool element_key(struct buf *key, enum level_kind kind,
    const struct change *change);

/* Of a directory ("." for files without one) or a kind its name; else empty. */
struct slice element_name(enum level_kind kind, const struct change *change);

#endif
