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

#include "base/fnv.h"
#include "base/output.h"

enum { HASH_TEXT = 17, FILE_MAX = 64 * 1024 };

/* Tells chains apart, and is no secret's match. */
static void
hash_text(const char *token, char *text)
{
	(void)snprintf(text, HASH_TEXT, "%016" PRIx64,
	    fnv_add(FNV_START, slice_str(token)));
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

int
tokenfile_save(const char *path, const char *old, const char *token,
    struct err *err)
{
	struct output *output = output_open_private(path, err);
	char hash[HASH_TEXT];

	if (output == NULL)
		return -1;
	hash_text(old, hash);
	output_format(output, "%s\n%s\n", hash, token);
	return output_commit(output, err);
}
