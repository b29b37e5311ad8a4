/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/pages.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

/* A block costs addresses only: the kernel gives memory when it is touched. */
enum { ALIGN = 64, BLOCK = 1 << 16 };

static void *
map(size_t size)
{
	int saved = errno;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	errno = saved;
	return memory == MAP_FAILED ? NULL : memory;
}

void *
pages_take(struct pages *pages, size_t size)
{
	char *memory;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	/* Large things have a block of their own: little is left unused. */
	if (size > BLOCK / 4)
		return map(size);
	if (size > pages->left) {
		memory = map(BLOCK);
		if (memory == NULL)
			return NULL;
		*pages = (struct pages){ memory, BLOCK };
	}
	memory = pages->next;
	pages->next += size;
	pages->left -= size;
	return memory;
}
