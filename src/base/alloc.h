/* SPDX-License-Identifier: MIT */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

/*
 * Memory that cannot fail: when there is none left, these print one line and
 * exit with status 2, as git's and tmux's do, so no caller checks. What they
 * return is freed with free().
 */

#include <stddef.h>

void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));

/* n things of size bytes, all zero. */
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));

void *xrealloc(void *ptr, size_t size) __attribute__((returns_nonnull));

/* For growing arrays: n * size with its overflow checked. */
void *xreallocarray(void *ptr, size_t n, size_t size)
    __attribute__((returns_nonnull));

/* A copy of a C string; of len bytes with a NUL behind them. */
char *xstrdup(const char *string) __attribute__((malloc, returns_nonnull));
char *xmemdup(const void *ptr, size_t len)
    __attribute__((malloc, returns_nonnull));

/* A formatted string. */
char *xasprintf(const char *format, ...)
    __attribute__((format(printf, 1, 2), malloc, returns_nonnull));

/* Grows *array (of size-byte things) so that it holds at least n; *room is
 * how many it holds now. Doubles, so that appending costs O(1). */
void xgrow(void *array, size_t *room, size_t n, size_t size);

#endif
