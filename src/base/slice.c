/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/slice.h"

#include <string.h>
#include <strings.h>

int
slice_compare(struct slice a, struct slice b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter == 0 ? 0 : memcmp(a.ptr, b.ptr, shorter);

	if (order != 0)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

bool
slice_is_nocase(struct slice s, const char *string)
{
	return s.len == strlen(string) &&
	    (s.len == 0 || strncasecmp(s.ptr, string, s.len) == 0);
}

const char *
slice_chr(struct slice s, char c)
{
	return s.len == 0 ? NULL : memchr(s.ptr, c, s.len);
}

const char *
slice_rchr(struct slice s, char c)
{
	return s.len == 0 ? NULL : memrchr(s.ptr, c, s.len);
}

const char *
slice_find(struct slice s, const char *needle)
{
	return s.len == 0 ? NULL : memmem(s.ptr, s.len, needle, strlen(needle));
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice
slice_trim(struct slice s)
{
	while (s.len > 0 && is_blank(s.ptr[0]))
		s = slice_from(s, 1);
	while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

bool
slice_cut(struct slice *rest, char sep, struct slice *taken)
{
	const char *at = slice_chr(*rest, sep);

	if (rest->len == 0)
		return false;
	if (at == NULL) {
		*taken = *rest;
		*rest = slice_from(*rest, rest->len);
		return true;
	}
	*taken = slice_between(rest->ptr, at);
	*rest = slice_from(*rest, taken->len + 1);
	return true;
}

int
slice_number(struct slice s, uint64_t *number)
{
	uint64_t value = 0;
	bool over = false;

	if (s.len == 0 || slice_digits(s) != s.len)
		return -1;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned)(s.ptr[i] - '0');

		over |= __builtin_mul_overflow(value, 10, &value);
		over |= __builtin_add_overflow(value, digit, &value);
	}
	if (over)
		return 1;
	*number = value;
	return 0;
}

bool
slice_take_char(struct slice *s, char c)
{
	if (s->len == 0 || s->ptr[0] != c)
		return false;
	*s = slice_from(*s, 1);
	return true;
}

size_t
slice_digits(struct slice s)
{
	size_t n = 0;

	while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9')
		n++;
	return n;
}
