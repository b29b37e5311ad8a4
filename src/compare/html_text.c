/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/html_text.h"

#include <math.h>
#include <stddef.h>

static const char *
entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void
html_add_text(struct buf *buf, struct slice text)
{
	while (text.len > 0) {
		size_t len = utf8_length(text);

		if (len == 0)
			buf_add_str(buf, "\xef\xbf\xbd");
		else if (entity(*text.ptr) != NULL)
			buf_add_str(buf, entity(*text.ptr));
		else
			buf_add_visible(buf, slice_head(text, len));
		text = slice_from(text, len == 0 ? 1 : len);
	}
}

void
html_add_number(struct buf *buf, double number)
{
	double size = fabs(number);

	if (!isfinite(number))
		return;
	if (number < 0 && size >= .05)
		buf_add_str(buf, "\xe2\x88\x92");
	if (size >= 1e18)
		buf_add_format(buf, "%.3g", size);
	else if (size >= 99.95 || fabs(size - round(size)) < .05)
		buf_add_count(buf, (uint64_t)llround(size));
	else
		buf_add_format(buf, "%.1f", size);
}

void
html_add_place(struct buf *buf, const struct site *site)
{
	struct slice rest = site->file;
	struct slice folder;

	while (slice_chr(rest, '/') != NULL && slice_cut(&rest, '/', &folder)) {
		html_add_text(buf, folder);
		buf_add_str(buf, "/<wbr>");
	}
	html_add_text(buf, rest);
	if (site->line.len == 0)
		return;
	buf_add_char(buf, ':');
	html_add_text(buf, site->line);
}
