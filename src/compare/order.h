/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_ORDER_H
#define COMPARE_ORDER_H

/*
 * Matching sites without the source: code that is inserted or removed shifts
 * all lines below it, so sites keep their order, and neighbours their shift.
 * Pure: no I/O.
 *
 * For each file the sites of both days, by line, then by operation, are aligned
 * by dynamic programming. Only equal operations match. A match is worth
 *
 *	.4 + .3 a(x) + .3 a(y), where a(n) = n / (n + 10)
 *
 * for counts x and y: what was counted often is seldom missing on the other
 * day, so rather a site that was counted rarely is left over. Of this goes
 *
 *	.35  where its shift (new line - old line) is not that of the match
 *	     before, for the first: not 0
 *	.02  where it is on another line at all: most code stays
 *	.45 * (1 - exp(-|ln((y + .5) / (x + .5)) - ln T| / 1.5)),
 *	     T being the traffic factor
 *	.6   where both days name its function, and name it differently: so
 *	     that is only chosen where little else fits, as for a new name
 *
 * A rise alone never parts a site from itself, nor does one with a shift where
 * the site is busy; and there is no limit from which on all rises cost the
 * same: then nothing would tell two bad matches apart. (With 1 for each match
 * and a limit of 1.5 for the logarithm it is as good on call sites of Redmine,
 * and wrong on a real log whose traffic fell to .42 on the day of a shift.)
 *
 * Two maxima are kept for each cell: the best over all before it, and the best
 * that ends with the same shift; so a file of n and m sites takes n * m steps.
 * Large files are aligned within a band, see diagonal.h.
 *
 * Scores are what was right in tests/bench/sites, as a share: 1 where the links
 * before and behind have the same shift (before the first it is 0), .95 where
 * one of them has, .7 where none. Where functions' names differ .3 less. Counts
 * do not come in, else a rise would be doubted. Below MATCH_SURE it is
 * MATCH_MAYBE.
 */

#include "compare/match.h"

/*
 * Pairs free sites file by file: those on the same line MATCH_EXACT, others
 * MATCH_SHIFTED. It is meant for all sites: an equal line says little where
 * code was shifted. Then files that only one of the days has, by what renamed.h
 * says: MATCH_MOVED, with the files' score times the link's. factor is T; 0:
 * not known.
 */
void matching_by_order(struct matching *matching, double factor);

/*
 * Tells of what is free then, of the same operation and with like counts, of at
 * least 10, what may be the same: code that was taken elsewhere rather than
 * something that appeared and something else that vanished (FBDetect's "cost
 * shift", SOSP 2024). Only where just one old and one new site are so alike:
 * ln(y / Tx) is less than two standard errors, with .15 of noise a day. That is
 * too little to pair them: each gets a pair of its own, whose twin is the
 * other. A factor that is not known is taken for 1.
 */
void matching_tell_twins(struct matching *matching, double factor);

#endif
