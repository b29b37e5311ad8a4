/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/fetch_state.h"

#include "base/duration.h"
#include "tap.h"

static const int64_t now = 1371013200 * DURATION_S; /* 2013-06-12T05:00:00Z */

/* A job that ran well three hours ago. */
static struct fetch_state
good_state(void)
{
	static char name[] = "video-stats";
	struct fetch_state state = {
		.name = name,
		.run = {
			.began = now - 4 * DURATION_H,
			.ended = now - 3 * DURATION_H,
			.last_good = now - 3 * DURATION_H,
			.last_done = now - 3 * DURATION_H,
			.listed_at = now - 4 * DURATION_H,
		},
		.counts = {
			.by_state = {
				[ITEM_DONE] = 4980,
				[ITEM_FAILED] = 20,
			},
			.unlisted = 3,
			.stale = 2,
			.next_due = INT64_MAX,
		},
		.listed = 5000,
	};

	return state;
}

static const char *
check(const struct fetch_state *state, int64_t max_age, double max_failed,
    bool *fine)
{
	static struct buf line;
	struct fetch_demand demand = { max_age, max_failed };

	buf_clear(&line);
	*fine = fetch_state_check(state, &demand, now, &line);
	buf_add_char(&line, '\0');
	return line.ptr;
}

static void
is_fine(void)
{
	struct fetch_state state = good_state();
	bool fine;

	CHECK_STR(check(&state, 3 * DURATION_H, 0.4, &fine),
	    "video-stats: fine, 4,980 of 5,000 items done\n");
	CHECK(fine);
	/* One that is under way changes nothing. */
	state.run.ended = 0;
	(void)check(&state, 3 * DURATION_H, 0.4, &fine);
	CHECK(fine);
	/* Nor one that a signal ended. */
	state.run.ended = now;
	state.run.exit_status = 75;
	(void)check(&state, 3 * DURATION_H, 0.4, &fine);
	CHECK(fine);
}

static void
is_not_fine(void)
{
	struct fetch_state state = good_state();
	bool fine;

	CHECK_STR(check(&state, 3 * DURATION_H, 0.39, &fine),
	    "video-stats: 20 of 5,000 items failed, more than 0.39 %\n");
	CHECK(!fine);
	CHECK_STR(check(&state, 3 * DURATION_H - 1, 1, &fine),
	    "video-stats: the last run to its end was 3h ago, more than 2h "
	    "59m\n");
	CHECK(!fine);
	state.run.exit_status = 2;
	CHECK_STR(check(&state, 0, 1, &fine),
	    "video-stats: the last run ended in trouble 3h ago\n");
	CHECK(!fine);
	state = good_state();
	state.run.last_done = 0;
	CHECK_STR(check(&state, DURATION_H, 1, &fine),
	    "video-stats: no run has come to its end yet\n");
	CHECK(!fine);
	state.run.began = 0;
	CHECK_STR(check(&state, 0, 1, &fine), "video-stats: has never run\n");
	CHECK(!fine);
}

static void
is_json(void)
{
	struct fetch_state state = good_state();
	struct buf text = { 0 };

	fetch_state_add_json(&state, &text);
	CHECK_SLICE(text,
	    "{\"job\":\"video-stats\",\"began\":\"2013-06-12T01:00:00Z\","
	    "\"ended\":\"2013-06-12T02:00:00Z\",\"exit_status\":0,"
	    "\"last_good\":\"2013-06-12T02:00:00Z\","
	    "\"last_done\":\"2013-06-12T02:00:00Z\","
	    "\"listed_at\":\"2013-06-12T01:00:00Z\",\"items\":{\"waiting\":0,"
	    "\"running\":0,\"done\":4980,\"retry\":0,\"failed\":20,\"gone\":0,"
	    "\"deferred\":0},\"unlisted\":3,\"stale\":2,\"next_due\":null}\n");
	buf_clear(&text);
	state.run.ended = 0;
	state.counts.next_due = now;
	state.is_deep = true;
	state.oldest = now - DURATION_D;
	summary_add_cause(&state.causes, slice_str("HTTP 500"));
	fetch_state_add_json(&state, &text);
	CHECK(slice_find(buf_slice(&text),
		  "\"ended\":null,\"exit_status\":null,") != NULL);
	CHECK(slice_ends(buf_slice(&text),
	    ",\"next_due\":\"2013-06-12T05:00:00Z\","
	    "\"oldest_answer\":\"2013-06-11T05:00:00Z\","
	    "\"causes\":{\"HTTP 500\":1}}\n"));
	buf_release(&text);
}

static void
is_metrics(void)
{
	struct fetch_state states[] = { good_state(), good_state() };
	struct buf text = { 0 };

	states[1].run.ended = 0;
	fetch_states_add_metrics(states, 2, &text);
	CHECK(slice_starts(buf_slice(&text),
	    "# HELP tallyman_fetch_items Listed items of a job by their "
	    "state.\n"
	    "# TYPE tallyman_fetch_items gauge\n"
	    "tallyman_fetch_items{job=\"video-stats\",state=\"waiting\"} 0\n"));
	CHECK(slice_find(buf_slice(&text),
		  "\ntallyman_fetch_last_run_timestamp_seconds{job=\"video-"
		  "stats\"} 1370998800\n") != NULL);
	/* The second job's run has not ended. */
	CHECK(slice_ends(buf_slice(&text),
	    "# TYPE tallyman_fetch_last_exit_status gauge\n"
	    "tallyman_fetch_last_exit_status{job=\"video-stats\"} 0\n"));
	buf_release(&text);
}

static const struct tap_test tests[] = {
	{ "a job is fine that ran lately and failed little", is_fine },
	{ "a job that is not fine says why", is_not_fine },
	{ "JSON has null for what is not known", is_json },
	{ "metrics have a type and a sample for each job", is_metrics },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
