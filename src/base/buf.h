/* SPDX-License-Identifier: MIT */
#ifndef BASE_BUF_H
#define BASE_BUF_H

/*
 * A growing byte string. Start it as { 0 }; it owns its memory until
 * buf_release(), and may be used again after it. buf->ptr is not terminated
 * and moves when the string grows: a slice of it is valid until the next
 * buf_add of any kind.
 */

#include <stddef.h>

#include "base/slice.h"

struct buf {
	char *ptr;
	size_t len;
	size_t room;
};

void buf_release(struct buf *buf);

/* Forgets the bytes and keeps the memory. */
static inline void
buf_clear(struct buf *buf)
{
	buf->len = 0;
}

static inline struct slice
buf_slice(const struct buf *buf)
{
	return slice_make(buf->ptr, buf->len);
}

/* Makes room for n more bytes and returns where they go; the caller adds to
 * buf->len what it wrote. */
char *buf_reserve(struct buf *buf, size_t n);

void buf_add(struct buf *buf, struct slice bytes);
void buf_add_str(struct buf *buf, const char *string);
void buf_add_char(struct buf *buf, char c);
void buf_add_format(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds a number with a comma at each thousand: 4,112. */
void buf_add_count(struct buf *buf, uint64_t number);

/* Removes the first n bytes, moving the rest to the front. */
void buf_drop(struct buf *buf, size_t n);

/*
 * Adds bytes so that a person can read them and a terminal cannot be driven
 * by them: control bytes (C0, DEL, and C1 in UTF-8), bidirectional overrides
 * and bytes that are no UTF-8 become \n, \t, \033, ... as "ls -b" writes them.
 */
void buf_add_visible(struct buf *buf, struct slice bytes);

/* How many bytes of well-formed UTF-8 (RFC 3629) start s: 1 to 4, or 0. */
size_t utf8_length(struct slice s);

/* How many characters a text has that is UTF-8. */
size_t utf8_count(struct slice s);

#endif
