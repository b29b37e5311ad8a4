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
	char *to;

	if (escape == NULL)
		return line;
	buf_clear(buf);
	to = buf_reserve(buf, line.len);
	while (escape != NULL) {
		size_t len = (size_t)(escape - line.ptr);

		memcpy(to, line.ptr, len);
		to += len;
		line = slice_from(line, len);
		while (line.len > 0 && line.ptr[0] == ESC)
			line = slice_from(line, sequence_length(line));
		escape = slice_chr(line, ESC);
	}
	if (line.len > 0)
		memcpy(to, line.ptr, line.len);
	buf->len = (size_t)(to - buf->ptr) + line.len;
	return buf_slice(buf);
}

struct slice
line_skip_colours(struct slice line)
{
	const char *at = line.ptr;
	const char *end = line.ptr + line.len;

	for (;;) {
		const char *code = at;

		while (at < end && *at == ' ')
			code = ++at;
		if (end - at < 2 || at[0] != ESC || at[1] != '[')
			break;
		for (code += 2; code < end && *code >= '0' && *code <= ';';)
			code++;
		if (code == end || *code != 'm')
			break;
		at = code + 1;
	}
	return slice_between(at, end);
}

const char *
line_find(struct slice line, const char *literal)
{
	size_t len = strlen(literal);
	const char *at = line.ptr;
	const char *end;

	if (line.len < len)
		return NULL;
	end = line.ptr + line.len - len + 1;
	while (at < end) {
		at = memchr(at, literal[0], (size_t)(end - at));
		if (at == NULL || memcmp(at, literal, len) == 0)
			return at;
		at++;
	}
	return NULL;
}
