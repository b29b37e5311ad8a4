/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/sqltoken.h"

#include "base/alloc.h"

#include "tap.h"

/* The tokens of a text, a letter for the type before each. */
static void
list(struct buf *buf, struct slice text)
{
	struct sql_lexer lexer = { .rest = text };
	struct sql_token token;

	buf_clear(buf);
	while ((token = sql_token_next(&lexer)).type != SQL_END) {
		buf_add_char(buf, "EwnscM"[token.type]);
		buf_add_char(buf, token.is_cut ? '!' : ':');
		buf_add(buf, token.text);
		buf_add_char(buf, '|');
	}
}

static const struct {
	const char *text, *tokens;
} rows[] = {
	{ "", "" },
	{ " \t\r\n", "" },
	{ "SELECT 1", "w:SELECT|w:1|" },
	{ "a.b1_$x=@v", "w:a|M:.|w:b1_$x|M:=|w:@v|" },
	{ "stra\303\237e", "w:stra\303\237e|" },
	{ "#temp", "w:#temp|" },
	/* strings */
	{ "'a''b' c", "s:'a''b'|w:c|" },
	{ "'it\\'s' c", "s:'it\\'s'|w:c|" },
	{ "'a\\\\' c", "s:'a\\\\'|w:c|" },
	{ "'C:\\' c", "s:'C:\\'|w:c|" },
	{ "'C:\\', 'D:\\' c", "s:'C:\\', '|w:D|M::|M:\\|s!' c|" },
	{ "'' c", "s:''|w:c|" },
	{ "'cut c", "s!'cut c|" },
	{ "E'\\'' c", "w:E|s:'\\''|w:c|" },
	{ "$$a 'b$$ c", "s:$$a 'b$$|w:c|" },
	{ "$f$a $$ b$f$ c", "s:$f$a $$ b$f$|w:c|" },
	{ "$1 $2", "w:$1|w:$2|" },
	{ "$1$ $1$", "w:$1$|w:$1$|" },
	{ "$$cut", "s!$$cut|" },
	{ "$a b", "w:$a|w:b|" },
	{ "'a''", "s!'a''|" },
	{ "v$session x$$y", "w:v$session|w:x$$y|" },
	/* names */
	{ "\"a \"\"b\" c", "n:\"a \"\"b\"|w:c|" },
	{ "\"it\\\"s\" c", "n:\"it\\\"s\"|w:c|" },
	{ "`a``b` c", "n:`a``b`|w:c|" },
	{ "`a\\` c", "n:`a\\`|w:c|" },
	{ "[a b].[c]", "n:[a b]|M:.|n:[c]|" },
	{ "[a]]b] c", "n:[a]]b]|w:c|" },
	{ "ARRAY[a]", "w:ARRAY|M:[|w:a|M:]|" },
	{ "a[b][c]", "w:a|M:[|w:b|M:]|M:[|w:c|M:]|" },
	{ "['a', 'b']", "M:[|s:'a'|M:,|s:'b'|M:]|" },
	{ "[1]", "M:[|w:1|M:]|" },
	{ "[[\"id\", 1]]", "M:[|M:[|n:\"id\"|M:,|w:1|M:]|M:]|" },
	{ "ARRAY [a]", "w:ARRAY|n:[a]|" },
	{ "[ a]", "M:[|w:a|M:]|" },
	{ "[", "M:[|" },
	{ "[a\nb]", "M:[|w:a|w:b|M:]|" },
	{ "[a'b']", "M:[|w:a|s:'b'|M:]|" },
	{ "[a [b]", "M:[|w:a|n:[b]|" },
	{ "[a]]", "M:[|w:a|M:]|M:]|" },
	{ "[cut", "M:[|w:cut|" },
	/* comments */
	{ "a -- b\nc", "w:a|c:-- b|w:c|" },
	{ "a --b", "w:a|c:--b|" },
	{ "# a\nb", "c:# a|w:b|" },
	{ "a #> b", "w:a|w:#|M:>|w:b|" },
	{ "/* a 'b */ c", "c:/* a 'b */|w:c|" },
	{ "/**/a/***/", "c:/**/|w:a|c:/***/|" },
	{ "/*/ a */b", "c:/*/ a */|w:b|" },
	{ "/* cut", "c!/* cut|" },
	{ "'/* no */' c", "s:'/* no */'|w:c|" },
	{ "SELECT */*c*/ x", "w:SELECT|M:*|c:/*c*/|w:x|" },
	{ "/*!40000 ALTER */ x", "w:ALTER|w:x|" },
	{ "/*! a*/*/b", "w:a|M:*|M:/|w:b|" },
};

static void
splits(void)
{
	struct buf buf = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		list(&buf, slice_str(rows[i].text));
		CHECK_SLICE(buf, rows[i].tokens);
	}
	buf_release(&buf);
}

static void
takes_quotes_off(void)
{
	static const struct {
		const char *text, *name;
	} names[] = {
		{ "Users", "Users" },
		{ "\"a \"\"b\"", "a \"b" },
		{ "`a``b`", "a`b" },
		{ "[a]]b]", "a]b" },
		{ "\"\"", "" },
		{ "\"cut", "cut" },
		{ "\"", "" },
	};
	struct buf buf = { 0 };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct sql_lexer lexer = { .rest = slice_str(names[i].text) };

		buf_clear(&buf);
		sql_token_add_name(&buf, sql_token_next(&lexer));
		CHECK_SLICE(buf, names[i].name);
	}
	buf_release(&buf);
}

static void
compares(void)
{
	struct sql_lexer lexer = { .rest = SLICE("From \"from\" (") };
	struct sql_token token = sql_token_next(&lexer);

	CHECK(sql_token_is(token, "from"));
	CHECK(!sql_token_is(token, "fro"));
	CHECK(!sql_token_is_mark(token, 'F'));
	CHECK(!sql_token_is(sql_token_next(&lexer), "\"from\""));
	token = sql_token_next(&lexer);
	CHECK(sql_token_is_mark(token, '('));
	CHECK(!sql_token_is_mark(token, ')'));
	token = sql_token_next(&lexer);
	CHECK_INT(token.type, SQL_END);
	CHECK(!sql_token_is_mark(token, '('));
}

/* Each piece, repeated, made some scanner read on to the end again and again.
 * Were it so here, the test would take minutes. */
static void
is_linear(void)
{
	static const char *const pieces[] = { "'\\' ", "\"\\\" ", "[a ", "$a",
		"$a$ $b", "/*! ", "/* ", "-", "'", "`", "\\'", "(", "[a]]",
		"$1", "#", "*/" };
	const size_t size = 1 << 20;
	char *text = xmalloc(size);

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct sql_lexer lexer = { .rest = { text, size } };
		size_t len = strlen(pieces[i]);

		for (size_t at = 0; at < size; at++)
			text[at] = pieces[i][at % len];
		while (sql_token_next(&lexer).type != SQL_END)
			continue;
		CHECK_INT(lexer.rest.len, 0);
	}
	free(text);
}

static const struct tap_test tests[] = {
	{ "a text is split into words, names, strings, comments, marks",
	    splits },
	{ "a name loses its quotes", takes_quotes_off },
	{ "words compare in any case, names in quotes are no words", compares },
	{ "1 MiB of anything takes linear time", is_linear },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
