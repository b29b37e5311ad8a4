/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/html_charts.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "compare/html_text.h"

/* What the changes of one file, or of one of its lines, come to. */
struct bar {
	struct site place; /* no more than file and line */
	double old, expected, new;
};

static void
begin_figure(struct buf *buf, const char *chart, const char *caption)
{
	buf_add_format(buf,
	    "<figure data-chart=\"%s\">\n<figcaption>%s</figcaption>\n"
	    "<details><summary>Figures</summary>\n"
	    "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
	    "aria-label=\"Figures: %s\">\n<table>\n",
	    chart, caption, caption);
}

static void
end_figure(struct buf *buf)
{
	buf_add_str(buf, "</tbody>\n</table>\n</div>\n</details>\n</figure>\n");
}

static void
add_cell(struct buf *buf, double number)
{
	buf_add_str(buf, "<td>");
	html_add_number(buf, number);
	buf_add_str(buf, "</td>");
}

static int
compare_places(const void *a, const void *b)
{
	const struct bar *left = a;
	const struct bar *right = b;
	int order = slice_compare(left->place.file, right->place.file);

	return order != 0 ? order :
			    line_compare(left->place.line, right->place.line);
}

static int
compare_sizes(const void *a, const void *b)
{
	const struct bar *left = a;
	const struct bar *right = b;
	double left_size = fabs(left->new - left->expected);
	double right_size = fabs(right->new - right->expected);

	if (left_size != right_size)
		return left_size < right_size ? 1 : -1;
	return compare_places(a, b);
}

/* Adds up bars of the same place, which are neighbours. Returns how many are
 * left. */
static size_t
add_up(struct bar *bars, size_t count)
{
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		if (used == 0 || compare_places(&bars[used - 1], &bars[i])) {
			bars[used++] = bars[i];
			continue;
		}
		bars[used - 1].old += bars[i].old;
		bars[used - 1].expected += bars[i].expected;
		bars[used - 1].new += bars[i].new;
	}
	return used;
}

/* The places of a ranking, furthest from what was expected first. The caller
 * frees them. */
static struct bar *
make_bars(const struct ranking *ranking, bool by_line, size_t *count)
{
	struct bar *bars = xcalloc(ranking->count + 1, sizeof(bars[0]));

	for (size_t i = 0; i < ranking->count; i++) {
		const struct change *change = &ranking->changes[i];
		const struct site *site = change_site(change);

		bars[i].place.file = site->file;
		if (by_line)
			bars[i].place.line = site->line;
		bars[i].old = (double)change->old_count;
		bars[i].expected = change->noise.expected;
		bars[i].new = (double)change->new_count;
	}
	qsort(bars, ranking->count, sizeof(bars[0]), compare_places);
	*count = add_up(bars, ranking->count);
	qsort(bars, *count, sizeof(bars[0]), compare_sizes);
	return bars;
}

static void
add_bar(struct buf *buf, const struct bar *bar)
{
	buf_add_str(buf, "<tr><th scope=\"row\">");
	html_add_place(buf, &bar->place);
	buf_add_str(buf, "</th>");
	add_cell(buf, bar->old);
	add_cell(buf, bar->expected);
	add_cell(buf, bar->new);
	buf_add_str(buf, "</tr>\n");
}

static void
add_bars(struct buf *buf, const struct ranking *ranking, bool by_line)
{
	size_t count;
	struct bar *bars = make_bars(ranking, by_line, &count);

	begin_figure(buf, "bars",
	    by_line ? "By site: furthest from what was expected" :
		      "By file: furthest from what was expected");
	buf_add_format(buf,
	    "<thead><tr><th scope=\"col\">%s</th><th scope=\"col\">old</th>"
	    "<th scope=\"col\">expected</th><th scope=\"col\">new</th></tr>"
	    "</thead>\n<tbody>\n",
	    by_line ? "site" : "file");
	for (size_t i = 0; i < count && i < HTML_BARS; i++)
		add_bar(buf, &bars[i]);
	end_figure(buf);
	free(bars);
}

static void
add_hours(struct buf *buf, const struct report *report)
{
	begin_figure(buf, "lines", "By hour of the day");
	buf_add_format(buf,
	    "<thead><tr><th scope=\"col\">hour</th><th scope=\"col\">%s</th>"
	    "<th scope=\"col\">new</th></tr></thead>\n<tbody>\n",
	    report->old_day_count > 1 ? "old (mean)" : "old");
	for (size_t hour = 0; hour < REPORT_HOURS; hour++) {
		buf_add_format(buf, "<tr><th scope=\"row\">%02zu</th>", hour);
		add_cell(buf, report->old_hours[hour]);
		add_cell(buf, report->new_hours[hour]);
		buf_add_str(buf, "</tr>\n");
	}
	end_figure(buf);
}

/* Whether the days of the history end before the new day, which is then added
 * to them. */
static bool
lacks_new_day(const struct report *report)
{
	size_t count = report->history_day_count;

	return count == 0 ||
	    !slice_equal(report->history_days[count - 1], report->new_day);
}

static void
add_day(struct buf *buf, struct slice day)
{
	buf_add_str(buf, "<th scope=\"col\">");
	html_add_text(buf, day);
	buf_add_str(buf, "</th>");
}

static void
add_history_row(struct buf *buf, const struct report *report,
    const struct report_history *history)
{
	const struct site *site = change_site(history->change);

	buf_add_str(buf, "<tr><th scope=\"row\">");
	html_add_place(buf, site);
	if (site->file.len > 0 && site->operation.len > 0)
		buf_add_char(buf, ' ');
	html_add_text(buf, site->operation);
	buf_add_str(buf, "</th>");
	for (size_t i = 0; i < report->history_day_count; i++)
		add_cell(buf, history->counts[i]);
	if (lacks_new_day(report))
		add_cell(buf, (double)history->change->new_count);
	buf_add_str(buf, "</tr>\n");
}

static void
add_history(struct buf *buf, const struct report *report)
{
	begin_figure(buf, "rows", "The weeks before");
	buf_add_str(buf, "<thead><tr><th scope=\"col\">change</th>");
	for (size_t i = 0; i < report->history_day_count; i++)
		add_day(buf, report->history_days[i]);
	if (lacks_new_day(report))
		add_day(buf, report->new_day);
	buf_add_str(buf, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < report->history_count; i++)
		add_history_row(buf, report, &report->history[i]);
	end_figure(buf);
}

static bool
names_files(const struct ranking *ranking)
{
	for (size_t i = 0; i < ranking->count; i++)
		if (change_site(&ranking->changes[i])->file.len > 0)
			return true;
	return false;
}

void
html_charts_add(struct buf *buf, const struct report *report)
{
	if (names_files(report->fine)) {
		add_bars(buf, report->fine, false);
		add_bars(buf, report->fine, true);
	}
	if (report->old_hours != NULL && report->new_hours != NULL)
		add_hours(buf, report);
	if (report->history_count > 0 && report->history_day_count > 0)
		add_history(buf, report);
}
