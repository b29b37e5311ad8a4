/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/signame.h"

#include <signal.h>
#include <stddef.h>

#include "base/slice.h"

bool
signame_is_handled(int number)
{
	sigset_t set;

	if (number == SIGKILL || number == SIGSTOP)
		return false;
	(void)sigemptyset(&set);
	return sigaddset(&set, number) == 0;
}

static int
find_name(struct slice name)
{
	if (slice_starts(name, "SIG"))
		name = slice_from(name, 3);
	for (int number = 1; number < NSIG; number++) {
		const char *known = sigabbrev_np(number);

		if (known != NULL && slice_is(name, known))
			return number;
	}
	return 0;
}

int
signame_read(const char *name)
{
	struct slice text = slice_str(name);
	uint64_t digits;
	int number;

	if (slice_number(text, &digits) == 0)
		number = digits < NSIG ? (int)digits : 0;
	else
		number = find_name(text);
	return signame_is_handled(number) ? number : 0;
}
