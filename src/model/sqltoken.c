/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/sqltoken.h"

#include "base/ascii.h"

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    (unsigned char)c >= 0x80;
}

static bool
is_word(char c)
{
	return is_letter(c) || ascii_is_digit(c) || c == '$' || c == '#' ||
	    c == '@';
}

static size_t
word_length(struct slice text)
{
	size_t len = 0;

	while (len < text.len && is_word(text.ptr[len]))
		len++;
	return len;
}

/* Up to and with the end, or 0 where there is none from byte `from` on. */
static size_t
length_up_to(struct slice text, size_t from, struct slice end)
{
	const char *at = text.len < from + end.len ?
	    NULL :
	    memmem(text.ptr + from, text.len - from, end.ptr, end.len);

	return at == NULL ? 0 : (size_t)(at - text.ptr) + end.len;
}

/* Whether an odd number of backslashes stands before byte `at`. */
static bool
is_escaped(struct slice text, size_t at)
{
	size_t first = at;

	while (first > 1 && text.ptr[first - 1] == '\\')
		first--;
	return (at - first) % 2 == 1;
}

/* The length of what starts with a quote and ends with the same one, which
 * stands for itself where it is doubled; 0 when it does not end. */
static size_t
closed_length(struct slice text, char quote, bool escapes)
{
	size_t from = 1;
	const char *found;

	while ((found = slice_chr(slice_from(text, from), quote)) != NULL) {
		size_t at = (size_t)(found - text.ptr);

		if (escapes && is_escaped(text, at))
			from = at + 1;
		else if (at + 1 < text.len && text.ptr[at + 1] == quote)
			from = at + 2;
		else
			return at + 1;
	}
	return 0;
}

/* The same for ' and ", whose backslashes may be escapes. One string that
 * only ends without them settles it for the rest of the text, and keeps the
 * time linear. */
static size_t
string_length(struct sql_lexer *lexer)
{
	char quote = lexer->rest.ptr[0];
	size_t len = 0;

	if (!lexer->backslash_is_plain)
		len = closed_length(lexer->rest, quote, true);
	if (len == 0) {
		len = closed_length(lexer->rest, quote, false);
		lexer->backslash_is_plain = true;
	}
	return len;
}

/* "[a b]"; 0 where '[' is no quote. It holds no '[', which keeps the time
 * linear, and no ', which keeps ['a', 'b'] out. */
static size_t
bracket_length(struct slice text)
{
	if (text.len < 2 || !is_word(text.ptr[1]) ||
	    ascii_is_digit(text.ptr[1]))
		return 0;
	for (size_t i = 2; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '[' || c == '\'' || c == '\n')
			return 0;
		if (c != ']')
			continue;
		if (i + 1 == text.len || text.ptr[i + 1] != ']')
			return i + 1;
		i++;
	}
	return 0;
}

/* The length of the "$tag$" in front, or 0. */
static size_t
dollar_tag_length(struct slice text)
{
	size_t len = 1;

	if (text.len > 1 && ascii_is_digit(text.ptr[1]))
		return 0;
	while (len < text.len &&
	    (is_letter(text.ptr[len]) || ascii_is_digit(text.ptr[len])))
		len++;
	return len < text.len && text.ptr[len] == '$' ? len + 1 : 0;
}

/* Takes len bytes off the front; 0 is all of it, its end missing. */
static struct sql_token
take(struct sql_lexer *lexer, enum sql_token_type type, size_t len)
{
	struct sql_token token = { .type = type, .is_cut = len == 0 };

	token.text = len == 0 ? lexer->rest : slice_head(lexer->rest, len);
	lexer->rest = slice_from(lexer->rest, token.text.len);
	lexer->behind_word = type == SQL_WORD || type == SQL_NAME ||
	    (type == SQL_MARK && slice_is(token.text, "]"));
	return token;
}

/* Steps over blanks and the bounds of conditional comments. */
static void
skip_blanks(struct sql_lexer *lexer)
{
	struct slice *rest = &lexer->rest;
	size_t len;

	for (;; *rest = slice_from(*rest, len), lexer->behind_word = false) {
		if (rest->len > 0 && is_blank(rest->ptr[0])) {
			len = 1;
		} else if (slice_starts(*rest, "/*!")) {
			len = 3 + slice_digits(slice_from(*rest, 3));
			lexer->in_conditional = true;
		} else if (lexer->in_conditional && slice_starts(*rest, "*/")) {
			len = 2;
			lexer->in_conditional = false;
		} else {
			return;
		}
	}
}

/* A comment to the end of the line, the text's end being one. */
static struct sql_token
take_line(struct sql_lexer *lexer)
{
	const char *end = slice_chr(lexer->rest, '\n');

	return take(lexer, SQL_COMMENT,
	    end == NULL ? lexer->rest.len : (size_t)(end - lexer->rest.ptr));
}

static struct sql_token
take_dollar(struct sql_lexer *lexer)
{
	struct slice text = lexer->rest;
	size_t tag = dollar_tag_length(text);

	if (tag == 0)
		return take(lexer, SQL_WORD, word_length(text));
	return take(lexer, SQL_STRING,
	    length_up_to(text, tag, slice_head(text, tag)));
}

static struct sql_token
take_bracket(struct sql_lexer *lexer)
{
	size_t len = lexer->behind_word ? 0 : bracket_length(lexer->rest);

	return take(lexer, len == 0 ? SQL_MARK : SQL_NAME, len == 0 ? 1 : len);
}

static struct sql_token
take_hash(struct sql_lexer *lexer)
{
	struct slice text = lexer->rest;

	if (text.len == 1 || is_blank(text.ptr[1]))
		return take_line(lexer);
	return take(lexer, SQL_WORD, word_length(text));
}

struct sql_token
sql_token_next(struct sql_lexer *lexer)
{
	struct slice text;

	skip_blanks(lexer);
	text = lexer->rest;
	if (text.len == 0)
		return (struct sql_token){ .type = SQL_END, .text = text };
	switch (text.ptr[0]) {
	case '\'':
		return take(lexer, SQL_STRING, string_length(lexer));
	case '"':
		return take(lexer, SQL_NAME, string_length(lexer));
	case '`':
		return take(lexer, SQL_NAME, closed_length(text, '`', false));
	case '[':
		return take_bracket(lexer);
	case '$':
		return take_dollar(lexer);
	case '#':
		return take_hash(lexer);
	default:
		break;
	}
	if (slice_starts(text, "--"))
		return take_line(lexer);
	if (slice_starts(text, "/*"))
		return take(lexer, SQL_COMMENT,
		    length_up_to(text, 2, slice_str("*/")));
	if (is_word(text.ptr[0]))
		return take(lexer, SQL_WORD, word_length(text));
	return take(lexer, SQL_MARK, 1);
}

bool
sql_token_is(struct sql_token token, const char *word)
{
	return token.type == SQL_WORD && slice_is_nocase(token.text, word);
}

bool
sql_token_is_mark(struct sql_token token, char mark)
{
	return token.type == SQL_MARK && token.text.ptr[0] == mark;
}

void
sql_token_add_name(struct buf *buf, struct sql_token token)
{
	struct slice text = token.text;
	char quote;

	if (token.type != SQL_NAME) {
		buf_add(buf, text);
		return;
	}
	quote = text.ptr[0] == '[' ? ']' : text.ptr[0];
	text = slice_from(text, 1);
	if (!token.is_cut)
		text.len--;
	for (size_t i = 0; i < text.len; i++) {
		buf_add_char(buf, text.ptr[i]);
		if (text.ptr[i] == quote)
			i++; /* it is doubled */
	}
}
