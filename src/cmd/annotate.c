/* SPDX-License-Identifier: MIT */
/*
 * `tallyman annotate FILE [OLD... NEW | DAY]`: a source file with the counts of
 * two days in the margin.
 */
#include "config.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/output.h"
#include "cmd/annotate_sites.h"
#include "cmd/annotate_source.h"
#include "cmd/common.h"
#include "cmd/comparison.h"
#include "cmd/version.h"
#include "compare/grouping.h"
#include "compare/margin.h"
#include "scan/scan.h"

enum exit_status { EXIT_SAME, EXIT_CHANGES, EXIT_TROUBLE };

struct annotate_options {
	struct opt_common common;
	struct scan_options scan;
	struct comparison_options comparison;
	struct margin_options margin;
	const char *root;
	const char *output;
};

static const struct opt options[] = {
	{ 0, "operations", NULL, "list the operations of each line below it",
	    opt_flag, offsetof(struct annotate_options, margin.operations),
	    NULL },
	{ 0, "context", "N", "only N lines around those with counts",
	    opt_number, offsetof(struct annotate_options, margin.context),
	    NULL },
	{ 0, "root", "DIR", "where the sources are, without --repo", opt_string,
	    offsetof(struct annotate_options, root), NULL },
	{ 'o', "output", "FILE", "write to FILE", opt_string,
	    offsetof(struct annotate_options, output), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

static const char examples[] =
    "  tallyman annotate app/models/badge.rb\n"
    "  tallyman annotate --context 3 badge.rb old.csv new.csv\n"
    "  tallyman annotate --repo . --old-rev v41 --new-rev v42 badge.rb today\n";

static const struct opt_command command = {
	.name = "annotate",
	.summary = "Shows a source file with the counts of two days.",
	.usage = "[OPTION]... FILE [OLD... NEW | DAY]",
	.examples = examples,
	.options = options,
	.shared = comparison_option_rows,
	.shared_at = offsetof(struct annotate_options, comparison),
	.also = scan_option_rows,
	.also_at = offsetof(struct annotate_options, scan),
	.libraries = version_libraries,
};

static void
add_day(struct buf *buf, struct slice day)
{
	if (day.len == 0)
		buf_add_str(buf, "a day without a name");
	else
		buf_add_visible(buf, day);
}

/* "shop/badges.py at 3f2c1ab: 2013-06-05 and 2013-06-12" */
static void
add_title(struct buf *buf, struct slice name, const struct report *report)
{
	buf_add_visible(buf, name);
	buf_add_str(buf, ": ");
	if (report->old_day_count > 1)
		buf_add_format(buf, "the mean of %zu days, ",
		    report->old_day_count);
	add_day(buf, report->old_days[0]);
	if (report->old_day_count > 1) {
		buf_add_str(buf, " to ");
		add_day(buf, report->old_days[report->old_day_count - 1]);
		buf_add_char(buf, ',');
	}
	buf_add_str(buf, " and ");
	add_day(buf, report->new_day);
	buf_add_char(buf, '\n');
}

static int
print(const struct annotate_options *annotate,
    const struct annotate_sites *sites, const struct report *report,
    struct slice name, struct slice source, struct err *err)
{
	struct output *output = output_open(annotate->output, err);
	struct margin_options margin = annotate->margin;
	struct buf text = { 0 };

	if (output == NULL)
		return -1;
	margin.use_color = command_use_color(&annotate->common, output);
	add_title(&text, name, report);
	margin_add(&text, sites->file, sites->changes, sites->count, source,
	    &margin);
	output_add(output, buf_slice(&text));
	buf_release(&text);
	return output_commit(output, err);
}

static bool
have_changed(const struct annotate_sites *sites)
{
	for (size_t i = 0; i < sites->count; i++)
		if (sites->changes[i]->kind != CHANGE_SAME)
			return true;
	return false;
}

/* Shows the file that is meant by given. Returns 0 with *status set, or -1. */
static int
show(const struct annotate_options *annotate, const char *given,
    const struct comparison *comparison, enum exit_status *status,
    struct err *err)
{
	struct annotate_sites sites;
	struct annotate_place place = {
		.git = comparison->has_git ? &comparison->git : NULL,
		.commit = comparison->new_id,
		.root = annotate->root,
		.given = given,
		.ranking = &comparison->fine,
	};
	struct buf source = { 0 };
	struct buf name = { 0 };
	int result = annotate_sites_find(&sites, &comparison->fine, given, err);

	place.file = sites.file;
	if (result == 0)
		result = annotate_source_read(&place, &source, &name, err);
	if (result == 0)
		result = print(annotate, &sites, &comparison->report,
		    buf_slice(&name), buf_slice(&source), err);
	if (result == 0)
		*status = have_changed(&sites) ? EXIT_CHANGES : EXIT_SAME;
	annotate_sites_release(&sites);
	buf_release(&source);
	buf_release(&name);
	return result;
}

static int
run(const struct annotate_options *annotate, char *const *texts, size_t count,
    enum exit_status *status, struct err *err)
{
	struct comparison comparison = { 0 };
	struct comparison_request request = {
		.is_free = true,
		.options = &annotate->comparison,
		.scan = &annotate->scan,
		.by = &grouping_whole,
	};
	int result;

	if (count == 0)
		return err_set(err, "which file? tallyman annotate FILE");
	if (annotate->root != NULL && annotate->comparison.repo != NULL)
		return err_set(err, "--root and --repo exclude each other");
	request.texts = texts + 1;
	request.count = count - 1;
	result = comparison_run(&comparison, &request, err);
	if (result == 0)
		result = show(annotate, texts[0], &comparison, status, err);
	if (comparison.is_trouble)
		*status = EXIT_TROUBLE;
	comparison_release(&comparison);
	return result;
}

int
main(int argc, char **argv)
{
	struct annotate_options annotate = {
		.scan = scan_defaults,
		.comparison = comparison_defaults,
		.margin = { .context = UINT64_MAX },
	};
	enum exit_status status = EXIT_TROUBLE;
	struct err err;
	int first;

	command_init("tallyman annotate");
	first = opt_parse(&command, argc, argv, &annotate, &err);
	if (first < 0)
		msg_die("%s", err.text);
	if (run(&annotate, argv + first, (size_t)(argc - first), &status,
		&err) != 0)
		msg_die("%s", err.text);
	scan_options_release(&annotate.scan);
	return (int)status;
}
