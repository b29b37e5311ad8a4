/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/markdown.h"

#include <math.h>

#include "compare/sentence.h"

enum { COMMITS_SHOWN = 10 };

/* How many backticks stand in the longest row of them. */
static size_t
longest_ticks(struct slice text)
{
	size_t longest = 0;
	size_t ticks = 0;

	for (size_t i = 0; i < text.len; i++) {
		ticks = text.ptr[i] == '`' ? ticks + 1 : 0;
		if (ticks > longest)
			longest = ticks;
	}
	return longest;
}

static void
add_ticks(struct buf *buf, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_add_char(buf, '`');
}

/* A pad is taken away again where it stands at both ends (CommonMark, 6.1);
 * without it, backticks at the ends would be part of the fence. */
static bool
needs_pad(struct slice text)
{
	char first = text.ptr[0];
	char last = text.ptr[text.len - 1];

	return first == '`' || last == '`' || (first == ' ' && last == ' ');
}

/* Text, without line ends, as code that it cannot end. */
static void
add_span(struct buf *buf, struct slice text)
{
	size_t ticks = longest_ticks(text) + 1;

	if (text.len == 0)
		return;
	add_ticks(buf, ticks);
	if (needs_pad(text))
		buf_add_char(buf, ' ');
	buf_add(buf, text);
	if (needs_pad(text))
		buf_add_char(buf, ' ');
	add_ticks(buf, ticks);
}

static void
add_code(struct buf *buf, struct slice name)
{
	struct buf visible = { 0 };

	buf_add_visible(&visible, name);
	add_span(buf, buf_slice(&visible));
	buf_release(&visible);
}

/*
 * The same in a table, whose cells end at a | even in code, unless a backslash
 * stands before it. Where the name has one there already, parsers differ about
 * what two of them mean; there the | goes between two pieces of code.
 */
static void
add_cell_code(struct buf *buf, struct slice name)
{
	struct buf visible = { 0 };
	struct buf piece = { 0 };

	buf_add_visible(&visible, name);
	for (size_t i = 0; i < visible.len; i++) {
		char c = visible.ptr[i];

		if (c == '|' && i > 0 && visible.ptr[i - 1] == '\\') {
			add_span(buf, buf_slice(&piece));
			buf_add_str(buf, "&#124;");
			buf_clear(&piece);
			continue;
		}
		if (c == '|')
			buf_add_char(&piece, '\\');
		buf_add_char(&piece, c);
	}
	add_span(buf, buf_slice(&piece));
	buf_release(&piece);
	buf_release(&visible);
}

static const struct report_style text_style = { add_code, "", "<br>\n" };
static const struct report_style list_style = { add_code, "- ", "\n" };

static void
add_place(struct buf *buf, const struct change *change)
{
	struct buf place = { 0 };

	report_place(&place, change);
	add_cell_code(buf, buf_slice(&place));
	buf_release(&place);
}

/* Counts as people read them; what was reckoned is rounded. */
static void
add_rounded(struct buf *buf, double number)
{
	buf_add_count(buf,
	    number < 1e19 ? (uint64_t)(number + .5) : UINT64_MAX);
}

static void
add_ratio(struct buf *buf, const struct change *change)
{
	if (change->old_count == 0)
		buf_add_str(buf, change->new_count > 0 ? "new" : "-");
	else
		buf_add_format(buf, "x%.2f",
		    (double)change->new_count / (double)change->old_count);
}

static void
add_row(struct buf *buf, const struct change *change)
{
	buf_add_format(buf, "| %s | ", change_name(change->kind));
	add_place(buf, change);
	buf_add_str(buf, " | ");
	add_cell_code(buf, change_site(change)->operation);
	buf_add_str(buf, " | ");
	buf_add_count(buf, change->old_count);
	buf_add_str(buf, " | ");
	add_rounded(buf, change->noise.expected);
	buf_add_str(buf, " | ");
	buf_add_count(buf, change->new_count);
	buf_add_str(buf, " | ");
	if (change->noise.low > 0) {
		buf_add_char(buf, '+');
		add_rounded(buf, change->noise.low);
	}
	buf_add_str(buf, " | ");
	add_ratio(buf, change);
	buf_add_str(buf, " | ");
	if (isnan(change->noise.q))
		buf_add_char(buf, '-');
	else
		buf_add_format(buf, "%.2g", change->noise.q);
	buf_add_str(buf, " |\n");
}

static void
add_table(struct buf *buf, const struct report *report)
{
	const struct ranking *ranking = report->ranking;
	size_t more = ranking->count - report->rows;

	if (report->rows == 0)
		return;
	buf_add_str(buf,
	    "\n| change | place | operation | old | expected | new | at least "
	    "| ratio | q |\n"
	    "|---|---|---|--:|--:|--:|--:|--:|--:|\n");
	for (size_t i = 0; i < report->rows; i++)
		add_row(buf, &ranking->changes[i]);
	if (more == 0)
		return;
	buf_add_char(buf, '\n');
	buf_add_count(buf, more);
	buf_add_str(buf, more == 1 ? " more row.\n" : " more rows.\n");
}

void
markdown_add(struct buf *buf, const struct report *report)
{
	buf_add_str(buf, "**");
	sentence_add(buf, report, &text_style);
	buf_add_str(buf, "**\n");
	add_table(buf, report);
	if (report->suspects != NULL) {
		buf_add_str(buf, "\n");
		report_add_commits(buf, report, COMMITS_SHOWN, &list_style);
	}
	buf_add_str(buf, "\n<sub>");
	report_add_caveats(buf, report, &text_style);
	buf_add_str(buf, "</sub>\n");
}
