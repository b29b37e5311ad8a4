/* SPDX-License-Identifier: MIT */
#ifndef BASE_MSG_H
#define BASE_MSG_H

/*
 * The only printer to standard error. Every line reads
 * "tallyman scan: what: why" and is made visible first (buf_add_visible), so
 * that a hostile file name cannot drive the terminal. The one module with
 * writable globals; safe to call from any thread.
 */

#include <stdbool.h>

enum msg_level {
	MSG_SILENT, /* nothing: what is done again was told before */
	MSG_QUIET,  /* -q: errors only */
	MSG_NORMAL, /* and notes */
	MSG_VERBOSE /* and details */
};

/* Sets the name before each line, such as "tallyman scan"; kept, not copied. */
void msg_init(const char *program);

/* Returns the level before. */
enum msg_level msg_level(enum msg_level level);
bool msg_is_verbose(void);

/* What went wrong: printed but for MSG_SILENT. */
void msg_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What the user should know: not with -q. */
void msg_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Only with --verbose. */
void msg_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints as msg_error() and exits with status 2. */
_Noreturn void msg_die(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/*
 * While a picture is on the terminal, messages to it would spoil it: they are
 * kept until msg_release(), the first 64 KiB of them; a standard error that is
 * no terminal gets them at once. Whatever ends the program with a message
 * calls leave() first, which must take the picture away.
 */
void msg_hold(void (*leave)(void));
void msg_release(void);

/* Adds the message that was kept last, without the program's name. */
struct buf;
void msg_last(struct buf *text);

/* Says so without allocating anything and exits with status 2. */
_Noreturn void msg_out_of_memory(void);

/*
 * Shows one line of progress in place of the last one, where standard error
 * is a terminal and -q was not given; else does nothing. The next message, or
 * an empty text, wipes it.
 */
void msg_progress(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
