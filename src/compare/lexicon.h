/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_LEXICON_H
#define COMPARE_LEXICON_H

/*
 * The words of lines, as numbers, and how alike the contexts of two lines are
 * by them. A word is a run of letters, digits, underscores and bytes from 0x80
 * on; each has one number for both texts. Only the first LEXICON_LINE_MOST
 * words of a line are seen. Pure: no I/O.
 *
 * The context of a line is the words of the CONTEXT_LINES lines above it and
 * of as many below that have words, nearer than CONTEXT_REACH: blank lines and
 * lone braces tell nothing.
 *
 * Lines are read when they are first asked for, so a lexicon costs what is
 * looked at, not what there is.
 */

#include <stddef.h>
#include <stdint.h>

#include "compare/text.h"

enum { LEXICON_LINE_MOST = 128, CONTEXT_LINES = 4, CONTEXT_REACH = 64 };

struct lexicon_line {
	size_t first;   /* its words are words[first] and those behind it */
	uint32_t count; /* UINT32_MAX: not read yet */
	float norm;     /* of its context; below 0: not known yet */
};

/* What is known of one text. */
struct lexicon_text {
	const struct text *text;
	struct lexicon_line *lines;
	uint32_t *words;
	size_t count, room;
};

struct lexicon {
	struct lexicon_text old;
	struct lexicon_text new;
	/* The numbers of words, by hash: open addressing, a power of two. */
	struct lexicon_slot *slots;
	size_t slot_room;
	uint32_t count;  /* words there are, numbered from 0 */
	uint32_t *tally; /* by word: how often it is in the context at hand */
	size_t tally_room;
	size_t context; /* the old line whose context is in tally; 0: none */
};

/* The texts must outlive the lexicon. */
void lexicon_init(struct lexicon *lexicon, const struct text *old,
    const struct text *new);
void lexicon_release(struct lexicon *lexicon);

/* The words of a line (from 1) of lexicon->old or ->new, in its order. They
 * are valid until the next call for that text. */
const uint32_t *lexicon_words(struct lexicon *lexicon,
    struct lexicon_text *side, size_t line, size_t *count);

/* The cosine of the contexts of an old and a new line, each as a bag of words:
 * 0 to 1, and 1 where neither has words. Asking for many new lines of one old
 * line is cheap. */
double lexicon_context(struct lexicon *lexicon, size_t old, size_t new);

#endif
