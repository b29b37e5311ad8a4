/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/folder.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"

enum { STEP_MS = 50 }; /* between two tries for a lock */

/* An environment variable; NULL where it is unset or empty. */
static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value == NULL || value[0] == '\0' ? NULL : value;
}

static char *
first_of_list(const char *list)
{
	struct slice rest = slice_str(list);
	struct slice first = { NULL, 0 };

	(void)slice_cut(&rest, ':', &first);
	return xmemdup(first.ptr, first.len);
}

/* The XDG base directory specification has a relative path ignored. */
static char *
users_folder(struct err *err)
{
	const char *state = variable("XDG_STATE_HOME");
	const char *home = variable("HOME");

	if (state != NULL && state[0] == '/')
		return xasprintf("%s/tallyman", state);
	if (home != NULL)
		return xasprintf("%s/.local/state/tallyman", home);
	err_set(err,
	    "no folder for the store: neither --db nor TALLYMAN_DB "
	    "is given, and HOME is not set");
	return NULL;
}

char *
folder_store(const char *option, struct err *err)
{
	const char *ours = variable("TALLYMAN_DB");
	const char *services = variable("STATE_DIRECTORY");

	if (option != NULL)
		return xstrdup(option);
	if (ours != NULL)
		return xstrdup(ours);
	if (services != NULL && services[0] != ':')
		return first_of_list(services);
	return users_folder(err);
}

static int
make_one(const char *path, struct err *err)
{
	struct stat st;

	if (mkdir(path, 0700) == 0)
		return 0;
	if (errno == EEXIST && stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return 0;
		errno = ENOTDIR;
	}
	return err_errno(err, "%s", path);
}

int
folder_make(const char *path, struct err *err)
{
	char *part = xstrdup(path);
	int status = 0;

	/* From the top down: cut behind each name in turn. */
	for (char *at = part; status == 0 && *at != '\0'; at++) {
		if (*at != '/' || at == part)
			continue;
		*at = '\0';
		status = make_one(part, err);
		*at = '/';
	}
	free(part);
	return status == 0 ? make_one(path, err) : -1;
}

/* 0, FOLDER_BUSY, or -1 with errno set. */
static int
wait_for_lock(int fd, int64_t wait)
{
	int64_t start = clock_now();

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return -1;
		if (wait >= 0 && clock_now() - start >= wait)
			return FOLDER_BUSY;
		if (poll(NULL, 0, STEP_MS) != 0)
			return FOLDER_BUSY; /* a signal */
	}
	return 0;
}

int
folder_lock(const char *path, int64_t wait, struct err *err)
{
	int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
	int fd = open(path, flags, 0600);
	int status;

	if (fd < 0)
		return err_errno(err, "%s", path);
	status = wait_for_lock(fd, wait);
	if (status == 0)
		return fd;
	if (status == -1)
		err_errno(err, "%s", path);
	(void)close(fd);
	return status;
}
