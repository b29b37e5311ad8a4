/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/diff_table.h"

#include <math.h>

#include "base/buf.h"
#include "cmd/grid.h"
#include "cmd/paragraph.h"

enum {
	BAR_CELLS = 8,
	BAR_STEPS = 8, /* of a cell, in UTF-8 */
	COMMITS_SHOWN = 5,
	INDENT = 4 /* of what a terminal wraps */
};

/* What cells need to know beside their change. */
struct view {
	const struct change *changes;
	size_t count;
	double largest; /* the largest excess of them */
	bool is_equal;  /* traffic, of one old day: expected is what was */
	bool is_utf8;
};

/* A column of the table: its head, whether a row needs it, and its cell. */
struct column {
	struct grid_column head;
	bool is_name; /* it may be all that tells rows from each other */
	bool (*is_needed)(const struct view *view, const struct change *change);
	void (*add)(struct buf *cell, const struct view *view,
	    const struct change *change);
};

static bool
always(const struct view *view, const struct change *change)
{
	(void)view;
	(void)change;
	return true;
}

static bool
has_file(const struct view *view, const struct change *change)
{
	(void)view;
	return change_site(change)->file.len > 0;
}

static bool
has_moved(const struct view *view, const struct change *change)
{
	const struct site *old = change->pair.old;
	const struct site *new = change->pair.new;

	(void)view;
	return old != NULL && new != NULL &&
	    !(slice_equal(old->file, new->file) &&
		slice_equal(old->line, new->line));
}

/* A line says more than its function, and narrow terminals are many. */
static bool
needs_function(const struct view *view, const struct change *change)
{
	(void)view;
	return change_function(change).len > 0 &&
	    change_site(change)->line.len == 0;
}

static bool
has_operation(const struct view *view, const struct change *change)
{
	(void)view;
	return change_site(change)->operation.len > 0;
}

static bool
needs_expected(const struct view *view, const struct change *change)
{
	(void)change;
	return !view->is_equal;
}

static bool
has_low(const struct view *view, const struct change *change)
{
	(void)view;
	return change->noise.low > 0;
}

static bool
has_interval(const struct view *view, const struct change *change)
{
	(void)view;
	return !isnan(change->noise.ratio_low) &&
	    !isnan(change->noise.ratio_high);
}

static bool
has_share(const struct view *view, const struct change *change)
{
	(void)view;
	return change->share >= 0;
}

static bool
has_q(const struct view *view, const struct change *change)
{
	(void)view;
	return !isnan(change->noise.q);
}

/* That a site is on one side only is told by its change; not whether it may
 * have moved. */
static bool
has_match(const struct view *view, const struct change *change)
{
	(void)view;
	return change->pair.twin != NULL ||
	    (change->pair.kind != MATCH_EXACT &&
		change->pair.kind != MATCH_NONE);
}

/* A number of operations, with a sign if asked; fractions only of small
 * ones. */
static void
add_amount(struct buf *cell, double amount, bool is_signed)
{
	double size = fabs(amount);

	if (size < .05)
		size = 0;
	if (amount < 0 && size > 0)
		buf_add_char(cell, '-');
	else if (is_signed && size > 0)
		buf_add_char(cell, '+');
	if (size >= 1e18)
		buf_add_format(cell, "%.3g", size);
	else if (size >= 100 || size == floor(size))
		buf_add_count(cell, (uint64_t)(size + .5));
	else
		buf_add_format(cell, "%.1f", size);
}

static void
add_change(struct buf *cell, const struct view *view,
    const struct change *change)
{
	(void)view;
	buf_add_str(cell, change_name(change->kind));
}

static bool
stands_out(const struct view *view, const struct change *change)
{
	(void)view;
	return change_stands_out(change);
}

static void
add_star(struct buf *cell, const struct view *view, const struct change *change)
{
	buf_add_str(cell, stands_out(view, change) ? "*" : "");
}

static void
add_place(struct buf *cell, const struct site *site)
{
	buf_add(cell, site->file);
	if (site->line.len > 0)
		buf_add_format(cell, ":%.*s", SLICE_ARG(site->line));
}

static void
add_site(struct buf *cell, const struct view *view, const struct change *change)
{
	(void)view;
	add_place(cell, change_site(change));
}

/* ":82", "old.py:82" */
static void
add_was(struct buf *cell, const struct view *view, const struct change *change)
{
	const struct site *old = change->pair.old;

	if (!has_moved(view, change))
		return;
	if (slice_equal(old->file, change->pair.new->file))
		buf_add_format(cell, ":%.*s", SLICE_ARG(old->line));
	else
		add_place(cell, old);
}

static void
add_function(struct buf *cell, const struct view *view,
    const struct change *change)
{
	(void)view;
	buf_add(cell, change_function(change));
}

static void
add_operation(struct buf *cell, const struct view *view,
    const struct change *change)
{
	(void)view;
	buf_add(cell, change_site(change)->operation);
}

static void
add_old(struct buf *cell, const struct view *view, const struct change *change)
{
	(void)view;
	buf_add_count(cell, change->old_count);
}

static void
add_expected(struct buf *cell, const struct view *view,
    const struct change *change)
{
	(void)view;
	add_amount(cell, change->noise.expected, false);
}

static void
add_new(struct buf *cell, const struct view *view, const struct change *change)
{
	(void)view;
	buf_add_count(cell, change->new_count);
}

static void
add_excess(struct buf *cell, const struct view *view,
    const struct change *change)
{
	(void)view;
	add_amount(cell, change->noise.excess, true);
}

static void
add_low(struct buf *cell, const struct view *view, const struct change *change)
{
	if (has_low(view, change))
		add_amount(cell, change->noise.low, true);
}

static void
add_ratio(struct buf *cell, const struct view *view,
    const struct change *change)
{
	(void)view;
	if (change->old_count > 0)
		buf_add_format(cell, "%.2f",
		    (double)change->new_count / (double)change->old_count);
}

static void
add_interval(struct buf *cell, const struct view *view,
    const struct change *change)
{
	if (has_interval(view, change))
		buf_add_format(cell, "%.2f..%.2f", change->noise.ratio_low,
		    change->noise.ratio_high);
}

static void
add_share(struct buf *cell, const struct view *view,
    const struct change *change)
{
	if (has_share(view, change))
		buf_add_format(cell, "%.1f %%", change->share * 100);
}

/* U+2588 is a full block, U+2589 to U+258F are 7 to 1 eighths of one. */
static void
add_blocks(struct buf *cell, size_t steps)
{
	for (; steps >= BAR_STEPS; steps -= BAR_STEPS)
		buf_add_str(cell, "\xe2\x96\x88");
	if (steps > 0) {
		buf_add_str(cell, "\xe2\x96");
		buf_add_char(cell, (char)(0x88 + (BAR_STEPS - steps)));
	}
}

/* The excess beside the largest one. */
static void
add_bar(struct buf *cell, const struct view *view, const struct change *change)
{
	double part = change->noise.excess / view->largest;

	if (!change_rose(change) || !(part > 0))
		return;
	if (view->is_utf8)
		add_blocks(cell, (size_t)ceil(part * BAR_CELLS * BAR_STEPS));
	else
		for (int i = (int)ceil(part * BAR_CELLS); i > 0; i--)
			buf_add_char(cell, '#');
}

static void
add_q(struct buf *cell, const struct view *view, const struct change *change)
{
	if (has_q(view, change))
		buf_add_format(cell, change->noise.q < .001 ? "%.0e" : "%.3f",
		    change->noise.q);
}

/* "shifted", "maybe .52" */
static void
add_match(struct buf *cell, const struct view *view,
    const struct change *change)
{
	double score = change->pair.score;

	if (!has_match(view, change))
		return;
	if (change->pair.twin != NULL) {
		report_add_twin(cell, change);
		return;
	}
	buf_add_str(cell, match_name(change->pair.kind));
	if (score >= 0 && score < .995)
		buf_add_format(cell, " .%02d", (int)(score * 100 + .5));
}

static const struct column columns[] = {
	{ { .name = "" }, false, stands_out, add_star },
	{ { "CHANGE", .drop = 5 }, false, always, add_change },
	{ { "SITE", .narrowest = 14 }, true, has_file, add_site },
	{ { "WAS", .narrowest = 14, .drop = 4 }, false, has_moved, add_was },
	{ { "FUNCTION", .narrowest = 8, .drop = 7 }, true, needs_function,
	    add_function },
	{ { "OPERATION", .narrowest = 9, .drop = 1 }, true, has_operation,
	    add_operation },
	{ { "OLD", .right = true }, false, always, add_old },
	{ { "EXPECTED", .right = true, .drop = 12 }, false, needs_expected,
	    add_expected },
	{ { "NEW", .right = true }, false, always, add_new },
	{ { "EXCESS", .right = true, .drop = 2 }, false, always, add_excess },
	{ { "AT LEAST", .right = true, .drop = 3 }, false, has_low, add_low },
	{ { "RATIO", .right = true, .drop = 8 }, false, always, add_ratio },
	{ { "95 %", .right = true, .drop = 13 }, false, has_interval,
	    add_interval },
	{ { "SHARE", .right = true, .drop = 9 }, false, has_share, add_share },
	{ { "", .drop = 10 }, false, has_share, add_bar },
	{ { "Q", .right = true, .drop = 6 }, false, has_q, add_q },
	{ { "MATCH", .drop = 11 }, false, has_match, add_match },
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static bool
is_needed(const struct view *view, const struct column *column)
{
	for (size_t i = 0; i < view->count; i++)
		if (column->is_needed(view, &view->changes[i]))
			return true;
	return false;
}

/* Fills chosen with the columns that some row needs, and their heads; returns
 * how many. The first that names something stays. */
static size_t
choose(const struct column **chosen, struct grid_column *heads,
    const struct view *view)
{
	bool has_name = false;
	size_t count = 0;

	for (size_t i = 0; i < COLUMNS; i++) {
		if (!is_needed(view, &columns[i]))
			continue;
		chosen[count] = &columns[i];
		heads[count] = columns[i].head;
		if (columns[i].is_name && !has_name) {
			heads[count].drop = 0;
			has_name = true;
		}
		count++;
	}
	return count;
}

/* What may be noise has none. */
static enum grid_color
color_of(const struct change *change)
{
	if (change_stands_out(change))
		return GRID_RED;
	return change_falls_short(change) ? GRID_GREEN : GRID_PLAIN;
}

static void
fill_grid(struct grid *grid, const struct view *view,
    const struct column *const *chosen, size_t count)
{
	struct buf cell = { 0 };

	for (size_t row = 0; row < view->count; row++) {
		const struct change *change = &view->changes[row];

		if (row > 0 && !(change->noise.low > 0) &&
		    change[-1].noise.low > 0)
			grid_add_line(grid,
			    view->is_utf8 ? "\xe2\x94\x80" : "-");
		for (size_t i = 0; i < count; i++) {
			buf_clear(&cell);
			chosen[i]->add(&cell, view, change);
			grid_add(grid, buf_slice(&cell));
			if (i == 0 || chosen[i]->add == add_change ||
			    chosen[i]->add == add_bar)
				grid_paint(grid, color_of(change));
		}
	}
	buf_release(&cell);
}

static void
print_rows(struct output *output, const struct view *view, bool use_color)
{
	const struct column *chosen[COLUMNS];
	struct grid_column heads[COLUMNS];
	size_t count = choose(chosen, heads, view);
	struct grid grid;

	grid_init(&grid, heads, count);
	fill_grid(&grid, view, chosen, count);
	grid_print(&grid, output, grid_width(output), use_color);
	grid_release(&grid);
}

static struct view
make_view(const struct report *report)
{
	struct view view = {
		.changes = report->ranking->changes,
		.count = report->rows,
		.is_equal = report->traffic == TRAFFIC_NONE &&
		    report->ranking->days <= 1,
		.is_utf8 = grid_is_utf8(),
	};

	for (size_t i = 0; i < view.count; i++)
		if (view.changes[i].noise.excess > view.largest)
			view.largest = view.changes[i].noise.excess;
	return view;
}

static bool
has_standing(const struct view *view)
{
	for (size_t i = 0; i < view->count; i++)
		if (change_stands_out(&view->changes[i]))
			return true;
	return false;
}

void
diff_table_print_details(struct output *output, const struct report *report,
    bool use_color)
{
	struct view view = make_view(report);
	size_t width = grid_width(output);
	struct buf text = { 0 };

	if (view.count > 0)
		print_rows(output, &view, use_color);
	grid_print_more(output, report->ranking->count - view.count);
	if (report->suspects != NULL) {
		report_commits(&text, report, COMMITS_SHOWN);
		output_str(output, "\n");
		paragraph_print(output, buf_slice(&text), width, INDENT, false);
		buf_clear(&text);
	}
	if (has_standing(&view))
		buf_add_str(&text, "*: more than noise\n");
	report_caveats(&text, report);
	output_str(output, "\n");
	paragraph_print(output, buf_slice(&text), width, INDENT, use_color);
	buf_release(&text);
}

void
diff_table_print(struct output *output, const struct report *report,
    bool use_color)
{
	struct buf text = { 0 };

	report_sentence(&text, report);
	paragraph_print(output, buf_slice(&text), grid_width(output), 0, false);
	if (report->rows > 0)
		output_str(output, "\n");
	diff_table_print_details(output, report, use_color);
	buf_release(&text);
}
