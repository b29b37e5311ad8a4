/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/text.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

enum { BINARY_LOOK = 8000, TAB = 8 };

static size_t
count_lines(struct slice bytes)
{
	struct slice line;
	size_t count = 0;

	while (slice_cut(&bytes, '\n', &line))
		count++;
	return count;
}

bool
text_is_one(struct slice bytes)
{
	return bytes.len <= TEXT_BYTES_MOST &&
	    slice_chr(slice_head(bytes, BINARY_LOOK), '\0') == NULL &&
	    count_lines(bytes) <= TEXT_LINES_MOST;
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Takes the white space off the front; the result is its columns. */
static uint32_t
take_indent(struct slice *line)
{
	uint32_t columns = 0;

	for (; line->len > 0 && is_blank(*line->ptr);
	     *line = slice_from(*line, 1))
		columns += *line->ptr == '\t' ? TAB - columns % TAB : 1;
	return columns;
}

/* Writes line without its indentation to `to`, one blank for each run of white
 * space and none at the end; the result is what was written. */
static struct slice
squeeze(char *to, struct slice line)
{
	char *end = to;
	bool gap = false;

	for (size_t i = 0; i < line.len; i++) {
		if (is_blank(line.ptr[i])) {
			gap = true;
			continue;
		}
		if (gap)
			*end++ = ' ';
		gap = false;
		*end++ = line.ptr[i];
	}
	return slice_between(to, end);
}

void
text_init(struct text *text, struct slice bytes)
{
	char *end;
	struct slice line;

	text->count = 0;
	text->lines = xcalloc(count_lines(bytes) + 1, sizeof(*text->lines));
	text->bytes = end = xmalloc(bytes.len + 1);
	while (slice_cut(&bytes, '\n', &line)) {
		struct text_line *next = &text->lines[text->count++];

		next->indent = take_indent(&line);
		next->text = squeeze(end, line);
		next->hash = hash_bytes(next->text);
		end += next->text.len;
	}
}

void
text_release(struct text *text)
{
	free(text->lines);
	free(text->bytes);
	*text = (struct text){ 0 };
}
