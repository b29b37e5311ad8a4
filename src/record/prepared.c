/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/prepared.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

struct prepared {
	struct prepared *next; /* in its bucket */
	const void *handle;
	struct asked asked;
	char name[];
};

enum { BUCKETS = 1 << 12 };

/* The statements of the process. */
static struct {
	pthread_mutex_t lock; /* guards everything below */
	unsigned count;
	struct prepared *buckets[BUCKETS];
} all = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct prepared **
bucket_of(const void *handle, const char *name)
{
	uint64_t hash = hash_mix((uintptr_t)handle,
	    hash_bytes(slice_str(name)) | 1);

	return &all.buckets[hash % BUCKETS];
}

/* The link that points to a statement, or the NULL at the end. */
static struct prepared **
find(const void *handle, const char *name)
{
	struct prepared **link = bucket_of(handle, name);

	while (*link != NULL &&
	    ((*link)->handle != handle || strcmp((*link)->name, name) != 0))
		link = &(*link)->next;
	return link;
}

/* Takes a statement off its list and puts it in front of another. */
static void
move(struct prepared **link, struct prepared **list)
{
	struct prepared *one = *link;

	*link = one->next;
	one->next = *list;
	*list = one;
}

/* Most have one item: the others are not worth a look. */
static void
copy(struct asked *to, const struct asked *from)
{
	memcpy(to, from,
	    offsetof(struct asked, items) +
		from->count * sizeof(from->items[0]));
}

static struct prepared *
make(const void *handle, const char *name, const struct asked *asked)
{
	size_t size = strlen(name) + 1;
	struct prepared *one = malloc(sizeof(*one) + size);

	if (one == NULL)
		return NULL;
	one->next = NULL;
	one->handle = handle;
	copy(&one->asked, asked);
	memcpy(one->name, name, size);
	return one;
}

void
prepared_add(const void *handle, const char *name, const struct asked *asked)
{
	struct prepared *one = make(handle, name, asked);
	struct prepared *gone = NULL;
	struct prepared **link;

	(void)pthread_mutex_lock(&all.lock);
	link = find(handle, name);
	if (*link != NULL) {
		move(link, &gone);
		all.count--;
	}
	if (one != NULL && all.count < PREPARED_MOST) {
		move(&one, bucket_of(handle, name));
		all.count++;
	}
	(void)pthread_mutex_unlock(&all.lock);
	free(gone);
	free(one);
}

bool
prepared_find(const void *handle, const char *name, struct asked *asked)
{
	struct prepared *one;

	(void)pthread_mutex_lock(&all.lock);
	one = *find(handle, name);
	if (one != NULL)
		copy(asked, &one->asked);
	(void)pthread_mutex_unlock(&all.lock);
	return one != NULL;
}

void
prepared_remove(const void *handle, const char *name)
{
	struct prepared *gone = NULL;
	struct prepared **link;

	(void)pthread_mutex_lock(&all.lock);
	link = find(handle, name);
	if (*link != NULL) {
		move(link, &gone);
		all.count--;
	}
	(void)pthread_mutex_unlock(&all.lock);
	free(gone);
}

/* Moves all statements of a handle from a bucket to a list. */
static void
take_handle(struct prepared **link, const void *handle, struct prepared **list)
{
	while (*link != NULL) {
		if ((*link)->handle == handle) {
			move(link, list);
			all.count--;
		} else {
			link = &(*link)->next;
		}
	}
}

void
prepared_forget(const void *handle)
{
	struct prepared *gone = NULL;

	(void)pthread_mutex_lock(&all.lock);
	for (size_t i = 0; all.count > 0 && i < BUCKETS; i++)
		take_handle(&all.buckets[i], handle, &gone);
	(void)pthread_mutex_unlock(&all.lock);
	while (gone != NULL) {
		struct prepared *next = gone->next;

		free(gone);
		gone = next;
	}
}

void
prepared_before_fork(void)
{
	(void)pthread_mutex_lock(&all.lock);
}

void
prepared_after_fork(void)
{
	(void)pthread_mutex_unlock(&all.lock);
}
