/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/json.h"

#include <string.h>

#include "base/upto.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

static inline bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* An empty text may have no bytes at all. */
static inline const char *
end_of(struct slice text)
{
	return text.len == 0 ? text.ptr : text.ptr + text.len;
}

static inline const char *
skip_blanks(const char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	return at;
}

/* Without the blanks at the front. */
static struct slice
without_blanks(struct slice text)
{
	while (text.len > 0 && is_blank(text.ptr[0]))
		text = slice_from(text, 1);
	return text;
}

/* Behind the string at the front, or NULL when it is cut: a backslash takes
 * what is behind it along, and then the string is not plain. */
static inline const char *
string_end(const char *at, const char *end, bool *is_plain)
{
	*is_plain = true;
	at++;
	for (;;) {
		at += upto(at, end, '"', '\\');
		if (at == end)
			return NULL;
		if (*at == '"')
			return at + 1;
		if (end - at < 2)
			return NULL;
		*is_plain = false;
		at += 2;
	}
}

/*
 * Behind the array or object at the front, or NULL. What lies between the
 * brackets is not looked at, but brackets must match: bit n of objects says
 * whether the n-th that is open is an object.
 */
static const char *
nest_end(const char *at, const char *end, unsigned levels)
{
	uint64_t objects = 0;
	unsigned depth = 0;
	bool is_plain;

	while ((at += upto_nest(at, end)) < end) {
		char c = *at;

		if (c == '"') {
			at = string_end(at, end, &is_plain);
			if (at == NULL)
				return NULL;
			continue;
		}
		at++;
		if ((c | 0x20) == '{') {
			if (depth == levels)
				return NULL;
			objects = objects << 1 | (c == '{');
			depth++;
		} else {
			if ((objects & 1) != (c == '}'))
				return NULL;
			objects >>= 1;
			depth--;
			if (depth == 0)
				return at;
		}
	}
	return NULL;
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

/* Behind the number at the front, or NULL. Most are digits alone. */
static inline const char *
number_end(const char *at, const char *end)
{
	const char *digit = at;
	size_t len;

	while (digit < end && *digit >= '0' && *digit <= '9')
		digit++;
	if (digit < end && digit > at && *at != '0' && *digit != '.' &&
	    (*digit | 0x20) != 'e')
		return digit;
	len = number_length(slice_between(at, end));
	return len == 0 ? NULL : at + len;
}

static const char *
word_end(const char *at, const char *end, const char *word)
{
	return slice_starts(slice_between(at, end), word) ? at + strlen(word) :
							    NULL;
}

/* Names the value at the front by its first byte; behind it, or NULL. */
static inline const char *
value_end(const char *at, const char *end, unsigned levels,
    enum json_kind *kind)
{
	bool is_plain;

	switch (*at) {
	case '"':
		*kind = JSON_STRING;
		return string_end(at, end, &is_plain);
	case '{':
		*kind = JSON_OBJECT;
		return nest_end(at, end, levels);
	case '[':
		*kind = JSON_ARRAY;
		return nest_end(at, end, levels);
	case 't':
		*kind = JSON_BOOL;
		return word_end(at, end, "true");
	case 'f':
		*kind = JSON_BOOL;
		return word_end(at, end, "false");
	case 'n':
		*kind = JSON_NULL;
		return word_end(at, end, "null");
	default:
		*kind = JSON_NUMBER;
		return number_end(at, end);
	}
}

/* Whether a number or a word may end before this byte. */
static inline bool
is_delimiter(char c)
{
	return c == ',' || c == '}' || c == ']' || is_blank(c);
}

/* Behind the value that is next, or NULL. */
static inline const char *
take_value(const char *at, const char *end, unsigned levels,
    struct json_value *value)
{
	const char *behind;
	enum json_kind kind;

	at = skip_blanks(at, end);
	if (at == end)
		return NULL;
	behind = value_end(at, end, levels, &kind);
	if (behind == NULL ||
	    (kind < JSON_STRING && behind < end && !is_delimiter(*behind)))
		return NULL;
	*value = (struct json_value){ kind, slice_between(at, behind) };
	return behind;
}

bool
json_next_value(struct slice *text, struct json_value *value)
{
	const char *end = end_of(*text);
	const char *at = take_value(text->ptr, end, JSON_LEVELS, value);

	if (at == NULL)
		return false;
	*text = slice_between(at, end);
	return true;
}

/* What follows a value: nothing, where the text breaks off. */
static inline struct slice
after_value(const char *at, const char *end)
{
	at = skip_blanks(at, end);
	return slice_between(at, at < end && is_delimiter(*at) ? end : at);
}

bool
json_next_inner(struct slice *text, unsigned depth, struct json_value *value)
{
	const char *end = end_of(*text);
	const char *at = take_value(text->ptr, end, JSON_LEVELS - depth, value);

	/* Where the text ends, a number may have been cut. */
	if (at == NULL || (value->kind == JSON_NUMBER && at == end))
		return false;
	*text = after_value(at, end);
	return true;
}

bool
json_next_key(struct slice *members, struct slice *key, bool *is_plain)
{
	const char *end = end_of(*members);
	const char *at = skip_blanks(members->ptr, end);
	const char *name;

	if (at == end || (*at != '{' && *at != ','))
		return false;
	name = skip_blanks(at + 1, end);
	if (name == end || *name != '"')
		return false;
	at = string_end(name, end, is_plain);
	if (at == NULL)
		return false;
	*key = slice_between(name, at);
	at = skip_blanks(at, end);
	if (at == end || *at != ':')
		return false;
	*members = slice_between(skip_blanks(at + 1, end), end);
	return true;
}

bool
json_next_member(struct slice *members, struct slice *key,
    struct json_value *value)
{
	struct slice rest = *members;
	bool is_plain;

	if (!json_next_key(&rest, key, &is_plain) ||
	    !json_next_inner(&rest, 0, value))
		return false;
	*members = rest;
	return true;
}

bool
json_close_object(struct slice *members, const char *begin,
    struct json_value *value)
{
	const char *end = end_of(*members);
	const char *at = skip_blanks(members->ptr, end);

	if (at == end || *at != '}')
		return false;
	*value = (struct json_value){ JSON_OBJECT,
		slice_between(begin, at + 1) };
	*members = after_value(at + 1, end);
	return true;
}

bool
json_next_item(struct slice *items, struct json_value *value)
{
	const char *end = end_of(*items);
	const char *at = skip_blanks(items->ptr, end);
	struct slice rest;

	if (at == end || (*at != '[' && *at != ','))
		return false;
	rest = slice_between(at + 1, end);
	if (!json_next_inner(&rest, 0, value))
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

	object = without_blanks(object);
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

	text = without_blanks(text);
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

/* What the letter behind a backslash means; 0 for 'u' and those that mean
 * nothing. */
static char
meaning_of(char letter)
{
	switch (letter) {
	case '"':
	case '\\':
	case '/':
		return letter;
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return '\0';
	}
}

/* Undoes the escape at the front; of a broken one goes the backslash and what
 * is behind it. */
static void
add_escape(struct buf *buf, struct slice *text)
{
	char meaning = text->len < 2 ? '\0' : meaning_of(text->ptr[1]);
	uint32_t c;

	if (meaning == '\0' && take_unicode(text, &c)) {
		add_utf8(buf, c);
		return;
	}
	if (meaning != '\0')
		buf_add_char(buf, meaning);
	else
		buf_add_str(buf, replacement);
	*text = slice_from(*text, text->len < 2 ? text->len : 2);
}

void
json_add_text(struct buf *buf, const struct json_value *value)
{
	struct slice text = value->raw;

	if (value->kind != JSON_STRING) {
		if (value->kind != JSON_NULL)
			buf_add(buf, text);
		return;
	}
	text = without_quotes(text);
	while (text.len > 0) {
		char *to = buf_reserve(buf, text.len + UPTO_ROOM);
		size_t plain = upto_copy(to, text.ptr, text.ptr + text.len,
		    '\\');

		buf->len += plain;
		text = slice_from(text, plain);
		if (text.len > 0)
			add_escape(buf, &text);
	}
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
