/* SPDX-License-Identifier: MIT */
/*
 * spikes [SEED]: what src/compare claims of days that were made up, whose
 * spikes are known. 1,500 sites, log10 of their daily counts N(3, 1.2), and
 * traffic x1.2 on the new day. A site's rate varies from day to day:
 *
 *	A: by 12 % as a rule, with a spread between sites;
 *	B: as A, that of the busiest site 8 times as much;
 *	C: by 5 %, with a spread;
 *	D: by 12 % at all sites.
 *
 * Prints of 15 spikes, x1.5 to x10 evenly: how many were claimed (q <= .05)
 * with four old days, and which part of the claims is false; of 5 causes with
 * .05 to 5 % of the traffic each, x1.5 to x8 with even logarithms: how much of
 * the true excess is in the first five rows; and of days without a spike: how
 * often something stands out. Wanted: a false share of at most .06 and, of A, a
 * recall of at least .68; .90 of the excess with one old day, .93 with four.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "compare/rank.h"

enum {
	MAX_SITES = 1500,
	FEW_SITES = 30,
	MAX_DAYS = 4,
	SPIKES = 15,
	CAUSES = 5,
	TOP = 5,
	RUNS = 60,
	CAUSE_RUNS = 200
};

#define TRAFFIC 1.2

struct variant {
	const char *name;
	double cv;
	double spread; /* of ln cv between sites */
	double busiest;
};

static const struct variant variants[] = {
	{ "A", 0.12, 0.5, 1 },
	{ "B", 0.12, 0.5, 8 },
	{ "C", 0.05, 0.5, 1 },
	{ "D", 0.12, 0, 1 },
};

struct days {
	struct random random;
	size_t days; /* old ones */
	size_t count;
	double rates[MAX_SITES];
	double cvs[MAX_SITES];
	double spikes[MAX_SITES]; /* 1: none */
	uint64_t old[MAX_SITES][MAX_DAYS];
	struct site old_sites[MAX_SITES];
	struct site new_sites[MAX_SITES];
	struct lineup_row rows[MAX_SITES];
	struct noise_series series[MAX_SITES];
	struct traffic traffic;
	struct ranking ranking;
};

/* Above 0, and at most 1. */
static double
uniform(struct random *random)
{
	return ((double)(random_next(random) >> 11) + 1) * 0x1p-53;
}

/* Box and Muller's. */
static double
normal(struct random *random)
{
	double radius = sqrt(-2 * log(uniform(random)));

	return radius * cos(2 * M_PI * uniform(random));
}

static double
between(struct random *random, double low, double high)
{
	return low + (high - low) * uniform(random);
}

/* Where there are many it is normal, nearly. */
static uint64_t
poisson(struct random *random, double mean)
{
	double left = exp(-mean);
	uint64_t n = 0;

	if (mean > 500)
		return (
		    uint64_t)fmax(0, round(mean + sqrt(mean) * normal(random)));
	for (double product = uniform(random); product > left; n++)
		product *= uniform(random);
	return n;
}

static uint64_t
count_day(struct days *days, size_t site, double traffic)
{
	double cv = days->cvs[site];
	double noise = exp(cv * normal(&days->random) - cv * cv / 2);

	return poisson(&days->random, days->rates[site] * traffic * noise);
}

static void
draw_sites(struct days *days, const struct variant *variant)
{
	size_t busiest = 0;

	for (size_t i = 0; i < days->count; i++) {
		days->rates[i] = pow(10, 3 + 1.2 * normal(&days->random));
		days->cvs[i] = variant->cv *
		    exp(variant->spread * normal(&days->random));
		days->spikes[i] = 1;
		if (days->rates[i] > days->rates[busiest])
			busiest = i;
	}
	days->cvs[busiest] *= variant->busiest;
}

static void
draw_counts(struct days *days)
{
	for (size_t i = 0; i < days->count; i++) {
		double sum = 0;

		for (size_t day = 0; day < days->days; day++) {
			days->old[i][day] = count_day(days, i, 1);
			sum += (double)days->old[i][day];
		}
		days->old_sites[i].count = (uint64_t)(sum / (double)days->days +
		    0.5);
		days->new_sites[i].count = count_day(days, i,
		    TRAFFIC * days->spikes[i]);
		days->rows[i] = (struct lineup_row){
			.pair = { &days->old_sites[i], &days->new_sites[i],
			    MATCH_EXACT, 1, NULL },
			.old = days->old[i],
		};
		days->series[i] = (struct noise_series){ days->old[i],
			days->new_sites[i].count };
	}
}

static void
compare_days(struct days *days)
{
	traffic_init(&days->traffic, days->series, days->count, days->days);
	ranking_init(&days->ranking, days->rows, days->count, &days->traffic,
	    days->traffic.factor);
}

static void
forget(struct days *days)
{
	ranking_release(&days->ranking);
	traffic_release(&days->traffic);
}

static size_t
site_of(const struct days *days, const struct change *change)
{
	return (size_t)(change->pair.new - days->new_sites);
}

static void
draw_spikes(struct days *days)
{
	for (size_t n = 0; n < SPIKES;) {
		size_t i = random_below(&days->random, days->count);

		if (days->spikes[i] > 1)
			continue;
		days->spikes[i] = between(&days->random, 1.5, 10);
		n++;
	}
}

struct claims {
	size_t found;
	size_t false_found;
	size_t standing; /* those that stand out, */
	size_t false_standing;
	size_t runs; /* and the runs with one that is no spike */
};

static void
add_claims(struct claims *claims, const struct days *days)
{
	size_t before = claims->false_standing;

	for (size_t i = 0; i < days->count; i++) {
		const struct change *change = &days->ranking.changes[i];
		bool is_spike = days->spikes[site_of(days, change)] > 1;

		if (change_rose(change) && change->noise.q <= 0.05) {
			claims->found += is_spike;
			claims->false_found += !is_spike;
		}
		if (change_stands_out(change)) {
			claims->standing += is_spike;
			claims->false_standing += !is_spike;
		}
	}
	claims->runs += claims->false_standing > before;
}

static void
simulate(struct days *days, const struct variant *variant, size_t old_days,
    bool has_spikes, struct claims *claims)
{
	*claims = (struct claims){ 0 };
	days->days = old_days;
	for (int run = 0; run < RUNS; run++) {
		draw_sites(days, variant);
		if (has_spikes)
			draw_spikes(days);
		draw_counts(days);
		compare_days(days);
		add_claims(claims, days);
		forget(days);
	}
}

static double
part(size_t some, size_t others)
{
	return some == 0 ? 0 : (double)some / (double)(some + others);
}

static void
print_spikes(struct days *days, size_t old_days)
{
	printf("\n%d spikes, %d runs, old days: %zu\n"
	       "        q <= .05: recall  false share   stands out: recall"
	       "  false share\n",
	    SPIKES, RUNS, old_days);
	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		struct claims claims;

		simulate(days, &variants[i], old_days, true, &claims);
		printf("%-6s  %16.3f  %11.3f  %19.3f  %11.3f\n",
		    variants[i].name, (double)claims.found / (SPIKES * RUNS),
		    part(claims.false_found, claims.found),
		    (double)claims.standing / (SPIKES * RUNS),
		    part(claims.false_standing, claims.standing));
	}
}

static void
print_quiet(struct days *days, size_t old_days)
{
	printf("\nno spike, %d runs, old days: %zu, sites: %zu\n"
	       "        claims a run (q <= .05)   runs in which something "
	       "stands out   rows\n",
	    RUNS, old_days, days->count);
	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		struct claims claims;

		simulate(days, &variants[i], old_days, false, &claims);
		printf("%-6s  %23.3f  %37.3f  %5zu\n", variants[i].name,
		    (double)claims.false_found / RUNS,
		    (double)claims.runs / RUNS, claims.false_standing);
	}
}

/* Rankings to measure: ours, and those of others. */
enum ranker { BY_LOW, BY_EXCESS, BY_RISE, BY_RATIO, RANKERS };

static const char *const rankers[] = {
	[BY_LOW] = "lower bound of the excess",
	[BY_EXCESS] = "y - T x",
	[BY_RISE] = "y - x",
	[BY_RATIO] = "y / x",
};

struct scored {
	double score;
	size_t site;
};

static int
compare_scored(const void *a, const void *b)
{
	double left = ((const struct scored *)a)->score;
	double right = ((const struct scored *)b)->score;

	return (left < right) - (left > right);
}

static double
score_of(const struct days *days, enum ranker ranker, size_t place)
{
	const struct change *change = &days->ranking.changes[place];
	double old = (double)change->old_count;
	double new = (double)change->new_count;

	switch (ranker) {
	case BY_EXCESS:
		return new - old * days->traffic.factor;
	case BY_RISE:
		return new - old;
	case BY_RATIO:
		return new / (old + 0.5);
	case BY_LOW:
	case RANKERS:
		break;
	}
	return -(double)place;
}

struct finds {
	double causes; /* among the first five */
	double excess; /* their part of the true one */
	double first;  /* the first one is a cause */
};

static double
true_excess(const struct days *days, size_t site)
{
	return days->rates[site] * TRAFFIC * (days->spikes[site] - 1);
}

static void
add_finds(struct finds *finds, const struct days *days, enum ranker ranker)
{
	static struct scored scored[MAX_SITES];
	double whole = 0;

	for (size_t i = 0; i < days->count; i++) {
		size_t site = site_of(days, &days->ranking.changes[i]);

		scored[i] = (struct scored){ score_of(days, ranker, i), site };
		whole += true_excess(days, site);
	}
	qsort(scored, days->count, sizeof(scored[0]), compare_scored);
	finds->first += days->spikes[scored[0].site] > 1;
	for (size_t i = 0; i < TOP; i++) {
		finds->causes += days->spikes[scored[i].site] > 1;
		finds->excess += true_excess(days, scored[i].site) / whole;
	}
}

static void
draw_causes(struct days *days)
{
	double sum = 0;

	for (size_t i = 0; i < days->count; i++)
		sum += days->rates[i];
	for (size_t n = 0; n < CAUSES;) {
		size_t i = random_below(&days->random, days->count);
		double share = days->rates[i] / sum;

		if (days->spikes[i] > 1 || share < 0.0005 || share > 0.05)
			continue;
		days->spikes[i] = exp(between(&days->random, log(1.5), log(8)));
		n++;
	}
}

static bool
cause_stands_out(const struct days *days)
{
	for (size_t i = 0; i < days->count; i++) {
		const struct change *change = &days->ranking.changes[i];

		if (change_stands_out(change) &&
		    days->spikes[site_of(days, change)] > 1)
			return true;
	}
	return false;
}

static void
print_causes(struct days *days, size_t old_days)
{
	struct finds finds[RANKERS] = { 0 };
	int standing = 0;

	days->days = old_days;
	for (int run = 0; run < CAUSE_RUNS; run++) {
		draw_sites(days, &variants[0]);
		draw_causes(days);
		draw_counts(days);
		compare_days(days);
		for (size_t i = 0; i < RANKERS; i++)
			add_finds(&finds[i], days, (enum ranker)i);
		standing += cause_stands_out(days);
		forget(days);
	}
	printf("\n%d causes, %d runs, old days: %zu\n"
	       "ranked by                  causes in five  share of excess  "
	       "first is one\n",
	    CAUSES, CAUSE_RUNS, old_days);
	for (size_t i = 0; i < RANKERS; i++)
		printf("%-26s %14.2f  %15.3f  %12.2f\n", rankers[i],
		    finds[i].causes / (CAUSES * CAUSE_RUNS),
		    finds[i].excess / CAUSE_RUNS, finds[i].first / CAUSE_RUNS);
	printf("a cause stands out in %.2f of the runs\n",
	    (double)standing / CAUSE_RUNS);
}

int
main(int argc, char **argv)
{
	static struct days days;

	random_seed(&days.random, argc > 1 ? strtoull(argv[1], NULL, 10) : 1);
	days.count = MAX_SITES;
	print_spikes(&days, 4);
	print_spikes(&days, 1);
	print_causes(&days, 1);
	print_causes(&days, 4);
	print_quiet(&days, 4);
	print_quiet(&days, 1);
	days.count = FEW_SITES;
	print_quiet(&days, 1);
	return 0;
}
