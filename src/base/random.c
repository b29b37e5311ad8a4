/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/random.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <sys/random.h>
#include <sys/types.h>

static uint64_t
rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

/* splitmix64: it makes no four words that are all 0, from which xoshiro256**
 * would never come away. */
static uint64_t
next_seed(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

void
random_seed(struct random *random, uint64_t seed)
{
	for (size_t i = 0; i < 4; i++)
		random->state[i] = next_seed(&seed);
}

/* Up to 256 bytes: so many getrandom() gives whole. It fails only where there
 * is none (before Linux 3.17), or a filter forbids it. */
static void
ask_system(void *into, size_t size)
{
	ssize_t got;

	do
		got = getrandom(into, size, 0);
	while (got < 0 && errno == EINTR);
	assert(got == (ssize_t)size);
}

void
random_seed_system(struct random *random)
{
	uint64_t seed;

	ask_system(&seed, sizeof(seed));
	random_seed(random, seed);
}

uint64_t
random_next(struct random *random)
{
	uint64_t *s = random->state;
	uint64_t next = rotate(s[1] * 5, 7) * 9;
	uint64_t shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = rotate(s[3], 45);
	return next;
}

/* Without the lowest 2^64 mod below numbers, what is left is a multiple of
 * below: each remainder is as likely as any other. */
uint64_t
random_below(struct random *random, uint64_t below)
{
	uint64_t too_low;
	uint64_t next;

	assert(below > 0);
	too_low = -below % below;
	do
		next = random_next(random);
	while (next < too_low);
	return next % below;
}

void
random_uuid(char *into)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char bytes[16];

	ask_system(bytes, sizeof(bytes));
	bytes[6] = 0x40 | (bytes[6] & 0x0f); /* version 4 */
	bytes[8] = 0x80 | (bytes[8] & 0x3f); /* variant 10 */
	for (size_t i = 0; i < sizeof(bytes); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*into++ = '-';
		*into++ = hex[bytes[i] >> 4];
		*into++ = hex[bytes[i] & 0x0f];
	}
	*into = '\0';
}
