/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/msg.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* guarded by lock: */
static const char *program = "tallyman";
static enum msg_level level = MSG_NORMAL;
static bool progress_shown;
static bool is_holding;
static struct buf held;    /* whole lines */
static unsigned held_more; /* messages for which there was no room */

/* Set before threads start. */
static void (*leave_picture)(void);

enum { HELD_MOST = 64 * 1024 };

void
msg_init(const char *name)
{
	program = name;
}

enum msg_level
msg_level(enum msg_level new_level)
{
	enum msg_level old_level = level;

	level = new_level;
	return old_level;
}

bool
msg_is_verbose(void)
{
	return level == MSG_VERBOSE;
}

static void
write_all(struct slice bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(STDERR_FILENO, bytes.ptr, bytes.len);

		if (n <= 0)
			return; /* nobody is left to tell */
		bytes = slice_from(bytes, (size_t)n);
	}
}

static void
wipe_progress(void)
{
	if (progress_shown)
		write_all(slice_str("\r\033[K"));
	progress_shown = false;
}

/* Prints a line, or keeps it. With the lock held. */
static void
put(struct slice line)
{
	wipe_progress();
	if (!is_holding)
		write_all(line);
	else if (held.len + line.len <= HELD_MOST)
		buf_add(&held, line);
	else
		held_more++;
}

void
msg_hold(void (*leave)(void))
{
	leave_picture = leave;
	pthread_mutex_lock(&lock);
	is_holding = isatty(STDERR_FILENO);
	pthread_mutex_unlock(&lock);
}

void
msg_release(void)
{
	unsigned more;

	pthread_mutex_lock(&lock);
	is_holding = false;
	leave_picture = NULL;
	write_all(buf_slice(&held));
	buf_release(&held);
	more = held_more;
	held_more = 0;
	pthread_mutex_unlock(&lock);
	if (more > 0)
		msg_note("... %u more messages", more);
}

void
msg_last(struct buf *text)
{
	struct slice line;
	const char *begin;

	pthread_mutex_lock(&lock);
	line = slice_head(buf_slice(&held), held.len == 0 ? 0 : held.len - 1);
	begin = slice_rchr(line, '\n');
	if (begin != NULL)
		line = slice_from(line, (size_t)(begin - line.ptr) + 1);
	if (line.len > 0)
		buf_add(text, slice_from(line, strlen(program) + 2));
	pthread_mutex_unlock(&lock);
}

/* Takes the picture away before the program's last words. */
static void
clear_the_way(void)
{
	void (*leave)(void) = leave_picture;

	if (leave == NULL)
		return;
	leave();
	msg_release();
}

/* One line in one write, so that lines of several threads never mix. */
static void __attribute__((format(printf, 1, 0)))
print(const char *format, va_list args)
{
	struct buf line = { 0 };
	char *text;

	if (vasprintf(&text, format, args) < 0)
		msg_out_of_memory();
	buf_add_str(&line, program);
	buf_add_str(&line, ": ");
	buf_add_visible(&line, slice_str(text));
	buf_add_char(&line, '\n');
	pthread_mutex_lock(&lock);
	put(buf_slice(&line));
	pthread_mutex_unlock(&lock);
	buf_release(&line);
	free(text);
}

void
msg_error(const char *format, ...)
{
	va_list args;

	if (level < MSG_QUIET)
		return;
	va_start(args, format);
	print(format, args);
	va_end(args);
}

void
msg_note(const char *format, ...)
{
	va_list args;

	if (level < MSG_NORMAL)
		return;
	va_start(args, format);
	print(format, args);
	va_end(args);
}

void
msg_detail(const char *format, ...)
{
	va_list args;

	if (level < MSG_VERBOSE)
		return;
	va_start(args, format);
	print(format, args);
	va_end(args);
}

void
msg_die(const char *format, ...)
{
	va_list args;

	clear_the_way();
	va_start(args, format);
	print(format, args);
	va_end(args);
	exit(2);
}

void
msg_out_of_memory(void)
{
	if (leave_picture != NULL)
		leave_picture();
	write_all(slice_str(program));
	write_all(slice_str(": out of memory\n"));
	exit(2);
}

void
msg_progress(const char *format, ...)
{
	va_list args;
	char text[256];
	struct buf line = { 0 };

	if (level < MSG_NORMAL || !isatty(STDERR_FILENO))
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	buf_add_visible(&line, slice_str(text));
	pthread_mutex_lock(&lock);
	wipe_progress();
	write_all(buf_slice(&line));
	progress_shown = line.len > 0;
	pthread_mutex_unlock(&lock);
	buf_release(&line);
}
