/* SPDX-License-Identifier: MIT */
#ifndef MODEL_WORDS_H
#define MODEL_WORDS_H

/*
 * Lists of words that a text is looked up in, whatever its case. A list is in
 * lower case and in the order of its bytes.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

bool words_have(const char *const *words, size_t count, struct slice word);

/* The same for an array. */
#define WORDS_HAVE(words, word) \
	words_have((words), sizeof(words) / sizeof((words)[0]), (word))

/*
 * For bsearch() in a table of structs that start with their word: key is a
 * struct slice, element a struct whose first member is a const char *.
 */
int words_compare(const void *key, const void *element);

#endif
