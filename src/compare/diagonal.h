/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_DIAGONAL_H
#define COMPARE_DIAGONAL_H

/*
 * Where about each site of a long list stands in another: the middle of the
 * band in which chain.h looks for matches. Told from runs of six sites that
 * both lists have just once, with the same operations as far apart: code that
 * only moved. Of these as many are taken as keep their order, the rest lies
 * evenly between them. Pure: no I/O.
 */

#include <stddef.h>
#include <stdint.h>

#include "compare/chain.h"

/* For each old site a place in the new list; they never go back. The caller
 * frees the array. Neither list is empty. */
uint32_t *diagonal_find(const struct chain_site *old, size_t old_count,
    const struct chain_site *new, size_t new_count);

#endif
