/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_GROUPING_H
#define COMPARE_GROUPING_H

/*
 * What sites are added up by: some of file, line, function, operation (or
 * kind, which then stands where the operation would). Pure: no I/O.
 */

#include "base/buf.h"
#include "compare/match.h"
#include "model/tally.h"

/* File, line, function and operation: all that a site has. */
extern const struct tally_keys grouping_whole;

/* The site without what is not grouped by, and with a count of 0. */
struct site grouping_site(const struct tally_keys *keys,
    const struct site *site);

/* Replaces what is in key by bytes that are equal for sites of one group, and
 * whose memcmp order is that of the columns. */
void grouping_key(struct buf *key, const struct tally_keys *keys,
    const struct site *site);

#endif
