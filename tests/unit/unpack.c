/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/unpack.h"

#include "fetch/query.h"

#include "tap.h"

enum { ASKED = 3 };

/* Unpacks a body by ".items[]" and ".id" for the ids "a", "2" and "c", and
 * checks what each gets: "" for nothing. */
static void
check_parts(const char *split_by, const char *key_by, const char *body,
    long want, const char *const *wants)
{
	static const struct slice ids[ASKED] = { SLICE("a"), SLICE("2"),
		SLICE("c") };
	struct err err = { "" };
	struct query *split = query_new_parts(split_by, &err);
	struct query *key = query_new(key_by, &err);
	struct unpack_part parts[ASKED] = { { 7, 7 }, { 7, 7 }, { 7, 7 } };
	struct buf bodies = { 0 };

	buf_add_str(&bodies, "before");
	if (!CHECK_INT(unpack(split, key, slice_str(body), ids, ASKED, parts,
			   &bodies, &err),
		want))
		printf("# %s: %s\n", body, err.text);
	for (size_t i = 0; wants != NULL && i < ASKED; i++) {
		if (wants[i][0] == '\0')
			CHECK_INT(parts[i].len, 0);
		else
			CHECK_BYTES(bodies.ptr + parts[i].at, parts[i].len,
			    wants[i], strlen(wants[i]));
	}
	if (want <= 0)
		CHECK_SLICE(bodies, "before");
	query_free(split);
	query_free(key);
	buf_release(&bodies);
}

static void
gives_parts(void)
{
	static const char *const wants[ASKED] = { "{\"id\":\"a\",\"n\":1}",
		"{\"id\":2}", "{\"id\":\"c\"}" };

	check_parts(".items[]", ".id",
	    "{\"items\": [ {\"id\": \"c\"}, {\"id\": 2},"
	    " {\"id\": \"a\", \"n\": 1} ]}",
	    3, wants);
}

/* What doubles cannot hold, escapes, members that stand twice. */
static void
keeps_parts_as_received(void)
{
	static const char *const wants[ASKED] = {
		"{\"id\":\"\\u0061\",\"n\":[1.10,1e400,-0]}",
		"{\"n\":1512345678901234567,\"id\":2}",
		"{\"id\":\"x\",\"id\":\"c\",\"n\":1E2}"
	};
	static const char body[] = "{\"items\": [\n"
				   "{\"n\": 1512345678901234567, \"id\": 2},\n"
				   "{\"id\": \"x\", \"id\": \"c\", \"n\": 1E2},"
				   "{\"id\": \"\\u0061\","
				   " \"n\": [ 1.10, 1e400, -0 ]} ]}";

	check_parts(".items[]", ".id", body, 3, wants);
	check_parts(".items[] # all", ".id", body, 3, wants);
	check_parts("def all: .items; all | .[] | select(.id)", ".id", body, 3,
	    wants);
	check_parts(".items | first, (.[1] // .), .[2]", ".id", body, 3, wants);
}

static void
keeps_members_as_received(void)
{
	static const char *const wants[ASKED] = { "{\"id\":\"a\",\"n\":1.0}",
		"", "{\"id\":\"c\",\"n\":2.0}" };

	check_parts(".[]", ".id",
	    "{\"a\":{\"id\":\"a\",\"n\":1.0},"
	    " \"c\":{\"id\":\"c\",\"n\":2.0}}",
	    2, wants);
}

/* The "?" hides that the first two are new values; what comes behind them must
 * not be taken for them. */
static void
makes_parts(void)
{
	static const char *const made[ASKED] = { "{\"id\":\"a\",\"n\":1.1}",
		"{\"id\":2,\"n\":1.1}", "{\"id\":\"c\",\"n\":1.1}" };
	static const char *const half[ASKED] = { "{\"id\":\"a\",\"n\":1.10}",
		"{\"id\":2}", "{\"id\":\"c\"}" };
	static const char body[] = "[{\"id\":\"a\",\"n\":1.10},"
				   "{\"id\":2,\"n\":1.10},"
				   "{\"id\":\"c\",\"n\":1.10}]";

	check_parts(".[] | {id, n}", ".id", body, 3, made);
	check_parts(".[-3, -2, -1]", ".id", body, 3, made);
	check_parts(".[0:][]", ".id", body, 3, made);
	check_parts("(map(.)[:2][])?, .[2]", ".id", body, 3, made);
	check_parts(".[0], (.[] | {id})", ".id", body, 3, half);
}

static void
leaves_out_absent(void)
{
	static const char *const wants[ASKED] = { "", "{\"id\":2}", "" };
	static const char *const none[ASKED] = { "", "", "" };

	check_parts(".items[]", ".id", "{\"items\":[{\"id\":2}]}", 1, wants);
	check_parts(".items[]", ".id", "{\"items\":[]}", 0, none);
}

static void
drops_strangers(void)
{
	static const char *const wants[ASKED] = { "", "", "{\"id\":\"c\"}" };

	check_parts(".[]", ".id",
	    "[{\"id\":\"x\"},{\"id\":null},{},{\"id\":[\"a\"]},"
	    "{\"id\":\"c\"},{\"id\":\"A\"}]",
	    1, wants);
	check_parts(".[]", "empty", "[{\"id\":\"a\"}]", 0, NULL);
}

static void
first_counts(void)
{
	static const char *const wants[ASKED] = { "{\"id\":\"a\",\"n\":1}", "",
		"" };

	check_parts(".[]", ".id, \"c\"",
	    "[{\"id\":\"a\",\"n\":1},{\"id\":\"a\",\"n\":2}]", 1, wants);
}

static void
compares_text(void)
{
	static const char *const wants[ASKED] = { "", "{\"id\":\"2\"}", "" };

	check_parts(".[]", ".id",
	    "[{\"id\":\"2.0\"},{\"id\":\"02\"},{\"id\":\"2\"}]", 1, wants);
}

static void
takes_plain_parts(void)
{
	static const char *const wants[ASKED] = { "\"a\"", "2", "" };

	check_parts(".[]", ".", "[\"a\", 2, null]", 2, wants);
}

/* A part that came before the failure is not left behind. */
static void
tells_failures(void)
{
	check_parts(".[]", ".id", "<html>", -1, NULL);
	check_parts(".items[]", ".id", "{}", -1, NULL);
	check_parts(".[]", ".id", "[{\"id\":\"a\"},\"text\"]", -1, NULL);
	check_parts(".[], error(\"x\")", ".id", "[{\"id\":\"a\"}]", -1, NULL);
}

static void
gives_to_all(void)
{
	static const struct slice ids[] = { SLICE("a"), SLICE("a") };
	struct err err = { "" };
	struct query *split = query_new_parts(".", &err);
	struct query *key = query_new(".id", &err);
	struct slice body = SLICE("{\"id\":\"a\"}");
	struct unpack_part parts[2];
	struct buf bodies = { 0 };

	CHECK_INT(unpack(split, key, body, ids, 2, parts, &bodies, &err), 2);
	CHECK_INT(parts[0].len, 10);
	CHECK_INT(parts[1].len, 10);
	CHECK_INT(bodies.len, 10);
	query_free(split);
	query_free(key);
	buf_release(&bodies);
}

static const struct tap_test tests[] = {
	{ "each id gets its part", gives_parts },
	{ "parts are kept as they were received", keeps_parts_as_received },
	{ "those that are members, too", keeps_members_as_received },
	{ "parts that the expression makes are libjq's", makes_parts },
	{ "an id may be missing in the answer", leaves_out_absent },
	{ "parts that were not asked for are dropped", drops_strangers },
	{ "of two parts for one id the first counts", first_counts },
	{ "ids are compared as text", compares_text },
	{ "a part may be any value", takes_plain_parts },
	{ "failures leave nothing behind", tells_failures },
	{ "an id that was asked for twice gets its part twice", gives_to_all },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
