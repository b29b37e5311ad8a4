/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/shape.h"

#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/ascii.h"
#include "base/upto.h"

/*
 * What model/sqltoken.c makes of a text decides: a shape has the tokens of its
 * statement, but for what the comments, strings and numbers hold. So whatever
 * begins one of those, or a quoted name, is looked at in its turn, and all
 * else is copied.
 */
struct maker {
	const char *begin;
	const char *at;
	const char *end;
	char *to; /* no shape is longer than its text, so there is room */
	shape_comment *comment;
	void *context;
};

/* As the lexer has it. */
static inline bool
is_word(char c)
{
	return ascii_is_alnum(c) || c == '_' || c == '$' || c == '#' ||
	    c == '@' || (unsigned char)c >= 0x80;
}

static bool
is_special(char c)
{
	return ascii_is_digit(c) || (c != '\0' && strchr("'\"`$#[\\-/", c));
}

#ifdef __SSE2__

/* A bit for each of 16 bytes that may be special. */
static inline unsigned
find_special(__m128i bytes)
{
	const __m128i digits = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
	const __m128i quotes = _mm_sub_epi8(bytes, _mm_set1_epi8('"'));
	const __m128i opens = _mm_sub_epi8(bytes, _mm_set1_epi8('['));
	__m128i found = _mm_cmpeq_epi8(digits,
	    _mm_min_epu8(digits, _mm_set1_epi8(9)));

	/* " # $ % & ' and [ \ */
	found = _mm_or_si128(found,
	    _mm_cmpeq_epi8(quotes, _mm_min_epu8(quotes, _mm_set1_epi8(5))));
	found = _mm_or_si128(found,
	    _mm_cmpeq_epi8(opens, _mm_min_epu8(opens, _mm_set1_epi8(1))));
	found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('`')));
	found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')));
	found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('/')));
	return (unsigned)_mm_movemask_epi8(found);
}

#endif

/* Copies what is not special. */
static inline void
copy_plain(struct maker *maker)
{
#ifdef __SSE2__
	while (maker->end - maker->at >= 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i_u *)maker->at);
		unsigned found = find_special(bytes);
		unsigned n = found == 0 ? 16 : (unsigned)__builtin_ctz(found);

		_mm_storeu_si128((__m128i_u *)maker->to, bytes);
		maker->to += n;
		maker->at += n;
		if (found != 0)
			return;
	}
#endif
	while (maker->at < maker->end && !is_special(*maker->at))
		*maker->to++ = *maker->at++;
}

static void
copy(struct maker *maker, size_t n)
{
	memcpy(maker->to, maker->at, n);
	maker->to += n;
	maker->at += n;
}

/* The byte n before the next one, or NUL. */
static inline char
before(const struct maker *maker, ptrdiff_t n)
{
	return maker->at - maker->begin < n ? '\0' : maker->at[-n];
}

/* Where digits end that are a token's last bytes; NULL where it goes on. */
static const char *
digits_end(const struct maker *maker, const char *at)
{
	while (at < maker->end && ascii_is_digit(*at))
		at++;
	return at < maker->end && is_word(*at) ? NULL : at;
}

/* Whether a number here is a token of its own, and not behind the dot of a
 * name: "t . 5". */
static inline bool
is_number_due(const struct maker *maker)
{
	char last = before(maker, 1);

	if (last == ' ') {
		last = before(maker, 2);
		if (ascii_is_alnum(last) || last == '_')
			return true;
	}
	return last == '=' || last == ',' || last == '(' || last == '<' ||
	    last == '>';
}

static void
take_number(struct maker *maker)
{
	const char *end = digits_end(maker, maker->at);

	if (end != NULL && is_number_due(maker)) {
		*maker->to++ = '0';
		maker->at = end;
		return;
	}
	while (maker->at < maker->end && is_word(*maker->at))
		*maker->to++ = *maker->at++;
}

/* "$1"; behind a '=' no name can be. */
static bool
take_dollar(struct maker *maker)
{
	char last = before(maker, before(maker, 1) == ' ' ? 2 : 1);
	const char *end = digits_end(maker, maker->at + 1);

	if (is_word(before(maker, 1))) {
		copy(maker, 1);
		return true;
	}
	if (end == NULL || end == maker->at + 1)
		return false;
	if (last != '=') {
		copy(maker, (size_t)(end - maker->at));
		return true;
	}
	*maker->to++ = '$';
	*maker->to++ = '0';
	maker->at = end;
	return true;
}

/* Where a quoted text ends, its quotes included; NULL where it does not, or
 * holds a backslash. Two quotes in it are two texts here. */
static const char *
quoted_end(const struct maker *maker)
{
	char quote = *maker->at;
	const char *end = maker->at + 1;

	end += upto(end, maker->end, quote, '\\');
	return end == maker->end || *end == '\\' ? NULL : end + 1;
}

static bool
take_name(struct maker *maker)
{
	const char *end = quoted_end(maker);

	if (end == NULL)
		return false;
	copy(maker, (size_t)(end - maker->at));
	return true;
}

static bool
take_string(struct maker *maker)
{
	const char *end = quoted_end(maker);

	if (end == NULL)
		return false;
	*maker->to++ = '\'';
	*maker->to++ = '\'';
	maker->at = end;
	return true;
}

/* A comment of C, which is not MySQL's that is none. */
static bool
take_comment(struct maker *maker)
{
	const char *text = maker->at + 2;
	const char *at = text;

	if (at < maker->end && *at == '!')
		return false;
	for (;; at++) {
		at += upto(at, maker->end, '*', '*');
		if (maker->end - at < 2)
			return false;
		if (at[1] == '/')
			break;
	}
	if (maker->comment != NULL)
		maker->comment(maker->context, slice_between(text, at));
	memcpy(maker->to, "/**/", 4);
	maker->to += 4;
	maker->at = at + 2;
	return true;
}

/* Takes what begins with a special byte. */
static bool
take_special(struct maker *maker)
{
	char next = maker->end - maker->at > 1 ? maker->at[1] : '\0';

	switch (*maker->at) {
	case '"':
	case '`':
		return take_name(maker);
	case '\'':
		return take_string(maker);
	case '$':
		return take_dollar(maker);
	case '/':
		if (next == '*')
			return take_comment(maker);
		break;
	case '-':
		if (next == '-')
			return false;
		break;
	case '%':
	case '&':
		break;
	case '#':
	case '[':
	case '\\':
		return false;
	default:
		take_number(maker);
		return true;
	}
	copy(maker, 1);
	return true;
}

bool
shape_of(struct slice sql, struct buf *shape, shape_comment *comment,
    void *context)
{
	struct maker maker = {
		.begin = sql.ptr,
		.at = sql.ptr,
		.end = sql.ptr + sql.len,
		.comment = comment,
		.context = context,
	};

	buf_clear(shape);
	maker.to = buf_reserve(shape, sql.len + UPTO_ROOM);
	for (;;) {
		copy_plain(&maker);
		if (maker.at == maker.end)
			break;
		if (!take_special(&maker))
			return false;
	}
	shape->len = (size_t)(maker.to - shape->ptr);
	return true;
}
