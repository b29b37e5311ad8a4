/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/ldpreload.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/msg.h"
#include "base/slice.h"

#define PRELOAD "record.so"

/* A file of the folder that this program lies in; NULL where it is not there.
 * The caller frees it. */
static char *
find_beside(const char *name)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self));
	const char *slash;
	char *path;

	if (len <= 0)
		return NULL;
	slash = slice_rchr(slice_make(self, (size_t)len), '/');
	if (slash == NULL)
		return NULL;
	path = xasprintf("%.*s/%s", (int)(slash - self), self, name);
	if (access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}

int
ldpreload_set(struct err *err)
{
	const char *others = getenv("LD_PRELOAD");
	char *path = find_beside(PRELOAD);
	char *all;
	int status = -1;

	if (path == NULL)
		path = xstrdup(PKGLIBDIR "/" PRELOAD);
	if (others == NULL)
		others = "";
	all = xasprintf("%s%s%s", others, others[0] == '\0' ? "" : ":", path);
	if (access(path, R_OK) != 0)
		err_set(err, "%s: %s", path, strerror(errno));
	else if (strpbrk(path, ": \t\n") != NULL)
		err_set(err, "%s: a blank or a colon: ld.so can't load it",
		    path);
	else if (setenv("LD_PRELOAD", all, 1) != 0)
		err_set(err, "LD_PRELOAD: %s", strerror(errno));
	else
		status = 0;
	free(all);
	free(path);
	return status;
}

/* The file that execvp(3) would run, open; -1. */
static int
open_program(const char *program)
{
	const char *folders = getenv("PATH");
	struct slice rest = slice_str(folders == NULL ? "/bin" : folders);
	struct slice folder;
	int fd = -1;

	if (strchr(program, '/') != NULL)
		return open(program, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	while (fd < 0 && slice_cut(&rest, ':', &folder)) {
		char *path = xasprintf("%.*s%s%s", SLICE_ARG(folder),
		    folder.len == 0 ? "" : "/", program);

		if (access(path, X_OK) == 0)
			fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		free(path);
	}
	return fd;
}

/* Whether it is an ELF program without an interpreter (ld.so). */
static bool
is_static(int fd)
{
	Elf64_Ehdr head;
	Elf64_Phdr part;

	if (pread(fd, &head, sizeof(head), 0) != sizeof(head) ||
	    memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
	    head.e_ident[EI_CLASS] != ELFCLASS64 ||
	    head.e_phentsize != sizeof(part))
		return false;
	for (unsigned i = 0; i < head.e_phnum; i++) {
		off_t at = (off_t)(head.e_phoff + i * sizeof(part));

		if (pread(fd, &part, sizeof(part), at) != sizeof(part) ||
		    part.p_type == PT_INTERP)
			return false;
	}
	return true;
}

void
ldpreload_warn(const char *program)
{
	int fd = open_program(program);
	struct stat about;

	if (fd < 0 || fstat(fd, &about) != 0)
		; /* execvp() will say why */
	else if (S_ISREG(about.st_mode) && is_static(fd))
		msg_note("%s is linked statically: its operations are not seen",
		    program);
	else if (geteuid() != 0 && (about.st_mode & (S_ISUID | S_ISGID)) != 0)
		msg_note("%s changes its user or group: its operations are "
			 "not seen",
		    program);
	if (fd >= 0)
		(void)close(fd);
}
