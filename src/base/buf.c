/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/buf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/msg.h"

void
buf_release(struct buf *buf)
{
	free(buf->ptr);
	*buf = (struct buf){ 0 };
}

char *
buf_reserve(struct buf *buf, size_t n)
{
	if (n <= buf->room - buf->len && buf->room > 0)
		return buf->ptr + buf->len;
	if (n > SIZE_MAX - buf->len)
		msg_out_of_memory();
	xgrow(&buf->ptr, &buf->room, buf->len + n, 1);
	return buf->ptr + buf->len;
}

void
buf_add(struct buf *buf, struct slice bytes)
{
	if (bytes.len == 0)
		return;
	memcpy(buf_reserve(buf, bytes.len), bytes.ptr, bytes.len);
	buf->len += bytes.len;
}

void
buf_add_str(struct buf *buf, const char *string)
{
	buf_add(buf, slice_str(string));
}

void
buf_add_char(struct buf *buf, char c)
{
	*buf_reserve(buf, 1) = c;
	buf->len++;
}

void
buf_add_format(struct buf *buf, const char *format, ...)
{
	char room[64]; /* most are numbers: no memory is asked for */
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vsnprintf(room, sizeof(room), format, args);
	va_end(args);
	if (len >= 0 && (size_t)len < sizeof(room)) {
		buf_add(buf, slice_make(room, (size_t)len));
		return;
	}
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		msg_out_of_memory();
	va_end(args);
	buf_add_str(buf, text);
	free(text);
}

void
buf_drop(struct buf *buf, size_t n)
{
	if (n == 0)
		return;
	buf->len -= n;
	memmove(buf->ptr, buf->ptr + n, buf->len);
}

/* Whether byte c may stand second in a UTF-8 sequence that starts with lead
 * (RFC 3629, section 4: no overlong forms, no surrogates, at most U+10FFFF). */
static bool
second_fits(unsigned char lead, unsigned char c)
{
	switch (lead) {
	case 0xe0:
		return c >= 0xa0 && c <= 0xbf;
	case 0xed:
		return c >= 0x80 && c <= 0x9f;
	case 0xf0:
		return c >= 0x90 && c <= 0xbf;
	case 0xf4:
		return c >= 0x80 && c <= 0x8f;
	default:
		return c >= 0x80 && c <= 0xbf;
	}
}

size_t
utf8_length(struct slice s)
{
	const unsigned char *p = (const unsigned char *)s.ptr;
	size_t len;

	if (s.len == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (s.len < len || !second_fits(p[0], p[1]))
		return 0;
	for (size_t i = 2; i < len; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return len;
}

/* C1 controls (U+0080..9F) and the characters that turn text around
 * (U+200E, F, 202A..E, 2066..9) are as able to deceive as an escape. */
static bool
is_deceiving(const unsigned char *p, size_t len)
{
	if (len == 2)
		return p[0] == 0xc2 && p[1] < 0xa0;
	if (len != 3 || p[0] != 0xe2)
		return false;
	return (p[1] == 0x80 &&
		   ((p[2] >= 0x8e && p[2] <= 0x8f) ||
		       (p[2] >= 0xaa && p[2] <= 0xae))) ||
	    (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

static void
add_escaped(struct buf *buf, unsigned char c)
{
	static const char letters[] = "abtnvfr"; /* bytes 7 to 13 */

	if (c >= 7 && c <= 13) {
		buf_add_char(buf, '\\');
		buf_add_char(buf, letters[c - 7]);
	} else {
		buf_add_format(buf, "\\%03o", c);
	}
}

void
buf_add_visible(struct buf *buf, struct slice bytes)
{
	while (bytes.len > 0) {
		const unsigned char *p = (const unsigned char *)bytes.ptr;
		size_t len = utf8_length(bytes);

		if (len == 0 || (len == 1 && (p[0] < 0x20 || p[0] == 0x7f)))
			add_escaped(buf, p[0]);
		else if (is_deceiving(p, len))
			for (size_t i = 0; i < len; i++)
				add_escaped(buf, p[i]);
		else
			buf_add(buf, slice_head(bytes, len));
		bytes = slice_from(bytes, len == 0 ? 1 : len);
	}
}

void
buf_add_count(struct buf *buf, uint64_t number)
{
	char digits[21];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, number);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_add_char(buf, ',');
		buf_add_char(buf, digits[i]);
	}
}

size_t
utf8_count(struct slice s)
{
	size_t count = 0;

	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.ptr[i] & 0xc0) != 0x80)
			count++;
	return count;
}
