/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "engine/shard.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/table.h"
#include "base/temp.h"
#include "engine/merge.h"
#include "engine/run.h"

enum {
	SHARD_LEAST_MEMORY = 256 * 1024,
	SHARD_MOST_RUNS = 64 /* of a rank; each costs a block while merging */
};

/* A run made of a table has the rank 0; one of many runs has theirs and 1. */
struct ranked_run {
	struct run run;
	unsigned rank;
};

struct shard {
	const struct state_type *type;
	uint64_t memory;
	struct table table;
	int fd;                  /* of the runs; -1 before the first */
	struct ranked_run *runs; /* as they lie in the file, no rank smaller
				    than that of the next */
	size_t run_count;
	size_t run_room;
};

struct shard *
shard_new(const struct state_type *type, uint64_t memory)
{
	struct shard *shard = xcalloc(1, sizeof(*shard));

	shard->type = type;
	shard->memory = memory < SHARD_LEAST_MEMORY ? SHARD_LEAST_MEMORY :
						      memory;
	shard->fd = -1;
	table_init(&shard->table, type->size);
	return shard;
}

void
shard_free(struct shard *shard)
{
	if (shard == NULL)
		return;
	table_release(&shard->table);
	if (shard->fd >= 0)
		(void)close(shard->fd);
	free(shard->runs);
	free(shard);
}

/* Where the next run begins: behind the last one. */
static off_t
next_offset(const struct shard *shard)
{
	return shard->run_count == 0 ?
	    0 :
	    shard->runs[shard->run_count - 1].run.end;
}

/* What shards_merge() gives goes into a run. */
struct spill {
	const struct state_type *type;
	struct run_writer writer;
	struct buf bytes;
};

static int
spill_take(void *context, struct slice key, const void *state, struct err *err)
{
	struct spill *spill = context;

	buf_clear(&spill->bytes);
	spill->type->write(state, &spill->bytes);
	return run_write(&spill->writer, key, buf_slice(&spill->bytes), err);
}

/* Adds the runs from the first on to a merge. */
static void
add_runs(struct merge *merge, const struct shard *shard, size_t first)
{
	for (size_t i = first; i < shard->run_count; i++)
		merge_add_run(merge, shard->fd, &shard->runs[i].run);
}

/* Writes what a merge gives as one more run. */
static int
write_run(struct shard *shard, struct merge *merge, unsigned rank,
    struct err *err)
{
	struct spill spill = { .type = shard->type, .writer.fd = shard->fd };
	int status;

	spill.writer.run.begin = spill.writer.run.end = next_offset(shard);
	status = merge_run(merge, spill_take, &spill, err);
	buf_release(&spill.bytes);
	if (run_finish(&spill.writer, err) != 0 || status != 0)
		return -1;
	xgrow(&shard->runs, &shard->run_room, shard->run_count + 1,
	    sizeof(shard->runs[0]));
	shard->runs[shard->run_count++] = (struct ranked_run){
		.run = spill.writer.run,
		.rank = rank,
	};
	return 0;
}

/* Where the runs begin that have the rank of the last one. */
static size_t
first_of_rank(const struct shard *shard)
{
	size_t first = shard->run_count - 1;

	while (
	    first > 0 && shard->runs[first - 1].rank == shard->runs[first].rank)
		first--;
	return first;
}

/* Makes one run of those from the first on, and gives their room back. */
static int
join_runs(struct shard *shard, size_t first, struct err *err)
{
	struct merge *merge = merge_new(shard->type);
	const struct ranked_run *old = &shard->runs[first];
	off_t begin = old->run.begin;
	off_t end = next_offset(shard);
	int status;

	add_runs(merge, shard, first);
	status = write_run(shard, merge, old->rank + 1, err);
	merge_free(merge);
	if (status != 0)
		return -1;
	shard->runs[first] = shard->runs[shard->run_count - 1];
	shard->run_count = first + 1;
	temp_forget(shard->fd, begin, end);
	return 0;
}

/*
 * Writes the table as a run. So many runs of a rank become one of the next:
 * each key is written once for each rank, of which few shards have two.
 */
static int
spill(struct shard *shard, struct err *err)
{
	struct merge *merge;
	int status;

	if (shard->fd < 0)
		shard->fd = temp_open(err);
	if (shard->fd < 0)
		return -1;
	merge = merge_new(shard->type);
	merge_add_table(merge, &shard->table);
	status = write_run(shard, merge, 0, err);
	merge_free(merge);
	table_release(&shard->table);
	while (status == 0 &&
	    shard->run_count - first_of_rank(shard) >= SHARD_MOST_RUNS)
		status = join_runs(shard, first_of_rank(shard), err);
	return status;
}

int
shard_add(struct shard *shard, struct slice key, const void *value,
    struct err *err)
{
	void *state = table_add(&shard->table, key, NULL);

	shard->type->add(state, value, &shard->table.arena);
	if (table_bytes_most(&shard->table) <= shard->memory)
		return 0;
	return spill(shard, err);
}

int
shards_merge(struct shard *const *shards, size_t count, shard_take *take,
    void *context, struct err *err)
{
	struct merge *merge;
	int status;

	if (count == 0)
		return 0;
	merge = merge_new(shards[0]->type);
	for (size_t i = 0; i < count; i++) {
		add_runs(merge, shards[i], 0);
		merge_add_table(merge, &shards[i]->table);
	}
	status = merge_run(merge, take, context, err);
	merge_free(merge);
	return status;
}
