/* SPDX-License-Identifier: MIT */
#ifndef SCAN_LITERAL_H
#define SCAN_LITERAL_H

/*
 * What a pattern cannot do without: a literal that stands in every text it
 * matches, so that a search for it can pass over what is not worth matching.
 * Of PCRE2's syntax (pcre2pattern(3)) only what is plain is understood:
 * characters, escaped punctuation, groups that stand just once. Everything
 * else ends the literal, and what could change the meaning of the rest (an
 * option such as (?i), an alternative at the top) gives none. Pure.
 */

#include <stdbool.h>

#include "base/buf.h"

/*
 * Sets literal to the longest run of bytes that is_plain() accepts (NULL: all
 * but line ends) and that stands in every text that the pattern, compiled
 * without options, matches. Empty where none is known. Of several that are as
 * long, the first.
 */
void literal_required(const char *pattern, bool is_plain(char c),
    struct buf *literal);

/* Also the next longest, which stands elsewhere in the text; or empty. */
void literal_required_two(const char *pattern, bool is_plain(char c),
    struct buf *literal, struct buf *second);

#endif
