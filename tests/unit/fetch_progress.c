/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/fetch_progress.h"

#include "base/duration.h"
#include "tap.h"

static const char *
line_of(struct fetch_progress *progress, const struct run_progress *run)
{
	static struct buf line;

	buf_clear(&line);
	fetch_progress_add(progress, run, &line);
	buf_add_char(&line, '\0');
	return line.ptr;
}

static void
waits_a_second(void)
{
	struct summary summary = { .job = "a" };
	struct run_progress run = { .summary = &summary, .due = 10 };
	struct fetch_progress progress = { 0 };

	run.elapsed = DURATION_S - 1;
	CHECK_STR(line_of(&progress, &run), "");
	run.elapsed = DURATION_S;
	CHECK_STR(line_of(&progress, &run), "a: 0 of 10");
}

static void
tells_the_speed(void)
{
	struct summary summary = { .job = "a", .failed = 3 };
	struct run_progress run = {
		.summary = &summary,
		.due = 5000,
		.settled = 1200,
		.under_way = 16,
		.elapsed = 25 * DURATION_S,
	};
	struct fetch_progress progress = { 0 };

	CHECK_STR(line_of(&progress, &run),
	    "a: 1,200 of 5,000, 3 failed, 48/s, 16 under way, 1m 19s left");
	/* Nothing came for a second: a mean of old and new. */
	run.elapsed += DURATION_S;
	CHECK_STR(line_of(&progress, &run),
	    "a: 1,200 of 5,000, 3 failed, 34/s, 16 under way, 1m 53s left");
}

static void
tells_what_it_waits_for(void)
{
	struct summary summary = { .job = "a", .listed = 1000 };
	struct run_progress run = {
		.summary = &summary,
		.listing = true,
		.elapsed = 2 * DURATION_S,
	};
	struct fetch_progress progress = { 0 };

	CHECK_STR(line_of(&progress, &run), "a: listing, 1,000 ids");
	run.listing = false;
	run.due = 20;
	run.waiting_for = "rate limit";
	run.until = 12 * DURATION_S;
	CHECK_STR(line_of(&progress, &run),
	    "a: 0 of 20, waiting: rate limit, 12s");
}

static const struct tap_test tests[] = {
	{ "the first second passes in silence", waits_a_second },
	{ "speed and time left are those of the last seconds",
	    tells_the_speed },
	{ "what keeps it from sending is told", tells_what_it_waits_for },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
