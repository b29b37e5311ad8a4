/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/align.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "compare/anchor.h"
#include "compare/enclosing.h"
#include "compare/lexicon.h"
#include "compare/nominee.h"
#include "compare/similar.h"

enum { PARTS_MOST = 8 };
static const double ALIKE_WEIGHT = .6;
static const double CONTEXT_WEIGHT = .4;
static const double SCORE_LEAST = .45;
static const double GLUED_LEAST = .85;
static const double HOME_BONUS = .05;

/*
 * Bounds for texts that have little in common: what all comparisons cost (each
 * COMPARE_COST, and a step for each byte and 64 bytes), and how much of the
 * index is looked at.
 */
enum {
	COST_TOTAL = 200000000,
	COMPARE_COST = 200,
	NOMINEES_LEAST = 3,
	LOOKS_TOTAL = 40000000,
	LOOKS_LEAST = 16,
	LOOKS_MOST = 4096
};

struct work {
	const struct text *old;
	const struct text *new;
	struct align *align;
	struct lexicon lexicon;
	size_t *expected; /* by old line: where it would be by its neighbours */
	struct slice *old_homes; /* by line: the function it is in */
	struct slice *new_homes;
	struct candidate *candidates;
	size_t count, room;
	struct buf glued;
};

struct candidate {
	uint32_t from, to;
	uint32_t olds, news; /* lines from there on: 1, or what is joined, or
				what it is split into */
	double score;
	double rank; /* the score, and more within one function */
	size_t shift;
};

static void
take(struct work *work, size_t from, size_t to, enum align_kind kind,
    double score)
{
	work->align->lines[from - 1] = (struct align_line){ to, kind, score };
	work->align->from[to - 1] = from;
}

static bool
same(const struct work *work, size_t from, size_t to)
{
	const struct text_line *a = &work->old->lines[from - 1];
	const struct text_line *b = &work->new->lines[to - 1];

	return a->hash == b->hash && slice_equal(a->text, b->text);
}

static void
take_anchors(struct work *work)
{
	size_t *to = xcalloc(work->old->count + 1, sizeof(*to));

	anchor_lines(to, work->old, work->new);
	for (size_t i = 0; i < work->old->count; i++) {
		if (to[i] != 0)
			take(work, i + 1, to[i], ALIGN_SAME, 1);
	}
	free(to);
}

/* Each free line is expected to keep its distance to the last line above it
 * that is not free, or where there is none to the first below. */
static void
expect(struct work *work)
{
	const struct align_line *lines = work->align->lines;
	size_t count = work->old->count;
	size_t near = 0;

	for (size_t line = 1; line <= count; line++) {
		if (lines[line - 1].to != 0)
			near = line;
		work->expected[line - 1] = near == 0 ?
		    0 :
		    lines[near - 1].to + (line - near);
	}
	near = 0;
	for (size_t line = count; line > 0; line--) {
		size_t to;

		if (lines[line - 1].to != 0)
			near = line;
		if (near == 0)
			continue;
		to = lines[near - 1].to;
		to = to > near - line ? to - (near - line) : 1;
		if (work->expected[line - 1] == 0)
			work->expected[line - 1] = to;
	}
}

static size_t
shift(size_t a, size_t b)
{
	return a < b ? b - a : a - b;
}

/* Adds what reaches the least score. */
static void
add_candidate(struct work *work, struct candidate candidate)
{
	struct slice home = work->old_homes[candidate.from - 1];

	if (candidate.score < SCORE_LEAST)
		return;
	xgrow(&work->candidates, &work->room, work->count + 1,
	    sizeof(*work->candidates));
	candidate.rank = candidate.score;
	if (home.len > 0 &&
	    slice_equal(home, work->new_homes[candidate.to - 1]))
		candidate.rank += HOME_BONUS;
	candidate.shift = shift(candidate.to,
	    work->expected[candidate.from - 1]);
	work->candidates[work->count++] = candidate;
}

static bool
is_free(const struct work *work, const struct text *text, size_t line)
{
	return text == work->old ? work->align->lines[line - 1].to == 0 :
				   work->align->from[line - 1] == 0;
}

/*
 * How alike a line and the free lines from `first` on in the other text are,
 * glued together; *lines is how many are the most alike. 0 unless there are two
 * that together are about as long.
 */
static double
glued_alike(struct work *work, struct slice whole, const struct text *parts,
    size_t first, uint32_t *lines)
{
	struct similar similar;
	double best = 0;

	buf_clear(&work->glued);
	for (size_t i = 0; i < PARTS_MOST && first + i <= parts->count; i++) {
		struct slice part = parts->lines[first + i - 1].text;
		double alike;

		if (!is_free(work, parts, first + i) || part.len == 0 ||
		    work->glued.len + part.len > whole.len + whole.len / 4)
			break;
		if (i > 0)
			buf_add_char(&work->glued, ' ');
		buf_add(&work->glued, part);
		if (i == 0 || work->glued.len < whole.len - whole.len / 4)
			continue;
		if (best <= 0)
			similar_init(&similar, whole);
		alike = similar_to(&similar, buf_slice(&work->glued));
		if (alike > best) {
			best = alike;
			*lines = (uint32_t)i + 1;
		}
	}
	return best;
}

/* Adds the pair once more if one of the lines and those that follow it make up
 * the other: a line that was split, or lines that were joined. */
static void
add_glued(struct work *work, struct candidate pair, double alike)
{
	struct slice old = work->old->lines[pair.from - 1].text;
	struct slice new = work->new->lines[pair.to - 1].text;
	double glued = 0;

	if (new.len < old.len)
		glued = glued_alike(work, old, work->new, pair.to, &pair.news);
	else if (old.len < new.len)
		glued = glued_alike(work, new, work->old, pair.from,
		    &pair.olds);
	if (glued < GLUED_LEAST || glued <= alike)
		return;
	pair.score += ALIKE_WEIGHT * (glued - alike);
	add_candidate(work, pair);
}

static void
add_candidates(struct work *work, size_t from, const size_t *lines, size_t n)
{
	struct similar similar;

	similar_init(&similar, work->old->lines[from - 1].text);
	for (size_t i = 0; i < n; i++) {
		struct candidate pair = { .from = (uint32_t)from,
			.to = (uint32_t)lines[i],
			.olds = 1,
			.news = 1 };
		double alike;

		pair.score = CONTEXT_WEIGHT *
		    lexicon_context(&work->lexicon, from, lines[i]);
		if (pair.score + ALIKE_WEIGHT < SCORE_LEAST)
			continue;
		alike = similar_to(&similar,
		    work->new->lines[lines[i] - 1].text);
		pair.score += ALIKE_WEIGHT * alike;
		add_candidate(work, pair);
		add_glued(work, pair, alike);
	}
}

static size_t
bound(uint64_t n, size_t least, size_t most)
{
	return n < least ? least : n > most ? most : (size_t)n;
}

/* The free old lines, and how much one comparison of each is in all. */
static size_t
count_free(const struct work *work, uint64_t *cost)
{
	size_t n = 0;

	*cost = 0;
	for (size_t i = 0; i < work->old->count; i++) {
		size_t len =
		    slice_head(work->old->lines[i].text, SIMILAR_MOST).len;

		if (work->align->lines[i].to != 0)
			continue;
		*cost += COMPARE_COST + len * (len / 64 + 1);
		n++;
	}
	return n;
}

static void
find_candidates(struct work *work)
{
	uint64_t cost;
	size_t n = count_free(work, &cost);
	size_t found[NOMINEES_MOST];
	struct nominees nominees;
	size_t most;

	if (n == 0)
		return;
	work->old_homes = xcalloc(work->old->count + 1, sizeof(struct slice));
	work->new_homes = xcalloc(work->new->count + 1, sizeof(struct slice));
	enclosing_names(work->old_homes, work->old);
	enclosing_names(work->new_homes, work->new);
	most = bound(COST_TOTAL / cost, NOMINEES_LEAST, NOMINEES_MOST);
	nominees_init(&nominees, &work->lexicon, work->align->from,
	    bound(LOOKS_TOTAL / n, LOOKS_LEAST, LOOKS_MOST));
	for (size_t line = 1; line <= work->old->count; line++) {
		if (work->align->lines[line - 1].to != 0)
			continue;
		add_candidates(work, line, found,
		    nominees_find(&nominees, line, work->expected[line - 1],
			found, most));
	}
	nominees_release(&nominees);
}

static int
compare_candidates(const void *left, const void *right)
{
	const struct candidate *a = left;
	const struct candidate *b = right;

	if (a->rank != b->rank)
		return a->rank > b->rank ? -1 : 1;
	if (a->shift != b->shift)
		return a->shift < b->shift ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
}

static bool
all_free(const struct work *work, const struct candidate *pair)
{
	for (size_t i = 0; i < pair->olds; i++) {
		if (!is_free(work, work->old, pair->from + i))
			return false;
	}
	for (size_t i = 0; i < pair->news; i++) {
		if (!is_free(work, work->new, pair->to + i))
			return false;
	}
	return true;
}

static void
take_candidate(struct work *work, const struct candidate *pair)
{
	enum align_kind kind = pair->news > 1 ? ALIGN_SPLIT : ALIGN_EDITED;

	for (size_t i = pair->olds; i > 0; i--)
		take(work, pair->from + i - 1, pair->to, kind, pair->score);
	for (size_t i = 1; i < pair->news; i++)
		work->align->from[pair->to + i - 1] = pair->from;
}

static void
take_candidates(struct work *work)
{
	if (work->count == 0)
		return;
	qsort(work->candidates, work->count, sizeof(*work->candidates),
	    compare_candidates);
	for (size_t i = 0; i < work->count; i++) {
		if (all_free(work, &work->candidates[i]))
			take_candidate(work, &work->candidates[i]);
	}
}

/* Takes `to` for a free line if it is free too, and the same. */
static void
take_same(struct work *work, size_t from, size_t to)
{
	if (to > 0 && to <= work->new->count &&
	    is_free(work, work->old, from) && is_free(work, work->new, to) &&
	    same(work, from, to))
		take(work, from, to, ALIGN_EDITED,
		    ALIKE_WEIGHT +
			CONTEXT_WEIGHT *
			    lexicon_context(&work->lexicon, from, to));
}

/* Lines that are no one's candidates, having no words, go where the lines next
 * to them went. */
static void
take_neighbours(struct work *work)
{
	const struct align_line *lines = work->align->lines;
	size_t count = work->old->count;

	for (size_t line = 2; line <= count; line++) {
		if (lines[line - 2].to != 0)
			take_same(work, line, lines[line - 2].to + 1);
	}
	for (size_t line = count; line-- > 1;) {
		if (lines[line].to != 0)
			take_same(work, line, lines[line].to - 1);
	}
}

void
align_init(struct align *align, const struct text *old, const struct text *new)
{
	struct work work = { .old = old, .new = new, .align = align };

	align->lines = xcalloc(old->count + 1, sizeof(*align->lines));
	align->count = old->count;
	align->from = xcalloc(new->count + 1, sizeof(*align->from));
	align->from_count = new->count;
	work.expected = xcalloc(old->count + 1, sizeof(*work.expected));
	lexicon_init(&work.lexicon, old, new);
	take_anchors(&work);
	expect(&work);
	find_candidates(&work);
	take_candidates(&work);
	take_neighbours(&work);
	lexicon_release(&work.lexicon);
	free(work.old_homes);
	free(work.new_homes);
	free(work.candidates);
	buf_release(&work.glued);
	free(work.expected);
}

void
align_release(struct align *align)
{
	free(align->lines);
	free(align->from);
	*align = (struct align){ 0 };
}

/* A line's neighbourhood as a text of its own, in which *line is the line. What
 * it costs to look at one line must not depend on how many there are. */
static struct text
around(const struct text *text, size_t *line)
{
	size_t above = *line > CONTEXT_REACH ? *line - CONTEXT_REACH : 0;
	size_t count = text->count - above;

	*line -= above;
	if (count > *line + CONTEXT_REACH)
		count = *line + CONTEXT_REACH;
	return (struct text){ .lines = text->lines + above, .count = count };
}

double
align_score(const struct text *old, size_t from, const struct text *new,
    size_t to)
{
	struct text old_part = around(old, &from);
	struct text new_part = around(new, &to);
	struct lexicon lexicon;
	struct similar similar;
	double score;

	lexicon_init(&lexicon, &old_part, &new_part);
	similar_init(&similar, old_part.lines[from - 1].text);
	score = CONTEXT_WEIGHT * lexicon_context(&lexicon, from, to) +
	    ALIKE_WEIGHT * similar_to(&similar, new_part.lines[to - 1].text);
	lexicon_release(&lexicon);
	return score;
}
