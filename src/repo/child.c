/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/spawn.h"

enum { WORDS_MAX = 4096 };

static void
close_one(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

/* It may have begun already, but hardly with what is large. */
static void
limit_memory(pid_t pid)
{
	struct rlimit limit = { CHILD_MEMORY_MAX, CHILD_MEMORY_MAX };

	(void)prlimit(pid, RLIMIT_DATA, &limit, NULL);
}

static int
spawn(struct child *child, const char *const *argv,
    const char *const *environment, const int *standard, struct err *err)
{
	errno = spawn_program(&child->pid, argv, environment, standard);
	if (errno == 0)
		return 0;
	child->pid = 0;
	return errno == ENOENT ? err_set(err, "%s is not installed", argv[0]) :
				 err_errno(err, "%s", argv[0]);
}

/* Lets go of what is left of it; how it ended, or -1. */
static int
reap(struct child *child)
{
	int status = -1;

	spawn_forget(child->pid);
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	child->pid = 0;
	return status;
}

static void
forget(struct child *child)
{
	close_one(&child->ended);
	close_one(&child->output);
	close_one(&child->errors);
	buf_release(&child->words);
}

void
child_kill(struct child *child)
{
	if (child->pid > 0) {
		/* Not waited for yet: the number is still its group's. */
		(void)kill(-child->pid, SIGKILL);
		(void)reap(child);
		forget(child);
	}
}

int
child_start(struct child *child, const char *const *argv,
    const char *const *environment, int input, int64_t silence, struct err *err)
{
	int output[2] = { -1, -1 };
	int errors[2] = { -1, -1 };
	int status = -1;

	*child = (struct child){ .ended = -1, .silence = silence };
	if (pipe2(output, O_CLOEXEC) != 0 || pipe2(errors, O_CLOEXEC) != 0)
		(void)err_errno(err, "a pipe from %s", argv[0]);
	else
		status = spawn(child, argv, environment,
		    (const int[]){ input, output[1], errors[1] }, err);
	child->output = output[0];
	child->errors = errors[0];
	close_one(&output[1]);
	close_one(&errors[1]);
	if (status == 0) {
		limit_memory(child->pid);
		child->ended = pidfd_open(child->pid, 0);
	}
	if (status == 0 && child->ended < 0)
		status = err_errno(err, "the end of %s cannot be seen",
		    argv[0]);
	if (status != 0) {
		child_kill(child);
		forget(child);
	}
	return status;
}

/* Takes a piece of what it says, and keeps what there is room for. */
static void
hear(struct child *child)
{
	char piece[WORDS_MAX];
	ssize_t len = read(child->errors, piece, sizeof(piece));

	if (len > 0)
		buf_add(&child->words,
		    slice_head(slice_make(piece, (size_t)len),
			WORDS_MAX - child->words.len));
	else if (len == 0 || errno != EINTR)
		close_one(&child->errors);
}

/* Until something can be read from its output: 1; 0: never more; or -1 with
 * err set. A child of its own that still holds its output is not waited for. */
static int
wait_for(struct child *child, struct err *err)
{
	int64_t deadline = clock_now() + child->silence;
	char text[DURATION_TEXT];
	int64_t left;

	while ((left = deadline - clock_now()) >= 0) {
		struct pollfd ready[] = {
			{ .fd = child->output, .events = POLLIN },
			{ .fd = child->errors, .events = POLLIN },
			{ .fd = child->ended, .events = POLLIN },
		};

		if (left > DURATION_H)
			left = DURATION_H;
		if (poll(ready, 3, (int)(left / DURATION_MS) + 1) <= 0)
			continue;
		if (ready[1].revents != 0) {
			hear(child);
			deadline = clock_now() + child->silence;
		}
		if (ready[0].revents != 0)
			return 1;
		if (ready[1].revents == 0)
			return 0;
	}
	return err_set(err, "says nothing for %s",
	    duration_text(child->silence, text));
}

ssize_t
child_read(struct child *child, char *into, size_t room, struct err *err)
{
	int status;

	while ((status = wait_for(child, err)) > 0) {
		ssize_t len = read(child->output, into, room);

		if (len > 0)
			return len;
		if (len == 0)
			close_one(&child->output);
		else if (errno != EINTR)
			return err_errno(err, "reading from it");
	}
	return status;
}

/* The first line that it said, without git's "fatal: " before it. */
static int
tell(const struct child *child, int status, struct err *err)
{
	struct slice words = slice_trim(buf_slice(&child->words));
	struct buf text = { 0 };
	struct slice line;

	if (slice_starts(words, "fatal: "))
		words = slice_from(words, strlen("fatal: "));
	else if (slice_starts(words, "error: "))
		words = slice_from(words, strlen("error: "));
	if (slice_cut(&words, '\n', &line)) {
		buf_add_visible(&text, line);
		(void)err_set(err, "%.*s", SLICE_ARG(buf_slice(&text)));
		buf_release(&text);
	} else if (WIFSIGNALED(status)) {
		(void)err_set(err, "killed by signal %d", WTERMSIG(status));
	} else {
		(void)err_set(err, "exit status %d", WEXITSTATUS(status));
	}
	return -1;
}

int
child_end(struct child *child, struct err *err)
{
	int status = reap(child);

	if (status != 0)
		(void)tell(child, status, err);
	forget(child);
	return status == 0 ? 0 : -1;
}
