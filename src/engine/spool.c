/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "engine/spool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/temp.h"

enum { SPOOL_MEMORY = 1024 * 1024, SPOOL_BLOCK = 64 * 1024 };

/* A piece of a part, in the file. */
struct extent {
	off_t begin;
	off_t end;
};

struct spool_part {
	struct spool *spool;
	struct spool_part *next; /* the part behind this one, once begun */
	struct extent *extents;
	size_t extent_count;
	size_t extent_room;
	struct buf bytes; /* behind what is in the file */
	bool ended;       /* guarded by spool->lock */
};

struct spool {
	void (*give)(void *context, struct slice bytes);
	void *context;
	pthread_mutex_t lock;     /* guards everything below, and give() */
	struct spool_part *first; /* whose turn it is */
	struct spool_part *last;
	size_t waiting; /* bytes in memory of parts that have ended */
	int fd;         /* of the temporary file of all parts, or -1 */
	off_t file_end;
};

struct spool *
spool_new(void (*give)(void *context, struct slice bytes), void *context)
{
	struct spool *spool = xcalloc(1, sizeof(*spool));

	spool->give = give;
	spool->context = context;
	spool->fd = -1;
	pthread_mutex_init(&spool->lock, NULL);
	return spool;
}

static void
part_free(struct spool_part *part)
{
	buf_release(&part->bytes);
	free(part->extents);
	free(part);
}

void
spool_free(struct spool *spool)
{
	while (spool->first != NULL) {
		struct spool_part *part = spool->first;

		spool->first = part->next;
		part_free(part);
	}
	if (spool->fd >= 0)
		(void)close(spool->fd);
	pthread_mutex_destroy(&spool->lock);
	free(spool);
}

struct spool_part *
spool_begin(struct spool *spool)
{
	struct spool_part *part = xcalloc(1, sizeof(*part));

	part->spool = spool;
	pthread_mutex_lock(&spool->lock);
	if (spool->first == NULL)
		spool->first = part;
	else
		spool->last->next = part;
	spool->last = part;
	pthread_mutex_unlock(&spool->lock);
	return part;
}

/* Moves what a part has in memory to the file. Called with the lock held. */
static int
write_out(struct spool *spool, struct spool_part *part, struct err *err)
{
	off_t begin = spool->file_end;

	if (spool->fd < 0)
		spool->fd = temp_open(err);
	if (spool->fd < 0 ||
	    temp_write(spool->fd, buf_slice(&part->bytes), begin, err) != 0)
		return -1;
	spool->file_end += (off_t)part->bytes.len;
	xgrow(&part->extents, &part->extent_room, part->extent_count + 1,
	    sizeof(part->extents[0]));
	part->extents[part->extent_count++] = (struct extent){
		.begin = begin,
		.end = spool->file_end,
	};
	buf_release(&part->bytes);
	return 0;
}

static int
give_extent(struct spool *spool, const struct extent *extent, struct err *err)
{
	struct buf block = { 0 };
	off_t at = extent->begin;
	int status = 0;

	while (at < extent->end && status == 0) {
		size_t room = extent->end - at < SPOOL_BLOCK ?
		    (size_t)(extent->end - at) :
		    SPOOL_BLOCK;
		ssize_t n = temp_read(spool->fd, buf_reserve(&block, room),
		    room, at, err);

		if (n > 0)
			spool->give(spool->context,
			    slice_make(block.ptr, (size_t)n));
		else if (n == 0)
			status = err_set(err, "temporary file: it is cut");
		else
			status = -1;
		at += n;
	}
	buf_release(&block);
	temp_forget(spool->fd, extent->begin, extent->end);
	return status;
}

/* Gives what a part holds so far. Called with the lock held. */
static int
give_part(struct spool *spool, struct spool_part *part, struct err *err)
{
	int status = 0;

	for (size_t i = 0; i < part->extent_count && status == 0; i++)
		status = give_extent(spool, &part->extents[i], err);
	part->extent_count = 0;
	if (status == 0 && part->bytes.len > 0)
		spool->give(spool->context, buf_slice(&part->bytes));
	buf_clear(&part->bytes);
	return status;
}

int
spool_add(struct spool_part *part, struct slice bytes, struct err *err)
{
	struct spool *spool = part->spool;
	int status;

	buf_add(&part->bytes, bytes);
	if (part->bytes.len <= SPOOL_MEMORY)
		return 0;
	pthread_mutex_lock(&spool->lock);
	status = part == spool->first ? give_part(spool, part, err) :
					write_out(spool, part, err);
	pthread_mutex_unlock(&spool->lock);
	return status;
}

/* Lets an ended part wait for its turn. Called with the lock held. */
static int
keep_waiting(struct spool *spool, struct spool_part *part, struct err *err)
{
	int status = 0;

	if (spool->waiting + part->bytes.room > SPOOL_MEMORY)
		status = write_out(spool, part, err);
	spool->waiting += part->bytes.room;
	return status;
}

int
spool_end(struct spool_part *part, struct err *err)
{
	struct spool *spool = part->spool;
	int status = 0;

	pthread_mutex_lock(&spool->lock);
	part->ended = true;
	if (part != spool->first)
		status = keep_waiting(spool, part, err);
	while (spool->first != NULL && spool->first->ended) {
		struct spool_part *first = spool->first;

		if (first != part)
			spool->waiting -= first->bytes.room;
		if (status == 0)
			status = give_part(spool, first, err);
		spool->first = first->next;
		part_free(first);
	}
	pthread_mutex_unlock(&spool->lock);
	return status;
}
