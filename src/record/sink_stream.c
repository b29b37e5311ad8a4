/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/sink_inside.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

static const int64_t ns_per_second = 1000000000;
static const int64_t ns_per_ms = 1000000;
static const int64_t longest_nap = 64000000;

int
sink_wait(int fd, int64_t deadline)
{
	for (;;) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
		int64_t left = deadline - clock_now();
		int ready;

		left = left <= 0 ? 0 : (left - 1) / ns_per_ms + 1;
		ready = poll(&poll_fd, 1, left > INT_MAX ? INT_MAX : (int)left);
		if (ready > 0)
			return 0;
		if (ready == 0 && left <= INT_MAX)
			return ETIMEDOUT;
		if (ready < 0 && errno != EINTR)
			return errno;
	}
}

bool
sink_again(int error, int64_t *nap, int64_t deadline, int *left)
{
	*left = error;
	if (error == EINTR)
		return true;
	if (error != EAGAIN)
		return false;
	*left = ETIMEDOUT;
	return sink_nap(nap, deadline);
}

bool
sink_nap(int64_t *nap, int64_t deadline)
{
	int64_t left = deadline - clock_now();
	struct timespec time = { 0 };

	if (left <= 0)
		return false;
	if (left > *nap)
		left = *nap;
	time.tv_sec = left / ns_per_second;
	time.tv_nsec = left % ns_per_second;
	(void)nanosleep(&time, NULL);
	if (*nap < longest_nap)
		*nap *= 2;
	return true;
}

bool
sink_is_same(int fd, dev_t dev, ino_t ino)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

static bool
is_ours(const struct sink_stream *stream)
{
	return sink_is_same(stream->fd, stream->st.st_dev, stream->st.st_ino);
}

int
sink_stream_open(struct sink_stream *stream, int fd, int64_t deadline)
{
	stream->fd = fd;
	stream->deadline = deadline;
	return fstat(fd, &stream->st) == 0 ? 0 : errno;
}

void
sink_stream_close(const struct sink_stream *stream)
{
	if (is_ours(stream))
		(void)close(stream->fd);
}

/* How much is written at once: what a pipe takes whole or not at all; to a
 * file as much as there is. */
static size_t
most_at_once(const struct sink_stream *stream)
{
	return S_ISREG(stream->st.st_mode) ? SSIZE_MAX : PIPE_BUF;
}

static ssize_t
put_some(const struct sink_stream *stream, struct slice bytes)
{
	if (!is_ours(stream)) {
		errno = EBADF;
		return -1;
	}
	if (S_ISSOCK(stream->st.st_mode))
		return send(stream->fd, bytes.ptr, bytes.len,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
	return write(stream->fd, bytes.ptr, bytes.len);
}

/* Writes all, or as much as can be: returns how much. */
static size_t
put(const struct sink_stream *stream, struct slice bytes, int *error)
{
	size_t most = most_at_once(stream);
	int64_t nap = SINK_NAP;
	size_t done = 0;

	while (done < bytes.len) {
		ssize_t n;

		*error = sink_wait(stream->fd, stream->deadline);
		if (*error != 0)
			break;
		n = put_some(stream, slice_head(slice_from(bytes, done), most));
		if (n > 0)
			done += (size_t)n;
		else if (!sink_again(n == 0 ? EIO : errno, &nap,
			     stream->deadline, error))
			break;
	}
	return done;
}

/* Whole lines, as many as go at once; else the first, in parts. */
static struct slice
next_piece(struct slice lines, size_t most)
{
	const char *end = slice_rchr(slice_head(lines, most), '\n');

	if (end == NULL)
		end = slice_chr(lines, '\n');
	return end == NULL ? lines : slice_between(lines.ptr, end + 1);
}

/* How much of it ends at a line's end. */
static size_t
whole_lines(struct slice bytes)
{
	const char *end = slice_rchr(bytes, '\n');

	return end == NULL ? 0 : (size_t)(end - bytes.ptr) + 1;
}

size_t
sink_stream_write(const struct sink_stream *stream, struct slice lines,
    size_t *torn, int *error)
{
	static const struct slice line_end = SLICE("\n");
	size_t done = 0;

	if (*torn > 0 && put(stream, line_end, error) < line_end.len)
		return 0;
	*torn = 0;
	while (done < lines.len) {
		struct slice piece = next_piece(slice_from(lines, done),
		    most_at_once(stream));
		size_t n = put(stream, piece, error);

		if (n < piece.len) {
			size_t whole = whole_lines(slice_head(piece, n));

			*torn = n - whole;
			return done + whole;
		}
		done += n;
	}
	return done;
}
