/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mapping.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * A place in the table. Whoever turns `taken` to true owns the place; the
 * handler looks only at [begin, end), and begin is 0 while there is nothing
 * mapped. Stores go begin last when a mapping comes and begin first when it
 * goes, before the memory is given back, so that the handler never takes
 * memory for ours that is not.
 */
struct mapping {
	atomic_bool taken;
	atomic_bool cut;
	atomic_uintptr_t begin;
	atomic_uintptr_t end;
};

static struct mapping mappings[MAPPINGS_MAX];
static uintptr_t page_size;

/* Whether address is in the mapping, and then where that ends. */
static bool
holds(struct mapping *mapping, uintptr_t address, uintptr_t *end)
{
	uintptr_t begin = atomic_load(&mapping->begin);

	*end = atomic_load(&mapping->end);
	/* The second look rules out that end is of a later mapping. */
	return begin != 0 && address >= begin && address < *end &&
	    atomic_load(&mapping->begin) == begin;
}

/* Puts zero bytes from the page of address to the end of its mapping. */
static bool
fill_hole(uintptr_t address)
{
	for (size_t i = 0; i < MAPPINGS_MAX; i++) {
		uintptr_t page = address & ~(page_size - 1);
		uintptr_t end;

		if (!holds(&mappings[i], address, &end))
			continue;
		atomic_store(&mappings[i].cut, true);
		return mmap((void *)page, end - page, PROT_READ,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
			   0) != MAP_FAILED;
	}
	return false;
}

static void
on_sigbus(int number, siginfo_t *info, void *context)
{
	int error = errno;

	(void)context;
	if (info->si_code != BUS_ADRERR ||
	    !fill_hole((uintptr_t)info->si_addr)) {
		/* Not ours. It is delivered again when this returns. */
		(void)signal(number, SIG_DFL);
		(void)raise(number);
	}
	errno = error;
}

static void
install_handler(void)
{
	struct sigaction action = { 0 };

	page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
	action.sa_sigaction = on_sigbus;
	action.sa_flags = SA_SIGINFO | SA_RESTART;
	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGBUS, &action, NULL);
}

static struct mapping *
take_place(void)
{
	for (size_t i = 0; i < MAPPINGS_MAX; i++) {
		bool taken = false;

		if (atomic_compare_exchange_strong(&mappings[i].taken, &taken,
			true))
			return &mappings[i];
	}
	return NULL;
}

struct mapping *
mapping_open(int fd, size_t size)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct mapping *mapping = take_place();
	void *bytes;

	if (mapping == NULL)
		return NULL;
	(void)pthread_once(&once, install_handler);
	bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED) {
		atomic_store(&mapping->taken, false);
		return NULL;
	}
	(void)madvise(bytes, size, MADV_SEQUENTIAL);
	atomic_store(&mapping->cut, false);
	atomic_store(&mapping->end, (uintptr_t)bytes + size);
	atomic_store(&mapping->begin, (uintptr_t)bytes);
	return mapping;
}

void
mapping_close(struct mapping *mapping)
{
	struct slice bytes;

	if (mapping == NULL)
		return;
	bytes = mapping_bytes(mapping);
	atomic_store(&mapping->begin, 0);
	(void)munmap((void *)(uintptr_t)bytes.ptr, bytes.len);
	atomic_store(&mapping->taken, false);
}

struct slice
mapping_bytes(const struct mapping *mapping)
{
	uintptr_t begin = atomic_load(&mapping->begin);

	return slice_make((const char *)begin,
	    atomic_load(&mapping->end) - begin);
}

bool
mapping_was_cut(const struct mapping *mapping)
{
	return atomic_load(&mapping->cut);
}
