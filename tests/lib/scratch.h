/* SPDX-License-Identifier: MIT */
#ifndef SCRATCH_H
#define SCRATCH_H

/*
 * A folder for the files of a test, which scratch_remove() removes with all
 * that is in it. One at a time.
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/slice.h"

static char scratch_folder[] = "/tmp/tallyman-XXXXXX";

static inline void
scratch_need(bool held, const char *what)
{
	if (!held) {
		perror(what);
		abort();
	}
}

static inline void
scratch_make(void)
{
	(void)snprintf(scratch_folder, sizeof(scratch_folder), "%s",
	    "/tmp/tallyman-XXXXXX");
	scratch_need(mkdtemp(scratch_folder) != NULL, "mkdtemp");
}

/* Removes what is in a directory, and closes it. By openat(), since paths may
 * be too long for the system. */
static inline void
scratch_empty(int fd)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;

	if (dir == NULL)
		abort();
	while ((entry = readdir(dir)) != NULL) {
		const char *name = entry->d_name;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
		    unlinkat(fd, name, 0) == 0)
			continue;
		scratch_empty(openat(fd, name, O_RDONLY | O_DIRECTORY));
		(void)unlinkat(fd, name, AT_REMOVEDIR);
	}
	(void)closedir(dir);
}

static inline void
scratch_remove(void)
{
	scratch_empty(open(scratch_folder, O_RDONLY | O_DIRECTORY));
	scratch_need(rmdir(scratch_folder) == 0, scratch_folder);
}

/* The path of name in the folder, in one of a few static buffers in turn. */
static inline const char *
scratch_path(const char *name)
{
	static char paths[8][512];
	static unsigned next;
	char *path = paths[next++ % 8];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", scratch_folder, name);
	return path;
}

/* Makes a file, or makes it anew, and returns its path. */
static inline const char *
scratch_write(const char *name, struct slice bytes)
{
	const char *path = scratch_path(name);
	FILE *file = fopen(path, "wb");

	scratch_need(file != NULL, path);
	if (bytes.len > 0)
		scratch_need(fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len,
		    path);
	scratch_need(fclose(file) == 0, path);
	return path;
}

/* What a small text file holds, in a static buffer; NULL when it cannot be
 * opened. */
static inline const char *
scratch_read(const char *path)
{
	static char text[4096];
	FILE *file = fopen(path, "rb");

	if (file == NULL)
		return NULL;
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	(void)fclose(file);
	return text;
}

#endif
