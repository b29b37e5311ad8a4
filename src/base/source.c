/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/inflate.h"

enum { READ_SIZE = 256 * 1024 };

/*
 * Either all is set (in memory and plain), or it is read as a stream, a file
 * that can seek also at any place:
 *
 *	file -> in -> inflate -> ahead -> reader
 *
 * Plain streams have no inflate, and ahead is used only by source_peek().
 * What ends a stream (its end, damage, a read error) is noted when it is met
 * and told when the reader gets there.
 */
struct source {
	char *name; /* for messages */
	const char *format;
	time_t mtime;
	off_t file_size; /* 0 where not known */
	off_t file_done;
	off_t start; /* from where on a file that can seek is read */

	struct slice all; /* where it is whole */
	size_t all_done;  /* what source_read() took of it */

	struct slice in; /* read and not decoded yet */
	char *in_buf;
	struct inflate *inflate;
	struct buf ahead; /* its first ahead_done bytes were taken */
	size_t ahead_done;

	int fd;       /* -1: memory */
	int in_errno; /* why reading ended, 0 at the end of the file */
	char head[INFLATE_HEAD];
	bool in_ended;
	bool is_lent;  /* fd stays open */
	bool whole;    /* all is set */
	bool can_seek; /* a plain regular file */
	atomic_bool was_cut;
	bool ended; /* nothing more to decode */
	bool failed;
	struct err err; /* why, if failed */
};

/* Reads some bytes; 0 when there are no more, or none can be had. */
static size_t
read_some(struct source *source, char *into, size_t room)
{
	ssize_t n;

	do
		n = read(source->fd, into, room);
	while (n < 0 && errno == EINTR);
	if (n <= 0) {
		source->in_ended = true;
		source->in_errno = n < 0 ? errno : 0;
		return 0;
	}
	source->file_done += n;
	return (size_t)n;
}

/* Reads just enough to tell the format. */
static void
read_head(struct source *source)
{
	size_t len = 0;

	while (len < sizeof(source->head) && !source->in_ended)
		len += read_some(source, source->head + len,
		    sizeof(source->head) - len);
	source->in = slice_make(source->head, len);
}

/* Reads more behind what is left of in. */
static void
read_more(struct source *source)
{
	size_t len = source->in.len;

	if (source->in_buf == NULL)
		source->in_buf = xmalloc(READ_SIZE);
	if (len > 0)
		memmove(source->in_buf, source->in.ptr, len);
	len += read_some(source, source->in_buf + len, READ_SIZE - len);
	source->in = slice_make(source->in_buf, len);
}

static void
fail(struct source *source)
{
	(void)err_wrap(&source->err, "%s", source->name);
	source->failed = true;
	source->ended = true;
}

/* The reader has come to where reading the file ended. */
static void
end_of_input(struct source *source)
{
	source->ended = true;
	if (source->in_errno == 0)
		return;
	(void)err_set(&source->err, "%s", strerror(source->in_errno));
	fail(source);
}

/* The next bytes of a plain stream: those read with its head, then the rest
 * without a detour. */
static size_t
take_plain(struct source *source, char *into, size_t room)
{
	size_t n = source->in.len < room ? source->in.len : room;

	if (n > 0) {
		memcpy(into, source->in.ptr, n);
		source->in = slice_from(source->in, n);
		return n;
	}
	if (!source->in_ended)
		n = read_some(source, into, room);
	if (n == 0)
		end_of_input(source);
	return n;
}

/* One step of decoding; maybe 0 bytes. */
static size_t
take_encoded(struct source *source, char *into, size_t room)
{
	bool last = source->in_ended && source->in_errno == 0;
	size_t n;

	switch (inflate_step(source->inflate, &source->in, last, into, room, &n,
	    &source->err)) {
	case INFLATE_MORE:
		break;
	case INFLATE_HUNGRY:
		if (source->in_ended)
			end_of_input(source);
		else
			read_more(source);
		break;
	case INFLATE_END:
		source->ended = true;
		break;
	case INFLATE_FAILED:
		fail(source);
		break;
	}
	return n;
}

/* The next bytes of a stream; 0 when it ended, well or not. */
static size_t
take(struct source *source, char *into, size_t room)
{
	size_t n = 0;

	while (n == 0 && room > 0 && !source->ended)
		n = source->inflate == NULL ? take_plain(source, into, room) :
					      take_encoded(source, into, room);
	return n;
}

/* Finds out what is in it and gets ready to read that. */
static int
begin(struct source *source, struct err *err)
{
	off_t start = source->fd < 0 ? 0 : lseek(source->fd, 0, SEEK_CUR);

	if (source->fd >= 0)
		read_head(source);
	source->format = inflate_format(source->in);
	if (source->format != NULL) {
		source->inflate = inflate_new(source->in, err);
		return source->inflate == NULL ?
		    err_wrap(err, "%s", source->name) :
		    0;
	}
	source->format = "plain";
	if (source->fd < 0) {
		source->all = source->in;
		source->whole = true;
	}
	/* Standard input may have been read by others before. */
	source->can_seek = start >= 0 && source->file_size > start;
	source->start = start;
	return 0;
}

/* Learns what the file is. Returns 0, or -1 with errno set. */
static int
look_at_file(struct source *source)
{
	struct stat st;

	if (fstat(source->fd, &st) != 0)
		return -1;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return -1;
	}
	if (S_ISREG(st.st_mode)) {
		source->file_size = st.st_size;
		source->mtime = st.st_mtime;
	}
	return 0;
}

struct source *
source_open(const char *path, struct err *err)
{
	struct source *source = xcalloc(1, sizeof(*source));

	source->is_lent = strcmp(path, "-") == 0;
	source->name = xstrdup(source->is_lent ? "standard input" : path);
	source->fd = source->is_lent ?
	    STDIN_FILENO :
	    open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (source->fd < 0 || look_at_file(source) != 0)
		(void)err_errno(err, "%s", source->name);
	else if (begin(source, err) == 0)
		return source;
	source_close(source);
	return NULL;
}

struct source *
source_open_fd(int fd, const char *name, struct err *err)
{
	struct source *source = xcalloc(1, sizeof(*source));

	source->name = xstrdup(name);
	source->fd = fd;
	source->is_lent = true;
	if (lseek(fd, 0, SEEK_SET) != 0 || look_at_file(source) != 0) {
		(void)err_errno(err, "%s", name);
	} else if (begin(source, err) == 0) {
		source->can_seek = source->inflate == NULL;
		return source;
	}
	source_close(source);
	return NULL;
}

struct source *
source_open_memory(struct slice bytes, struct err *err)
{
	struct source *source = xcalloc(1, sizeof(*source));

	source->name = xstrdup("memory");
	source->fd = -1;
	source->in = bytes;
	source->in_ended = true;
	if (begin(source, err) == 0)
		return source;
	source_close(source);
	return NULL;
}

void
source_close(struct source *source)
{
	if (source == NULL)
		return;
	inflate_free(source->inflate);
	if (source->fd >= 0 && !source->is_lent)
		(void)close(source->fd);
	buf_release(&source->ahead);
	free(source->in_buf);
	free(source->name);
	free(source);
}

const char *
source_format(const struct source *source)
{
	return source->format;
}

time_t
source_mtime(const struct source *source)
{
	return source->mtime;
}

/* Copies from what is in memory; *done is how much of it was taken. */
static size_t
copy(struct slice from, size_t *done, char *into, size_t room)
{
	struct slice bytes = slice_head(slice_from(from, *done), room);

	if (bytes.len > 0)
		memcpy(into, bytes.ptr, bytes.len);
	*done += bytes.len;
	return bytes.len;
}

bool
source_can_seek(const struct source *source, uint64_t *size)
{
	if (source->whole)
		*size = source->all.len;
	else if (source->can_seek)
		*size = (uint64_t)(source->file_size - source->start);
	return source->whole || source->can_seek;
}

/* Reads all of it, unless the file ends before. */
static ssize_t
read_at(struct source *source, off_t at, char *into, size_t room)
{
	size_t done = 0;

	while (done < room) {
		ssize_t n = pread(source->fd, into + done, room - done,
		    at + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0) {
			atomic_store(&source->was_cut, true);
			break;
		}
		done += (size_t)n;
	}
	return (ssize_t)done;
}

ssize_t
source_read_at(struct source *source, uint64_t offset, char *into, size_t room,
    struct err *err)
{
	size_t done = (size_t)offset;
	uint64_t size = 0;
	ssize_t n;

	(void)source_can_seek(source, &size);
	if (offset >= size)
		return 0;
	if (room > size - offset)
		room = (size_t)(size - offset);
	if (source->whole)
		return (ssize_t)copy(source->all, &done, into, room);
	n = read_at(source, source->start + (off_t)offset, into, room);
	if (n < 0)
		(void)err_errno(err, "%s", source->name);
	return n;
}

struct slice
source_peek(struct source *source, size_t n)
{
	struct buf *ahead = &source->ahead;

	if (source->whole)
		return slice_head(slice_from(source->all, source->all_done), n);
	buf_drop(ahead, source->ahead_done);
	source->ahead_done = 0;
	while (ahead->len < n && !source->ended) {
		size_t room = n - ahead->len;

		ahead->len += take(source, buf_reserve(ahead, room), room);
	}
	return slice_head(buf_slice(ahead), n);
}

ssize_t
source_read(struct source *source, char *into, size_t room, struct err *err)
{
	size_t n;

	if (source->whole)
		return (
		    ssize_t)copy(source->all, &source->all_done, into, room);
	n = copy(buf_slice(&source->ahead), &source->ahead_done, into, room);
	if (n == 0)
		n = take(source, into, room);
	if (n == 0 && room > 0 && source->failed) {
		*err = source->err;
		return -1;
	}
	return (ssize_t)n;
}

/* Begins a file that can seek, or memory, n bytes behind its beginning. */
static int
begin_behind(struct source *source, uint64_t n, struct err *err)
{
	source->start += (off_t)n;
	source->file_done = source->start;
	if (source->whole) {
		source->all = slice_from(source->all, (size_t)n);
		return 0;
	}
	/* What was read of its head is not behind. */
	source->in = slice_make(NULL, 0);
	source->in_ended = false;
	return lseek(source->fd, source->start, SEEK_SET) < 0 ?
	    err_errno(err, "%s", source->name) :
	    0;
}

static int
ends_before(const struct source *source, uint64_t n, struct err *err)
{
	return err_set(err, "%s: ends before byte %" PRIu64, source->name, n);
}

/* Decodes n bytes for nothing. */
static int
pass_over(struct source *source, uint64_t n, struct err *err)
{
	char *bytes = xmalloc(READ_SIZE);
	uint64_t left = n;
	ssize_t step = 1;

	while (step > 0 && left > 0) {
		step = source_read(source, bytes,
		    left < READ_SIZE ? (size_t)left : READ_SIZE, err);
		left -= step > 0 ? (uint64_t)step : 0;
	}
	free(bytes);
	if (step == 0)
		return ends_before(source, n, err);
	return step < 0 ? -1 : 0;
}

int
source_skip(struct source *source, uint64_t n, struct err *err)
{
	uint64_t size = 0;

	if (!source_can_seek(source, &size))
		return pass_over(source, n, err);
	if (n > size)
		return ends_before(source, n, err);
	return begin_behind(source, n, err);
}

void
source_progress(const struct source *source, off_t *done, off_t *all)
{
	*done = source->file_done + (off_t)source->all_done;
	*all = source->file_size;
}

bool
source_was_cut(struct source *source)
{
	struct stat st;

	if (!source->can_seek)
		return false;
	return atomic_load(&source->was_cut) || fstat(source->fd, &st) != 0 ||
	    st.st_size < source->file_size;
}
