/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/buf.h"

#include "tap.h"

static void
grows(void)
{
	struct buf buf = { 0 };

	buf_add_str(&buf, "ab");
	buf_add_char(&buf, '\0');
	buf_add(&buf, slice_make("c\xff", 2));
	buf_add(&buf, slice_make(NULL, 0));
	buf_add_format(&buf, "%d-%s", 12, "x");
	CHECK_BYTES(buf.ptr, buf.len,
	    "ab\0c\xff"
	    "12-x",
	    9);
	CHECK_INT(buf_slice(&buf).len, 9);
	buf_release(&buf);
	CHECK(buf.ptr == NULL);
	CHECK_INT(buf.len, 0);
	buf_add_str(&buf, "again");
	CHECK_SLICE(buf, "again");
	buf_release(&buf);
}

static void
keeps_what_it_has(void)
{
	struct buf buf = { 0 };

	for (size_t i = 0; i < 100000; i++)
		buf_add_char(&buf, (char)(i % 251));
	CHECK_INT(buf.len, 100000);
	for (size_t i = 0; i < buf.len; i++)
		if (!CHECK(buf.ptr[i] == (char)(i % 251)))
			break;
	buf_release(&buf);
}

static void
reserves_room(void)
{
	struct buf buf = { 0 };
	char *room;

	buf_add_str(&buf, "ab");
	room = buf_reserve(&buf, 1000);
	CHECK(room == buf.ptr + 2);
	CHECK(buf.room >= 1002);
	CHECK_INT(buf.len, 2);
	memset(room, 'x', 1000);
	buf.len += 1000;
	CHECK_INT(buf.ptr[1001], 'x');
	buf_release(&buf);
}

static void
clears_without_freeing(void)
{
	struct buf buf = { 0 };
	char *ptr;

	buf_add_str(&buf, "abc");
	ptr = buf.ptr;
	buf_clear(&buf);
	CHECK_INT(buf.len, 0);
	buf_add_str(&buf, "de");
	CHECK(buf.ptr == ptr);
	CHECK_SLICE(buf, "de");
	buf_release(&buf);
}

static void
drops_the_front(void)
{
	struct buf buf = { 0 };

	buf_drop(&buf, 0);
	buf_add_str(&buf, "abcde");
	buf_drop(&buf, 2);
	CHECK_SLICE(buf, "cde");
	buf_drop(&buf, 0);
	CHECK_SLICE(buf, "cde");
	buf_drop(&buf, 3);
	CHECK_SLICE(buf, "");
	buf_release(&buf);
}

static void
measures_utf8(void)
{
	static const struct {
		struct slice bytes;
		size_t length;
	} table[] = {
		{ SLICE("\0"), 1 },
		{ SLICE("a\xff"), 1 },
		{ SLICE("\x7f"), 1 },
		{ SLICE("\xc2\x80"), 2 },
		{ SLICE("\xdf\xbfx"), 2 },
		{ SLICE("\xe0\xa0\x80"), 3 },
		{ SLICE("\xed\x9f\xbf"), 3 },
		{ SLICE("\xee\x80\x80"), 3 },
		{ SLICE("\xef\xbf\xbf"), 3 },
		{ SLICE("\xf0\x90\x80\x80"), 4 },
		{ SLICE("\xf4\x8f\xbf\xbf"), 4 },
		/* cut, overlong, surrogates, too large, no start */
		{ SLICE(""), 0 },
		{ SLICE("\xc2"), 0 },
		{ SLICE("\xe2\x82"), 0 },
		{ SLICE("\xf0\x9f\x98"), 0 },
		{ SLICE("\xc2"
			"a"),
		    0 },
		{ SLICE("\xc2\xc0"), 0 },
		{ SLICE("\xe2\x82"
			"a"),
		    0 },
		{ SLICE("\xe2\x82\xc0"), 0 },
		{ SLICE("\xf0\x9f\x98"
			"a"),
		    0 },
		{ SLICE("\xc0\x80"), 0 },
		{ SLICE("\xc1\xbf"), 0 },
		{ SLICE("\xe0\x9f\xbf"), 0 },
		{ SLICE("\xf0\x8f\xbf\xbf"), 0 },
		{ SLICE("\xed\xa0\x80"), 0 },
		{ SLICE("\xed\xbf\xbf"), 0 },
		{ SLICE("\xf4\x90\x80\x80"), 0 },
		{ SLICE("\xf5\x80\x80\x80"), 0 },
		{ SLICE("\x80"), 0 },
		{ SLICE("\xbf"), 0 },
		{ SLICE("\xff"), 0 },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (!CHECK_INT(utf8_length(table[i].bytes), table[i].length))
			printf("# row %zu\n", i);
}

static void
counts_characters(void)
{
	CHECK_INT(utf8_count(slice_str("")), 0);
	CHECK_INT(utf8_count(slice_str("a\xc3\xa4\xe2\x86\xb3")), 3);
}

static void
makes_visible(void)
{
	static const struct {
		struct slice bytes;
		const char *want;
	} table[] = {
		{ SLICE("plain a/b.c \\n ~"), "plain a/b.c \\n ~" },
		{ SLICE("\a\b\t\n\v\f\r"), "\\a\\b\\t\\n\\v\\f\\r" },
		{ SLICE("\0\1\x06\x0e\x1f"), "\\000\\001\\006\\016\\037" },
		{ SLICE("\033[31mred\x7f"), "\\033[31mred\\177" },
		{ SLICE("\xc3\xa9 \xe2\x86\xb3 \xf0\x9f\x98\x80"),
		    "\xc3\xa9 \xe2\x86\xb3 \xf0\x9f\x98\x80" },
		{ SLICE("\xc2\x80\xc2\x9f\xc2\xa0"),
		    "\\302\\200\\302\\237\xc2\xa0" },
		{ SLICE("\xe2\x80\xaa\xe2\x80\xac"),
		    "\\342\\200\\252\\342\\200\\254" },
		{ SLICE("\xe2\x80\xae\xe2\x80\xac"),
		    "\\342\\200\\256\\342\\200\\254" },
		{ SLICE("\xe2\x80\x8e\xe2\x80\x8f"),
		    "\\342\\200\\216\\342\\200\\217" },
		{ SLICE("\xe2\x81\xa6\xe2\x81\xa9"),
		    "\\342\\201\\246\\342\\201\\251" },
		{ SLICE("\xe2\x80\x93\xe2\x80\xaf\xe2\x81\xa5"),
		    "\xe2\x80\x93\xe2\x80\xaf\xe2\x81\xa5" },
		{ SLICE("\xff\xc3(\xe2\x82"), "\\377\\303(\\342\\202" },
		{ SLICE(""), "" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct buf buf = { 0 };

		buf_add_visible(&buf, table[i].bytes);
		if (!CHECK_SLICE(buf, table[i].want))
			printf("# row %zu\n", i);
		buf_release(&buf);
	}
}

static const struct tap_test tests[] = {
	{ "a buffer grows with what is added, and starts anew", grows },
	{ "growing keeps what is there", keeps_what_it_has },
	{ "room can be reserved and written to", reserves_room },
	{ "clearing keeps the memory", clears_without_freeing },
	{ "dropping moves the rest to the front", drops_the_front },
	{ "UTF-8 is measured as RFC 3629 has it", measures_utf8 },
	{ "and counted in characters", counts_characters },
	{ "bytes that could drive a terminal are made visible", makes_visible },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
