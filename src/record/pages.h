/* SPDX-License-Identifier: MIT */
#ifndef RECORD_PAGES_H
#define RECORD_PAGES_H

/*
 * Memory straight from the kernel, taken piece by piece and never given back.
 * What a host's threads count lies in it: malloc(3) is the host's own, may be
 * replaced, and may be at work in the very thread that counts. One thread at a
 * time. Start it as { 0 }.
 */

#include <stddef.h>

struct pages {
	char *next; /* of the newest block */
	size_t left;
};

/* size bytes, all zero, aligned to 64, a cache line; NULL when the kernel has
 * none. Valid as long as the process. errno is left as it was. */
void *pages_take(struct pages *pages, size_t size);

#endif
