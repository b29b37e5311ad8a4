/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/pattern.h"

#include "base/buf.h"

#include "tap.h"

static struct scratch *scratch;

static struct pattern *
compile(const char *text, unsigned flags)
{
	struct pattern *pattern;
	struct err err;

	pattern = pattern_new(text, flags, &err);
	if (!CHECK(pattern != NULL)) {
		printf("# %s\n", err.text);
		exit(EXIT_FAILURE);
	}
	return pattern;
}

static enum pattern_result
match_bytes(const char *text, unsigned flags, struct slice subject)
{
	struct pattern *pattern = compile(text, flags);
	enum pattern_result result;

	result = pattern_match(pattern, scratch, subject);
	pattern_free(pattern);
	return result;
}

static enum pattern_result
match(const char *text, unsigned flags, const char *subject)
{
	return match_bytes(text, flags, slice_str(subject));
}

static void
anywhere(void)
{
	CHECK_INT(match("b+c", 0, "abbbcd"), PATTERN_YES);
	CHECK_INT(match("^b", 0, "ab"), PATTERN_NO);
	CHECK_INT(match("", 0, ""), PATTERN_YES);
	CHECK_INT(match_bytes("^$", 0, slice_make(NULL, 0)), PATTERN_YES);
}

static void
fixed(void)
{
	CHECK_INT(match("a.c", PATTERN_FIXED, "xa.cx"), PATTERN_YES);
	CHECK_INT(match("a.c", PATTERN_FIXED, "abc"), PATTERN_NO);
	CHECK_INT(match("(*UTF)", PATTERN_FIXED, "(*UTF)"), PATTERN_YES);
}

static void
nocase(void)
{
	CHECK_INT(match("put", PATTERN_NOCASE, "UserData.PUT"), PATTERN_YES);
	CHECK_INT(match("put", 0, "UserData.PUT"), PATTERN_NO);
	CHECK_INT(match("a.C", PATTERN_NOCASE | PATTERN_FIXED, "A.c"),
	    PATTERN_YES);
}

static void
any_bytes(void)
{
	struct slice subject = SLICE("a\0\377\200b");

	CHECK_INT(match_bytes("a\\x00\\xff.b", 0, subject), PATTERN_YES);
	subject.len--;
	CHECK_INT(match_bytes("b", 0, subject), PATTERN_NO);
	CHECK_INT(match("^..$", 0, "\303\251"), PATTERN_YES);
}

static void
groups(void)
{
	struct pattern *pattern =
	    compile("(?<file>[a-z.]+):(?<line>\\d+)(?<function> \\w+)?", 0);

	CHECK_INT(pattern_match(pattern, scratch, slice_str("<x.py:12>")),
	    PATTERN_YES);
	CHECK_SLICE(scratch_group(scratch, 0), "x.py:12");
	CHECK_SLICE(scratch_group(scratch, pattern_group(pattern, "file")),
	    "x.py");
	CHECK_SLICE(scratch_group(scratch, pattern_group(pattern, "line")),
	    "12");
	CHECK_SLICE(scratch_group(scratch, pattern_group(pattern, "function")),
	    "");
	CHECK_INT(pattern_group(pattern, "host"), 0);
	CHECK_SLICE(scratch_group(scratch, 99), "");

	CHECK_INT(pattern_match(pattern, scratch, slice_str("none")),
	    PATTERN_NO);
	CHECK_SLICE(scratch_group(scratch, 1), "");
	pattern_free(pattern);

	pattern = compile("(a)|(b)", 0);
	CHECK_INT(pattern_match(pattern, scratch, slice_str("b")), PATTERN_YES);
	CHECK(scratch_group(scratch, 1).ptr == NULL);
	CHECK_SLICE(scratch_group(scratch, 2), "b");
	pattern_free(pattern);
}

static void
group_names(void)
{
	struct pattern *pattern = compile("(?<b>x)(y)(?<a>z)", 0);

	CHECK_STR(pattern_group_name(pattern, 0), "a");
	CHECK_STR(pattern_group_name(pattern, 1), "b");
	CHECK_STR(pattern_group_name(pattern, 2), NULL);
	CHECK_INT(pattern_group(pattern, "a"), 3);
	CHECK_INT(pattern_group(pattern, "b"), 1);
	pattern_free(pattern);
}

/* More than a new scratch has room for, and than a byte can count. */
static void
many_groups(void)
{
	struct pattern *small = compile("(q)", 0);
	struct pattern *pattern;
	struct buf text = { 0 };
	struct buf subject = { 0 };

	for (size_t i = 0; i < 300; i++) {
		buf_add_str(&text, "(.)");
		buf_add_char(&subject, '-');
	}
	buf_add(&text, slice_make("(?<last>x)", sizeof("(?<last>x)")));
	buf_add_char(&subject, 'x');
	pattern = compile(text.ptr, 0);
	CHECK_INT(pattern_group(pattern, "last"), 301);
	CHECK_INT(pattern_match(pattern, scratch, buf_slice(&subject)),
	    PATTERN_YES);
	CHECK_SLICE(scratch_group(scratch, 300), "-");
	CHECK_SLICE(scratch_group(scratch, 301), "x");
	CHECK_INT(pattern_match(small, scratch, slice_str("q")), PATTERN_YES);
	CHECK_SLICE(scratch_group(scratch, 1), "q");
	CHECK_SLICE(scratch_group(scratch, 301), "");
	pattern_free(pattern);
	pattern_free(small);
	buf_release(&text);
	buf_release(&subject);
}

/* No answer is not the answer "no", with JIT and without it. */
static void
limits(void)
{
	const char *subject = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!c";
	struct pattern *pattern = compile("(*NO_JIT)^(a|b)*c", 0);
	struct scratch *small = scratch_new(20);

	CHECK_INT(pattern_match(pattern, scratch, slice_str(subject)),
	    PATTERN_NO);
	CHECK_INT(pattern_match(pattern, small, slice_str(subject)),
	    PATTERN_GAVE_UP);
	CHECK_INT(pattern_match(pattern, small, slice_str("ac")), PATTERN_YES);
	scratch_free(small);
	pattern_free(pattern);

	CHECK_INT(match("^(a+)+$", 0, subject), PATTERN_GAVE_UP);
	CHECK_INT(match("(*NO_JIT)^(a+)+$", 0, subject), PATTERN_GAVE_UP);
	CHECK_INT(match("a!", 0, subject), PATTERN_YES);
	CHECK_INT(match("^(?R)?$|^(?1)(a*)", 0, "b"), PATTERN_GAVE_UP);
}

static void
errors(void)
{
	struct err err;

	CHECK(pattern_new("a(b", 0, &err) == NULL);
	CHECK_STR(err.text,
	    "pattern 'a(b': missing closing parenthesis at byte 3");
	CHECK(pattern_new("(*UTF)a", 0, &err) == NULL);
	CHECK(pattern_new("(?<file>a)(?<file>b)", 0, &err) == NULL);
	pattern_free(NULL);
	scratch_free(NULL);
}

/* As machine code, and where the pattern itself refuses to become that. */
static void
speeds_up(void)
{
	static const char *const texts[] = { "b(?<x>c+)",
		"(*NO_JIT)b(?<x>c+)" };

	for (size_t i = 0; i < 2; i++) {
		struct pattern *pattern = compile(texts[i], 0);

		pattern_speed_up(pattern);
		CHECK_INT(pattern_match(pattern, scratch, slice_str("abccd")),
		    PATTERN_YES);
		CHECK_SLICE(scratch_group(scratch, 1), "cc");
		CHECK_INT(pattern_match(pattern, scratch, slice_str("abd")),
		    PATTERN_NO);
		pattern_free(pattern);
	}
}

static const struct tap_test tests[] = {
	{ "a pattern is found anywhere", anywhere },
	{ "a fixed pattern means itself", fixed },
	{ "case is passed over where asked for", nocase },
	{ "subjects hold any bytes, and are not UTF-8", any_bytes },
	{ "groups are known by their names", groups },
	{ "names of groups are listed", group_names },
	{ "scratch grows to any number of groups", many_groups },
	{ "a match that takes too long is given up on", limits },
	{ "an error shows the place", errors },
	{ "a pattern that was made fast matches the same", speeds_up },
	{ 0 },
};

int
main(void)
{
	int status;

	scratch = scratch_new(100000);
	status = tap_run(tests);
	scratch_free(scratch);
	return status;
}
