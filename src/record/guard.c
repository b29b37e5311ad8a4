/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/guard.h"

#include <assert.h>
#include <setjmp.h>
#include <stddef.h>

/* In place of base/msg's, which prints and exits. */
_Noreturn void msg_out_of_memory(void);

/* Of the work that the calling thread does; NULL: none. */
static _Thread_local jmp_buf *innermost
    __attribute__((tls_model("initial-exec")));

bool
guard_run(void (*work)(void *context), void *context)
{
	jmp_buf *const outer = innermost;
	jmp_buf here;

	if (setjmp(here) != 0) {
		innermost = outer;
		return false;
	}
	innermost = &here;
	work(context);
	innermost = outer;
	return true;
}

_Noreturn void
msg_out_of_memory(void)
{
	assert(innermost != NULL);
	longjmp(*innermost, 1);
}
