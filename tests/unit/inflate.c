/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/inflate.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "pack.h"
#include "tap.h"

/* How a decoding ended, and what it gave. */
struct result {
	enum inflate_status status;
	struct buf plain;
	struct err err; /* its text is empty when all went well */
};

/* Decodes all, feeding the first `first` bytes, then pieces of `piece` bytes,
 * into memory of `room` bytes at a time. */
static void
decode_pieces(struct result *result, struct slice packed, size_t first,
    size_t piece, size_t room)
{
	struct inflate *inflate = inflate_new(packed, &result->err);
	struct slice in = slice_head(packed, first);
	size_t n;

	*result = (struct result){ .status = INFLATE_MORE };
	while (result->status == INFLATE_MORE ||
	    result->status == INFLATE_HUNGRY) {
		/* What was left is followed by the next piece. */
		if (result->status == INFLATE_HUNGRY)
			in.len += piece;
		if (in.len > (size_t)(packed.ptr + packed.len - in.ptr))
			in.len = (size_t)(packed.ptr + packed.len - in.ptr);
		result->status = inflate_step(inflate, &in,
		    in.ptr + in.len == packed.ptr + packed.len,
		    buf_reserve(&result->plain, room), room, &n, &result->err);
		result->plain.len += n;
	}
	inflate_free(inflate);
}

static void
decode(struct result *result, struct slice packed)
{
	decode_pieces(result, packed, packed.len, 1, 65536);
}

static bool
is_prefix(struct slice part, struct slice whole)
{
	return slice_equal(part, slice_head(whole, part.len));
}

/* Decodes in all these ways and wants just the plain bytes, then status and
 * text. */
static void
check_decodes(struct slice packed, struct slice plain,
    enum inflate_status status, const char *text)
{
	static const size_t rooms[] = { 1, 7, 300, 40000, 1 << 20 };
	struct result result;

	for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
		decode_pieces(&result, packed, packed.len, 1, rooms[i]);
		CHECK(slice_equal(buf_slice(&result.plain), plain));
		CHECK_INT(result.status, status);
		CHECK_STR(result.err.text, text);
		buf_release(&result.plain);
		decode_pieces(&result, packed, 1, rooms[i] / 3 + 1, 20000);
		CHECK(slice_equal(buf_slice(&result.plain), plain));
		CHECK_INT(result.status, status);
		CHECK_STR(result.err.text, text);
		buf_release(&result.plain);
	}
}

static void
formats_are_told(void)
{
	struct slice plain = slice_str("some text");

	for (size_t i = 0; pack_formats[i] != NULL; i++) {
		struct buf packed = { 0 };

		pack_add(&packed, pack_formats[i], plain);
		CHECK_STR(inflate_format(buf_slice(&packed)), pack_formats[i]);
		buf_release(&packed);
	}
	CHECK_STR(inflate_format(slice_str("\x5e\x2a\x4d\x18")), "zstd");
	CHECK_STR(inflate_format(slice_str("BZh0 is text")), NULL);
	CHECK_STR(inflate_format(slice_str("BZ")), NULL);
	CHECK_STR(inflate_format(slice_str("")), NULL);
}

static void
whole_streams(void)
{
	struct buf plain = { 0 };

	pack_add_text(&plain, 500000, 1);
	for (size_t i = 0; pack_formats[i] != NULL; i++) {
		struct buf packed = { 0 };

		pack_add(&packed, pack_formats[i], buf_slice(&plain));
		check_decodes(buf_slice(&packed), buf_slice(&plain),
		    INFLATE_END, "");
		buf_release(&packed);
	}
	buf_release(&plain);
}

static void
many_members(void)
{
	struct buf plain = { 0 };

	pack_add_text(&plain, 2000, 2);
	for (size_t i = 0; pack_formats[i] != NULL; i++) {
		struct buf packed = { 0 };

		for (size_t from = 0; from < plain.len; from += 40)
			pack_add(&packed, pack_formats[i],
			    slice_head(slice_from(buf_slice(&plain), from),
				40));
		pack_add(&packed, pack_formats[i], slice_str(""));
		check_decodes(buf_slice(&packed), buf_slice(&plain),
		    INFLATE_END, "");
		buf_release(&packed);
	}
	buf_release(&plain);
}

static void
any_split(void)
{
	struct buf plain = { 0 };

	pack_add_text(&plain, 600, 3);
	for (size_t i = 0; pack_formats[i] != NULL; i++) {
		struct buf packed = { 0 };

		for (int member = 0; member < 2; member++)
			pack_add(&packed, pack_formats[i],
			    slice_head(slice_from(buf_slice(&plain),
					   (size_t)member * 300),
				300));
		for (size_t first = 1; first < packed.len; first++) {
			struct result result;

			decode_pieces(&result, buf_slice(&packed), first,
			    packed.len, 65536);
			CHECK_INT(result.status, INFLATE_END);
			CHECK(slice_equal(buf_slice(&result.plain),
			    buf_slice(&plain)));
			buf_release(&result.plain);
		}
		buf_release(&packed);
	}
	buf_release(&plain);
}

static void
padding(void)
{
	struct slice plain = slice_str("between zeros");
	struct slice twice = slice_str("between zerosbetween zeros");
	char zeros[1000] = { 0 };

	for (size_t i = 0; pack_formats[i] != NULL; i++) {
		struct buf packed = { 0 };

		pack_add(&packed, pack_formats[i], plain);
		buf_add(&packed, slice_make(zeros, sizeof(zeros)));
		check_decodes(buf_slice(&packed), plain, INFLATE_END, "");
		pack_add(&packed, pack_formats[i], plain);
		buf_add(&packed, slice_make(zeros, 3));
		check_decodes(buf_slice(&packed), twice, INFLATE_END, "");
		buf_release(&packed);
	}
}

static void
garbage(void)
{
	struct slice plain = slice_str("good bytes");
	const char *why = "trailing garbage after the compressed data";

	for (size_t i = 0; pack_formats[i] != NULL; i++) {
		struct buf packed = { 0 };
		size_t len;

		pack_add(&packed, pack_formats[i], plain);
		len = packed.len;
		buf_add_str(&packed, "x");
		check_decodes(buf_slice(&packed), plain, INFLATE_FAILED, why);
		packed.len = len;
		buf_add(&packed, slice_make("\0\0and much more of it", 22));
		check_decodes(buf_slice(&packed), plain, INFLATE_FAILED, why);
		buf_release(&packed);
	}
}

/* Decodes packed cut off at any byte. `pieces` says how it is fed. */
static void
check_cuts(const char *format, struct slice packed, struct slice plain,
    size_t piece, size_t room)
{
	char *why = xasprintf("unexpected end of %s data", format);
	size_t before = 0;

	for (size_t len = INFLATE_HEAD; len < packed.len; len++) {
		/* A copy, so that a read past its end is seen. */
		char *cut = xmemdup(packed.ptr, len);
		struct result result;

		decode_pieces(&result, slice_make(cut, len), piece, piece,
		    room);
		CHECK_INT(result.status, INFLATE_FAILED);
		CHECK_STR(result.err.text, why);
		CHECK(is_prefix(buf_slice(&result.plain), plain));
		CHECK(result.plain.len >= before);
		before = result.plain.len;
		buf_release(&result.plain);
		free(cut);
	}
	/* The last byte is of a checksum. */
	CHECK_INT(before, plain.len);
	free(why);
}

static void
any_cut(void)
{
	struct buf plain = { 0 };

	pack_add_text(&plain, 3000, 4);
	for (size_t i = 0; pack_formats[i] != NULL; i++) {
		struct buf packed = { 0 };

		pack_add(&packed, pack_formats[i], buf_slice(&plain));
		check_cuts(pack_formats[i], buf_slice(&packed),
		    buf_slice(&plain), packed.len, 65536);
		check_cuts(pack_formats[i], buf_slice(&packed),
		    buf_slice(&plain), 10, 50);
		buf_release(&packed);
	}
	buf_release(&plain);
}

/* How much zlib makes of it. */
static size_t
zlib_gives(struct slice packed, char *into, size_t room)
{
	z_stream stream = { 0 };
	int result;

	pack_need(inflateInit2(&stream, MAX_WBITS + 16) == Z_OK);
	stream.next_in = (unsigned char *)(uintptr_t)packed.ptr;
	stream.avail_in = (unsigned)packed.len;
	stream.next_out = (unsigned char *)into;
	stream.avail_out = (unsigned)room;
	do
		result = inflate(&stream, Z_SYNC_FLUSH);
	while (result == Z_OK);
	(void)inflateEnd(&stream);
	return room - stream.avail_out;
}

/* ISA-L keeps up to two bytes to itself. */
static void
cut_gzip_gives_all(void)
{
	struct buf plain = { 0 };
	struct buf packed = { 0 };
	char expected[3000];

	pack_add_text(&plain, sizeof(expected), 5);
	pack_add(&packed, "gzip", buf_slice(&plain));
	for (size_t len = INFLATE_HEAD; len < packed.len; len++) {
		struct slice cut = slice_head(buf_slice(&packed), len);
		size_t want = zlib_gives(cut, expected, sizeof(expected));
		struct result result;

		decode_pieces(&result, cut, len, 1, 100);
		CHECK(result.plain.len <= want && result.plain.len + 2 >= want);
		CHECK(is_prefix(buf_slice(&result.plain),
		    slice_make(expected, want)));
		buf_release(&result.plain);
	}
	buf_release(&plain);
	buf_release(&packed);
}

static void
check_flipped(struct slice packed, struct slice plain)
{
	struct result result;

	if (inflate_format(packed) == NULL)
		return; /* it hit the magic */
	decode(&result, packed);
	if (result.status == INFLATE_END)
		CHECK(slice_equal(buf_slice(&result.plain), plain));
	else
		CHECK(result.err.text[0] != '\0');
	buf_release(&result.plain);
}

static void
any_bit_flipped(void)
{
	struct buf plain = { 0 };

	pack_add_text(&plain, 300, 6);
	for (size_t i = 0; pack_formats[i] != NULL; i++) {
		struct buf packed = { 0 };

		pack_add(&packed, pack_formats[i], buf_slice(&plain));
		for (size_t bit = 0; bit < packed.len * 8; bit++) {
			packed.ptr[bit / 8] ^= (char)(1 << bit % 8);
			check_flipped(buf_slice(&packed), buf_slice(&plain));
			packed.ptr[bit / 8] ^= (char)(1 << bit % 8);
		}
		buf_release(&packed);
	}
	buf_release(&plain);
}

static void
wrong_checksum(void)
{
	struct buf plain = { 0 };

	pack_add_text(&plain, 100000, 7);
	for (size_t i = 0; pack_formats[i] != NULL; i++) {
		struct buf packed = { 0 };
		bool gzip = strcmp(pack_formats[i], "gzip") == 0;
		char *why = xasprintf("corrupt %s data: %s", pack_formats[i],
		    "checksum does not match");

		if (!gzip && strcmp(pack_formats[i], "zstd") != 0) {
			free(why);
			continue; /* their libraries do not say */
		}
		pack_add(&packed, pack_formats[i], buf_slice(&plain));
		packed.ptr[packed.len - (gzip ? 8 : 1)] ^= 1;
		check_decodes(buf_slice(&packed), buf_slice(&plain),
		    INFLATE_FAILED, why);
		buf_release(&packed);
		free(why);
	}
	buf_release(&plain);
}

static void
wrong_size(void)
{
	struct slice plain = slice_str("so long and no longer");
	struct buf packed = { 0 };

	pack_add(&packed, "gzip", plain);
	packed.ptr[packed.len - 1] ^= 1;
	check_decodes(buf_slice(&packed), plain, INFLATE_FAILED,
	    "corrupt gzip data: checksum does not match");
	buf_release(&packed);
}

static void
damage_keeps_what_is_before(void)
{
	struct buf plain = { 0 };

	pack_add_text(&plain, 1000000, 8);
	for (size_t i = 0; pack_formats[i] != NULL; i++) {
		struct buf packed = { 0 };
		char *why = xasprintf("corrupt %s data", pack_formats[i]);
		struct result result;
		struct result slow;

		pack_add(&packed, pack_formats[i], buf_slice(&plain));
		memset(packed.ptr + packed.len / 4 * 3, 0xff, 64);
		decode(&result, buf_slice(&packed));
		CHECK_INT(result.status, INFLATE_FAILED);
		CHECK(slice_starts(slice_str(result.err.text), why));
		CHECK(result.plain.len >= plain.len / 2);
		CHECK(is_prefix(slice_head(buf_slice(&result.plain),
				    plain.len / 2),
		    buf_slice(&plain)));
		decode_pieces(&slow, buf_slice(&packed), packed.len, 1, 9);
		CHECK(slice_equal(buf_slice(&slow.plain),
		    buf_slice(&result.plain)));
		CHECK_STR(slow.err.text, result.err.text);
		buf_release(&slow.plain);
		buf_release(&result.plain);
		buf_release(&packed);
		free(why);
	}
	buf_release(&plain);
}

/* Distances too far back, at any room. */
static void
nothing_is_invented(void)
{
	/* "a", then 258 bytes from 5 back. */
	static const char far[] =
	    "\x1f\x8b\x08\0\0\0\0\0\0\0\x4b\x1c\x25\0\0\0\0\0\0\0\0";
	struct slice packed = slice_make(far, sizeof(far));

	for (size_t room = 1; room < 1000; room++) {
		struct result result;

		decode_pieces(&result, packed, packed.len, 1, room);
		CHECK_STR(result.err.text,
		    "corrupt gzip data: invalid distance too far back");
		CHECK(is_prefix(buf_slice(&result.plain), slice_str("a")));
		buf_release(&result.plain);
	}
}

/* What zlib says is wrong must not be given. (That ISA-L takes some code
 * tables that zlib refuses, and gives what they make of the bytes, is left.) */
static void
flipped_gzip(void)
{
	struct buf plain = { 0 };
	struct buf packed = { 0 };
	char expected[60000];

	pack_add_text(&plain, 3000, 9);
	pack_add(&packed, "gzip", buf_slice(&plain));
	for (size_t bit = 80; bit < packed.len * 8; bit++) {
		struct slice want = { expected, 0 };
		struct result result;

		packed.ptr[bit / 8] ^= (char)(1 << bit % 8);
		decode(&result, buf_slice(&packed));
		want.len = zlib_gives(buf_slice(&packed), expected,
		    sizeof(expected));
		CHECK(
		    want.len == 0 || is_prefix(buf_slice(&result.plain), want));
		CHECK(result.plain.len + 2 + 258 >= want.len);
		buf_release(&result.plain);
		packed.ptr[bit / 8] ^= (char)(1 << bit % 8);
	}
	buf_release(&plain);
	buf_release(&packed);
}

static void
gzip_headers(void)
{
	struct buf packed = { 0 };
	unsigned char extra[] = "some extra field";
	unsigned char name[] = "a name";
	unsigned char comment[] = "and a comment";
	gz_header header = { .extra = extra,
		.extra_len = sizeof(extra),
		.name = name,
		.comment = comment,
		.hcrc = 1 };
	struct slice plain = slice_str("text");

	packed.len = pack_gzip(plain, &header, buf_reserve(&packed, 1000),
	    1000);
	for (size_t first = 1; first < packed.len; first++) {
		struct result result;

		decode_pieces(&result, buf_slice(&packed), first, packed.len,
		    100);
		CHECK_INT(result.status, INFLATE_END);
		CHECK_SLICE(buf_slice(&result.plain), "text");
		buf_release(&result.plain);
	}
	check_decodes(buf_slice(&packed), plain, INFLATE_END, "");
	check_cuts("gzip", buf_slice(&packed), plain, 3, 10);
	packed.ptr[30] ^= 1; /* in the name */
	check_decodes(buf_slice(&packed), slice_str(""), INFLATE_FAILED,
	    "corrupt gzip data: checksum does not match");
	buf_release(&packed);
}

static void
zstd_windows(void)
{
#ifdef HAVE_ZSTD
	/* A frame of one empty block; byte 5 is the window's size. */
	char frame[] = "\x28\xb5\x2f\xfd\x00\x88\x01\x00";
	struct slice packed = slice_make(frame, 9);

	check_decodes(packed, slice_str(""), INFLATE_END, "");
	frame[5] = (char)0x90;
	check_decodes(packed, slice_str(""), INFLATE_FAILED,
	    "zstd data with a window over 128 MiB");
#else
	SKIP("this build has no zstd");
#endif
}

static void
zstd_skippable(void)
{
#ifdef HAVE_ZSTD
	struct buf packed = { 0 };

	buf_add(&packed, slice_make("\x52\x2a\x4d\x18\x03\0\0\0abc", 11));
	pack_add(&packed, "zstd", slice_str("behind"));
	buf_add(&packed, slice_make("\x50\x2a\x4d\x18\0\0\0\0", 8));
	check_decodes(buf_slice(&packed), slice_str("behind"), INFLATE_END, "");
	buf_release(&packed);
#else
	SKIP("this build has no zstd");
#endif
}

static void
xz_memory(void)
{
#ifdef HAVE_LZMA
	struct buf packed = { 0 };
	unsigned char *block;
	unsigned char *dictionary;
	size_t len;
	uint32_t crc;

	pack_add(&packed, "xz", slice_str("small"));
	/* Make its block's header ask for a dictionary of 1.5 GiB. */
	block = (unsigned char *)packed.ptr + 12;
	len = (size_t)block[0] * 4;
	dictionary = memmem(block, len, "\x21\x01", 2);
	if (!CHECK(dictionary != NULL))
		return;
	dictionary[2] = 37;
	crc = lzma_crc32(block, len, 0);
	for (size_t i = 0; i < 4; i++)
		block[len + i] = (unsigned char)(crc >> 8 * i);
	check_decodes(buf_slice(&packed), slice_str(""), INFLATE_FAILED,
	    "xz data that needs over 256 MiB of memory");
	buf_release(&packed);
#else
	SKIP("this build has no xz");
#endif
}

static void
missing_formats(void)
{
	static const struct {
		const char *name;
		struct slice head;
	} formats[] = {
		{ "zstd", SLICE("\x28\xb5\x2f\xfd") },
		{ "bzip2", SLICE("BZh9") },
		{ "xz",
		    SLICE("\xfd"
			  "7zXZ\0") },
	};
	struct err err;

	for (size_t i = 0; i < 3; i++) {
		struct inflate *inflate = inflate_new(formats[i].head, &err);
		char *why = xasprintf("%s input, but this build has no %s",
		    formats[i].name, formats[i].name);
		bool built = false;

		for (size_t j = 0; pack_formats[j] != NULL; j++)
			built = built ||
			    strcmp(pack_formats[j], formats[i].name) == 0;
		CHECK_INT(inflate != NULL, built);
		if (!built)
			CHECK_STR(err.text, why);
		inflate_free(inflate);
		free(why);
	}
}

static const struct tap_test tests[] = {
	{ "a format is told by its magic bytes, all of them",
	    formats_are_told },
	{ "a stream is decoded, in pieces of any size", whole_streams },
	{ "members one behind the other are one stream", many_members },
	{ "the input may come in two pieces, split anywhere", any_split },
	{ "zero bytes between and behind members are padding", padding },
	{ "garbage behind a member is told after the good bytes", garbage },
	{ "input cut at any byte gives what can be decoded", any_cut },
	{ "cut gzip gives as much as zlib gives, or nearly",
	    cut_gzip_gives_all },
	{ "a flipped bit is told or does not matter", any_bit_flipped },
	{ "a wrong checksum is told after all bytes", wrong_checksum },
	{ "a wrong size in gzip is told after all bytes", wrong_size },
	{ "the bytes before the damage are given",
	    damage_keeps_what_is_before },
	{ "no bytes are invented for a distance too far", nothing_is_invented },
	{ "damaged gzip gives what zlib gives, or less", flipped_gzip },
	{ "a gzip header may hold all there is, in pieces", gzip_headers },
	{ "a zstd window is at most 128 MiB", zstd_windows },
	{ "zstd's skippable frames are skipped", zstd_skippable },
	{ "xz may take 256 MiB of memory", xz_memory },
	{ "a format that was not built in is named", missing_formats },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
