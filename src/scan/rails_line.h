/* SPDX-License-Identifier: MIT */
#ifndef SCAN_RAILS_LINE_H
#define SCAN_RAILS_LINE_H

/*
 * One line of a log in which arrows name the callers, taken apart. Pure. All
 * slices are of the line.
 *
 *	D, [2021-04-05T10:00:00.1 #12] DEBUG -- : [tag]   City Load (0.5ms)  SQL
 *	[tag]   ↳ app/models/city.rb:4:in `all'
 *
 * Before each line a formatter's prefix may stand, and tags. Rails writes the
 * name of a statement, its duration and its SQL, each in its colour.
 */

#include <stdbool.h>

#include "base/slice.h"

/* A line without its colours. */
struct rails_line {
	struct slice whole;
	struct slice tags; /* "[a] [b] ", behind the formatter's prefix */
	struct slice text; /* behind them, trimmed */
};

struct rails_line rails_line_read(struct slice whole);

/* The text behind the arrow, trimmed. False where none is at the front, but for
 * blanks. Here, since every second line has one. */
static inline bool
rails_line_arrow(struct slice line, struct slice *text)
{
	static const char arrow[] = "\xe2\x86\xb3 "; /* U+21B3 and a blank */

	while (line.len > 0 && line.ptr[0] == ' ')
		line = slice_from(line, 1);
	if (!slice_starts(line, arrow))
		return false;
	*text = slice_trim(slice_from(line, sizeof(arrow) - 1));
	return true;
}

/*
 * Finds "(0.4ms)" in the text of a line: the name before it, the SQL behind
 * it. The number may be followed by more ("(0.4ms | 2 rows)"). Anything may
 * have a duration: whether that is SQL is not looked at.
 */
bool rails_line_duration(struct slice text, struct slice *name,
    struct slice *sql);

/* A statement in a line as it stands, colours and all. */
struct rails_statement {
	struct slice head; /* before the "(" of the duration: tags and name */
	struct slice tail; /* behind its ")" */
};

/* Finds one in a line of the usual form: without a formatter's prefix, not very
 * long, and with nothing but "(0.4ms)" in its first parentheses. */
bool rails_line_statement(struct slice line, struct rails_statement *statement);

/* Whether there may be a duration in a line as it stands; with colours that
 * takes a closer look. */
bool rails_line_may_be_timed(struct slice line);

/*
 * Whether a line as it stands says nothing where no statement waits for its
 * further lines: it begins as most others do that Rails writes ("Processing",
 * "Parameters:", "Completed", "Rendered"), and lines of backtraces, and has no
 * duration. False where that takes a closer look. Here, since nearly every line
 * is asked.
 */
static inline bool
rails_line_is_quiet(struct slice line)
{
	char c;

	while (line.len > 0 && line.ptr[0] == ' ')
		line = slice_from(line, 1);
	if (line.len == 0)
		return true;
	c = line.ptr[0];
	return ((c >= 'a' && c <= 'z') || c == 'P' || c == 'C' || c == 'R' ||
		   c == '/') &&
	    !rails_line_may_be_timed(line);
}

#endif
