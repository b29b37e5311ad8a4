/* SPDX-License-Identifier: MIT */
#ifndef RECORD_LOCATE_H
#define RECORD_LOCATE_H

/*
 * From places in machine code to lines of source, on the flusher alone. The
 * work is done by elfutils (record/dwarf.h), which is loaded when the first
 * place is asked for: a process that counts nothing never pays for it. Answers
 * are kept for each place.
 *
 * A place is a return address; the line is that of the call, one byte before.
 *
 * The debug information of the program's own modules is read from the module's
 * file or from where distributions put it aside (/usr/lib/debug), never from
 * the network. The file must be the one that was loaded: its build id is
 * compared. What can't be resolved is "(app+0x1a2b)" with line 0, and the
 * function of the symbol table where that has one. Libraries, which are asked
 * for only where no frame is the program's own, are not resolved.
 */

#include <stdbool.h>

#include "base/slice.h"
#include "record/counts.h"
#include "record/skip.h"

struct located {
	struct slice file; /* below the root; else relative to where it was
			      compiled, if below it; else absolute */
	unsigned line;
	struct slice function; /* may be empty; of C++ Class::function */
};

struct dwarf_functions;

struct locate; /* what is known */

/* May run out of memory (record/guard.h), as all here. *skip is kept. A forked
 * child makes a new one where the parent's may be half changed. */
struct locate *locate_new(const struct skip *skip);
void locate_free(struct locate *locate);

/* Takes these instead of loading dwarf.so: for tests, which are linked with
 * them. */
void locate_use(struct locate *locate, const struct dwarf_functions *functions);

/*
 * The site of a call: of the places, and of the functions that were inlined
 * into each, the first that no pattern of *skip matches; where all are matched,
 * the very first. count is at least 1. Valid as long as *locate.
 */
struct located locate_site(struct locate *locate,
    const struct counts_place *places, size_t count);

/* Around fork(2), in the thread that forks: it waits, a second at most, while
 * dwarf.so is being loaded, which would be half there in the child. Before the
 * other locks. */
void locate_before_fork(void);
void locate_after_fork(void);

#endif
