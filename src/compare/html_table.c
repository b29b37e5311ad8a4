/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/html_table.h"

#include <math.h>

#include "compare/html_text.h"

typedef void add_cell(struct buf *buf, const struct report *report,
    const struct change *change);
typedef bool is_filled(const struct change *change);

static void
add_rank(struct buf *buf, const struct report *report,
    const struct change *change)
{
	buf_add_count(buf, (uint64_t)(change - report->ranking->changes) + 1);
}

static void
add_kind(struct buf *buf, const struct report *report,
    const struct change *change)
{
	(void)report;
	buf_add_str(buf, change_name(change->kind));
}

/* Where it was, in as few words as tell it. */
static void
add_was(struct buf *buf, const struct site *old, const struct site *new)
{
	bool same_file = slice_equal(old->file, new->file);

	if (same_file && slice_equal(old->line, new->line))
		return;
	buf_add_str(buf, " <small>was ");
	if (same_file) {
		buf_add_char(buf, ':');
		html_add_text(buf, old->line);
	} else {
		html_add_place(buf, old);
	}
	buf_add_str(buf, "</small>");
}

static void
add_where(struct buf *buf, const struct report *report,
    const struct change *change)
{
	(void)report;
	html_add_place(buf, change_site(change));
	if (change->pair.old != NULL && change->pair.new != NULL)
		add_was(buf, change->pair.old, change->pair.new);
}

static bool
has_where(const struct change *change)
{
	return change_site(change)->file.len > 0;
}

static void
add_function(struct buf *buf, const struct report *report,
    const struct change *change)
{
	(void)report;
	html_add_text(buf, change_function(change));
}

static bool
has_function(const struct change *change)
{
	return change_function(change).len > 0;
}

static void
add_operation(struct buf *buf, const struct report *report,
    const struct change *change)
{
	(void)report;
	html_add_text(buf, change_site(change)->operation);
}

static bool
has_operation(const struct change *change)
{
	return change_site(change)->operation.len > 0;
}

static void
add_old(struct buf *buf, const struct report *report,
    const struct change *change)
{
	(void)report;
	buf_add_count(buf, change->old_count);
}

static void
add_expected(struct buf *buf, const struct report *report,
    const struct change *change)
{
	(void)report;
	html_add_number(buf, change->noise.expected);
}

static void
add_new(struct buf *buf, const struct report *report,
    const struct change *change)
{
	(void)report;
	buf_add_count(buf, change->new_count);
}

static void
add_excess(struct buf *buf, const struct report *report,
    const struct change *change)
{
	(void)report;
	html_add_number(buf, change->noise.excess);
}

static void
add_low(struct buf *buf, const struct report *report,
    const struct change *change)
{
	(void)report;
	if (change->noise.low > 0)
		html_add_number(buf, change->noise.low);
}

static void
add_ratio(struct buf *buf, const struct report *report,
    const struct change *change)
{
	(void)report;
	if (change->old_count > 0)
		buf_add_format(buf, "\xc3\x97%.2f",
		    (double)change->new_count / (double)change->old_count);
}

static void
add_interval(struct buf *buf, const struct report *report,
    const struct change *change)
{
	const struct noise_verdict *noise = &change->noise;

	(void)report;
	if (isfinite(noise->ratio_low) && isfinite(noise->ratio_high))
		buf_add_format(buf, "%.2f\xe2\x80\x93%.2f", noise->ratio_low,
		    noise->ratio_high);
}

static void
add_share(struct buf *buf, const struct report *report,
    const struct change *change)
{
	(void)report;
	if (change->share >= 0)
		buf_add_format(buf, "%.1f %%", change->share * 100);
}

static void
add_q(struct buf *buf, const struct report *report, const struct change *change)
{
	double q = change->noise.q;

	(void)report;
	if (!isnan(q))
		buf_add_format(buf, q < .001 ? "%.0e" : "%.3f", q);
}

static bool
has_q(const struct change *change)
{
	return !isnan(change->noise.q);
}

static void
add_twin(struct buf *buf, const struct change *change)
{
	struct buf text = { 0 };

	report_add_twin(&text, change);
	html_add_text(buf, buf_slice(&text));
	buf_release(&text);
}

static void
add_match(struct buf *buf, const struct report *report,
    const struct change *change)
{
	const struct pair *pair = &change->pair;

	(void)report;
	if (pair->twin != NULL) {
		add_twin(buf, change);
		return;
	}
	if (pair->kind == MATCH_NONE)
		return;
	buf_add_str(buf, match_name(pair->kind));
	if (pair->score >= 0 && pair->score < 1)
		buf_add_format(buf, " <small>%.2f</small>", pair->score);
}

static const struct column {
	const char *title;
	const char *meaning;
	bool is_text; /* else a number */
	add_cell *add;
	is_filled *has; /* NULL: it is always there */
} columns[] = {
	{ "#", "rank: by what stands out from the noise", false, add_rank,
	    NULL },
	{ "change", "by the counts as they are", true, add_kind, NULL },
	{ "place", "where it is now, and where it was", true, add_where,
	    has_where },
	{ "function", "as the log names it", true, add_function, has_function },
	{ "operation", "what was counted", true, add_operation, has_operation },
	{ "old", "the count before: of several days their mean", false, add_old,
	    NULL },
	{ "expected", "the old count with the traffic of the new day", false,
	    add_expected, NULL },
	{ "new", "the count now", false, add_new, NULL },
	{ "excess", "new less expected", false, add_excess, NULL },
	{ "at least", "the excess is more than that, with 95 %", false, add_low,
	    NULL },
	{ "ratio", "new over old", false, add_ratio, NULL },
	{ "95 %", "the ratio is between these, with 95 %", false, add_interval,
	    NULL },
	{ "share", "of all rises", false, add_share, NULL },
	{ "q", "false discovery rate, when all up to this row are claimed",
	    false, add_q, has_q },
	{ "match", "how the place of old was found, and how surely", true,
	    add_match, NULL },
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* Where there are scripts, rows beyond these are shown on request: to lay out
 * ten thousand takes a browser a second or two. */
enum { FIRST_ROWS = 250 };

/* The columns that some row fills. Returns how many. */
static size_t
choose(const struct column **chosen, const struct report *report)
{
	size_t count = 0;

	for (size_t i = 0; i < COLUMNS; i++) {
		bool is_shown = columns[i].has == NULL;

		for (size_t row = 0; row < report->rows && !is_shown; row++)
			is_shown = columns[i].has(
			    &report->ranking->changes[row]);
		if (is_shown)
			chosen[count++] = &columns[i];
	}
	return count;
}

static void
add_head(struct buf *buf, const struct column *const *chosen, size_t count)
{
	buf_add_str(buf, "<thead><tr>");
	for (size_t i = 0; i < count; i++)
		buf_add_format(buf, "<th scope=\"col\"%s title=\"%s\">%s</th>",
		    chosen[i]->is_text ? " class=\"t\"" : "",
		    chosen[i]->meaning, chosen[i]->title);
	buf_add_str(buf, "</tr></thead>\n");
}

static void
add_row(struct buf *buf, const struct report *report,
    const struct change *change, const struct column *const *chosen,
    size_t count)
{
	buf_add_str(buf,
	    change_stands_out(change) ? "<tr class=\"out\">" : "<tr>");
	for (size_t i = 0; i < count; i++) {
		buf_add_str(buf,
		    chosen[i]->is_text ? "<td class=\"t\">" : "<td>");
		chosen[i]->add(buf, report, change);
		buf_add_str(buf, "</td>");
	}
	buf_add_str(buf, "</tr>\n");
}

/* The line under what stands out. */
static void
add_edge(struct buf *buf, size_t above, size_t columns_shown)
{
	buf_add_format(buf, "<tr class=\"edge\"><td colspan=\"%zu\">%s",
	    columns_shown,
	    above == 0 ? "nothing rose by more than chance" :
			 "below: may be chance, or fell");
	buf_add_str(buf, "</td></tr>\n");
}

void
html_table_add(struct buf *buf, const struct report *report)
{
	const struct column *chosen[COLUMNS];
	size_t count = choose(chosen, report);
	bool is_above = true;

	buf_add_str(buf, "<table id=\"changes\">\n");
	add_head(buf, chosen, count);
	buf_add_str(buf, "<tbody>\n");
	for (size_t i = 0; i < report->rows; i++) {
		const struct change *change = &report->ranking->changes[i];

		if (i == FIRST_ROWS)
			buf_add_str(buf, "</tbody>\n<tbody class=\"later\">\n");
		if (is_above && !(change->noise.low > 0)) {
			add_edge(buf, i, count);
			is_above = false;
		}
		add_row(buf, report, change, chosen, count);
	}
	buf_add_str(buf, "</tbody>\n</table>\n");
}

void
html_table_legend(struct buf *buf, const struct report *report)
{
	const struct column *chosen[COLUMNS];
	size_t count = choose(chosen, report);

	buf_add_str(buf, "<dl>\n");
	for (size_t i = 0; i < count; i++)
		buf_add_format(buf, "<div><dt>%s</dt><dd>%s</dd></div>\n",
		    chosen[i]->title, chosen[i]->meaning);
	buf_add_str(buf, "</dl>\n");
}
