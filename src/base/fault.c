/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/fault.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/slice.h"

#ifdef ENABLE_FAULTS

/* One write in append mode, so that the lines of several processes stay
 * whole. */
static void
list(const char *name)
{
	const char *path = getenv("FAULT_LIST");
	int fd;

	if (path == NULL)
		return;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	(void)dprintf(fd, "%s\n", name);
	(void)close(fd);
}

/* Whether FAULT is NAME:TIMES of this name. */
static bool
is_asked_for(const char *name, uint64_t *times)
{
	const char *fault = getenv("FAULT");
	struct slice rest;
	struct slice asked;

	if (fault == NULL)
		return false;
	rest = slice_str(fault);
	return slice_cut(&rest, ':', &asked) && slice_is(asked, name) &&
	    slice_number(rest, times) == 0;
}

void
fault_point(const char *name)
{
	static atomic_uint_fast64_t passed; /* the point that FAULT names */
	uint64_t times;

	list(name);
	if (is_asked_for(name, &times) &&
	    atomic_fetch_add(&passed, 1) + 1 == times)
		(void)kill(getpid(), SIGKILL);
}

#endif
