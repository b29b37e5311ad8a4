/* SPDX-License-Identifier: MIT */
#ifndef BASE_UPTO_H
#define BASE_UPTO_H

/*
 * The bytes up to one of some kind, in texts where it is near: the next quote,
 * backslash, bracket. Inline, and 16 places at once where the processor has
 * vectors, so that it costs less than a call of memchr(3); for what is far
 * away that, or base/find.h, is faster. Pure.
 */

#include <stddef.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { UPTO_ROOM = 16 };

/* How many bytes stand before the first a or b, or before end. */
static inline size_t
upto(const char *from, const char *end, char a, char b)
{
	const char *at = from;

#ifdef __SSE2__
	for (; end - at >= 16; at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i_u *)at);
		int hits = _mm_movemask_epi8(
		    _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(a)),
			_mm_cmpeq_epi8(bytes, _mm_set1_epi8(b))));

		if (hits != 0)
			return (size_t)(at - from) +
			    (size_t)__builtin_ctz((unsigned)hits);
	}
#endif
	while (at < end && *at != a && *at != b)
		at++;
	return (size_t)(at - from);
}

/* How many stand before the first quote or bracket of JSON: "[]{} */
static inline size_t
upto_nest(const char *from, const char *end)
{
	const char *at = from;

#ifdef __SSE2__
	for (; end - at >= 16; at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i_u *)at);
		__m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
		__m128i brackets = _mm_or_si128(_mm_cmpeq_epi8(folded,
						    _mm_set1_epi8('{')),
		    _mm_cmpeq_epi8(folded, _mm_set1_epi8('}')));
		int hits = _mm_movemask_epi8(_mm_or_si128(brackets,
		    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'))));

		if (hits != 0)
			return (size_t)(at - from) +
			    (size_t)__builtin_ctz((unsigned)hits);
	}
#endif
	while (at < end && (*at | 0x20) != '{' && (*at | 0x20) != '}' &&
	    *at != '"')
		at++;
	return (size_t)(at - from);
}

/* As upto(), and the bytes are copied; `to` has room for UPTO_ROOM bytes more
 * than there are, which may be written too. */
static inline size_t
upto_copy(char *to, const char *from, const char *end, char stop)
{
	const char *at = from;

#ifdef __SSE2__
	for (; end - at >= 16; at += 16, to += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i_u *)at);
		int hits = _mm_movemask_epi8(
		    _mm_cmpeq_epi8(bytes, _mm_set1_epi8(stop)));

		_mm_storeu_si128((__m128i_u *)to, bytes);
		if (hits != 0)
			return (size_t)(at - from) +
			    (size_t)__builtin_ctz((unsigned)hits);
	}
#endif
	while (at < end && *at != stop)
		*to++ = *at++;
	return (size_t)(at - from);
}

#endif
