/* SPDX-License-Identifier: MIT */
#ifndef CMD_COMPARISON_H
#define CMD_COMPARISON_H

/*
 * A comparison from operands to a report, for `tallyman diff`, `why` and
 * `annotate`: finds the days, adds them up, follows sites that moved, tells
 * traffic and noise, and ranks. Notes what makes days hard to compare.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/opt.h"
#include "compare/rank.h"
#include "compare/report.h"
#include "model/tally.h"
#include "repo/git.h"
#include "scan/scan.h"

/* What the command line says about comparing. Texts are argv's. Begin with
 * comparison_defaults. */
struct comparison_options {
	const char *db;
	uint64_t weeks;                    /* UINT64_MAX: not given */
	uint64_t old_traffic, new_traffic; /* 0: not given */
	bool normalise;
	bool whole_days;
	const char *repo;
	const char *old_rev, *new_rev;
};

extern const struct comparison_options comparison_defaults;

/* Their rows in an options table (struct opt_command's also). */
extern const struct opt comparison_option_rows[];

struct comparison_request {
	char *const *texts; /* the operands */
	size_t count;
	bool is_free; /* there may be none, or one with several days: then the
		       * newest day is compared with those before it */
	const struct comparison_options *options;
	const struct scan_options *scan;
	const struct tally_keys *by; /* what to add up by */
	struct slice subject; /* rank only this operation or kind; empty: all */
	/* The report's sentence, since when, hours. Where they are not wanted
	 * its caveats and commits are noted on standard error. */
	bool wants_words;
	bool wants_history; /* of earlier weeks, where there is a store */
	bool wants_commits; /* needs a repository */
	uint64_t min_count, min_delta; /* 0: all rows */
};

struct comparison_inside;

struct comparison {
	struct ranking fine;   /* by site and operation */
	struct ranking asked;  /* as added up by request.by */
	struct ranking coarse; /* where nothing of fine stands out: by the least
				* coarse columns by which something does */
	struct level level;
	struct suspects suspects;
	struct report report; /* rows is all of asked */
	/* Where a repository was given: it, and the commits that ran. */
	struct git git;
	bool has_git;
	char old_id[GIT_ID_SIZE], new_id[GIT_ID_SIZE];
	bool is_trouble; /* some input could be read only in part, or a sum is
			  * over: exit status 2, though there is a report */
	struct comparison_inside *inside;
};

/* Returns 0, or -1 with err set. Release the comparison either way. */
int comparison_run(struct comparison *comparison,
    const struct comparison_request *request, struct err *err) CHECKED;
void comparison_release(struct comparison *comparison);

#endif
