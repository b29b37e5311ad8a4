/* SPDX-License-Identifier: MIT */
/*
 * `tallyman scan [FILE|DIR|-]...`: which line of code issued which datastore
 * operations, and how many.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/opt.h"
#include "base/output.h"
#include "cmd/common.h"
#include "cmd/grid.h"
#include "cmd/scan_follow.h"
#include "cmd/scan_print.h"
#include "cmd/scan_store.h"
#include "cmd/screen.h"
#include "cmd/version.h"
#include "scan/retention.h"
#include "scan/scan.h"

/* As grep(1): something was found, nothing was, trouble. */
enum exit_status { EXIT_FOUND, EXIT_NOTHING, EXIT_TROUBLE };

enum { NOT_GIVEN = -1 };

struct scan_command {
	struct opt_common common;
	struct scan_options scan;
	struct scan_store store;
	const char *by;
	int format; /* enum scan_format, or NOT_GIVEN */
	int sort;   /* enum scan_sort, or NOT_GIVEN */
	uint64_t top;
	bool all;
	bool safe_csv;
	bool list_presets;
	bool follow;
	const char *output;
};

static const char *const formats[] = { "csv", "json", "table", NULL };
static const char *const sorts[] = { "key", "count", NULL };

static const struct opt options[] = {
	{ 0, "by", "KEYS",
	    "day hour host revision file line function operation kind verb "
	    "site",
	    opt_string, offsetof(struct scan_command, by), NULL },
	{ 0, "sort", "ORDER", "by key or by count", opt_choice,
	    offsetof(struct scan_command, sort), sorts },
	{ 0, "top", "N", "only the first N rows", opt_number,
	    offsetof(struct scan_command, top), NULL },
	{ 0, "all", NULL, "all rows in a table", opt_flag,
	    offsetof(struct scan_command, all), NULL },
	{ 0, "format", "FORMAT", "csv, json or table", opt_choice,
	    offsetof(struct scan_command, format), formats },
	{ 0, "safe-csv", NULL, "defuse cells that spreadsheets would run",
	    opt_flag, offsetof(struct scan_command, safe_csv), NULL },
	{ 'o', "output", "FILE", "write to FILE, whole or not at all",
	    opt_string, offsetof(struct scan_command, output), NULL },
	{ 0, "follow", NULL,
	    "count what is written from now on; a table on the terminal",
	    opt_flag, offsetof(struct scan_command, follow), NULL },
	{ 0, "store", NULL, "add what is new to the store, once", opt_flag,
	    offsetof(struct scan_command, store.is_update), NULL },
	{ 0, "from-store", "DAYS", "read days of the store: DAY or DAY..DAY",
	    opt_string, offsetof(struct scan_command, store.range), NULL },
	{ 0, "db", "FOLDER", "where the store is", opt_string,
	    offsetof(struct scan_command, store.db), NULL },
	{ 0, "keep", "DURATION", "with --store: forget older days: 90d",
	    retention_option, offsetof(struct scan_command, store.keep), NULL },
	{ 0, "wait", "[=DURATION]", "with --store: wait for another one to end",
	    command_wait, offsetof(struct scan_command, store.wait), NULL },
	{ 0, "list-presets", NULL, "list the formats that are known", opt_flag,
	    offsetof(struct scan_command, list_presets), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

static const char examples[] =
    "  tallyman scan /var/log/app/\n"
    "  tallyman scan -k UserData --writes app.log.1.gz app.log\n"
    "  tallyman scan --by day,file -o tally.csv logs/\n"
    "  tallyman scan --follow --writes app.log\n"
    "  tallyman scan --store /var/log/app/\n";

static const struct opt_command command = {
	.name = "scan",
	.summary = "Counts the datastore operations that each line of code "
		   "issued.",
	.usage = "[OPTION]... [FILE|DIR|-]...",
	.examples = examples,
	.options = options,
	.shared = scan_option_rows,
	.shared_at = offsetof(struct scan_command, scan),
	.libraries = version_libraries,
};

/* Of a follow: a table on a terminal, the largest count first, and nothing
 * else. Its rows are not divided by day unless told so, since it begins now. */
static int
check_follow(struct scan_command *scan, struct err *err)
{
	if (scan->output != NULL)
		return err_set(err, "--follow and -o exclude each other");
	if (scan->scan.rejects != NULL)
		return err_set(err,
		    "--follow and --rejects exclude each other");
	if (scan->safe_csv ||
	    (scan->format != NOT_GIVEN && scan->format != SCAN_TABLE))
		return err_set(err, "--follow draws a table, no %s",
		    scan->safe_csv ? "CSV" : formats[scan->format]);
	if (scan->sort == SORT_KEY)
		return err_set(err, "--follow sorts by count");
	if (screen_check(err) != 0)
		return err_set(err,
		    "--follow: %s; without it, and with --top N, the busiest "
		    "rows so far are printed",
		    err->text);
	if (scan->by == NULL)
		return tally_keys_parse(&scan->scan.keys, "site,operation",
		    err);
	return 0;
}

/* The store is given rows, and prints none. */
static int
check_store(const struct scan_command *scan, struct err *err)
{
	const struct scan_given given[] = {
		{ scan->by != NULL, "--by" },
		{ scan->output != NULL, "-o" },
		{ scan->format != NOT_GIVEN, "--format" },
		{ scan->sort != NOT_GIVEN, "--sort" },
		{ scan->top > 0, "--top" },
		{ scan->all, "--all" },
		{ scan->safe_csv, "--safe-csv" },
		{ scan->follow, "--follow" },
	};
	const char *printing = scan_first_given(given,
	    sizeof(given) / sizeof(given[0]));

	if (printing != NULL)
		return err_set(err,
		    "--store prints no rows for %s; --from-store does",
		    printing);
	return 0;
}

static int
check_options(struct scan_command *scan, size_t operand_count, struct err *err)
{
	if (scan_store_check(&scan->store, &scan->scan, operand_count, err) !=
	    0)
		return -1;
	if (scan->store.is_update)
		return check_store(scan, err);
	if (scan->store.range != NULL && scan->follow)
		return err_set(err,
		    "--from-store and --follow exclude each other");

	if (scan->by != NULL &&
	    tally_keys_parse(&scan->scan.keys, scan->by, err) != 0)
		return err_wrap(err, "--by");
	if (scan->all && scan->top > 0)
		return err_set(err, "--all and --top exclude each other");
	if (scan->safe_csv && scan->format > SCAN_CSV)
		return err_set(err, "--safe-csv is for --format csv");
	return scan->follow ? check_follow(scan, err) : 0;
}

/* A table on a terminal, CSV elsewhere; a table has the largest count first
 * and few rows. */
static void
choose_form(const struct scan_command *scan, struct scan_printer *printer)
{
	bool is_terminal = output_is_terminal(printer->output);

	printer->format = is_terminal ? SCAN_TABLE : SCAN_CSV;
	if (scan->format != NOT_GIVEN)
		printer->format = (enum scan_format)scan->format;
	printer->sort = printer->format == SCAN_TABLE ? SORT_COUNT : SORT_KEY;
	if (scan->sort != NOT_GIVEN)
		printer->sort = (enum scan_sort)scan->sort;
	printer->top = scan->top;
	if (printer->format == SCAN_TABLE && !scan->all && scan->top == 0)
		printer->top = GRID_ROWS;
	printer->use_color = is_terminal || scan->common.color != COLOR_AUTO ?
	    opt_use_color(&scan->common, STDOUT_FILENO) :
	    false;
}

static int
follow_and_print(const struct scan_command *scan, char *const *operands,
    size_t count, struct scan_printer *printer, struct scan_report *report,
    struct err *err)
{
	const struct scan_follow what = {
		.options = &scan->scan,
		.top = scan->top,
		.use_color = printer->use_color,
	};

	return scan_follow_run(&what, operands, count, printer, report, err);
}

static int
scan_and_print(const struct scan_command *scan, char *const *operands,
    size_t count, struct output *output, struct scan_report *report,
    struct err *err)
{
	struct scan_printer printer = {
		.safe_csv = scan->safe_csv,
		.memory = scan->scan.memory,
		.output = output,
		.keys = &report->keys,
	};
	int status;

	choose_form(scan, &printer);
	if (scan->follow)
		status = follow_and_print(scan, operands, count, &printer,
		    report, err);
	else if (scan->store.range != NULL)
		status = scan_store_read(&scan->store, &scan->scan,
		    scan_printer_row, &printer, report, err);
	else
		status = scan_run(&scan->scan, operands, count,
		    scan_printer_row, &printer, report, err);
	if (status == 0)
		status = scan_printer_finish(&printer, err);
	scan_printer_release(&printer);
	return status;
}

static enum exit_status
status_of(const struct scan_report *report)
{
	if (report->is_trouble)
		return EXIT_TROUBLE;
	return report->selected > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

/* Scans into the output. Returns 0 with *status set, or -1. */
static int
run(struct scan_command *scan, char *const *operands, size_t count, int *status,
    struct err *err)
{
	struct scan_report report;
	struct output *output;

	if (check_options(scan, count, err) != 0)
		return -1;
	if (scan->store.is_update)
		return scan_store_update(&scan->store, &scan->scan, operands,
		    count, status, err);
	output = output_open(scan->output, err);
	if (output == NULL)
		return -1;
	if (scan_and_print(scan, operands, count, output, &report, err) != 0) {
		/* What the disk said is worth more than "cannot write". */
		if (output_failed(output))
			return output_commit(output, err);
		output_discard(output);
		return -1;
	}
	if (output_commit(output, err) != 0)
		return -1;
	scan_report_print(&report);
	*status = (int)status_of(&report);
	return 0;
}

static int
list_presets(const struct scan_command *scan, struct err *err)
{
	struct output *output = output_open(scan->output, err);

	if (output == NULL)
		return -1;
	if (scan_list_presets(output, err) != 0) {
		output_discard(output);
		return -1;
	}
	return output_commit(output, err);
}

int
main(int argc, char **argv)
{
	struct scan_command scan = {
		.scan = scan_defaults,
		.format = NOT_GIVEN,
		.sort = NOT_GIVEN,
	};
	int status = EXIT_FOUND;
	struct err err;
	int result;
	int first;

	command_init("tallyman scan");
	first = opt_parse(&command, argc, argv, &scan, &err);
	if (first < 0)
		msg_die("%s", err.text);
	if (scan.list_presets)
		result = list_presets(&scan, &err);
	else
		result = run(&scan, argv + first, (size_t)(argc - first),
		    &status, &err);
	scan_options_release(&scan.scan);
	if (result != 0)
		msg_die("%s", err.text);
	return status;
}
