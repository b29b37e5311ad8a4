/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_RENAMED_H
#define COMPARE_RENAMED_H

/*
 * Which file that only the old day has is which that only the new day has.
 * Pure: no I/O.
 *
 * Two files are alike by the share of their sites that chain.h links, each by
 * its score, of those of the larger one. They are taken for the same file
 *
 *	when more than half is alike, and that is more than one site, or
 *	when they have the same base name, something alike, and no other file
 *	of only one day is called so, or the same folder above it too.
 *
 * The latter are paired first; of each, those first whose paths' ends have more
 * in common, and that are more alike. Not all are compared with all: each old
 *file only with those that stand beside it when paths are sorted from their
 *ends, and with the few that share most of its rarer operations.
 */

#include "base/slice.h"
#include "compare/chain.h"

struct renamed_file {
	struct slice name;
	const struct chain_site *sites; /* as chain_sites() wants them */
	size_t count;
};

struct renamed_pair {
	size_t old, new; /* places in the lists */
	double score;    /* how alike, 0 to 1; the same base name is half */
};

/* The pairs, the surest first; the caller frees the array. *count is how many.
 * The chain is used for work. */
struct renamed_pair *renamed_find(struct chain *chain,
    const struct renamed_file *old, size_t old_count,
    const struct renamed_file *new, size_t new_count, double log_factor,
    size_t *count);

#endif
