/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/json.h"

#include "tap.h"

static const char *
kind_name(enum json_kind kind)
{
	static const char *const names[] = { "null", "bool", "number", "string",
		"array", "object" };

	return names[kind];
}

static void
reads_values(void)
{
	static const struct {
		const char *text;
		const char *kind;
		const char *raw;
		const char *rest;
	} table[] = {
		{ "null", "null", "null", "" },
		{ " \t\r\n true ,", "bool", "true", " ," },
		{ "false]", "bool", "false", "]" },
		{ "0", "number", "0", "" },
		{ "-0.5e-10}", "number", "-0.5e-10", "}" },
		{ "1371013443.123 x", "number", "1371013443.123", " x" },
		{ "12E+3,", "number", "12E+3", "," },
		{ "\"\"", "string", "\"\"", "" },
		{ "\"a\\\"b\" :", "string", "\"a\\\"b\"", " :" },
		{ "\"a\\\\\"b\"", "string", "\"a\\\\\"", "b\"" },
		{ "\"a\\\\\\\"b\"c", "string", "\"a\\\\\\\"b\"", "c" },
		{ "[]", "array", "[]", "" },
		{ "{} {}", "object", "{}", " {}" },
		{ "[1,{\"a\":[\"]}\"]}]]", "array", "[1,{\"a\":[\"]}\"]}]",
		    "]" },
		{ NULL, NULL, NULL, NULL },
	};

	for (size_t i = 0; table[i].text != NULL; i++) {
		struct slice text = slice_str(table[i].text);
		struct json_value value;

		if (!CHECK(json_next_value(&text, &value))) {
			printf("# %s\n", table[i].text);
			continue;
		}
		CHECK_STR(kind_name(value.kind), table[i].kind);
		CHECK_SLICE(value.raw, table[i].raw);
		CHECK_SLICE(text, table[i].rest);
	}
}

static void
refuses_what_is_no_value(void)
{
	static const char *const table[] = { "", "  ", "x", "nul", "nulls",
		"truefalse", "01", "-", "+1", ".5", "1.", "1.e5", "1e", "1e+",
		"0x10", "1a", "--1", "'a'", "\"a", "\"a\\\"", "[", "[1", "{",
		"{\"a\":1", "[}", "{]", "[{]}", "[\"]", "]", "}", ",", ":",
		"NaN", "-Infinity", NULL };

	for (size_t i = 0; table[i] != NULL; i++) {
		struct slice text = slice_str(table[i]);
		struct json_value value;

		if (!CHECK(!json_next_value(&text, &value)))
			printf("# %s\n", table[i]);
		CHECK_SLICE(text, table[i]);
	}
}

static void
limits_nesting(void)
{
	char text[130];
	struct slice rest = slice_make(text, 128);
	struct json_value value;

	memset(text, '[', 64);
	memset(text + 64, ']', 64);
	CHECK(json_next_value(&rest, &value));
	CHECK_INT(value.raw.len, 128);

	memset(text, '[', 65);
	memset(text + 65, ']', 65);
	rest = slice_make(text, sizeof(text));
	CHECK(!json_next_value(&rest, &value));

	/* Side by side is not inside one another. */
	text[0] = '[';
	for (size_t i = 1; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "{}", 2);
	text[sizeof(text) - 1] = ']';
	text[sizeof(text) - 2] = ' ';
	text[sizeof(text) - 3] = ' ';
	rest = slice_make(text, sizeof(text));
	CHECK(json_next_value(&rest, &value));
}

static void
steps_through_members(void)
{
	struct slice members = slice_str(
	    " { \"a\" : 1 , \"b\\n\":[1,2],\"\":{\"x\":\"}\"} ,\"a\":null } ");
	struct slice key;
	struct json_value value;

	CHECK(json_next_member(&members, &key, &value));
	CHECK_SLICE(key, "\"a\"");
	CHECK_SLICE(value.raw, "1");
	CHECK(json_next_member(&members, &key, &value));
	CHECK_SLICE(key, "\"b\\n\"");
	CHECK_SLICE(value.raw, "[1,2]");
	CHECK(json_next_member(&members, &key, &value));
	CHECK_SLICE(key, "\"\"");
	CHECK_SLICE(value.raw, "{\"x\":\"}\"}");
	CHECK(json_next_member(&members, &key, &value));
	CHECK_SLICE(value.raw, "null");
	CHECK(!json_next_member(&members, &key, &value));
	CHECK(!json_next_member(&members, &key, &value));
}

static void
steps_into_an_object(void)
{
	struct slice members = slice_str("{ \"a\" : {\"b\\n\":[1] } , 2");
	const char *begin;
	struct slice key;
	struct json_value value;
	bool is_plain;

	CHECK(json_next_key(&members, &key, &is_plain));
	CHECK_SLICE(key, "\"a\"");
	CHECK(is_plain);
	begin = members.ptr;
	CHECK(!json_close_object(&members, begin, &value));
	CHECK(json_next_key(&members, &key, &is_plain));
	CHECK(!is_plain);
	CHECK(json_next_inner(&members, 2, &value));
	CHECK_SLICE(value.raw, "[1]");
	CHECK(!json_next_key(&members, &key, &is_plain));
	CHECK(json_close_object(&members, begin, &value));
	CHECK(value.kind == JSON_OBJECT);
	CHECK_SLICE(value.raw, "{\"b\\n\":[1] }");
	CHECK_SLICE(members, ", 2");
}

static void
counts_the_levels_around(void)
{
	struct slice members = slice_str("[[1]],");
	struct json_value value;

	CHECK(!json_next_inner(&members, JSON_LEVELS - 1, &value));
	CHECK(json_next_inner(&members, JSON_LEVELS - 2, &value));
}

static void
steps_through_items(void)
{
	struct slice items = slice_str("[1 , \"]\",[],{}]");
	struct json_value value;

	CHECK(json_next_item(&items, &value));
	CHECK_SLICE(value.raw, "1");
	CHECK(json_next_item(&items, &value));
	CHECK_SLICE(value.raw, "\"]\"");
	CHECK(json_next_item(&items, &value));
	CHECK_SLICE(value.raw, "[]");
	CHECK(json_next_item(&items, &value));
	CHECK_SLICE(value.raw, "{}");
	CHECK(!json_next_item(&items, &value));
	items = slice_str("[]");
	CHECK(!json_next_item(&items, &value));
	items = slice_str("[ , 1]");
	CHECK(!json_next_item(&items, &value));
}

/* How many members come before a text breaks off. */
static unsigned
count_members(const char *text)
{
	struct slice members = slice_str(text);
	struct slice key;
	struct json_value value;
	unsigned n = 0;

	while (json_next_member(&members, &key, &value))
		n++;
	return n;
}

static void
stops_where_text_is_broken(void)
{
	CHECK_INT(count_members("{}"), 0);
	CHECK_INT(count_members("{\"a\":1,}"), 1);
	CHECK_INT(count_members("{\"a\":1 \"b\":2}"), 1);
	CHECK_INT(count_members("{\"a\":{}{\"b\":2}"), 1);
	CHECK_INT(count_members("{\"a\" 1}"), 0);
	CHECK_INT(count_members("{a:1}"), 0);
	CHECK_INT(count_members("{\"a\":1,\"b\":\"x"), 1);
	CHECK_INT(count_members("{\"a\":1,\"b\":\"x\""), 2);
	CHECK_INT(count_members("{\"a\":1,\"b\":12"), 1);
	CHECK_INT(count_members("{\"a\":1,\"b\":12 "), 2);
	CHECK_INT(count_members("{\"a\":1,\"b\":tru"), 1);
	CHECK_INT(count_members("[1]"), 0);
}

/* What a text cut anywhere gives is a member of the whole text. Each piece is
 * a block of its own, so that sanitizers see a read behind it. */
static void
takes_no_cut_value(void)
{
	static const char text[] =
	    "{\"a\":123,\"b\\u0041\":\"x\\\"y\\\\\",\"c\":[1,{\"d\":true}],"
	    "\"e\":{\"f\":[null]},\"g\":-1.5e10 ,\"h\":false}";

	for (size_t len = 0; len < sizeof(text); len++) {
		char *piece = malloc(len + (len == 0));
		struct slice members = slice_make(piece, len);
		struct slice whole = slice_str(text);
		struct slice key;
		struct slice whole_key;
		struct json_value value;
		struct json_value whole_value;

		if (piece == NULL)
			abort();
		memcpy(piece, text, len);
		while (json_next_member(&members, &key, &value)) {
			CHECK(
			    json_next_member(&whole, &whole_key, &whole_value));
			CHECK(slice_equal(key, whole_key));
			CHECK(slice_equal(value.raw, whole_value.raw));
			CHECK(value.raw.ptr + value.raw.len <= piece + len);
		}
		(void)json_pointer(slice_make(piece, len), "/e/f/0", &value);
		(void)json_member(slice_make(piece, len), "bA", &value);
		free(piece);
	}
}

static void
finds_members(void)
{
	struct slice object = slice_str(" {\"a\":1,\"b\":2,\"a\":3,\"\":4,"
					"\"\\u0063\\/\":5,\"\xc3\xa9\":6}");
	struct json_value value;

	CHECK(json_member(object, "b", &value));
	CHECK_SLICE(value.raw, "2");
	CHECK(json_member(object, "", &value));
	CHECK_SLICE(value.raw, "4");
	CHECK(json_member(object, "c/", &value));
	CHECK_SLICE(value.raw, "5");
	CHECK(json_member(object, "\xc3\xa9", &value));
	CHECK_SLICE(value.raw, "6");
	CHECK(!json_member(object, "d", &value));
	CHECK(!json_member(object, "aa", &value));
	CHECK(!json_member(slice_str("[{\"a\":1}]"), "a", &value));
	CHECK(!json_member(slice_str(",\"a\":1}"), "a", &value));
	CHECK(!json_member(slice_str(""), "a", &value));
}

static void
takes_the_last_of_two(void)
{
	struct json_value value;

	CHECK(json_member(slice_str("{\"a\":1,\"a\":2,\"b\":3}"), "a", &value));
	CHECK_SLICE(value.raw, "2");
	CHECK(json_pointer(slice_str("{\"a\":{\"b\":1},\"a\":{\"b\":2}}"),
	    "/a/b", &value));
	CHECK_SLICE(value.raw, "2");
}

static void
follows_pointers(void)
{
	/* RFC 6901, section 5, and what it says elsewhere */
	static const char text[] =
	    "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,"
	    "\"m~n\":8,\"k\\\"l\":6,\" \":7,\"~1\":9,"
	    "\"x\":{\"y\":[[10,11],{\"z\":12}]}}";
	static const struct {
		const char *pointer;
		const char *want; /* NULL: nothing */
	} table[] = {
		{ "", text },
		{ "/foo", "[\"bar\",\"baz\"]" },
		{ "/foo/0", "\"bar\"" },
		{ "/foo/1", "\"baz\"" },
		{ "/", "0" },
		{ "/a~1b", "1" },
		{ "/c%d", "2" },
		{ "/k\"l", "6" },
		{ "/ ", "7" },
		{ "/m~0n", "8" },
		{ "/~01", "9" },
		{ "/x/y/0/1", "11" },
		{ "/x/y/1/z", "12" },
		{ "/foo/2", NULL },
		{ "/foo/-", NULL },
		{ "/foo/00", NULL },
		{ "/foo/01", NULL },
		{ "/foo/", NULL },
		{ "/foo/18446744073709551616", NULL },
		{ "/foo/0/0", NULL },
		{ "/x/y/z", NULL },
		{ "/nothing", NULL },
		{ "/m~2n", NULL },
		{ "/m~", NULL },
		{ "foo", NULL },
		{ "//", NULL },
		{ NULL, NULL },
	};

	for (size_t i = 0; table[i].pointer != NULL; i++) {
		struct json_value value;
		bool found = json_pointer(slice_str(text), table[i].pointer,
		    &value);

		if (!CHECK(found == (table[i].want != NULL)))
			printf("# %s\n", table[i].pointer);
		else if (found)
			CHECK_SLICE(value.raw, table[i].want);
	}
}

static void
points_into_cut_lines(void)
{
	struct slice text = slice_str("{\"a\":{\"b\":1},\"c\":\"cut of");
	struct json_value value;

	CHECK(json_pointer(text, "/a/b", &value));
	CHECK_SLICE(value.raw, "1");
	CHECK(!json_pointer(text, "/c", &value));
	CHECK(!json_pointer(text, "", &value));
}

static void
check_text(const char *raw, const char *want, size_t want_len)
{
	struct slice text = slice_str(raw);
	struct buf buf = { 0 };
	struct json_value value;

	if (CHECK(json_next_value(&text, &value))) {
		json_add_text(&buf, &value);
		CHECK_BYTES(buf.ptr, buf.len, want, want_len);
	}
	buf_release(&buf);
}

#define CHECK_TEXT(raw, want) check_text((raw), (want), sizeof(want) - 1)

static void
undoes_escapes(void)
{
	CHECK_TEXT("\"\"", "");
	CHECK_TEXT("\"plain\"", "plain");
	CHECK_TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
	CHECK_TEXT("\"a\\u0041\\u00e9\\u20AC\\uffff\"",
	    "aA\xc3\xa9\xe2\x82\xac\xef\xbf\xbf");
	CHECK_TEXT("\"a\\u0000b\"", "a\0b");
	CHECK_TEXT("\"\\u007f\\u0080\\u07ff\\u0800\"",
	    "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80");
	CHECK_TEXT("\"\xff raw\"", "\xff raw");
}

static void
joins_surrogates(void)
{
	CHECK_TEXT("\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80");
	CHECK_TEXT("\"\\uD800\\uDC00\"", "\xf0\x90\x80\x80");
	CHECK_TEXT("\"\\uDBFF\\uDFFF\"", "\xf4\x8f\xbf\xbf");
	CHECK_TEXT("\"\\ud83dx\"", "\xef\xbf\xbdx");
	CHECK_TEXT("\"\\ude00\"", "\xef\xbf\xbd");
	CHECK_TEXT("\"\\ude00\\ud83d\"", "\xef\xbf\xbd\xef\xbf\xbd");
	CHECK_TEXT("\"\\ud83d\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80");
	CHECK_TEXT("\"\\ud83d\\n\"", "\xef\xbf\xbd\n");
	CHECK_TEXT("\"\\ud83d\\u0041\"",
	    "\xef\xbf\xbd"
	    "A");
}

static void
replaces_broken_escapes(void)
{
	CHECK_TEXT("\"a\\qb\"",
	    "a\xef\xbf\xbd"
	    "b");
	CHECK_TEXT("\"\\u12\"",
	    "\xef\xbf\xbd"
	    "12");
	CHECK_TEXT("\"\\u12g4\"",
	    "\xef\xbf\xbd"
	    "12g4");
	CHECK_TEXT("\"\\u\"", "\xef\xbf\xbd");
	CHECK_TEXT("\"\\ud83d\\u12\"",
	    "\xef\xbf\xbd\xef\xbf\xbd"
	    "12");
}

static void
adds_other_kinds_as_written(void)
{
	CHECK_TEXT("12.50", "12.50");
	CHECK_TEXT("true", "true");
	CHECK_TEXT("null", "");
	CHECK_TEXT("[1, 2]", "[1, 2]");
	CHECK_TEXT("{\"a\":\"\\n\"}", "{\"a\":\"\\n\"}");
}

/* Returns whether all was UTF-8. */
static bool
check_string(const char *bytes, size_t len, const char *want)
{
	struct buf buf = { 0 };
	bool fine = json_add_string(&buf, slice_make(bytes, len));

	CHECK_BYTES(buf.ptr, buf.len, want, strlen(want));
	buf_release(&buf);
	return fine;
}

static void
writes_strings(void)
{
	CHECK(check_string("", 0, "\"\""));
	CHECK(check_string(NULL, 0, "\"\""));
	CHECK(check_string("a/b \x7f", 5, "\"a/b \x7f\""));
	CHECK(check_string("\"\\\b\f\n\r\t", 7, "\"\\\"\\\\\\b\\f\\n\\r\\t\""));
	CHECK(check_string("\0\1\x1f", 3, "\"\\u0000\\u0001\\u001f\""));
	CHECK(check_string("\xc3\xa9\xf0\x9f\x98\x80", 6,
	    "\"\xc3\xa9\xf0\x9f\x98\x80\""));
}

static void
replaces_what_is_no_utf8(void)
{
	CHECK(!check_string("a\xff"
			    "b",
	    3,
	    "\"a\xef\xbf\xbd"
	    "b\""));
	CHECK(!check_string("\xc3", 1, "\"\xef\xbf\xbd\""));
	CHECK(!check_string("\xed\xa0\x80", 3,
	    "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""));
	CHECK(!check_string("\xff\n", 2, "\"\xef\xbf\xbd\\n\""));
}

static void
reads_back_what_it_writes(void)
{
	char bytes[128];
	struct buf buf = { 0 };
	struct buf back = { 0 };
	struct slice text;
	struct json_value value;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	CHECK(json_add_string(&buf, slice_make(bytes, sizeof(bytes))));
	text = buf_slice(&buf);
	CHECK(json_next_value(&text, &value));
	CHECK_INT(text.len, 0);
	json_add_text(&back, &value);
	CHECK_BYTES(back.ptr, back.len, bytes, sizeof(bytes));
	buf_release(&buf);
	buf_release(&back);
}

static void
writes_base64(void)
{
	/* RFC 4648, section 10 */
	static const struct {
		const char *bytes;
		const char *want;
	} table[] = {
		{ "", "\"\"" },
		{ "f", "\"Zg==\"" },
		{ "fo", "\"Zm8=\"" },
		{ "foo", "\"Zm9v\"" },
		{ "foob", "\"Zm9vYg==\"" },
		{ "fooba", "\"Zm9vYmE=\"" },
		{ "foobar", "\"Zm9vYmFy\"" },
		{ "\xfb\xef\xff\xff", "\"++///w==\"" },
		{ NULL, NULL },
	};

	for (size_t i = 0; table[i].bytes != NULL; i++) {
		struct buf buf = { 0 };

		json_add_base64(&buf, slice_str(table[i].bytes));
		CHECK_SLICE(buf, table[i].want);
		buf_release(&buf);
	}
}

/* Compacts a copy of text as a block of its own, so that sanitizers see a read
 * behind it, behind what buf holds already; want is NULL for a refusal. */
static void
check_compact(const char *text, size_t len, const char *want)
{
	char *copy = malloc(len + (len == 0));
	struct buf buf = { 0 };
	struct buf wanted = { 0 };

	if (copy == NULL)
		abort();
	memcpy(copy, text, len);
	buf_add_str(&buf, "x");
	buf_add_str(&wanted, "x");
	buf_add_str(&wanted, want == NULL ? "" : want);
	if (!CHECK(json_add_compact(&buf, slice_make(copy, len)) ==
		(want != NULL)) ||
	    !CHECK(json_add_compact(NULL, slice_make(copy, len)) ==
		(want != NULL)))
		printf("# %s\n", text);
	CHECK_BYTES(buf.ptr, buf.len, wanted.ptr, wanted.len);
	buf_release(&buf);
	buf_release(&wanted);
	free(copy);
}

static void
compacts_texts(void)
{
	static const struct {
		const char *text;
		const char *want;
	} table[] = {
		{ "null", "null" },
		{ " true\n", "true" },
		{ "\tfalse\r", "false" },
		{ "\"\"", "\"\"" },
		{ "[ ]", "[]" },
		{ "\t{\r\n} ", "{}" },
		{ " [ 1 , \"a b\" , [ ] , { } , null ] ",
		    "[1,\"a b\",[],{},null]" },
		{ "{ \"a\" : { \"b\" : [ 1 , 2 ] } , \"\" : \" : , \" }",
		    "{\"a\":{\"b\":[1,2]},\"\":\" : , \"}" },
		{ "{\"a\":1,\"a\":2,\"a\":1}", "{\"a\":1,\"a\":2,\"a\":1}" },
		{ "[[[{}],[]],{\"x\":[[]]}]", "[[[{}],[]],{\"x\":[[]]}]" },
		{ NULL, NULL },
	};

	for (size_t i = 0; table[i].text != NULL; i++)
		check_compact(table[i].text, strlen(table[i].text),
		    table[i].want);
}

/* Alone, and in an array, an object, and with blanks around. */
static void
check_token(const char *token, size_t len, bool fine)
{
	static const char *const frames[][2] = { { "", "" }, { "[", "]" },
		{ "{\"k\":", "}" }, { "[0,", ",0]" } };
	struct buf buf = { 0 };
	struct buf want = { 0 };

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		buf_clear(&buf);
		buf_add_str(&buf, frames[i][0]);
		buf_add(&buf, slice_make(token, len));
		buf_add_str(&buf, frames[i][1]);
		buf_clear(&want);
		buf_add(&want, buf_slice(&buf));
		buf_add_char(&want, '\0');
		check_compact(buf.ptr, buf.len, fine ? want.ptr : NULL);
	}
	buf_release(&buf);
	buf_release(&want);
}

static void
keeps_numbers(void)
{
	static const char *const table[] = { "0", "-0", "7", "-1", "10",
		"9007199254740993", "-9223372036854775809", "0.0", "1.0",
		"-0.0", "1.50", "0e1", "0E+1", "1e400", "-1e-400", "1E22",
		"20e1", "1.5e+10", "0.1e-007",
		"123456789012345678901234567890123456789012345678901234567890",
		"0.10000000000000000000000000000000000000000000000000000001",
		NULL };

	for (size_t i = 0; table[i] != NULL; i++)
		check_token(table[i], strlen(table[i]), true);
}

static void
refuses_wrong_numbers_and_words(void)
{
	static const char *const table[] = { "00", "01", "-01", "-00", "-",
		"--1", "+1", "++1", "- 1", "1.", "-1.", "1.e1", ".5", "-.5",
		".", "1..2", "1.2.3", "1e", "1E+", "1e-", "1e1.5", "1e+-1",
		"e1", "1 2", "1 000", "1_0", "0x1", "0xff", "1a", "1\"a\"",
		"1eE2", "12e", "NaN", "nan", "-NaN", "Infinity", "-Infinity",
		"inf", "True", "TRUE", "tru", "truee", "nul", "nulll", "None",
		"undefined", "fals", "true1", "nullnull",
		"\xef\xbc\x91" /* a full-width 1 */, NULL };

	for (size_t i = 0; table[i] != NULL; i++)
		check_token(table[i], strlen(table[i]), false);
}

static void
keeps_strings(void)
{
	static const char *const table[] = { "\"\"", "\" \"", "\"'\"",
		"\"a/b\"", "\"\\/\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
		"\"\\u0000\\u001F\\uabcd\\uABCD\"", "\"\\\\u12\"", "\"\\\\\"",
		"\"\\\\\\\"\"", "\"\x7f\"", "\"{[,:]}\"", "\"\\ud83d\\ude00\"",
		"\"\\ud83d\"", "\"\\ude00\\ud83dx\"", "\"\xc2\x80\xdf\xbf\"",
		"\"\xe0\xa0\x80\xed\x9f\xbf\"", "\"\xee\x80\x80\xef\xbf\xbf\"",
		"\"\xef\xbb\xbf\"", "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"",
		"\"\xe2\x80\xa8\"", NULL };

	for (size_t i = 0; table[i] != NULL; i++)
		check_token(table[i], strlen(table[i]), true);
}

static void
refuses_wrong_strings(void)
{
	static const char *const table[] = { "\"", "\"a", "\"\\\"", "a\"",
		"'a'", "'\"'", "\"a\"b", "\"a\"\"b\"", "\"\\\"a", "`a`",
		"\"\\a\"", "\"\\'\"", "\"\\v\"", "\"\\0\"", "\"\\x41\"",
		"\"\\ \"", "\"\\N\"", "\"\\U0041\"", "\"\\u\"", "\"\\u1\"",
		"\"\\u123\"", "\"\\u123g\"", "\"\\u12 4\"", "\"\\u+123\"",
		"\"\\u-123\"", "\"\\u00\\\"0\"", "\"\\\xc3\xa9\"", "\\\"a\\\"",
		"a", NULL };

	for (size_t i = 0; table[i] != NULL; i++)
		check_token(table[i], strlen(table[i]), false);
}

static void
refuses_control_bytes_in_strings(void)
{
	char string[] = "\"a?b\"";

	for (int c = 0; c < 0x80; c++) {
		string[2] = (char)c;
		if (c != '"' && c != '\\' && c > 0)
			check_token(string, 5, c >= 0x20);
	}
	check_compact("\"a\0b\"", 5, NULL);
	check_compact("[\"\\\0\"]", 6, NULL);
	check_compact("[\"\\u00\0000\"]", 10, NULL);
}

static void
refuses_what_is_no_utf8(void)
{
	static const char *const table[] = { "\x80", "\xbf", "\xff", "\xfe",
		"\xc3", "\xc3(", "\xc0\x80", "\xc0\xaf", "\xc1\xbf",
		"\xe0\x80\xaf", "\xe0\x9f\xbf", "\xf0\x80\x80\xaf",
		"\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
		"\xed\xa0\xbd\xed\xb8\x80", "\xe2\x82", "\xe2(\xa1",
		"\xe2\x82(", "\xf0\x9f\x98", "\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80",
		"\xfc\x84\x80\x80\x80\x80", "\xe9", NULL };

	for (size_t i = 0; table[i] != NULL; i++) {
		struct buf string = { 0 };

		buf_add_format(&string, "\"%s\"", table[i]);
		check_token(string.ptr, string.len, false);
		check_token(string.ptr + 1, string.len - 2, false);
		buf_release(&string);
	}
}

static void
refuses_wrong_structure(void)
{
	static const char *const table[] = { "", " ", "\t\r\n ", ",", ":", "]",
		"}", "[", "{", "[1", "[1,", "[,", "[1,]", "[,1]", "[1,,2]",
		"[1 2]", "[1:2]", "[:]", "[\"a\":1]", "[1}", "{]", "[[]", "[]]",
		"[](", "[{]}", "[1],", "[]1", "[][]", "{}{}", "{} []", "null,",
		"{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,\"a\":1}", "{,}",
		"{\"a\":1,,\"b\":2}", "{\"a\" 1}", "{\"a\",1}", "{\"a\"::1}",
		"{\"a\":1 \"b\":2}", "{\"a\":1:2}", "{\"a\":1",
		"{\"a\":", "{\"a\"", "{\"a", "{a:1}", "{'a':1}", "{1:1}",
		"{null:1}", "{[]:1}", "{{}:1}", "{:1}", "{\"a\":1]",
		"{\"a\":\"b\"]", "{\"a\\x\":1}", "{\"a\n\":1}", "{\"\xff\":1}",
		"{\"a\":1}}", "[1]//", "[1]/**/", "/**/[1]", "[1]#", "[\f1]",
		"[\v1]", "\x0c[]", "\xc2\xa0[]", "[1\xe2\x80\xa8]",
		"\xef\xbb\xbf[]", "\xef\xbb\xbf", "[]\xef\xbb\xbf", "\xff\xfe[",
		"\x1e[]\n", "<p>", "{}\n{}", NULL };

	for (size_t i = 0; table[i] != NULL; i++)
		check_compact(table[i], strlen(table[i]), NULL);
	check_compact("[]\0", 3, NULL);
	check_compact("\0[]", 3, NULL);
	check_compact("1\0", 2, NULL);
	CHECK(!json_add_compact(NULL, slice_make(NULL, 0)));
}

/* What was cut anywhere is refused, but for its last blank. */
static void
refuses_cut_texts(void)
{
	static const char text[] = "{\"a\":[1,{\"b\":\"\\u00e9\xc3\xa9\"},"
				   "true,-1.5e+3],\"c\":null} ";

	for (size_t len = 0; len + 2 < sizeof(text); len++)
		check_compact(text, len, NULL);
	CHECK(json_add_compact(NULL, slice_str(text)));
}

/* depth times open, middle, depth times close. */
static bool
accepts_nest(size_t depth, const char *open, const char *middle,
    const char *close)
{
	struct buf text = { 0 };
	struct buf compact = { 0 };
	bool fine;

	for (size_t i = 0; i < depth; i++)
		buf_add_str(&text, open);
	buf_add_str(&text, middle);
	for (size_t i = 0; i < depth; i++)
		buf_add_str(&text, close);
	fine = json_add_compact(&compact, buf_slice(&text));
	CHECK(slice_equal(buf_slice(&compact),
	    fine ? buf_slice(&text) : slice_make(NULL, 0)));
	buf_release(&text);
	buf_release(&compact);
	return fine;
}

static void
limits_strict_nesting(void)
{
	CHECK_INT(JSON_DEPTH, 200);
	CHECK(accepts_nest(200, "[", "", "]"));
	CHECK(!accepts_nest(201, "[", "", "]"));
	CHECK(accepts_nest(200, "[", "1", "]"));
	CHECK(accepts_nest(200, "{\"a\":", "1", "}"));
	CHECK(!accepts_nest(201, "{\"a\":", "1", "}"));
	CHECK(!accepts_nest(100, "[{\"a\":", "[]", "}]"));
	CHECK(accepts_nest(100, "[{\"a\":", "0", "}]"));
	CHECK(!accepts_nest(1000000, "[", "", "]"));
	CHECK(!accepts_nest(1000000, "[{\"a\":", "", "}]"));
	CHECK(!accepts_nest(1000000, "[", "", ""));
	/* Side by side is not inside one another. */
	CHECK(accepts_nest(1, "[", "[],[],[[]]", "]"));
}

static void
check_safe(const char *text, const char *want)
{
	size_t len = strlen(text);
	char *copy = malloc(len + (len == 0));
	struct buf buf = { 0 };

	if (copy == NULL)
		abort();
	memcpy(copy, text, len);
	json_add_safe_numbers(&buf, slice_make(copy, len));
	CHECK_SLICE(buf, want);
	buf_release(&buf);
	free(copy);
}

static void
makes_numbers_safe(void)
{
	check_safe("9007199254740991", "9007199254740991");
	check_safe("9007199254740992", "\"9007199254740992\"");
	check_safe("-9007199254740991", "-9007199254740991");
	check_safe("-9007199254740992", "\"-9007199254740992\"");
	check_safe("18446744073709551615", "\"18446744073709551615\"");
	check_safe("18446744073709551616", "\"18446744073709551616\"");
	check_safe("123456789012345678901234567890",
	    "\"123456789012345678901234567890\"");
	check_safe(" [ 1 ,9007199254740993 , {\"a\" :-9007199254740993} ]\n",
	    " [ 1 ,\"9007199254740993\" , {\"a\" :\"-9007199254740993\"} ]\n");
	check_safe("1512345678901234567\n1512345678901234568",
	    "\"1512345678901234567\"\n\"1512345678901234568\"");
}

static void
leaves_other_tokens(void)
{
	static const char *const table[] = { "", " ", "null", "{}", "-0",
		"1e400", "-1E400", "1.0", "9007199254740993.0",
		"9007199254740993e0", "0.9007199254740993",
		"1e9007199254740993", "\"9007199254740993\"",
		"\" 9007199254740993 \"", "\"\\\"9007199254740993\"",
		"\"\\\\\"", "{\"9007199254740993\":1}",
		"{\"\\\",9007199254740993,\":1}",
		"[\"\\\\\\\"\",\",9007199254740993,\"]", NULL };

	for (size_t i = 0; table[i] != NULL; i++)
		check_safe(table[i], table[i]);
	check_safe("[\"\\\\\",9007199254740993]",
	    "[\"\\\\\",\"9007199254740993\"]");
}

/* What is wrong stays so: it is copied, or wrong in another way. */
static void
makes_nothing_right(void)
{
	static const char *const same[] = { "{9007199254740993:1}",
		"{9007199254740993 \n:1}", "09007199254740993",
		"9007199254740993x", "9007199254740993.", "9007199254740993e",
		"[\"9007199254740993", "\"\\\"9007199254740993", "-", "--",
		"[-", "1.", "1e", "{\"a\":01", NULL };
	static const char *const wrong[] = { "-+9007199254740993",
		"--9007199254740993", "x9007199254740993",
		"[9007199254740993 9007199254740993]", "{9007199254740993}",
		"'9007199254740993'", "0-9007199254740993",
		"1.e+-9007199254740993", "[9007199254740993",
		"\"a\"9007199254740993", NULL };

	for (size_t i = 0; same[i] != NULL; i++)
		check_safe(same[i], same[i]);
	for (size_t i = 0; wrong[i] != NULL; i++) {
		struct buf buf = { 0 };

		json_add_safe_numbers(&buf, slice_str(wrong[i]));
		CHECK(buf.len >= strlen(wrong[i]));
		if (!CHECK(!json_add_compact(NULL, buf_slice(&buf))))
			printf("# %s\n", wrong[i]);
		buf_release(&buf);
	}
}

static const struct tap_test tests[] = {
	{ "values are read by kind, and nothing behind them", reads_values },
	{ "what is no value, or is cut, is not read",
	    refuses_what_is_no_value },
	{ "64 levels are read, 65 are not", limits_nesting },
	{ "members come in their order", steps_through_members },
	{ "an object is entered before its end is known",
	    steps_into_an_object },
	{ "levels around a value count", counts_the_levels_around },
	{ "items come in their order", steps_through_items },
	{ "members end where a text is broken", stops_where_text_is_broken },
	{ "a text cut anywhere gives no cut value", takes_no_cut_value },
	{ "a member is found by its name, however that is written",
	    finds_members },
	{ "of two members of one name the last counts", takes_the_last_of_two },
	{ "pointers are followed as RFC 6901 has it", follows_pointers },
	{ "pointers work up to where a line was cut", points_into_cut_lines },
	{ "escapes are undone", undoes_escapes },
	{ "surrogate pairs are joined, lone ones replaced", joins_surrogates },
	{ "broken escapes are replaced", replaces_broken_escapes },
	{ "other values are added as they are written",
	    adds_other_kinds_as_written },
	{ "strings are written with their escapes", writes_strings },
	{ "bytes that are no UTF-8 are replaced, and told",
	    replaces_what_is_no_utf8 },
	{ "all of ASCII comes back as it was written",
	    reads_back_what_it_writes },
	{ "base64 is as in RFC 4648", writes_base64 },
	{ "a strict text loses the white space between its tokens",
	    compacts_texts },
	{ "numbers are kept digit by digit", keeps_numbers },
	{ "other numbers and words than JSON's are refused",
	    refuses_wrong_numbers_and_words },
	{ "strings are kept as they are written", keeps_strings },
	{ "wrong quotes and escapes are refused", refuses_wrong_strings },
	{ "control bytes in strings are refused",
	    refuses_control_bytes_in_strings },
	{ "what is no UTF-8 is refused", refuses_what_is_no_utf8 },
	{ "what does not follow the grammar is refused",
	    refuses_wrong_structure },
	{ "a text cut anywhere is refused", refuses_cut_texts },
	{ "200 levels are strict JSON, 201 are not", limits_strict_nesting },
	{ "integers from 2^53 on become strings", makes_numbers_safe },
	{ "all other tokens stay as they are", leaves_other_tokens },
	{ "making numbers safe makes no wrong text right",
	    makes_nothing_right },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
