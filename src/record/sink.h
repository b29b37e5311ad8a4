/* SPDX-License-Identifier: MIT */
#ifndef RECORD_SINK_H
#define RECORD_SINK_H

/*
 * Where lines go. Writing never waits longer than it is told, never raises
 * SIGPIPE in the host, and never writes to a descriptor that the host has
 * closed and taken for something else meanwhile.
 *
 * A file is opened for each flush, appended to under flock(2), and closed: so
 * it may be rotated by renaming at any time, several processes may share it,
 * and no line is torn. Where the disk is full, what was written of the flush is
 * taken back, to the last whole line at least. Where the lock can't be had in
 * time, or is not known to the file system, O_APPEND alone must do. What then
 * stays of a line that was begun gets its end before the next line. A FIFO or
 * a device may be there too.
 *
 * Standard error is kept as a copy of the descriptor that was there at the
 * start. Lines go to it in pieces of whole lines, each of at most PIPE_BUF
 * bytes where that can be, since these are not mixed with other writers'. It
 * is opened anew for a flush where the system lets us, so that O_NONBLOCK is
 * ours alone; else a pipe that another writer fills behind poll(2) may hold the
 * flush up.
 *
 * syslog is its datagram socket (RFC 3164, facility user, severity info), one
 * datagram a line; its header has the time (in local time, as the RFC wants),
 * program and process that stand in front of the line (record/sums.h).
 * systemd's journal listens there too.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/slice.h"

struct zone;

enum sink_kind { SINK_FILE, SINK_STDERR, SINK_SYSLOG, SINK_CALLBACK };

/* Returns 0, or an errno: the lines are offered again at the next flush. */
typedef int sink_callback(void *context, const char *lines, size_t size);

struct sink {
	enum sink_kind kind;
	char *path; /* of the file, absolute; of the socket */
	int fd;     /* the copy of standard error; -1: it was closed */
	dev_t dev;  /* what it was open on */
	ino_t ino;
	sink_callback *callback;
	void *context;
	struct zone *zone; /* of syslog's times; NULL: UTC */
	size_t torn;       /* bytes of a line that was begun, at the end */
};

/*
 * Sets it up; nothing is opened but the copy. The path is copied, made absolute
 * by the working directory of now, and for SINK_SYSLOG may be NULL: /dev/log;
 * the local time zone is read. For SINK_CALLBACK the caller sets callback and
 * context. Returns 0 or an errno; then there is nothing to close.
 */
int sink_open(struct sink *sink, enum sink_kind kind, const char *path);

void sink_close(struct sink *sink);

/*
 * Writes whole lines, waiting timeout nanoseconds in all at most. Returns how
 * many bytes of them went out, which end at a line's end; where that is not
 * all, *error is an errno. After EMSGSIZE the line behind them is too long for
 * the socket, and will be the next time: the caller drops it.
 */
size_t sink_write(struct sink *sink, struct slice lines, int64_t timeout,
    int *error);

#endif
