/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "engine/job.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "engine/shard.h"
#include "engine/spool.h"
#include "engine/split.h"

enum { RANGE = 16 * 1024 * 1024, PROGRESS_MS = 250 };

/* An open input that is shared by the workers of its ranges. */
struct shared_input {
	size_t input;
	struct source *source;
	struct slice text;  /* mapped bytes */
	size_t next;        /* where the next range begins */
	size_t users;       /* workers in it, guarded by run->lock */
	bool is_handed_out; /* no range is left; the same */
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
	struct shared_input *current; /* mapped, with ranges left; or NULL */
	unsigned working;
	struct err err; /* the first failure, once failed is set */
};

struct emit {
	struct run_job *run;
	struct shard *shard;
	struct spool_part *part;
	bool failed; /* told to run already */
};

struct worker {
	struct run_job *run;
	struct emit emit;
	void *mapper;
	pthread_t thread;
	bool has_thread;
};

/* One thing to do: an input, or a range of a mapped one. */
struct task {
	size_t input;
	struct source *source;       /* NULL: could not be opened; see err */
	struct shared_input *shared; /* of a range, else NULL */
	size_t begin;
	size_t end;
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

void
emit_add(struct emit *emit, struct slice key, const void *value)
{
	struct err err;

	if (emit->failed)
		return;
	if (shard_add(emit->shard, key, value, &err) != 0) {
		emit->failed = true;
		fail(emit->run, &err);
	}
}

void
emit_side(struct emit *emit, struct slice bytes)
{
	struct err err;

	if (emit->failed)
		return;
	if (spool_add(emit->part, bytes, &err) != 0) {
		emit->failed = true;
		fail(emit->run, &err);
	}
}

static bool
can_split(const struct run_job *run, size_t input, struct source *source,
    struct slice *text)
{
	return source_is_mapped(source, text) && text->len > RANGE &&
	    run->job->has_sync(run->context, input);
}

/* The next range of the current input. Called with the lock held. */
static void
take_range(struct run_job *run, struct task *task)
{
	struct shared_input *shared = run->current;

	task->input = shared->input;
	task->source = shared->source;
	task->shared = shared;
	task->begin = shared->next;
	task->end = shared->text.len - shared->next > RANGE ?
	    shared->next + RANGE :
	    shared->text.len;
	shared->next = task->end;
	shared->users++;
	if (task->end == shared->text.len) {
		shared->is_handed_out = true;
		run->current = NULL;
	}
}

/* Opens the next input. Called with the lock held, so that the order of the
 * second output is that of the inputs; an input is opened in no time. */
static void
take_input(struct run_job *run, struct task *task)
{
	struct slice text;

	task->input = run->next_input++;
	task->source = run->job->open(run->context, task->input, &task->err);
	if (task->source == NULL ||
	    !can_split(run, task->input, task->source, &text))
		return;
	run->current = xcalloc(1, sizeof(*run->current));
	*run->current = (struct shared_input){
		.input = task->input,
		.source = task->source,
		.text = text,
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
leave_shared(struct run_job *run, struct shared_input *shared)
{
	bool is_last;

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

/* Maps all blocks of a split; stops early when the job has failed. */
static void
map_split(struct worker *worker, size_t input, struct split *split)
{
	const struct job *job = worker->run->job;

	for (;;) {
		switch (split_next(split)) {
		case SPLIT_END:
			return;
		case SPLIT_LINES:
			job->map(worker->mapper, &split->block);
			break;
		case SPLIT_TOO_LONG:
			job->too_long(worker->mapper, split->block.offset,
			    split->too_long);
			break;
		case SPLIT_TROUBLE:
			job->trouble(worker->mapper, input, &split->err,
			    split->too_long);
			break;
		}
		if (split->source == NULL)
			atomic_fetch_add(&worker->run->done, split->step);
		if (atomic_load(&worker->run->failed))
			return;
	}
}

static void
map_segment(struct worker *worker, size_t input, struct split *split)
{
	const struct job *job = worker->run->job;

	job->begin(worker->mapper, input);
	map_split(worker, input, split);
	job->end(worker->mapper);
	split_release(split);
}

/* Where the line begins that is at or behind `at`. */
static size_t
line_start(struct slice text, size_t at)
{
	const char *end;

	if (at == 0)
		return 0;
	end = slice_chr(slice_from(text, at - 1), '\n');
	return end == NULL ? text.len : (size_t)(end - text.ptr) + 1;
}

/* The first sync line at or behind `at`, or the end of text; looks through
 * one range at a time. */
static size_t
next_sync(struct worker *worker, size_t input, struct slice text, size_t at)
{
	const struct run_job *run = worker->run;
	size_t from = line_start(text, at);

	while (from < text.len) {
		size_t to = text.len - from > RANGE ? from + RANGE : text.len;
		size_t sync = run->job->sync(run->context, input, text, from,
		    to);

		if (sync < to)
			return sync;
		from = line_start(text, to);
	}
	return text.len;
}

/*
 * A range is responsible for the sync lines that begin in it and all lines up
 * to the next one, wherever that is; the first range also for the lines
 * before the first.
 */
static void
map_range(struct worker *worker, const struct task *task)
{
	struct slice text = task->shared->text;
	const struct run_job *run = worker->run;
	size_t begin = 0;
	size_t end;
	struct split split;

	if (task->begin > 0) {
		begin = line_start(text, task->begin);
		if (begin < task->end)
			begin = run->job->sync(run->context, task->input, text,
			    begin, task->end);
	}
	if (begin >= task->end)
		return; /* it belongs to a range before this one */
	end = next_sync(worker, task->input, text, task->end);
	split_mapped(&split, slice_head(slice_from(text, begin), end - begin),
	    begin, run->limits->max_line);
	map_segment(worker, task->input, &split);
}

static void
map_input(struct worker *worker, const struct task *task)
{
	struct split split;
	struct slice text;
	off_t all;
	off_t done = 0;

	if (source_is_mapped(task->source, &text))
		split_mapped(&split, text, 0, worker->run->limits->max_line);
	else
		split_stream(&split, task->source,
		    worker->run->limits->max_line);
	map_segment(worker, task->input, &split);
	if (!source_is_mapped(task->source, &text))
		source_progress(task->source, &done, &all);
	atomic_fetch_add(&worker->run->done, (uint64_t)done);
}

static void
do_task(struct worker *worker, struct task *task)
{
	struct err err;

	worker->emit.part = task->part;
	if (task->source == NULL) {
		worker->run->job->trouble(worker->mapper, task->input,
		    &task->err, 0);
	} else if (task->shared != NULL) {
		map_range(worker, task);
		if (leave_shared(worker->run, task->shared)) {
			close_source(worker, task->input, task->source);
			free(task->shared);
		}
	} else {
		map_input(worker, task);
		close_source(worker, task->input, task->source);
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
		worker->emit.run = run;
		worker->emit.shard = shard_new(run->job->state,
		    run->limits->memory / n);
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
