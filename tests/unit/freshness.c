/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/duration.h"
#include "fetch/freshness.h"

#include "tap.h"

#define S DURATION_S
#define NOW (INT64_C(1700000000) * S) /* Tue, 14 Nov 2023 22:13:20 GMT */
#define TTL (20 * DURATION_H)

static struct freshness
read_freshness(const char *header, bool obey)
{
	struct freshness freshness;

	freshness_read(slice_str(header), TTL, obey, NOW, &freshness);
	return freshness;
}

static void
check_lifetime(const char *header, int64_t want)
{
	if (!CHECK_INT(read_freshness(header, true).lifetime, want))
		printf("# %s\n", header);
}

static void
lives_for_ttl(void)
{
	struct freshness freshness = read_freshness("Age: 50\r\n", true);

	CHECK(freshness.store);
	CHECK_INT(freshness.lifetime, TTL);
	CHECK(!freshness.must_revalidate);
	CHECK_INT(freshness.stale_if_error, -1);
	check_lifetime("Cache-Control: private, s-maxage=5, x=\"no-store\"\r\n",
	    TTL);
	check_lifetime("Cache-Control: proxy-revalidate, public\r\n", TTL);
}

static void
obeys_max_age(void)
{
	check_lifetime("Cache-Control: max-age=60\r\n", 60 * S);
	check_lifetime("cache-control: public, MAX-AGE=\"60\"\r\n", 60 * S);
	check_lifetime("Cache-Control: max-age=0\r\n", 0);
	check_lifetime("Cache-Control: max-age=60\r\nAge: 20\r\n", 40 * S);
	check_lifetime("Cache-Control: max-age=60\r\nAge: 61\r\n", 0);
	check_lifetime("Cache-Control: max-age=60\r\nAge: x\r\n", 60 * S);
	check_lifetime("Cache-Control: max-age=60\r\n"
		       "Age: 99999999999999999999\r\n",
	    0);
	check_lifetime("Cache-Control: max-age=9\r\n"
		       "Cache-Control: max-age=8, max-age=10\r\n",
	    8 * S);
}

static void
only_shortens(void)
{
	check_lifetime("Cache-Control: max-age=72001\r\n", TTL);
	check_lifetime("Cache-Control: max-age=71999\r\n", TTL - S);
	check_lifetime("Cache-Control: max-age=99999999999999999999\r\n", TTL);
	check_lifetime("Expires: Fri, 31 Dec 9999 23:59:59 GMT\r\n", TTL);
}

static void
obeys_expires(void)
{
	check_lifetime("Expires: Tue, 14 Nov 2023 22:14:20 GMT\r\n", 60 * S);
	check_lifetime("Expires: Tue, 14 Nov 2023 22:14:20 GMT\r\n"
		       "Date: Tue, 14 Nov 2023 22:14:10 GMT\r\n",
	    10 * S);
	check_lifetime("Expires: Tue, 14 Nov 2023 22:14:20 GMT\r\nAge: 10\r\n",
	    50 * S);
	check_lifetime("Expires: Tue, 14 Nov 2023 22:13:00 GMT\r\n", 0);
	check_lifetime("Expires: 0\r\n", 0);
	check_lifetime("Expires: \r\n", 0);
	check_lifetime("Expires: 0\r\nCache-Control: max-age=60\r\n", 60 * S);
	check_lifetime("Expires: 0\r\nCache-Control: max-age=-1\r\n", 0);
}

static void
ignores_malformed_directives(void)
{
	check_lifetime("Cache-Control: max-age=-1\r\n", TTL);
	check_lifetime("Cache-Control: max-age=1.5\r\n", TTL);
	check_lifetime("Cache-Control: max-age\r\n", TTL);
	check_lifetime("Cache-Control: maxage=5, max-age 5, =5, ,\r\n", TTL);
	check_lifetime("Cache-Control: max-age=x, max-age=60\r\n", 60 * S);
	CHECK_INT(read_freshness("Cache-Control: stale-if-error=x\r\n", true)
		      .stale_if_error,
	    -1);
}

static void
is_stale_at_once(void)
{
	check_lifetime("Cache-Control: no-cache\r\n", 0);
	check_lifetime("Cache-Control: max-age=60, No-Cache=\"a, b\"\r\n", 0);
	check_lifetime("Vary: *\r\n", 0);
	check_lifetime("Vary: Accept\r\nVary: Accept-Encoding, *\r\n", 0);
	check_lifetime("Vary: Accept, X-*\r\n", TTL);
}

static void
is_never_stale(void)
{
	CHECK(read_freshness("Cache-Control: must-revalidate\r\n", true)
		  .must_revalidate);
	CHECK(read_freshness("Cache-Control: no-cache\r\n", true)
		  .must_revalidate);
	CHECK(!read_freshness("Cache-Control: proxy-revalidate\r\n", true)
		   .must_revalidate);
}

static void
reads_stale_if_error(void)
{
	CHECK_INT(read_freshness("Cache-Control: stale-if-error=0\r\n", true)
		      .stale_if_error,
	    0);
	CHECK_INT(read_freshness("Cache-Control: a, stale-if-error=90\r\n",
		      true)
		      .stale_if_error,
	    90 * S);
}

static void
stores_unless_told_not_to(void)
{
	CHECK(!read_freshness("Cache-Control: no-store\r\n", true).store);
	CHECK(!read_freshness("Cache-Control: a\r\nCache-Control: b, NO-STORE",
	    true)
		   .store);
	CHECK(read_freshness("Cache-Control: \"no-store\"\r\n", true).store);
	CHECK(read_freshness("Pragma: no-store\r\n", true).store);
}

static void
need_not_obey(void)
{
	struct freshness freshness = read_freshness(
	    "Cache-Control: no-store, no-cache, must-revalidate, max-age=0, "
	    "stale-if-error=5\r\nVary: *\r\nExpires: 0\r\nAge: 9\r\n",
	    false);

	CHECK(freshness.store);
	CHECK_INT(freshness.lifetime, TTL);
	CHECK(!freshness.must_revalidate);
	CHECK_INT(freshness.stale_if_error, -1);
}

static const struct tap_test tests[] = {
	{ "an answer that says nothing lives for ttl", lives_for_ttl },
	{ "max-age less Age may shorten it", obeys_max_age },
	{ "nothing lengthens it", only_shortens },
	{ "Expires less Date may shorten it where there is no max-age",
	    obeys_expires },
	{ "malformed directives are ignored", ignores_malformed_directives },
	{ "no-cache and Vary: * leave no time", is_stale_at_once },
	{ "must-revalidate and no-cache forbid stale answers", is_never_stale },
	{ "stale-if-error is read", reads_stale_if_error },
	{ "no-store forbids to keep it", stores_unless_told_not_to },
	{ "a job may choose not to obey", need_not_obey },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
