/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/words.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool
words_have(const char *const *words, size_t count, struct slice word)
{
	return bsearch(&word, words, count, sizeof(*words), words_compare) !=
	    NULL;
}

int
words_compare(const void *key, const void *element)
{
	const struct slice *word = key;
	const char *entry = *(const char *const *)element;
	size_t len = strlen(entry);
	size_t shorter = word->len < len ? word->len : len;
	int order = shorter == 0 ? 0 : strncasecmp(word->ptr, entry, shorter);

	if (order != 0)
		return order;
	return word->len < len ? -1 : word->len > len;
}
