/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/tokenfile.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

enum { HASH_TEXT = 17, FILE_MAX = 64 * 1024 };

/* FNV-1a, 64 bits: tells chains apart, and is no secret's match. */
static void
hash_text(const char *token, char *text)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *token != '\0'; token++)
		hash = (hash ^ (unsigned char)*token) * UINT64_C(1099511628211);
	(void)snprintf(text, HASH_TEXT, "%016" PRIx64, hash);
}

void
tokenfile_wipe(struct buf *token)
{
	if (token->room > 0)
		explicit_bzero(token->ptr, token->room);
	buf_release(token);
}

/* All of a file that only its owner can read. */
static int
read_file(int fd, const char *path, struct buf *text, struct err *err)
{
	struct stat stat;
	ssize_t n;

	if (fstat(fd, &stat) != 0)
		return err_errno(err, "%s", path);
	if (!S_ISREG(stat.st_mode) || (stat.st_mode & 077) != 0)
		return err_set(err, "%s: others may read it", path);
	n = read(fd, buf_reserve(text, FILE_MAX), FILE_MAX);
	if (n < 0)
		return err_errno(err, "%s", path);
	text->len = (size_t)n;
	return 0;
}

/* The second line, if the first is the hash. */
static int
find_token(struct slice text, const char *hash, struct buf *token)
{
	const char *end = slice_chr(text, '\n');

	if (end == NULL || !slice_starts(text, hash) ||
	    end != text.ptr + strlen(hash))
		return 0;
	text = slice_from(text, (size_t)(end - text.ptr) + 1);
	end = slice_chr(text, '\n');
	if (end == NULL || end == text.ptr)
		return 0;
	buf_add(token, slice_between(text.ptr, end));
	return 1;
}

int
tokenfile_load(const char *path, const char *old, struct buf *token,
    struct err *err)
{
	struct buf text = { 0 };
	char hash[HASH_TEXT];
	int status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return errno == ENOENT ? 0 : err_errno(err, "%s", path);
	status = read_file(fd, path, &text, err);
	(void)close(fd);
	hash_text(old, hash);
	if (status == 0)
		status = find_token(buf_slice(&text), hash, token);
	tokenfile_wipe(&text);
	return status;
}

static int
write_all(int fd, struct slice bytes, const char *path, struct err *err)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);

		if (n < 0)
			return err_errno(err, "%s", path);
		bytes = slice_from(bytes, (size_t)n);
	}
	return fsync(fd) == 0 ? 0 : err_errno(err, "%s", path);
}

/* The new file, under its other name; its run holds the job's lock, so nobody
 * else writes it. */
static int
write_file(const char *path, struct slice text, struct err *err)
{
	int fd;
	int status;

	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(err, "%s", path);
	status = write_all(fd, text, path, err);
	if (close(fd) != 0 && status == 0)
		status = err_errno(err, "%s", path);
	return status;
}

int
tokenfile_save(const char *path, const char *old, const char *token,
    struct err *err)
{
	char *beside = xasprintf("%s.new", path);
	struct buf text = { 0 };
	char hash[HASH_TEXT];
	int status;

	hash_text(old, hash);
	buf_add_format(&text, "%s\n%s\n", hash, token);
	status = write_file(beside, buf_slice(&text), err);
	if (status == 0 && rename(beside, path) != 0)
		status = err_errno(err, "%s", path);
	tokenfile_wipe(&text);
	free(beside);
	return status;
}
