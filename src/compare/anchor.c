/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/anchor.h"

#include <stdlib.h>

#include "base/alloc.h"

/*
 * EDITS_MOST bounds the edits that are followed at once, and with them the
 * memory of their paths; LOOKS_MOST how many lines are looked at in all;
 * DEPTH_MOST how deep a range between anchors may lie in others.
 */
enum { EDITS_MOST = 512, DEPTH_MOST = 64 };
static const uint64_t LOOKS_MOST = 40000000;

/* A text as numbers, equal lines having equal ones. */
struct numbered {
	uint32_t *ids;
	uint32_t *seen; /* by id: how often it is in the range at hand */
	size_t count;
};

struct diff {
	struct numbered old;
	struct numbered new;
	uint32_t *place; /* by id: its last line in the range of new */
	size_t *to;
	uint32_t *paths;
	uint64_t looks; /* that are left */
};

/* Lines from first to before last, of each text. */
struct range {
	size_t old, old_end;
	size_t new, new_end;
};

struct pair {
	uint32_t old, new;
};

/* Slots of lines of both texts, those of new behind those of old. */
struct numbering {
	const struct text *old;
	const struct text *new;
	uint32_t *slots; /* a line's number, from 1; 0: empty */
	size_t mask;
};

static const struct text_line *
numbering_line(const struct numbering *numbering, size_t line)
{
	return line < numbering->old->count ?
	    &numbering->old->lines[line] :
	    &numbering->new->lines[line - numbering->old->count];
}

/* The first line that equals this one, itself if there is none. */
static uint32_t
numbering_add(struct numbering *numbering, size_t number)
{
	const struct text_line *line = numbering_line(numbering, number);
	size_t slot = line->hash & numbering->mask;

	for (; numbering->slots[slot] != 0;
	     slot = (slot + 1) & numbering->mask) {
		uint32_t first = numbering->slots[slot] - 1;
		const struct text_line *other = numbering_line(numbering,
		    first);

		if (other->hash == line->hash &&
		    slice_equal(other->text, line->text))
			return first;
	}
	numbering->slots[slot] = (uint32_t)number + 1;
	return (uint32_t)number;
}

static void
number_lines(struct diff *diff, const struct text *old, const struct text *new)
{
	size_t count = old->count + new->count;
	struct numbering numbering = { old, new, NULL, 1 };

	while (numbering.mask < 2 * count)
		numbering.mask = numbering.mask << 1 | 1;
	numbering.slots = xcalloc(numbering.mask + 1, sizeof(uint32_t));
	diff->old.ids = xcalloc(old->count + 1, sizeof(uint32_t));
	diff->new.ids = xcalloc(new->count + 1, sizeof(uint32_t));
	for (size_t i = 0; i < old->count; i++)
		diff->old.ids[i] = numbering_add(&numbering, i);
	for (size_t i = 0; i < new->count; i++)
		diff->new.ids[i] = numbering_add(&numbering, old->count + i);
	free(numbering.slots);
}

static void
diff_init(struct diff *diff, size_t *to, const struct text *old,
    const struct text *new)
{
	size_t ids = old->count + new->count + 1;

	*diff = (struct diff){ .to = to, .looks = LOOKS_MOST };
	number_lines(diff, old, new);
	diff->old.count = old->count;
	diff->new.count = new->count;
	diff->old.seen = xcalloc(ids, sizeof(uint32_t));
	diff->new.seen = xcalloc(ids, sizeof(uint32_t));
	diff->place = xcalloc(ids, sizeof(uint32_t));
	for (size_t i = 0; i < old->count; i++)
		to[i] = 0;
}

static void
diff_release(struct diff *diff)
{
	free(diff->old.ids);
	free(diff->new.ids);
	free(diff->old.seen);
	free(diff->new.seen);
	free(diff->place);
	free(diff->paths);
}

static bool
equal(const struct diff *diff, size_t old, size_t new)
{
	return diff->old.ids[old] == diff->new.ids[new];
}

/* Whether a range has no lines of one text. */
static bool
is_empty(const struct range *range)
{
	return range->old == range->old_end || range->new == range->new_end;
}

/* Takes the equal lines off both ends of a range. */
static void
trim(struct diff *diff, struct range *range)
{
	while (!is_empty(range) && equal(diff, range->old, range->new))
		diff->to[range->old++] = ++range->new;
	while (!is_empty(range) &&
	    equal(diff, range->old_end - 1, range->new_end - 1))
		diff->to[--range->old_end] = range->new_end--;
}

static bool
spend(struct diff *diff, uint64_t looks)
{
	bool enough = diff->looks > looks;

	diff->looks -= enough ? looks : diff->looks;
	return enough;
}

/* Counts the lines of a range; uncount() makes all counts 0 again. */
static void
count(struct diff *diff, const struct range *range)
{
	for (size_t i = range->old; i < range->old_end; i++)
		diff->old.seen[diff->old.ids[i]]++;
	for (size_t i = range->new; i < range->new_end; i++) {
		diff->new.seen[diff->new.ids[i]]++;
		diff->place[diff->new.ids[i]] = (uint32_t)i;
	}
}

static void
uncount(struct diff *diff, const struct range *range)
{
	for (size_t i = range->old; i < range->old_end; i++)
		diff->old.seen[diff->old.ids[i]] = 0;
	for (size_t i = range->new; i < range->new_end; i++)
		diff->new.seen[diff->new.ids[i]] = 0;
}

/* The lines that both sides of a counted range have once, in old's order. */
static size_t
find_unique(const struct diff *diff, const struct range *range,
    struct pair *pairs)
{
	size_t n = 0;

	for (size_t i = range->old; i < range->old_end; i++) {
		uint32_t id = diff->old.ids[i];

		if (diff->old.seen[id] == 1 && diff->new.seen[id] == 1)
			pairs[n++] = (struct pair){ (uint32_t)i,
				diff->place[id] };
	}
	return n;
}

/*
 * Keeps the most pairs that are in new's order too: patience sorting. ends[i]
 * is the pair that ends the best chain of i + 1 pairs so far, before[] the one
 * that each pair follows in its chain.
 */
static size_t
keep_order(struct pair *pairs, size_t n)
{
	size_t *ends = xcalloc(n + 1, sizeof(*ends));
	size_t *before = xcalloc(n + 1, sizeof(*before));
	size_t length = 0;

	for (size_t i = 0; i < n; i++) {
		size_t low = 0;

		for (size_t high = length; low < high;) {
			size_t middle = low + (high - low) / 2;

			if (pairs[ends[middle]].new < pairs[i].new)
				low = middle + 1;
			else
				high = middle;
		}
		before[i] = low == 0 ? i : ends[low - 1];
		ends[low] = i;
		length += low == length;
	}
	for (size_t i = length, at = length == 0 ? 0 : ends[length - 1]; i > 0;
	     at = before[at])
		ends[--i] = at;
	/* ends[i] >= i: no pair is needed after it was written over. */
	for (size_t i = 0; i < length; i++)
		pairs[i] = pairs[ends[i]];
	free(ends);
	free(before);
	return length;
}

/* Those lines of a counted range that the other side has too, as pairs of
 * place and id. */
static size_t
find_shared(const struct numbered *side, const struct numbered *other,
    size_t first, size_t end, struct pair *lines)
{
	size_t n = 0;

	for (size_t i = first; i < end; i++) {
		if (other->seen[side->ids[i]] > 0)
			lines[n++] = (struct pair){ (uint32_t)i, side->ids[i] };
	}
	return n;
}

/*
 * The shortest edit of one list of lines into another. Row d of the paths has,
 * for each diagonal k = x - y = 2i - d, the largest x that d edits reach.
 */
struct edit {
	const struct pair *old, *new;
	size_t old_count, new_count;
	uint32_t *paths;
};

static uint32_t *
edit_row(const struct edit *edit, size_t d)
{
	return edit->paths + d * (d + 1) / 2;
}

/* Where an edit more leads on diagonal i of row d, before equal lines; *down
 * is whether a line of new was put in rather than one of old taken out. */
static uint32_t
edit_step(const struct edit *edit, size_t d, size_t i, bool *down)
{
	const uint32_t *row;

	*down = false;
	if (d == 0)
		return 0;
	row = edit_row(edit, d - 1);
	*down = i < d && (i == 0 || row[i - 1] < row[i]);
	return *down ? row[i] : row[i - 1] + 1;
}

static size_t
edit_slide(const struct edit *edit, size_t x, size_t y)
{
	size_t start = x;

	while (x < edit->old_count && y < edit->new_count &&
	    edit->old[x].new == edit->new[y].new) {
		x++;
		y++;
	}
	return x - start;
}

/* Marks the equal lines on the path to diagonal i of row d. */
static void
edit_mark(const struct edit *edit, size_t *to, size_t d, size_t i)
{
	for (;;) {
		bool down;
		size_t start = edit_step(edit, d, i, &down);
		size_t x = edit_row(edit, d)[i];

		while (x > start) {
			x--;
			to[edit->old[x].old] = edit->new[x + d - 2 * i].old +
			    (size_t)1;
		}
		if (d == 0)
			return;
		i -= !down;
		d--;
	}
}

/* A diagonal of a row, and where on it a path ends. */
struct spot {
	size_t d, i;
	size_t x, y;
};

/* Fills row d; *best is its diagonal that leads furthest. True at the end. */
static bool
edit_fill(struct diff *diff, const struct edit *edit, size_t d,
    struct spot *best)
{
	uint32_t *row = edit_row(edit, d);
	size_t furthest = 0;

	for (size_t i = 0; i <= d; i++) {
		bool down;
		size_t x = edit_step(edit, d, i, &down);
		size_t y = x + d - 2 * i;
		size_t slid = edit_slide(edit, x, y);

		(void)spend(diff, slid + 1);
		row[i] = (uint32_t)(x + slid);
		x += slid;
		y += slid;
		if (x > edit->old_count || y > edit->new_count)
			continue;
		if (x + y >= furthest) {
			furthest = x + y;
			*best = (struct spot){ d, i, x, y };
		}
		if (x == edit->old_count && y == edit->new_count)
			return true;
	}
	return false;
}

/* Follows the edit as far as the bounds allow; what the path leads over is
 * taken off both lists. True if there may be more. */
static bool
edit_some(struct diff *diff, struct edit *edit)
{
	struct spot best = { 0 };
	size_t d = 0;

	while (!edit_fill(diff, edit, d, &best) && d < EDITS_MOST - 1 &&
	    diff->looks > 0)
		d++;
	edit_mark(edit, diff->to, best.d, best.i);
	edit->old += best.x;
	edit->old_count -= best.x;
	edit->new += best.y;
	edit->new_count -= best.y;
	return edit->old_count > 0 && edit->new_count > 0 && diff->looks > 0;
}

/* Finds the shortest edit of a counted range, and uncounts it. */
static void
diff_edit(struct diff *diff, const struct range *range)
{
	struct pair *old = xcalloc(range->old_end - range->old + 1,
	    sizeof(*old));
	struct pair *new = xcalloc(range->new_end - range->new + 1,
	    sizeof(*new));
	struct edit edit = {
		.old = old,
		.new = new,
		.old_count = find_shared(&diff->old, &diff->new, range->old,
		    range->old_end, old),
		.new_count = find_shared(&diff->new, &diff->old, range->new,
		    range->new_end, new),
	};

	uncount(diff, range);
	if (diff->paths == NULL)
		diff->paths = xcalloc((size_t)EDITS_MOST * (EDITS_MOST + 1) / 2,
		    sizeof(uint32_t));
	edit.paths = diff->paths;
	while (
	    edit.old_count > 0 && edit.new_count > 0 && edit_some(diff, &edit))
		continue;
	free(old);
	free(new);
}

static void diff_range(struct diff *diff, struct range range, int depth);

/* The ranges between pairs, which keep their order. */
static void
diff_between(struct diff *diff, const struct range *range,
    const struct pair *pairs, size_t n, int depth)
{
	struct range gap = { .old = range->old, .new = range->new };

	for (size_t i = 0; i <= n; i++) {
		gap.old_end = i < n ? pairs[i].old : range->old_end;
		gap.new_end = i < n ? pairs[i].new : range->new_end;
		diff_range(diff, gap, depth);
		if (i < n) {
			gap.old = gap.old_end + 1;
			gap.new = gap.new_end + 1;
			diff->to[gap.old - 1] = gap.new;
		}
	}
}

static void
diff_range(struct diff *diff, struct range range, int depth)
{
	struct pair *pairs;
	size_t n;

	trim(diff, &range);
	if (is_empty(&range) ||
	    !spend(diff, range.old_end - range.old + range.new_end - range.new))
		return;
	pairs = xcalloc(range.old_end - range.old, sizeof(*pairs));
	count(diff, &range);
	n = find_unique(diff, &range, pairs);
	if (n > 0 && depth < DEPTH_MOST) {
		uncount(diff, &range);
		n = keep_order(pairs, n);
		diff_between(diff, &range, pairs, n, depth + 1);
	} else {
		diff_edit(diff, &range);
	}
	free(pairs);
}

void
anchor_lines(size_t *to, const struct text *old, const struct text *new)
{
	struct range all = { 0, old->count, 0, new->count };
	struct diff diff;

	diff_init(&diff, to, old, new);
	diff_range(&diff, all, 0);
	diff_release(&diff);
}
