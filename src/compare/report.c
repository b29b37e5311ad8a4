/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/report.h"

#include <math.h>

#include "base/zone.h"
#include "compare/sentence.h"

enum {
	BASELINE_DAYS = 3, /* old days that noise.h claims from */
	ID_LENGTH = 10,  /* of a commit's id, as git shows it in large trees */
	MANY_DAYS = 4,   /* up to that many are named */
	TITLE_MOST = 100 /* characters of a commit's subject */
};

static const struct report_style plain = { buf_add_visible, "", "\n" };

void
report_percent(struct buf *buf, double old, double new)
{
	double percent = (new / old - 1) * 100;

	if (old <= 0)
		buf_add_str(buf, new > 0 ? "new" : "+0 %");
	else if (new <= 0)
		buf_add_str(buf, "gone");
	else if (new >= 10 * old)
		buf_add_format(buf, "x%.0f", new / old);
	else if (percent > -.5)
		buf_add_format(buf, "+%.0f %%", fabs(percent));
	else /* 99.6 % are not all */
		buf_add_format(buf, "-%.0f %%", fmin(-percent, 99));
}

static void
add_site(struct buf *buf, const struct site *site)
{
	buf_add(buf, site->file);
	if (site->line.len > 0)
		buf_add_format(buf, ":%.*s", SLICE_ARG(site->line));
}

void
report_place(struct buf *buf, const struct change *change)
{
	const struct site *site = change_site(change);
	const struct site *old = change->pair.old;

	add_site(buf, site);
	if (old == NULL || old == site)
		return;
	if (!slice_equal(old->file, site->file)) {
		buf_add_str(buf, " (was ");
		add_site(buf, old);
		buf_add_char(buf, ')');
	} else if (!slice_equal(old->line, site->line)) {
		buf_add_format(buf, " (was :%.*s)", SLICE_ARG(old->line));
	}
}

void
report_sentence(struct buf *buf, const struct report *report)
{
	sentence_add(buf, report, &plain);
}

/* "1 site", "3 sites". */
static void
add_number(struct buf *buf, size_t number, const char *what)
{
	buf_add_count(buf, number);
	buf_add_format(buf, " %s%s", what, number == 1 ? "" : "s");
}

/* Whether the old days have names, and not too many. */
static bool
are_named(const struct report *report)
{
	for (size_t i = 0; i < report->old_day_count; i++)
		if (report->old_days[i].len == 0)
			return false;
	return report->old_day_count > 0 && report->old_day_count <= MANY_DAYS;
}

static void
add_old_days(struct buf *buf, const struct report *report,
    const struct report_style *style)
{
	size_t days = report->ranking->days;

	buf_add_str(buf, days > 1 ? ", " : " of ");
	if (days > 1)
		buf_add_format(buf, "the mean of %zu days", days);
	if (!are_named(report)) {
		buf_add_str(buf, days > 1 ? "" : "the old day");
		return;
	}
	for (size_t i = 0; i < report->old_day_count; i++) {
		buf_add_str(buf, i > 0 ? ", " : days > 1 ? ": " : "");
		style->add_name(buf, report->old_days[i]);
	}
}

static void
add_days(struct buf *buf, const struct report *report,
    const struct report_style *style)
{
	const struct ranking *fine = report->fine;

	buf_add_format(buf, "%sdays: ", style->begin);
	if (report->new_day.len > 0)
		style->add_name(buf, report->new_day);
	else
		buf_add_str(buf, "the new day");
	buf_add_str(buf, " with ");
	buf_add_count(buf, fine->new_sum);
	buf_add_str(buf, ", against ");
	buf_add_count(buf, fine->old_sum);
	add_old_days(buf, report, style);
	buf_add_str(buf, style->end);
}

static void
add_traffic(struct buf *buf, const struct report *report,
    const struct report_style *style)
{
	double factor = report->ranking->factor;

	buf_add_format(buf, "%straffic: ", style->begin);
	switch (report->traffic) {
	case TRAFFIC_NONE:
		buf_add_str(buf, "taken as equal: fewer than 10 sites tell it");
		break;
	case TRAFFIC_GIVEN:
		buf_add_format(buf, "x%.2f, given", factor);
		break;
	case TRAFFIC_MEDIAN:
		buf_add_format(buf, "x%.2f, the median of ", factor);
		add_number(buf, report->traffic_sites, "site");
		buf_add_format(buf, " (the sums: x%.2f)",
		    report->traffic_total);
		break;
	case TRAFFIC_SUMS:
		buf_add_format(buf,
		    "x%.2f, the ratio of the sums: fewer than 10 sites tell it",
		    factor);
		break;
	}
	buf_add_str(buf, style->end);
}

static void
add_noise(struct buf *buf, const struct noise *noise,
    const struct report_style *style)
{
	buf_add_format(buf, "%snoise: %.0f %% a day, ", style->begin,
	    noise->cv * 100);
	if (noise->sites > 0) {
		buf_add_str(buf, "told from ");
		add_number(buf, noise->sites, "site");
	} else {
		buf_add_str(buf, "assumed");
	}
	buf_add_str(buf, style->end);
}

static void
add_baseline(struct buf *buf, const struct ranking *ranking,
    const struct report_style *style)
{
	buf_add_str(buf, style->begin);
	if (ranking->noise.is_claimed)
		buf_add_format(buf,
		    "baseline: %zu old days; q is the share of claims up to a "
		    "row that are expected to be false",
		    ranking->days);
	else if (ranking->days < BASELINE_DAYS)
		buf_add_format(buf,
		    "no baseline: significance not claimed (%zu old day%s; it "
		    "takes %d)",
		    ranking->days, ranking->days == 1 ? "" : "s",
		    BASELINE_DAYS);
	else
		buf_add_str(buf,
		    "no baseline: significance not claimed (too little was "
		    "counted on the old days)");
	buf_add_str(buf, style->end);
}

/* How the two days' sites became rows. */
struct matched {
	double old, new;         /* counts that are in pairs */
	double old_all, new_all; /* of all */
	size_t vanished, appeared;
	size_t maybe, doubtful;
	size_t twins; /* pairs of them */
};

static struct matched
count_matched(const struct ranking *ranking)
{
	struct matched matched = { 0 };

	for (size_t i = 0; i < ranking->count; i++) {
		const struct change *change = &ranking->changes[i];
		bool is_pair = change->pair.old != NULL &&
		    change->pair.new != NULL;

		matched.old_all += (double)change->old_count;
		matched.new_all += (double)change->new_count;
		matched.old += is_pair ? (double)change->old_count : 0;
		matched.new += is_pair ? (double)change->new_count : 0;
		matched.vanished += change->pair.new == NULL;
		matched.appeared += change->pair.old == NULL;
		matched.maybe += change->pair.kind == MATCH_MAYBE;
		matched.doubtful += change->pair.kind == MATCH_DOUBTFUL;
		matched.twins += change->pair.twin != NULL &&
		    change->pair.new != NULL;
	}
	return matched;
}

/* Not 100 % unless it is all. */
static double
share_of(double part, double all)
{
	return part >= all ? 100 : fmin(part / all * 100, 99);
}

static void
add_matched(struct buf *buf, const struct report *report,
    const struct matched *matched, const struct report_style *style)
{
	buf_add_format(buf,
	    "%smatched: %.0f %% of the old counts and %.0f %% of the new, by ",
	    style->begin, share_of(matched->old, matched->old_all),
	    share_of(matched->new, matched->new_all));
	if (report->old_revision.len > 0 && report->new_revision.len > 0) {
		buf_add_str(buf, "the repository (");
		style->add_name(buf,
		    slice_head(report->old_revision, ID_LENGTH));
		buf_add_str(buf, " to ");
		style->add_name(buf,
		    slice_head(report->new_revision, ID_LENGTH));
		buf_add_char(buf, ')');
	} else {
		buf_add_str(buf, "place and order");
	}
	if (matched->vanished > 0)
		buf_add_format(buf, "; %zu vanished", matched->vanished);
	if (matched->appeared > 0)
		buf_add_format(buf, "%s %zu appeared",
		    matched->vanished > 0 ? "," : ";", matched->appeared);
	buf_add_str(buf, style->end);
}

static void
add_guesses(struct buf *buf, const struct matched *matched,
    const struct report_style *style)
{
	if (matched->maybe > 0) {
		buf_add_str(buf, style->begin);
		add_number(buf, matched->maybe, "site");
		buf_add_format(buf,
		    " %s matched by guess (maybe): %s counts are compared all "
		    "the same",
		    matched->maybe == 1 ? "is" : "are",
		    matched->maybe == 1 ? "its" : "their");
		buf_add_str(buf, style->end);
	}
	if (matched->doubtful > 0) {
		buf_add_str(buf, style->begin);
		add_number(buf, matched->doubtful, "site");
		buf_add_format(buf,
		    " %s matched although other evidence speaks against it "
		    "(doubtful)",
		    matched->doubtful == 1 ? "is" : "are");
		buf_add_str(buf, style->end);
	}
}

static void
add_twins(struct buf *buf, const struct matched *matched,
    const struct report_style *style)
{
	if (matched->twins == 0)
		return;
	buf_add_str(buf, style->begin);
	add_number(buf, matched->twins, "site");
	buf_add_format(buf,
	    " that appeared may only have moved (moved?): %s not taken for a "
	    "rise",
	    matched->twins == 1 ? "it is" : "they are");
	buf_add_str(buf, style->end);
}

void
report_add_twin(struct buf *buf, const struct change *change)
{
	const struct site *twin = change->pair.twin;

	buf_add_str(buf,
	    change->pair.new != NULL ? "moved? from " : "moved? to ");
	buf_add(buf, twin->file);
	if (twin->line.len > 0)
		buf_add_format(buf, ":%.*s", SLICE_ARG(twin->line));
}

void
report_add_caveats(struct buf *buf, const struct report *report,
    const struct report_style *style)
{
	struct matched matched = count_matched(report->fine);

	add_days(buf, report, style);
	add_traffic(buf, report, style);
	add_noise(buf, &report->ranking->noise, style);
	add_baseline(buf, report->ranking, style);
	add_matched(buf, report, &matched, style);
	add_guesses(buf, &matched, style);
	add_twins(buf, &matched, style);
}

void
report_caveats(struct buf *buf, const struct report *report)
{
	report_add_caveats(buf, report, &plain);
}

/* The row that a commit is suspected for; NULL where it is not told. */
static const struct change *
site_of(const struct report *report, const struct suspect *suspect)
{
	return suspect->site < report->fine->count ?
	    &report->fine->changes[suspect->site] :
	    NULL;
}

static void
add_place(struct buf *buf, const struct change *change,
    const struct report_style *style)
{
	struct buf place = { 0 };

	if (change != NULL)
		add_site(&place, change_site(change));
	style->add_name(buf, buf_slice(&place));
	buf_release(&place);
}

static void
add_path(struct buf *buf, const struct suspect *suspect,
    const struct report_style *style)
{
	struct buf path = { 0 };

	buf_add(&path, suspect->path);
	if (suspect->line > 0)
		buf_add_format(&path, ":%zu", suspect->line);
	style->add_name(buf, buf_slice(&path));
	buf_release(&path);
}

void
report_add_title(struct buf *buf, struct slice title,
    const struct report_style *style)
{
	struct buf cut = { 0 };
	size_t end = 0;

	for (size_t i = 0; i < TITLE_MOST && end < title.len; i++) {
		size_t len = utf8_length(slice_from(title, end));

		end += len == 0 ? 1 : len;
	}
	buf_add(&cut, slice_head(title, end));
	if (end < title.len)
		buf_add_str(&cut, "...");
	style->add_name(buf, buf_slice(&cut));
	buf_release(&cut);
}

static void
add_reason(struct buf *buf, const struct report *report,
    const struct suspect *suspect, const struct report_style *style)
{
	const struct change *change = site_of(report, suspect);

	switch (suspect->reason) {
	case SUSPECT_LINE:
		buf_add_str(buf, "changed ");
		add_place(buf, change, style);
		return;
	case SUSPECT_FUNCTION:
		buf_add_str(buf, "changed the function around ");
		add_place(buf, change, style);
		return;
	case SUSPECT_FILE:
		buf_add_str(buf, "changed the file of ");
		add_place(buf, change, style);
		return;
	case SUSPECT_CALLER:
		buf_add_str(buf, "changed a line that names the function of ");
		add_place(buf, change, style);
		buf_add_str(buf, ": ");
		break;
	case SUSPECT_CONFIG:
	case SUSPECT_REASONS:
		buf_add_str(buf, "changed settings or a lock file: ");
		break;
	}
	add_path(buf, suspect, style);
}

static void
add_commit(struct buf *buf, const struct report *report,
    const struct suspect *suspect, const struct report_style *style)
{
	struct civil date;

	civil_from_instant(suspect->time, 0, &date);
	buf_add_str(buf, style->begin);
	style->add_name(buf, slice_head(suspect->id, ID_LENGTH));
	buf_add_format(buf, " %04d-%02d-%02d ", (int)date.year, date.month,
	    date.day);
	report_add_title(buf, suspect->subject, style);
	buf_add_str(buf, " (");
	report_add_title(buf, suspect->author, style);
	buf_add_str(buf, "): ");
	add_reason(buf, report, suspect, style);
	buf_add_str(buf, style->end);
}

static void
add_no_commit(struct buf *buf, size_t commits, const struct report_style *style)
{
	buf_add_format(buf,
	    "%sno commit between these revisions touches these sites: look at "
	    "traffic or data (",
	    style->begin);
	add_number(buf, commits, "commit");
	buf_add_format(buf, " looked at)%s", style->end);
}

void
report_add_commits(struct buf *buf, const struct report *report, size_t count,
    const struct report_style *style)
{
	const struct suspects *suspects = report->suspects;

	if (suspects == NULL)
		return;
	if (suspects->count == 0)
		add_no_commit(buf, suspects->commits, style);
	for (size_t i = 0; i < suspects->count && i < count; i++)
		add_commit(buf, report, &suspects->items[i], style);
	if (count < suspects->count) {
		buf_add_format(buf, "%sand ", style->begin);
		add_number(buf, suspects->count - count, "more commit");
		buf_add_str(buf, style->end);
	}
}

void
report_commits(struct buf *buf, const struct report *report, size_t count)
{
	report_add_commits(buf, report, count, &plain);
}
