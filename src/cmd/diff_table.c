/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/diff_table.h"

#include "base/buf.h"
#include "cmd/grid.h"

/* A column of the table: its head, whether a row needs it, and its cell. */
struct column {
	struct grid_column head;
	bool (*is_needed)(const struct change *change);
	void (*add)(struct buf *cell, const struct change *change);
};

static bool
always(const struct change *change)
{
	(void)change;
	return true;
}

static bool
has_file(const struct change *change)
{
	return change_site(change)->file.len > 0;
}

static bool
has_function(const struct change *change)
{
	return change_function(change).len > 0;
}

/* A line says more than its function, and narrow terminals are many. */
static bool
needs_function(const struct change *change)
{
	return has_function(change) && change_site(change)->line.len == 0;
}

static bool
has_operation(const struct change *change)
{
	return change_site(change)->operation.len > 0;
}

static bool
has_expected(const struct change *change)
{
	return change->expected >= 0;
}

static void
add_change(struct buf *cell, const struct change *change)
{
	buf_add_str(cell, change_name(change->kind));
}

static void
add_place(struct buf *cell, const struct site *site)
{
	buf_add(cell, site->file);
	if (site->line.len > 0)
		buf_add_format(cell, ":%.*s", SLICE_ARG(site->line));
}

/* "a.py:28 (was 27)" */
static void
add_site(struct buf *cell, const struct change *change)
{
	const struct site *old = change->pair.old;
	const struct site *new = change->pair.new;

	add_place(cell, change_site(change));
	if (old == NULL || new == NULL ||
	    (slice_equal(old->file, new->file) &&
		slice_equal(old->line, new->line)))
		return;
	buf_add_str(cell, " (was ");
	if (slice_equal(old->file, new->file))
		buf_add(cell, old->line);
	else
		add_place(cell, old);
	buf_add_char(cell, ')');
}

static void
add_function(struct buf *cell, const struct change *change)
{
	buf_add(cell, change_function(change));
}

static void
add_operation(struct buf *cell, const struct change *change)
{
	buf_add(cell, change_site(change)->operation);
}

static void
add_old(struct buf *cell, const struct change *change)
{
	buf_add_count(cell, change->old_count);
}

static void
add_expected(struct buf *cell, const struct change *change)
{
	buf_add_format(cell, "%.1f", change->expected);
}

static void
add_new(struct buf *cell, const struct change *change)
{
	buf_add_count(cell, change->new_count);
}

static void
add_delta(struct buf *cell, const struct change *change)
{
	if (change->new_count != change->old_count)
		buf_add_char(cell,
		    change->new_count < change->old_count ? '-' : '+');
	buf_add_count(cell, change_size(change));
}

static void
add_excess(struct buf *cell, const struct change *change)
{
	buf_add_format(cell, "%+.1f", change->excess);
}

static void
add_ratio(struct buf *cell, const struct change *change)
{
	if (change->old_count > 0)
		buf_add_format(cell, "%.2f",
		    (double)change->new_count / (double)change->old_count);
}

static void
add_share(struct buf *cell, const struct change *change)
{
	if (change->share >= 0)
		buf_add_format(cell, "%.1f %%", change->share * 100);
}

static const struct column columns[] = {
	{ { "CHANGE", false, 0 }, always, add_change },
	{ { "SITE", false, 24 }, has_file, add_site },
	{ { "FUNCTION", false, 8 }, needs_function, add_function },
	{ { "OPERATION", false, 12 }, has_operation, add_operation },
	{ { "OLD", true, 0 }, always, add_old },
	{ { "EXPECTED", true, 0 }, has_expected, add_expected },
	{ { "NEW", true, 0 }, always, add_new },
	{ { "DELTA", true, 0 }, always, add_delta },
	{ { "EXCESS", true, 0 }, has_expected, add_excess },
	{ { "RATIO", true, 0 }, always, add_ratio },
	{ { "SHARE", true, 0 }, always, add_share },
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* Fills chosen with the columns that some row needs; returns how many. */
static size_t
choose(const struct column **chosen, const struct ranking *ranking, size_t rows)
{
	size_t count = 0;

	for (size_t i = 0; i < COLUMNS; i++) {
		bool is_needed = false;

		for (size_t row = 0; row < rows && !is_needed; row++)
			is_needed = columns[i].is_needed(
			    &ranking->changes[row]);
		if (is_needed)
			chosen[count++] = &columns[i];
	}
	return count;
}

static enum grid_color
color_of(const struct change *change)
{
	if (change_rose(change))
		return GRID_RED;
	return change->new_count < change->old_count ? GRID_GREEN : GRID_PLAIN;
}

static void
print_rows(struct output *output, const struct ranking *ranking, size_t rows,
    bool use_color)
{
	const struct column *chosen[COLUMNS];
	struct grid_column heads[COLUMNS];
	size_t count = choose(chosen, ranking, rows);
	struct buf cell = { 0 };
	struct grid grid;

	for (size_t i = 0; i < count; i++)
		heads[i] = chosen[i]->head;
	grid_init(&grid, heads, count);
	for (size_t i = 0; i < rows * count; i++) {
		const struct change *change = &ranking->changes[i / count];

		buf_clear(&cell);
		chosen[i % count]->add(&cell, change);
		grid_add(&grid, buf_slice(&cell));
		if (i % count == 0)
			grid_paint(&grid, color_of(change));
	}
	grid_print(&grid, output, grid_width(output), use_color);
	grid_release(&grid);
	buf_release(&cell);
}

/* "a.py:4 in index, City.load" */
static void
add_subject(struct buf *text, const struct change *change)
{
	struct buf raw = { 0 };

	add_place(&raw, change_site(change));
	if (has_function(change)) {
		buf_add_str(&raw, raw.len > 0 ? " in " : "");
		add_function(&raw, change);
	}
	if (has_operation(change)) {
		buf_add_str(&raw, raw.len > 0 ? ", " : "");
		add_operation(&raw, change);
	}
	buf_add_visible(text, buf_slice(&raw));
	buf_release(&raw);
}

static void
print_sentence(struct output *output, const struct ranking *ranking)
{
	const struct change *worst = ranking->changes;
	struct buf text = { 0 };

	if (ranking->risers == 0) {
		output_str(output, "nothing rose\n");
		return;
	}
	add_subject(&text, worst);
	if (worst->kind == CHANGE_APPEARED) {
		buf_add_str(&text, " appeared with ");
	} else {
		buf_add_str(&text,
		    worst->kind == CHANGE_GREW ? " rose from " : " went from ");
		buf_add_count(&text, worst->old_count);
		buf_add_str(&text, " to ");
	}
	buf_add_count(&text, worst->new_count);
	if (has_expected(worst))
		buf_add_format(&text, ", with %.1f expected", worst->expected);
	buf_add_format(&text, ": %.0f %% of the whole %s\n", worst->share * 100,
	    has_expected(worst) ? "excess" : "rise");
	output_add(output, buf_slice(&text));
	buf_release(&text);
}

void
diff_table_print(struct output *output, const struct ranking *ranking,
    size_t rows, bool use_color)
{
	print_sentence(output, ranking);
	if (rows > 0)
		print_rows(output, ranking, rows, use_color);
}
