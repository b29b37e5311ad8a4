/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/git.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/duration.h"
#include "repo/child.h"
#include "repo/harmless.h"

enum { READ_SIZE = 65536, PATH_OUTPUT_MAX = 65536 };

/*
 * The input is a file in memory: all of it is there before git runs, so no pipe
 * has to be filled meanwhile, nor breaks (SIGPIPE) when git does not read it.
 */
static int
open_input(struct slice input, struct err *err)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd >= 0 &&
	    (input.len == 0 ||
		pwrite(fd, input.ptr, input.len, 0) == (ssize_t)input.len))
		return fd;
	(void)err_errno(err, "memory for its input");
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

/* Until it has ended. */
static int
read_all(struct child *child, size_t max, struct buf *output, struct err *err)
{
	size_t left = max;
	ssize_t len;

	while ((len = child_read(child, buf_reserve(output, READ_SIZE),
		    READ_SIZE, err)) > 0) {
		if ((size_t)len > left)
			return err_set(err, "prints more than %zu KiB",
			    max / 1024);
		left -= (size_t)len;
		output->len += (size_t)len;
	}
	return (int)len;
}

/* Returns 1 with err set where git itself said no. */
static int
run(const struct git *git, const char *const *arguments, struct slice input,
    size_t max, struct buf *output, struct err *err)
{
	int fd = open_input(input, err);
	struct child child;
	int status = -1;

	if (fd < 0)
		return -1;
	if (harmless_start(&child, git, arguments, fd, err) != 0)
		goto out;
	if (read_all(&child, max, output, err) == 0)
		status = child_end(&child, err) == 0 ? 0 : 1;
	else
		child_kill(&child);
out:
	(void)close(fd);
	return status;
}

int
git_run(const struct git *git, const char *const *arguments, struct slice input,
    size_t max, struct buf *output, struct err *err)
{
	if (run(git, arguments, input, max, output, err) == 0)
		return 0;
	return err_wrap(err, "git %s in %s", arguments[0], git->dir);
}

/* "false\nfalse\nPATH\n", of which only the path may hold more newlines. */
static int
read_facts(struct git *git, struct slice text, struct err *err)
{
	struct slice shallow;
	struct slice bare;

	if (!slice_cut(&text, '\n', &shallow) ||
	    !slice_cut(&text, '\n', &bare) || !slice_starts(text, "/") ||
	    !slice_ends(text, "\n"))
		return err_set(err, "git says nothing of where it is");
	git->is_shallow = slice_is(shallow, "true");
	git->is_bare = slice_is(bare, "true");
	git->git_dir = xmemdup(text.ptr, text.len - 1);
	return 0;
}

int
git_open(struct git *git, const char *dir, struct err *err)
{
	static const char *const arguments[] = { "rev-parse",
		"--is-shallow-repository", "--is-bare-repository",
		"--absolute-git-dir", NULL };
	struct buf output = { 0 };
	int status;

	*git = (struct git){ .dir = xstrdup(dir), .silence = 2 * DURATION_M };
	if (*dir == '\0')
		return err_set(err, "the repository has no name");
	status = run(git, arguments, slice_make(NULL, 0), PATH_OUTPUT_MAX,
	    &output, err);
	if (status == 0)
		status = read_facts(git, buf_slice(&output), err);
	buf_release(&output);
	return status == 0 ? 0 : err_wrap(err, "%s", dir);
}

void
git_release(struct git *git)
{
	free(git->dir);
	free(git->git_dir);
	*git = (struct git){ 0 };
}

bool
git_is_id(struct slice text)
{
	if (text.len != 40 && text.len != 64)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (strchr("0123456789abcdef", text.ptr[i]) == NULL ||
		    text.ptr[i] == '\0')
			return false;
	return true;
}

/* The one object that a revision names. Returns 1 with err set where git knows
 * none; "^x" and the like it prints, but they are no ids. */
static int
verify(const struct git *git, const char *revision, char id[GIT_ID_SIZE],
    struct err *err)
{
	const char *const arguments[] = { "rev-parse", "--verify",
		"--end-of-options", revision, NULL };
	struct buf output = { 0 };
	int status = run(git, arguments, slice_make(NULL, 0), PATH_OUTPUT_MAX,
	    &output, err);
	struct slice text = slice_trim(buf_slice(&output));

	if (status == 0 && !git_is_id(text)) {
		(void)err_set(err, "not a single revision");
		status = 1;
	}
	if (status == 0)
		(void)snprintf(id, GIT_ID_SIZE, "%.*s", SLICE_ARG(text));
	buf_release(&output);
	return status;
}

/* In our words; git's own are of use in one case. */
static int
unknown(const struct git *git, const char *revision, struct err *err)
{
	bool is_ambiguous = strstr(err->text, "is ambiguous") != NULL;
	const char *why = "";
	struct buf name = { 0 };

	if (is_ambiguous)
		why = ": several objects begin like it";
	else if (git->is_shallow)
		why = ": it is a shallow clone, its history ends early";
	buf_add_visible(&name, slice_str(revision));
	(void)err_set(err, "no revision %.*s in %s%s",
	    SLICE_ARG(buf_slice(&name)), git->dir, why);
	buf_release(&name);
	return -1;
}

/*
 * First the object, then the commit that it is or, a tag, points to: an end
 * such as "^{commit}" would be taken for a part of ":/text" or "HEAD:path".
 */
int
git_resolve(const struct git *git, const char *revision, char id[GIT_ID_SIZE],
    struct err *err)
{
	char peeled[GIT_ID_SIZE + sizeof("^{commit}")];
	struct err why;
	int status = verify(git, revision, id, &why);

	if (status == 0) {
		(void)snprintf(peeled, sizeof(peeled), "%s^{commit}", id);
		status = verify(git, peeled, id, &why);
	}
	if (status == 0)
		return 0;
	*err = why;
	if (status > 0)
		return unknown(git, revision, err);
	return err_wrap(err, "revision %s in %s", revision, git->dir);
}

/* What the old one reaches and the new one does not begins with the old one
 * itself, or there is nothing. */
int
git_is_ancestor(const struct git *git, const char *old, const char *new,
    struct err *err)
{
	char *excluded = xasprintf("^%s", new);
	const char *const arguments[] = { "rev-list", "--max-count=1",
		"--end-of-options", old, excluded, NULL };
	struct buf output = { 0 };
	int status = git_run(git, arguments, slice_make(NULL, 0),
	    PATH_OUTPUT_MAX, &output, err);

	if (status == 0)
		status = output.len == 0;
	buf_release(&output);
	free(excluded);
	return status;
}
