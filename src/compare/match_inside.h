/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_MATCH_INSIDE_H
#define COMPARE_MATCH_INSIDE_H

/*
 * For matchers: how a pair is made. The free lists keep what was paired until
 * matching_drop_paired(), so that they can be walked meanwhile.
 */

#include "compare/match.h"

/* Pairs an old site with a new one, or notes that it has none (one of them
 * NULL); it may be in no pair yet. */
void matching_add(struct matching *matching, const struct site *old,
    const struct site *new, enum match_kind kind, double score);

/* Gives each of the two a pair of its own, which names the other. */
void matching_add_twins(struct matching *matching, const struct site *old,
    const struct site *new);

/* Whether a site is in a pair. */
bool matching_has_old(const struct matching *matching, const struct site *old);
bool matching_has_new(const struct matching *matching, const struct site *new);

/* Takes those that are in pairs off the lists of free sites. */
void matching_drop_paired(struct matching *matching);

#endif
