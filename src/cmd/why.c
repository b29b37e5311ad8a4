/* SPDX-License-Identifier: MIT */
/*
 * `tallyman why OPERATION [OLD... NEW | DAY | LOGS]`: which line of code issues
 * more of one operation than before, since when, and which commit touched it;
 * it ends with a sentence for the ticket.
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
#include "cmd/version.h"
#include "compare/grouping.h"
#include "compare/html.h"
#include "compare/listing.h"
#include "compare/markdown.h"

enum exit_status { EXIT_NOTHING, EXIT_ROSE, EXIT_TROUBLE };

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_HTML, FORMAT_MARKDOWN };

enum { ROWS_SHOWN = 5 };

struct why_options {
	struct opt_common common;
	struct scan_options scan;
	struct comparison_options comparison;
	int format; /* enum format */
	bool all;
	const char *output;
};

static const char *const formats[] = { "text", "json", "html", "markdown",
	NULL };

static const struct opt options[] = {
	{ 0, "format", "FORMAT", "text (default), json, html, markdown",
	    opt_choice, offsetof(struct why_options, format), formats },
	{ 0, "all", NULL, "all rows, not just the first 5", opt_flag,
	    offsetof(struct why_options, all), NULL },
	{ 'o', "output", "FILE", "write to FILE", opt_string,
	    offsetof(struct why_options, output), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

static const char examples[] =
    "  tallyman why UserData.put\n"
    "  tallyman why UserData.put monday.log tuesday.log\n"
    "  tallyman why UserData.put --repo . --old-rev v41 --new-rev v42 logs/\n";

static const struct opt_command command = {
	.name = "why",
	.summary = "Tells why there is more of an operation than before.",
	.usage = "[OPTION]... OPERATION [OLD... NEW | DAY | LOGS]",
	.examples = examples,
	.options = options,
	.shared = comparison_option_rows,
	.shared_at = offsetof(struct why_options, comparison),
	.also = scan_option_rows,
	.also_at = offsetof(struct why_options, scan),
	.libraries = version_libraries,
};

static void
print_text(const struct report *report, struct output *output, bool color)
{
	struct buf text = { 0 };

	diff_table_print_details(output, report, color);
	report_sentence(&text, report);
	buf_add_char(&text, '\n');
	output_str(output, "\n");
	output_add(output, buf_slice(&text));
	buf_release(&text);
}

static void
print(const struct why_options *why, const struct report *report,
    struct output *output)
{
	struct buf text = { 0 };

	switch ((enum format)why->format) {
	case FORMAT_TEXT:
		print_text(report, output,
		    command_use_color(&why->common, output));
		break;
	case FORMAT_JSON:
		listing_json(&text, report->ranking, report->rows);
		break;
	case FORMAT_HTML:
		html_add(&text, report);
		break;
	case FORMAT_MARKDOWN:
		markdown_add(&text, report);
		break;
	}
	output_add(output, buf_slice(&text));
	buf_release(&text);
}

static int
write_report(const struct why_options *why, const struct report *report,
    struct err *err)
{
	struct output *output = output_open(why->output, err);

	if (output == NULL)
		return -1;
	print(why, report, output);
	return output_commit(output, err);
}

static enum exit_status
verdict(const struct comparison *comparison)
{
	if (comparison->is_trouble)
		return EXIT_TROUBLE;
	return comparison->fine.standing > 0 ? EXIT_ROSE : EXIT_NOTHING;
}

static int
run(const struct why_options *why, char *const *texts, size_t count,
    enum exit_status *status, struct err *err)
{
	struct comparison comparison;
	const struct comparison_request request = {
		.texts = texts + 1,
		.count = count - 1,
		.is_free = true,
		.options = &why->comparison,
		.scan = &why->scan,
		.by = &grouping_whole,
		.subject = slice_str(texts[0]),
		.wants_words = why->format != FORMAT_JSON,
		.wants_history = why->format == FORMAT_HTML,
		.wants_commits = why->comparison.repo != NULL,
	};
	int result = comparison_run(&comparison, &request, err);

	if (result == 0) {
		if ((why->format == FORMAT_TEXT ||
			why->format == FORMAT_MARKDOWN) &&
		    !why->all && comparison.report.rows > ROWS_SHOWN)
			comparison.report.rows = ROWS_SHOWN;
		result = write_report(why, &comparison.report, err);
		*status = verdict(&comparison);
	}
	comparison_release(&comparison);
	return result;
}

int
main(int argc, char **argv)
{
	struct why_options why = {
		.scan = scan_defaults,
		.comparison = comparison_defaults,
	};
	enum exit_status status = EXIT_TROUBLE;
	struct err err;
	int first;

	command_init("tallyman why");
	first = opt_parse(&command, argc, argv, &why, &err);
	if (first < 0)
		msg_die("%s", err.text);
	if (first == argc)
		msg_die("give the operation that rose, such as UserData.put");
	if (run(&why, argv + first, (size_t)(argc - first), &status, &err) != 0)
		msg_die("%s", err.text);
	scan_options_release(&why.scan);
	return (int)status;
}
