/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_ALIKE_H
#define COMPARE_ALIKE_H

/*
 * Whether several changes rose alike, so that they can be told in one line:
 * "all 7 sites of this file, x3.1". Pure: no I/O.
 */

#include <stdbool.h>
#include <stddef.h>

#include "compare/rank.h"

/*
 * Whether most of the changes, by number and by weight, rose by the ratio of
 * their sums, of those that are large enough to tell that from noise; and
 * whether without the part that rose most the rest rose too. The i-th change
 * belongs to parts[i], below part_count; with one part alone there is no rest,
 * and they are not alike.
 */
bool alike_rose(const struct change *const *changes, const size_t *parts,
    size_t count, size_t part_count);

#endif
