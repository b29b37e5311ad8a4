/* SPDX-License-Identifier: MIT */
#ifndef BASE_MASK_H
#define BASE_MASK_H

/*
 * Text as bits: a word that says which of 64 or 128 bytes are some byte, so
 * that places are found by counting zeros instead of by walking, and without
 * branches that depend on the text. With SSE2, which every x86-64 has; a loop
 * elsewhere.
 */

#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { MASK_BYTES = 64, MASK_WIDE_BYTES = 128 };

__extension__ typedef unsigned __int128 mask_wide;

#ifdef __SSE2__

/* The same of 16 bytes. */
static inline uint64_t
mask_of_16(const char *at, __m128i wanted)
{
	__m128i bytes = _mm_loadu_si128((const __m128i_u *)at);

	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted));
}

#endif

/* Bit i is set where at[i] is c; all 64 bytes must be readable. */
static inline uint64_t
mask_of(const char *at, char c)
{
#ifdef __SSE2__
	const __m128i wanted = _mm_set1_epi8(c);

	return mask_of_16(at, wanted) | mask_of_16(at + 16, wanted) << 16 |
	    mask_of_16(at + 32, wanted) << 32 |
	    mask_of_16(at + 48, wanted) << 48;
#else
	uint64_t mask = 0;

	for (int i = 0; i < MASK_BYTES; i++)
		mask |= (uint64_t)(at[i] == c) << i;
	return mask;
#endif
}

/* The same of 128 bytes. */
static inline mask_wide
mask_wide_of(const char *at, char c)
{
	return mask_of(at, c) | (mask_wide)mask_of(at + MASK_BYTES, c) << 64;
}

/* The lowest and the highest bit that is set; some must be. */
static inline unsigned
mask_first(uint64_t mask)
{
	return (unsigned)__builtin_ctzll(mask);
}

static inline unsigned
mask_last(uint64_t mask)
{
	return 63U - (unsigned)__builtin_clzll(mask);
}

static inline unsigned
mask_wide_first(mask_wide mask)
{
	uint64_t low = (uint64_t)mask;

	return low != 0 ? mask_first(low) :
			  64 + mask_first((uint64_t)(mask >> 64));
}

static inline unsigned
mask_wide_last(mask_wide mask)
{
	uint64_t high = (uint64_t)(mask >> 64);

	return high != 0 ? 64 + mask_last(high) : mask_last((uint64_t)mask);
}

/* The bits below bit n; n is at most 127. */
static inline mask_wide
mask_wide_below(unsigned n)
{
	return ((mask_wide)1 << n) - 1;
}

#endif
