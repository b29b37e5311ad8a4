/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/summary.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/duration.h"
#include "base/json.h"
#include "base/zone.h"

void
summary_add_cause(struct summary *summary, struct slice cause)
{
	size_t i = 0;

	if (cause.len >= SUMMARY_CAUSE_MAX)
		cause.len = SUMMARY_CAUSE_MAX - 1;
	while (i < SUMMARY_CAUSES - 1 && summary->causes[i].count > 0 &&
	    !slice_is(cause, summary->causes[i].text))
		i++;
	if (summary->causes[i].count++ > 0)
		return;
	if (i == SUMMARY_CAUSES - 1)
		cause = slice_str("other causes");
	(void)snprintf(summary->causes[i].text, SUMMARY_CAUSE_MAX, "%.*s",
	    SLICE_ARG(cause));
}

void
summary_add_time(struct buf *buf, int64_t instant)
{
	struct civil civil;

	civil_from_instant(instant / DURATION_S, 0, &civil);
	buf_add_format(buf, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)civil.year,
	    civil.month, civil.day, civil.hour, civil.minute, civil.second);
}

/* "12 gone", with a comma in front but for the first. */
static void
add_count(struct buf *buf, bool *first, int64_t count, const char *word)
{
	if (count == 0)
		return;
	if (!*first)
		buf_add_str(buf, ", ");
	*first = false;
	buf_add_count(buf, (uint64_t)count);
	buf_add_format(buf, " %s", word);
}

static void
add_causes(const struct summary *summary, struct buf *buf)
{
	const char *before = " (";

	for (size_t i = 0; i < SUMMARY_CAUSES; i++) {
		const struct summary_cause *cause = &summary->causes[i];

		if (cause->count == 0)
			break;
		buf_add_str(buf, before);
		buf_add_count(buf, (uint64_t)cause->count);
		buf_add_format(buf, " %s", cause->text);
		before = ", ";
	}
	if (before[0] == ',')
		buf_add_char(buf, ')');
}

static void
add_outcomes(const struct summary *summary, struct buf *buf)
{
	bool first = true;

	add_count(buf, &first, summary->fetched, "fetched");
	add_count(buf, &first, summary->not_modified, "not modified");
	add_count(buf, &first, summary->fresh, "still fresh");
	add_count(buf, &first, summary->gone, "gone");
	add_count(buf, &first, summary->failed, "failed");
	if (summary->failed > 0)
		add_causes(summary, buf);
	add_count(buf, &first, summary->deferred, "deferred");
	if (summary->deferred > 0 && summary->until > 0) {
		buf_add_str(buf, " until ");
		summary_add_time(buf, summary->until);
	}
	add_count(buf, &first, summary->stale, "given stale");
	add_count(buf, &first, summary->refused, "refused as ids");
	if (first)
		buf_add_str(buf, "nothing to do");
}

void
summary_add_text(const struct summary *summary, struct buf *buf)
{
	char took[DURATION_TEXT];
	bool first;

	buf_add_format(buf, "%s: ", summary->job);
	add_outcomes(summary, buf);
	buf_add_str(buf, "; ");
	buf_add_count(buf, (uint64_t)summary->requests);
	buf_add_format(buf, " request%s in %s",
	    summary->requests == 1 ? "" : "s",
	    duration_text(summary->ended - summary->began, took));
	first = false;
	add_count(buf, &first, summary->throttled, "throttled");
	if (summary->list_failed)
		buf_add_format(buf, "; the listing failed, %s",
		    summary->list_kept ? "the last complete one was used" :
					 "and none was complete before");
	if (summary->stopped != NULL)
		buf_add_format(buf, "; stopped: %s", summary->stopped);
}

void
summary_add_json_causes(const struct summary *summary, struct buf *buf)
{
	const char *before = "";

	buf_add_str(buf, ",\"causes\":{");
	for (size_t i = 0; i < SUMMARY_CAUSES; i++) {
		const struct summary_cause *cause = &summary->causes[i];

		if (cause->count == 0)
			break;
		buf_add_str(buf, before);
		json_add_string(buf, slice_str(cause->text));
		buf_add_format(buf, ":%" PRId64, cause->count);
		before = ",";
	}
	buf_add_char(buf, '}');
}

void
summary_add_json_time(struct buf *buf, const char *name, int64_t instant)
{
	buf_add_format(buf, ",\"%s\":", name);
	if (instant == 0) {
		buf_add_str(buf, "null");
		return;
	}
	buf_add_char(buf, '"');
	summary_add_time(buf, instant);
	buf_add_char(buf, '"');
}

void
summary_add_json(const struct summary *summary, struct buf *buf)
{
	const struct {
		const char *name;
		int64_t value;
	} numbers[] = {
		{ "listed", summary->listed },
		{ "new", summary->unseen },
		{ "refused", summary->refused },
		{ "fetched", summary->fetched },
		{ "not_modified", summary->not_modified },
		{ "fresh", summary->fresh },
		{ "gone", summary->gone },
		{ "failed", summary->failed },
		{ "stale", summary->stale },
		{ "deferred", summary->deferred },
		{ "requests", summary->requests },
		{ "retries", summary->retries },
		{ "throttled", summary->throttled },
		{ "cost", summary->cost },
		{ "bytes", summary->bytes },
		{ "exit_status", summary->exit_status },
	};

	buf_add_str(buf, "{\"job\":");
	json_add_string(buf, slice_str(summary->job));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		buf_add_format(buf, ",\"%s\":%" PRId64, numbers[i].name,
		    numbers[i].value);
	buf_add_format(buf, ",\"list_failed\":%s",
	    summary->list_failed ? "true" : "false");
	summary_add_json_causes(summary, buf);
	summary_add_json_time(buf, "deferred_until", summary->until);
	summary_add_json_time(buf, "began", summary->began);
	summary_add_json_time(buf, "ended", summary->ended);
	buf_add_str(buf, ",\"stopped\":");
	if (summary->stopped == NULL)
		buf_add_str(buf, "null");
	else
		json_add_string(buf, slice_str(summary->stopped));
	buf_add_str(buf, "}\n");
}
