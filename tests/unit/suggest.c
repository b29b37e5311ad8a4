/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/suggest.h"

#include "tap.h"

static const char *const words[] = { "preset", "operation", "output",
	"line-pattern", "file-pattern", "since", "until", "kind", "quiet",
	NULL };

static const char *
nearest(const char *word, const char *const *known)
{
	struct suggest suggest;

	suggest_init(&suggest, word);
	for (; *known != NULL; known++)
		suggest_offer(&suggest, *known);
	return suggest_nearest(&suggest);
}

static void
names_the_nearest(void)
{
	static const char *const table[][2] = {
		{ "preset", "preset" },
		{ "prest", "preset" },
		{ "presset", "preset" },
		{ "pteset", "preset" },
		{ "perset", "preset" },
		{ "rpeste", "preset" },
		{ "ouput", "output" },
		{ "utnil", "until" },
		{ "line-patern", "line-pattern" },
		{ "file_patern", "file-pattern" },
		{ "linepatten", "line-pattern" },
		{ "knid", "kind" },
		{ NULL, NULL },
	};

	for (size_t i = 0; table[i][0] != NULL; i++)
		if (!CHECK_STR(nearest(table[i][0], words), table[i][1]))
			printf("# %s\n", table[i][0]);
}

static void
names_none_too_far_away(void)
{
	static const char *const table[] = { "", "x", "zebra", "prxxxt",
		"operationally", "tuo", "nidkk", NULL };

	for (size_t i = 0; table[i] != NULL; i++)
		if (!CHECK_STR(nearest(table[i], words), NULL))
			printf("# %s\n", table[i]);
}

static void
never_changes_all_letters(void)
{
	static const char *const known[] = { "db", "", NULL };

	CHECK_STR(nearest("xy", known), NULL);
	CHECK_STR(nearest("dx", known), "db");
	CHECK_STR(nearest("bd", known), "db");
}

static void
keeps_the_first_of_equals(void)
{
	static const char *const known[] = { "cart", "card", "care", NULL };

	CHECK_STR(nearest("cars", known), "cart");
}

static void
gives_up_on_long_words(void)
{
	static const char *const known[] = { "preset", NULL };
	char word[200];

	memset(word, 'p', sizeof(word));
	word[sizeof(word) - 1] = '\0';
	CHECK_STR(nearest(word, known), NULL);
	CHECK_STR(nearest("preset", (const char *[]){ word, NULL }), NULL);
	word[64] = '\0';
	CHECK_STR(nearest(word, (const char *[]){ word, NULL }), word);
}

static void
knows_nothing_without_offers(void)
{
	static const char *const known[] = { NULL };

	CHECK_STR(nearest("preset", known), NULL);
}

static const struct tap_test tests[] = {
	{ "the nearest word is named, a swap counting once",
	    names_the_nearest },
	{ "a word too far away is not named", names_none_too_far_away },
	{ "a word is never named of which no letter was typed",
	    never_changes_all_letters },
	{ "of words as near the first is named", keeps_the_first_of_equals },
	{ "words beyond 64 letters are not compared", gives_up_on_long_words },
	{ "without words none is named", knows_nothing_without_offers },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
