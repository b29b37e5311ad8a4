/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/touched.h"

#include "base/ascii.h"
#include "compare/enclosing.h"

static bool
is_of_name(char c)
{
	return ascii_is_alnum(c) || c == '_' || c == '?' || c == '!' ||
	    (unsigned char)c >= 0x80;
}

struct slice
touched_name(struct slice function)
{
	size_t end = function.len;
	size_t first;

	if (slice_starts(function, "<"))
		return slice_make(NULL, 0);
	while (end > 0 && !is_of_name(function.ptr[end - 1]))
		end--;
	for (first = end; first > 0 && is_of_name(function.ptr[first - 1]);)
		first--;
	return slice_from(slice_head(function, end), first);
}

/* The functions around a line, from the inside out, up to one of this name. */
static bool
find_named(struct enclosing *found, const struct text *text, size_t line,
    struct slice name)
{
	size_t at = line;

	while (
	    at > 0 && enclosing_find(found, text, at) && found->last >= line) {
		if (slice_equal(touched_name(found->name), name))
			return true;
		at = found->first - 1;
	}
	return false;
}

struct touched_place
touched_locate(const struct text *text, size_t line, struct slice function)
{
	struct touched_place place = { .line = line };
	struct slice name = touched_name(function);
	struct enclosing around;

	if (line == 0 || line > text->count)
		return (struct touched_place){ 0 };
	if ((name.len > 0 && find_named(&around, text, line, name)) ||
	    enclosing_find(&around, text, line)) {
		place.first = around.first;
		place.last = around.last;
		place.name = around.name;
	}
	return place;
}

/* A line's place; else that of its function's head, without the line. */
static struct touched_place
locate_either(const struct text *text, size_t line, size_t head,
    struct slice function)
{
	struct touched_place place;

	if (line > 0)
		return touched_locate(text, line, function);
	place = touched_locate(text, head, function);
	place.line = 0;
	return place;
}

struct touched_place
touched_carry(const struct touched_place *place, const struct align *align,
    const struct text *text, struct slice function)
{
	return locate_either(text,
	    place->line > 0 ? align->lines[place->line - 1].to : 0,
	    place->first > 0 ? align->lines[place->first - 1].to : 0, function);
}

struct touched_place
touched_before(const struct touched_change *change,
    const struct touched_place *after, struct slice function)
{
	const size_t *from = change->align->from;

	return locate_either(change->old,
	    after->line > 0 ? from[after->line - 1] : 0,
	    after->first > 0 ? from[after->first - 1] : 0, function);
}

/* Whether a line of new is another text than before, or was not there. */
static bool
is_new(const struct touched_change *change, size_t line)
{
	struct slice text = change->new->lines[line - 1].text;
	size_t from = change->align->from[line - 1];

	if (from == 0)
		return text.len > 0;
	return !slice_equal(text, change->old->lines[from - 1].text);
}

/* Whether a line of old is there no more, in its text. */
static bool
is_gone(const struct touched_change *change, size_t line)
{
	struct slice text = change->old->lines[line - 1].text;
	size_t to = change->align->lines[line - 1].to;

	if (to == 0)
		return text.len > 0;
	return !slice_equal(text, change->new->lines[to - 1].text);
}

/* Whether a line of new has the same text at another place. */
static bool
is_moved(const struct touched_change *change, size_t line)
{
	size_t from = change->align->from[line - 1];

	return from > 0 && change->align->lines[from - 1].kind != ALIGN_SAME &&
	    change->new->lines[line - 1].text.len > 0;
}

/* The first line of [first, last] that is new, 0 for none. Lines that moved
 * count as new, unless the first one did so too. */
static size_t
first_new(const struct touched_change *change, size_t first, size_t last)
{
	bool moves = first > 0 && first <= last && is_moved(change, first);

	for (size_t line = first; line > 0 && line <= last; line++)
		if (is_new(change, line) || (!moves && is_moved(change, line)))
			return line;
	return 0;
}

static bool
any_gone(const struct touched_change *change, size_t first, size_t last)
{
	for (size_t line = first; line > 0 && line <= last; line++)
		if (is_gone(change, line))
			return true;
	return false;
}

static bool
is_touched(const struct touched_change *change, size_t old_first,
    size_t old_last, size_t new_first, size_t new_last, size_t *line)
{
	*line = first_new(change, new_first, new_last);
	return *line > 0 || any_gone(change, old_first, old_last);
}

/* How many blocks of its function a line is in: lines above it that are less
 * and less indented, whatever the indentation of the file. */
static size_t
depth_of(const struct text *text, const struct touched_place *place)
{
	uint32_t indent = text->lines[place->line - 1].indent;
	size_t depth = 0;

	for (size_t line = place->line; line > place->first; line--) {
		const struct text_line *above = &text->lines[line - 1];

		if (above->text.len == 0 || above->indent >= indent)
			continue;
		indent = above->indent;
		depth++;
	}
	return depth;
}

/* Whether the line is in other blocks than before, such as a loop. */
static bool
is_wrapped(const struct touched_change *change,
    const struct touched_place *before, const struct touched_place *after)
{
	return before->line > 0 && after->line > 0 && before->first > 0 &&
	    after->first > 0 &&
	    depth_of(change->old, before) != depth_of(change->new, after);
}

bool
touched_what(const struct touched_change *change,
    const struct touched_place *before, const struct touched_place *after,
    enum suspect_reason *reason, size_t *line)
{
	*line = after->line;
	*reason = SUSPECT_LINE;
	if ((after->line > 0 && is_new(change, after->line)) ||
	    (before->line > 0 && is_gone(change, before->line)))
		return true;
	*reason = SUSPECT_FUNCTION;
	if (is_touched(change, before->first, before->last, after->first,
		after->last, line)) {
		if (!is_wrapped(change, before, after))
			return true;
		*reason = SUSPECT_LINE;
		*line = after->line;
		return true;
	}
	*reason = SUSPECT_FILE;
	return is_touched(change, 1, change->old->count, 1, change->new->count,
	    line);
}
