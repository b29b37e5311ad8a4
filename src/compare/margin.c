/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/margin.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"

enum { TAB = 8 };

static const char red[] = "\033[31m";
static const char green[] = "\033[32m";
static const char dim[] = "\033[2m";

/* The counts of a line, or of one operation of it. */
struct sums {
	uint64_t old, new;
	double excess;
	bool is_sure; /* of one at least it is more than noise */
};

/* A change and its line in the file: from 1; 0: it has none. */
struct place {
	uint64_t line;
	const struct change *change;
};

/* The places of one line. */
struct group {
	const struct place *places;
	size_t count;
	struct sums sums;
};

struct margin {
	struct slice file;
	const struct margin_options *options;
	struct place *places; /* ordered by line */
	struct group *groups; /* of those with a line of the source */
	size_t count;
	uint64_t lines; /* of the source */
	int old_width, new_width, line_width;
};

static uint64_t
add_up(uint64_t sum, uint64_t more)
{
	return more > UINT64_MAX - sum ? UINT64_MAX : sum + more;
}

static void
sums_add(struct sums *sums, const struct change *change)
{
	sums->old = add_up(sums->old, change->old_count);
	sums->new = add_up(sums->new, change->new_count);
	sums->excess += change->noise.excess;
	if (change_stands_out(change) || change_falls_short(change))
		sums->is_sure = true;
}

static uint64_t
line_of(const struct change *change, struct slice file)
{
	const struct site *new = change->pair.new;
	uint64_t line;

	if (new == NULL || !slice_equal(new->file, file) ||
	    slice_number(new->line, &line) != 0)
		return 0;
	return line;
}

static int
compare_places(const void *a, const void *b)
{
	const struct place *left = a;
	const struct place *right = b;
	const struct site *left_site = change_site(left->change);
	const struct site *right_site = change_site(right->change);
	int order;

	order = (left->line > right->line) - (left->line < right->line);
	if (order == 0) /* those without a line are by their old one */
		order = line_compare(left_site->line, right_site->line);
	if (order == 0)
		order = slice_compare(left_site->operation,
		    right_site->operation);
	return order != 0 ? order :
			    slice_compare(left_site->file, right_site->file);
}

static uint64_t
count_lines(struct slice source)
{
	uint64_t count = 0;
	struct slice line;

	while (slice_cut(&source, '\n', &line))
		count++;
	return count;
}

static void
find_groups(struct margin *margin, size_t place_count)
{
	for (size_t i = 0; i < place_count; i++) {
		const struct place *place = &margin->places[i];
		struct group *group;

		if (place->line == 0 || place->line > margin->lines)
			continue;
		if (margin->count == 0 || place[-1].line != place->line)
			margin->groups[margin->count++].places = place;
		group = &margin->groups[margin->count - 1];
		group->count++;
		sums_add(&group->sums, place->change);
	}
}

static int
width_of(uint64_t number)
{
	struct buf text = { 0 };
	int width;

	buf_add_count(&text, number);
	width = (int)text.len;
	buf_release(&text);
	return width;
}

static void
widen(int *width, uint64_t number)
{
	int needed = width_of(number);

	if (needed > *width)
		*width = needed;
}

static void
find_widths(struct margin *margin)
{
	margin->old_width = (int)sizeof("OLD") - 1;
	margin->new_width = (int)sizeof("NEW") - 1;
	margin->line_width = (int)sizeof("LINE") - 1;
	for (size_t i = 0; i < margin->count; i++) {
		widen(&margin->old_width, margin->groups[i].sums.old);
		widen(&margin->new_width, margin->groups[i].sums.new);
	}
	for (uint64_t lines = margin->lines, width = 1; lines > 0;
	     lines /= 10, width++)
		if ((int)width > margin->line_width)
			margin->line_width = (int)width;
}

static void
margin_init(struct margin *margin, struct slice file,
    const struct change *const *changes, size_t count, struct slice source,
    const struct margin_options *options)
{
	*margin = (struct margin){ .file = file, .options = options };
	margin->places = xcalloc(count, sizeof(margin->places[0]));
	margin->groups = xcalloc(count, sizeof(margin->groups[0]));
	margin->lines = count_lines(source);
	for (size_t i = 0; i < count; i++)
		margin->places[i] = (struct place){
			.line = line_of(changes[i], file),
			.change = changes[i],
		};
	qsort(margin->places, count, sizeof(margin->places[0]), compare_places);
	find_groups(margin, count);
	find_widths(margin);
}

static void
margin_release(struct margin *margin)
{
	free(margin->places);
	free(margin->groups);
}

/* Adds a line of source, which begins in column 0 whatever is before it. */
static void
add_source(struct buf *buf, struct slice line)
{
	size_t column = 0;
	struct slice run;

	if (slice_ends(line, "\r"))
		line = slice_head(line, line.len - 1);
	while (line.len > 0) {
		const char *tab = slice_chr(line, '\t');
		size_t len = tab == NULL ? line.len : (size_t)(tab - line.ptr);
		size_t start = buf->len;

		run = slice_head(line, len);
		buf_add_visible(buf, run);
		column += utf8_count(
		    slice_make(buf->ptr + start, buf->len - start));
		line = slice_from(line, tab == NULL ? len : len + 1);
		if (tab == NULL)
			continue;
		buf_add_format(buf, "%*s", (int)(TAB - column % TAB), "");
		column += TAB - column % TAB;
	}
}

static void
add_right(struct buf *buf, uint64_t number, int width)
{
	buf_add_format(buf, "%*s", width - width_of(number), "");
	buf_add_count(buf, number);
}

static char
mark_of(const struct sums *sums)
{
	if (sums->excess > 0)
		return '+';
	return sums->excess < 0 ? '-' : ' ';
}

static const char *
color_of(const struct margin *margin, const struct sums *sums)
{
	if (!margin->options->use_color || !sums->is_sure)
		return "";
	return sums->excess > 0 ? red : green;
}

/* Both counts, and what follows them up to the number of the line. */
static void
add_counts(struct buf *buf, const struct margin *margin,
    const struct sums *sums)
{
	add_right(buf, sums->old, margin->old_width);
	buf_add_str(buf, "  ");
	add_right(buf, sums->new, margin->new_width);
	buf_add_format(buf, " %c  ", mark_of(sums));
}

static void
end_line(struct buf *buf, const char *color)
{
	while (buf->len > 0 && buf->ptr[buf->len - 1] == ' ')
		buf->len--;
	buf_add_str(buf, color[0] == '\0' ? "\n" : "\033[0m\n");
}

/* " (was :82)", " (was old.py:82)", " (maybe .52)" */
static void
add_match(struct buf *buf, const struct pair *pair)
{
	if (pair->old == NULL || pair->new == NULL)
		return;
	if (!slice_equal(pair->old->file, pair->new->file) ||
	    !slice_equal(pair->old->line, pair->new->line)) {
		buf_add_str(buf, " (was ");
		if (!slice_equal(pair->old->file, pair->new->file))
			buf_add_visible(buf, pair->old->file);
		buf_add_char(buf, ':');
		buf_add_visible(buf, pair->old->line);
		buf_add_char(buf, ')');
	}
	if (pair->kind == MATCH_MAYBE || pair->kind == MATCH_DOUBTFUL)
		buf_add_format(buf, " (%s)", match_name(pair->kind));
}

/* How far the text of a line is indented, in columns. */
static size_t
indent_of(struct slice line)
{
	size_t column = 0;

	for (size_t i = 0; i < line.len; i++)
		if (line.ptr[i] == ' ')
			column++;
		else if (line.ptr[i] == '\t')
			column += TAB - column % TAB;
		else
			break;
	return column;
}

static void
add_operation(struct buf *buf, const struct margin *margin,
    const struct change *change, size_t indent)
{
	struct sums sums = { 0 };
	const char *color;

	sums_add(&sums, change);
	color = color_of(margin, &sums);
	buf_add_str(buf, color);
	add_counts(buf, margin, &sums);
	buf_add_format(buf, "%*s : %*s", margin->line_width, "", (int)indent,
	    "");
	buf_add_visible(buf, change_site(change)->operation);
	add_match(buf, &change->pair);
	end_line(buf, color);
}

/* A line of the source; group is NULL where it has no counts. */
static void
add_line(struct buf *buf, const struct margin *margin,
    const struct group *group, uint64_t number, struct slice line)
{
	const char *color = "";

	if (group == NULL) {
		buf_add_format(buf, "%*s",
		    margin->old_width + margin->new_width + 6, "");
	} else {
		color = color_of(margin, &group->sums);
		buf_add_str(buf, color);
		add_counts(buf, margin, &group->sums);
	}
	buf_add_format(buf, "%*" PRIu64 " | ", margin->line_width, number);
	add_source(buf, line);
	end_line(buf, color);
	if (group == NULL || !margin->options->operations)
		return;
	for (size_t i = 0; i < group->count; i++)
		add_operation(buf, margin, group->places[i].change,
		    indent_of(line));
}

/* Whether a line is near one with counts; next is the first group that is not
 * before it. */
static bool
is_shown(const struct margin *margin, size_t next, uint64_t number)
{
	uint64_t context = margin->options->context;

	if (context == UINT64_MAX)
		return true;
	if (next < margin->count &&
	    margin->groups[next].places->line - number <= context)
		return true;
	return next > 0 &&
	    number - margin->groups[next - 1].places->line <= context;
}

static void
add_lines(struct buf *buf, const struct margin *margin, struct slice source)
{
	uint64_t shown = 0; /* the last one that was, or 0 */
	size_t next = 0;
	struct slice line;

	for (uint64_t n = 1; slice_cut(&source, '\n', &line); n++) {
		bool has_counts = next < margin->count &&
		    margin->groups[next].places->line == n;

		if (is_shown(margin, next, n)) {
			if (shown > 0 && shown + 1 < n)
				buf_add_str(buf, "--\n");
			add_line(buf, margin,
			    has_counts ? &margin->groups[next] : NULL, n, line);
			shown = n;
		}
		if (has_counts)
			next++;
	}
}

static void
add_head(struct buf *buf, const struct margin *margin)
{
	bool use_color = margin->options->use_color;

	buf_add_format(buf, "%s%*s  %*s    %*s%s\n", use_color ? dim : "",
	    margin->old_width, "OLD", margin->new_width, "NEW",
	    margin->line_width, "LINE", use_color ? "\033[0m" : "");
}

/* "UserData.put 120 -> 0" */
static void
add_change(struct buf *buf, const struct change *change)
{
	buf_add_visible(buf, change_site(change)->operation);
	buf_add_char(buf, ' ');
	buf_add_count(buf, change->old_count);
	buf_add_str(buf, " -> ");
	buf_add_count(buf, change->new_count);
}

static const char *
why_lost(const struct margin *margin, const struct change *change)
{
	if (change->pair.new == NULL)
		return "gone";
	return slice_equal(change->pair.new->file, margin->file) ?
	    "on no line" :
	    "moved to";
}

/* What has no line here, and why. */
static void
add_lost(struct buf *buf, const struct margin *margin,
    const struct place *place)
{
	const struct site *site = change_site(place->change);

	if (place->line > 0) {
		buf_add_format(buf,
		    "line %" PRIu64 " is beyond the end of the file, %" PRIu64
		    ": ",
		    place->line, margin->lines);
		add_change(buf, place->change);
		buf_add_str(buf, "; is this the revision that ran?\n");
		return;
	}
	buf_add_format(buf, "%s: ", why_lost(margin, place->change));
	buf_add_visible(buf, site->file);
	if (site->line.len > 0)
		buf_add_char(buf, ':');
	buf_add_visible(buf, site->line);
	buf_add_char(buf, ' ');
	add_change(buf, place->change);
	buf_add_char(buf, '\n');
}

void
margin_add(struct buf *buf, struct slice file,
    const struct change *const *changes, size_t count, struct slice source,
    const struct margin_options *options)
{
	struct margin margin;

	margin_init(&margin, file, changes, count, source, options);
	add_head(buf, &margin);
	add_lines(buf, &margin, source);
	for (size_t i = 0; i < count; i++)
		if (margin.places[i].line == 0 ||
		    margin.places[i].line > margin.lines)
			add_lost(buf, &margin, &margin.places[i]);
	margin_release(&margin);
}
