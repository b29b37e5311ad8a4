/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/msg.h"
#include "cmd/comparison_inside.h"
#include "repo/touches.h"
#include "repo/track.h"

/* As many sites as a reader looks at; the first explain most of a rise. */
enum { SITES_MOST = 20, SITES_WITHOUT_A_RISE = 5 };

/* The revision that the rows of a day tell; empty where they do not. */
static struct slice
told_by(const struct compared_day *day)
{
	struct slice name = day->operand->day.name;
	size_t others;
	struct slice revision = sample_revision(&day->operand->day, &others);

	if (others > 0 && revision.len > 0)
		msg_note("%.*s ran %zu revisions; lines are taken to be those "
			 "of %.*s, which counted most",
		    SLICE_ARG(name), others + 1, SLICE_ARG(revision));
	return revision;
}

/* The commit of a day: as the option says, else as its rows do. Returns 1 with
 * id set, 0 where neither does, or -1 with err set. */
static int
find_commit(const struct git *git, const struct compared_day *day,
    const char *option, char id[GIT_ID_SIZE], struct err *err)
{
	struct slice told;
	char *text;
	int status;

	if (option != NULL)
		return git_resolve(git, option, id, err) == 0 ? 1 : -1;
	told = told_by(day);
	if (told.len == 0)
		return 0;
	text = xmemdup(told.ptr, told.len);
	status = git_resolve(git, text, id, err);
	free(text);
	return status == 0 ? 1 : -1;
}

static int
not_told(const struct compared_day *day, const char *option, struct err *err)
{
	return err_set(err,
	    "which revision ran on %.*s? its counts do not tell: give %s",
	    SLICE_ARG(day->operand->day.name), option);
}

/* The ids of both ends, of the latest old day and the new one. */
static int
find_ends(struct comparison *comparison,
    const struct comparison_options *options, struct err *err)
{
	const struct comparison_inside *inside = comparison->inside;
	const struct compared_day *new = &inside->days[inside->count - 1];
	int status = find_commit(&comparison->git, new - 1, options->old_rev,
	    comparison->old_id, err);

	if (status == 0)
		return not_told(new - 1, "--old-rev", err);
	if (status > 0)
		status = find_commit(&comparison->git, new, options->new_rev,
		    comparison->new_id, err);
	if (status == 0)
		return not_told(new, "--new-rev", err);
	return status < 0 ? -1 : 0;
}

/* Says what is odd about the order of the revisions. */
static int
check_order(const struct comparison *comparison, struct err *err)
{
	const char *old = comparison->old_id;
	const char *new = comparison->new_id;
	int forwards = git_is_ancestor(&comparison->git, old, new, err);
	int backwards;

	if (forwards != 0)
		return forwards < 0 ? -1 : 0;
	backwards = git_is_ancestor(&comparison->git, new, old, err);
	if (backwards < 0)
		return -1;
	if (backwards > 0)
		msg_note("the old revision %.10s is later than the new one "
			 "%.10s; swapped?",
		    old, new);
	else
		msg_note("the old revision %.10s is no ancestor of the new "
			 "one %.10s",
		    old, new);
	return 0;
}

int
comparison_open_source(struct comparison *comparison,
    const struct comparison_request *request, struct err *err)
{
	const struct comparison_options *options = request->options;

	if (options->repo == NULL)
		return 0;
	comparison->has_git = true;
	if (git_open(&comparison->git, options->repo, err) != 0 ||
	    find_ends(comparison, options, err) != 0)
		return -1;
	comparison->report.old_revision = slice_str(comparison->old_id);
	comparison->report.new_revision = slice_str(comparison->new_id);
	return check_order(comparison, err);
}

static void
tell(const struct track_report *report, bool is_latest)
{
	if (report->front.len > 0 && is_latest) /* it is that of all days */
		msg_note("files are named with %.*s before their paths in the "
			 "repository",
		    SLICE_ARG(report->front));
	if (report->unresolved == 1)
		msg_note("%.*s is not in the old revision: matched without it",
		    SLICE_ARG(report->first_unresolved));
	else if (report->unresolved > 1)
		msg_note("%zu of the files are not in the old revision, %.*s "
			 "say: matched without it",
		    report->unresolved, SLICE_ARG(report->first_unresolved));
	if (report->beyond == 1)
		msg_note("1 site is on a line that the old revision has not: "
			 "is --old-rev what ran?");
	else if (report->beyond > 1)
		msg_note("%zu sites are on lines that the old revision has "
			 "not: is --old-rev what ran?",
		    report->beyond);
	if (report->unreadable == 1)
		msg_note("%.*s cannot be followed line by line (binary, too "
			 "large or damaged): matched without the repository",
		    SLICE_ARG(report->first_unreadable));
	else if (report->unreadable > 1)
		msg_note("%zu of the files cannot be followed line by line "
			 "(binary, too large or damaged), %.*s say: matched "
			 "without the repository",
		    report->unreadable, SLICE_ARG(report->first_unreadable));
}

/* Follows lines from one commit to the new day's. */
static int
follow(struct comparison *comparison, const struct totals *old,
    const char *commit, struct matching *matching, struct err *err)
{
	const struct comparison_inside *inside = comparison->inside;
	const struct totals *new = &inside->days[inside->count - 1].sites;
	struct match_target *targets;
	struct track_report report = { 0 };
	struct track *track = track_open(&comparison->git, commit,
	    comparison->new_id, err);
	int status;

	if (track == NULL)
		return -1;
	targets = xcalloc(old->count, sizeof(targets[0]));
	status = track_sites(track, old->sites, old->count, new->sites,
	    new->count, targets, &report, err);
	if (status == 0) {
		tell(&report, commit == comparison->old_id);
		matching_by_targets(matching, targets);
	}
	free(targets);
	track_close(track);
	return status;
}

int
comparison_follow(struct comparison *comparison,
    const struct comparison_request *request, size_t old,
    struct matching *matching, struct err *err)
{
	const struct comparison_inside *inside = comparison->inside;
	const struct compared_day *day = &inside->days[old];
	char id[GIT_ID_SIZE];
	int status;

	if (request->options->repo == NULL ||
	    !tally_keys_have(&inside->operands.keys, TALLY_LINE))
		return 0;
	if (old + 2 == inside->count)
		return follow(comparison, &day->sites, comparison->old_id,
		    matching, err);
	status = find_commit(&comparison->git, day, NULL, id, err);
	if (status < 0)
		return -1;
	if (status > 0)
		return follow(comparison, &day->sites, id, matching, err);
	msg_note("which revision ran on %.*s is not told: its sites are "
		 "matched without the repository",
	    SLICE_ARG(day->operand->day.name));
	return 0;
}

/* What is looked for of a change. */
static struct touches_site
site_of(const struct change *change)
{
	const struct site *site = change_site(change);
	double weight = change->noise.low;

	return (struct touches_site){
		.file = site->file,
		.line = site->line,
		.is_old = change->pair.new == NULL,
		.function = change_function(change),
		.weight = weight > 0 ? weight : change->noise.excess,
	};
}

/* Whether commits are looked for that touched a change: of what stands out, or
 * where nothing does, of what rose first. */
static bool
is_looked_at(const struct ranking *fine, const struct change *change)
{
	return fine->standing > 0 ? change_stands_out(change) :
				    change_rose(change);
}

int
comparison_find_commits(struct comparison *comparison, struct err *err)
{
	const struct ranking *fine = &comparison->fine;
	struct suspects *suspects = &comparison->suspects;
	struct touches_site sites[SITES_MOST];
	size_t places[SITES_MOST]; /* of the sites, in fine */
	size_t most = fine->standing > 0 ? SITES_MOST : SITES_WITHOUT_A_RISE;
	size_t count = 0;

	for (size_t i = 0; i < fine->count && count < most; i++) {
		if (!is_looked_at(fine, &fine->changes[i]))
			continue;
		places[count] = i;
		sites[count++] = site_of(&fine->changes[i]);
	}
	comparison->report.suspects = suspects;
	if (touches_find(suspects, &comparison->git, comparison->old_id,
		comparison->new_id, sites, count, err) != 0)
		return -1;
	for (size_t i = 0; i < suspects->count; i++)
		suspects->items[i].site = places[suspects->items[i].site];
	return 0;
}
