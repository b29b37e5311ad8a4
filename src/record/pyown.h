/* SPDX-License-Identifier: MIT */
#ifndef RECORD_PYOWN_H
#define RECORD_PYOWN_H

/*
 * Whether source files are the program's own (record/skip.h), remembered: a
 * stack has dozens of frames, and each is asked for at each statement. Answers
 * go by the path's bytes. Without a lock: a place is written once, by one
 * thread, and only read from then on; where all places that a path may take are
 * taken, or it is long, the patterns are asked each time.
 */

#include <stdbool.h>

#include "base/slice.h"
#include "record/skip.h"

/* The path has a NUL behind it. skip is the same at each call. */
bool pyown_file(const struct skip *skip, struct slice path);

#endif
