/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/harmless.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

/* What git's manual says of each is in git(1) and git-config(1); the index is a
 * file that cannot be, and an empty askpass asks nobody. */
static const char *const variables[] = {
	"LC_ALL=C",
	"GIT_ALLOW_PROTOCOL=none",
	"GIT_ASKPASS=",
	"GIT_ATTR_NOSYSTEM=1",
	"GIT_IMPLICIT_WORK_TREE=0",
	"GIT_INDEX_FILE=/proc/self/none",
	"GIT_NO_LAZY_FETCH=1",
	"GIT_NO_REPLACE_OBJECTS=1",
	"GIT_OPTIONAL_LOCKS=0",
	"GIT_TERMINAL_PROMPT=0",
	NULL,
};

/* Blobs larger than the threshold are given out in pieces, so that git needs
 * little memory for them too. Where several objects' ids begin like one that
 * was cut short, the commit is meant. */
static const char *const settings[] = {
	"core.attributesFile=/dev/null",
	"core.bigFileThreshold=16m",
	"core.disambiguate=committish",
	"core.fsmonitor=false",
	"core.hooksPath=/dev/null",
	NULL,
};

/* Strings that end with NULL, and are not ours. */
struct strings {
	const char **ptr;
	size_t len;
	size_t room;
};

static void
add(struct strings *strings, const char *string)
{
	xgrow(&strings->ptr, &strings->room, strings->len + 1,
	    sizeof(*strings->ptr));
	strings->ptr[strings->len++] = string;
}

static void
add_all(struct strings *strings, const char *const *more)
{
	for (; *more != NULL; more++)
		add(strings, *more);
}

static struct strings
environment(void)
{
	struct strings all = { 0 };

	add_all(&all, variables);
	for (size_t i = 0; environ[i] != NULL; i++)
		if (strncmp(environ[i], "GIT_", 4) != 0 &&
		    strncmp(environ[i], "LC_ALL=", 7) != 0)
			add(&all, environ[i]);
	add(&all, NULL);
	return all;
}

/* Until it is known where the repository is, git looks for it, and refuses
 * those of others: naming it leaves that out. */
static struct strings
command(const struct git *git, const char *const *arguments)
{
	struct strings all = { 0 };

	add(&all, "git");
	add(&all, "--no-pager");
	add(&all, git->git_dir == NULL ? "-C" : "--git-dir");
	add(&all, git->git_dir == NULL ? git->dir : git->git_dir);
	for (size_t i = 0; settings[i] != NULL; i++) {
		add(&all, "-c");
		add(&all, settings[i]);
	}
	add_all(&all, arguments);
	add(&all, NULL);
	return all;
}

int
harmless_start(struct child *child, const struct git *git,
    const char *const *arguments, int input, struct err *err)
{
	struct strings all = command(git, arguments);
	struct strings variable = environment();
	int status = child_start(child, all.ptr, variable.ptr, input,
	    git->silence, err);

	free(all.ptr);
	free(variable.ptr);
	return status;
}
