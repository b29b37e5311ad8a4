/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/sqltoken.h"

#include "base/ascii.h"
#include "base/upto.h"

/* What a byte is, as bits; those of enum sql_stop are here too. Bytes beyond
 * ASCII are letters. */
enum {
	BLANK = 1,
	LETTER = 2,
	DIGIT = 4,
	SIGN = 8,   /* within words, and words may begin with some */
	PLAIN = 16, /* nothing but itself, whatever follows */
	WORD = LETTER | DIGIT | SIGN
};

#define B BLANK
#define L LETTER
#define D DIGIT
#define S SIGN
#define P PLAIN
#define M (PLAIN | SQL_STOP_MARK)
#define C (PLAIN | SQL_STOP_COMMA)
#define W (LETTER | SQL_STOP_WORD)

static const uint8_t kinds[256] = {
	P, P, P, P, P, P, P, P, P, B, B, B, B, B, P, P, /* control bytes */
	P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, /* and more */
	B, P, 0, S, S, P, P, 0, M, M, 0, P, C, 0, P, 0, /* blank to slash */
	D, D, D, D, D, D, D, D, D, D, P, M, P, P, P, P, /* 0 to ? */
	S, L, W, L, W, L, W, L, L, L, W, L, L, L, L, L, /* @ to O */
	L, L, L, L, L, W, L, L, L, L, L, 0, P, P, P, L, /* P to _ */
	0, L, W, L, W, L, W, L, L, L, W, L, L, L, L, L, /* ` to o */
	L, L, L, L, L, W, L, L, L, L, L, P, P, P, P, P, /* p to DEL */
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* 80 on */
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* 90 on */
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* a0 on */
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* b0 on */
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* c0 on */
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* d0 on */
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* e0 on */
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* f0 on */
};

#undef B
#undef L
#undef D
#undef S
#undef P
#undef M
#undef C
#undef W

static inline bool
is_blank(char c)
{
	return (kinds[(unsigned char)c] & BLANK) != 0;
}

static inline bool
is_word(char c)
{
	return (kinds[(unsigned char)c] & WORD) != 0;
}

static inline size_t
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

/* The length of the comment in front, or 0 where it does not end. */
static size_t
comment_length(struct slice text)
{
	struct slice rest = slice_from(text, 2);
	struct slice before;

	while (slice_cut(&rest, '*', &before)) {
		if (slice_starts(rest, "/"))
			return (size_t)(rest.ptr + 1 - text.ptr);
	}
	return 0;
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
	const char *end = text.ptr + text.len;

	while (from < text.len) {
		size_t at = from + upto(text.ptr + from, end, quote, quote);

		if (at == text.len)
			return 0;
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
	    (kinds[(unsigned char)text.ptr[len]] & (LETTER | DIGIT)) != 0)
		len++;
	return len < text.len && text.ptr[len] == '$' ? len + 1 : 0;
}

/* Takes len bytes off the front; 0 is all of it, its end missing. */
static inline struct sql_token
take(struct sql_lexer *lexer, enum sql_token_type type, size_t len)
{
	struct sql_token token = { .type = type, .is_cut = len == 0 };

	token.text = len == 0 ? lexer->rest : slice_head(lexer->rest, len);
	lexer->rest = slice_from(lexer->rest, token.text.len);
	lexer->behind_word = type == SQL_WORD || type == SQL_NAME ||
	    (type == SQL_MARK && token.text.ptr[0] == ']');
	return token;
}

/* The length of the bound of a conditional comment in front, or 0. */
static size_t
take_bound(struct sql_lexer *lexer)
{
	struct slice rest = lexer->rest;

	if (slice_starts(rest, "/*!")) {
		lexer->in_conditional = true;
		return 3 + slice_digits(slice_from(rest, 3));
	}
	if (lexer->in_conditional && slice_starts(rest, "*/")) {
		lexer->in_conditional = false;
		return 2;
	}
	return 0;
}

/* Steps over blanks and the bounds of conditional comments. */
static inline void
skip_blanks(struct sql_lexer *lexer)
{
	struct slice *rest = &lexer->rest;

	while (rest->len > 0) {
		char c = rest->ptr[0];
		size_t len = is_blank(c);

		if (len == 0 && (c == '/' || c == '*'))
			len = take_bound(lexer);
		if (len == 0)
			return;
		*rest = slice_from(*rest, len);
		lexer->behind_word = false;
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

/* What begins with a byte that is no part of a word; some that is. */
static struct sql_token
take_other(struct sql_lexer *lexer)
{
	struct slice text = lexer->rest;

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
	case '-':
		if (slice_starts(text, "--"))
			return take_line(lexer);
		break;
	case '/':
		if (slice_starts(text, "/*"))
			return take(lexer, SQL_COMMENT, comment_length(text));
		break;
	case '@':
		return take(lexer, SQL_WORD, word_length(text));
	default:
		break;
	}
	return take(lexer, SQL_MARK, 1);
}

struct sql_token
sql_token_next(struct sql_lexer *lexer)
{
	struct slice text;

	skip_blanks(lexer);
	text = lexer->rest;
	if (text.len == 0)
		return (struct sql_token){ .type = SQL_END, .text = text };
	if ((kinds[(unsigned char)text.ptr[0]] & (LETTER | DIGIT)) != 0)
		return take(lexer, SQL_WORD, word_length(text));
	return take_other(lexer);
}

/* The length of the string or quoted name in front, or 0. */
static size_t
quoted_length(struct sql_lexer *lexer)
{
	switch (lexer->rest.ptr[0]) {
	case '\'':
	case '"':
		return string_length(lexer);
	case '`':
		return closed_length(lexer->rest, '`', false);
	default:
		return 0;
	}
}

struct sql_token
sql_skip(struct sql_lexer *lexer, unsigned stops, struct sql_token last)
{
	struct slice *rest = &lexer->rest;
	size_t len;

	for (; rest->len > 0; *rest = slice_from(*rest, len)) {
		char c = rest->ptr[0];
		uint8_t kind = kinds[(unsigned char)c];

		len = 1;
		if ((kind & BLANK) != 0) {
			lexer->behind_word = false;
			continue;
		}
		if ((kind & stops) != 0)
			break;
		if ((kind & PLAIN) != 0) {
			lexer->behind_word = c == ']';
			last.type = SQL_MARK;
		} else if ((kind & (LETTER | DIGIT)) != 0) {
			len = word_length(*rest);
			lexer->behind_word = true;
			last.type = SQL_WORD;
		} else {
			len = quoted_length(lexer);
			if (len == 0)
				break;
			lexer->behind_word = c != '\'';
			last.type = c == '\'' ? SQL_STRING : SQL_NAME;
		}
		last.text = slice_head(*rest, len);
	}
	return last;
}

struct sql_token
sql_comment_next(struct sql_lexer *lexer)
{
	struct sql_token token = { 0 };

	do {
		(void)sql_skip(lexer, 0, token);
		token = sql_token_next(lexer);
	} while (token.type != SQL_COMMENT && token.type != SQL_END);
	return token;
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
	while (text.len > 0) {
		const char *doubled = slice_chr(text, quote);
		size_t len = doubled == NULL ? text.len :
					       (size_t)(doubled - text.ptr) + 1;

		buf_add(buf, slice_head(text, len));
		text = slice_from(text, len);
		if (doubled != NULL && text.len > 0)
			text = slice_from(text, 1);
	}
}
