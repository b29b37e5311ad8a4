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

struct spool_part {
	struct spool *spool;
	struct spool_part *next; /* the part behind this one, once begun */
	struct buf bytes;        /* behind what is in the file */
	int fd;                  /* of a temporary file, or -1 */
	off_t in_file;
	bool ended; /* guarded by spool->lock */
};

struct spool {
	void (*give)(void *context, struct slice bytes);
	void *context;
	pthread_mutex_t lock;     /* guards everything below, and give() */
	struct spool_part *first; /* whose turn it is */
	struct spool_part *last;
};

struct spool *
spool_new(void (*give)(void *context, struct slice bytes), void *context)
{
	struct spool *spool = xcalloc(1, sizeof(*spool));

	spool->give = give;
	spool->context = context;
	pthread_mutex_init(&spool->lock, NULL);
	return spool;
}

static void
part_free(struct spool_part *part)
{
	buf_release(&part->bytes);
	if (part->fd >= 0)
		(void)close(part->fd);
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
	pthread_mutex_destroy(&spool->lock);
	free(spool);
}

struct spool_part *
spool_begin(struct spool *spool)
{
	struct spool_part *part = xcalloc(1, sizeof(*part));

	part->spool = spool;
	part->fd = -1;
	pthread_mutex_lock(&spool->lock);
	if (spool->first == NULL)
		spool->first = part;
	else
		spool->last->next = part;
	spool->last = part;
	pthread_mutex_unlock(&spool->lock);
	return part;
}

static int
write_out(struct spool_part *part, struct err *err)
{
	if (part->fd < 0)
		part->fd = temp_open(err);
	if (part->fd < 0 ||
	    temp_write(part->fd, buf_slice(&part->bytes), part->in_file, err) !=
		0)
		return -1;
	part->in_file += (off_t)part->bytes.len;
	buf_clear(&part->bytes);
	return 0;
}

int
spool_add(struct spool_part *part, struct slice bytes, struct err *err)
{
	buf_add(&part->bytes, bytes);
	return part->bytes.len <= SPOOL_MEMORY ? 0 : write_out(part, err);
}

/* Gives what a part holds. Called with the lock held. */
static int
give_part(struct spool *spool, struct spool_part *part, struct err *err)
{
	struct buf block = { 0 };
	off_t at = 0;

	while (at < part->in_file) {
		ssize_t n = temp_read(part->fd,
		    buf_reserve(&block, SPOOL_BLOCK), SPOOL_BLOCK, at, err);

		if (n <= 0) {
			buf_release(&block);
			return n < 0 ?
			    -1 :
			    err_set(err, "temporary file: it is cut");
		}
		spool->give(spool->context, slice_make(block.ptr, (size_t)n));
		at += n;
	}
	buf_release(&block);
	if (part->bytes.len > 0)
		spool->give(spool->context, buf_slice(&part->bytes));
	return 0;
}

int
spool_end(struct spool_part *part, struct err *err)
{
	struct spool *spool = part->spool;
	int status = 0;

	pthread_mutex_lock(&spool->lock);
	part->ended = true;
	while (spool->first != NULL && spool->first->ended) {
		struct spool_part *first = spool->first;

		if (status == 0)
			status = give_part(spool, first, err);
		spool->first = first->next;
		part_free(first);
	}
	pthread_mutex_unlock(&spool->lock);
	return status;
}
