/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/random.h"

#include "tap.h"

/* Sums of draws are compared with what is expected, within six standard
 * deviations or more; the seeds are fixed, so this never fails by chance. */
enum { DRAWS = 60000 };

/* splitmix64.c of the authors gives these for the seed 1234567. */
static void
seeds_as_published(void)
{
	struct random random;

	random_seed(&random, 1234567);
	CHECK(random.state[0] == UINT64_C(6457827717110365317));
	CHECK(random.state[1] == UINT64_C(3203168211198807973));
	CHECK(random.state[2] == UINT64_C(9817491932198370423));
	CHECK(random.state[3] == UINT64_C(4593380528125082431));
}

/* xoshiro256starstar.c of the authors gives these for the state 1, 2, 3, 4. */
static void
goes_on_as_published(void)
{
	static const uint64_t want[] = { UINT64_C(11520), 0,
		UINT64_C(1509978240), UINT64_C(1215971899390074240),
		UINT64_C(1216172134540287360), UINT64_C(607988272756665600),
		UINT64_C(16172922978634559625), UINT64_C(8476171486693032832),
		UINT64_C(10595114339597558777), UINT64_C(2904607092377533576) };
	struct random random = { { 1, 2, 3, 4 } };

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		CHECK(random_next(&random) == want[i]);
}

static void
repeats_itself(void)
{
	struct random one;
	struct random other;

	random_seed(&one, 0);
	CHECK(random_next(&one) == UINT64_C(11091344671253066420));
	random_seed(&other, 0);
	(void)random_next(&other);
	for (int i = 0; i < 100; i++)
		CHECK(random_next(&one) == random_next(&other));
	random_seed(&other, 1);
	CHECK(random_next(&one) != random_next(&other));
}

static void
is_even(void)
{
	struct random random;
	int counts[6] = { 0 };

	random_seed(&random, 42);
	for (int i = 0; i < DRAWS; i++) {
		uint64_t n = random_below(&random, 6);

		if (!CHECK(n < 6))
			return;
		counts[n]++;
	}
	for (size_t i = 0; i < 6; i++)
		CHECK(
		    counts[i] > DRAWS / 6 - 600 && counts[i] < DRAWS / 6 + 600);
}

/* Of 2^64 numbers modulo 3 * 2^62, the lowest third would come twice as often
 * as the others. */
static void
is_even_where_modulo_is_not(void)
{
	const uint64_t third = UINT64_C(1) << 62;
	struct random random;
	int counts[3] = { 0 };

	random_seed(&random, 42);
	for (int i = 0; i < DRAWS; i++) {
		uint64_t n = random_below(&random, 3 * third);

		if (!CHECK(n < 3 * third))
			return;
		counts[n / third]++;
	}
	for (size_t i = 0; i < 3; i++)
		CHECK(
		    counts[i] > DRAWS / 3 - 900 && counts[i] < DRAWS / 3 + 900);
}

static void
knows_the_edges(void)
{
	struct random random;
	struct random same;

	random_seed(&random, 7);
	for (int i = 0; i < 100; i++)
		CHECK(random_below(&random, 1) == 0);
	for (int i = 0; i < 100; i++)
		CHECK(random_below(&random, UINT64_MAX) < UINT64_MAX);
	same = random;
	for (int i = 0; i < 100; i++)
		CHECK(random_below(&random, UINT64_C(1) << 63) ==
		    (random_next(&same) & INT64_MAX));
}

static void
differs_each_time(void)
{
	struct random one = { { 0 } };
	struct random other = { { 0 } };

	random_seed_system(&one);
	random_seed_system(&other);
	CHECK(memcmp(&one, &other, sizeof(one)) != 0);
	CHECK(random_next(&one) != random_next(&other));
}

/* xxxxxxxx-xxxx-4xxx-[89ab]xxx-xxxxxxxxxxxx */
static void
check_uuid(const char *uuid)
{
	CHECK_INT(uuid[36], '\0');
	for (size_t i = 0; i < 36; i++) {
		const char *want = "0123456789abcdef";

		if (i == 8 || i == 13 || i == 18 || i == 23)
			want = "-";
		else if (i == 14)
			want = "4";
		else if (i == 19)
			want = "89ab";
		if (!CHECK(uuid[i] != '\0' && strchr(want, uuid[i]) != NULL))
			printf("# %s\n", uuid);
	}
}

/* Each of the 122 bits that are left to chance is seen as 0 and as 1. */
static void
makes_uuids(void)
{
	char uuid[RANDOM_UUID];
	char last[RANDOM_UUID] = "";
	unsigned seen[36] = { 0 };

	for (int i = 0; i < 1000; i++) {
		memset(uuid, 'x', sizeof(uuid));
		random_uuid(uuid);
		check_uuid(uuid);
		CHECK(strcmp(uuid, last) != 0);
		memcpy(last, uuid, sizeof(last));
		for (size_t j = 0; j < 36; j++)
			seen[j] |= 1U << (uuid[j] % 16 + (uuid[j] >= 'a') * 9);
	}
	for (size_t j = 0; j < 36; j++)
		if (uuid[j] != '-' && j != 14)
			CHECK_INT(seen[j], j == 19 ? 0x0f00 : 0xffff);
}

static const struct tap_test tests[] = {
	{ "a seed becomes a state as splitmix64 has it", seeds_as_published },
	{ "the numbers are those of xoshiro256**", goes_on_as_published },
	{ "the same seed gives the same numbers", repeats_itself },
	{ "numbers below a limit are even", is_even },
	{ "and where the limit is no power of two, too",
	    is_even_where_modulo_is_not },
	{ "limits may be 1, 2^63 and 2^64 - 1", knows_the_edges },
	{ "the kernel seeds differently each time", differs_each_time },
	{ "a UUID is of version 4, and chance has the rest", makes_uuids },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
