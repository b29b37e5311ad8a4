/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/screen.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"

/* The second screen, cleared, without a cursor; and back. */
static const char enter[] = "\033[?1049h\033[?25l\033[H\033[2J";
static const char leave[] = "\033[?25h\033[?1049l";

static volatile sig_atomic_t is_entered;
static volatile sig_atomic_t is_cared_for; /* atexit() and signals are set */

int
screen_check(struct err *err)
{
	const char *term = getenv("TERM");

	if (!isatty(STDOUT_FILENO))
		return err_set(err, "standard output is no terminal");
	if (term == NULL || term[0] == '\0' || strcmp(term, "dumb") == 0)
		return err_set(err, "this terminal cannot be drawn on (TERM)");
	return 0;
}

/* Returns 0, or -1 with errno set. Safe in a signal handler. */
static int
write_all(const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes, len);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

void
screen_leave(void)
{
	if (is_entered)
		(void)write_all(leave, sizeof(leave) - 1);
	is_entered = false;
}

/* Runs with the action already back at its default (SA_RESETHAND). */
static void
die(int number)
{
	screen_leave();
	(void)raise(number);
}

static void
care(void)
{
	struct sigaction action = { .sa_flags = SA_RESETHAND };

	is_cared_for = true;
	action.sa_handler = die;
	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGQUIT, &action, NULL);
	(void)sigaction(SIGABRT, &action, NULL);
	(void)atexit(screen_leave);
}

void
screen_enter(void)
{
	if (!is_cared_for)
		care();
	is_entered = true;
	(void)write_all(enter, sizeof(enter) - 1);
}

void
screen_size(size_t *width, size_t *height)
{
	struct winsize size;
	bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
	    size.ws_col > 0 && size.ws_row > 0;

	*width = is_known ? size.ws_col : 80;
	*height = is_known ? size.ws_row : 24;
}

int
screen_show(struct slice text, size_t height, struct err *err)
{
	struct buf frame = { 0 };
	struct slice line;
	size_t n = 0;
	int status;

	/* Each line is cleared first: behind a full one the cursor would still
	 * stand on its last character. */
	for (; n < height && slice_cut(&text, '\n', &line); n++) {
		buf_add_str(&frame, n == 0 ? "\033[H\033[K" : "\r\n\033[K");
		buf_add(&frame, line);
	}
	if (n < height)
		buf_add_str(&frame, n == 0 ? "\033[H\033[J" : "\r\n\033[J");
	status = write_all(frame.ptr, frame.len);
	buf_release(&frame);
	return status == 0 ? 0 : err_errno(err, "standard output");
}
