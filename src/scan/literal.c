/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/literal.h"

#include <string.h>

#include "base/ascii.h"

/*
 * A pattern is read in pieces. What is not listed here is unknown, and with
 * anything unknown in it a pattern has no literal: a verb such as (*ACCEPT)
 * ends a match anywhere, an option such as (?x) changes what all the rest
 * means, and between a character and its quantifier may stand only things
 * that are unknown here, such as \E or a comment.
 */
enum piece {
	CHARACTER, /* itself, just once if no REPEAT follows */
	REPEAT,    /* a quantifier, or what makes it lazy or possessive */
	GROUP,
	ASIDE, /* a group that is no plain part of what is matched */
	CLOSE,
	BAR,
	OTHER, /* matches it is not known what */
	END,
	UNKNOWN
};

static bool
is_word(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

static bool
is_in_repeat(char c)
{
	return ascii_is_digit(c) || c == ',' || c == ' ';
}

/* Steps over bytes of a kind and the end behind them. */
static bool
take_until(struct slice *in, bool is_inside(char c), const char *end)
{
	size_t n = 0;

	while (n < in->len && is_inside(in->ptr[n]))
		n++;
	*in = slice_from(*in, n);
	if (!slice_starts(*in, end))
		return false;
	*in = slice_from(*in, strlen(end));
	return true;
}

static bool
take_start(struct slice *in, const char *start)
{
	if (!slice_starts(*in, start))
		return false;
	*in = slice_from(*in, strlen(start));
	return true;
}

/* Behind a backslash. */
static enum piece
take_escape(struct slice *in, char *c)
{
	if (in->len == 0)
		return UNKNOWN;
	*c = in->ptr[0];
	*in = slice_from(*in, 1);
	if (*c == 't')
		*c = '\t';
	else if (strchr("dDsSwWhHvVRbBAZznrf", *c) != NULL)
		return OTHER;
	else if (*c < ' ' || *c > '~' || ascii_is_alnum(*c))
		return UNKNOWN;
	return CHARACTER;
}

/* Behind a '['. A ']' in front is one of the class; so is a '[' that begins
 * no [:name:]. */
static enum piece
take_class(struct slice *in)
{
	char c;

	(void)take_start(in, "^");
	(void)take_start(in, "]");
	while (in->len > 0) {
		c = in->ptr[0];
		*in = slice_from(*in, 1);
		if (c == ']')
			return OTHER;
		if (c == '\\' && take_escape(in, &c) == UNKNOWN)
			return UNKNOWN;
		if (c != '[' || in->len == 0 ||
		    memchr(":.=", in->ptr[0], 3) == NULL)
			continue;
		if (!take_start(in, ":") || !take_until(in, is_word, ":]"))
			return UNKNOWN;
	}
	return UNKNOWN;
}

/* Behind a '('. */
static enum piece
take_open(struct slice *in)
{
	if (slice_starts(*in, "*"))
		return UNKNOWN;
	if (!take_start(in, "?") || take_start(in, ":") || take_start(in, ">"))
		return GROUP;
	if (take_start(in, "=") || take_start(in, "!") ||
	    take_start(in, "<=") || take_start(in, "<!") ||
	    take_start(in, "i:") || take_start(in, "s:"))
		return ASIDE;
	if (take_start(in, "<") || take_start(in, "P<"))
		return take_until(in, is_word, ">") ? GROUP : UNKNOWN;
	if (take_start(in, "'"))
		return take_until(in, is_word, "'") ? GROUP : UNKNOWN;
	return UNKNOWN;
}

/* Takes a piece off the front; c is what a CHARACTER is. */
static enum piece
take(struct slice *in, char *c)
{
	if (in->len == 0)
		return END;
	*c = in->ptr[0];
	*in = slice_from(*in, 1);
	switch (*c) {
	case '\\':
		return take_escape(in, c);
	case '[':
		return take_class(in);
	case '(':
		return take_open(in);
	case ')':
		return CLOSE;
	case '|':
		return BAR;
	case '?':
	case '*':
	case '+':
		return REPEAT;
	case '{':
		return take_until(in, is_in_repeat, "}") ? REPEAT : UNKNOWN;
	case '.':
	case '^':
	case '$':
		return OTHER;
	default:
		return CHARACTER;
	}
}

static bool
is_repeated(struct slice behind)
{
	char c;

	return take(&behind, &c) == REPEAT;
}

/*
 * Steps over the rest of a group, or of the whole pattern, to its CLOSE, END
 * or the first UNKNOWN, which is the result. Tells whether there are
 * alternatives, those of groups in it aside.
 */
static enum piece
take_group(struct slice *in, bool *has_bar)
{
	size_t depth = 0;
	enum piece piece;
	char c;

	*has_bar = false;
	for (;;) {
		piece = take(in, &c);
		if (piece == END || piece == UNKNOWN ||
		    (piece == CLOSE && depth == 0))
			return piece;
		if (piece == BAR && depth == 0)
			*has_bar = true;
		depth += piece == GROUP || piece == ASIDE;
		depth -= piece == CLOSE;
	}
}

/* Whether a pattern is known to its end, and has no alternatives itself. */
static bool
is_understood(struct slice in)
{
	bool has_bar;

	return take_group(&in, &has_bar) == END && !has_bar;
}

/* Whether all that follows up to the group's end is matched, and once.
 * Otherwise steps over it. */
static bool
enter_group(struct slice *in)
{
	struct slice behind = *in;
	bool has_bar;

	(void)take_group(&behind, &has_bar);
	if (!has_bar && !is_repeated(behind))
		return true;
	*in = behind;
	return false;
}

static bool
is_no_line_end(char c)
{
	return c != '\n' && c != '\r';
}

static void
set(struct buf *literal, const struct buf *run)
{
	buf_clear(literal);
	buf_add(literal, buf_slice(run));
}

/* A run of characters has ended. */
static void
keep_longest(struct buf *literal, struct buf *second, struct buf *run)
{
	if (run->len > literal->len) {
		set(second, literal);
		set(literal, run);
	} else if (run->len > second->len) {
		set(second, run);
	}
	buf_clear(run);
}

void
literal_required(const char *pattern, bool is_plain(char c),
    struct buf *literal)
{
	struct buf second = { 0 };

	literal_required_two(pattern, is_plain, literal, &second);
	buf_release(&second);
}

void
literal_required_two(const char *pattern, bool is_plain(char c),
    struct buf *literal, struct buf *second)
{
	struct slice in = slice_str(pattern);
	struct buf run = { 0 };
	enum piece piece;
	bool has_bar;
	char c;

	buf_clear(literal);
	buf_clear(second);
	if (!is_understood(in))
		return;
	if (is_plain == NULL)
		is_plain = is_no_line_end;
	while ((piece = take(&in, &c)) != END) {
		if (piece == CHARACTER && is_plain(c) && !is_repeated(in))
			buf_add_char(&run, c);
		else if (piece != CLOSE &&
		    (piece != GROUP || !enter_group(&in)))
			keep_longest(literal, second, &run);
		if (piece == ASIDE)
			(void)take_group(&in, &has_bar);
	}
	keep_longest(literal, second, &run);
	buf_release(&run);
}
