/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/enclosing.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "compare/head.h"

/* What a line tells of a body that goes on or ends, by its indentation. */
enum role {
	ROLE_NONE,  /* nothing: blank, a label, for the preprocessor */
	ROLE_OPEN,  /* a body may begin here or go on: { where ) ): }) { */
	ROLE_CLOSE, /* a body ends with it: } end }); */
	ROLE_CODE   /* none of these */
};

static bool
is_label(struct slice s)
{
	if (!slice_ends(s, ":") || slice_is(s, "else:") ||
	    slice_is(s, "try:") || slice_is(s, "finally:") ||
	    slice_is(s, "except:"))
		return false;
	for (size_t i = 0; i + 1 < s.len; i++) {
		if (!ascii_is_alnum(s.ptr[i]) && s.ptr[i] != '_')
			return false;
	}
	return true;
}

static bool
is_directive(struct slice s)
{
	static const char *const words[] = { "#if", "#el", "#endif", "#define",
		"#undef", "#pragma", "#error", "#line", "#region",
		"#endregion" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (slice_starts(s, words[i]))
			return true;
	}
	return false;
}

static bool
goes_on(struct slice s)
{
	return slice_ends(s, "{") || slice_ends(s, "(") || slice_ends(s, ":") ||
	    slice_ends(s, "=>") || slice_ends(s, " do");
}

static bool
is_end(struct slice s)
{
	return slice_starts(s, "end") &&
	    (s.len == 3 || strchr(" .;,)", s.ptr[3]) != NULL);
}

static enum role
role_of(struct slice s)
{
	if (s.len == 0 || is_label(s) || is_directive(s))
		return ROLE_NONE;
	if (*s.ptr == '{' || slice_is(s, "where") || *s.ptr == ')' ||
	    *s.ptr == ']')
		return ROLE_OPEN;
	if (*s.ptr == '}')
		return goes_on(s) ? ROLE_OPEN : ROLE_CLOSE;
	return is_end(s) ? ROLE_CLOSE : ROLE_CODE;
}

/* The last line of the body of the head at first. */
static size_t
last_line(const struct text *text, size_t first)
{
	uint32_t indent = text->lines[first - 1].indent;
	size_t last = first;

	for (size_t line = first + 1; line <= text->count; line++) {
		const struct text_line *at = &text->lines[line - 1];
		enum role role = role_of(at->text);

		if (role == ROLE_NONE)
			continue;
		if (at->indent < indent ||
		    (at->indent == indent && role == ROLE_CODE))
			break;
		last = line;
		if (at->indent == indent && role == ROLE_CLOSE)
			break;
	}
	return last;
}

/* The indentation below which a head must be that stands above a line of this
 * role and has what is below the line in its body. */
static uint32_t
limit_of(const struct text_line *line, enum role role)
{
	switch (role) {
	case ROLE_NONE:
		return UINT32_MAX;
	case ROLE_OPEN:
		return line->indent + 1;
	case ROLE_CLOSE:
	case ROLE_CODE:
		break;
	}
	return line->indent;
}

bool
enclosing_find(struct enclosing *enclosing, const struct text *text,
    size_t line)
{
	uint32_t limit = UINT32_MAX;

	for (size_t at = line; at > 0 && limit > 0; at--) {
		const struct text_line *head = &text->lines[at - 1];
		enum role role = role_of(head->text);
		uint32_t below;

		if (role == ROLE_CODE && head->indent < limit &&
		    head_find(text, at, &enclosing->name)) {
			enclosing->first = at;
			enclosing->last = last_line(text, at);
			if (enclosing->last >= line)
				return true;
		}
		/* The line itself may be what closes a body. */
		below = limit_of(head,
		    at == line && role == ROLE_CLOSE ? ROLE_OPEN : role);
		if (below < limit)
			limit = below;
	}
	return false;
}

/* The heads whose bodies a line is in, the innermost last: their indentations
 * rise from one to the next. */
struct nest {
	const struct text_line **heads;
	struct slice *names;
	size_t count, heads_room, names_room;
};

static void
nest_add(struct nest *nest, const struct text_line *head, struct slice name)
{
	xgrow(&nest->heads, &nest->heads_room, nest->count + 1,
	    sizeof(struct text_line *));
	xgrow(&nest->names, &nest->names_room, nest->count + 1,
	    sizeof(struct slice));
	nest->heads[nest->count] = head;
	nest->names[nest->count++] = name;
}

/* Leaves the heads with less indentation than this. */
static void
nest_leave(struct nest *nest, uint32_t limit)
{
	while (nest->count > 0 && nest->heads[nest->count - 1]->indent >= limit)
		nest->count--;
}

static void
name_lines(struct slice *names, size_t first, size_t end,
    const struct nest *nest)
{
	struct slice name = slice_make(NULL, 0);

	if (nest->count > 0)
		name = nest->names[nest->count - 1];
	for (size_t line = first; line < end; line++)
		names[line - 1] = name;
}

/* Lines that tell nothing are in what the next line that does is in as well. */
void
enclosing_names(struct slice *names, const struct text *text)
{
	struct nest nest = { 0 };
	size_t named = 1; /* the first line that is not named yet */

	for (size_t line = 1; line <= text->count; line++) {
		const struct text_line *at = &text->lines[line - 1];
		enum role role = role_of(at->text);
		struct slice name;

		if (role == ROLE_NONE)
			continue;
		nest_leave(&nest,
		    limit_of(at, role == ROLE_CLOSE ? ROLE_OPEN : role));
		name_lines(names, named, line, &nest);
		if (role == ROLE_CODE && head_find(text, line, &name))
			nest_add(&nest, at, name);
		name_lines(names, line, line + 1, &nest);
		named = line + 1;
		if (role == ROLE_CLOSE)
			nest_leave(&nest, at->indent);
	}
	nest_leave(&nest, 0);
	name_lines(names, named, text->count + 1, &nest);
	free(nest.heads);
	free(nest.names);
}
