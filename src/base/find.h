/* SPDX-License-Identifier: MIT */
#ifndef BASE_FIND_H
#define BASE_FIND_H

/*
 * The search for literals in much text, at the speed of memory. Two bytes of
 * the literal are compared with 64 places at once (AVX2, chosen when the
 * program runs; memmem(3) where it is not there): the one that texts hold
 * least, and the first or the last, whichever is farther, since words often
 * share the rest. Where both are, the whole is compared. This is the "generic
 * SIMD" search of Mula (http://0x80.pl/articles/simd-strfind.html), with a
 * choice of bytes as in Rust's memchr crate. Pure.
 *
 * Also the ends of lines, for who comes to the middle of one.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mask.h"
#include "base/slice.h"

/* A literal that is sought. Copied by value; literal must stay. */
struct find {
	struct slice literal;
	size_t rare, far;   /* which of its bytes are compared first */
	uint64_t head;      /* its first eight bytes, those it has, */
	uint64_t head_mask; /* which are the bits that are set here */
	size_t (*search)(const struct find *find, const char *from,
	    const char *end, const char **places, size_t room);
};

/* literal is of at least one byte. */
void find_init(struct find *find, struct slice literal);

/* The first place at or behind from where the literal stands as a whole
 * before end; NULL when there is none. */
static inline const char *
find_next(const struct find *find, const char *from, const char *end)
{
	const char *place;

	return find->search(find, from, end, &place, 1) == 0 ? NULL : place;
}

/* Many places at once, which costs less than one by one: at most room of them,
 * in order. Returns how many; fewer only where there are no more. */
static inline size_t
find_many(const struct find *find, const char *from, const char *end,
    const char **places, size_t room)
{
	return find->search(find, from, end, places, room);
}

/* Several literals. One pass for each of them, so they should be few. */
enum { FIND_ANY_MAX = 4, FIND_AHEAD = 32 };

struct find_any {
	struct find items[FIND_ANY_MAX];
	size_t count;
};

/* The places found ahead in one text; begins as { 0 } with each text. */
struct find_ahead {
	struct {
		const char *places[FIND_AHEAD];
		size_t at;
		size_t count;
		bool is_whole; /* there are no more behind them */
	} items[FIND_ANY_MAX];
};

/* The same as find_any_next(), where more must be searched. */
const char *find_any_more(const struct find_any *any, struct find_ahead *ahead,
    const char *from, const char *end);

/* The first place where any of them stands, as find_next(); from never goes
 * back in a text. */
static inline const char *
find_any_next(const struct find_any *any, struct find_ahead *ahead,
    const char *from, const char *end)
{
	const char *const *places = ahead->items[0].places;
	size_t at = ahead->items[0].at;

	if (any->count == 1) {
		while (at < ahead->items[0].count && places[at] < from)
			at++;
		ahead->items[0].at = at;
		if (at < ahead->items[0].count)
			return places[at];
	}
	return find_any_more(any, ahead, from, end);
}

/* How often the byte stands in text. */
size_t find_count(struct slice text, char c);

/* The end of the line that `at` is in: its LF, or the text's end. */
static inline const char *
find_line_end(const char *at, const char *end)
{
	for (int i = 0; i < 2 && end - at >= MASK_BYTES; i++) {
		uint64_t ends = mask_of(at, '\n');

		if (ends != 0)
			return at + mask_first(ends);
		at += MASK_BYTES;
	}
	at = slice_chr(slice_between(at, end), '\n');
	return at == NULL ? end : at;
}

/* Where the line begins that `at` is in, or that it ends: behind an LF, or at
 * the beginning of the text. */
static inline const char *
find_line_begin(const char *begin, const char *at)
{
	if (at - begin >= MASK_WIDE_BYTES) {
		const char *base = at - MASK_WIDE_BYTES;
		mask_wide ends = mask_wide_of(base, '\n');

		if (ends != 0)
			return base + mask_wide_last(ends) + 1;
	}
	at = slice_rchr(slice_between(begin, at), '\n');
	return at == NULL ? begin : at + 1;
}

#endif
