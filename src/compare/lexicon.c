/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/lexicon.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/hash.h"

struct lexicon_slot {
	uint64_t hash; /* taken for the word itself */
	uint32_t word; /* its number and 1; 0: empty */
};

static void
side_init(struct lexicon_text *side, const struct text *text)
{
	*side = (struct lexicon_text){ .text = text };
	side->lines = xcalloc(text->count + 1, sizeof(*side->lines));
	for (size_t i = 0; i < text->count; i++) {
		side->lines[i].count = UINT32_MAX;
		side->lines[i].norm = -1;
	}
}

void
lexicon_init(struct lexicon *lexicon, const struct text *old,
    const struct text *new)
{
	*lexicon = (struct lexicon){ .slot_room = 256 };
	side_init(&lexicon->old, old);
	side_init(&lexicon->new, new);
	lexicon->slots = xcalloc(lexicon->slot_room, sizeof(*lexicon->slots));
}

void
lexicon_release(struct lexicon *lexicon)
{
	free(lexicon->old.lines);
	free(lexicon->old.words);
	free(lexicon->new.lines);
	free(lexicon->new.words);
	free(lexicon->slots);
	free(lexicon->tally);
}

static struct lexicon_slot *
find_slot(const struct lexicon *lexicon, uint64_t hash)
{
	size_t slot = hash & (lexicon->slot_room - 1);

	while (
	    lexicon->slots[slot].word != 0 && lexicon->slots[slot].hash != hash)
		slot = (slot + 1) & (lexicon->slot_room - 1);
	return &lexicon->slots[slot];
}

static void
grow(struct lexicon *lexicon)
{
	struct lexicon_slot *slots = lexicon->slots;
	size_t room = lexicon->slot_room;

	lexicon->slot_room *= 2;
	lexicon->slots = xcalloc(lexicon->slot_room, sizeof(*slots));
	for (size_t i = 0; i < room; i++) {
		if (slots[i].word != 0)
			*find_slot(lexicon, slots[i].hash) = slots[i];
	}
	free(slots);
}

static uint32_t
number(struct lexicon *lexicon, struct slice word)
{
	uint64_t hash = hash_bytes(word);
	struct lexicon_slot *slot = find_slot(lexicon, hash);

	if (slot->word == 0) {
		*slot = (struct lexicon_slot){ hash, ++lexicon->count };
		if (lexicon->count > lexicon->slot_room / 2) {
			grow(lexicon);
			slot = find_slot(lexicon, hash);
		}
	}
	return slot->word - 1;
}

static bool
in_word(char c)
{
	return ascii_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Takes the next word off a text; empty: there is none. */
static struct slice
take_word(struct slice *text)
{
	const char *at = text->ptr;
	const char *end = text->len == 0 ? at : at + text->len;
	const char *start;

	while (at < end && !in_word(*at))
		at++;
	start = at;
	while (at < end && in_word(*at))
		at++;
	*text = slice_between(at, end);
	return slice_between(start, at);
}

static void
read_line(struct lexicon *lexicon, struct lexicon_text *side, size_t line)
{
	struct lexicon_line *known = &side->lines[line - 1];
	struct slice text = side->text->lines[line - 1].text;
	struct slice word = take_word(&text);

	known->first = side->count;
	for (known->count = 0; word.len > 0 && known->count < LEXICON_LINE_MOST;
	     known->count++) {
		xgrow(&side->words, &side->room, side->count + 1,
		    sizeof(*side->words));
		side->words[side->count++] = number(lexicon, word);
		word = take_word(&text);
	}
}

const uint32_t *
lexicon_words(struct lexicon *lexicon, struct lexicon_text *side, size_t line,
    size_t *count)
{
	struct lexicon_line *known = &side->lines[line - 1];

	if (known->count == UINT32_MAX)
		read_line(lexicon, side, line);
	*count = known->count;
	return known->count == 0 ? NULL : side->words + known->first;
}

/* The context of a line: its lines with words. The result is how many. */
static size_t
context_lines(struct lexicon *lexicon, struct lexicon_text *side, size_t line,
    size_t *lines)
{
	size_t n = 0;
	size_t words;
	size_t found = 0;

	for (size_t i = 1;
	     i < line && i < CONTEXT_REACH && found < CONTEXT_LINES; i++) {
		(void)lexicon_words(lexicon, side, line - i, &words);
		if (words > 0) {
			lines[n++] = line - i;
			found++;
		}
	}
	found = 0;
	for (size_t i = 1; line + i <= side->text->count && i < CONTEXT_REACH &&
	     found < CONTEXT_LINES;
	     i++) {
		(void)lexicon_words(lexicon, side, line + i, &words);
		if (words > 0) {
			lines[n++] = line + i;
			found++;
		}
	}
	return n;
}

/* Adds one to the tally of each word of lines, or takes it off again. The
 * result is the sum of the squares, from what it was, as it grows. */
static double
tally(struct lexicon *lexicon, struct lexicon_text *side, const size_t *lines,
    size_t n, int by)
{
	double squares = 0;
	size_t count;

	for (size_t i = 0; i < n; i++) {
		const uint32_t *words = lexicon_words(lexicon, side, lines[i],
		    &count);

		for (size_t k = 0; k < count; k++) {
			uint32_t *times = &lexicon->tally[words[k]];

			squares += 2 * (double)*times + 1;
			*times += (uint32_t)by;
		}
	}
	return squares;
}

static void
tally_grow(struct lexicon *lexicon)
{
	size_t room = lexicon->tally_room;

	if (lexicon->count <= room)
		return;
	xgrow(&lexicon->tally, &lexicon->tally_room, lexicon->count,
	    sizeof(*lexicon->tally));
	memset(lexicon->tally + room, 0,
	    (lexicon->tally_room - room) * sizeof(*lexicon->tally));
}

/* Leaves the context of a line in the tally, in place of another old line's;
 * finds its norm. */
static void
tally_context(struct lexicon *lexicon, struct lexicon_text *side, size_t line)
{
	size_t lines[2 * CONTEXT_LINES];
	size_t n;

	if (lexicon->context != 0) {
		n = context_lines(lexicon, &lexicon->old, lexicon->context,
		    lines);
		(void)tally(lexicon, &lexicon->old, lines, n, -1);
		lexicon->context = 0;
	}
	n = context_lines(lexicon, side, line, lines);
	tally_grow(lexicon);
	side->lines[line - 1].norm = sqrtf(
	    (float)tally(lexicon, side, lines, n, 1));
	if (side == &lexicon->old)
		lexicon->context = line;
	else
		(void)tally(lexicon, side, lines, n, -1);
}

static double
dot(struct lexicon *lexicon, size_t new)
{
	size_t lines[2 * CONTEXT_LINES];
	size_t n = context_lines(lexicon, &lexicon->new, new, lines);
	double sum = 0;
	size_t count;

	for (size_t i = 0; i < n; i++) {
		const uint32_t *words = lexicon_words(lexicon, &lexicon->new,
		    lines[i], &count);

		for (size_t k = 0; k < count; k++)
			sum += words[k] < lexicon->tally_room ?
			    lexicon->tally[words[k]] :
			    0;
	}
	return sum;
}

double
lexicon_context(struct lexicon *lexicon, size_t old, size_t new)
{
	double old_norm;
	double new_norm;
	double cosine;

	if (lexicon->new.lines[new - 1].norm < 0)
		tally_context(lexicon, &lexicon->new, new);
	if (lexicon->context != old)
		tally_context(lexicon, &lexicon->old, old);
	old_norm = (double)lexicon->old.lines[old - 1].norm;
	new_norm = (double)lexicon->new.lines[new - 1].norm;
	if (old_norm <= 0 || new_norm <= 0)
		return old_norm <= 0 && new_norm <= 0 ? 1 : 0;
	cosine = dot(lexicon, new) / (old_norm * new_norm);
	return cosine < 1 ? cosine : 1;
}
