/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/mention.h"

#include <strings.h>

#include "base/ascii.h"
#include "model/operation.h"

/* Of a stem no less than this is left. */
enum { STEM_LEAST = 3 };

static char
lower(char c)
{
	return ascii_is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

/* Whether text begins with word, but for case and underscores. */
static bool
begins_with(struct slice text, struct slice word)
{
	size_t at = 0;

	for (size_t i = 0; i < word.len; i++) {
		if (word.ptr[i] == '_')
			continue;
		while (at < text.len && text.ptr[at] == '_')
			at++;
		if (at == text.len || lower(text.ptr[at]) != lower(word.ptr[i]))
			return false;
		at++;
	}
	return word.len > 0;
}

/* What begins with an underscore begins behind it as well: so a text of
 * underscores is not gone through from each of them. */
static bool
holds(struct slice text, struct slice word)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '_' &&
		    begins_with(slice_from(text, i), word))
			return true;
	return false;
}

/* A word without the ending that tells singular from plural: user of users,
 * categor of category and categories. */
static struct slice
stem(struct slice word)
{
	static const char *const endings[] = { "ies", "es", "s", "y", NULL };

	for (size_t i = 0; endings[i] != NULL; i++) {
		size_t len = strlen(endings[i]);

		if (word.len >= len + STEM_LEAST &&
		    strncasecmp(word.ptr + word.len - len, endings[i], len) ==
			0)
			return slice_head(word, word.len - len);
	}
	return word;
}

/* "users" of "shop.users". */
static struct slice
last_name(struct slice kind)
{
	const char *dot = slice_rchr(kind, '.');

	return dot == NULL ? kind : slice_between(dot + 1, kind.ptr + kind.len);
}

bool
mention_operation(struct slice text, struct slice operation)
{
	return holds(text, operation_verb(operation)) ||
	    holds(text, stem(last_name(operation_kind(operation))));
}
