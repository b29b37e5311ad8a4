/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/rails_line.h"

#include <string.h>

#include "base/ascii.h"
#include "scan/lines.h"

enum { STATEMENT_MOST = 4096 }; /* bytes of the line of a usual one */

/* The formatter's prefix: "D, [2021-04-05T10:00:00.123456 #12] DEBUG -- : " */
static struct slice
without_formatter(struct slice line)
{
	static const char end[] = " -- ";
	const char *behind;

	if (line.len < 4 || line.ptr[1] != ',' || line.ptr[3] != '[' ||
	    strchr("DIWEFA", line.ptr[0]) == NULL)
		return line;
	behind = line_find(line, end);
	if (behind == NULL)
		return line;
	behind = line_find(slice_between(behind, line.ptr + line.len), ": ");
	return behind == NULL ? line :
				slice_between(behind + 2, line.ptr + line.len);
}

struct rails_line
rails_line_read(struct slice whole)
{
	struct rails_line line = { .whole = whole };
	struct slice rest = without_formatter(whole);
	const char *begin = rest.ptr;

	while (rest.len > 1 && rest.ptr[0] == '[') {
		const char *close = line_find(rest, "] ");

		if (close == NULL)
			break;
		rest = slice_from(rest, (size_t)(close - rest.ptr) + 2);
	}
	line.tags = slice_between(begin, rest.ptr);
	line.text = slice_trim(rest);
	return line;
}

/* How long the number at the front is, 0 where there is none: "12", "0.4". */
static size_t
number_length(struct slice text)
{
	size_t n = slice_digits(text);

	if (n > 0 && n < text.len && text.ptr[n] == '.')
		n += 1 + slice_digits(slice_from(text, n + 1));
	return n;
}

bool
rails_line_duration(struct slice text, struct slice *name, struct slice *sql)
{
	const char *end = text.ptr + text.len;
	const char *open = slice_chr(text, '(');

	while (open != NULL) {
		struct slice rest = slice_between(open + 1, end);
		size_t n = number_length(rest);
		const char *close = slice_chr(rest, ')');

		if (n > 0 && close != NULL &&
		    slice_starts(slice_from(rest, n), "ms")) {
			*name = slice_trim(slice_between(text.ptr, open));
			*sql = slice_trim(slice_between(close + 1, end));
			return true;
		}
		open = slice_chr(rest, '(');
	}
	return false;
}

static const char *
skip_digits(const char *at, const char *end)
{
	while (at < end && ascii_is_digit(*at))
		at++;
	return at;
}

bool
rails_line_statement(struct slice line, struct rails_statement *statement)
{
	const char *end = line.ptr + line.len;
	const char *open, *at;

	if (line.len == 0 || line.len > STATEMENT_MOST ||
	    (line.ptr[0] != ' ' && line.ptr[0] != '['))
		return false;
	open = memchr(line.ptr, '(', line.len);
	if (open == NULL)
		return false;
	at = skip_digits(open + 1, end);
	if (at == open + 1)
		return false;
	if (at < end && *at == '.')
		at = skip_digits(at + 1, end);
	if (!slice_starts(slice_between(at, end), "ms)"))
		return false;
	statement->head = slice_between(line.ptr, open);
	statement->tail = slice_between(at + strlen("ms)"), end);
	return true;
}

/* In a line without "(" a colour hides none. */
bool
rails_line_may_be_timed(struct slice line)
{
	struct slice name, sql;

	return slice_chr(line, '(') != NULL &&
	    (line_is_coloured(line) || rails_line_duration(line, &name, &sql));
}
