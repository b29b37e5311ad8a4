/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/lines.h"

#include <string.h>

enum { ESC = 0x1b, BEL = 0x07 };

struct slice
without_bom(struct slice text)
{
	static const char bom[] = "\xef\xbb\xbf";

	return slice_starts(text, bom) ? slice_from(text, strlen(bom)) : text;
}

bool
line_is_coloured(struct slice line)
{
	return slice_chr(line, ESC) != NULL;
}

/* Where a sequence that begins at s (with its ESC) ends: ESC [ parameters
 * final, ESC ] text BEL or ESC \, else ESC and one byte. */
static size_t
sequence_length(struct slice s)
{
	size_t i = 2;

	if (s.len < 2)
		return s.len;
	if (s.ptr[1] == '[') {
		while (i < s.len && s.ptr[i] >= 0x20 && s.ptr[i] < 0x40)
			i++;
		return i < s.len ? i + 1 : i;
	}
	if (s.ptr[1] == ']') {
		while (i < s.len && s.ptr[i] != BEL && s.ptr[i] != ESC)
			i++;
		return i < s.len && s.ptr[i] == BEL ? i + 1 : i;
	}
	return 2;
}

struct slice
line_plain(struct slice line, struct buf *buf)
{
	const char *escape = slice_chr(line, ESC);

	if (escape == NULL)
		return line;
	buf_clear(buf);
	while (escape != NULL) {
		buf_add(buf, slice_between(line.ptr, escape));
		line = slice_from(line, (size_t)(escape - line.ptr));
		line = slice_from(line, sequence_length(line));
		escape = slice_chr(line, ESC);
	}
	buf_add(buf, line);
	return buf_slice(buf);
}
