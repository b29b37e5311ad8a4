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
	SHARD_MOST_RUNS = 64 /* each costs a block of memory while merging */
};

struct shard {
	const struct state_type *type;
	uint64_t memory;
	struct table table;
	int fd; /* of the runs; -1 before the first */
	struct run *runs;
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
	return shard->run_count == 0 ? 0 :
				       shard->runs[shard->run_count - 1].end;
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

static void
add_cursors(struct merge *merge, const struct shard *shard)
{
	for (size_t i = 0; i < shard->run_count; i++)
		merge_add_run(merge, shard->fd, &shard->runs[i]);
	merge_add_table(merge, &shard->table);
}

/*
 * Writes the table as one more run; when there are too many, the table and
 * all runs as one, behind them, whose room on disk stays taken until the end.
 */
static int
spill(struct shard *shard, struct err *err)
{
	struct spill spill = { .type = shard->type };
	struct merge *merge = merge_new(shard->type);
	int status;

	if (shard->fd < 0)
		shard->fd = temp_open(err);
	if (shard->fd < 0) {
		merge_free(merge);
		return -1;
	}
	spill.writer.fd = shard->fd;
	spill.writer.run.begin = spill.writer.run.end = next_offset(shard);
	if (shard->run_count < SHARD_MOST_RUNS)
		merge_add_table(merge, &shard->table);
	else
		add_cursors(merge, shard);
	status = merge_run(merge, spill_take, &spill, err);
	merge_free(merge);
	buf_release(&spill.bytes);
	if (run_finish(&spill.writer, err) != 0 || status != 0)
		return -1;
	if (shard->run_count >= SHARD_MOST_RUNS)
		shard->run_count = 0;
	xgrow(&shard->runs, &shard->run_room, shard->run_count + 1,
	    sizeof(shard->runs[0]));
	shard->runs[shard->run_count++] = spill.writer.run;
	table_release(&shard->table);
	return 0;
}

int
shard_add(struct shard *shard, struct slice key, const void *value,
    struct err *err)
{
	void *state = table_add(&shard->table, key, NULL);

	shard->type->add(state, value, &shard->table.arena);
	return table_bytes(&shard->table) <= shard->memory ? 0 :
							     spill(shard, err);
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
	for (size_t i = 0; i < count; i++)
		add_cursors(merge, shards[i]);
	status = merge_run(merge, take, context, err);
	merge_free(merge);
	return status;
}
