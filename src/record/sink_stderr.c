/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/sink_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/*
 * Opens a pipe or a terminal anew, so that O_NONBLOCK is not the host's too.
 * Not a file: its position is shared with the host's own lines. Fails where
 * /proc is not there, or what it is belongs to another user.
 */
static int
open_anew(int fd, mode_t mode)
{
	char path[32];

	if (!S_ISFIFO(mode) && !S_ISCHR(mode))
		return -1;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path,
	    O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

static int
open_stream(struct sink_stream *stream, const struct sink *sink,
    int64_t deadline)
{
	struct sink_stream anew;
	int error = sink_stream_open(stream, sink->fd, deadline);
	int fd;

	if (error != 0)
		return error;
	if (!sink_is_same(sink->fd, sink->dev, sink->ino))
		return EBADF;
	fd = open_anew(sink->fd, stream->st.st_mode);
	if (fd < 0)
		return 0;
	if (sink_stream_open(&anew, fd, deadline) == 0 &&
	    sink_is_same(fd, sink->dev, sink->ino))
		*stream = anew;
	else
		(void)close(fd);
	return 0;
}

size_t
sink_stderr_write(struct sink *sink, struct slice lines, int64_t deadline,
    int *error)
{
	struct sink_stream stream = { .fd = -1 };
	size_t done;

	*error = open_stream(&stream, sink, deadline);
	if (*error != 0)
		return 0;
	done = sink_stream_write(&stream, lines, &sink->torn, error);
	if (stream.fd != sink->fd)
		sink_stream_close(&stream);
	return done;
}
