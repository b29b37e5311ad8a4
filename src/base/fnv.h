/* SPDX-License-Identifier: MIT */
#ifndef BASE_FNV_H
#define BASE_FNV_H

/*
 * The hash FNV-1a of 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv): always
 * the same for the same bytes, so it may be stored and sent. Not for secrets,
 * nor for tables that strangers fill (base/table.h has its own).
 */

#include <stdint.h>

#include "base/slice.h"

#define FNV_START UINT64_C(0xcbf29ce484222325)

/* The hash of what hash stands for with bytes behind it. */
static inline uint64_t
fnv_add(uint64_t hash, struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		hash = (hash ^ (unsigned char)bytes.ptr[i]) *
		    UINT64_C(0x100000001b3);
	return hash;
}

#endif
