/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_ANCHOR_H
#define COMPARE_ANCHOR_H

/*
 * A line diff: which lines of a text stand in another text too, in the same
 * order. Pure: no I/O.
 *
 * Lines that both have just once are taken first, as many as keep their order
 * (patience diff), then the same between each two of them. So blocks keep
 * their own braces, where a diff that only counts lines would take any. What
 * no such line parts is left to the shortest edit (Myers 1986).
 *
 * It takes time in proportion to the lines for texts that are much the same,
 * and a bounded amount at worst: what is left then has no anchors.
 */

#include <stddef.h>

#include "compare/text.h"

/* Sets to[n - 1], for each line n of old, to its line in new, or to 0. */
void anchor_lines(size_t *to, const struct text *old, const struct text *new);

#endif
