/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_DISTRIBUTION_H
#define COMPARE_DISTRIBUTION_H

/*
 * The few distributions that comparing needs, to 1e-9 of their values, and as
 * natural logarithms where they are too small for a double. Pure. Parameters
 * are exact so from .5 to 1e8; beyond, digits are lost, and nothing else.
 *
 * Ours, since the libraries that have them (GSL, R's) are under the GPL, and
 * GSL's have no logarithms of tails.
 */

#include <stddef.h>

/* psi(x), the derivative of ln gamma, and psi'(x), for x > 0. By recurrence
 * and asymptotic series: Abramowitz and Stegun, 6.3.18 and 6.4.12. */
double digamma(double x);
double trigamma(double x);

/* x with trigamma(x) = value > 0; Newton's steps as in Smyth (2004), "Linear
 * Models and Empirical Bayes Methods", appendix. */
double trigamma_inverse(double value);

/* ln of the regularised incomplete beta function I_x(a, b), for a, b > 0 and
 * 0 <= x <= 1; by continued fraction, DLMF 8.17.22. beta_upper_log() is that of
 * 1 - I_x(a, b). */
double beta_lower_log(double x, double a, double b);
double beta_upper_log(double x, double a, double b);

/* x with I_x(a, b) = p, for 0 <= p <= 1. */
double beta_inverse(double p, double a, double b);

/* ln P(T >= t) of Student's t with so many degrees of freedom, df > 0. */
double t_upper_log(double t, double df);

/* t with P(T >= t) = p, for 0 < p <= .5. */
double t_quantile(double p, double df);

/* ln P(Z >= z) of the normal distribution. */
double normal_upper_log(double z);

/*
 * The false discovery rates at which each of these p-values would be claimed:
 * Benjamini and Hochberg (1995). q has room for count values and may be p
 * itself. Values are 0 to 1; a NaN is no test and stays one.
 */
void false_discovery_rates(const double *p, double *q, size_t count);

#endif
