/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/hook.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "fetch/command.h"

int
hook_run(const char *const *command, const char *job, int exit_status,
    struct slice summary, int64_t timeout, struct err *err)
{
	char *name = xasprintf("TALLYMAN_JOB=%s", job);
	char *status = xasprintf("TALLYMAN_STATUS=%d", exit_status);
	const char *const more[] = { name, status, NULL };
	int result = command_run(command, summary, more, timeout, 0, NULL, err);

	free(name);
	free(status);
	return result == 0 ? 0 : err_wrap(err, "hook %s", command[0]);
}
