/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/json.h"

#include <string.h>

enum { SCAN_DEPTH = 64 };

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

static void
skip_blanks(struct slice *text)
{
	size_t n = 0;

	while (n < text->len &&
	    (text->ptr[n] == ' ' || text->ptr[n] == '\t' ||
		text->ptr[n] == '\n' || text->ptr[n] == '\r'))
		n++;
	*text = slice_from(*text, n);
}

/* Skips blanks, and then c where it is next. */
static bool
skip_char(struct slice *text, char c)
{
	skip_blanks(text);
	if (text->len == 0 || text->ptr[0] != c)
		return false;
	*text = slice_from(*text, 1);
	return true;
}

/* The length of the string at the front with its quotes, or 0 when it is cut:
 * up to the first quote behind an even number of backslashes. */
static size_t
string_length(struct slice text)
{
	struct slice rest = slice_from(text, 1);
	const char *quote;

	while ((quote = slice_chr(rest, '"')) != NULL) {
		const char *p = quote;

		while (p > rest.ptr && p[-1] == '\\')
			p--;
		rest = slice_from(rest, (size_t)(quote - rest.ptr) + 1);
		if ((quote - p) % 2 == 0)
			return text.len - rest.len;
	}
	return 0;
}

/*
 * The length of the array or object at the front, or 0. What lies between the
 * brackets is not looked at, but brackets must match: bit n of objects says
 * whether the n-th that is open is an object.
 */
static size_t
nest_length(struct slice text)
{
	uint64_t objects = 0;
	unsigned depth = 0;
	size_t at = 0;

	while (at < text.len) {
		char c = text.ptr[at];
		size_t len = 1;

		if (c == '"') {
			len = string_length(slice_from(text, at));
			if (len == 0)
				return 0;
		} else if (c == '{' || c == '[') {
			if (depth == SCAN_DEPTH)
				return 0;
			objects = objects << 1 | (c == '{');
			depth++;
		} else if (c == '}' || c == ']') {
			if ((objects & 1) != (c == '}'))
				return 0;
			objects >>= 1;
			depth--;
		}
		at += len;
		if (depth == 0)
			return at;
	}
	return 0;
}

/* -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)? */
static size_t
number_length(struct slice text)
{
	struct slice rest = text;
	size_t digits;

	if (slice_starts(rest, "-"))
		rest = slice_from(rest, 1);
	digits = slice_digits(rest);
	if (digits == 0 || (digits > 1 && rest.ptr[0] == '0'))
		return 0;
	rest = slice_from(rest, digits);
	if (slice_starts(rest, ".")) {
		digits = slice_digits(slice_from(rest, 1));
		if (digits == 0)
			return 0;
		rest = slice_from(rest, digits + 1);
	}
	if (slice_starts(rest, "e") || slice_starts(rest, "E")) {
		rest = slice_from(rest, 1);
		if (slice_starts(rest, "+") || slice_starts(rest, "-"))
			rest = slice_from(rest, 1);
		digits = slice_digits(rest);
		if (digits == 0)
			return 0;
		rest = slice_from(rest, digits);
	}
	return text.len - rest.len;
}

static size_t
word_length(struct slice text, const char *word)
{
	return slice_starts(text, word) ? strlen(word) : 0;
}

/* Names the value at the front by its first byte; its length, or 0. */
static size_t
value_length(struct slice text, enum json_kind *kind)
{
	switch (text.ptr[0]) {
	case '"':
		*kind = JSON_STRING;
		return string_length(text);
	case '{':
		*kind = JSON_OBJECT;
		return nest_length(text);
	case '[':
		*kind = JSON_ARRAY;
		return nest_length(text);
	case 't':
		*kind = JSON_BOOL;
		return word_length(text, "true");
	case 'f':
		*kind = JSON_BOOL;
		return word_length(text, "false");
	case 'n':
		*kind = JSON_NULL;
		return word_length(text, "null");
	default:
		*kind = JSON_NUMBER;
		return number_length(text);
	}
}

/* Whether a number or a word may end before this byte. */
static bool
is_delimiter(char c)
{
	return memchr(" \t\r\n,]}", c, 7) != NULL;
}

bool
json_next_value(struct slice *text, struct json_value *value)
{
	struct slice rest = *text;
	enum json_kind kind;
	size_t len;

	skip_blanks(&rest);
	if (rest.len == 0)
		return false;
	len = value_length(rest, &kind);
	if (len == 0)
		return false;
	if (kind < JSON_STRING && len < rest.len &&
	    !is_delimiter(rest.ptr[len]))
		return false;
	value->kind = kind;
	value->raw = slice_head(rest, len);
	*text = slice_from(rest, len);
	return true;
}

/* A value inside an array or object. A number needs something behind it here:
 * where the text ends, so may the number have been cut. */
static bool
next_inner_value(struct slice *text, struct json_value *value)
{
	struct slice rest = *text;

	if (!json_next_value(&rest, value) ||
	    (value->kind == JSON_NUMBER && rest.len == 0))
		return false;
	skip_blanks(&rest);
	if (rest.len > 0 && !is_delimiter(rest.ptr[0]))
		rest.len = 0; /* it breaks off here */
	*text = rest;
	return true;
}

bool
json_next_member(struct slice *members, struct slice *key,
    struct json_value *value)
{
	struct slice rest = *members;
	size_t len;

	if (!skip_char(&rest, '{') && !skip_char(&rest, ','))
		return false;
	skip_blanks(&rest);
	if (!slice_starts(rest, "\""))
		return false;
	len = string_length(rest);
	if (len == 0)
		return false;
	*key = slice_head(rest, len);
	rest = slice_from(rest, len);
	if (!skip_char(&rest, ':') || !next_inner_value(&rest, value))
		return false;
	*members = rest;
	return true;
}

bool
json_next_item(struct slice *items, struct json_value *value)
{
	struct slice rest = *items;

	if (!skip_char(&rest, '[') && !skip_char(&rest, ','))
		return false;
	if (!next_inner_value(&rest, value))
		return false;
	*items = rest;
	return true;
}

static struct slice
without_quotes(struct slice raw)
{
	return slice_make(raw.ptr + 1, raw.len - 2);
}

static bool
key_is(struct slice key, struct slice name)
{
	struct json_value value = { JSON_STRING, key };
	struct buf text = { 0 };
	bool same;

	if (slice_chr(key, '\\') == NULL)
		return slice_equal(without_quotes(key), name);
	json_add_text(&text, &value);
	same = slice_equal(buf_slice(&text), name);
	buf_release(&text);
	return same;
}

static bool
find_member(struct slice object, struct slice name, struct json_value *value)
{
	struct json_value each;
	struct slice key;
	bool found = false;

	skip_blanks(&object);
	if (!slice_starts(object, "{"))
		return false;
	while (json_next_member(&object, &key, &each))
		if (key_is(key, name)) {
			*value = each;
			found = true;
		}
	return found;
}

bool
json_member(struct slice object, const char *name, struct json_value *value)
{
	return find_member(object, slice_str(name), value);
}

static bool
find_item(struct slice array, struct slice index, struct json_value *value)
{
	uint64_t n;

	if (slice_number(index, &n) != 0 ||
	    (index.len > 1 && index.ptr[0] == '0'))
		return false;
	for (uint64_t i = 0; i <= n; i++)
		if (!json_next_item(&array, value))
			return false;
	return true;
}

/* Undoes ~0 and ~1; false where a ~ stands before anything else. */
static bool
add_token(struct buf *buf, struct slice token)
{
	for (size_t i = 0; i < token.len; i++) {
		char c = token.ptr[i];

		if (c == '~') {
			i++;
			if (i == token.len ||
			    (token.ptr[i] != '0' && token.ptr[i] != '1'))
				return false;
			c = token.ptr[i] == '0' ? '~' : '/';
		}
		buf_add_char(buf, c);
	}
	return true;
}

/* One step of a pointer. */
static bool
find_token(struct slice text, struct slice token, struct json_value *value)
{
	struct buf name = { 0 };
	bool found;

	skip_blanks(&text);
	if (slice_starts(text, "["))
		return find_item(text, token, value);
	if (slice_chr(token, '~') == NULL)
		return find_member(text, token, value);
	found = add_token(&name, token) &&
	    find_member(text, buf_slice(&name), value);
	buf_release(&name);
	return found;
}

bool
json_pointer(struct slice text, const char *pointer, struct json_value *value)
{
	struct json_value found;

	if (pointer[0] == '\0')
		return json_next_value(&text, value);
	while (pointer[0] == '/') {
		size_t len = strcspn(pointer + 1, "/");

		if (!find_token(text, slice_make(pointer + 1, len), &found))
			return false;
		text = found.raw;
		pointer += len + 1;
	}
	if (pointer[0] != '\0')
		return false;
	*value = found;
	return true;
}

static void
add_utf8(struct buf *buf, uint32_t c)
{
	if (c < 0x80) {
		buf_add_char(buf, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_add_char(buf, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_add_char(buf, (char)(0xe0 | c >> 12));
		} else {
			buf_add_char(buf, (char)(0xf0 | c >> 18));
			buf_add_char(buf, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		buf_add_char(buf, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_add_char(buf, (char)(0x80 | (c & 0x3f)));
}

static bool
hex_digit(char c, uint32_t *digit)
{
	char lower = (char)(c | 0x20);

	if (c >= '0' && c <= '9')
		*digit = (uint32_t)(c - '0');
	else if (lower >= 'a' && lower <= 'f')
		*digit = (uint32_t)(lower - 'a' + 10);
	else
		return false;
	return true;
}

/* Takes \uXXXX. */
static bool
take_unit(struct slice *text, uint32_t *unit)
{
	uint32_t digit;

	if (text->len < 6 || !slice_starts(*text, "\\u"))
		return false;
	*unit = 0;
	for (size_t i = 2; i < 6; i++) {
		if (!hex_digit(text->ptr[i], &digit))
			return false;
		*unit = *unit << 4 | digit;
	}
	*text = slice_from(*text, 6);
	return true;
}

/* Takes \uXXXX, or two that are a surrogate pair. */
static bool
take_unicode(struct slice *text, uint32_t *c)
{
	struct slice rest;
	uint32_t low;

	if (!take_unit(text, c))
		return false;
	rest = *text;
	if (*c >= 0xd800 && *c <= 0xdbff && take_unit(&rest, &low) &&
	    low >= 0xdc00 && low <= 0xdfff) {
		*c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
		*text = rest;
	} else if (*c >= 0xd800 && *c <= 0xdfff) {
		*c = 0xfffd;
	}
	return true;
}

/* Undoes the escape at the front; of a broken one goes the backslash and what
 * is behind it. */
static void
add_escape(struct buf *buf, struct slice *text)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	const char *letter;
	uint32_t c;

	if (take_unicode(text, &c)) {
		add_utf8(buf, c);
		return;
	}
	letter = text->len < 2 ?
	    NULL :
	    memchr(letters, text->ptr[1], sizeof(letters) - 1);
	if (letter != NULL)
		buf_add_char(buf, meanings[letter - letters]);
	else
		buf_add_str(buf, replacement);
	*text = slice_from(*text, text->len < 2 ? text->len : 2);
}

void
json_add_text(struct buf *buf, const struct json_value *value)
{
	struct slice text = value->raw;
	const char *escape;

	if (value->kind != JSON_STRING) {
		if (value->kind != JSON_NULL)
			buf_add(buf, text);
		return;
	}
	text = without_quotes(text);
	while ((escape = slice_chr(text, '\\')) != NULL) {
		size_t upto = (size_t)(escape - text.ptr);

		buf_add(buf, slice_head(text, upto));
		text = slice_from(text, upto);
		add_escape(buf, &text);
	}
	buf_add(buf, text);
}

static void
add_quoted(struct buf *buf, char c)
{
	static const char bytes[] = "\"\\\b\f\n\r\t";
	static const char letters[] = "\"\\bfnrt";
	const char *at = memchr(bytes, c, sizeof(bytes) - 1);

	if (at != NULL) {
		buf_add_char(buf, '\\');
		buf_add_char(buf, letters[at - bytes]);
	} else {
		buf_add_format(buf, "\\u%04x", (unsigned)(unsigned char)c);
	}
}

/* How many bytes at the front stand for themselves. */
static size_t
plain_length(struct slice bytes)
{
	size_t at = 0;

	while (at < bytes.len) {
		unsigned char c = (unsigned char)bytes.ptr[at];
		size_t len = 1;

		if (c < 0x20 || c == '"' || c == '\\')
			break;
		if (c >= 0x80)
			len = utf8_length(slice_from(bytes, at));
		if (len == 0)
			break;
		at += len;
	}
	return at;
}

bool
json_add_string(struct buf *buf, struct slice bytes)
{
	bool fine = true;

	buf_add_char(buf, '"');
	while (bytes.len > 0) {
		size_t plain = plain_length(bytes);

		buf_add(buf, slice_head(bytes, plain));
		bytes = slice_from(bytes, plain);
		if (bytes.len == 0)
			break;
		if ((unsigned char)bytes.ptr[0] >= 0x80) {
			buf_add_str(buf, replacement);
			fine = false;
		} else {
			add_quoted(buf, bytes.ptr[0]);
		}
		bytes = slice_from(bytes, 1);
	}
	buf_add_char(buf, '"');
	return fine;
}

/* One to three bytes as four characters. */
static void
add_base64_group(struct buf *buf, struct slice bytes)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";
	uint32_t bits = 0;

	for (size_t i = 0; i < 3; i++)
		bits = bits << 8 |
		    (i < bytes.len ? (unsigned char)bytes.ptr[i] : 0);
	for (size_t i = 0; i < 4; i++)
		buf_add_char(buf,
		    i > bytes.len ? '=' : digits[bits >> (18 - 6 * i) & 0x3f]);
}

void
json_add_base64(struct buf *buf, struct slice bytes)
{
	buf_add_char(buf, '"');
	while (bytes.len > 0) {
		struct slice group = slice_head(bytes, 3);

		add_base64_group(buf, group);
		bytes = slice_from(bytes, group.len);
	}
	buf_add_char(buf, '"');
}
