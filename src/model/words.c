/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/words.h"

#include <stdlib.h>

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

	for (size_t i = 0; i < word->len; i++) {
		char c = word->ptr[i];

		if (entry[i] == '\0')
			return 1;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != entry[i])
			return (unsigned char)c - (unsigned char)entry[i];
	}
	return entry[word->len] == '\0' ? 0 : -1;
}
