/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/summary.h"

#include "base/duration.h"
#include "base/json.h"
#include "tap.h"

/* 2013-06-12T05:00:00Z */
static const int64_t noon = 1371013200 * DURATION_S;

static const char *
text_of(const struct summary *summary)
{
	static struct buf text;

	buf_clear(&text);
	summary_add_text(summary, &text);
	buf_add_char(&text, '\0');
	return text.ptr;
}

static void
add_causes(struct summary *summary, const char *cause, int count)
{
	for (int i = 0; i < count; i++)
		summary_add_cause(summary, slice_str(cause));
}

static void
says_all(void)
{
	struct summary summary = {
		.job = "video-stats",
		.fetched = 4812,
		.not_modified = 120,
		.fresh = 7,
		.gone = 3,
		.failed = 10,
		.stale = 4,
		.refused = 2,
		.deferred = 55,
		.until = noon,
		.requests = 5012,
		.throttled = 6,
		.began = noon,
		.ended = noon + 101 * DURATION_S,
	};

	add_causes(&summary, "HTTP 500", 8);
	add_causes(&summary, "timed out", 2);
	CHECK_STR(text_of(&summary),
	    "video-stats: 4,812 fetched, 120 not modified, 7 still fresh, "
	    "3 gone, 10 failed (8 HTTP 500, 2 timed out), 55 deferred until "
	    "2013-06-12T05:00:00Z, 4 given stale, 2 refused as ids; 5,012 "
	    "requests in 1m 41s, 6 throttled");
}

static void
leaves_out_what_was_not(void)
{
	struct summary summary = { .job = "a" };

	CHECK_STR(text_of(&summary), "a: nothing to do; 0 requests in 0s");
	summary.requests = 1;
	summary.throttled = 1;
	CHECK_STR(text_of(&summary),
	    "a: nothing to do; 1 request in 0s, 1 throttled");
	summary.throttled = 0;
	summary.deferred = 3;
	CHECK_STR(text_of(&summary), "a: 3 deferred; 1 request in 0s");
}

static void
says_how_it_ended(void)
{
	struct summary summary = { .job = "a", .fetched = 1 };

	summary.list_failed = true;
	CHECK_STR(text_of(&summary),
	    "a: 1 fetched; 0 requests in 0s; the listing failed, and none was "
	    "complete before");
	summary.list_kept = true;
	summary.stopped = "by a signal";
	CHECK_STR(text_of(&summary),
	    "a: 1 fetched; 0 requests in 0s; the listing failed, the last "
	    "complete one was used; stopped: by a signal");
}

static void
gathers_causes(void)
{
	struct summary summary = { .job = "a" };
	char cause[24];

	for (int i = 0; i < 10; i++) {
		(void)snprintf(cause, sizeof(cause), "HTTP %d", 500 + i);
		add_causes(&summary, cause, i == 0 ? 2 : 1);
	}
	CHECK_STR(summary.causes[0].text, "HTTP 500");
	CHECK_INT(summary.causes[0].count, 2);
	CHECK_STR(summary.causes[SUMMARY_CAUSES - 2].text, "HTTP 506");
	CHECK_INT(summary.causes[SUMMARY_CAUSES - 2].count, 1);
	CHECK_STR(summary.causes[SUMMARY_CAUSES - 1].text, "other causes");
	CHECK_INT(summary.causes[SUMMARY_CAUSES - 1].count, 3);
}

static void
cuts_long_causes(void)
{
	struct summary summary = { .job = "a" };
	char cause[2 * SUMMARY_CAUSE_MAX];

	memset(cause, 'x', sizeof(cause));
	summary_add_cause(&summary, slice_make(cause, sizeof(cause)));
	summary_add_cause(&summary, slice_make(cause, sizeof(cause) - 1));
	CHECK_INT(strlen(summary.causes[0].text), SUMMARY_CAUSE_MAX - 1);
	CHECK_INT(summary.causes[0].count, 2);
	summary_add_cause(&summary, slice_make(NULL, 0));
	CHECK_STR(summary.causes[1].text, "");
	CHECK_INT(summary.causes[1].count, 1);
}

static void
is_json(void)
{
	struct summary summary = {
		.job = "a",
		.listed = 1,
		.unseen = 2,
		.refused = 3,
		.fetched = 4,
		.not_modified = 5,
		.fresh = 6,
		.gone = 7,
		.failed = 8,
		.stale = 9,
		.deferred = 10,
		.requests = 11,
		.retries = 12,
		.throttled = 13,
		.cost = 14,
		.bytes = 15,
		.exit_status = 1,
		.began = noon,
		.ended = noon + DURATION_S,
	};
	struct buf text = { 0 };

	add_causes(&summary, "no \"items\"", 8);
	summary_add_json(&summary, &text);
	CHECK_SLICE(text,
	    "{\"job\":\"a\",\"listed\":1,\"new\":2,\"refused\":3,"
	    "\"fetched\":4,\"not_modified\":5,\"fresh\":6,\"gone\":7,"
	    "\"failed\":8,\"stale\":9,\"deferred\":10,\"requests\":11,"
	    "\"retries\":12,\"throttled\":13,\"cost\":14,\"bytes\":15,"
	    "\"exit_status\":1,\"list_failed\":false,"
	    "\"causes\":{\"no \\\"items\\\"\":8},\"deferred_until\":null,"
	    "\"began\":\"2013-06-12T05:00:00Z\","
	    "\"ended\":\"2013-06-12T05:00:01Z\",\"stopped\":null}\n");
	CHECK(json_add_compact(NULL, buf_slice(&text)));
	buf_clear(&text);
	summary.list_failed = true;
	summary.stopped = "its time was up";
	summary.until = noon;
	summary_add_json(&summary, &text);
	CHECK(slice_find(buf_slice(&text), "\"list_failed\":true") != NULL);
	CHECK(slice_find(buf_slice(&text),
		  "\"deferred_until\":\"2013-06-12T05:00:00Z\"") != NULL);
	CHECK(slice_find(buf_slice(&text),
		  "\"stopped\":\"its time was up\"}\n") != NULL);
	buf_release(&text);
}

static const struct tap_test tests[] = {
	{ "the line has all that happened, causes in brackets", says_all },
	{ "what did not happen is left out", leaves_out_what_was_not },
	{ "a broken listing and an early end are told", says_how_it_ended },
	{ "equal causes are counted together, the last ones as others",
	    gathers_causes },
	{ "long causes are cut, and equal when cut", cuts_long_causes },
	{ "JSON has every number, and null for what is not known", is_json },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
