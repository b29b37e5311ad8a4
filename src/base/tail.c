/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/tail.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/alloc.h"

enum { READ_SIZE = 256 * 1024 };

/* What is asked of a file again and again. */
struct look {
	struct tail_id id;
	mode_t mode;
	uint64_t size;
	bool has_name;
};

/* Of the file that fd is, or of the one at a path. Returns 0, or -1 with
 * errno set. */
static int
look_at(int fd, const char *path, struct look *look)
{
	struct statx st;

	if (statx(fd, path, path[0] == '\0' ? AT_EMPTY_PATH : 0,
		STATX_BASIC_STATS | STATX_BTIME, &st) != 0)
		return -1;
	*look = (struct look){
		.id.device = makedev(st.stx_dev_major, st.stx_dev_minor),
		.id.number = st.stx_ino,
		.mode = st.stx_mode,
		.size = st.stx_size,
		.has_name = st.stx_nlink > 0,
	};
	if ((st.stx_mask & STATX_BTIME) != 0)
		look->id.born = st.stx_btime.tv_sec * INT64_C(1000000000) +
		    st.stx_btime.tv_nsec;
	return 0;
}

static bool
is_same(const struct tail_id *a, const struct tail_id *b)
{
	return a->device == b->device && a->number == b->number;
}

bool
tail_look(const char *path, struct tail_id *id, char *head, size_t room,
    size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct look look;
	ssize_t n = -1;

	if (fd < 0)
		return false;
	if (look_at(fd, "", &look) == 0 && S_ISREG(look.mode))
		n = pread(fd, head, room, 0);
	(void)close(fd);
	if (n < 0)
		return false;
	*id = look.id;
	*len = (size_t)n;
	return true;
}

void
tail_init(struct tail *tail, const char *path, bool from_end, uint64_t max_line)
{
	*tail = (struct tail){
		.path = xstrdup(path),
		.from_end = from_end,
		.max_line = max_line,
		.fd = -1,
	};
}

static void
close_file(struct tail *tail)
{
	if (tail->fd > STDIN_FILENO)
		(void)close(tail->fd);
	tail->fd = -1;
}

void
tail_release(struct tail *tail)
{
	close_file(tail);
	buf_release(&tail->bytes);
	free(tail->path);
}

int
tail_fd(const struct tail *tail)
{
	return tail->is_stream && !tail->is_ended ? tail->fd : -1;
}

/* --- what is told --- */

static const char *
name_of(const struct tail *tail)
{
	return strcmp(tail->path, "-") == 0 ? "standard input" : tail->path;
}

/* Says what is wrong, where it was not said already. A name that is not there
 * is no trouble. */
static enum tail_kind
complain(struct tail *tail)
{
	if (tail->is_told)
		return TAIL_NOTHING;
	tail->is_told = true;
	(void)err_errno(&tail->err, "%s", name_of(tail));
	return errno == ENOENT || errno == ENOTDIR ? TAIL_GONE : TAIL_TROUBLE;
}

/* Gives len bytes from `used` on. */
static enum tail_kind
give(struct tail *tail, enum tail_kind kind, size_t len)
{
	tail->text = slice_head(slice_from(buf_slice(&tail->bytes), tail->used),
	    len);
	tail->offset = tail->read_to - (tail->bytes.len - tail->used);
	tail->used += len;
	return kind;
}

/* Forgets what the last step gave. */
static void
step_over(struct tail *tail)
{
	struct slice text = tail->text;
	const char *end;

	while (tail->line != 0 && (end = slice_chr(text, '\n')) != NULL) {
		tail->line++;
		text = slice_from(text, (size_t)(end - text.ptr) + 1);
	}
	tail->text = slice_make(NULL, 0);
	buf_drop(&tail->bytes, tail->used);
	tail->used = 0;
}

/* --- from bytes to lines --- */

/* Drops the front of a line of which there is too much: all that waits. */
static void
skip(struct tail *tail, size_t len)
{
	tail->is_skipping = true;
	tail->skipped += len;
	buf_clear(&tail->bytes);
	tail->used = 0;
}

/* The end of a line that was passed over has come: len bytes and its LF. */
static enum tail_kind
end_skipped(struct tail *tail, size_t len, size_t line_end)
{
	bool is_told = !tail->is_headless;

	(void)give(tail, TAIL_TOO_LONG, len + line_end);
	tail->too_long = tail->skipped + len;
	tail->offset -= tail->skipped;
	tail->skipped = 0;
	tail->is_skipping = false;
	tail->is_headless = false;
	return is_told ? TAIL_TOO_LONG : TAIL_NOTHING;
}

/* The whole lines that are there; TAIL_NOTHING when none is. */
static enum tail_kind
take_lines(struct tail *tail)
{
	struct slice text = slice_from(buf_slice(&tail->bytes), tail->used);
	const char *end = tail->is_skipping ? slice_chr(text, '\n') :
					      slice_rchr(text, '\n');
	enum tail_kind kind;

	if (end == NULL) {
		if (tail->is_skipping || text.len > tail->max_line)
			skip(tail, text.len);
		return TAIL_NOTHING;
	}
	if (!tail->is_skipping)
		return give(tail, TAIL_LINES, (size_t)(end - text.ptr) + 1);
	kind = end_skipped(tail, (size_t)(end - text.ptr), 1);
	return kind == TAIL_NOTHING ? take_lines(tail) : kind;
}

/* What waits for its line end, which will not come. */
static enum tail_kind
take_rest(struct tail *tail)
{
	size_t len = tail->bytes.len - tail->used;

	if (tail->is_skipping)
		return end_skipped(tail, len, 0);
	return len == 0 ? TAIL_NOTHING : give(tail, TAIL_LINES, len);
}

/* --- opening --- */

static void
start_over(struct tail *tail)
{
	tail->read_to = 0;
	tail->line = 1;
	tail->is_skipping = false;
	tail->is_headless = false;
	tail->skipped = 0;
	tail->is_replaced = false;
	buf_clear(&tail->bytes);
	tail->used = 0;
}

/*
 * Reads the end of a file of some size, from the start of a line if one is
 * there: so that the next step gives the lines of it, and what is behind the
 * last of them waits.
 */
static void
read_end(struct tail *tail, uint64_t size)
{
	size_t room = size < TAIL_BEFORE_SIZE ? (size_t)size : TAIL_BEFORE_SIZE;
	uint64_t from = size - room;
	const char *end;
	ssize_t n;

	start_over(tail);
	if (size == 0)
		return;
	n = pread(tail->fd, buf_reserve(&tail->bytes, room), room, (off_t)from);
	tail->read_to = n < 0 ? size : from + (uint64_t)n;
	tail->bytes.len = n < 0 ? 0 : (size_t)n;
	if (from == 0)
		return;
	tail->line = 0;
	end = slice_chr(buf_slice(&tail->bytes), '\n');
	tail->is_skipping = tail->is_headless = end == NULL;
	buf_drop(&tail->bytes,
	    end == NULL ? tail->bytes.len :
			  (size_t)(end - tail->bytes.ptr) + 1);
}

void
tail_skip(struct tail *tail)
{
	struct look look;

	if (tail->is_stream || look_at(tail->fd, "", &look) != 0)
		return;
	read_end(tail, look.size);
	tail->from_end = true;
}

static int
open_path(struct tail *tail, struct look *look)
{
	bool is_stdin = strcmp(tail->path, "-") == 0;

	tail->fd = is_stdin ?
	    STDIN_FILENO :
	    open(tail->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (tail->fd < 0 || look_at(tail->fd, "", look) != 0)
		return -1;
	if (S_ISDIR(look->mode)) {
		errno = EISDIR;
		return -1;
	}
	tail->is_stream = !S_ISREG(look->mode);
	tail->is_named = !is_stdin && !tail->is_stream;
	return 0;
}

static enum tail_kind
open_file(struct tail *tail)
{
	struct look look;
	off_t at;

	if (open_path(tail, &look) != 0) {
		tail->from_end &= errno != ENOENT;
		close_file(tail);
		return complain(tail);
	}
	tail->is_told = false;
	tail->id = look.id;
	start_over(tail);
	tail->from_end &= tail->is_named;
	if (tail->from_end) {
		read_end(tail, look.size);
	} else if (!tail->is_named && !tail->is_stream) {
		at = lseek(tail->fd, 0, SEEK_CUR);
		tail->read_to = at < 0 ? 0 : (uint64_t)at;
		tail->line = at > 0 ? 0 : 1;
	}
	return TAIL_NEW;
}

/* --- reading on --- */

/* Waits for nothing: a stream that has nothing now gives -1, EAGAIN. */
static ssize_t
read_some(struct tail *tail)
{
	struct pollfd poll_fd = { .fd = tail->fd, .events = POLLIN };
	char *into;

	if (tail->is_stream && poll(&poll_fd, 1, 0) <= 0) {
		errno = EAGAIN;
		return -1;
	}
	into = buf_reserve(&tail->bytes, READ_SIZE);
	if (tail->is_stream)
		return read(tail->fd, into, READ_SIZE);
	return pread(tail->fd, into, READ_SIZE, (off_t)tail->read_to);
}

/*
 * All of the file was read. Whether its name is another's now, which has
 * something to read, or which is not to be waited for, since the old one is
 * nowhere any more. Else TAIL_NOTHING or what is to be told is in *kind.
 */
static bool
was_replaced(struct tail *tail, const struct look *old, enum tail_kind *kind)
{
	struct look look;

	*kind = TAIL_NOTHING;
	if (look_at(AT_FDCWD, tail->path, &look) != 0) {
		if (errno == ENOENT && !old->has_name)
			return true;
		*kind = complain(tail);
		return false;
	}
	tail->is_told = false;
	return !is_same(&look.id, &tail->id) &&
	    (look.size > 0 || !S_ISREG(look.mode) || !old->has_name);
}

/* The old file was read to its end, and that was looked for after the new one
 * was seen: what still waits is its last line, and the next step opens the
 * new one. */
static enum tail_kind
leave(struct tail *tail)
{
	enum tail_kind kind = take_rest(tail);

	close_file(tail);
	return kind == TAIL_NOTHING ? open_file(tail) : kind;
}

static enum tail_kind
cut(struct tail *tail)
{
	start_over(tail);
	return TAIL_CUT;
}

static enum tail_kind
end_stream(struct tail *tail)
{
	enum tail_kind kind = take_rest(tail);

	if (kind != TAIL_NOTHING)
		return kind;
	tail->is_ended = true;
	close_file(tail);
	return TAIL_END;
}

/* Reads until a line has ended or nothing more is there. Then *kind says what
 * came of it; false: nothing, and the file has no more. */
static bool
read_on(struct tail *tail, enum tail_kind *kind)
{
	ssize_t n;

	while ((n = read_some(tail)) > 0) {
		tail->bytes.len += (size_t)n;
		tail->read_to += (uint64_t)n;
		*kind = take_lines(tail);
		if (*kind != TAIL_NOTHING)
			return true;
	}
	*kind = TAIL_NOTHING;
	if (n == 0)
		return false;
	if (errno != EAGAIN && errno != EINTR)
		*kind = complain(tail);
	return true;
}

static enum tail_kind
step_file(struct tail *tail)
{
	enum tail_kind kind;
	struct look look;

	if (look_at(tail->fd, "", &look) != 0)
		return complain(tail);
	if (look.size < tail->read_to)
		return cut(tail);
	if (look.size > tail->read_to && read_on(tail, &kind))
		return kind;
	if (tail->is_replaced)
		return leave(tail);
	if (!tail->is_named)
		return TAIL_NOTHING;
	if (!was_replaced(tail, &look, &kind))
		return kind;
	tail->is_replaced = true;
	return step_file(tail);
}

static enum tail_kind
step(struct tail *tail)
{
	enum tail_kind kind;

	if (tail->is_ended)
		return TAIL_NOTHING;
	if (tail->fd < 0)
		return open_file(tail);
	if (tail->from_end) {
		tail->from_end = false;
		if (take_lines(tail) == TAIL_LINES)
			return TAIL_BEFORE;
	}
	kind = take_lines(tail); /* behind one that was too long */
	if (kind != TAIL_NOTHING)
		return kind;
	if (!tail->is_stream)
		return step_file(tail);
	return read_on(tail, &kind) ? kind : end_stream(tail);
}

enum tail_kind
tail_step(struct tail *tail)
{
	enum tail_kind kind;

	step_over(tail);
	kind = step(tail);
	if (kind == TAIL_NOTHING && tail->bytes.len == 0)
		buf_release(&tail->bytes); /* it may be quiet for long */
	return kind;
}
