/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/msg.h"

enum {
	BUFFER_SIZE = 64 * 1024,
	LINKS_MAX = 40,      /* as in the kernel */
	TRIES_MAX = 100,     /* for a name that nobody has */
	NAME_PART_MAX = 200, /* of NAME in ".NAME.tallyman-XXXXXX" */
	UNFINISHED_MAX = 64
};

struct output {
	char *name;      /* for messages */
	char *target;    /* what is to be replaced; NULL: in place */
	char *temporary; /* what is written instead */
	int fd;
	struct buf *into; /* NULL: fd */
	struct buf buf;
	bool failed;
	struct err err; /* why, if failed */
};

/*
 * The temporary names of the outputs that are open, NULL in free places. Who
 * exchanges a name for NULL owns it: its output, to free it, or for a moment
 * output_discard_all(), which may run in a signal handler or another thread.
 */
static _Atomic(char *) unfinished[UNFINISHED_MAX];

static bool
remember(char *name)
{
	for (size_t i = 0; i < UNFINISHED_MAX; i++) {
		char *none = NULL;

		if (atomic_compare_exchange_strong(&unfinished[i], &none, name))
			return true;
	}
	return false;
}

/* Frees the name. Not while output_discard_all() has it: it leaks then, in a
 * program that is about to end. */
static void
forget(char *name)
{
	for (size_t i = 0; i < UNFINISHED_MAX; i++) {
		char *same = name;

		if (atomic_compare_exchange_strong(&unfinished[i], &same,
			NULL)) {
			free(name);
			return;
		}
	}
}

void
output_discard_all(void)
{
	for (size_t i = 0; i < UNFINISHED_MAX; i++) {
		char *name = atomic_exchange(&unfinished[i], NULL);
		char *none = NULL;

		if (name == NULL)
			continue;
		(void)unlink(name);
		(void)atomic_compare_exchange_strong(&unfinished[i], &none,
		    name);
	}
}

static void
fail(struct output *output)
{
	if (!output->failed)
		(void)err_errno(&output->err, "%s", output->name);
	output->failed = true;
}

/* Where the last part of path begins; what is before is its folder. */
static size_t
folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* What a link says, seen from where the link is. */
static char *
link_target(const char *link, const char *says)
{
	if (says[0] == '/')
		return xstrdup(says);
	return xasprintf("%.*s%s", (int)folder_length(link), link, says);
}

/* Follows links, also one that leads to no file yet. Returns the path behind
 * them, which the caller frees, or NULL with errno set. */
static char *
follow_links(const char *path)
{
	char *target = xstrdup(path);
	char says[PATH_MAX];

	for (int links = 0; links < LINKS_MAX; links++) {
		ssize_t len = readlink(target, says, sizeof(says) - 1);
		char *next;

		if (len < 0) /* no link */
			return target;
		says[len] = '\0';
		next = link_target(target, says);
		free(target);
		target = next;
	}
	free(target);
	errno = ELOOP;
	return NULL;
}

static char *
temporary_name(const char *target, uint32_t random)
{
	size_t folder = folder_length(target);

	return xasprintf("%.*s.%.*s.tallyman-%06" PRIx32, (int)folder, target,
	    NAME_PART_MAX, target + folder, random & 0xffffff);
}

/* Makes an empty file beside target. Returns 0, or -1 with errno set. */
static int
make_temporary(struct output *output, mode_t mode)
{
	uint32_t random;

	for (int tries = 0; tries < TRIES_MAX; tries++) {
		char *name;

		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return -1;
		name = temporary_name(output->target, random);
		if (!remember(name)) {
			free(name);
			errno = EMFILE;
			return -1;
		}
		output->fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		    mode);
		if (output->fd >= 0) {
			output->temporary = name;
			return 0;
		}
		forget(name);
		if (errno != EEXIST)
			return -1;
	}
	return -1;
}

/* Opens what is to take the place of the file old describes. Nobody may read
 * the new file who could not read the old one, not even for a moment. */
static int
open_replacement(struct output *output, const struct stat *old)
{
	if (faccessat(AT_FDCWD, output->target, W_OK, AT_EACCESS) != 0 ||
	    make_temporary(output, old->st_mode & 0700) != 0)
		return -1;
	(void)!fchown(output->fd, old->st_uid, old->st_gid);
	return fchmod(output->fd, old->st_mode & 0777);
}

static int
open_path(struct output *output, const char *path, bool private)
{
	struct stat old;
	int found = stat(path, &old);

	if (found != 0 && errno != ENOENT)
		return -1;
	if (found == 0 && !S_ISREG(old.st_mode)) {
		output->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		return output->fd < 0 ? -1 : 0;
	}
	output->target = follow_links(path);
	if (output->target == NULL)
		return -1;
	if (private)
		return make_temporary(output, 0600);
	return found == 0 ? open_replacement(output, &old) :
			    make_temporary(output, 0666);
}

/* Frees it, with the temporary file if that was not renamed. */
static void
output_free(struct output *output)
{
	if (output->fd > STDOUT_FILENO)
		(void)close(output->fd);
	if (output->temporary != NULL) {
		(void)unlink(output->temporary);
		forget(output->temporary);
	}
	buf_release(&output->buf);
	free(output->target);
	free(output->name);
	free(output);
}

static struct output *
open_any(const char *path, bool private, struct err *err)
{
	struct output *output = xcalloc(1, sizeof(*output));
	bool is_stdout = path == NULL || strcmp(path, "-") == 0;

	output->name = xstrdup(is_stdout ? "standard output" : path);
	output->fd = is_stdout ? STDOUT_FILENO : -1;
	if (!is_stdout && open_path(output, path, private) != 0) {
		(void)err_errno(err, "%s", output->name);
		output_free(output);
		return NULL;
	}
	return output;
}

struct output *
output_open(const char *path, struct err *err)
{
	return open_any(path, false, err);
}

struct output *
output_open_private(const char *path, struct err *err)
{
	return open_any(path, true, err);
}

struct output *
output_open_buffer(struct buf *into)
{
	struct output *output = xcalloc(1, sizeof(*output));

	output->name = xstrdup("memory");
	output->fd = -1;
	output->into = into;
	return output;
}

static void
flush(struct output *output)
{
	struct slice rest = buf_slice(&output->buf);

	if (output->into != NULL) {
		buf_add(output->into, rest);
		rest.len = 0;
	}
	while (rest.len > 0 && !output->failed) {
		ssize_t n = write(output->fd, rest.ptr, rest.len);

		if (n >= 0)
			rest = slice_from(rest, (size_t)n);
		else if (errno != EINTR)
			fail(output);
	}
	buf_clear(&output->buf);
}

void
output_add(struct output *output, struct slice bytes)
{
	while (bytes.len > 0 && !output->failed) {
		struct slice piece = slice_head(bytes,
		    BUFFER_SIZE - output->buf.len);

		buf_add(&output->buf, piece);
		bytes = slice_from(bytes, piece.len);
		if (output->buf.len == BUFFER_SIZE)
			flush(output);
	}
}

void
output_str(struct output *output, const char *string)
{
	output_add(output, slice_str(string));
}

void
output_format(struct output *output, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		msg_out_of_memory();
	output_add(output, slice_make(text, (size_t)len));
	free(text);
}

bool
output_failed(const struct output *output)
{
	return output->failed;
}

bool
output_is_terminal(const struct output *output)
{
	return isatty(output->fd) == 1;
}

/* So that the new name, too, is there after a power cut. The file is whole
 * either way and nothing can be taken back, hence no error. */
static void
sync_folder(const char *path)
{
	size_t len = folder_length(path);
	char *folder = len == 0 ? xstrdup(".") : xmemdup(path, len);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
	free(folder);
}

/* Closes the file, which tells some errors late. */
static void
finish(struct output *output)
{
	int fd = output->fd;

	if (fd == STDOUT_FILENO || output->into != NULL)
		return;
	output->fd = -1;
	if (close(fd) != 0 && errno != EINTR)
		fail(output);
}

int
output_commit(struct output *output, struct err *err)
{
	int status = 0;

	flush(output);
	if (output->target != NULL && !output->failed && fsync(output->fd) != 0)
		fail(output);
	finish(output);
	if (output->target != NULL && !output->failed) {
		if (rename(output->temporary, output->target) == 0) {
			sync_folder(output->target);
			forget(output->temporary);
			output->temporary = NULL;
		} else {
			fail(output);
		}
	}
	if (output->failed) {
		*err = output->err;
		status = -1;
	}
	output_free(output);
	return status;
}

void
output_discard(struct output *output)
{
	if (output != NULL)
		output_free(output);
}
