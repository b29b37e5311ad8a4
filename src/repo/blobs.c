/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/blobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "repo/child.h"
#include "repo/harmless.h"

enum { ANSWER_SIZE = 16384 };

/*
 * One question is asked at a time, and its answer read whole before the next:
 * so the little that is written never waits for room. What is of no use (a blob
 * that is too large, the rest of one that is damaged) is not read but left to
 * die with its git; the next question starts another.
 */
struct blobs {
	const struct git *git;
	struct child child; /* pid 0: none runs */
	int questions;      /* our end of its standard input, or -1 */
};

static void
stop(struct blobs *blobs)
{
	if (blobs->questions >= 0)
		(void)close(blobs->questions);
	blobs->questions = -1;
	child_kill(&blobs->child);
}

/* A socket, since a write to one need not raise SIGPIPE. */
static int
start(struct blobs *blobs, struct err *err)
{
	static const char *const arguments[] = { "cat-file", "--batch", NULL };
	int ends[2];
	int status;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return err_errno(err, "a pipe to git");
	status = harmless_start(&blobs->child, blobs->git, arguments, ends[1],
	    err);
	(void)close(ends[1]);
	if (status == 0)
		blobs->questions = ends[0];
	else
		(void)close(ends[0]);
	return status;
}

/* A failed write is seen as an answer that does not come. */
static void
ask(const struct blobs *blobs, struct slice id)
{
	char line[GIT_ID_SIZE + 1];
	int len = snprintf(line, sizeof(line), "%.*s\n", SLICE_ARG(id));

	(void)send(blobs->questions, line, (size_t)len, MSG_NOSIGNAL);
}

/* Adds what comes next of an answer. Returns 1; 0: git ended; -1 with err
 * set. */
static int
read_some(struct blobs *blobs, size_t room, struct buf *buf, struct err *err)
{
	ssize_t len = child_read(&blobs->child, buf_reserve(buf, room), room,
	    err);

	if (len > 0)
		buf->len += (size_t)len;
	return len > 0 ? 1 : (int)len;
}

/* Reads until the first line of an answer is there; *end is where it ends.
 * Returns as read_some() does. */
static int
read_line(struct blobs *blobs, struct buf *buf, size_t *end, struct err *err)
{
	const char *newline = NULL;
	int status;

	buf_clear(buf);
	while (newline == NULL) {
		if (buf->len >= ANSWER_SIZE)
			return err_set(err, "its answer is no line");
		status = read_some(blobs, ANSWER_SIZE, buf, err);
		if (status <= 0)
			return status;
		newline = slice_chr(buf_slice(buf), '\n');
	}
	*end = (size_t)(newline - buf->ptr);
	return 1;
}

/*
 * Whether git is well, since the one before may have died of an object: another
 * answers, if only that it has not the object of zeros. Returns 0, or -1 with
 * err set.
 */
static int
try_it(struct blobs *blobs, struct err *err)
{
	static const struct slice zeros = SLICE(
	    "0000000000000000000000000000000000000000");
	struct buf buf = { 0 };
	size_t end;
	int status;

	ask(blobs, zeros);
	status = read_line(blobs, &buf, &end, err);
	buf_release(&buf);
	if (status == 0 && child_end(&blobs->child, err) == 0)
		(void)err_set(err, "it ends at once");
	return status > 0 ? 0 : -1;
}

static int
start_well(struct blobs *blobs, struct err *err)
{
	if (start(blobs, err) == 0) {
		if (try_it(blobs, err) == 0)
			return 0;
		stop(blobs);
	}
	return err_wrap(err, "git cat-file in %s", blobs->git->dir);
}

struct blobs *
blobs_open(const struct git *git, struct err *err)
{
	struct blobs *blobs = xcalloc(1, sizeof(*blobs));

	blobs->git = git;
	blobs->questions = -1;
	if (start_well(blobs, err) == 0)
		return blobs;
	free(blobs);
	return NULL;
}

void
blobs_close(struct blobs *blobs)
{
	if (blobs != NULL)
		stop(blobs);
	free(blobs);
}

static enum blobs_found
may_read(struct slice number, size_t max, uint64_t *size)
{
	int status = slice_number(number, size);

	if (status < 0)
		return BLOBS_MISSING;
	return status > 0 || *size > max ? BLOBS_TOO_LARGE : BLOBS_READ;
}

/* What the first line of an answer says: "ID blob SIZE" or "ID missing". What
 * says something else, or more than is wanted, is left to die. */
static enum blobs_found
read_size(struct blobs *blobs, struct slice id, struct slice line, size_t max,
    uint64_t *size)
{
	enum blobs_found found = BLOBS_MISSING;
	struct slice word;

	if (slice_cut(&line, ' ', &word) && slice_equal(word, id) &&
	    slice_cut(&line, ' ', &word)) {
		if (slice_is(word, "missing"))
			return BLOBS_MISSING;
		if (slice_is(word, "blob"))
			found = may_read(line, max, size);
	}
	if (found != BLOBS_READ)
		stop(blobs);
	return found;
}

/* Of a blob of size bytes, and the newline behind it. Returns as read_some()
 * does. */
static int
read_rest(struct blobs *blobs, size_t size, struct buf *buf, struct err *err)
{
	int status = 1;

	while (status > 0 && buf->len < size + 1)
		status = read_some(blobs, size + 1 - buf->len, buf, err);
	if (status > 0 && (buf->len != size + 1 || buf->ptr[size] != '\n'))
		return err_set(err, "its answer is longer than it says");
	if (status > 0)
		buf->len = size;
	return status;
}

static enum blobs_found
read_answer(struct blobs *blobs, struct slice id, size_t max, struct buf *buf,
    struct err *err)
{
	enum blobs_found found = BLOBS_READ;
	uint64_t size = 0;
	size_t end = 0;
	int status = read_line(blobs, buf, &end, err);

	if (status > 0) {
		found = read_size(blobs, id, slice_make(buf->ptr, end), max,
		    &size);
		if (found == BLOBS_READ) {
			buf_drop(buf, end + 1);
			status = read_rest(blobs, (size_t)size, buf, err);
		}
	}
	if (status > 0)
		return found;
	stop(blobs);
	return status < 0 ? BLOBS_ERROR : BLOBS_MISSING;
}

enum blobs_found
blobs_read(struct blobs *blobs, struct slice id, size_t max, struct buf *buf,
    struct err *err)
{
	enum blobs_found found;

	buf_clear(buf);
	if (!git_is_id(id))
		return BLOBS_MISSING;
	if (blobs->child.pid == 0 && start_well(blobs, err) != 0)
		return BLOBS_ERROR;
	ask(blobs, id);
	found = read_answer(blobs, id, max, buf, err);
	if (found == BLOBS_ERROR)
		(void)err_wrap(err, "git cat-file in %s", blobs->git->dir);
	if (found != BLOBS_READ)
		buf_clear(buf);
	return found;
}
