/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/place.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "tap.h"

/* What the pattern tells of the path: "HOST REVISION". */
static void
check_place(const char *pattern, struct slice path, const char *want)
{
	struct err err = { "" };
	struct place_pattern *compiled = place_new(pattern, &err);
	struct buf got = { 0 };
	struct place place;

	if (!CHECK(compiled != NULL)) {
		printf("# %s\n", err.text);
		return;
	}
	place = place_from_path(compiled, path);
	buf_add(&got, place.host);
	buf_add_char(&got, ' ');
	buf_add(&got, place.revision);
	CHECK_SLICE(got, want);
	buf_release(&got);
	place_free(compiled);
}

static void
check_refused(const char *pattern, const char *why)
{
	struct err err = { "" };

	CHECK(place_new(pattern, &err) == NULL);
	CHECK_STR(err.text, why);
}

static void
anywhere(void)
{
	struct slice path = slice_str("/logs/web12/r77/site.log");

	check_place("/(?<host>web\\d+)/", path, "web12 ");
	check_place("/(?<revision>r\\d+)/", path, " r77");
	check_place("(?<host>[^/]+)/(?<revision>[^/]+)/[^/]+$", path,
	    "web12 r77");
	check_place("(?<revision>r\\d+)|(?<host>web)", path, "web ");
}

static void
no_match(void)
{
	check_place("/(?<host>db\\d+)/", slice_str("/logs/web1/a"), " ");
	check_place("^(?<host>a)", slice_make(NULL, 0), " ");
}

static void
optional_group(void)
{
	const char *pattern = "(?<host>web\\d)(-(?<revision>\\w+))?\\.log";

	check_place(pattern, slice_str("web1-abc.log"), "web1 abc");
	check_place(pattern, slice_str("web1.log"), "web1 ");
	check_place("(?<host>x)?(?<revision>.*)", slice_str("abc"), " abc");
}

/* Names of files are any bytes. */
static void
any_bytes(void)
{
	check_place("^(?<host>.+)/", slice_str("w\xff\xc3/x"), "w\xff\xc3 ");
	check_place("^.\\0(?<host>.)/", slice_make("a\0b/", 4), "b ");
}

static void
other_groups(void)
{
	check_refused("(?<hst>.)",
	    "--path-pattern: unknown group 'hst'; did you mean host?");
	check_refused("(?<host>.)(?<revison>.)",
	    "--path-pattern: unknown group 'revison'; did you mean revision?");
	check_refused("(?<host>.)(?<datacenter>.)",
	    "--path-pattern: unknown group 'datacenter'; "
	    "there are host and revision");
}

static void
no_groups(void)
{
	const char *why =
	    "--path-pattern: there is no group 'host' or 'revision', "
	    "as in '/(?<host>web\\d+)/'";

	check_refused("web\\d+", why);
	check_refused("(web\\d+)", why);
	check_refused("", why);
}

static void
no_pattern(void)
{
	check_refused("(?<host>a",
	    "--path-pattern: pattern '(?<host>a': "
	    "missing closing parenthesis at byte 9");
}

/* It would match in the end, after a million steps and more. */
static void
limit(void)
{
	check_place("^(?:(?:a+)+b|(?<host>a+))",
	    slice_str("aaaaaaaaaaaaaaaaaaaaaa"), " ");
	check_place("^(?:(?:a+)+b|(?<host>a+))", slice_str("aaaa"), "aaaa ");
}

static void
none(void)
{
	struct place place = place_from_path(NULL, slice_str("/web1/"));

	CHECK_INT(place.host.len, 0);
	CHECK_INT(place.revision.len, 0);
	place_free(NULL);
}

static const struct tap_test tests[] = {
	{ "the groups are found anywhere in a path", anywhere },
	{ "a path that does not match tells nothing", no_match },
	{ "a group that takes no part is empty", optional_group },
	{ "a path is any bytes", any_bytes },
	{ "groups of other names are refused, with the nearest", other_groups },
	{ "a pattern without the groups is refused", no_groups },
	{ "what is no pattern is refused", no_pattern },
	{ "a match that takes too long is none", limit },
	{ "without a pattern nothing is told", none },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
