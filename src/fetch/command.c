/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/spawn.h"

enum { READ_SIZE = 4096 };

struct child {
	pid_t pid;
	int ended;  /* readable once it has */
	int output; /* what it prints comes here; -1: nothing more does */
	size_t max; /* so much more may come */
	struct buf *text;
};

/*
 * The input is a file in memory: all of it is there before the command runs,
 * so no pipe has to be filled meanwhile, nor breaks (SIGPIPE) when the command
 * does not read it.
 */
static int
open_input(struct slice input, struct err *err)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd >= 0 &&
	    pwrite(fd, input.ptr, input.len, 0) == (ssize_t)input.len)
		return fd;
	(void)err_errno(err, "memory for its input");
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

/* Whether one of strings is of the same name as the variable. */
static bool
is_named(const char *const *strings, const char *variable)
{
	size_t len = strcspn(variable, "=") + 1;

	for (; *strings != NULL; strings++)
		if (strncmp(*strings, variable, len) == 0)
			return true;
	return false;
}

/* Ours, with more in the place of what has the same name. The caller frees
 * the array, not the strings. */
static const char **
environment_with(const char *const *more)
{
	static const char *const none[] = { NULL };
	const char **all = NULL;
	size_t room = 0;
	size_t count = 0;

	if (more == NULL)
		more = none;
	for (size_t i = 0; more[i] != NULL; i++) {
		xgrow(&all, &room, count + 1, sizeof(*all));
		all[count++] = more[i];
	}
	for (size_t i = 0; environ[i] != NULL; i++) {
		if (is_named(more, environ[i]))
			continue;
		xgrow(&all, &room, count + 1, sizeof(*all));
		all[count++] = environ[i];
	}
	xgrow(&all, &room, count + 1, sizeof(*all));
	all[count] = NULL;
	return all;
}

/* Starts it with the two as its standard input and output. */
static int
spawn(struct child *child, const char *const *argv,
    const char *const *environment, int input, int output, struct err *err)
{
	errno = spawn_program(&child->pid, argv, environment,
	    (const int[]){ input, output, STDERR_FILENO });
	return errno == 0 ? 0 : err_errno(err, "cannot be run");
}

static int
start(struct child *child, const char *const *argv, struct slice input,
    const char *const *more, struct err *err)
{
	const char **environment = environment_with(more);
	int pipes[2] = { -1, -1 };
	int in = open_input(input, err);
	int status = -1;

	if (in < 0)
		goto out;
	if (child->text != NULL && pipe2(pipes, O_CLOEXEC) != 0) {
		(void)err_errno(err, "a pipe for its output");
		goto out;
	}
	child->output = pipes[0];
	status = spawn(child, argv, environment, in,
	    pipes[1] >= 0 ? pipes[1] : STDERR_FILENO, err);
out:
	if (pipes[1] >= 0)
		(void)close(pipes[1]);
	if (in >= 0)
		(void)close(in);
	free(environment);
	return status;
}

static void
close_output(struct child *child)
{
	if (child->output >= 0)
		(void)close(child->output);
	child->output = -1;
}

/* Takes a piece of what it prints. */
static int
read_output(struct child *child, size_t max, struct err *err)
{
	ssize_t len = read(child->output, buf_reserve(child->text, READ_SIZE),
	    READ_SIZE);

	if (len < 0)
		return errno == EINTR ? 0 : err_errno(err, "reading from it");
	if (len == 0)
		close_output(child);
	if ((size_t)len > child->max)
		return err_set(err, "prints more than %zu KiB", max / 1024);
	child->max -= (size_t)len;
	child->text->len += (size_t)len;
	return 0;
}

/* Until it has ended and what it printed until then is read. A child of its
 * own that still holds its output is not waited for. */
static int
watch(struct child *child, int64_t timeout, struct err *err)
{
	struct pollfd ready[] = {
		{ .fd = child->output, .events = POLLIN },
		{ .fd = pidfd_open(child->pid, 0), .events = POLLIN },
	};
	int64_t deadline = clock_now() + timeout;
	size_t max = child->max;
	char text[DURATION_TEXT];
	int64_t left;

	child->ended = ready[1].fd;
	if (child->ended < 0)
		return err_errno(err, "its end cannot be seen");
	while ((left = deadline - clock_now()) >= 0) {
		if (left > DURATION_H)
			left = DURATION_H;
		if (poll(ready, 2, (int)(left / DURATION_MS) + 1) <= 0)
			continue;
		if (ready[0].revents == 0)
			return 0;
		if (read_output(child, max, err) != 0)
			return -1;
		ready[0].fd = child->output;
	}
	return err_set(err, "no answer within %s",
	    duration_text(timeout, text));
}

/* It is over, by itself or by us. */
static int
end(struct child *child, bool watched, struct err *err)
{
	int status;

	/* It is not waited for yet, so the number is still its group's. */
	if (!watched)
		(void)kill(-child->pid, SIGKILL);
	spawn_forget(child->pid);
	while (waitpid(child->pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_errno(err, "how it ended is not known");
	if (!watched)
		return -1;
	if (WIFSIGNALED(status))
		return err_set(err, "killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return err_set(err, "exit status %d", WEXITSTATUS(status));
	return 0;
}

int
command_run(const char *const *argv, struct slice input,
    const char *const *environment, int64_t timeout, size_t max,
    struct buf *output, struct err *err)
{
	struct child child = {
		.ended = -1,
		.output = -1,
		.max = max,
		.text = output,
	};
	int status = start(&child, argv, input, environment, err);

	if (status == 0)
		status = end(&child, watch(&child, timeout, err) == 0, err);
	close_output(&child);
	if (child.ended >= 0)
		(void)close(child.ended);
	return status;
}
