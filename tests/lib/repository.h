/* SPDX-License-Identifier: MIT */
#ifndef REPOSITORY_H
#define REPOSITORY_H

/*
 * Repositories for tests, made by scripts in the scratch folder. Nobody's
 * configuration counts, authors and times are fixed. A test that needs one
 * begins with REPOSITORY_NEEDED, and ends with scratch_remove().
 */

#include "scratch.h"

/* Makes the scratch folder, or skips the test where there is no git. */
#define REPOSITORY_NEEDED                             \
	do {                                          \
		if (!repository_begin())              \
			SKIP("git is not installed"); \
	} while (0)

/* A copy of PATH, which the caller frees. */
static inline char *
repository_path(void)
{
	const char *path = getenv("PATH");

	return strdup(path == NULL ? "/usr/bin:/bin" : path);
}

/* Whether a shell's command succeeds. */
static inline bool
repository_does(const char *command)
{
	FILE *shell = popen(command, "w"); /* NOLINT(cert-env33-c) */

	return shell != NULL && pclose(shell) == 0;
}

/* Runs a shell's script in the scratch folder; it must succeed. */
static inline void
repository_run(const char *script)
{
	char *command = NULL;

	scratch_need(asprintf(&command, "cd '%s' && set -e\n%s", scratch_folder,
			 script) > 0,
	    "asprintf");
	if (!repository_does(command)) {
		printf("# failed: %s\n", script);
		abort();
	}
	free(command);
}

static inline bool
repository_begin(void)
{
	if (!repository_does("git version >/dev/null 2>&1"))
		return false;
	scratch_make();
	(void)setenv("HOME", scratch_folder, 1);
	(void)setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	(void)setenv("GIT_AUTHOR_NAME", "A U Thor", 1);
	(void)setenv("GIT_AUTHOR_EMAIL", "author@example.com", 1);
	(void)setenv("GIT_AUTHOR_DATE", "1617600000 +0000", 1);
	(void)setenv("GIT_COMMITTER_NAME", "C O Mitter", 1);
	(void)setenv("GIT_COMMITTER_EMAIL", "committer@example.com", 1);
	(void)setenv("GIT_COMMITTER_DATE", "1617600000 +0000", 1);
	(void)unsetenv("XDG_CONFIG_HOME");
	repository_run("git config --global init.defaultBranch main");
	return true;
}

#endif
