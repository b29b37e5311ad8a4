/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_LINEUP_H
#define COMPARE_LINEUP_H

/*
 * The sites of several days, side by side: one old day or more, and the new
 * one. Each old day was matched with the new one by itself. Pure: no I/O.
 *
 *	lineup = lineup_new(days, new_sites, new_count);
 *	for each old day, the oldest first:
 *		lineup_add(lineup, &matching);
 *	rows = lineup_rows(lineup, &count);
 *	lineup_free(lineup);
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compare/match.h"
#include "model/tally.h"

/*
 * What the days have in common: a site and operation, or what several were
 * added up to. pair.old is where the latest old day that has it has it; its
 * count is the mean of the old days, rounded to the nearest.
 */
struct lineup_row {
	struct pair pair;
	const uint64_t *old; /* counts, one for each old day */
};

struct lineup;

/* Of so many old days. The new day's sites must outlive it. */
struct lineup *lineup_new(size_t days, const struct site *new_sites,
    size_t new_count);
void lineup_free(struct lineup *lineup); /* NULL is allowed */

/* Adds what the next old day has, matched with the new day's sites, and
 * finished. Its sites are borrowed until the lineup is freed, the matching is
 * not. Sites that the new day has not are one where they are equal. */
void lineup_add(struct lineup *lineup, const struct matching *matching);

/* All rows, one for each site and operation, when all days were added. They are
 * the lineup's. */
const struct lineup_row *lineup_rows(struct lineup *lineup, size_t *count);

/*
 * Those rows added up by some of file, line, function, operation and kind, when
 * lineup_rows() was called. By lines, or where is_followed, code that moved
 * counts where it is now; where is_followed, what only may have moved too (to
 * its twin). Else old counts stand under their old names, but for
 * names that the new day has not: they count where most of theirs went (a file
 * that was renamed).
 */
const struct lineup_row *lineup_group(struct lineup *lineup,
    const struct tally_keys *keys, bool is_followed, size_t *count);

/* Whether some sum of lineup_group() would have passed 2^64-1; it stays
 * there. */
bool lineup_is_over(const struct lineup *lineup);

#endif
