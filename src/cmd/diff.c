/* SPDX-License-Identifier: MIT */
/*
 * `tallyman diff OLD... NEW`, or a DAY of the store: which line of code issues
 * more operations on the new day than on the old one.
 */
#include "config.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/output.h"
#include "cmd/common.h"
#include "cmd/diff_input.h"
#include "cmd/diff_table.h"
#include "cmd/grid.h"
#include "cmd/version.h"
#include "compare/match.h"
#include "compare/rank.h"
#include "compare/listing.h"
#include "compare/totals.h"
#include "scan/scan.h"

enum exit_status { EXIT_SAME, EXIT_CHANGES, EXIT_TROUBLE };

enum format { FORMAT_CSV, FORMAT_JSON, FORMAT_TABLE, FORMAT_QUICKFIX };

/* Not given on the command line. */
enum { NOT_GIVEN = -1 };

enum { FAIL_COUNT = 100 }; /* what --fail-above takes for --min-count */

struct diff_options {
	struct opt_common common;
	struct scan_options scan;
	const char *db;
	const char *by;
	uint64_t weeks; /* UINT64_MAX: not given */
	uint64_t top;   /* 0: all */
	uint64_t min_count;
	uint64_t min_delta;
	uint64_t old_traffic, new_traffic;
	bool normalise;
	bool whole_days;
	double fail_above; /* percent, or NOT_GIVEN */
	int format;        /* enum format, or NOT_GIVEN */
	bool all;
	bool safe_csv;
	const char *output;
};

static const char *const formats[] = { "csv", "json", "table", "quickfix",
	NULL };

static const struct opt options[] = {
	{ 0, "by", "KEYS",
	    "site,operation (default), site, file, function, operation, kind",
	    opt_string, offsetof(struct diff_options, by), NULL },
	{ 0, "db", "FOLDER", "where the store with the days is", opt_string,
	    offsetof(struct diff_options, db), NULL },
	{ 0, "weeks", "N",
	    "compare a DAY with this weekday of the N weeks before", opt_number,
	    offsetof(struct diff_options, weeks), NULL },
	{ 0, "top", "N", "only the first N rows", opt_number,
	    offsetof(struct diff_options, top), NULL },
	{ 0, "min-count", "N", "leave out rows below N on both days",
	    opt_number, offsetof(struct diff_options, min_count), NULL },
	{ 0, "min-delta", "N", "leave out rows that changed by less than N",
	    opt_number, offsetof(struct diff_options, min_delta), NULL },
	{ 0, "old-traffic", "N", "visitors of the old day, say", opt_number,
	    offsetof(struct diff_options, old_traffic), NULL },
	{ 0, "new-traffic", "N", "and of the new: rank by what is beyond them",
	    opt_number, offsetof(struct diff_options, new_traffic), NULL },
	{ 0, "normalise", NULL, "tell the traffic from the sites themselves",
	    opt_flag, offsetof(struct diff_options, normalise), NULL },
	{ 0, "whole-days", NULL,
	    "compare with all of the old day, though "
	    "the new one ends early",
	    opt_flag, offsetof(struct diff_options, whole_days), NULL },
	{ 0, "fail-above", "PERCENT", "exit 1 only when a row rose by more",
	    opt_percent, offsetof(struct diff_options, fail_above), NULL },
	{ 0, "format", "FORMAT", "csv, json, table or quickfix", opt_choice,
	    offsetof(struct diff_options, format), formats },
	{ 0, "all", NULL, "all rows in a table", opt_flag,
	    offsetof(struct diff_options, all), NULL },
	{ 0, "safe-csv", NULL, "defuse cells that spreadsheets would run",
	    opt_flag, offsetof(struct diff_options, safe_csv), NULL },
	{ 'o', "output", "FILE", "write to FILE", opt_string,
	    offsetof(struct diff_options, output), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

static const char examples[] =
    "  tallyman diff today\n"
    "  tallyman diff monday.csv tuesday.csv\n"
    "  tallyman diff all.csv@2021-04-04 all.csv@2021-04-05\n"
    "  tallyman diff -p rails --by file old.log.gz new.log.gz\n"
    "  tallyman diff --fail-above 50% --format quickfix before/ after/\n";

static const struct opt_command command = {
	.name = "diff",
	.summary = "Tells which line of code issues more operations than "
		   "before.",
	.usage = "[OPTION]... OLD... NEW | DAY",
	.examples = examples,
	.options = options,
	.shared = scan_option_rows,
	.shared_at = offsetof(struct diff_options, scan),
	.libraries = version_libraries,
};

static int
check_options(const struct diff_options *diff, const struct tally_keys *by,
    struct err *err)
{
	bool has_traffic = diff->old_traffic > 0 || diff->new_traffic > 0;

	if (has_traffic && (diff->old_traffic == 0 || diff->new_traffic == 0))
		return err_set(err,
		    "--old-traffic and --new-traffic go "
		    "together, and neither is 0");
	if (has_traffic && diff->normalise)
		return err_set(err,
		    "--normalise tells the traffic that "
		    "--old-traffic and --new-traffic give");
	if (diff->safe_csv && diff->format > FORMAT_CSV)
		return err_set(err, "--safe-csv is for --format csv");
	if (diff->all && diff->top > 0)
		return err_set(err, "--all and --top exclude each other");
	if (diff->format == FORMAT_QUICKFIX && !tally_keys_have(by, TALLY_FILE))
		return err_set(err,
		    "--format quickfix needs the files: --by "
		    "site,operation, site or file");
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
add_day(struct diff_operands *operands, struct diff_operand *operand,
    const struct diff_request *request, struct totals *totals, struct err *err)
{
	if (diff_operand_is_empty(operand)) {
		msg_note("%.*s has nothing up to its hour %02d: left out",
		    SLICE_ARG(operand->day.name), operand->last_hour);
		return 0;
	}
	if (diff_operand_read(operands, operand, request, err) != 0)
		return -1;
	totals_add(totals, &operand->day, operand->last_hour);
	return 0;
}

/* Adds up the operands' days, for the two sides of the comparison. */
static int
add_up(struct diff_operands *operands, const struct diff_request *request,
    struct totals *old, struct totals *new, struct err *err)
{
	size_t old_days = operands->count - 1;

	for (size_t i = 0; i < operands->count; i++)
		if (add_day(operands, &operands->items[i], request,
			i < old_days ? old : new, err) != 0)
			return -1;
	if (old->days == 0)
		return err_set(err, "no old day has anything at these hours");
	totals_finish(old);
	totals_finish(new);
	if (old->days > 1)
		msg_note("old counts are the mean of %zu days", old->days);
	return 0;
}

/* New traffic over old, 0 where nothing was asked for. */
static double
traffic_factor(const struct diff_options *diff, const struct matching *matching)
{
	struct traffic traffic;

	if (diff->old_traffic > 0)
		return (double)diff->new_traffic / (double)diff->old_traffic;
	if (!diff->normalise)
		return 0;
	traffic_tell(&traffic, matching->pairs, matching->count);
	if (traffic.sites > 0)
		msg_note("traffic: x%.3f, the median of %zu rows (the sums: "
			 "x%.3f)",
		    traffic.factor, traffic.sites, traffic.total);
	else if (traffic.total > 0)
		msg_note("traffic: x%.3f, of the sums; too few rows for a "
			 "median",
		    traffic.total);
	else
		msg_note("traffic: not known, the old day has no counts");
	return traffic.factor;
}

/* A file gets no colours of itself, though a terminal stands by. */
static bool
use_color(const struct diff_options *diff, const struct output *output)
{
	if (diff->common.color == COLOR_AUTO && !output_is_terminal(output))
		return false;
	return opt_use_color(&diff->common, STDOUT_FILENO);
}

static void
print(const struct diff_options *diff, enum format format,
    const struct ranking *ranking, struct output *output)
{
	struct buf text = { 0 };
	size_t rows = ranking->count;

	if (diff->top > 0 && diff->top < rows)
		rows = (size_t)diff->top;
	switch (format) {
	case FORMAT_CSV:
		listing_csv_header(&text);
		for (size_t i = 0; i < rows; i++)
			listing_csv_row(&text, &ranking->changes[i], i + 1,
			    diff->safe_csv);
		break;
	case FORMAT_JSON:
		listing_json(&text, ranking, rows);
		break;
	case FORMAT_QUICKFIX:
		for (size_t i = 0; i < rows; i++)
			if (ranking->changes[i].kind != CHANGE_SAME)
				listing_quickfix(&text, &ranking->changes[i]);
		break;
	case FORMAT_TABLE:
		if (!diff->all && diff->top == 0 && rows > GRID_ROWS)
			rows = GRID_ROWS;
		diff_table_print(output, ranking, rows,
		    use_color(diff, output));
		if (diff->top == 0)
			grid_print_more(output, ranking->count - rows);
		break;
	}
	output_add(output, buf_slice(&text));
	buf_release(&text);
}

static int
write_report(const struct diff_options *diff, const struct ranking *ranking,
    struct err *err)
{
	struct output *output = output_open(diff->output, err);
	enum format format = FORMAT_CSV;

	if (output == NULL)
		return -1;
	if (diff->format != NOT_GIVEN)
		format = (enum format)diff->format;
	else if (output_is_terminal(output))
		format = FORMAT_TABLE;
	print(diff, format, ranking, output);
	return output_commit(output, err);
}

static enum exit_status
verdict(const struct diff_options *diff, const struct ranking *ranking)
{
	uint64_t min_count = diff->min_count;
	bool is_found = ranking->changed > 0;

	if (min_count == UINT64_MAX)
		min_count = FAIL_COUNT;
	if (diff->fail_above >= 0)
		is_found = ranking_rose_above(ranking, diff->fail_above,
		    min_count);
	return is_found ? EXIT_CHANGES : EXIT_SAME;
}

/* Matches, ranks and prints. Returns 0 with *status set, or -1. */
static int
compare(const struct diff_options *diff, const struct totals *old,
    const struct totals *new, enum exit_status *status, struct err *err)
{
	struct matching matching;
	struct ranking ranking;
	int result;

	matching_init(&matching, old->sites, old->count, new->sites,
	    new->count);
	matching_by_place(&matching);
	matching_by_function(&matching);
	matching_finish(&matching);
	ranking_init(&ranking, matching.pairs, matching.count,
	    traffic_factor(diff, &matching));
	ranking_keep(&ranking,
	    diff->min_count == UINT64_MAX ? 0 : diff->min_count,
	    diff->min_delta);
	*status = verdict(diff, &ranking);
	result = write_report(diff, &ranking, err);
	ranking_release(&ranking);
	matching_release(&matching);
	return result;
}

/* Finds the days, and adds them up. */
static int
load(const struct diff_options *diff, const struct diff_request *request,
    struct diff_operands *operands, struct totals *old, struct totals *new,
    struct err *err)
{
	if (diff_operands_load(operands, request, err) != 0)
		return -1;
	diff_operands_warn(operands);
	if (!diff->whole_days)
		cut_days(operands);
	diff_operands_warn_of_hosts(operands);
	return add_up(operands, request, old, new, err);
}

static int
run(const struct diff_options *diff, char *const *texts, size_t count,
    enum exit_status *status, struct err *err)
{
	struct diff_operands operands;
	struct tally_keys by;
	const struct diff_request request = {
		.texts = texts,
		.count = count,
		.db = diff->db,
		.weeks = diff->weeks,
		.scan = &diff->scan,
		.by = &by,
	};
	struct totals old;
	struct totals new;
	int result;

	if (totals_keys_parse(&by, diff->by, err) != 0)
		return err_wrap(err, "--by");
	if (check_options(diff, &by, err) != 0)
		return -1;
	totals_init(&old, &by);
	totals_init(&new, &by);
	result = load(diff, &request, &operands, &old, &new, err);
	if (result == 0)
		result = compare(diff, &old, &new, status, err);
	if (old.is_over || new.is_over)
		msg_error("a sum passed 2^64-1 and stays there");
	if (old.is_over || new.is_over || operands.is_trouble)
		*status = EXIT_TROUBLE;
	totals_release(&old);
	totals_release(&new);
	diff_operands_release(&operands);
	return result;
}

int
main(int argc, char **argv)
{
	struct diff_options diff = {
		.scan = scan_defaults,
		.by = "site,operation",
		.weeks = UINT64_MAX,
		.min_count = UINT64_MAX,
		.fail_above = NOT_GIVEN,
		.format = NOT_GIVEN,
	};
	enum exit_status status = EXIT_TROUBLE;
	struct err err;
	int first;

	command_init("tallyman diff");
	first = opt_parse(&command, argc, argv, &diff, &err);
	if (first < 0)
		msg_die("%s", err.text);
	if (run(&diff, argv + first, (size_t)(argc - first), &status, &err) !=
	    0)
		msg_die("%s", err.text);
	scan_options_release(&diff.scan);
	return (int)status;
}
