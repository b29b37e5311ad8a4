/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/jsonindex.h"

#include <time.h>

#include "base/buf.h"
#include "base/json.h"

#include "tap.h"

/* Of a text, the values of paths, in this order; NULL: none. */
struct find {
	const char *path;
	const char *want;
};

static void
check_finds(const char *text, const struct find *finds)
{
	struct json_index *index = json_index_new(slice_str(text));

	for (; finds->path != NULL; finds++) {
		struct slice value = { NULL, 0 };
		bool found = json_index_find(index, slice_str(finds->path),
		    &value);
		bool fine = finds->want == NULL ? CHECK(!found) :
						  CHECK(found) &&
			CHECK_BYTES(value.ptr, value.len, finds->want,
			    strlen(finds->want));

		if (!fine)
			printf("# %s in %s\n", finds->path, text);
	}
	json_index_free(index);
}

static const char text[] =
    " {\"items\" : [ {\"id\": 1.10 }, [1e400,\"x\"], 1512345678901234567 ],"
    " \"a\\u0041\\n\":{\"0\": -0}, \"e\":{}, \"two\":1, \"two\" : 2} ";

static void
finds_values(void)
{
	static const struct find finds[] = {
		{ "[\"items\",0]", "{\"id\": 1.10 }" },
		{ "[\"items\",0,\"id\"]", "1.10" },
		{ "[\"items\",1,0]", "1e400" },
		{ "[\"items\",1,1]", "\"x\"" },
		{ "[\"items\",2]", "1512345678901234567" },
		{ "[\"aA\\n\",\"0\"]", "-0" },
		{ "[\"e\"]", "{}" },
		{ "[\"two\"]", "2" },
		{ 0 },
	};
	static const struct find whole[] = { { "[]", "[1]" }, { 0 } };
	static const struct find plain[] = { { "[]", "1.0" }, { "[0]", NULL },
		{ "[\"a\"]", NULL }, { 0 } };

	check_finds(text, finds);
	check_finds(" [1]\n", whole);
	check_finds("1.0", plain);
}

static void
goes_back(void)
{
	static const struct find finds[] = {
		{ "[\"items\",2]", "1512345678901234567" },
		{ "[\"items\",0,\"id\"]", "1.10" },
		{ "[\"items\",1,1]", "\"x\"" },
		{ "[\"items\",1,0]", "1e400" },
		{ "[\"items\",1,0]", "1e400" },
		{ "[\"aA\\n\",\"0\"]", "-0" },
		{ "[\"items\",1]", "[1e400,\"x\"]" },
		{ "[\"items\",1,1]", "\"x\"" },
		{ 0 },
	};

	check_finds(text, finds);
}

static void
finds_nothing(void)
{
	static const struct find finds[] = {
		{ "[\"items\",3]", NULL },
		{ "[\"items\",2]", "1512345678901234567" },
		{ "[\"items\",3]", NULL },
		{ "[\"items\",\"0\"]", NULL },
		{ "[\"items\",-1]", NULL },
		{ "[\"items\",{\"start\":0,\"end\":null},0]", NULL },
		{ "[\"aA\\n\",0]", NULL },
		{ "[\"nothing\"]", NULL },
		{ "[\"e\",\"x\"]", NULL },
		{ "[\"e\",0]", NULL },
		{ "[\"two\",\"x\"]", NULL },
		{ "[\"two\"]", "2" },
		{ 0 },
	};

	check_finds(text, finds);
}

static void
ends_at_64_levels(void)
{
	struct buf deep = { 0 };
	struct buf path = { 0 };
	struct json_index *index;
	struct slice value;

	buf_add_str(&deep, "[7,");
	buf_add_str(&path, "[1");
	for (int i = 0; i < 100; i++) {
		buf_add_char(&deep, '[');
		buf_add_str(&path, ",0");
	}
	for (int i = 0; i <= 100; i++)
		buf_add_char(&deep, ']');
	buf_add_char(&path, ']');
	index = json_index_new(buf_slice(&deep));
	CHECK(json_index_find(index, slice_str("[0]"), &value));
	CHECK(!json_index_find(index, slice_str("[1]"), &value));
	CHECK(!json_index_find(index, buf_slice(&path), &value));
	json_index_free(index);
	buf_release(&deep);
	buf_release(&path);
}

/* The members of a large object, the last first, and the items of an array. */
static void
costs_one_walk(void)
{
	enum { N = 100000 };
	struct buf body = { 0 };
	struct buf path = { 0 };
	struct json_index *index;
	struct slice value;
	clock_t start = clock();
	long found = 0;

	buf_add_str(&body, "[{");
	for (int i = 0; i < N; i++)
		buf_add_format(&body, "%s\"m%d\":%d", i > 0 ? "," : "", i, i);
	buf_add_str(&body, "},[0");
	for (int i = 1; i < N; i++)
		buf_add_format(&body, ",%d", i);
	buf_add_str(&body, "]]");
	index = json_index_new(buf_slice(&body));
	for (int i = 0; i < 2 * N; i++) {
		buf_clear(&path);
		if (i < N)
			buf_add_format(&path, "[0,\"m%d\"]", N - 1 - i);
		else
			buf_add_format(&path, "[1,%d]", i - N);
		found += json_index_find(index, buf_slice(&path), &value);
	}
	CHECK_INT(found, 2 * N);
	CHECK(slice_is(value, "99999"));
	/* A walk for each would take minutes. */
	CHECK(clock() - start < 10 * CLOCKS_PER_SEC);
	json_index_free(index);
	buf_release(&body);
	buf_release(&path);
}

static const struct tap_test tests[] = {
	{ "values are found by their paths, as written", finds_values },
	{ "paths may go back", goes_back },
	{ "what is not there is not found", finds_nothing },
	{ "beyond 64 levels there is nothing", ends_at_64_levels },
	{ "many paths cost about one walk", costs_one_walk },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
