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

static const struct tap_test tests[] = {
	{ "values are read by kind, and nothing behind them", reads_values },
	{ "what is no value, or is cut, is not read",
	    refuses_what_is_no_value },
	{ "64 levels are read, 65 are not", limits_nesting },
	{ "members come in their order", steps_through_members },
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
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
