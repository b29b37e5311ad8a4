/* SPDX-License-Identifier: MIT */
#ifndef RECORD_PYTHON_H
#define RECORD_PYTHON_H

/*
 * The Python code that a thread runs (CPython 3.9 and later): file, function
 * and line of the nearest frame that is the program's own.
 *
 * A driver lets go of the interpreter lock (GIL) before it calls its client
 * library, and taking it again beside a busy thread costs milliseconds. But the
 * frames of the calling thread stand still while it is in here, and hold all
 * that they point to; so they are read without the lock, by the layouts of
 * versions 3.9 to 3.13 (pylayout.h). A layout is trusted only when, once in a
 * process, it has told the same as the interpreter's own functions, asked with
 * the lock held; memory is read by process_vm_readv(2) until then, which can't
 * crash. Where it is not trusted, the interpreter is asked each time.
 *
 * Nothing is told of an interpreter that is finalising, in a thread that Python
 * does not know, nor of code that runs in a sub-interpreter (the lock of these
 * can't be taken safely): where a process has any, the main one is read if it
 * was trusted before, and else not asked.
 */

#include <stdbool.h>

#include "base/slice.h"
#include "record/skip.h"

/* Looks whether the process has an interpreter; cheap when asked again. */
bool python_is_there(void);

/*
 * Writes "file NUL function NUL line" into the room. Where no frame is the
 * program's own, the nearest. Returns the length; 0 when there is no frame, or
 * it can't be told. Paths are shortened (skip_shorten()); names that are too
 * long for the room are cut.
 */
size_t python_caller(const struct skip *skip, char *room, size_t size);

#endif
