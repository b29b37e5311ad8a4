/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/carry.h"

/* Takes the last line off the end of a text that begins with a line. */
static bool
take_last(struct slice *text, struct slice *line)
{
	const char *end;

	if (text->len == 0)
		return false;
	text->len -= text->ptr[text->len - 1] == '\n';
	end = slice_rchr(*text, '\n');
	*line = slice_from(*text,
	    end == NULL ? 0 : (size_t)(end - text->ptr) + 1);
	text->len -= line->len;
	line->len -= slice_ends(*line, "\r");
	return true;
}

void
carry_catch_up(struct carry *carry, const char *end)
{
	struct slice rest = slice_between(carry->from, end);
	bool is_found = false;
	bool is_dated = false;
	struct stamp last;
	struct stamp seen;
	struct slice line;

	while (!is_dated && take_last(&rest, &line)) {
		line = carry->part(carry->reader, line);
		if (!stamp_find(line, READER_HEAD, 0, &seen))
			continue;
		if (!is_found)
			last = seen;
		is_found = true;
		is_dated = seen.has_date;
	}
	if (is_dated)
		reader_see(carry->reader, &seen);
	if (is_found)
		reader_see(carry->reader, &last);
	carry->from = end;
	carry->has_usual = false;
}

bool
carry_see(struct carry *carry, struct slice line, struct slice part)
{
	const char *end = line.ptr + line.len;
	struct stamp seen;
	bool is_found;

	if (carry_is_same(carry, line, part))
		return true;
	is_found = stamp_find(part, READER_HEAD, 0, &seen);
	if ((!is_found || !seen.has_date) && line.ptr - carry->from > 1)
		carry_catch_up(carry, line.ptr); /* more than a line end */
	if (is_found)
		reader_see(carry->reader, &seen);
	carry->from = end;
	carry->has_usual = stamp_read_usual(part, carry->usual);
	return is_found;
}
