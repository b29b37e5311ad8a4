/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/json.h"

/* What may stand next. */
enum expected { A_VALUE, FIRST_ITEM, FIRST_KEY, A_KEY, MORE };

/*
 * The grammar as a machine that takes one token after the other. It keeps in
 * mind what is open instead of calling itself, so a text cannot use up the
 * stack.
 */
struct parser {
	struct slice rest; /* begins with a token, or is empty */
	struct buf *buf;   /* what was taken, or NULL */
	enum expected expected;
	unsigned depth;
	bool in_object[JSON_DEPTH]; /* rather than in an array, each level */
};

static struct slice
after_blanks(struct slice text)
{
	size_t n = 0;

	while (n < text.len && memchr(" \t\n\r", text.ptr[n], 4) != NULL)
		n++;
	return slice_from(text, n);
}

static void
take(struct parser *parser, size_t len)
{
	if (parser->buf != NULL)
		buf_add(parser->buf, slice_head(parser->rest, len));
	parser->rest = after_blanks(slice_from(parser->rest, len));
}

static bool
take_char(struct parser *parser, char c)
{
	if (parser->rest.len == 0 || parser->rest.ptr[0] != c)
		return false;
	take(parser, 1);
	return true;
}

/* The escape at the front: 2 or 6 bytes, or 0. */
static size_t
escape_length(struct slice text)
{
	static const char hex[] = "0123456789abcdefABCDEF";

	if (text.len >= 2 && memchr("\"\\/bfnrt", text.ptr[1], 8) != NULL)
		return 2;
	if (text.len < 6 || text.ptr[1] != 'u')
		return 0;
	for (size_t i = 2; i < 6; i++)
		if (memchr(hex, text.ptr[i], sizeof(hex) - 1) == NULL)
			return 0;
	return 6;
}

/* How many bytes write the character at the front; 0 when none may. */
static size_t
character_length(struct slice text)
{
	unsigned char c = (unsigned char)text.ptr[0];

	if (c == '\\')
		return escape_length(text);
	if (c >= 0x80)
		return utf8_length(text);
	return c >= 0x20;
}

/* Of a string whose end is known. */
static bool
string_is_strict(struct slice raw)
{
	struct slice text = slice_make(raw.ptr + 1, raw.len - 2);

	while (text.len > 0) {
		size_t len = character_length(text);

		if (len == 0)
			return false;
		text = slice_from(text, len);
	}
	return true;
}

/* A string, a number or a word. Of these the lenient scanner leaves nothing
 * unchecked but what is in a string. */
static bool
take_scalar(struct parser *parser)
{
	struct slice rest = parser->rest;
	struct json_value value;

	if (!json_next_value(&rest, &value) ||
	    (value.kind == JSON_STRING && !string_is_strict(value.raw)))
		return false;
	take(parser, value.raw.len);
	return true;
}

static bool
open_level(struct parser *parser, bool is_object)
{
	if (parser->depth == JSON_DEPTH)
		return false;
	parser->in_object[parser->depth++] = is_object;
	parser->expected = is_object ? FIRST_KEY : FIRST_ITEM;
	return true;
}

static bool
take_value(struct parser *parser)
{
	if (take_char(parser, '{'))
		return open_level(parser, true);
	if (take_char(parser, '['))
		return open_level(parser, false);
	parser->expected = MORE;
	return take_scalar(parser);
}

static bool
take_key(struct parser *parser)
{
	parser->expected = A_VALUE;
	return slice_starts(parser->rest, "\"") && take_scalar(parser) &&
	    take_char(parser, ':');
}

static bool
take_comma(struct parser *parser)
{
	bool is_object = parser->in_object[parser->depth - 1];

	parser->expected = is_object ? A_KEY : A_VALUE;
	return take_char(parser, ',');
}

static bool
take_end(struct parser *parser)
{
	bool is_object = parser->in_object[parser->depth - 1];

	if (!take_char(parser, is_object ? '}' : ']'))
		return false;
	parser->depth--;
	parser->expected = MORE;
	return true;
}

static bool
take_next(struct parser *parser)
{
	switch (parser->expected) {
	case A_VALUE:
		return take_value(parser);
	case FIRST_ITEM:
		return take_end(parser) || take_value(parser);
	case FIRST_KEY:
		return take_end(parser) || take_key(parser);
	case A_KEY:
		return take_key(parser);
	case MORE:
		return take_end(parser) || take_comma(parser);
	}
	return false;
}

bool
json_add_compact(struct buf *buf, struct slice text)
{
	struct parser parser = { .rest = after_blanks(text), .buf = buf };
	size_t before = buf == NULL ? 0 : buf->len;
	bool fine;

	do
		fine = take_next(&parser);
	while (fine && parser.depth > 0);
	if (fine && parser.rest.len == 0)
		return true;
	if (buf != NULL)
		buf->len = before;
	return false;
}

/* How many bytes come before the next string or number. */
static size_t
other_length(struct slice text)
{
	size_t n = 0;

	while (n < text.len && memchr("\"-0123456789", text.ptr[n], 12) == NULL)
		n++;
	return n;
}

/* An integer beyond 2^53 - 1: doubles hold not all of those. */
static bool
is_unsafe(struct slice number)
{
	uint64_t n;

	(void)slice_take_char(&number, '-');
	if (slice_digits(number) != number.len)
		return false;
	return slice_number(number, &n) != 0 || n >= UINT64_C(1) << 53;
}

/* A number as a key is wrong, and must not be made right. */
static bool
wants_quotes(const struct json_value *value, struct slice behind)
{
	return value->kind == JSON_NUMBER && is_unsafe(value->raw) &&
	    !slice_starts(after_blanks(behind), ":");
}

/* How much to step over where no string or number could be read: a string
 * without an end, digits or a minus in vain. */
static size_t
broken_length(struct slice text)
{
	size_t digits = slice_digits(text);

	if (text.ptr[0] == '"')
		return text.len;
	return digits > 0 ? digits : 1;
}

/* Takes the string or number at the front of text. */
static void
add_safe_token(struct buf *buf, struct slice *text)
{
	struct slice rest = *text;
	struct json_value value;
	const char *quote = "";

	if (!json_next_value(&rest, &value)) {
		value.raw = slice_head(rest, broken_length(rest));
		rest = slice_from(rest, value.raw.len);
	} else if (wants_quotes(&value, rest)) {
		quote = "\"";
	}
	buf_add_str(buf, quote);
	buf_add(buf, value.raw);
	buf_add_str(buf, quote);
	*text = rest;
}

void
json_add_safe_numbers(struct buf *buf, struct slice text)
{
	while (text.len > 0) {
		size_t other = other_length(text);

		buf_add(buf, slice_head(text, other));
		text = slice_from(text, other);
		if (text.len > 0)
			add_safe_token(buf, &text);
	}
}
