/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/literal.h"

#include "base/ascii.h"

#include "tap.h"

static void
check(const char *pattern, const char *expected)
{
	struct buf literal = { 0 };

	literal_required(pattern, NULL, &literal);
	if (!CHECK_SLICE(literal, expected))
		printf("# of %s\n", pattern);
	buf_release(&literal);
}

static void
characters(void)
{
	check("", "");
	check("abc", "abc");
	check("a b#]}\xff", "a b#]}\xff");
	check("^abc$", "abc");
	check("ab.cde.f", "cde");
	check("ab.cd", "ab");
	check("a\nbc\rd", "bc");
}

static void
escapes(void)
{
	check("\\[a\\.b\\]\\\\\\ -\\t", "[a.b]\\ -\t");
	check("ab\\dcde\\wf", "cde");
	check("\\bab\\s", "ab");
	check("a\\nbc", "bc");
}

static void
quantifiers(void)
{
	check("abc?", "ab");
	check("abc*", "ab");
	check("abc+", "ab");
	check("abc{0,3}d", "ab");
	check("ab{,3}cd", "cd");
	check("ab{2}+cde", "cde");
	check("ab??cde", "cde");
	check("ab*+cde", "cde");
	check("a{2}b", "b");
	check("a\\.?b", "a");
}

static void
groups(void)
{
	check("ab(cd)ef", "abcdef");
	check("ab(?:cd)ef", "abcdef");
	check("ab(?>cd)ef", "abcdef");
	check("ab(?<n>cd)(?P<m1>ef)(?'o'gh)", "abcdefgh");
	check("ab(c(d)?e)fgh", "efgh");
	check("ab(c(d))?efg", "efg");
	check("ab(?:cdef)*", "ab");
	check("a(bcde)+f", "a");
	check("(a)(b)c{1}", "ab");
}

static void
alternatives(void)
{
	check("abc|abd", "");
	check("|abc", "");
	check("ab(?:cdef|cdeg)h", "ab");
	check("a(bc(de|fghi)jkl)m", "jklm");
	check("(ab|c)d\\|e[|]", "d|e");
}

static void
asides(void)
{
	check("ab(?=cdef)cd", "ab");
	check("ab(?!cdef|x)cdg", "cdg");
	check("a(?<=cdef)bc", "bc");
	check("a(?<!cdef)bc", "bc");
	check("a(?i:cdef)bc", "bc");
	check("a(?s:.*)bc", "bc");
}

static void
classes(void)
{
	check("ab[cdef]g", "ab");
	check("a[]bcd]ef", "ef");
	check("a[^]bcd]ef", "ef");
	check("a[\\]bcd]ef", "ef");
	check("a[[:alpha:]bcd]ef", "ef");
	check("a[[:^alpha:]bcd]ef", "");
	check("a[[b]cde]f", "cde]f");
	check("a[(|)*]b(c)", "bc");
}

/* All of these may mean, or hide, what changes all the rest. */
static void
unknown(void)
{
	static const char *const patterns[] = { "abc(?i)d", "(?x) a b",
		"(?x: #)\n a)bc", "(?^)abc", "(*ACCEPT)abc", "a(b|(*ACCEPT))cd",
		"(*UTF)abc", "(*pla:b)abc", "abc(?#)?", "\\Qa|b\\E", "ab\\E?",
		"abc\\x41", "abc\\x{41}", "abc\\o{101}", "abc\\N", "abc\\p{Lu}",
		"abc\\1", "(a)b\\g{1}", "(?<n>a)b\\k<n>", "ab\\Kcd", "\\cAb",
		"abc(?R)?", "ab(?1)(c)", "(?(1)a|b)c", "(?(DEFINE)abc)",
		"(?|ab|cd)ef", "ab(?C1)c", "ab(?C'x')c", "(?&n)(?<n>abc)",
		"(?P>n)(?P<n>abc)", "(?P<n>a)(?P=n)bc", "ab[[.c.]]", "ab[\\Qc]",
		"ab[\\c]]c", "ab[[:<:]]c", "a{b}c", "abc\\", "abc[", "a)bc",
		"(?", "(?<n", "(?<n-m>abc)", "abc\\8", "abc\\X", "[" };

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		check(patterns[i], "");
}

static void
plain(void)
{
	struct buf literal = { 0 };

	literal_required("a1234\\.(bc)d", ascii_is_letter, &literal);
	CHECK_SLICE(literal, "bcd");
	literal_required("1234", ascii_is_letter, &literal);
	CHECK_SLICE(literal, "");
	buf_release(&literal);
}

static void
second(void)
{
	static const char *const rows[][3] = {
		{ "(?<n>\\d+): (?<file>\\S+) -- (?:.*, )?(?<o>UserData\\.\\w+)",
		    "UserData.", " -- " },
		{ "ab\\d+cde\\d+f", "cde", "ab" },
		{ "abc\\d+de\\d+fg", "abc", "de" },
		{ "abc", "abc", "" },
		{ "abc|defg\\d+h", "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf one = { 0 };
		struct buf two = { 0 };

		literal_required_two(rows[i][0], NULL, &one, &two);
		CHECK_SLICE(one, rows[i][1]);
		CHECK_SLICE(two, rows[i][2]);
		buf_release(&one);
		buf_release(&two);
	}
}

static const struct tap_test tests[] = {
	{ "the longest run of characters is taken, the first of the longest",
	    characters },
	{ "escaped punctuation and tabs are characters, classes end a run",
	    escapes },
	{ "what may be missing or stand twice is not taken", quantifiers },
	{ "a group that stands once is as if without parentheses", groups },
	{ "of alternatives nothing is taken, nor of a pattern of them",
	    alternatives },
	{ "what is only looked at, or in any case, is stepped over", asides },
	{ "classes are stepped over to their end", classes },
	{ "a pattern with anything unknown in it has no literal", unknown },
	{ "only bytes that are asked for are taken", plain },
	{ "the next longest is taken too", second },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
