/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/words.h"

#include "tap.h"

static const char *const words[] = { "@", "a", "ab", "abc", "b", "b_c" };

static bool
have(const char *word)
{
	return WORDS_HAVE(words, slice_str(word));
}

static void
finds_each(void)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		CHECK(have(words[i]));
}

static void
ignores_case(void)
{
	CHECK(have("ABC"));
	CHECK(have("aB"));
	CHECK(have("B_C"));
}

static void
finds_no_other(void)
{
	CHECK(!have(""));
	CHECK(!have("abcd"));
	CHECK(!have("aa"));
	CHECK(!have("c"));
	CHECK(!have("\xff"));
	CHECK(!WORDS_HAVE(words, ((struct slice)SLICE("ab\0"))));
	CHECK(!WORDS_HAVE(words, ((struct slice){ NULL, 0 })));
}

static const struct tap_test tests[] = {
	{ "each word of a list is found", finds_each },
	{ "their case does not matter", ignores_case },
	{ "nothing else is found", finds_no_other },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
