/* SPDX-License-Identifier: MIT */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

/*
 * Pseudo-random numbers as a value, so that who decides by chance is given its
 * chance: a test seeds it, a program asks the kernel. xoshiro256** by Blackman
 * and Vigna (prng.di.unimi.it), seeded through splitmix64. Not for secrets.
 */

#include <stdint.h>

struct random {
	uint64_t state[4];
};

/* Always the same numbers for the same seed. */
void random_seed(struct random *random, uint64_t seed);

/* Seeded by getrandom(2). */
void random_seed_system(struct random *random);

uint64_t random_next(struct random *random);

/* Evenly one of 0 .. below - 1; below is at least 1. */
uint64_t random_below(struct random *random, uint64_t below);

/* A version 4 UUID (RFC 9562, section 5.4) from getrandom(2), in lower case;
 * into holds RANDOM_UUID bytes. */
enum { RANDOM_UUID = 37 };
void random_uuid(char *into);

#endif
