/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/zone.h"
#include "record/guard.h"
#include "record/sink_inside.h"

/* The copy of standard error goes where programs do not look. */
enum { HIGH_FD = 64, LOW_FD = 3 };

/* Leaves an absolute path in sink->path. */
static int
keep_path(struct sink *sink, const char *path)
{
	char *folder;

	if (path[0] == '/') {
		sink->path = strdup(path);
		return sink->path == NULL ? ENOMEM : 0;
	}
	folder = getcwd(NULL, 0);
	if (folder == NULL)
		return errno;
	if (asprintf(&sink->path, "%s/%s", folder, path) < 0)
		sink->path = NULL;
	free(folder);
	return sink->path == NULL ? ENOMEM : 0;
}

/* That there is no standard error is no failure. */
static int
copy_stderr(struct sink *sink)
{
	struct stat st;

	if (fstat(STDERR_FILENO, &st) != 0)
		return 0;
	sink->fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, HIGH_FD);
	if (sink->fd < 0)
		sink->fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, LOW_FD);
	if (sink->fd < 0)
		return errno;
	sink->dev = st.st_dev;
	sink->ino = st.st_ino;
	return 0;
}

/* Where there is no zone it is UTC's, as in the C library. */
static void
open_zone(void *context)
{
	struct sink *sink = context;
	struct err err;

	sink->zone = zone_open("local", &err);
}

static int
set_up(struct sink *sink, const char *path)
{
	switch (sink->kind) {
	case SINK_FILE:
		return path == NULL ? EINVAL : keep_path(sink, path);
	case SINK_STDERR:
		return copy_stderr(sink);
	case SINK_SYSLOG:
		if (!guard_run(open_zone, sink))
			return ENOMEM;
		return keep_path(sink, path == NULL ? "/dev/log" : path);
	case SINK_CALLBACK:
		break;
	}
	return 0;
}

int
sink_open(struct sink *sink, enum sink_kind kind, const char *path)
{
	int kept = errno;
	int error;

	*sink = (struct sink){ .kind = kind, .fd = -1 };
	error = set_up(sink, path);
	if (error != 0)
		sink_close(sink);
	errno = kept;
	return error;
}

void
sink_close(struct sink *sink)
{
	int kept = errno;

	if (sink->fd >= 0 && sink_is_same(sink->fd, sink->dev, sink->ino))
		(void)close(sink->fd);
	free(sink->path);
	zone_free(sink->zone);
	*sink = (struct sink){ .kind = sink->kind, .fd = -1 };
	errno = kept;
}

/* What writing raises in the very thread: by a broken pipe, and by a file
 * beyond its limit. */
static const int raised[] = { SIGPIPE, SIGXFSZ };

enum { RAISED = sizeof(raised) / sizeof(raised[0]) };

struct signals {
	sigset_t mask;    /* of the thread, before */
	sigset_t pending; /* before; not ours to take */
};

/* A terminal that is another job's stops who writes to it, or lets him write
 * where SIGTTOU is blocked. */
static void
block(struct signals *before)
{
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < RAISED; i++)
		(void)sigaddset(&set, raised[i]);
	(void)sigaddset(&set, SIGTTOU);
	(void)pthread_sigmask(SIG_BLOCK, &set, &before->mask);
	(void)sigpending(&before->pending);
}

/* Takes what was raised meanwhile, and lets the rest come again. */
static void
unblock(const struct signals *before)
{
	const struct timespec now = { 0 };

	for (size_t i = 0; i < RAISED; i++) {
		sigset_t set;

		if (sigismember(&before->pending, raised[i]) == 1)
			continue;
		(void)sigemptyset(&set);
		(void)sigaddset(&set, raised[i]);
		(void)sigtimedwait(&set, NULL, &now);
	}
	(void)pthread_sigmask(SIG_SETMASK, &before->mask, NULL);
}

static size_t
hand_over(const struct sink *sink, struct slice lines, int *error)
{
	*error = sink->callback(sink->context, lines.ptr, lines.len);
	return *error == 0 ? lines.len : 0;
}

static size_t
write_lines(struct sink *sink, struct slice lines, int64_t deadline, int *error)
{
	switch (sink->kind) {
	case SINK_FILE:
		return sink_file_write(sink, lines, deadline, error);
	case SINK_STDERR:
		return sink_stderr_write(sink, lines, deadline, error);
	case SINK_SYSLOG:
		return sink_syslog_write(sink, lines, deadline, error);
	case SINK_CALLBACK:
		return hand_over(sink, lines, error);
	}
	return 0;
}

size_t
sink_write(struct sink *sink, struct slice lines, int64_t timeout, int *error)
{
	int kept = errno;
	int64_t now = clock_now();
	struct signals signals;
	size_t done;

	*error = 0;
	if (lines.len == 0)
		return 0;
	block(&signals);
	done = write_lines(sink, lines,
	    timeout > INT64_MAX - now ? INT64_MAX : now + timeout, error);
	unblock(&signals);
	errno = kept;
	return done;
}
