/* SPDX-License-Identifier: MIT */
#ifndef RECORD_SINK_INSIDE_H
#define RECORD_SINK_INSIDE_H

/*
 * The parts of a sink: sink.c chooses; sink_file.c, sink_stderr.c and
 * sink_syslog.c know their kind; sink_stream.c writes to what the first two
 * opened. A deadline is a time of clock_now(). Errors are errnos, 0 for none.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "record/sink.h"

/* Each as sink_write(). */
size_t sink_file_write(struct sink *sink, struct slice lines, int64_t deadline,
    int *error);
size_t sink_stderr_write(struct sink *sink, struct slice lines,
    int64_t deadline, int *error);
size_t sink_syslog_write(const struct sink *sink, struct slice lines,
    int64_t deadline, int *error);

/*
 * An open file that lines go to. The host may close any descriptor at any time,
 * as daemons do, and get its number for something else: so what stands behind
 * it is looked at before each write.
 */
struct sink_stream {
	int fd;
	struct stat st; /* what it was open on at first */
	int64_t deadline;
};

int sink_stream_open(struct sink_stream *stream, int fd, int64_t deadline);

/* Closes the descriptor, if it is still ours. */
void sink_stream_close(const struct sink_stream *stream);

/* Whether a descriptor is open on what it was. */
bool sink_is_same(int fd, dev_t dev, ino_t ino);

/* As sink_write(). *torn as in the sink: before and after. */
size_t sink_stream_write(const struct sink_stream *stream, struct slice lines,
    size_t *torn, int *error);

/* Waits until it may be written to: 0, ETIMEDOUT or another errno. */
int sink_wait(int fd, int64_t deadline);

/* Sleeps *nap nanoseconds, but not beyond the deadline, and doubles *nap up to
 * 64 ms. False, and no sleep, when the deadline is over. Begin with
 * SINK_NAP. */
bool sink_nap(int64_t *nap, int64_t deadline);

#define SINK_NAP INT64_C(1000000)

/* Whether to write again after an error, which *left is set to: after a nap
 * where there was no room though poll(2) promised it, as terminals do. */
bool sink_again(int error, int64_t *nap, int64_t deadline, int *left);

#endif
