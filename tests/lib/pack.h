/* SPDX-License-Identifier: MIT */
#ifndef PACK_H
#define PACK_H

/*
 * Makes compressed input for tests: one member of a format, with a checksum.
 * A test program that includes this links the libraries of the formats.
 */

#include <stdlib.h>
#include <string.h>

#include <zlib.h>
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_BZIP2
#include <bzlib.h>
#endif
#ifdef HAVE_LZMA
#include <lzma.h>
#endif

#include "base/buf.h"
#include "base/slice.h"

/* The formats that this build can read, up to NULL. */
static const char *const pack_formats[] = {
	"gzip",
#ifdef HAVE_ZSTD
	"zstd",
#endif
#ifdef HAVE_BZIP2
	"bzip2",
#endif
#ifdef HAVE_LZMA
	"xz",
#endif
	NULL,
};

static inline void
pack_need(bool held)
{
	if (!held)
		abort();
}

/* A gzip member; NULL for the plainest header there is. */
static inline size_t
pack_gzip(struct slice plain, gz_header *header, char *into, size_t room)
{
	z_stream stream = { 0 };

	pack_need(deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8,
		      Z_DEFAULT_STRATEGY) == Z_OK);
	if (header != NULL)
		pack_need(deflateSetHeader(&stream, header) == Z_OK);
	stream.next_in = (unsigned char *)(uintptr_t)plain.ptr;
	stream.avail_in = (unsigned)plain.len;
	stream.next_out = (unsigned char *)into;
	stream.avail_out = (unsigned)room;
	pack_need(deflate(&stream, Z_FINISH) == Z_STREAM_END);
	(void)deflateEnd(&stream);
	return room - stream.avail_out;
}

#ifdef HAVE_ZSTD
static inline size_t
pack_zstd(struct slice plain, char *into, size_t room)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();
	size_t n;

	(void)ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	n = ZSTD_compress2(context, into, room, plain.ptr, plain.len);
	pack_need(!ZSTD_isError(n));
	(void)ZSTD_freeCCtx(context);
	return n;
}
#endif

#ifdef HAVE_BZIP2
static inline size_t
pack_bzip2(struct slice plain, char *into, size_t room)
{
	unsigned n = (unsigned)room;

	pack_need(
	    BZ2_bzBuffToBuffCompress(into, &n, (char *)(uintptr_t)plain.ptr,
		(unsigned)plain.len, 1, 0, 0) == BZ_OK);
	return n;
}
#endif

#ifdef HAVE_LZMA
static inline size_t
pack_xz(struct slice plain, char *into, size_t room)
{
	size_t n = 0;

	pack_need(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL,
		      (const uint8_t *)plain.ptr, plain.len, (uint8_t *)into,
		      &n, room) == LZMA_OK);
	return n;
}
#endif

/* Adds plain as one member to packed. */
static inline void
pack_add(struct buf *packed, const char *format, struct slice plain)
{
	size_t room = plain.len + plain.len / 50 + 1024;
	char *into = buf_reserve(packed, room);

	if (strcmp(format, "gzip") == 0)
		packed->len += pack_gzip(plain, NULL, into, room);
#ifdef HAVE_ZSTD
	if (strcmp(format, "zstd") == 0)
		packed->len += pack_zstd(plain, into, room);
#endif
#ifdef HAVE_BZIP2
	if (strcmp(format, "bzip2") == 0)
		packed->len += pack_bzip2(plain, into, room);
#endif
#ifdef HAVE_LZMA
	if (strcmp(format, "xz") == 0)
		packed->len += pack_xz(plain, into, room);
#endif
}

/* Adds n bytes of text that compresses to about a third; the same for the
 * same seed. */
static inline void
pack_add_text(struct buf *plain, size_t n, uint32_t seed)
{
	static const char *const words[] = { "put ", "get ", "UserData",
		"activity.py:", "GET /index\n", " -- ", "2013-06-12 " };
	size_t end = plain->len + n;

	while (plain->len < end) {
		seed = seed * 1664525 + 1013904223;
		buf_add_str(plain, words[(seed >> 16) % 7]);
		if ((seed >> 20) % 3 == 0)
			buf_add_format(plain, "%u", seed >> 8);
	}
	plain->len = end;
}

#endif
