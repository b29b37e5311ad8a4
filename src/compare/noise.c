/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/noise.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "compare/distribution.h"

enum {
	ENOUGH_COUNTS = 10, /* on both days, for a ratio to mean something */
	ENOUGH_SITES = 10,  /* for their median to */
	BUSY = 100,         /* on all days: chance in counting is small */
	ENOUGH_DAYS = 3,    /* to tell a noisy site from one that changed */
	TINY = 20,          /* of all counts: their interval is exact */
	NOISE_FREEDOM = 5   /* of the t whose tails noise of two days has */
};

#define ASSUMED_CV 0.12
#define ONE_SIDED 1.645
#define TWO_SIDED 1.96
#define TAIL 0.025 /* each, of the interval of a ratio */
#define RATE 0.05  /* of false discoveries that is put up with */
#define LARGE_PART 0.5
#define MAX_PRIOR_DAYS 50.0
#define ASSUMED_PRIOR_DAYS 4.0

/* The k-th smallest of the values, which are put in some other order: those
 * before place k are not larger. Hoare's. */
static double
find_nth(double *values, size_t count, size_t k)
{
	size_t from = 0;
	size_t to = count - 1;

	while (from < to) {
		double pivot = values[from + (to - from) / 2];
		size_t i = from;
		size_t j = to;

		for (;;) {
			double swapped;

			while (values[i] < pivot)
				i++;
			while (values[j] > pivot)
				j--;
			if (i >= j)
				break;
			swapped = values[i];
			values[i++] = values[j];
			values[j--] = swapped;
		}
		if (k <= j)
			to = j;
		else
			from = j + 1;
	}
	return values[k];
}

/* Puts the values in some other order; 0 of none. */
static double
median(double *values, size_t count)
{
	size_t half = count / 2;
	double upper;
	double lower = -INFINITY;

	if (count == 0)
		return 0;
	upper = find_nth(values, count, half);
	if (count % 2 == 1)
		return upper;
	for (size_t i = 0; i < half; i++)
		lower = values[i] > lower ? values[i] : lower;
	return (lower + upper) / 2;
}

/* On the new day, which stands behind the old ones, or on one of these. */
static double
count_on(const struct noise_series *series, size_t day, size_t days)
{
	return (double)(day == days ? series->new : series->old[day]);
}

/* The days of all series, while their traffic is told. */
struct calendar {
	const struct noise_series *series;
	size_t count;
	size_t days;    /* old ones; the new one is behind them */
	double *sums;   /* of each day */
	double *ratios; /* room for one of each series */
};

/* The median over the sites of day/base, or the ratio of the sums; sites gets
 * the number of the former, or 0. */
static double
tell_factor(const struct calendar *calendar, size_t day, size_t base,
    size_t *sites)
{
	size_t n = 0;

	for (size_t i = 0; i < calendar->count; i++) {
		const struct noise_series *series = &calendar->series[i];
		double before = count_on(series, base, calendar->days);
		double after = count_on(series, day, calendar->days);

		if (before >= ENOUGH_COUNTS && after >= ENOUGH_COUNTS)
			calendar->ratios[n++] = after / before;
	}
	*sites = n >= ENOUGH_SITES ? n : 0;
	if (*sites == 0)
		return calendar->sums[day] / calendar->sums[base];
	return median(calendar->ratios, n);
}

/* Divides by the geometric mean of the days that have anything. */
static double
scale_days(struct traffic *traffic)
{
	double sum = 0;
	size_t n = 0;
	double mean;

	for (size_t day = 0; day < traffic->day_count; day++)
		if (traffic->days[day] > 0) {
			sum += log(traffic->days[day]);
			n++;
		}
	mean = n == 0 ? 1 : exp(sum / (double)n);
	for (size_t day = 0; day < traffic->day_count; day++)
		traffic->days[day] /= mean;
	return mean;
}

/* Against the first old day that has anything. */
static void
tell_factors(struct traffic *traffic, const struct calendar *calendar)
{
	size_t days = calendar->days;
	double sum = 0;
	size_t base = 0;
	size_t used = 0;

	while (base < days && calendar->sums[base] <= 0)
		base++;
	if (base == days)
		return;
	for (size_t day = base; day < days; day++) {
		traffic->days[day] = tell_factor(calendar, day, base,
		    &traffic->sites);
		sum += calendar->sums[day];
		used += calendar->sums[day] > 0;
	}
	traffic->factor = tell_factor(calendar, days, base, &traffic->sites) /
	    scale_days(traffic);
	traffic->total = calendar->sums[days] / (sum / (double)used);
}

void
traffic_init(struct traffic *traffic, const struct noise_series *series,
    size_t count, size_t days)
{
	struct calendar calendar = {
		.series = series,
		.count = count,
		.days = days,
		.sums = xcalloc(days + 1, sizeof(calendar.sums[0])),
		.ratios = xcalloc(count, sizeof(calendar.ratios[0])),
	};

	for (size_t i = 0; i < count; i++)
		for (size_t day = 0; day <= days; day++)
			calendar.sums[day] += count_on(&series[i], day, days);
	*traffic = (struct traffic){ .day_count = days };
	traffic->days = xcalloc(days, sizeof(traffic->days[0]));
	tell_factors(traffic, &calendar);
	free(calendar.ratios);
	free(calendar.sums);
}

void
traffic_release(struct traffic *traffic)
{
	free(traffic->days);
	*traffic = (struct traffic){ 0 };
}

/* What the old days of a series come to. */
struct past {
	double sum;      /* of the counts */
	double mean;     /* one or two days: count at the mean traffic; more:
			  * mean of ln((count + .5) / traffic) */
	double variance; /* of these logarithms, day to day */
	double chance;   /* what counting alone gives it: mean 1/(count + .5) */
	bool is_busy;
};

struct judge {
	struct noise *noise;
	const struct noise_series *series;
	struct past *pasts;
	size_t count;
	size_t days;         /* of each series */
	const double *scale; /* traffic of each, 0: it has no data */
	double scale_sum;
	double days_used; /* at least 1 */
	double factor;
	double variance;   /* of a site's ln rate from day to day */
	double prior_days; /* that the variance is worth */
	double two_sided;  /* standard errors of the interval of a ratio */
	double *values;    /* room for one of each series */

	/* Quantiles of tiny counts, see odds_low(); 0: not yet reckoned. */
	double odds[TINY][TINY];
};

static void
sum_up(const struct judge *judge, size_t index)
{
	const uint64_t *old = judge->series[index].old;
	struct past *past = &judge->pasts[index];
	double days = judge->days_used;

	past->is_busy = true;
	for (size_t day = 0; day < judge->days; day++) {
		if (judge->scale[day] <= 0)
			continue;
		past->sum += (double)old[day];
		past->chance += 1 / ((double)old[day] + 0.5) / days;
		past->is_busy = past->is_busy && old[day] >= BUSY;
	}
	past->mean = past->sum / judge->scale_sum;
}

/* The logarithms of many days. */
static void
sum_up_logs(const struct judge *judge, size_t index)
{
	const uint64_t *old = judge->series[index].old;
	struct past *past = &judge->pasts[index];
	double mean = 0;
	double squares = 0;
	double n = 0;

	for (size_t day = 0; day < judge->days; day++) {
		double rate;
		double step;

		if (judge->scale[day] <= 0)
			continue;
		rate = log(((double)old[day] + 0.5) / judge->scale[day]);
		step = rate - mean;
		mean += step / ++n;
		squares += step * (rate - mean);
	}
	past->mean = mean;
	past->variance = squares / (n - 1);
}

/* One or two days: the spread of the ratios of busy sites, less what counting
 * gives. Half of it, roughly, is each day's. */
static void
tell_spread(struct judge *judge)
{
	double *chances = xcalloc(judge->count, sizeof(chances[0]));
	double days = judge->days_used;
	double centre;
	double spread;
	size_t n = 0;

	for (size_t i = 0; i < judge->count; i++) {
		double old = judge->pasts[i].mean;
		double new = (double)judge->series[i].new;

		if (!judge->pasts[i].is_busy || new < BUSY)
			continue;
		chances[n] = 1 / judge->pasts[i].sum + 1 / new;
		judge->values[n++] = log(new / old / judge->factor);
	}
	if (n >= ENOUGH_SITES) {
		centre = median(judge->values, n);
		for (size_t i = 0; i < n; i++)
			judge->values[i] = fabs(judge->values[i] - centre);
		spread = 1.4826 * median(judge->values, n);
		judge->variance = fmax(0,
		    (spread * spread - median(chances, n)) / (1 + 1 / days));
		judge->noise->sites = n;
	}
	free(chances);
}

/* Collects ln of the variances of busy sites. One of days that were quite the
 * same by chance is taken as a small part of the median. */
static size_t
take_variances(struct judge *judge)
{
	double least;
	size_t n = 0;

	for (size_t i = 0; i < judge->count; i++)
		if (judge->pasts[i].is_busy)
			judge->values[n++] = judge->pasts[i].variance;
	least = fmax(median(judge->values, n) * 1e-5, 1e-30);
	for (size_t i = 0; i < n; i++)
		judge->values[i] = log(fmax(judge->values[i], least));
	return n;
}

static double
median_chance(struct judge *judge)
{
	size_t n = 0;

	for (size_t i = 0; i < judge->count; i++)
		if (judge->pasts[i].is_busy)
			judge->values[n++] = judge->pasts[i].chance;
	return median(judge->values, n);
}

/* Three days and more: the distribution that the sites' variances come from;
 * Smyth (2004), section 6.2. */
static void
tell_prior(struct judge *judge)
{
	double half = (judge->days_used - 1) / 2;
	size_t n = take_variances(judge);
	double mean = 0;
	double squares = 0;
	double excess;

	if (n < ENOUGH_SITES)
		return;
	for (size_t i = 0; i < n; i++) {
		double step = judge->values[i] - mean;

		mean += step / (double)(i + 1);
		squares += step * (judge->values[i] - mean);
	}
	mean += log(half) - digamma(half);
	excess = squares / (double)(n - 1) - trigamma(half);
	judge->prior_days = MAX_PRIOR_DAYS;
	if (excess > 0)
		judge->prior_days = fmin(2 * trigamma_inverse(excess),
		    MAX_PRIOR_DAYS);
	half = judge->prior_days / 2;
	judge->variance = fmax(0,
	    exp(mean + digamma(half) - log(half)) - median_chance(judge));
	judge->noise->sites = n;
}

/* The .025 quantile of the odds of a count among itself and another, when both
 * have the same rate. */
static double
odds_low(struct judge *judge, size_t count, size_t other)
{
	double *odds = &judge->odds[count][other];
	double share;

	if (count > 0 && *odds <= 0) {
		share = beta_inverse(0.025, (double)count, (double)other + 1);
		*odds = share / (1 - share);
	}
	return *odds;
}

/* The interval of new/old; of tiny counts the exact one of Clopper and Pearson
 * as well, and the wider of both. */
static void
tell_ratio(struct judge *judge, size_t index, double logarithm,
    struct noise_verdict *verdict)
{
	double old = judge->pasts[index].sum;
	uint64_t new = judge->series[index].new;
	double margin = judge->two_sided * verdict->error;

	verdict->ratio_low = NAN;
	verdict->ratio_high = NAN;
	if (old <= 0)
		return;
	verdict->ratio_low = judge->factor * exp(logarithm - margin);
	verdict->ratio_high = judge->factor * exp(logarithm + margin);
	if (old + (double)new >= TINY)
		return;
	verdict->ratio_low = fmin(verdict->ratio_low,
	    judge->scale_sum * odds_low(judge, new, (size_t)old));
	verdict->ratio_high = fmax(verdict->ratio_high,
	    judge->scale_sum / odds_low(judge, (size_t)old, new));
}

/* The excess, its lower bound and the interval, once the standard error is
 * told; logarithm is that of new/expected, with 1/2 added to counts. */
static void
tell_excess(struct judge *judge, size_t index, double logarithm,
    struct noise_verdict *verdict)
{
	double new = (double)judge->series[index].new;
	double certain = logarithm - ONE_SIDED * verdict->error;

	verdict->excess = new - verdict->expected;
	if (fabs(verdict->excess) < 1e-9 * new) { /* rounding */
		verdict->expected = new;
		verdict->excess = 0;
	}
	if (certain > 0 && verdict->excess > 0)
		verdict->low = fmin(-new *expm1(-certain), verdict->excess);
	tell_ratio(judge, index, logarithm, verdict);
}

/* With one or two old days, which count as one. */
static void
screen(struct judge *judge, size_t index, struct noise_verdict *verdict)
{
	const struct past *past = &judge->pasts[index];
	double new = (double)judge->series[index].new;
	double days = judge->days_used;
	double logarithm = log((new + 0.5) / (past->mean + 0.5)) -
	    log(judge->factor);

	verdict->expected = past->mean * judge->factor;
	verdict->error = sqrt(1 / (new + 0.5) + 1 / (past->mean + 0.5) / days +
	    judge->variance * (1 + 1 / days));
	verdict->p = NAN;
	verdict->q = NAN;
	tell_excess(judge, index, logarithm, verdict);
	judge->values[index] = logarithm / verdict->error;
}

/* Whether so many standard errors are more than the largest of so many noisy
 * sites; t's quartiles are made those of the normal distribution. */
static bool
is_beyond(double errors, size_t tests)
{
	double scaled = errors * (0.72669 / 0.67449);

	return t_upper_log(scaled, NOISE_FREEDOM) < log(RATE / (double)tests);
}

/* values holds the standard errors by which each is beyond what was expected.
 */
static void
tell_standing(struct judge *judge, struct noise_verdict *verdicts)
{
	double excess = 0;
	size_t tests = 0;

	for (size_t i = 0; i < judge->count; i++) {
		excess += fmax(0, verdicts[i].excess);
		tests += judge->pasts[i].sum > 0 || judge->series[i].new > 0;
	}
	for (size_t i = 0; i < judge->count; i++) {
		bool is_new = judge->pasts[i].sum <= 0 &&
		    judge->series[i].new >= BUSY;

		verdicts[i].stands_out = verdicts[i].low > 0 &&
		    (is_new || verdicts[i].low >= LARGE_PART * excess ||
			is_beyond(judge->values[i], tests));
	}
}

/* With more: the moderated t. */
static void
test(struct judge *judge, size_t index, struct noise_verdict *verdict)
{
	const struct past *past = &judge->pasts[index];
	double new = (double)judge->series[index].new;
	double days = judge->days_used;
	double freedom = judge->prior_days + days - 1;
	double own = fmax(0, past->variance - past->chance);
	double variance = (judge->prior_days * judge->variance +
			      (days - 1) * own) /
	    freedom;
	double logarithm = log((new + 0.5) / judge->factor) - past->mean;

	verdict->expected = fmax(0, judge->factor * exp(past->mean) - 0.5);
	verdict->error = sqrt(
	    variance * (1 + 1 / days) + 1 / (new + 0.5) + past->chance / days);
	verdict->p = NAN;
	if (past->sum > 0 || new > 0)
		verdict->p = fmin(1,
		    2 *
			exp(t_upper_log(fabs(logarithm) / verdict->error,
			    freedom)));
	tell_excess(judge, index, logarithm, verdict);
}

static void
tell_rates(struct judge *judge, struct noise_verdict *verdicts)
{
	for (size_t i = 0; i < judge->count; i++)
		judge->values[i] = verdicts[i].p;
	false_discovery_rates(judge->values, judge->values, judge->count);
	for (size_t i = 0; i < judge->count; i++) {
		verdicts[i].q = judge->values[i];
		verdicts[i].stands_out = verdicts[i].low > 0 &&
		    verdicts[i].q <= RATE;
	}
}

static void
judge_all(struct judge *judge, struct noise_verdict *verdicts)
{
	bool is_claimed = judge->noise->is_claimed;

	for (size_t i = 0; i < judge->count; i++) {
		verdicts[i] = (struct noise_verdict){ 0 };
		sum_up(judge, i);
		if (is_claimed)
			sum_up_logs(judge, i);
	}
	if (is_claimed) {
		tell_prior(judge);
		judge->two_sided = t_quantile(TAIL,
		    judge->prior_days + judge->days_used - 1);
	} else {
		tell_spread(judge);
	}
	for (size_t i = 0; i < judge->count; i++)
		if (is_claimed)
			test(judge, i, &verdicts[i]);
		else
			screen(judge, i, &verdicts[i]);
	if (is_claimed)
		tell_rates(judge, verdicts);
	else
		tell_standing(judge, verdicts);
}

void
noise_judge(struct noise *noise, const struct noise_series *series,
    size_t count, const struct traffic *traffic, double factor,
    struct noise_verdict *verdicts)
{
	struct judge judge = {
		.noise = noise,
		.series = series,
		.count = count,
		.days = traffic->day_count,
		.scale = traffic->days,
		.factor = factor > 0 && isfinite(factor) ? factor : 1,
		.variance = ASSUMED_CV * ASSUMED_CV,
		.prior_days = ASSUMED_PRIOR_DAYS,
		.two_sided = TWO_SIDED,
	};

	*noise = (struct noise){ 0 };
	for (size_t day = 0; day < judge.days; day++) {
		judge.scale_sum += judge.scale[day];
		noise->days += judge.scale[day] > 0;
	}
	judge.days_used = fmax(1, (double)noise->days);
	if (noise->days == 0)
		judge.scale_sum = 1;
	noise->is_claimed = noise->days >= ENOUGH_DAYS;
	judge.pasts = xcalloc(count, sizeof(judge.pasts[0]));
	judge.values = xcalloc(count, sizeof(judge.values[0]));
	judge_all(&judge, verdicts);
	noise->cv = sqrt(judge.variance);
	free(judge.values);
	free(judge.pasts);
}
