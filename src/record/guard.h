/* SPDX-License-Identifier: MIT */
#ifndef RECORD_GUARD_H
#define RECORD_GUARD_H

/*
 * Work that may run out of memory inside another program. base/alloc ends a
 * tallyman command then; a host must not end. So this folder is linked with a
 * msg_out_of_memory() of its own, which leaves the work at once (longjmp) and
 * goes on behind guard_run().
 *
 * What the work was changing stays as it was when memory failed: a buf keeps
 * its bytes, a table its entries. Work must hold no lock, and own nothing but
 * through its context, else it is never freed.
 */

#include <stdbool.h>

/* Does work(context). False when memory ran out in it. They may be nested. */
bool guard_run(void (*work)(void *context), void *context);

#endif
