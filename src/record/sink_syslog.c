/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/sink_inside.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/zone.h"

/* Leaves a connected socket in *fd. */
static int
connect_to(const char *path, int *fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int error;

	if (strlen(path) >= sizeof(address.sun_path))
		return ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	*fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return errno;
	if (connect(*fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return 0;
	error = errno;
	(void)close(*fd);
	return error;
}

/* A number of so many digits, and the byte that must stand behind it. */
static bool
take_number(struct slice *text, size_t digits, char behind, unsigned *number)
{
	uint64_t value;

	if (slice_digits(*text) != digits ||
	    slice_number(slice_head(*text, digits), &value) != 0)
		return false;
	*number = (unsigned)value;
	*text = slice_from(*text, digits);
	return slice_take_char(text, behind);
}

/* Takes "2026-11-22T12:50:00Z " off the front of a line. */
static bool
take_stamp(struct slice *line, struct civil *at)
{
	unsigned year, month, day, hour, minute, second;

	if (!take_number(line, 4, '-', &year) ||
	    !take_number(line, 2, '-', &month) ||
	    !take_number(line, 2, 'T', &day) ||
	    !take_number(line, 2, ':', &hour) ||
	    !take_number(line, 2, ':', &minute) ||
	    !take_number(line, 2, 'Z', &second) || !slice_take_char(line, ' '))
		return false;
	*at = (struct civil){ (int32_t)year, (uint8_t)month, (uint8_t)day,
		(uint8_t)hour, (uint8_t)minute, (uint8_t)second };
	return civil_is_valid(at);
}

enum { HEADER_ROOM = 64, USER_INFO = 1 << 3 | 6 };

/* What stands before "app[4711]: ..." in a datagram; *line is left with that.
 */
static size_t
make_header(const struct sink *sink, struct slice *line, char *header)
{
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct slice rest = *line;
	struct civil at;
	int len;

	if (!take_stamp(&rest, &at))
		return (size_t)snprintf(header, HEADER_ROOM, "<%d>", USER_INFO);
	*line = rest;
	if (sink->zone != NULL)
		zone_civil(sink->zone, civil_instant(&at, 0), &at);
	len = snprintf(header, HEADER_ROOM, "<%d>%s %2u %02u:%02u:%02u ",
	    USER_INFO, months[at.month - 1], at.day, at.hour, at.minute,
	    at.second);
	return (size_t)len;
}

static int
send_line(const struct sink *sink, int fd, struct slice line, int64_t deadline)
{
	int64_t nap = SINK_NAP;
	char header[HEADER_ROOM];
	size_t len = make_header(sink, &line, header);
	struct iovec parts[] = { { header, len },
		{ (void *)(uintptr_t)line.ptr, line.len } }; /* only read */
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	int error;

	do
		error = sink_wait(fd, deadline);
	while (error == 0 && sendmsg(fd, &message, MSG_NOSIGNAL) < 0 &&
	    sink_again(errno, &nap, deadline, &error));
	return error;
}

size_t
sink_syslog_write(const struct sink *sink, struct slice lines, int64_t deadline,
    int *error)
{
	struct slice rest = lines;
	struct slice line;
	size_t done = 0;
	int fd = -1;

	*error = connect_to(sink->path, &fd);
	if (*error != 0)
		return 0;
	while (slice_cut(&rest, '\n', &line)) {
		*error = send_line(sink, fd, line, deadline);
		if (*error != 0)
			break;
		done = lines.len - rest.len;
	}
	(void)close(fd);
	return done;
}
