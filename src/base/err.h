/* SPDX-License-Identifier: MIT */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/*
 * What went wrong, as a value: a text of at most 1 KiB, filled by whoever
 * knows, wrapped on the way up ("FILE: what: why"), printed once in cmd/.
 * No allocation, no ownership, safe in threads. Functions that can fail take
 * a struct err * last, return -1 or NULL with it set, and leave it alone when
 * they succeed. (The idea is jansson's.)
 *
 * When a text does not fit, its middle is cut out: the path in front may be
 * shortened, the reason at the end never is.
 */

#include <errno.h>

struct err {
	char text[1024];
};

/* Sets the text. Returns -1, so that "return err_set(...)" reads well. */
int err_set(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Sets "format: strerror(errno)". Returns -1. */
int err_errno(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts "format: " before the text. Returns -1. */
int err_wrap(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define CHECKED __attribute__((warn_unused_result))

#endif
