/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/fetch_progress.h"

#include "base/duration.h"

/* For so long a speed is measured before it is shown anew. */
static const int64_t window = DURATION_S;

static void
measure(struct fetch_progress *progress, const struct run_progress *run)
{
	int64_t took = run->elapsed - progress->since;
	double rate;

	if (took < window)
		return;
	rate = (double)(run->settled - progress->settled) * (double)DURATION_S /
	    (double)took;
	/* A mean that forgets: one odd second does not upset the time left. */
	progress->rate = progress->rate == 0 ?
	    rate :
	    0.7 * progress->rate + 0.3 * rate;
	progress->since = run->elapsed;
	progress->settled = run->settled;
}

static void
add_speed(const struct fetch_progress *progress, const struct run_progress *run,
    struct buf *line)
{
	char text[DURATION_TEXT];
	double left;

	if (progress->rate < 0.05)
		return;
	buf_add_format(line, ", %.*f/s", progress->rate < 10 ? 1 : 0,
	    progress->rate);
	if (run->under_way > 0)
		buf_add_format(line, ", %u under way", run->under_way);
	left = (double)(run->due - run->settled) / progress->rate;
	if (left > 0)
		buf_add_format(line, ", %s left",
		    duration_text((int64_t)left * DURATION_S, text));
}

void
fetch_progress_add(struct fetch_progress *progress,
    const struct run_progress *run, struct buf *line)
{
	char text[DURATION_TEXT];

	measure(progress, run);
	if (run->elapsed < DURATION_S)
		return;
	buf_add_format(line, "%s: ", run->summary->job);
	if (run->listing) {
		buf_add_str(line, "listing, ");
		buf_add_count(line, (uint64_t)run->summary->listed);
		buf_add_str(line, " ids");
	} else {
		buf_add_count(line, (uint64_t)run->settled);
		buf_add_str(line, " of ");
		buf_add_count(line, (uint64_t)run->due);
	}
	if (run->summary->failed > 0) {
		buf_add_str(line, ", ");
		buf_add_count(line, (uint64_t)run->summary->failed);
		buf_add_str(line, " failed");
	}
	if (run->waiting_for != NULL)
		buf_add_format(line, ", waiting: %s, %s", run->waiting_for,
		    duration_text(run->until, text));
	else
		add_speed(progress, run, line);
}
