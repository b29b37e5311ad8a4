/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_NOISE_H
#define COMPARE_NOISE_H

/*
 * What counts do from day to day though no code changed: traffic, which moves
 * all sites alike, and noise, which moves each by itself. Pure: no I/O.
 *
 * A series is the counts of one site: of each old day, the oldest first, and of
 * the new one behind them. A site that is not there on a day has 0.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct noise_series {
	const uint64_t *old; /* days of them */
	uint64_t new;
};

/*
 * How much more traffic the new day had: the median over the sites of new/old
 * (Anders and Huber 2010), of those that have at least 10 on both days; so a
 * rise of a few sites does not move it. With fewer than 10 such sites sites is
 * 0 and factor the ratio of the sums, which the change that is sought distorts.
 * With several old days it is told for each, and factor is the new day's over
 * their geometric mean.
 */
struct traffic {
	double factor; /* 0: one side has nothing at all */
	size_t sites;  /* that the median was taken of; 0: it is the sums' */
	double total;  /* the ratio of the sums, the old one being the mean */
	/* Of each old day, their geometric mean being 1; 0: it has nothing at
	 * all, and is passed over as if it were not there. */
	double *days;
	size_t day_count;
};

void traffic_init(struct traffic *traffic, const struct noise_series *series,
    size_t count, size_t days);
void traffic_release(struct traffic *traffic);

/* What a series comes to, against the noise of all. */
struct noise_verdict {
	double expected;   /* of the new count */
	double error;      /* standard error of ln(new/expected) */
	double excess;     /* new - expected */
	double low;        /* of the excess: with 95 % it is more; 0: noise */
	double ratio_low;  /* new/old with 95 % between these (by t, where p is
			    * claimed, else by 1.96 errors); old as */
	double ratio_high; /* the mean of the old days; NaN where that is 0 */
	double p;          /* two-sided; NaN: not claimed */
	double q;          /* the false discovery rate; NaN: not claimed */
	bool stands_out;   /* low > 0, and more: see noise_judge() */
};

struct noise {
	size_t days;  /* old ones that have anything */
	double cv;    /* of a site from day to day, as a rule: its coefficient
		       * of variation */
	size_t sites; /* that it was told from, 10 or more; 0: assumed, .12 */
	bool is_claimed; /* p and q are: there are three old days or more */
};

/*
 * Judges all series at once; factor is the traffic of the new day over the mean
 * old one (1 where it is not known), traffic the factors of the old days. Fills
 * verdicts, which has room for count.
 *
 * With one or two old days (two are taken as one, their mean) the noise is told
 * from the spread of the ratios of busy sites, which have 100 and more on every
 * day, and nothing tells a noisy site from one that changed: no p. With three
 * and more a moderated t (Smyth 2004, on log rates, with the counting noise
 * taken off), and Benjamini and Hochberg's q. Never a Poisson test, which at
 * such counts calls everything significant.
 *
 *	E = T x
 *	    of several days: T exp(mean of ln((x_d + .5) / s_d)) - .5
 *	low = y (1 - exp(-(ln((y + .5) / (T (x + .5))) - 1.645 se))), at least 0
 *
 * The halves keep zeros out of logarithms; the last one is taken off again, so
 * that a site which counts the same every day is as expected.
 *
 * Of 1,500 sites that did not change 75 have a low above 0: each has with 5 %.
 * What stands out is told more strictly. With three and more old days q is at
 * most .05. With fewer one of these must hold:
 *
 *	- ln(new/expected) is more standard errors than chance gives the largest
 *	  of so many sites: .05/sites of the t with 5 degrees of freedom, which
 *	  has the tails of sites that are noisy by different amounts;
 *	- low alone is half of the sum of all excesses: one site is the story;
 *	- no old day has it, and the new one has 100 or more.
 *
 * Measured by tests/bench/spikes with three seeds: on days of 1,500 noisy sites
 * without a spike nothing stands out in 97 of 100 runs, with one old day as
 * with four; in 76 where there is one old day and the busiest site is by far
 * the noisiest. The price of having one old day: where five sites changed, one
 * or more stand out in 47 of 100 runs; with four old days in 95.
 */
void noise_judge(struct noise *noise, const struct noise_series *series,
    size_t count, const struct traffic *traffic, double factor,
    struct noise_verdict *verdicts);

#endif
