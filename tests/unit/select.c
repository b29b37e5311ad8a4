/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/select.h"

#include "tap.h"

/* What is given, and the operations that are wanted of all[] below. */
struct row {
	struct scan_options options;
	const char *want;
};

static const char *all[] = { "UserData.put", "UserData.get", "userdata.delete",
	"Video.query", "a.b.C.insert", "transaction.begin", "" };

static const char *user[] = { "UserData" };
static const char *lower[] = { "userdata", "a.b.C" };
static const char *part[] = { "User" };
static const char *put[] = { "put$" };
static const char *put_or_video[] = { "put$", "^Video" };
static const char *hooked[] = { "UserData.<put>" };
static const char *dotted[] = { "r.a", "a.p" };
static const char *group[] = { "(?<kind>User)Data\\.<?put>?" };

#define LIST(array)                                            \
	{                                                      \
		(array), sizeof(array) / sizeof((array)[0]), 0 \
	}

static const struct row rows[] = {
	{ { .fixed = false },
	    "UserData.put UserData.get userdata.delete Video.query "
	    "a.b.C.insert transaction.begin - " },
	{ { .patterns = LIST(put) }, "UserData.put " },
	{ { .patterns = LIST(put_or_video) }, "UserData.put Video.query " },
	{ { .patterns = LIST(put), .invert = true },
	    "UserData.get userdata.delete Video.query a.b.C.insert "
	    "transaction.begin - " },
	{ { .patterns = LIST(hooked) }, "UserData.put " },
	{ { .patterns = LIST(hooked), .fixed = true }, "UserData.put " },
	{ { .patterns = LIST(group) }, "UserData.put " },
	{ { .patterns = LIST(dotted) },
	    "UserData.put UserData.get userdata.delete " },
	{ { .patterns = LIST(dotted), .fixed = true }, "UserData.put " },
	{ { .kinds = LIST(user) }, "UserData.put UserData.get " },
	{ { .kinds = LIST(part) }, "" },
	{ { .kinds = LIST(lower) }, "userdata.delete a.b.C.insert " },
	{ { .kinds = LIST(lower), .nocase = true },
	    "UserData.put UserData.get userdata.delete a.b.C.insert " },
	{ { .kinds = LIST(user), .invert = true },
	    "userdata.delete Video.query a.b.C.insert transaction.begin - " },
	{ { .kinds = LIST(user), .patterns = LIST(put_or_video) },
	    "UserData.put " },
	{ { .kinds = LIST(user), .patterns = LIST(put), .invert = true },
	    "UserData.get userdata.delete Video.query a.b.C.insert "
	    "transaction.begin - " },
	{ { .invert = true },
	    "UserData.put UserData.get userdata.delete Video.query "
	    "a.b.C.insert transaction.begin - " },
	{ { .writes = true }, "UserData.put userdata.delete a.b.C.insert " },
	{ { .reads = true }, "UserData.get Video.query " },
	{ { .reads = true, .writes = true },
	    "UserData.put UserData.get userdata.delete Video.query "
	    "a.b.C.insert " },
	{ { .writes = true, .kinds = LIST(user), .invert = true },
	    "userdata.delete a.b.C.insert " },
};

static void
select_all(const struct scan_options *options, struct buf *told)
{
	struct scratch *scratch = scratch_new(100000);
	struct select select;
	struct err err;

	buf_clear(told);
	if (!CHECK(select_open(&select, options, &err) == 0)) {
		printf("# %s\n", err.text);
		scratch_free(scratch);
		return;
	}
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (select_operation(&select, scratch, slice_str(all[i])) ==
		    PATTERN_YES)
			buf_add_format(told, "%s ",
			    all[i][0] == '\0' ? "-" : all[i]);
	select_close(&select);
	scratch_free(scratch);
}

static void
operations(void)
{
	struct buf told = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scan_options options = rows[i].options;

		options.match_bytes = 8192;
		select_all(&options, &told);
		if (!CHECK_SLICE(buf_slice(&told), rows[i].want))
			printf("# row %zu\n", i);
	}
	buf_release(&told);
}

static void
lines(void)
{
	const struct scan_options options = {
		.line_pattern = "needle",
		.match_bytes = 10,
	};
	static const struct {
		const char *line;
		enum pattern_result want;
	} cases[] = {
		{ "a needle", PATTERN_YES },
		{ "nothing", PATTERN_NO },
		{ "needle and much more", PATTERN_YES },
		{ "much more than a needle", PATTERN_GAVE_UP },
		{ "0123456789", PATTERN_NO },
		{ "0123456789a", PATTERN_GAVE_UP },
		{ "", PATTERN_NO },
	};
	struct scratch *scratch = scratch_new(100000);
	struct select select;
	struct err err;

	if (!CHECK(select_open(&select, &options, &err) == 0))
		return;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK_INT(select_line(&select, scratch,
			      slice_str(cases[i].line)),
		    cases[i].want);
	CHECK_INT(select_file(&select, scratch, slice_str("x")), PATTERN_YES);
	select_close(&select);
	scratch_free(scratch);
}

static void
files(void)
{
	const struct scan_options options = {
		.file_pattern = "^app/",
		.nocase = true,
		.match_bytes = 2,
	};
	struct scratch *scratch = scratch_new(100000);
	struct select select;
	struct err err;

	if (!CHECK(select_open(&select, &options, &err) == 0))
		return;
	CHECK_INT(select_file(&select, scratch, slice_str("App/x.py")),
	    PATTERN_YES);
	CHECK_INT(select_file(&select, scratch, slice_str("lib/app/x.py")),
	    PATTERN_NO);
	CHECK_INT(select_line(&select, scratch, slice_str("a long line")),
	    PATTERN_YES);
	select_close(&select);
	scratch_free(scratch);
}

static void
gives_up(void)
{
	static const char *slow[] = { "^(a|a|b)+\\." };
	const struct scan_options options = {
		.patterns = LIST(slow),
		.invert = true,
	};
	struct scratch *scratch = scratch_new(100);
	struct select select;
	struct err err;

	if (!CHECK(select_open(&select, &options, &err) == 0))
		return;
	CHECK_INT(select_operation(&select, scratch,
		      slice_str("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!.")),
	    PATTERN_GAVE_UP);
	select_close(&select);
	scratch_free(scratch);
}

static void
refuses(void)
{
	static const char *good_and_bad[] = { "a", "b(" };
	const struct scan_options options = {
		.patterns = LIST(good_and_bad),
	};
	struct select select;
	struct err err = { .text = "" };

	CHECK(select_open(&select, &options, &err) == -1);
	CHECK_STR(err.text,
	    "pattern 'b(': missing closing parenthesis at byte 2");
}

static const char *numbered[] = { "Events2024" };
static const char *dashed[] = { "shop.user-data" };
static const char *too_short[] = { "UserData", "Ab1" };
static const char *five[] = { "Aaa", "Bbb", "Ccc", "Ddd", "Eee" };
static const char *either[] = { "^(UserData|Video)\\.put" };
static const char *anchored[] = { "^UserData\\.put$" };

/* What is given, and the literals that a wanted operation holds one of. */
static const struct row literals[] = {
	{ { .fixed = false }, "" },
	{ { .kinds = LIST(user) }, "UserData." },
	{ { .kinds = LIST(numbered) }, "Events" },
	{ { .kinds = LIST(dashed) }, "data." },
	{ { .kinds = LIST(user), .invert = true }, "" },
	{ { .kinds = LIST(user), .nocase = true }, "" },
	{ { .kinds = LIST(too_short) }, "" },
	{ { .kinds = LIST(five) }, "" },
	{ { .patterns = LIST(anchored) }, "UserData" },
	{ { .patterns = LIST(hooked) }, "UserData" },
	{ { .patterns = LIST(put_or_video) }, "put Video" },
	{ { .patterns = LIST(either) }, "put" },
	{ { .patterns = LIST(anchored), .nocase = true }, "" },
	{ { .patterns = LIST(hooked), .fixed = true }, "UserData" },
	{ { .patterns = LIST(dotted) }, "" },
	{ { .patterns = LIST(put), .kinds = LIST(user) }, "UserData." },
	{ { .patterns = LIST(put), .fold_queries = true }, "" },
	{ { .kinds = LIST(user), .fold_queries = true }, "UserData." },
};

static void
knows_where_it_stands(void)
{
	static const char *const kinds[] = { "UserData", "Events2024",
		"log2log", "shop.users", "2log" };
	static const bool wanted[] = { true, true, false, false, false };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *one[] = { kinds[i] };
		const struct scan_options options = { .kinds = LIST(one) };
		struct select select;
		struct err err;

		if (!CHECK_INT(select_open(&select, &options, &err), 0))
			continue;
		CHECK_INT(select.wanted_begins, wanted[i]);
		select_close(&select);
	}
}

static void
knows_what_to_search_for(void)
{
	for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
		struct buf got = { 0 };
		struct select select;
		struct err err;

		if (!CHECK_INT(select_open(&select, &literals[i].options, &err),
			0))
			continue;
		for (size_t k = 0; k < select.wanted.count; k++) {
			if (k > 0)
				buf_add_char(&got, ' ');
			buf_add(&got, select.wanted.items[k].literal);
		}
		if (!CHECK_SLICE(got, literals[i].want))
			printf("# row %zu\n", i);
		select_close(&select);
		buf_release(&got);
	}
}

static const struct tap_test tests[] = {
	{ "operations are chosen by pattern, kind and class", operations },
	{ "a line that is cut and does not match gives up", lines },
	{ "a file is chosen by its pattern", files },
	{ "a match that gives up stays so when turned around", gives_up },
	{ "a pattern that is none is refused", refuses },
	{ "what an operation cannot do without is known",
	    knows_what_to_search_for },
	{ "and whether an operation begins with it", knows_where_it_stands },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
