/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/secretplace.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

enum { FILE_MOST = 256 * 1024 };

void
secret_wipe(struct buf *buf)
{
	if (buf->ptr != NULL)
		explicit_bzero(buf->ptr, buf->room);
	buf_release(buf);
}

/* O_NONBLOCK, so that a FIFO does not keep us waiting. */
static int
open_file(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

/* In one buffer from the start: one that grows leaves copies behind. */
static int
read_whole(int fd, struct buf *text, struct err *err)
{
	struct stat about;
	ssize_t n;

	if (fstat(fd, &about) == 0 && !S_ISREG(about.st_mode))
		return err_set(err, "not a regular file");
	(void)buf_reserve(text, FILE_MOST + 1);
	do {
		n = read(fd, text->ptr + text->len, FILE_MOST + 1 - text->len);
		text->len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	if (n < 0)
		return err_errno(err, "cannot be read");
	if (text->len > FILE_MOST)
		return err_set(err, "longer than 256 KiB");
	return 0;
}

int
secret_read_credential(const char *folder, const char *name, struct buf *value,
    struct err *err)
{
	char *path;
	int status;
	int fd;

	if (folder == NULL)
		return 0;
	path = xasprintf("%s/%s", folder, name);
	fd = open_file(path);
	free(path);
	if (fd < 0)
		return errno == ENOENT ? 0 : err_errno(err, "credential");
	status = read_whole(fd, value, err);
	(void)close(fd);
	if (status != 0)
		return err_wrap(err, "credential");
	if (slice_ends(buf_slice(value), "\n"))
		value->len--;
	if (slice_ends(buf_slice(value), "\r"))
		value->len--;
	return 1;
}

/* The bytes lie where exec(2) put them, which is what /proc/PID/environ
 * shows. A name may stand there twice: the first counts, as for getenv(3). */
bool
secret_take_variable(const char *name, struct buf *value)
{
	size_t len = strlen(name);
	bool taken = false;

	for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
		char *text = *entry;

		if (strncmp(text, name, len) != 0 || text[len] != '=')
			continue;
		text += len + 1;
		if (!taken)
			buf_add_str(value, text);
		taken = true;
		explicit_bzero(text, strlen(text));
	}
	if (taken)
		(void)unsetenv(name);
	return taken;
}

/* Whether nobody else may read the file, or could have written it. */
static int
check_private(int fd, struct err *err)
{
	struct stat about;

	if (fstat(fd, &about) != 0)
		return err_errno(err, "cannot be read");
	if (about.st_uid != geteuid() && about.st_uid != 0)
		return err_set(err, "belongs to another user");
	if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_set(err,
		    "others than its owner may use it (mode %04o): "
		    "chmod 600 it",
		    (unsigned)about.st_mode & 07777);
	return 0;
}

static int
read_private(int fd, const char *path, struct buf *text, struct err *err)
{
	int status = check_private(fd, err);

	if (status == 0)
		status = read_whole(fd, text, err);
	(void)close(fd);
	return status == 0 ? 0 : err_wrap(err, "%s", path);
}

int
secret_read_file(const char *path, struct buf *text, struct err *err)
{
	int fd = open_file(path);

	if (fd < 0)
		return err_errno(err, "%s", path);
	return read_private(fd, path, text, err);
}

/* NULL where no folder of the user is known. */
static char *
user_path(void)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (config != NULL && config[0] == '/')
		return xasprintf("%s/tallyman/secrets", config);
	if (home != NULL && home[0] == '/')
		return xasprintf("%s/.config/tallyman/secrets", home);
	return NULL;
}

static bool
is_missing(int error)
{
	return error == ENOENT || error == ENOTDIR;
}

int
secret_read_default_file(char **path, struct buf *text, struct err *err)
{
	int fd = -1;

	*path = user_path();
	if (*path != NULL)
		fd = open_file(*path);
	if (fd < 0 && (*path == NULL || is_missing(errno))) {
		free(*path);
		*path = xstrdup("/etc/tallyman/secrets");
		fd = open_file(*path);
	}
	if (fd >= 0)
		return read_private(fd, *path, text, err);
	if (!is_missing(errno))
		return err_errno(err, "%s", *path);
	free(*path);
	*path = NULL;
	return 0;
}
