/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/nominee.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

static int
compare_words(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left;
	uint32_t b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

/* The different words of a line, in order; the result is how many. */
static size_t
line_words(struct lexicon *lexicon, struct lexicon_text *side, size_t line,
    uint32_t *words)
{
	size_t count;
	size_t n = 0;
	const uint32_t *all = lexicon_words(lexicon, side, line, &count);

	if (count == 0)
		return 0;
	memcpy(words, all, count * sizeof(*words));
	qsort(words, count, sizeof(*words), compare_words);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || words[i] != words[i - 1])
			words[n++] = words[i];
	}
	return n;
}

/* Counts the free lines of each word, in starts[word + 1]. */
static void
count_lines(struct nominees *nominees, const size_t *taken)
{
	struct lexicon *lexicon = nominees->lexicon;
	uint32_t words[LEXICON_LINE_MOST];
	size_t room = 0;

	for (size_t line = 1; line <= lexicon->new.text->count; line++) {
		size_t before = room;
		size_t n;

		if (taken[line - 1] != 0)
			continue;
		n = line_words(lexicon, &lexicon->new, line, words);
		xgrow(&nominees->starts, &room, (size_t)lexicon->count + 1,
		    sizeof(*nominees->starts));
		memset(nominees->starts + before, 0,
		    (room - before) * sizeof(*nominees->starts));
		for (size_t i = 0; i < n; i++)
			nominees->starts[words[i] + 1]++;
		nominees->free += n > 0;
		nominees->words = lexicon->count;
	}
}

static void
put_lines(struct nominees *nominees, const size_t *taken)
{
	struct lexicon *lexicon = nominees->lexicon;
	uint32_t words[LEXICON_LINE_MOST];
	uint32_t *next = xcalloc(nominees->words + 1, sizeof(*next));

	memcpy(next, nominees->starts, nominees->words * sizeof(*next));
	for (size_t line = 1; line <= lexicon->new.text->count; line++) {
		size_t n;

		if (taken[line - 1] != 0)
			continue;
		n = line_words(lexicon, &lexicon->new, line, words);
		for (size_t i = 0; i < n; i++)
			nominees->lines[next[words[i]]++] = (uint32_t)line;
	}
	free(next);
}

void
nominees_init(struct nominees *nominees, struct lexicon *lexicon,
    const size_t *taken, size_t looks)
{
	*nominees = (struct nominees){ .lexicon = lexicon, .looks = looks };
	count_lines(nominees, taken);
	if (nominees->words == 0)
		return;
	for (size_t i = 0; i < nominees->words; i++)
		nominees->starts[i + 1] += nominees->starts[i];
	nominees->lines = xcalloc(nominees->starts[nominees->words] + (size_t)1,
	    sizeof(uint32_t));
	put_lines(nominees, taken);
	nominees->sums = xcalloc(lexicon->new.text->count + 1,
	    sizeof(*nominees->sums));
	nominees->touched = xcalloc(looks + 1, sizeof(*nominees->touched));
}

void
nominees_release(struct nominees *nominees)
{
	free(nominees->starts);
	free(nominees->lines);
	free(nominees->sums);
	free(nominees->touched);
}

static size_t
distance(size_t a, size_t b)
{
	return a < b ? b - a : a - b;
}

/* A word and how many free lines have it. */
struct common {
	uint32_t lines, word;
};

static int
compare_common(const void *left, const void *right)
{
	const struct common *a = left;
	const struct common *b = right;

	if (a->lines != b->lines)
		return a->lines < b->lines ? -1 : 1;
	return a->word < b->word ? -1 : a->word > b->word;
}

/* The words of an old line that the index has, the rarest first. */
static size_t
rarest_words(struct nominees *nominees, size_t old, struct common *words)
{
	uint32_t all[LEXICON_LINE_MOST];
	size_t count = line_words(nominees->lexicon, &nominees->lexicon->old,
	    old, all);
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		const uint32_t *start;

		if (all[i] >= nominees->words)
			continue;
		start = nominees->starts + all[i];
		if (start[1] > start[0])
			words[n++] = (struct common){ start[1] - start[0],
				all[i] };
	}
	qsort(words, n, sizeof(*words), compare_common);
	return n;
}

/* The first of a word's lines to look at, so that the n around the expected
 * one are seen. */
static uint32_t
first_near(const uint32_t *lines, uint32_t count, size_t expected, size_t n)
{
	uint32_t low = 0;

	if (count <= n)
		return 0;
	for (uint32_t high = count; low < high;) {
		uint32_t middle = low + (high - low) / 2;

		if (lines[middle] < expected)
			low = middle + 1;
		else
			high = middle;
	}
	low = low > n / 2 ? low - (uint32_t)(n / 2) : 0;
	return low + n > count ? count - (uint32_t)n : low;
}

/* Sums up the words that the lines share with the old line; the result is how
 * many lines were touched. */
static size_t
sum_words(struct nominees *nominees, size_t old, size_t expected)
{
	struct common words[LEXICON_LINE_MOST] = { 0 };
	size_t count = rarest_words(nominees, old, words);
	size_t left = nominees->looks;
	size_t touched = 0;

	for (size_t i = 0; i < count && left > 0; i++) {
		const uint32_t *lines = nominees->lines +
		    nominees->starts[words[i].word];
		uint32_t first = first_near(lines, words[i].lines, expected,
		    left);
		size_t n = words[i].lines < left ? words[i].lines : left;
		double worth = log1p(
		    (double)nominees->free / (double)words[i].lines);

		for (size_t k = 0; k < n; k++) {
			double *sum = &nominees->sums[lines[first + k] - 1];

			if (*sum <= 0)
				nominees->touched[touched++] = lines[first + k];
			*sum += worth;
		}
		left -= n;
	}
	return touched;
}

/* Puts a line among those found, of which there are n, if it is better. */
static size_t
put_found(const struct nominees *nominees, size_t line, size_t expected,
    size_t *found, size_t n, size_t most)
{
	double sum = nominees->sums[line - 1];
	size_t at = n;

	while (at > 0) {
		double other = nominees->sums[found[at - 1] - 1];

		if (other > sum ||
		    (other >= sum &&
			distance(found[at - 1], expected) <=
			    distance(line, expected)))
			break;
		at--;
	}
	if (at == most)
		return n;
	if (n == most)
		n--;
	memmove(found + at + 1, found + at, (n - at) * sizeof(*found));
	found[at] = line;
	return n + 1;
}

size_t
nominees_find(struct nominees *nominees, size_t old, size_t expected,
    size_t *found, size_t most)
{
	size_t touched = nominees->words == 0 ?
	    0 :
	    sum_words(nominees, old, expected);
	size_t n = 0;

	for (size_t i = 0; i < touched; i++)
		n = put_found(nominees, nominees->touched[i], expected, found,
		    n, most);
	for (size_t i = 0; i < touched; i++)
		nominees->sums[nominees->touched[i] - 1] = 0;
	return n;
}
