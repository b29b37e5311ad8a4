/* SPDX-License-Identifier: MIT */
#ifndef RECORD_SOURCEPATH_H
#define RECORD_SOURCEPATH_H

/*
 * The path of a source file, from what debug information says: a directory in
 * which it was compiled, and a file seen from there. "//", "./" and "a/../" are
 * taken out of it, by their letters alone: nothing is looked up, since the
 * sources are seldom where the program runs. Pure, but for memory.
 */

#include "base/buf.h"

/*
 * Makes the path, with a NUL behind its end that is not counted; directory may
 * be NULL. Returns how many bytes of it are the directory and a "/": what is
 * behind them is the file as the compiler was told it. 0 when the file does not
 * lie below the directory.
 */
size_t sourcepath_join(struct buf *path, const char *directory,
    const char *file);

#endif
