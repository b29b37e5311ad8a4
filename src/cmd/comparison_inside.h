/* SPDX-License-Identifier: MIT */
#ifndef CMD_COMPARISON_INSIDE_H
#define CMD_COMPARISON_INSIDE_H

/*
 * What the parts of a comparison share: comparison.c is its course,
 * comparison_source.c asks the repository, comparison_times.c tells hours and
 * weeks.
 */

#include "cmd/comparison.h"
#include "cmd/diff_input.h"
#include "compare/lineup.h"
#include "compare/totals.h"

/* A day that is compared: it has something. */
struct compared_day {
	const struct diff_operand *operand;
	struct totals sites;
};

struct comparison_inside {
	struct diff_operands operands;
	struct diff_request request;
	struct compared_day *days; /* the last is the new one */
	size_t count;
	struct slice *names; /* of the old ones */
	struct lineup *lineup;
	struct traffic traffic;
	struct report_history *history;
	struct slice *history_days;
	double *hours;      /* old ones, then new ones */
	struct arena arena; /* of what times need */
	char since[48];
};

/* --- comparison_source.c --- */

/* Opens the repository and finds the revisions that ran. Returns 0, also where
 * none is asked for, or -1 with err set. */
int comparison_open_source(struct comparison *comparison,
    const struct comparison_request *request, struct err *err) CHECKED;

/* Matches the sites of an old day with the new day's by following their lines,
 * where its revision is known. */
int comparison_follow(struct comparison *comparison,
    const struct comparison_request *request, size_t old,
    struct matching *matching, struct err *err) CHECKED;

/* Looks for the commits that touched what rose. */
int comparison_find_commits(struct comparison *comparison,
    struct err *err) CHECKED;

/* --- comparison.c --- */

/* Matches an old day's sites with the new day's, without a repository. factor
 * is the traffic, 0 where it is not known. */
void comparison_match(const struct comparison *comparison,
    const struct totals *old, struct matching *matching);

/* Whether what is asked for is all that is known of a row: nothing is to be
 * added up. */
bool comparison_is_fine(const struct comparison *comparison,
    const struct comparison_request *request);

/* Whether an operation is what is asked about: it, or one of that kind. An
 * empty subject is all. */
bool comparison_is_about(struct slice subject, struct slice operation);

/* --- comparison_times.c --- */

/* Fills report.old_hours, new_hours and since, where hours are known. */
int comparison_tell_hours(struct comparison *comparison,
    const struct comparison_request *request, struct err *err) CHECKED;

/* Fills report.history, of the weeks before that the store has. */
int comparison_tell_history(struct comparison *comparison,
    const struct comparison_request *request, struct err *err) CHECKED;

#endif
