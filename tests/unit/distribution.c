/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/distribution.h"

#include <math.h>

#include "tap.h"
#include "values.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define NEAR(got, want) CHECK(values_near((got), (want), 1e-9))

static struct values table;

static void
knows_digamma(void)
{
	static const double values[][3] = {
		{ 0.01, -100.560885457868665, 1.00016212135283e+04 },
		{ 0.5, -1.963510026021423, 4.93480220054468 },
		{ 1, -0.577215664901532, 1.64493406684823 },
		{ 4.5, 1.388870926359529, 0.248725103039010 },
		{ 100, 4.600161852738088, 1.00501666633336e-02 },
	};

	for (size_t i = 0; i < COUNT(values); i++) {
		NEAR(digamma(values[i][0]), values[i][1]);
		NEAR(trigamma(values[i][0]), values[i][2]);
	}
	NEAR(digamma(1e300), 300 * M_LN10);
	NEAR(trigamma(1e300), 1e-300);
}

static void
meets_digamma_table(void)
{
	if (!values_read(&table, "digamma.csv"))
		SKIP("no reference values");
	for (size_t i = 0; i < table.count; i++) {
		NEAR(digamma(table.rows[i][0]), table.rows[i][1]);
		NEAR(trigamma(table.rows[i][0]), table.rows[i][2]);
	}
}

static void
inverts_trigamma(void)
{
	for (int i = -36; i < 48; i++) {
		double x = pow(10, i / 4.0);

		NEAR(trigamma_inverse(trigamma(x)), x);
	}
	NEAR(trigamma_inverse(1e-300), 1e300);
	NEAR(trigamma_inverse(1e300), 1e-150);
}

static void
knows_incomplete_beta(void)
{
	/* x, a, b, ln I, ln(1 - I): exact sums of binomials. */
	static const double values[][5] = {
		{ 0.1, 2, 3, -2.9507589079112599e+00, -5.3717282505987854e-02 },
		{ 0.3, 5, 2, -4.5157866248534058e+00, -1.0995226566606304e-02 },
		{ 0.5, 1000, 1100, -1.4623384139522883e-02,
		    -4.2324361601002201e+00 },
		{ 0.99, 40, 3, -8.6209072661625023e-03,
		    -4.7578723055166892e+00 },
		{ 1e-6, 7, 4, -9.1921084787968979e+01, -1.1999968500028e-40 },
	};

	for (size_t i = 0; i < COUNT(values); i++) {
		const double *row = values[i];

		NEAR(beta_lower_log(row[0], row[1], row[2]), row[3]);
		NEAR(beta_upper_log(row[0], row[1], row[2]), row[4]);
		NEAR(beta_lower_log(1 - row[0], row[2], row[1]), row[4]);
	}
	NEAR(beta_lower_log(1e-6, 2e4, 3e4) / M_LN10, -1.05388410897423e+05);
	NEAR(beta_lower_log(0.01, 100, 3e4) / M_LN10, -1.58842432716669e-42);
	NEAR(beta_lower_log(1e-300, 3, 1), 3 * log(1e-300));
}

static void
meets_incomplete_beta_table(void)
{
	if (!values_read(&table, "incomplete_beta.csv"))
		SKIP("no reference values");
	for (size_t i = 0; i < table.count; i++) {
		const double *row = table.rows[i];
		double value = beta_lower_log(row[0], row[1], row[2]);

		/* Some are too small for a whole double. */
		if (row[3] > 1e-300)
			NEAR(exp(value), row[3]);
		NEAR(value / M_LN10, row[4]);
	}
}

static void
ends_at_the_ends(void)
{
	CHECK(beta_lower_log(0, 3, 4) == -INFINITY);
	CHECK(beta_lower_log(1, 3, 4) == 0);
	CHECK(beta_upper_log(0, 3, 4) == 0);
	CHECK(beta_upper_log(1, 3, 4) == -INFINITY);
	CHECK(beta_inverse(0, 3, 4) == 0);
	CHECK(beta_inverse(1, 3, 4) == 1);
	CHECK(t_upper_log(INFINITY, 4) == -INFINITY);
	CHECK(normal_upper_log(INFINITY) == -INFINITY);
	CHECK(isnan(t_upper_log(NAN, 4)));
	CHECK(isnan(normal_upper_log(NAN)));
}

/* Never NaN, never above 0; and both tails add up to 1. */
static void
holds_for_any_arguments(void)
{
	static const double sizes[] = { 1e-10, 0.01, 0.5, 1, 3, 100, 1e4, 1e8,
		1e10 };
	static const double places[] = { 1e-300, 1e-9, 0.1, 0.5, 0.9,
		1 - 1e-12 };

	for (size_t i = 0; i < COUNT(sizes) * COUNT(sizes); i++)
		for (size_t j = 0; j < COUNT(places); j++) {
			double a = sizes[i / COUNT(sizes)];
			double b = sizes[i % COUNT(sizes)];
			double lower = beta_lower_log(places[j], a, b);
			double upper = beta_upper_log(places[j], a, b);
			double inverse = beta_inverse(places[j], a, b);

			CHECK(lower <= 0 && upper <= 0);
			NEAR(exp(lower) + exp(upper), 1);
			CHECK(inverse >= 0 && inverse <= 1);
		}
}

/* The mean of so narrow a distribution is its median, nearly. */
static void
holds_for_large_arguments(void)
{
	static const double sizes[] = { 1e4, 1e6, 1e8, 1e10 };

	for (size_t i = 0; i < COUNT(sizes); i++) {
		double a = sizes[i];
		double deviation = sqrt(0.25 / (2 * a + 1));

		NEAR(beta_lower_log(0.5, a, a), -M_LN2);
		CHECK(values_near(beta_lower_log(0.5 - 3 * deviation, a, a),
		    normal_upper_log(3), 2 / a + 1e-9));
	}
}

/* I_x(a, 1) is x^a. */
static void
holds_for_uneven_arguments(void)
{
	NEAR(beta_lower_log(1 - 0x1p-23, 1e8, 1), 1e8 * log1p(-0x1p-23));
	NEAR(beta_upper_log(0x1p-23, 1, 1e8), 1e8 * log1p(-0x1p-23));
}

static void
inverts_incomplete_beta(void)
{
	static const double sizes[] = { 0.5, 1, 7, 300, 2e4 };
	static const double parts[] = { 1e-300, 1e-12, 0.025, 0.5, 0.975,
		1 - 1e-9 };

	for (size_t i = 0; i < COUNT(sizes) * COUNT(sizes); i++)
		for (size_t j = 0; j < COUNT(parts); j++) {
			double a = sizes[i / COUNT(sizes)];
			double b = sizes[i % COUNT(sizes)];
			double x = beta_inverse(parts[j], a, b);

			/* Close to 1 a double has no better answer. */
			if (x > 1e-300 && x < 0.9999)
				NEAR(exp(beta_lower_log(x, a, b)), parts[j]);
		}
}

static void
meets_poisson_intervals(void)
{
	if (!values_read(&table, "poisson_two_sample.csv"))
		SKIP("no reference values");
	for (size_t i = 0; i < table.count; i++) {
		const double *row = table.rows[i];
		double low = beta_inverse(0.025, row[0], row[1] + 1);
		double high = beta_inverse(0.975, row[0] + 1, row[1]);

		if (row[0] > 0)
			CHECK(values_near(low / (1 - low) / row[2], row[8],
			    1e-6));
		if (row[1] > 0)
			CHECK(values_near(high / (1 - high) / row[2], row[9],
			    1e-6));
	}
}

static void
knows_poisson_intervals(void)
{
	double low = beta_inverse(0.025, 10, 4 + 1);
	double high = beta_inverse(0.975, 10 + 1, 4);

	NEAR(low / (1 - low), 0.7210659553554536);
	NEAR(high / (1 - high), 10.9204687817213610);
}

static void
knows_t(void)
{
	NEAR(t_upper_log(0, 1), -M_LN2);
	NEAR(exp(t_upper_log(1, 1)), 0.25);
	NEAR(exp(t_upper_log(-1, 1)), 0.75);
	NEAR(exp(t_upper_log(8, 1)), 0.5 - atan(8) / M_PI);
	NEAR(exp(t_upper_log(40, 2)), 0.5 - 40 / (2 * sqrt(1602)));
	NEAR(t_upper_log(1e10, 1), -log(M_PI * 1e10));
	NEAR(exp(t_upper_log(1e-9, 2)), 0.5);
	CHECK(values_near(t_upper_log(4, 1e9), normal_upper_log(4), 1e-7));
}

static void
knows_quantiles_of_t(void)
{
	NEAR(t_quantile(0.025, 3), 3.1824463052837091);
	NEAR(t_quantile(0.025, 7), 2.3646242515927849);
	NEAR(t_quantile(0.25, 1), 1);
	CHECK(values_near(t_quantile(0.025, 1e6), 1.959966, 1e-6));
	NEAR(t_quantile(0.5, 5) + 1, 1);
	NEAR(exp(t_upper_log(t_quantile(0.01, 12.5), 12.5)), 0.01);
}

static void
meets_t_table(void)
{
	if (!values_read(&table, "t_tail.csv"))
		SKIP("no reference values");
	for (size_t i = 0; i < table.count; i++) {
		const double *row = table.rows[i];
		double value = t_upper_log(row[0], row[1]);

		NEAR(exp(value), row[2]);
		NEAR(value / M_LN10, row[3]);
	}
}

static void
knows_normal(void)
{
	NEAR(normal_upper_log(0), -M_LN2);
	NEAR(normal_upper_log(8) / M_LN10, -1.52061425510172e+01);
	NEAR(normal_upper_log(1000) / M_LN10, -2.17150640041994e+05);
	NEAR(exp(normal_upper_log(-1)), 1 - 0.15865525393145705);
	NEAR(normal_upper_log(4.9999999999), normal_upper_log(5.0000000001));
	NEAR(normal_upper_log(45),
	    log1p(-1.0 / 2025 + 3.0 / 2025 / 2025) - 1012.5 -
		log(45 * sqrt(2 * M_PI)));
	CHECK(normal_upper_log(-40) <= 0);
}

static void
meets_normal_table(void)
{
	if (!values_read(&table, "z_tail.csv"))
		SKIP("no reference values");
	for (size_t i = 0; i < table.count; i++)
		NEAR(normal_upper_log(table.rows[i][0]) / M_LN10,
		    table.rows[i][1]);
}

static void
tells_false_discoveries(void)
{
	double p[] = { 0.04, NAN, 0.01, 0.9, 0.02, 0.02 };
	static const double want[] = { 0.05, 0, 1.0 / 30, 0.9, 1.0 / 30,
		1.0 / 30 };
	double q[COUNT(p)];

	false_discovery_rates(p, q, COUNT(p));
	false_discovery_rates(p, p, COUNT(p));
	for (size_t i = 0; i < COUNT(p); i++) {
		if (i == 1) {
			CHECK(isnan(q[i]) && isnan(p[i]));
			continue;
		}
		NEAR(q[i], want[i]);
		CHECK(p[i] == q[i]);
	}
	false_discovery_rates(p, q, 0);
}

static void
meets_discovery_table(void)
{
	double p[VALUES_ROWS] = { 0 };

	if (!values_read(&table, "bh.csv"))
		SKIP("no reference values");
	for (size_t i = 0; i < table.count; i++)
		p[i] = table.rows[i][0];
	false_discovery_rates(p, p, table.count);
	for (size_t i = 0; i < table.count; i++)
		NEAR(p[i], table.rows[i][1]);
}

static const struct tap_test tests[] = {
	{ "digamma and trigamma have their known values", knows_digamma },
	{ "they are those of the table", meets_digamma_table },
	{ "trigamma is inverted over all its range", inverts_trigamma },
	{ "the incomplete beta function is that of exact sums",
	    knows_incomplete_beta },
	{ "it is that of the table, as a logarithm too",
	    meets_incomplete_beta_table },
	{ "at the ends all are 0, 1 or infinite, and NaN stays",
	    ends_at_the_ends },
	{ "any legal arguments give a probability", holds_for_any_arguments },
	{ "large ones come near the normal distribution",
	    holds_for_large_arguments },
	{ "a large one beside a small one is as exact",
	    holds_for_uneven_arguments },
	{ "the incomplete beta function is inverted", inverts_incomplete_beta },
	{ "its quantiles give the exact interval of two counts",
	    knows_poisson_intervals },
	{ "these are those of the table", meets_poisson_intervals },
	{ "Student's t has its known tails", knows_t },
	{ "the quantiles of t are where its tails say", knows_quantiles_of_t },
	{ "they are those of the table", meets_t_table },
	{ "the normal distribution has its known tails", knows_normal },
	{ "they are those of the table", meets_normal_table },
	{ "false discovery rates are told in the order of p",
	    tells_false_discoveries },
	{ "they are those of the table", meets_discovery_table },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
