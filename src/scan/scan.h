/* SPDX-License-Identifier: MIT */
#ifndef SCAN_SCAN_H
#define SCAN_SCAN_H

/*
 * A scan from operands to rows: finds the inputs, tells their formats, runs
 * the engine over them, and gives the rows of the tally in order, with a
 * report of all that was not counted. `tallyman scan` prints the rows;
 * `tallyman diff` compares them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/opt.h"
#include "base/output.h"
#include "model/tally.h"

/* What the command line says about reading and selecting. Texts are argv's.
 * Begin with scan_defaults. */
struct scan_options {
	/* selecting */
	struct opt_list patterns; /* -e, on the operation */
	struct opt_list kinds;    /* -k */
	const char *file_pattern; /* on the site's file */
	const char *line_pattern; /* on the whole line */
	bool fixed, nocase, invert;
	bool writes, reads;
	const char *since, *until;

	/* reading */
	const char *preset;    /* -p */
	const char *regex;     /* -x: a preset on the spot */
	const char *json_text; /* a JSON pointer, or "auto" */
	struct opt_list include, exclude;
	const char *timezone;     /* convert stamps with an offset to it */
	const char *log_timezone; /* what stamps without one are in */
	const char *day;          /* where nothing tells */
	const char *path_pattern; /* what paths tell: host, revision */
	const char *revision;     /* where nothing tells */
	bool fold_queries;
	const char *rejects; /* a file that keeps what was not counted */

	/* limits */
	uint64_t threads; /* 0: as many as cores */
	uint64_t memory;  /* bytes for tables, before they spill */
	uint64_t max_line;
	uint64_t match_bytes;
	uint64_t match_limit;

	/* What to group by. With no column: what a tally read has, if all
	 * inputs are tallies with the same columns, else the usual ones. */
	struct tally_keys keys;

	/* Of logs the hour tells the five minutes too ("2013-06-12T05:45"), for
	 * who looks at few operations. */
	bool minutes;
};

extern const struct scan_options scan_defaults;

/* Frees the lists that parsing made. */
void scan_options_release(struct scan_options *options);

/* Their rows in an options table (struct opt_command's shared). */
extern const struct opt scan_option_rows[];

/* What happened. All sums are independent of the number of threads. */
struct scan_report {
	struct tally_keys keys; /* the columns of the rows; set before any */
	uint64_t inputs;
	uint64_t bytes;      /* decoded */
	uint64_t lines;      /* only counted with --verbose */
	uint64_t entries;    /* found, of those that were looked at: */
	bool is_filtered;    /* lines without what is selected were not */
	uint64_t selected;   /* of them */
	uint64_t unresolved; /* callers that no file has */
	uint64_t no_caller;  /* statements without one */
	uint64_t malformed;
	uint64_t repeats;
	uint64_t given_up;
	uint64_t no_day;     /* entries whose day nothing tells */
	uint64_t other_day;  /* entries whose stamp is not the path's day */
	uint64_t bad_inputs; /* not read, or not to their end */
	uint64_t over;       /* cells that stay at 2^64-1 */
	double slowest_threshold; /* ms; > 0: only slower ones were logged */
	bool is_trouble;          /* exit status 2 */
};

/*
 * Scans the operands (files, directories, "-") and gives each row, in the
 * order of options->keys, to row(context). Notes and errors about inputs are
 * printed as they are known; when no entry was found, what the logs look like
 * and how to make them name their callers. Returns 0, or -1 with err set when
 * nothing could be scanned at all (a bad pattern, no such preset, no input
 * that opens) or row() failed. report is filled either way.
 */
int scan_run(const struct scan_options *options, char *const *operands,
    size_t operand_count, tally_take *row, void *context,
    struct scan_report *report, struct err *err) CHECKED;

/* Adds the first line of the summary: "1.2 MB, 4 of 5 entries counted, ...". */
void scan_report_add(struct buf *text, const struct scan_report *report);

/* Prints the summary of a report to standard error, a line or several. */
void scan_report_print(const struct scan_report *report);

/* Prints every preset with one line about it. */
int scan_list_presets(struct output *output, struct err *err) CHECKED;

#endif
