/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "engine/job.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "engine/emit.h"
#include "engine/shard.h"
#include "engine/spool.h"
#include "engine/split.h"

enum { RANGE = 16 * 1024 * 1024, PROGRESS_MS = 250 };

/* An open input that is shared by the workers of its ranges. */
struct shared_input {
	size_t input;
	struct source *source;
	uint64_t size;
	uint64_t next;           /* where the next range begins */
	size_t users;            /* workers in it, guarded by run->lock */
	bool is_handed_out;      /* no range is left; the same */
	atomic_bool is_troubled; /* told */
	atomic_bool is_ended;    /* the same */
};

struct run_job {
	const struct job *job;
	void *context;
	const struct job_limits *limits;
	struct spool *spool;
	atomic_uint_fast64_t done; /* bytes of files, for progress */
	atomic_bool failed;        /* so that workers stop soon */

	pthread_mutex_t lock;   /* guards everything below */
	pthread_cond_t changed; /* signalled when a worker ends */
	size_t next_input;
	struct shared_input *current; /* with ranges left; or NULL */
	unsigned working;
	struct err err; /* the first failure, once failed is set */
};

struct worker {
	struct run_job *run;
	struct emit emit;
	struct spool_part *part; /* of the task */
	void *mapper;
	pthread_t thread;
	bool has_thread;
};

/* One thing to do: an input, or a range of one that can seek. */
struct task {
	size_t input;
	struct source *source;       /* NULL: could not be opened; see err */
	struct shared_input *shared; /* of a range, else NULL */
	bool is_stream;
	uint64_t begin;
	uint64_t end;  /* of the range, or of the input; 0: a stream */
	uint64_t size; /* of the input; the same */
	struct spool_part *part;
	struct err err;
};

static void
fail(struct run_job *run, const struct err *err)
{
	pthread_mutex_lock(&run->lock);
	if (!atomic_load(&run->failed))
		run->err = *err;
	atomic_store(&run->failed, true);
	pthread_mutex_unlock(&run->lock);
}

/* The two functions of struct emit. */
static int
take_side(void *context, struct slice bytes, struct err *err)
{
	struct worker *worker = context;

	return spool_add(worker->part, bytes, err);
}

static void
take_failure(void *context, const struct err *err)
{
	struct worker *worker = context;

	fail(worker->run, err);
}

/* The next range of the current input. Called with the lock held. */
static void
take_range(struct run_job *run, struct task *task)
{
	struct shared_input *shared = run->current;
	uint64_t left = shared->size - shared->next;

	task->input = shared->input;
	task->source = shared->source;
	task->shared = shared;
	task->begin = shared->next;
	task->end = shared->next + (left < RANGE ? left : RANGE);
	task->size = shared->size;
	shared->next = task->end;
	shared->users++;
	if (task->end == shared->size) {
		shared->is_handed_out = true;
		run->current = NULL;
	}
}

/* Opens the next input. Called with the lock held, so that the order of the
 * second output is that of the inputs; an input is opened in no time. */
static void
take_input(struct run_job *run, struct task *task)
{
	task->input = run->next_input++;
	task->source = run->job->open(run->context, task->input, &task->err);
	if (task->source == NULL)
		return;
	task->is_stream = !source_can_seek(task->source, &task->size);
	task->end = task->size;
	if (task->size <= RANGE ||
	    !run->job->has_sync(run->context, task->input))
		return;
	run->current = xcalloc(1, sizeof(*run->current));
	*run->current = (struct shared_input){
		.input = task->input,
		.source = task->source,
		.size = task->size,
	};
	take_range(run, task);
}

/* False when nothing is left to do. */
static bool
task_take(struct run_job *run, struct task *task)
{
	bool is_left;

	*task = (struct task){ 0 };
	pthread_mutex_lock(&run->lock);
	is_left = !atomic_load(&run->failed) &&
	    (run->current != NULL || run->next_input < run->job->inputs);
	if (is_left && run->current != NULL)
		take_range(run, task);
	else if (is_left)
		take_input(run, task);
	if (is_left)
		task->part = spool_begin(run->spool);
	pthread_mutex_unlock(&run->lock);
	return is_left;
}

/* Whether the caller is the last one in the input, which is then its own. */
static bool
leave_input(struct run_job *run, struct shared_input *shared)
{
	bool is_last;

	if (shared == NULL)
		return true;
	pthread_mutex_lock(&run->lock);
	shared->users--;
	is_last = shared->users == 0 && shared->is_handed_out;
	pthread_mutex_unlock(&run->lock);
	return is_last;
}

static void
close_source(struct worker *worker, size_t input, struct source *source)
{
	struct err err;

	if (source_was_cut(source)) {
		err_set(&err, "cut while it was read");
		worker->run->job->trouble(worker->mapper, input, &err, 0);
	}
	source_close(source);
}

/*
 * A range of an input that can seek is responsible for the sync lines that
 * begin in it and all lines up to the next one, wherever that is; the first
 * range also for the lines before the first.
 */
struct segment {
	const struct task *task;
	bool is_begun; /* a line was found that the range is responsible for */
	bool is_ended; /* what follows belongs to others */
};

static uint64_t
block_end(const struct block *block)
{
	return block->offset + block->text.len;
}

/* Where in the block the line begins that is at or behind `at`. */
static size_t
line_start(const struct block *block, uint64_t at)
{
	struct slice text = block->text;
	const char *end;

	if (at <= block->offset)
		return 0;
	end = slice_chr(slice_from(text, (size_t)(at - block->offset) - 1),
	    '\n');
	return end == NULL ? text.len : (size_t)(end - text.ptr) + 1;
}

/* Where the first sync line begins in the block in [from, to), or to. */
static size_t
find_sync(const struct worker *worker, const struct segment *segment,
    const struct block *block, size_t from, size_t to)
{
	const struct run_job *run = worker->run;

	return from >= to ? to :
			    run->job->sync(run->context, segment->task->input,
				block->text, from, to);
}

/* Looks for the range's first sync line; leaves of the block what follows. */
static void
begin_segment(struct worker *worker, struct segment *segment,
    struct block *block)
{
	uint64_t end = segment->task->end;
	size_t to = line_start(block,
	    block_end(block) < end ? block_end(block) : end);
	size_t from = find_sync(worker, segment, block, 0, to);

	segment->is_begun = from < to;
	segment->is_ended = from == to && block_end(block) >= end;
	block->text = slice_from(block->text, from);
	block->offset += from;
}

/* Leaves of the block what is before the next range's first sync line. */
static void
end_segment(struct worker *worker, struct segment *segment, struct block *block)
{
	uint64_t end = segment->task->end;
	size_t len = block->text.len;
	size_t to;

	if (end == segment->task->size || block_end(block) <= end)
		return;
	to = find_sync(worker, segment, block, line_start(block, end), len);
	segment->is_ended = to < len;
	block->text = slice_head(block->text, to);
}

static void
map_lines(struct worker *worker, struct segment *segment, struct block block)
{
	const struct job *job = worker->run->job;

	if (!segment->is_begun) {
		begin_segment(worker, segment, &block);
		if (!segment->is_begun)
			return;
		job->begin(worker->mapper, segment->task->input);
	}
	end_segment(worker, segment, &block);
	if (block.text.len > 0)
		job->map(worker->mapper, &block);
	atomic_fetch_add(&worker->run->done,
	    segment->task->is_stream ? 0 : block.text.len);
}

/* A part of an input could not be read. Ranges overlap where they meet, so
 * that two may see the same: the first one tells. */
static void
tell_trouble(struct worker *worker, const struct task *task,
    const struct split *split)
{
	if (task->shared == NULL ||
	    !atomic_exchange(&task->shared->is_troubled, true))
		worker->run->job->trouble(worker->mapper, task->input,
		    &split->err, split->too_long);
}

/* An input ends, or breaks off, which more than one range may see. */
static void
tell_end(struct worker *worker, const struct task *task)
{
	const struct job *job = worker->run->job;

	if (job->at_end != NULL &&
	    (task->shared == NULL ||
		!atomic_exchange(&task->shared->is_ended, true)))
		job->at_end(worker->mapper);
}

/*
 * Maps all blocks of a segment; stops early when the job has failed. A long
 * line before the segment is told by the one before. The segment that finds no
 * sync line of others, and so reads to the end of the input, is the last one
 * that was begun, whichever range it is of.
 */
static void
map_split(struct worker *worker, struct segment *segment, struct split *split)
{
	const struct job *job = worker->run->job;
	enum split_kind kind = SPLIT_LINES;

	while (!segment->is_ended && !atomic_load(&worker->run->failed) &&
	    (kind = split_next(split)) != SPLIT_END) {
		if (kind == SPLIT_LINES)
			map_lines(worker, segment, split->block);
		else if (kind == SPLIT_TROUBLE)
			tell_trouble(worker, segment->task, split);
		else if (segment->is_begun)
			job->too_long(worker->mapper, split->block.offset,
			    split->too_long, split->block.offset + split->step);
		else
			segment->is_ended = split->block.offset >=
			    segment->task->end;
	}
	if (kind == SPLIT_END && segment->is_begun)
		tell_end(worker, segment->task);
}

/* Gets ready to read a task. */
static void
begin_split(const struct run_job *run, const struct task *task,
    struct split *split)
{
	const struct job *job = run->job;
	uint64_t max_line = run->limits->max_line;

	if (task->is_stream) {
		split_stream(split, task->source, max_line);
		return;
	}
	split_file(split, task->source, task->begin, task->end, max_line);
	if (job->goes_on != NULL && job->goes_on(run->context, task->input))
		split_goes_on(split);
}

static void
map_task(struct worker *worker, const struct task *task)
{
	const struct job *job = worker->run->job;
	struct segment segment = { .task = task };
	struct split split;
	off_t done, all;

	begin_split(worker->run, task, &split);
	if (task->begin == 0) {
		segment.is_begun = true;
		job->begin(worker->mapper, task->input);
	}
	map_split(worker, &segment, &split);
	if (segment.is_begun)
		job->end(worker->mapper);
	split_release(&split);
	if (!task->is_stream)
		return;
	source_progress(task->source, &done, &all);
	atomic_fetch_add(&worker->run->done, (uint64_t)done);
}

static void
do_task(struct worker *worker, struct task *task)
{
	struct err err;

	worker->part = task->part;
	if (task->source == NULL) {
		worker->run->job->trouble(worker->mapper, task->input,
		    &task->err, 0);
	} else {
		map_task(worker, task);
		if (leave_input(worker->run, task->shared)) {
			close_source(worker, task->input, task->source);
			free(task->shared);
		}
	}
	if (spool_end(task->part, &err) != 0)
		fail(worker->run, &err);
}

static void *
work(void *context)
{
	struct worker *worker = context;
	struct task task;

	while (task_take(worker->run, &task))
		do_task(worker, &task);
	if (worker->run->job->flush != NULL)
		worker->run->job->flush(worker->mapper);
	pthread_mutex_lock(&worker->run->lock);
	worker->run->working--;
	pthread_cond_signal(&worker->run->changed);
	pthread_mutex_unlock(&worker->run->lock);
	return NULL;
}

/* Waits for the workers, telling the progress now and then. */
static void
wait_for_workers(struct run_job *run)
{
	pthread_mutex_lock(&run->lock);
	while (run->working > 0) {
		struct timespec until = clock_deadline(PROGRESS_MS);

		(void)pthread_cond_timedwait(&run->changed, &run->lock, &until);
		if (run->job->progress != NULL)
			run->job->progress(run->context,
			    atomic_load(&run->done));
	}
	pthread_mutex_unlock(&run->lock);
}

static struct worker *
start_workers(struct run_job *run)
{
	unsigned n = run->limits->threads;
	struct worker *workers = xcalloc(n, sizeof(*workers));

	run->working = n;
	for (unsigned i = 0; i < n; i++) {
		struct worker *worker = &workers[i];

		worker->run = run;
		worker->emit = (struct emit){
			.shard = shard_new(run->job->state,
			    run->limits->memory / n),
			.context = worker,
			.side = take_side,
			.fail = take_failure,
		};
		worker->mapper = run->job->mapper_new(run->context,
		    &worker->emit);
	}
	for (unsigned i = 0; i < n; i++)
		workers[i].has_thread = pthread_create(&workers[i].thread, NULL,
					    work, &workers[i]) == 0;
	/* Where a thread is not to be had its share is done here. */
	for (unsigned i = 0; i < n; i++)
		if (!workers[i].has_thread)
			(void)work(&workers[i]);
	return workers;
}

/* Joins the workers and gives what they found to sink(). */
static int
reduce(struct run_job *run, struct worker *workers, struct err *err)
{
	unsigned n = run->limits->threads;
	struct shard **shards = xcalloc(n, sizeof(struct shard *));
	int status = 0;

	for (unsigned i = 0; i < n; i++) {
		run->job->mapper_free(workers[i].mapper);
		shards[i] = workers[i].emit.shard;
	}
	if (atomic_load(&run->failed)) {
		*err = run->err;
		status = -1;
	} else {
		status = shards_merge(shards, n, run->job->sink, run->context,
		    err);
	}
	for (unsigned i = 0; i < n; i++)
		shard_free(shards[i]);
	free(shards);
	return status;
}

int
job_run(const struct job *job, void *context, const struct job_limits *limits,
    struct err *err)
{
	struct run_job run = {
		.job = job,
		.context = context,
		.limits = limits,
	};
	struct worker *workers;
	int status;

	run.spool = spool_new(job->side, context);
	pthread_mutex_init(&run.lock, NULL);
	pthread_cond_init(&run.changed, NULL);
	workers = start_workers(&run);
	wait_for_workers(&run);
	for (unsigned i = 0; i < limits->threads; i++)
		if (workers[i].has_thread)
			(void)pthread_join(workers[i].thread, NULL);
	if (run.current != NULL)
		source_close(run.current->source); /* the job failed */
	free(run.current);
	status = reduce(&run, workers, err);
	spool_free(run.spool);
	pthread_cond_destroy(&run.changed);
	pthread_mutex_destroy(&run.lock);
	free(workers);
	return status;
}
