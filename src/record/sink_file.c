/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/sink_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"

/* A FIFO that nobody reads is ENXIO; for a file O_NONBLOCK means nothing. */
static int
open_log(struct sink_stream *stream, const char *path, int64_t deadline)
{
	int fd, error;

	do
		fd = open(path,
		    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY |
			O_NONBLOCK,
		    0666);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return errno;
	error = sink_stream_open(stream, fd, deadline);
	if (error != 0)
		(void)close(fd);
	return error;
}

/* False where it can't be had. */
static bool
lock(const struct sink_stream *stream)
{
	int64_t nap = SINK_NAP;

	if (!S_ISREG(stream->st.st_mode))
		return false;
	while (flock(stream->fd, LOCK_EX | LOCK_NB) != 0)
		if ((errno != EWOULDBLOCK && errno != EINTR) ||
		    !sink_nap(&nap, stream->deadline))
			return false;
	return true;
}

/* Not by closing alone: a child that was forked meanwhile has a copy of the
 * descriptor, and would keep the lock. */
static void
close_log(const struct sink_stream *stream, bool is_locked)
{
	if (is_locked)
		(void)flock(stream->fd, LOCK_UN);
	sink_stream_close(stream);
}

/* Whether it was not renamed or removed while the lock was waited for. */
static bool
is_in_place(const struct sink_stream *stream, const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == stream->st.st_dev &&
	    st.st_ino == stream->st.st_ino;
}

static int
open_locked(struct sink_stream *stream, const char *path, int64_t deadline,
    bool *is_locked)
{
	for (;;) {
		int error = open_log(stream, path, deadline);

		if (error != 0)
			return error;
		*is_locked = lock(stream);
		if (!*is_locked || is_in_place(stream, path) ||
		    clock_now() >= deadline)
			return 0;
		close_log(stream, *is_locked);
	}
}

/* Takes back the last n bytes that were written here, behind which the position
 * is; not where a program that takes no lock has written more. */
static bool
take_back(const struct sink_stream *stream, size_t n)
{
	off_t end = lseek(stream->fd, 0, SEEK_CUR);
	struct stat st;

	return end >= (off_t)n && fstat(stream->fd, &st) == 0 &&
	    st.st_size == end && ftruncate(stream->fd, end - (off_t)n) == 0;
}

size_t
sink_file_write(struct sink *sink, struct slice lines, int64_t deadline,
    int *error)
{
	struct sink_stream stream = { .fd = -1 };
	bool is_locked = false;
	size_t done;

	*error = open_locked(&stream, sink->path, deadline, &is_locked);
	if (*error != 0)
		return 0;
	done = sink_stream_write(&stream, lines, &sink->torn, error);
	if (is_locked && sink->torn > 0 && take_back(&stream, sink->torn))
		sink->torn = 0;
	close_log(&stream, is_locked);
	return done;
}
