/* SPDX-License-Identifier: MIT */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

/*
 * A slice is a borrowed run of bytes: a pointer and a length, no terminator,
 * any byte allowed. Whoever hands one out says until when it is valid. An
 * empty slice may have a NULL pointer. Slices are passed by value.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const char *ptr;
	size_t len;
};

/* A slice of a string literal, usable in initialisers. */
#define SLICE(literal)                         \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}

/* For printf's "%.*s": SLICE_ARG(s). */
#define SLICE_ARG(s) (int)(s).len, (s).ptr == NULL ? "" : (s).ptr

static inline struct slice
slice_make(const char *ptr, size_t len)
{
	return (struct slice){ ptr, len };
}

/* The bytes of a C string, without its NUL. */
static inline struct slice
slice_str(const char *string)
{
	return slice_make(string, strlen(string));
}

/* The bytes from begin up to end, both in one object, begin <= end. */
static inline struct slice
slice_between(const char *begin, const char *end)
{
	return slice_make(begin, (size_t)(end - begin));
}

/* The slice without its first n bytes; n is at most its length. */
static inline struct slice
slice_from(struct slice s, size_t n)
{
	return n == 0 ? s : slice_make(s.ptr + n, s.len - n);
}

/* The first n bytes, or all of it when it is shorter. */
static inline struct slice
slice_head(struct slice s, size_t n)
{
	return slice_make(s.ptr, n < s.len ? n : s.len);
}

static inline bool
slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool
slice_is(struct slice s, const char *string)
{
	return slice_equal(s, slice_str(string));
}

static inline bool
slice_starts(struct slice s, const char *prefix)
{
	size_t len = strlen(prefix);

	return s.len >= len && (len == 0 || memcmp(s.ptr, prefix, len) == 0);
}

static inline bool
slice_ends(struct slice s, const char *suffix)
{
	size_t len = strlen(suffix);

	return s.len >= len &&
	    (len == 0 || memcmp(s.ptr + s.len - len, suffix, len) == 0);
}

/* Order of bytes, unsigned; a prefix comes first: <0, 0 or >0. */
int slice_compare(struct slice a, struct slice b);

/* Equal but for the case of ASCII letters. */
bool slice_is_nocase(struct slice s, const char *string);

/* The place of the first c, or of the first needle, or NULL. */
const char *slice_chr(struct slice s, char c);
const char *slice_rchr(struct slice s, char c);
const char *slice_find(struct slice s, const char *needle);

/* Without the blanks and tabs (and CR, LF) at its ends. */
struct slice slice_trim(struct slice s);

/*
 * Takes the bytes before the first sep off the front of *rest and leaves what
 * follows sep; without a sep takes all and leaves it empty. Returns false
 * when *rest is empty to begin with.
 */
bool slice_cut(struct slice *rest, char sep, struct slice *taken);

/*
 * A decimal number that is the whole slice. Returns 0; -1 when it is empty or
 * holds another byte than a digit; 1 when it is a number beyond 2^64-1.
 */
int slice_number(struct slice s, uint64_t *number);

/* Takes c off the front; false where another byte, or none, stands there. */
bool slice_take_char(struct slice *s, char c);

/* How many digits stand at its front. */
size_t slice_digits(struct slice s);

#endif
