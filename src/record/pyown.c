/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/pyown.h"

#include <stdatomic.h>

#include "base/hash.h"

enum { PLACES = 1024, PROBES = 8, LONGEST = 232 };

enum state { FREE, WRITING, READY };

struct answer {
	_Atomic enum state state; /* guards the rest: written before READY */
	bool own;
	uint16_t len;
	uint64_t hash;
	char path[LONGEST];
};

/* Of the process; a page of it is touched when it is used. A place that was
 * being written during fork(2) stays so in the child: it is lost, no more. */
static struct answer answers[PLACES];

static enum state
state_of(struct answer *answer)
{
	return atomic_load_explicit(&answer->state, memory_order_acquire);
}

static void
remember(uint64_t hash, struct slice path, bool own)
{
	for (uint64_t i = 0; i < PROBES; i++) {
		struct answer *answer = &answers[(hash + i) % PLACES];
		enum state state = FREE;

		if (!atomic_compare_exchange_strong(&answer->state, &state,
			WRITING))
			continue;
		answer->own = own;
		answer->len = (uint16_t)path.len;
		answer->hash = hash;
		memcpy(answer->path, path.ptr, path.len);
		atomic_store_explicit(&answer->state, READY,
		    memory_order_release);
		return;
	}
}

static const struct answer *
find(uint64_t hash, struct slice path)
{
	for (uint64_t i = 0; i < PROBES; i++) {
		struct answer *answer = &answers[(hash + i) % PLACES];

		if (state_of(answer) != READY || answer->hash != hash)
			continue;
		if (slice_equal(slice_make(answer->path, answer->len), path))
			return answer;
	}
	return NULL;
}

bool
pyown_file(const struct skip *skip, struct slice path)
{
	const struct answer *answer;
	uint64_t hash;
	bool own;

	if (path.len > LONGEST)
		return !skip_source(skip, path.ptr);
	hash = hash_bytes(path);
	answer = find(hash, path);
	if (answer != NULL)
		return answer->own;
	own = !skip_source(skip, path.ptr);
	remember(hash, path, own);
	return own;
}
