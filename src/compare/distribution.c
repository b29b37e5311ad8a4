/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/distribution.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"

#define LN_2PI 1.8378770664093454836

/* From here on the asymptotic series hold to the last digit. */
#define LARGE 15.0

enum {
	FRACTION_STEPS =
	    1000000, /* a few times the root of the larger of a, b */
	NEWTON_STEPS = 100,
	MILLS_STEPS = 100
};

/* The value of a polynomial, whose constant is the first coefficient. */
static double
polynomial(const double *coefficients, size_t count, double x)
{
	double value = 0;

	while (count > 0)
		value = value * x + coefficients[--count];
	return value;
}

double
digamma(double x)
{
	/* Bernoulli numbers B_2k / 2k. */
	static const double series[] = { 1.0 / 12, -1.0 / 120, 1.0 / 252,
		-1.0 / 240, 1.0 / 132, -691.0 / 32760, 1.0 / 12 };
	double sum = 0;
	double square;

	while (x < LARGE) {
		sum -= 1 / x;
		x += 1;
	}
	square = 1 / (x * x);
	return sum + log(x) - 0.5 / x - square * polynomial(series, 7, square);
}

double
trigamma(double x)
{
	/* B_2k */
	static const double series[] = { 1.0 / 6, -1.0 / 30, 1.0 / 42,
		-1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6 };
	double sum = 0;
	double square;

	while (x < LARGE) {
		sum += 1 / (x * x);
		x += 1;
	}
	square = 1 / (x * x);
	return sum + 1 / x + square / 2 +
	    square / x * polynomial(series, 7, square);
}

/* psi''(x), by the derivative of the same series. */
static double
tetragamma(double x)
{
	/* (2k + 1) B_2k */
	static const double series[] = { 1.0 / 2, -1.0 / 6, 1.0 / 6, -3.0 / 10,
		5.0 / 6, -691.0 / 210, 35.0 / 2 };
	double sum = 0;
	double square;

	while (x < LARGE) {
		sum -= 2 / (x * x * x);
		x += 1;
	}
	square = 1 / (x * x);
	return sum - square - square / x -
	    square * square * polynomial(series, 7, square);
}

double
trigamma_inverse(double value)
{
	double x = 0.5 + 1 / value;

	if (value < 1e-8) /* psi'(x) is 1/x + 1/2x^2 */
		return x;
	if (value > 1e16) /* ... and 1/x^2 */
		return 1 / sqrt(value);
	for (int i = 0; i < NEWTON_STEPS; i++) {
		double got = trigamma(x);
		double step = got * (1 - got / value) / tetragamma(x);

		x += step;
		if (fabs(step) < 1e-10 * x)
			break;
	}
	return x;
}

/* ln(1 - e^x) for x <= 0, or just above by rounding. */
static double
complement_log(double x)
{
	if (x >= 0)
		return -INFINITY;
	return x > -M_LN2 ? log(-expm1(x)) : log1p(-exp(x));
}

/* ln gamma(x) less Stirling's (x - 1/2) ln x - x + 1/2 ln 2 pi. */
static double
stirling_error(double x)
{
	static const double series[] = { 1.0 / 12, -1.0 / 360, 1.0 / 1260,
		-1.0 / 1680, 1.0 / 1188, -691.0 / 360360 };
	int sign;

	if (x < LARGE)
		return lgamma_r(x, &sign) - (x - 0.5) * log(x) + x - LN_2PI / 2;
	return polynomial(series, 6, 1 / (x * x)) / x;
}

/* x ln(x/mean) + mean - x, without cancellation where they are close; more is
 * x - mean. After Loader (2000), "Fast and Accurate Computation of Binomial
 * Probabilities". */
static double
deviance(double x, double mean, double more)
{
	double v = more / (x + mean);
	double sum = more * v;
	double term = 2 * x * v;

	if (fabs(v) > 0.1)
		return x * log(x / mean) - more;
	for (int i = 3; i < 40; i += 2) {
		term *= v * v;
		sum += term / i;
	}
	return sum;
}

/* ln(x^a y^b / B(a, b)), y being 1 - x. */
static double
density_log(double x, double y, double a, double b)
{
	double n = a + b;
	double more = a * y - b * x; /* a - nx, which is -(b - ny) */

	return stirling_error(n) - stirling_error(a) - stirling_error(b) +
	    (log(a) + log(b / n) - LN_2PI) / 2 - deviance(a, n * x, more) -
	    deviance(b, n * y, -more);
}

/* Keeps a divisor away from 0. */
static double
nonzero(double x)
{
	return fabs(x) < DBL_MIN ? DBL_MIN : x;
}

/*
 * The continued fraction of I_x(a, b), less x^a y^b / (a B(a, b)); by Lentz's
 * method. It converges at once while x is below the mean.
 */
static double
beta_fraction(double x, double a, double b)
{
	double c = 1;
	double d = 1 / nonzero(1 - (a + b) * x / (a + 1));
	double value = d;

	for (int m = 1; m <= FRACTION_STEPS; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x /
		    ((a + 2 * m) * (a + 2 * m + 1));
		double step;

		d = 1 / nonzero(1 + even * d);
		c = nonzero(1 + even / c);
		value *= c * d;
		d = 1 / nonzero(1 + odd * d);
		c = nonzero(1 + odd / c);
		step = c * d;
		value *= step;
		if (fabs(step - 1) < DBL_EPSILON)
			break;
	}
	return value;
}

/* ln I_x(a, b), y being 1 - x; for x below the mean or not far above. */
static double
beta_tail_log(double x, double y, double a, double b)
{
	double value = density_log(x, y, a, b) - log(a) +
	    log(beta_fraction(x, a, b));

	return value > 0 ? 0 : value;
}

/* The same for any x; y may be known better than from x. */
static double
beta_log(double x, double y, double a, double b)
{
	if (x <= 0)
		return -INFINITY;
	if (y <= 0)
		return 0;
	if (x > (a + 1) / (a + b + 2))
		return complement_log(beta_tail_log(y, x, b, a));
	return beta_tail_log(x, y, a, b);
}

double
beta_lower_log(double x, double a, double b)
{
	return beta_log(x, 1 - x, a, b);
}

double
beta_upper_log(double x, double a, double b)
{
	return beta_log(1 - x, x, b, a);
}

/*
 * Newton's steps towards ln I_x(a, b) = ln p, in u = ln(x / (1 - x)). As a
 * function of u the left side rises and is concave, so that steps from below
 * never go too far, and the first one leads below.
 */
double
beta_inverse(double p, double a, double b)
{
	double u = log(a) - log(b);
	double x = 0;

	if (p <= 0 || p >= 1)
		return p <= 0 ? 0 : 1;
	if (p > 0.5)
		return 1 - beta_inverse(1 - p, b, a);
	for (int i = 0; i < NEWTON_STEPS; i++) {
		double y = 1 / (1 + exp(u));
		double value;
		double step;

		x = 1 / (1 + exp(-u));
		value = beta_log(x, y, a, b);
		step = (log(p) - value) / exp(density_log(x, y, a, b) - value);
		if (!isfinite(step)) /* x is too small for a double, or is 1 */
			break;
		u += step;
		if (fabs(step) < 1e-14)
			break;
	}
	return x;
}

double
t_upper_log(double t, double df)
{
	double sum = df + t * t;

	if (t < 0)
		return complement_log(t_upper_log(-t, df));
	return beta_log(df / sum, t * t / sum, df / 2, 0.5) - M_LN2;
}

/* By P(|T| >= t) = I_x(df / 2, 1/2) with x = df / (df + t^2), DLMF 8.17. */
double
t_quantile(double p, double df)
{
	double x = beta_inverse(2 * p, df / 2, 0.5);

	return sqrt(df * (1 - x) / x);
}

double
normal_upper_log(double z)
{
	double fraction = z;

	if (z < 0)
		return complement_log(normal_upper_log(-z));
	if (z < 5)
		return log(erfc(z * M_SQRT1_2) / 2);
	/* The density and Mills' ratio, 1/(z + 1/(z + 2/(z + ...))). */
	for (int i = MILLS_STEPS; i > 0; i--)
		fraction = z + i / fraction;
	return -z * z / 2 - LN_2PI / 2 - log(fraction);
}

struct ranked {
	double p;
	size_t index;
};

static int
compare_ranked(const void *a, const void *b)
{
	double left = ((const struct ranked *)a)->p;
	double right = ((const struct ranked *)b)->p;

	return (left > right) - (left < right);
}

void
false_discovery_rates(const double *p, double *q, size_t count)
{
	struct ranked *ranked = xcalloc(count, sizeof(ranked[0]));
	size_t tests = 0;
	double least = 1;

	for (size_t i = 0; i < count; i++)
		if (!isnan(p[i]))
			ranked[tests++] = (struct ranked){ p[i], i };
		else
			q[i] = NAN;
	qsort(ranked, tests, sizeof(ranked[0]), compare_ranked);
	for (size_t i = tests; i-- > 0;) {
		double rate = ranked[i].p * (double)tests / (double)(i + 1);

		least = rate < least ? rate : least;
		q[ranked[i].index] = least;
	}
	free(ranked);
}
