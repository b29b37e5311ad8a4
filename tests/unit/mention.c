/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/mention.h"

#include "base/buf.h"
#include "tap.h"

static bool
speaks(const char *text, const char *operation)
{
	return mention_operation(slice_str(text), slice_str(operation));
}

static void
finds_kinds_and_verbs(void)
{
	CHECK(speaks("user_data = load(id)", "UserData.put"));
	CHECK(speaks("cache.put(key)", "UserData.put"));
	CHECK(speaks("City.all", "cities.select"));
	CHECK(speaks("@__user__data", "shop.user_data.select"));
	CHECK(speaks("  ___Cities", "_City.select"));
	CHECK(!speaks("Country.all", "cities.select"));
	CHECK(!speaks("user", "UserData.put"));
	CHECK(!speaks("____", "UserData.put"));
	CHECK(!speaks("", "UserData.put"));
}

/* Going on from each of them would take minutes. */
static void
passes_underscores_once(void)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < 400000; i++)
		buf_add_char(&text, '_');
	CHECK(!mention_operation(buf_slice(&text), slice_str("City.get")));
	buf_add_str(&text, "city");
	CHECK(mention_operation(buf_slice(&text), slice_str("City.get")));
	buf_release(&text);
}

static const struct tap_test tests[] = {
	{ "words are found in any case, number and spelling",
	    finds_kinds_and_verbs },
	{ "a text of underscores takes no longer than another",
	    passes_underscores_once },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
