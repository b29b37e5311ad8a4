/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/comparison.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/msg.h"
#include "base/suggest.h"
#include "cmd/comparison_inside.h"
#include "compare/order.h"
#include "model/operation.h"

enum { COMMITS_MOST = 10 }; /* that are noted */

const struct comparison_options comparison_defaults = { .weeks = UINT64_MAX };

const struct opt comparison_option_rows[] = {
	{ 0, "db", "FOLDER", "where the store with the days is", opt_string,
	    offsetof(struct comparison_options, db), NULL },
	{ 0, "weeks", "N",
	    "compare a DAY with this weekday of the N weeks before", opt_number,
	    offsetof(struct comparison_options, weeks), NULL },
	{ 0, "whole-days", NULL,
	    "compare with all of the old day, though "
	    "the new one ends early",
	    opt_flag, offsetof(struct comparison_options, whole_days), NULL },
	{ 0, "old-traffic", "N", "visitors of the old day, say", opt_number,
	    offsetof(struct comparison_options, old_traffic), NULL },
	{ 0, "new-traffic", "N", "and of the new: rank by what is beyond them",
	    opt_number, offsetof(struct comparison_options, new_traffic),
	    NULL },
	{ 0, "normalise", NULL,
	    "tell the traffic from the sites, however few they are", opt_flag,
	    offsetof(struct comparison_options, normalise), NULL },
	{ 0, "repo", "DIR", "follow lines through this git repository",
	    opt_string, offsetof(struct comparison_options, repo), NULL },
	{ 0, "old-rev", "REV", "the revision that ran on the old day",
	    opt_string, offsetof(struct comparison_options, old_rev), NULL },
	{ 0, "new-rev", "REV", "the revision that ran on the new day",
	    opt_string, offsetof(struct comparison_options, new_rev), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

static int
check_options(const struct comparison_request *request, struct err *err)
{
	const struct comparison_options *options = request->options;
	bool has_traffic = options->old_traffic > 0 || options->new_traffic > 0;

	if (has_traffic &&
	    (options->old_traffic == 0 || options->new_traffic == 0))
		return err_set(err,
		    "--old-traffic and --new-traffic go "
		    "together, and neither is 0");
	if (has_traffic && options->normalise)
		return err_set(err,
		    "--normalise tells the traffic that "
		    "--old-traffic and --new-traffic give");
	if (options->repo == NULL &&
	    (options->old_rev != NULL || options->new_rev != NULL))
		return err_set(err, "--old-rev and --new-rev need --repo");
	if (options->repo == NULL && request->wants_commits)
		return err_set(err, "--commits needs --repo");
	return 0;
}

/* Whether a day goes on after the new one, which ends early. */
static bool
goes_on(const struct sample_day *old, const struct sample_day *new)
{
	return new->last_hour >= 0 && old->last_hour > new->last_hour;
}

static void
note_cut(const struct sample_day *new, const struct sample_day *old,
    size_t count)
{
	if (count == 1)
		msg_note("%.*s ends in its hour %02d, and so does %.*s here "
			 "(--whole-days: all of it)",
		    SLICE_ARG(new->name), new->last_hour, SLICE_ARG(old->name));
	else if (count > 1)
		msg_note("%.*s ends in its hour %02d, and so do %zu old days "
			 "here (--whole-days: all of them)",
		    SLICE_ARG(new->name), new->last_hour, count);
}

/*
 * Says up to which hour each day counts, unless all of it does: where the new
 * day ends early the old ones do too. What of the new one is behind its end, as
 * it was told, came meanwhile, or is yet to come.
 */
static void
cut_days(struct diff_operands *operands)
{
	struct diff_operand *newest = &operands->items[operands->count - 1];
	const struct sample_day *old = NULL;
	size_t cut = 0;

	newest->last_hour = newest->day.last_hour;
	if (newest->stored != NULL && newest->stored->is_ahead)
		msg_note("%s has entries of hours that are yet to come: left "
			 "out",
		    newest->stored->name);
	for (size_t i = 0; i + 1 < operands->count; i++) {
		struct diff_operand *operand = &operands->items[i];

		if (!goes_on(&operand->day, &newest->day))
			continue;
		operand->last_hour = newest->last_hour;
		old = &operand->day;
		cut++;
	}
	note_cut(&newest->day, old, cut);
}

/* Adds a day up to its last hour. One with nothing so far is not compared with,
 * as if all had appeared. */
static int
add_day(struct comparison_inside *inside, struct diff_operand *operand,
    struct err *err)
{
	struct compared_day *day = &inside->days[inside->count];

	if (diff_operand_is_empty(operand)) {
		msg_note("%.*s has nothing up to its hour %02d: left out",
		    SLICE_ARG(operand->day.name), operand->last_hour);
		return 0;
	}
	if (diff_operand_read(&inside->operands, operand, &inside->request,
		err) != 0)
		return -1;
	inside->count++;
	day->operand = operand;
	totals_init(&day->sites, &inside->operands.keys);
	totals_add(&day->sites, &operand->day, operand->last_hour);
	totals_finish(&day->sites);
	return 0;
}

/* Adds up the days. */
static int
add_days(struct comparison_inside *inside, struct err *err)
{
	struct diff_operands *operands = &inside->operands;
	size_t old;

	inside->days = xcalloc(operands->count, sizeof(inside->days[0]));
	for (size_t i = 0; i + 1 < operands->count; i++)
		if (add_day(inside, &operands->items[i], err) != 0)
			return -1;
	old = inside->count;
	if (old == 0)
		return err_set(err, "no old day has anything at these hours");
	if (add_day(inside, &operands->items[operands->count - 1], err) != 0)
		return -1;
	if (inside->count == old)
		return err_set(err, "the new day has nothing");
	return 0;
}

static int
load(struct comparison *comparison, const struct comparison_request *request,
    struct err *err)
{
	struct comparison_inside *inside = comparison->inside;
	struct diff_operands *operands = &inside->operands;

	inside->request = (struct diff_request){
		.texts = request->texts,
		.count = request->count,
		.is_free = request->is_free,
		.db = request->options->db,
		.weeks = request->options->weeks,
		.scan = request->scan,
		.by = request->by,
		.wants_revisions = request->options->repo != NULL,
	};
	if (diff_operands_load(operands, &inside->request, err) != 0)
		return -1;
	diff_operands_warn(operands);
	if (!request->options->whole_days)
		cut_days(operands);
	diff_operands_warn_of_hosts(operands);
	return add_days(inside, err);
}

/* The days' sites as series, of rows. The caller frees it. */
static struct noise_series *
series_of(const struct lineup_row *rows, size_t count)
{
	struct noise_series *series = xcalloc(count, sizeof(series[0]));

	for (size_t i = 0; i < count; i++) {
		const struct site *new = rows[i].pair.new;

		series[i].old = rows[i].old;
		series[i].new = new == NULL ? 0 : new->count;
	}
	return series;
}

/* What the sites that did not move say of the traffic; 0: too little. */
static double
rough_factor(const struct totals *old, const struct totals *new)
{
	struct matching matching;
	struct lineup *lineup = lineup_new(1, new->sites, new->count);
	const struct lineup_row *rows;
	struct noise_series *series;
	struct traffic traffic;
	double factor;
	size_t count;

	matching_init(&matching, old->sites, old->count, new->sites,
	    new->count);
	matching_by_place(&matching);
	matching_finish(&matching);
	lineup_add(lineup, &matching);
	rows = lineup_rows(lineup, &count);
	series = series_of(rows, count);
	traffic_init(&traffic, series, count, 1);
	factor = traffic.sites > 0 ? traffic.factor : 0;
	traffic_release(&traffic);
	free(series);
	lineup_free(lineup);
	matching_release(&matching);
	return factor;
}

void
comparison_match(const struct comparison *comparison, const struct totals *old,
    struct matching *matching)
{
	const struct comparison_inside *inside = comparison->inside;
	const struct totals *new = &inside->days[inside->count - 1].sites;
	double factor;

	if (tally_keys_have(&inside->operands.keys, TALLY_LINE)) {
		factor = rough_factor(old, new);
		matching_by_order(matching, factor);
		matching_tell_twins(matching, factor);
	} else {
		matching_by_place(matching);
	}
	matching_finish(matching);
}

/* Matches an old day with the new one, and adds it to the lineup. */
static int
line_up(struct comparison *comparison, const struct comparison_request *request,
    size_t old, struct err *err)
{
	struct comparison_inside *inside = comparison->inside;
	const struct totals *sites = &inside->days[old].sites;
	const struct totals *new = &inside->days[inside->count - 1].sites;
	struct matching matching;
	int status;

	matching_init(&matching, sites->sites, sites->count, new->sites,
	    new->count);
	status = comparison_follow(comparison, request, old, &matching, err);
	if (status == 0) {
		comparison_match(comparison, sites, &matching);
		lineup_add(inside->lineup, &matching);
	}
	matching_release(&matching);
	return status;
}

static int
line_up_all(struct comparison *comparison,
    const struct comparison_request *request, struct err *err)
{
	struct comparison_inside *inside = comparison->inside;
	const struct totals *new = &inside->days[inside->count - 1].sites;

	inside->lineup = lineup_new(inside->count - 1, new->sites, new->count);
	for (size_t i = 0; i + 1 < inside->count; i++)
		if (line_up(comparison, request, i, err) != 0)
			return -1;
	return 0;
}

/* New traffic over old, 1 where it is taken as equal. */
static double
choose_traffic(struct comparison *comparison,
    const struct comparison_options *options)
{
	const struct traffic *traffic = &comparison->inside->traffic;
	struct report *report = &comparison->report;

	if (options->old_traffic > 0) {
		report->traffic = TRAFFIC_GIVEN;
		return (double)options->new_traffic /
		    (double)options->old_traffic;
	}
	if (traffic->sites > 0) {
		report->traffic = TRAFFIC_MEDIAN;
		return traffic->factor;
	}
	if (!options->normalise || traffic->factor <= 0)
		return 1;
	report->traffic = TRAFFIC_SUMS;
	return traffic->factor;
}

bool
comparison_is_fine(const struct comparison *comparison,
    const struct comparison_request *request)
{
	const struct tally_keys *rows = &comparison->inside->operands.keys;

	for (enum tally_column i = 0; i < TALLY_COLUMNS; i++)
		if (i != TALLY_REVISION &&
		    tally_keys_have(request->by, i) != tally_keys_have(rows, i))
			return false;
	return true;
}

bool
comparison_is_about(struct slice subject, struct slice operation)
{
	return subject.len == 0 || slice_equal(operation, subject) ||
	    slice_equal(operation_kind(operation), subject);
}

/* Whether a change is of the operation, or kind, that is asked about. */
static bool
is_subject(const struct change *change, const void *context)
{
	const struct slice *subject = context;

	return comparison_is_about(*subject, change_site(change)->operation);
}

/* Sets err where no day has the subject, with what is called alike. */
static int
no_subject(const struct ranking *all, struct slice subject, struct err *err)
{
	char *word = xmemdup(subject.ptr, subject.len);
	struct arena names = { 0 };
	struct suggest suggest;

	suggest_init(&suggest, word);
	for (size_t i = 0; i < all->count; i++)
		suggest_offer(&suggest,
		    arena_str(&names,
			change_site(&all->changes[i])->operation));
	if (suggest_nearest(&suggest) != NULL)
		err_set(err, "no %s on either day; did you mean %s?", word,
		    suggest_nearest(&suggest));
	else
		err_set(err, "no %s on either day", word);
	arena_release(&names);
	free(word);
	return -1;
}

/* Leaves what is asked about. */
static int
select_subject(struct comparison *comparison, const struct slice *subject,
    struct err *err)
{
	bool is_there = subject->len == 0;

	for (size_t i = 0; i < comparison->fine.count && !is_there; i++)
		is_there = is_subject(&comparison->fine.changes[i], subject);
	if (!is_there)
		return no_subject(&comparison->fine, *subject, err);
	if (subject->len > 0) {
		ranking_select(&comparison->fine, is_subject, subject);
		ranking_select(&comparison->asked, is_subject, subject);
	}
	return 0;
}

/* Whether rows can be added up by these columns: they have them all. */
static bool
can_group(const struct comparison *comparison, const struct tally_keys *by)
{
	const struct tally_keys *rows = &comparison->inside->operands.keys;

	for (size_t i = 0; i < by->count; i++)
		if (!tally_keys_have(rows, by->column[i]))
			return false;
	return true;
}

/*
 * A function of many operations may have risen beyond doubt, though none of its
 * rows did: small rows are noisy ones. So, where nothing stands out, the rows
 * are added up by less and less.
 */
static void
coarsen(struct comparison *comparison, const struct comparison_request *request)
{
	static const struct tally_keys ladder[] = {
		{ { TALLY_FILE, TALLY_LINE, TALLY_FUNCTION }, 3 },
		{ { TALLY_FILE, TALLY_FUNCTION }, 2 },
		{ { TALLY_FILE }, 1 },
		{ { TALLY_OPERATION }, 1 },
	};
	struct comparison_inside *inside = comparison->inside;

	for (size_t i = 0; i < sizeof(ladder) / sizeof(ladder[0]) &&
	     request->wants_words && request->subject.len == 0 &&
	     comparison->fine.standing == 0 && comparison->coarse.standing == 0;
	     i++) {
		const struct lineup_row *rows;
		size_t count;

		ranking_release(&comparison->coarse);
		if (!can_group(comparison, &ladder[i]))
			continue;
		rows = lineup_group(inside->lineup, &ladder[i], true, &count);
		ranking_init(&comparison->coarse, rows, count, &inside->traffic,
		    comparison->fine.factor);
	}
}

/* What the sentence is told from. */
static const struct ranking *
told_from(const struct comparison *comparison)
{
	return comparison->coarse.standing > 0 ? &comparison->coarse :
						 &comparison->fine;
}

static int
rank(struct comparison *comparison, const struct comparison_request *request,
    struct err *err)
{
	struct comparison_inside *inside = comparison->inside;
	size_t count;
	const struct lineup_row *rows = lineup_rows(inside->lineup, &count);
	struct noise_series *series = series_of(rows, count);
	double factor;

	traffic_init(&inside->traffic, series, count, inside->count - 1);
	free(series);
	factor = choose_traffic(comparison, request->options);
	ranking_init(&comparison->fine, rows, count, &inside->traffic, factor);
	if (comparison_is_fine(comparison, request)) {
		ranking_copy(&comparison->asked, &comparison->fine);
	} else {
		rows = lineup_group(inside->lineup, request->by, false, &count);
		ranking_init(&comparison->asked, rows, count, &inside->traffic,
		    factor);
	}
	ranking_keep(&comparison->asked, request->min_count,
	    request->min_delta);
	return select_subject(comparison, &request->subject, err);
}

static void
begin_report(struct comparison *comparison,
    const struct comparison_request *request)
{
	struct comparison_inside *inside = comparison->inside;
	struct report *report = &comparison->report;
	size_t old = inside->count - 1;

	inside->names = xcalloc(old, sizeof(inside->names[0]));
	for (size_t i = 0; i < old; i++)
		inside->names[i] = inside->days[i].operand->day.name;
	level_tell(&comparison->level, told_from(comparison));
	report->ranking = &comparison->asked;
	report->rows = comparison->asked.count;
	report->fine = &comparison->fine;
	report->told = told_from(comparison);
	report->traffic_sites = inside->traffic.sites;
	report->traffic_total = inside->traffic.total;
	report->level = &comparison->level;
	report->subject = request->subject;
	report->old_days = inside->names;
	report->old_day_count = old;
	report->new_day = inside->days[old].operand->day.name;
}

/* What can be told beside the rows. */
static int
tell_more(struct comparison *comparison,
    const struct comparison_request *request, struct err *err)
{
	if (request->wants_words &&
	    comparison_tell_hours(comparison, request, err) != 0)
		return -1;
	if (request->wants_history &&
	    comparison_tell_history(comparison, request, err) != 0)
		return -1;
	if (request->wants_commits &&
	    comparison_find_commits(comparison, err) != 0)
		return -1;
	return 0;
}

/* Whether a sum is over, which is told. */
static bool
is_over(const struct comparison_inside *inside)
{
	bool over = lineup_is_over(inside->lineup);

	for (size_t i = 0; i < inside->count; i++)
		over |= inside->days[i].sites.is_over;
	if (over)
		msg_error("a sum passed 2^64-1 and stays there");
	return over;
}

/* Names the first of the matches of a kind, and says how many they are. */
static void
note_matches(const struct ranking *fine, enum match_kind kind, const char *how)
{
	struct buf place = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < fine->count; i++) {
		if (fine->changes[i].pair.kind != kind)
			continue;
		if (count++ == 0)
			report_place(&place, &fine->changes[i]);
	}
	if (count > 0)
		msg_note("%zu site%s matched %s (%s): %.*s%s", count,
		    count == 1 ? " is" : "s are", how, match_name(kind),
		    SLICE_ARG(buf_slice(&place)), count > 1 ? ", ..." : "");
	buf_release(&place);
}

/* The same of what may only have moved. */
static void
note_moves(const struct ranking *fine)
{
	struct buf first = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < fine->count; i++) {
		const struct change *change = &fine->changes[i];

		if (change->pair.twin == NULL || change->pair.new == NULL ||
		    count++ > 0)
			continue;
		report_place(&first, change);
		buf_add_char(&first, ' ');
		report_add_twin(&first, change);
	}
	if (count > 0)
		msg_note("%zu site%s that appeared may only have moved: "
			 "%.*s%s",
		    count, count == 1 ? "" : "s", SLICE_ARG(buf_slice(&first)),
		    count > 1 ? ", ..." : "");
	buf_release(&first);
}

static void
note_traffic(const struct comparison *comparison)
{
	const struct report *report = &comparison->report;
	double factor = comparison->fine.factor;

	if (report->traffic == TRAFFIC_MEDIAN)
		msg_note("traffic: x%.3f, the median of %zu sites (the sums: "
			 "x%.3f)",
		    factor, report->traffic_sites, report->traffic_total);
	else if (report->traffic == TRAFFIC_SUMS)
		msg_note("traffic: x%.3f, of the sums; too few sites for a "
			 "median",
		    factor);
}

/* What words tell beside the rows (report_caveats()) programs do not read. */
static void
note_caveats(const struct comparison *comparison)
{
	size_t old = comparison->report.old_day_count;

	if (old > 1)
		msg_note("old counts are the mean of %zu days", old);
	note_traffic(comparison);
	note_matches(&comparison->fine, MATCH_MAYBE, "by guess");
	note_matches(&comparison->fine, MATCH_DOUBTFUL,
	    "against other evidence");
	note_moves(&comparison->fine);
}

/* Where words are not wanted they go beside what is for programs. */
static void
note_commits(const struct report *report)
{
	struct buf text = { 0 };
	struct slice rest;
	struct slice line;

	report_commits(&text, report, COMMITS_MOST);
	rest = buf_slice(&text);
	while (rest.len > 0) {
		if (!slice_cut(&rest, '\n', &line)) {
			line = rest;
			rest.len = 0;
		}
		msg_note("%.*s", SLICE_ARG(line));
	}
	buf_release(&text);
}

int
comparison_run(struct comparison *comparison,
    const struct comparison_request *request, struct err *err)
{
	*comparison = (struct comparison){ 0 };
	comparison->inside = xcalloc(1, sizeof(*comparison->inside));
	if (check_options(request, err) != 0 ||
	    load(comparison, request, err) != 0 ||
	    comparison_open_source(comparison, request, err) != 0 ||
	    line_up_all(comparison, request, err) != 0 ||
	    rank(comparison, request, err) != 0)
		return -1;
	comparison->is_trouble = comparison->inside->operands.is_trouble |
	    is_over(comparison->inside);
	coarsen(comparison, request); /* sums that nobody asked for */
	begin_report(comparison, request);
	if (!request->wants_words)
		note_caveats(comparison);
	if (tell_more(comparison, request, err) != 0)
		return -1;
	if (!request->wants_words)
		note_commits(&comparison->report);
	return 0;
}

void
comparison_release(struct comparison *comparison)
{
	struct comparison_inside *inside = comparison->inside;

	suspects_release(&comparison->suspects);
	ranking_release(&comparison->asked);
	ranking_release(&comparison->coarse);
	ranking_release(&comparison->fine);
	if (comparison->has_git)
		git_release(&comparison->git);
	lineup_free(inside->lineup);
	traffic_release(&inside->traffic);
	for (size_t i = 0; i < inside->count; i++)
		totals_release(&inside->days[i].sites);
	diff_operands_release(&inside->operands);
	arena_release(&inside->arena);
	free(inside->history);
	free(inside->history_days);
	free(inside->hours);
	free(inside->names);
	free(inside->days);
	free(inside);
}
