/* SPDX-License-Identifier: MIT */
#ifndef COMMITS_H
#define COMMITS_H

/*
 * A small git repository in the scratch folder (scratch.h), made commit by
 * commit:
 *
 *	if (!commits_begin())
 *		SKIP("there is no git");
 *	commits_write("a.py", "...");
 *	old = commits_add("begin");
 *	...
 *	scratch_remove();
 *
 * Dates are fixed, a minute apart; no configuration but the repository's own is
 * read.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "scratch.h"

static int commits_made;

/* Runs a command by the shell; false where it fails. */
static inline bool
commits_shell(const char *command)
{
	FILE *shell = popen(command, "w"); /* NOLINT(cert-env33-c) */

	return shell != NULL && pclose(shell) == 0;
}

/* Runs "git ARGUMENTS" in the repository, by the shell; false where it fails.
 */
__attribute__((format(printf, 1, 2))) static inline bool
commits_git(const char *format, ...)
{
	char arguments[1024];
	char *command;
	va_list list;
	bool is_done;

	va_start(list, format);
	(void)vsnprintf(arguments, sizeof(arguments), format, list);
	va_end(list);
	command =
	    xasprintf("cd %s && HOME=/nonexistent "
		      "GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE='%d +0000' "
		      "GIT_COMMITTER_DATE='%d +0000' git -c user.name=Ada "
		      "-c user.email=ada@example.org %s >git.out 2>&1",
		scratch_folder, 1370000000 + 60 * commits_made,
		1370000000 + 60 * commits_made, arguments);
	is_done = commits_shell(command);
	free(command);
	return is_done;
}

/* Makes the scratch folder a repository; false where there is no git. */
static inline bool
commits_begin(void)
{
	scratch_make();
	commits_made = 0;
	if (commits_git("init -q -b main"))
		return true;
	scratch_remove();
	return false;
}

/* Writes a file, in a folder that is made if need be. */
static inline void
commits_write(const char *path, const char *text)
{
	const char *slash = strchr(path, '/');

	if (slash != NULL) {
		char *folder = xmemdup(path, (size_t)(slash - path));

		(void)mkdir(scratch_path(folder), 0755);
		free(folder);
	}
	(void)scratch_write(path, slice_str(text));
}

/* Commits all that is there but git.out; returns the id, which the caller
 * frees. */
static inline char *
commits_add(const char *subject)
{
	commits_made++;
	scratch_need(commits_git("add -A -- . ':!git.out'") &&
		commits_git("commit -q --allow-empty -m '%s'", subject) &&
		commits_git("rev-parse HEAD"),
	    "git");
	return xmemdup(scratch_read(scratch_path("git.out")), 40);
}

#endif
