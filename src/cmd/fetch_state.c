/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/fetch_state.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/duration.h"
#include "base/json.h"

const char *const fetch_state_names[7] = {
	[ITEM_WAITING] = "waiting",
	[ITEM_RUNNING] = "running",
	[ITEM_DONE] = "done",
	[ITEM_RETRY] = "retry",
	[ITEM_FAILED] = "failed",
	[ITEM_GONE] = "gone",
	[ITEM_DEFERRED] = "deferred",
};

enum { STATES = sizeof(fetch_state_names) / sizeof(fetch_state_names[0]) };

/* --- Reading. */

static int
look_at_items(struct fetch_state *state, struct archive *archive,
    struct err *err)
{
	struct archive_item item;
	int status;

	while ((status = archive_next(archive, &item, err)) == 1) {
		if (!item.listed)
			continue;
		if (item.state == ITEM_FAILED)
			summary_add_cause(&state->causes, item.cause);
		if (item.has_answer &&
		    (state->oldest == 0 || item.received < state->oldest))
			state->oldest = item.received;
	}
	state->is_deep = true;
	return status;
}

int
fetch_state_read(struct fetch_state *state, const struct fetch_place *place,
    bool deep, int64_t now, struct err *err)
{
	struct archive *archive = fetch_place_open(place, err);
	int status;

	*state = (struct fetch_state){ .name = xstrdup(place->name) };
	if (archive == NULL)
		return -1;
	status = archive_last_run(archive, &state->run, err);
	if (status == 0)
		status = archive_counts(archive, now, &state->counts, err);
	if (status == 0 && deep)
		status = look_at_items(state, archive, err);
	archive_close(archive);
	for (size_t i = 0; i < STATES; i++)
		state->listed += state->counts.by_state[i];
	return status;
}

void
fetch_state_release(struct fetch_state *state)
{
	free(state->name);
	*state = (struct fetch_state){ 0 };
}

/* --- For monitors. */

static void
add_ago(struct buf *line, int64_t now, int64_t then)
{
	char text[DURATION_TEXT];

	buf_add_format(line, "%s ago", duration_text(now - then, text));
}

static void
add_share(struct buf *line, int64_t some, int64_t all)
{
	buf_add_count(line, (uint64_t)some);
	buf_add_str(line, " of ");
	buf_add_count(line, (uint64_t)all);
	buf_add_str(line, " items");
}

static bool
is_too_old(const struct fetch_state *state, const struct fetch_demand *demand,
    int64_t now, struct buf *line)
{
	int64_t done = state->run.last_done;
	char text[DURATION_TEXT];

	if (demand->max_age == 0 ||
	    (done != 0 && now - done <= demand->max_age))
		return false;
	if (done == 0) {
		buf_add_str(line, "no run has come to its end yet");
	} else {
		buf_add_str(line, "the last run to its end was ");
		add_ago(line, now, done);
		buf_add_format(line, ", more than %s",
		    duration_text(demand->max_age, text));
	}
	return true;
}

static bool
has_too_many_failed(const struct fetch_state *state,
    const struct fetch_demand *demand, struct buf *line)
{
	int64_t failed = state->counts.by_state[ITEM_FAILED];
	double percent = state->listed == 0 ?
	    0 :
	    100.0 * (double)failed / (double)state->listed;

	if (percent <= demand->max_failed)
		return false;
	add_share(line, failed, state->listed);
	buf_add_format(line, " failed, more than %g %%", demand->max_failed);
	return true;
}

bool
fetch_state_check(const struct fetch_state *state,
    const struct fetch_demand *demand, int64_t now, struct buf *line)
{
	const struct archive_run *run = &state->run;
	bool fine = false;

	buf_add_format(line, "%s: ", state->name);
	if (run->began == 0) {
		buf_add_str(line, "has never run");
	} else if (run->ended != 0 && run->exit_status == 2) {
		buf_add_str(line, "the last run ended in trouble ");
		add_ago(line, now, run->ended);
	} else if (!is_too_old(state, demand, now, line) &&
	    !has_too_many_failed(state, demand, line)) {
		fine = true;
		buf_add_str(line, "fine, ");
		add_share(line, state->counts.by_state[ITEM_DONE],
		    state->listed);
		buf_add_str(line, " done");
	}
	buf_add_char(line, '\n');
	return fine;
}

/* --- For programs. */

static void
add_json_states(const struct fetch_state *state, struct buf *buf)
{
	for (size_t i = 0; i < STATES; i++)
		buf_add_format(buf, "%s\"%s\":%" PRId64,
		    i == 0 ? ",\"items\":{" : ",", fetch_state_names[i],
		    state->counts.by_state[i]);
	buf_add_format(buf, "},\"unlisted\":%" PRId64 ",\"stale\":%" PRId64,
	    state->counts.unlisted, state->counts.stale);
}

void
fetch_state_add_json(const struct fetch_state *state, struct buf *buf)
{
	const struct archive_run *run = &state->run;
	int64_t next = state->counts.next_due;

	buf_add_str(buf, "{\"job\":");
	(void)json_add_string(buf, slice_str(state->name));
	summary_add_json_time(buf, "began", run->began);
	summary_add_json_time(buf, "ended", run->ended);
	if (run->ended == 0)
		buf_add_str(buf, ",\"exit_status\":null");
	else
		buf_add_format(buf, ",\"exit_status\":%d", run->exit_status);
	summary_add_json_time(buf, "last_good", run->last_good);
	summary_add_json_time(buf, "last_done", run->last_done);
	summary_add_json_time(buf, "listed_at", run->listed_at);
	add_json_states(state, buf);
	summary_add_json_time(buf, "next_due", next == INT64_MAX ? 0 : next);
	if (state->is_deep) {
		summary_add_json_time(buf, "oldest_answer", state->oldest);
		summary_add_json_causes(&state->causes, buf);
	}
	buf_add_str(buf, "}\n");
}

/* A metric of each job: its HELP and TYPE, then its samples. */
static void
add_metric(const struct fetch_state *states, size_t count, const char *name,
    const char *help,
    void (*add)(const struct fetch_state *state, const char *name,
	struct buf *buf),
    struct buf *buf)
{
	buf_add_format(buf, "# HELP %s %s\n# TYPE %s gauge\n", name, help,
	    name);
	for (size_t i = 0; i < count; i++)
		add(&states[i], name, buf);
}

static void
add_items(const struct fetch_state *state, const char *name, struct buf *buf)
{
	for (size_t i = 0; i < STATES; i++)
		buf_add_format(buf, "%s{job=\"%s\",state=\"%s\"} %" PRId64 "\n",
		    name, state->name, fetch_state_names[i],
		    state->counts.by_state[i]);
}

static void
add_last_run(const struct fetch_state *state, const char *name, struct buf *buf)
{
	buf_add_format(buf, "%s{job=\"%s\"} %" PRId64 "\n", name, state->name,
	    state->run.began / DURATION_S);
}

static void
add_last_good(const struct fetch_state *state, const char *name,
    struct buf *buf)
{
	buf_add_format(buf, "%s{job=\"%s\"} %" PRId64 "\n", name, state->name,
	    state->run.last_good / DURATION_S);
}

static void
add_last_done(const struct fetch_state *state, const char *name,
    struct buf *buf)
{
	buf_add_format(buf, "%s{job=\"%s\"} %" PRId64 "\n", name, state->name,
	    state->run.last_done / DURATION_S);
}

/* Nothing while a run is under way, or after one that was killed. */
static void
add_exit_status(const struct fetch_state *state, const char *name,
    struct buf *buf)
{
	if (state->run.ended != 0)
		buf_add_format(buf, "%s{job=\"%s\"} %d\n", name, state->name,
		    state->run.exit_status);
}

void
fetch_states_add_metrics(const struct fetch_state *states, size_t count,
    struct buf *buf)
{
	add_metric(states, count, "tallyman_fetch_items",
	    "Listed items of a job by their state.", add_items, buf);
	add_metric(states, count, "tallyman_fetch_last_run_timestamp_seconds",
	    "When the last run began.", add_last_run, buf);
	add_metric(states, count, "tallyman_fetch_last_good_timestamp_seconds",
	    "When the last run with exit status 0 ended; 0 for none.",
	    add_last_good, buf);
	add_metric(states, count, "tallyman_fetch_last_done_timestamp_seconds",
	    "When the last run with exit status 0 or 1 ended; 0 for none.",
	    add_last_done, buf);
	add_metric(states, count, "tallyman_fetch_last_exit_status",
	    "Exit status of the last run, if it has ended.", add_exit_status,
	    buf);
}
