/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "fetch/exchange.h"
#include "fetch/lister.h"
#include "fetch/origin.h"
#include "fetch/page.h"
#include "fetch/run.h"

/* What --dry-run counts and shows. */
struct show {
	const struct job *job;
	struct exchanger *exchanger;
	struct buf *text;
	size_t left; /* requests that are still to be shown */
	int64_t requests;
	int64_t cost;
};

/* Shows a task's request while there are some to show; counts it. */
static int
show_task(struct show *show, struct task *task, struct err *err)
{
	char origin[ORIGIN_MAX];
	int status = 0;

	show->requests++;
	show->cost += task->cost;
	if (show->left > 0) {
		show->left--;
		status = exchange_prepare(show->exchanger, task, origin, err);
		if (status == 0)
			exchange_show(task, show->text);
	}
	exchange_free(task->exchange);
	task_free(task);
	return status;
}

/* The requests for ids, each followed by a NUL. */
static int
show_ids(struct show *show, const struct buf *ids, size_t count,
    struct err *err)
{
	size_t batch = show->job->together ? show->job->batch : 1;
	struct store_item *items = xcalloc(count + 1, sizeof(*items));
	struct store_item **pointers = xcalloc(count + 1, sizeof(*pointers));
	const char *p = ids->ptr;
	int status = 0;

	for (size_t i = 0; i < count; i++) {
		items[i].id = slice_str(p);
		pointers[i] = &items[i];
		p += items[i].id.len + 1;
	}
	for (size_t i = 0; i < count && status == 0; i += batch)
		status = show_task(show,
		    task_new(TASK_ITEMS, NULL, show->job->request.cost,
			pointers + i, batch < count - i ? batch : count - i),
		    err);
	free(pointers);
	free(items);
	return status;
}

static int
show_walk(struct show *show, struct page_walk *walk, struct err *err)
{
	struct task *task = task_new(TASK_PAGE, NULL,
	    show->job->source.request.cost, NULL, 0);
	int status;

	task->subject = walk;
	status = show_task(show, task, err);
	page_walk_free(walk);
	return status;
}

/* All that the source gives without the network. */
static int
show_source(struct show *show, struct lister *lister, struct err *err)
{
	const size_t at_once = show->job->batch * 40;
	struct buf ids = { 0 };
	struct page_walk *walk;
	size_t count;
	size_t refused;
	int status = 0;

	while (status == 0) {
		buf_clear(&ids);
		switch (lister_next(lister, at_once, &ids, &count, &refused,
		    &walk, err)) {
		case LISTER_IDS:
			status = show_ids(show, &ids, count, err);
			continue;
		case LISTER_WALK:
			status = show_walk(show, walk, err);
			continue;
		case LISTER_ERROR:
			status = -1;
			break;
		case LISTER_END:
			break;
		}
		break;
	}
	buf_release(&ids);
	return status;
}

static void
show_total(const struct show *show)
{
	const struct job *job = show->job;
	char text[RATE_TEXT];

	buf_add_format(show->text,
	    "# %" PRId64 " requests, %" PRId64 " units%s\n", show->requests,
	    show->cost,
	    job->source.kind == SOURCE_URL ?
		", and those for further pages and for the ids they list" :
		"");
	for (size_t i = 0; i < job->limit_count; i++)
		buf_add_format(show->text, "# limit: %s\n",
		    rate_text(&job->limits[i], text));
}

int
run_show(const struct run_options *options, size_t count, struct buf *text,
    struct err *err)
{
	struct show show = {
		.job = options->job,
		.text = text,
		.left = count,
	};
	struct auth *auth = auth_new(&show.job->auth, options->secrets);
	struct lister *lister = NULL;
	int status = -1;

	show.exchanger = exchanger_new(show.job, auth, options->secrets, err);
	if (show.exchanger == NULL)
		goto out;
	lister = lister_new(&show.job->source, options->folder, err);
	if (lister == NULL)
		goto out;
	status = show_source(&show, lister, err);
	if (status == 0)
		show_total(&show);
out:
	lister_free(lister);
	exchanger_free(show.exchanger);
	auth_free(auth);
	return status;
}
