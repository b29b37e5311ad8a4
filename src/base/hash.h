/* SPDX-License-Identifier: MIT */
#ifndef BASE_HASH_H
#define BASE_HASH_H

/*
 * The hash of a byte string for tables in memory: eight bytes at a time,
 * multiplied and folded, as wyhash does
 * (https://github.com/wangyi-fudan/wyhash). It may differ from release to
 * release, so it is never written down; and it is seeded with a constant, since
 * a table is bounded by its memory limit, not by the honesty of its keys.
 */

#include <stdint.h>
#include <string.h>

#include "base/slice.h"

static inline uint64_t
hash_mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The word at a place of a text. */
static inline uint64_t
hash_word(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* 32 bytes, as two words that do not wait for each other. */
static inline uint64_t
hash_32(const char *at, const uint64_t *p)
{
	return hash_mix(hash_word(at) ^ p[0], hash_word(at + 8) ^ p[1]) ^
	    hash_mix(hash_word(at + 16) ^ p[2], hash_word(at + 24) ^ p[3]);
}

/* What is not a multiple is covered by pieces that overlap: so most lengths
 * need no loop. */
static inline uint64_t
hash_bytes(struct slice bytes)
{
	static const uint64_t p[4] = { UINT64_C(0xa0761d6478bd642f),
		UINT64_C(0xe7037ed1a0b428db), UINT64_C(0x8ebc6af09c88c6e3),
		UINT64_C(0x589965cc75374cc3) };
	const char *at = bytes.ptr;
	size_t len = bytes.len;
	uint64_t hash = len;
	uint64_t a = 0;
	uint64_t b = 0;

	for (; len > 64; len -= 32, at += 32)
		hash = hash_mix(hash ^ hash_32(at, p), p[0]);
	if (len >= 32) {
		a = hash_32(at, p);
		b = hash_32(at + len - 32, p);
	} else if (len >= 16) {
		a = hash_mix(hash_word(at) ^ p[0], hash_word(at + 8) ^ p[1]);
		b = hash_mix(hash_word(at + len - 16) ^ p[2],
		    hash_word(at + len - 8) ^ p[3]);
	} else if (len >= 8) {
		a = hash_word(at);
		b = hash_word(at + len - 8);
	} else if (len > 0) {
		memcpy(&a, at, len);
	}
	return hash_mix(hash ^ a ^ p[2], b ^ p[1]);
}

#endif
