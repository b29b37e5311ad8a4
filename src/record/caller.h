/* SPDX-License-Identifier: MIT */
#ifndef RECORD_CALLER_H
#define RECORD_CALLER_H

/*
 * Whose call it is: the nearest frame of the program's own code. From C the
 * return address is it in most cases; else the stack is walked by its unwind
 * tables (_Unwind_Backtrace of libgcc), until a frame lies in a module of the
 * program's own or in a Python interpreter; then the Python frame is asked for.
 * Where no frame is the program's own, the nearest that is no client library's
 * is taken: a line too much tells more than none.
 *
 * Where the user has patterns to skip, the places of up to CALLER_MOST own
 * frames are kept, since only debug information tells their source files: the
 * flusher chooses the first that no pattern matches.
 */

#include <stdbool.h>

#include "record/call.h"
#include "record/counts.h"

enum { CALLER_MOST = 16, CALLER_TEXT = 8192 };

struct caller {
	enum counts_kind kind;
	struct slice site; /* as counts.h has it: of what stands below */
	struct counts_place places[CALLER_MOST];
	char text[CALLER_TEXT];
};

/* For one on the stack: compilers may be told to clear what nobody has set
 * (-ftrivial-auto-var-init), and here that costs more than all else. */
#if defined(__has_attribute) && __has_attribute(uninitialized)
#define CALLER_NOT_CLEARED __attribute__((uninitialized))
#else
#define CALLER_NOT_CLEARED
#endif

void caller_init(const struct skip *skip);

/* The quick way, for a call that its return address tells all about. */
bool caller_place(const struct call *call, struct counts_place *place);

/* False where nothing can be told: then it is lost. The struct is not cleared
 * first: it is large. */
bool caller_find(struct caller *caller, const struct call *call);

#endif
