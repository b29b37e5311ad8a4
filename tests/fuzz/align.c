/* SPDX-License-Identifier: MIT */
/*
 * Two texts, cut at the first NUL (else in the middle), are aligned: what went
 * where is within both, and each new line has the old line that has it.
 */
#include "config.h"

#include <stdlib.h>

#include "compare/align.h"
#include "compare/enclosing.h"

#include "fuzz.h"

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static void
check_line(const struct align *align, const struct text *old,
    const struct text *new, size_t line)
{
	const struct align_line *at = &align->lines[line - 1];
	const struct text_line *from = &old->lines[line - 1];
	size_t first;

	need(at->score >= 0 && at->score <= 1);
	need((at->to == 0) == (at->kind == ALIGN_GONE));
	if (at->to == 0)
		return;
	need(at->to <= new->count);
	need(at->score >= .45);
	/* Of lines that were joined the first is what the new one is from. */
	first = align->from[at->to - 1];
	need(first > 0 && first <= line);
	for (size_t i = first; i <= line; i++)
		need(align->lines[i - 1].to == at->to);
	if (at->kind == ALIGN_SAME)
		need(first == line &&
		    slice_equal(from->text, new->lines[at->to - 1].text));
}

static void
check_from(const struct align *align, size_t line)
{
	size_t from = align->from[line - 1];
	size_t to;

	if (from == 0)
		return;
	need(from <= align->count);
	to = align->lines[from - 1].to;
	need(to > 0 && to <= line);
	need(to == line || align->lines[from - 1].kind == ALIGN_SPLIT);
	for (size_t i = to; i <= line; i++)
		need(align->from[i - 1] == from);
}

static void
check_enclosing(const struct text *text)
{
	struct slice *names = calloc(text->count + 1, sizeof(*names));
	struct enclosing around;

	need(names != NULL);
	enclosing_names(names, text);
	for (size_t line = 1; line <= text->count; line++) {
		bool found = enclosing_find(&around, text, line);

		need(found == (names[line - 1].len > 0));
		need(!found || slice_equal(around.name, names[line - 1]));
		need(!found || (around.first <= line && line <= around.last));
	}
	free(names);
}

static void
check_align(const struct text *old, const struct text *new)
{
	struct align align;

	align_init(&align, old, new);
	need(align.count == old->count && align.from_count == new->count);
	for (size_t line = 1; line <= old->count; line++)
		check_line(&align, old, new, line);
	for (size_t line = 1; line <= new->count; line++)
		check_from(&align, line);
	if (old->count > 0 && new->count > 0) {
		double score = align_score(old, old->count, new, 1);

		need(score >= 0 && score <= 1);
	}
	align_release(&align);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = slice_make((const char *)data, size);
	const char *cut = slice_chr(all, '\0');
	size_t at = cut == NULL ? size / 2 : (size_t)(cut - all.ptr);
	struct slice rest = slice_from(all, at);
	struct text old;
	struct text new;

	text_init(&old, slice_head(all, at));
	text_init(&new, slice_from(rest, cut == NULL ? 0 : 1));
	check_align(&old, &new);
	check_enclosing(&old);
	check_enclosing(&new);
	text_release(&old);
	text_release(&new);
	return 0;
}
