/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/temp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

static const char *
temp_dir(void)
{
	const char *dir = getenv("TMPDIR");

	return dir != NULL && dir[0] != '\0' ? dir : "/var/tmp";
}

static int
fail(struct err *err)
{
	return err_errno(err, "temporary file in %s", temp_dir());
}

/* For file systems without O_TMPFILE: made, and its name taken away. */
static int
open_unlinked(void)
{
	char *path = xasprintf("%s/tallyman-XXXXXX", temp_dir());
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd >= 0)
		(void)unlink(path);
	free(path);
	return fd;
}

int
temp_open(struct err *err)
{
	int fd = open(temp_dir(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		fd = open_unlinked();
	return fd < 0 ? fail(err) : fd;
}

int
temp_write(int fd, struct slice bytes, off_t offset, struct err *err)
{
	while (bytes.len > 0) {
		ssize_t n = pwrite(fd, bytes.ptr, bytes.len, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(err);
		bytes = slice_from(bytes, (size_t)n);
		offset += n;
	}
	return 0;
}

ssize_t
temp_read(int fd, char *into, size_t room, off_t offset, struct err *err)
{
	ssize_t n;

	do
		n = pread(fd, into, room, offset);
	while (n < 0 && errno == EINTR);
	return n < 0 ? fail(err) : n;
}

void
temp_forget(int fd, off_t begin, off_t end)
{
	(void)fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, begin,
	    end - begin);
}
