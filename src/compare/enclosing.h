/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_ENCLOSING_H
#define COMPARE_ENCLOSING_H

/*
 * Which function a line is in, told from indentation and from the words with
 * which languages begin functions (def, func, fn, function, sub, NAME(...) {).
 * A guess that needs no parser. Pure: no I/O.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "compare/text.h"

struct enclosing {
	size_t first, last; /* lines, from 1; the head is first */
	struct slice name;  /* of the function, within the text; may be empty */
};

/* The innermost named function around a line (from 1), the line itself where it
 * is a head. False where there is none: code of the file itself. */
bool enclosing_find(struct enclosing *enclosing, const struct text *text,
    size_t line);

/* The same for all lines at once, in time in proportion to the text: names[n -
 * 1] becomes the name for line n, valid as long as the text; empty: none. */
void enclosing_names(struct slice *names, const struct text *text);

#endif
