/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/html.h"

#include "compare/html_charts.h"
#include "compare/html_table.h"
#include "compare/html_text.h"
#include "compare/html_web.h"
#include "compare/sentence.h"

enum {
	ID_LENGTH = 10, /* of a revision */
	MAX_COMMITS = 20
};

/* Lines of the report as items of a list. */
static const struct report_style item = { html_add_text, "<li>", "</li>\n" };

bool
html_has_charts(void)
{
	return web_chart.text.len > 0;
}

/* Days have no names where nothing of them was selected. */
static bool
has_old_days(const struct report *report)
{
	return report->old_day_count > 0 && report->old_days[0].len > 0;
}

static bool
has_days(const struct report *report)
{
	return has_old_days(report) || report->new_day.len > 0;
}

static void
add_days(struct buf *buf, const struct report *report)
{
	size_t count = report->old_day_count;

	if (count > 0)
		html_add_text(buf, report->old_days[0]);
	if (count > 1) {
		buf_add_str(buf, count > 2 ? " \xe2\x80\xa6 " : ", ");
		html_add_text(buf, report->old_days[count - 1]);
	}
	if (has_old_days(report) && report->new_day.len > 0)
		buf_add_str(buf, " \xe2\x86\x92 ");
	html_add_text(buf, report->new_day);
}

static void
add_title(struct buf *buf, const struct report *report)
{
	if (report->subject.len > 0) {
		html_add_text(buf, report->subject);
		buf_add_str(buf, ": ");
	}
	if (has_days(report))
		add_days(buf, report);
	else
		buf_add_str(buf, "what changed");
}

/* Nothing is loaded from anywhere, and nothing runs but these scripts. */
static void
add_policy(struct buf *buf)
{
	buf_add_format(buf,
	    "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src 'none'; script-src '%s'",
	    web_script.hash);
	if (html_has_charts())
		buf_add_format(buf, " '%s'", web_chart.hash);
	buf_add_format(buf,
	    "; style-src '%s'; img-src data:; base-uri 'none'; "
	    "form-action 'none'\">\n",
	    web_style.hash);
}

static void
add_head(struct buf *buf, const struct report *report)
{
	buf_add_str(buf,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n");
	add_policy(buf);
	buf_add_str(buf,
	    "<meta name=\"viewport\" content=\"width=device-width\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<meta name=\"generator\" content=\"tallyman " PACKAGE_VERSION
	    "\">\n<link rel=\"icon\" href=\"data:,\">\n<title>");
	add_title(buf, report);
	buf_add_str(buf, "</title>\n<style>");
	buf_add(buf, web_style.text);
	buf_add_str(buf, "</style>\n</head>\n");
}

static void
add_sentence(struct buf *buf, const struct report *report)
{
	const struct report_style style = { html_add_text, "", "" };

	buf_add_str(buf, "<p class=\"sentence\">");
	sentence_add(buf, report, &style);
	buf_add_str(buf, "</p>\n");
}

static void
add_caveats(struct buf *buf, const struct report *report)
{
	buf_add_str(buf, "<ul class=\"lines\">\n");
	report_add_caveats(buf, report, &item);
	buf_add_str(buf, "</ul>\n");
}

static void
add_sums(struct buf *buf, const struct ranking *ranking)
{
	buf_add_str(buf, "<dl class=\"sums\">\n<div><dt>old</dt><dd>");
	buf_add_count(buf, ranking->old_sum);
	buf_add_str(buf, "</dd></div>\n<div><dt>expected</dt><dd>");
	html_add_number(buf, ranking->expected_sum);
	buf_add_str(buf, "</dd></div>\n<div><dt>new</dt><dd>");
	buf_add_count(buf, ranking->new_sum);
	buf_add_str(buf, "</dd></div>\n<div><dt>rows that stand out</dt><dd>");
	buf_add_count(buf, ranking->standing);
	buf_add_str(buf, " of ");
	buf_add_count(buf, ranking->count);
	buf_add_str(buf, "</dd></div>\n</dl>\n");
}

static void
add_commits(struct buf *buf, const struct report *report)
{
	if (report->suspects == NULL)
		return;
	buf_add_str(buf, "<section>\n<h2>Commits</h2>\n");
	buf_add_str(buf, "<ul class=\"lines\">\n");
	report_add_commits(buf, report, MAX_COMMITS, &item);
	buf_add_str(buf, "</ul>\n</section>\n");
}

/* That not all rows are there. */
static void
add_rest(struct buf *buf, size_t rows)
{
	if (rows == 0)
		return;
	buf_add_str(buf, "<p>");
	buf_add_count(buf, rows);
	buf_add_format(buf, " more row%s left out.</p>\n",
	    rows == 1 ? " is" : "s are");
}

/* Its controls are made by the script. */
static void
add_changes(struct buf *buf, const struct report *report)
{
	buf_add_str(buf,
	    "<section>\n<h2 id=\"changes-title\">Changes</h2>\n"
	    "<div id=\"controls\"></div>\n"
	    "<div class=\"scroll tall\" role=\"region\" tabindex=\"0\" "
	    "aria-labelledby=\"changes-title\">\n");
	html_table_add(buf, report);
	buf_add_str(buf, "</div>\n");
	add_rest(buf, report->ranking->count - report->rows);
	buf_add_str(buf, "<details><summary>What the columns mean</summary>\n");
	html_table_legend(buf, report);
	buf_add_str(buf, "</details>\n</section>\n");
}

static void
add_charts(struct buf *buf, const struct report *report)
{
	buf_add_str(buf, "<section>\n<h2>Charts</h2>\n");
	if (!html_has_charts())
		buf_add_str(buf,
		    "<p>This tallyman was built without a charting library: "
		    "the figures are in tables.</p>\n");
	buf_add_str(buf, "<div class=\"charts\">\n");
	html_charts_add(buf, report);
	buf_add_str(buf, "</div>\n</section>\n");
}

static void
add_foot(struct buf *buf, const struct report *report)
{
	buf_add_str(buf, "<footer>tallyman " PACKAGE_VERSION);
	if (has_days(report))
		buf_add_str(buf, " \xc2\xb7 ");
	for (size_t i = 0; i < report->old_day_count; i++) {
		buf_add_str(buf, i == 0 ? "" : ", ");
		html_add_text(buf, report->old_days[i]);
	}
	if (report->new_day.len > 0)
		buf_add_str(buf, " \xe2\x86\x92 ");
	html_add_text(buf, report->new_day);
	if (report->new_revision.len > 0) {
		buf_add_str(buf, " \xc2\xb7 ");
		html_add_text(buf, slice_head(report->old_revision, ID_LENGTH));
		buf_add_str(buf, "..");
		html_add_text(buf, slice_head(report->new_revision, ID_LENGTH));
	}
	buf_add_str(buf, "</footer>\n");
}

static void
add_script(struct buf *buf, const struct web_file *script)
{
	if (script->text.len == 0)
		return;
	buf_add_str(buf, "<script>");
	buf_add(buf, script->text);
	buf_add_str(buf, "</script>\n");
}

void
html_add(struct buf *buf, const struct report *report)
{
	add_head(buf, report);
	buf_add_str(buf, "<body>\n<main>\n<h1>");
	add_title(buf, report);
	buf_add_str(buf, "</h1>\n");
	add_sentence(buf, report);
	add_sums(buf, report->ranking);
	add_caveats(buf, report);
	add_commits(buf, report);
	add_changes(buf, report);
	add_charts(buf, report);
	buf_add_str(buf, "</main>\n");
	add_foot(buf, report);
	add_script(buf, &web_chart);
	add_script(buf, &web_script);
	buf_add_str(buf, "</body>\n</html>\n");
}
