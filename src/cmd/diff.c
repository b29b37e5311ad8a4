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
#include "cmd/comparison.h"
#include "cmd/diff_table.h"
#include "cmd/grid.h"
#include "cmd/version.h"
#include "compare/html.h"
#include "compare/listing.h"
#include "compare/markdown.h"
#include "compare/totals.h"

enum exit_status { EXIT_SAME, EXIT_CHANGES, EXIT_TROUBLE };

enum format {
	FORMAT_CSV,
	FORMAT_JSON,
	FORMAT_TABLE,
	FORMAT_HTML,
	FORMAT_MARKDOWN,
	FORMAT_QUICKFIX
};

/* Not given on the command line. */
enum { NOT_GIVEN = -1 };

/* What --fail-above takes for --min-count. */
enum { FAIL_COUNT = 100 };

struct diff_options {
	struct opt_common common;
	struct scan_options scan;
	struct comparison_options comparison;
	const char *by;
	uint64_t top; /* 0: all */
	uint64_t min_count;
	uint64_t min_delta;
	bool commits;
	double fail_above; /* percent, or NOT_GIVEN */
	int format;        /* enum format, or NOT_GIVEN */
	bool all;
	bool safe_csv;
	const char *output;
};

static const char *const formats[] = { "csv", "json", "table", "html",
	"markdown", "quickfix", NULL };

static const struct opt options[] = {
	{ 0, "by", "KEYS",
	    "site,operation (default), site, file, function, operation, kind",
	    opt_string, offsetof(struct diff_options, by), NULL },
	{ 0, "top", "N", "only the first N rows", opt_number,
	    offsetof(struct diff_options, top), NULL },
	{ 0, "min-count", "N", "leave out rows below N on both days",
	    opt_number, offsetof(struct diff_options, min_count), NULL },
	{ 0, "min-delta", "N", "leave out rows that changed by less than N",
	    opt_number, offsetof(struct diff_options, min_delta), NULL },
	{ 0, "commits", NULL, "list the commits that touched what rose",
	    opt_flag, offsetof(struct diff_options, commits), NULL },
	{ 0, "fail-above", "PERCENT", "exit 1 only when a row rose by more",
	    opt_percent, offsetof(struct diff_options, fail_above), NULL },
	{ 0, "format", "FORMAT", "csv, json, table, html, markdown, quickfix",
	    opt_choice, offsetof(struct diff_options, format), formats },
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
    "  tallyman diff --repo . --old-rev v41 --new-rev v42 --commits yesterday\n"
    "  tallyman diff --format html -o report.html --weeks 4 yesterday\n"
    "  tallyman diff --fail-above 50% --format quickfix before/ after/\n";

static const struct opt_command command = {
	.name = "diff",
	.summary = "Tells which line of code issues more operations than "
		   "before.",
	.usage = "[OPTION]... OLD... NEW | DAY",
	.examples = examples,
	.options = options,
	.shared = comparison_option_rows,
	.shared_at = offsetof(struct diff_options, comparison),
	.also = scan_option_rows,
	.also_at = offsetof(struct diff_options, scan),
	.libraries = version_libraries,
};

static int
check_options(const struct diff_options *diff, const struct tally_keys *by,
    struct err *err)
{
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

static enum format
choose_format(const struct diff_options *diff)
{
	if (diff->format != NOT_GIVEN)
		return (enum format)diff->format;
	if (diff->output == NULL && isatty(STDOUT_FILENO))
		return FORMAT_TABLE;
	return FORMAT_CSV;
}

/* How many rows are shown: people get a few, programs and pages all. */
static size_t
rows_to_show(const struct diff_options *diff, enum format format, size_t count)
{
	bool is_short = format == FORMAT_TABLE || format == FORMAT_MARKDOWN;

	if (diff->top > 0)
		return diff->top < count ? (size_t)diff->top : count;
	if (is_short && !diff->all && count > GRID_ROWS)
		return GRID_ROWS;
	return count;
}

static void
add_csv(struct buf *text, const struct report *report, bool safe)
{
	listing_csv_header(text);
	for (size_t i = 0; i < report->rows; i++)
		listing_csv_row(text, &report->ranking->changes[i], i + 1,
		    safe);
}

static void
add_quickfix(struct buf *text, const struct report *report)
{
	for (size_t i = 0; i < report->rows; i++)
		if (report->ranking->changes[i].kind != CHANGE_SAME)
			listing_quickfix(text, &report->ranking->changes[i]);
}

static void
print(const struct diff_options *diff, enum format format,
    const struct report *report, struct output *output)
{
	struct buf text = { 0 };

	switch (format) {
	case FORMAT_CSV:
		add_csv(&text, report, diff->safe_csv);
		break;
	case FORMAT_JSON:
		listing_json(&text, report->ranking, report->rows);
		break;
	case FORMAT_QUICKFIX:
		add_quickfix(&text, report);
		break;
	case FORMAT_HTML:
		html_add(&text, report);
		break;
	case FORMAT_MARKDOWN:
		markdown_add(&text, report);
		break;
	case FORMAT_TABLE:
		diff_table_print(output, report,
		    command_use_color(&diff->common, output));
		break;
	}
	output_add(output, buf_slice(&text));
	buf_release(&text);
}

static int
write_report(const struct diff_options *diff, enum format format,
    const struct report *report, struct err *err)
{
	struct output *output = output_open(diff->output, err);

	if (output == NULL)
		return -1;
	print(diff, format, report, output);
	return output_commit(output, err);
}

static enum exit_status
verdict(const struct diff_options *diff, const struct comparison *comparison)
{
	uint64_t min_count = diff->min_count;
	bool of_expected = diff->comparison.old_traffic > 0 ||
	    diff->comparison.normalise;
	bool is_found = comparison->asked.changed > 0;

	if (comparison->is_trouble)
		return EXIT_TROUBLE;
	if (min_count == UINT64_MAX)
		min_count = FAIL_COUNT;
	if (diff->fail_above >= 0)
		is_found = ranking_rose_above(&comparison->asked,
		    diff->fail_above, min_count, of_expected);
	return is_found ? EXIT_CHANGES : EXIT_SAME;
}

static int
run(const struct diff_options *diff, char *const *texts, size_t count,
    enum exit_status *status, struct err *err)
{
	enum format format = choose_format(diff);
	bool is_for_people = format == FORMAT_TABLE || format == FORMAT_HTML ||
	    format == FORMAT_MARKDOWN;
	struct comparison comparison;
	struct tally_keys by;
	const struct comparison_request request = {
		.texts = texts,
		.count = count,
		.options = &diff->comparison,
		.scan = &diff->scan,
		.by = &by,
		.wants_words = is_for_people,
		.wants_history = format == FORMAT_HTML,
		.wants_commits = diff->commits,
		.min_count = diff->min_count == UINT64_MAX ? 0 :
							     diff->min_count,
		.min_delta = diff->min_delta,
	};
	int result;

	if (totals_keys_parse(&by, diff->by, err) != 0)
		return err_wrap(err, "--by");
	if (check_options(diff, &by, err) != 0)
		return -1;
	result = comparison_run(&comparison, &request, err);
	if (result == 0) {
		comparison.report.rows = rows_to_show(diff, format,
		    comparison.asked.count);
		result = write_report(diff, format, &comparison.report, err);
		*status = verdict(diff, &comparison);
	}
	comparison_release(&comparison);
	return result;
}

int
main(int argc, char **argv)
{
	struct diff_options diff = {
		.scan = scan_defaults,
		.comparison = comparison_defaults,
		.by = "site,operation",
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
