/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/codec.h"

#include <stdlib.h>

#ifdef HAVE_ZSTD
#include <zstd.h>
#include <zstd_errors.h>
#endif

#include "base/alloc.h"
#include "base/msg.h"

#ifdef HAVE_ZSTD

/*
 * A call that fails does not say how much it gave before, so each gets no
 * more input than one block or one header. What the library asks for is the
 * rest of a block and the header of the next one.
 */
struct zstd {
	ZSTD_DStream *stream;
	size_t wanted; /* what it asked for last */
};

enum {
	ZSTD_BLOCK_HEADER = 3,
	ZSTD_WINDOW_LOG = 27 /* 128 MiB, as much as "zstd -d" takes */
};

static void *
zstd_open(void)
{
	struct zstd *zstd = xcalloc(1, sizeof(*zstd));

	zstd->stream = ZSTD_createDStream();
	if (zstd->stream == NULL)
		msg_out_of_memory();
	(void)ZSTD_DCtx_setParameter(zstd->stream, ZSTD_d_windowLogMax,
	    ZSTD_WINDOW_LOG);
	return zstd;
}

static void
zstd_start(void *state)
{
	struct zstd *zstd = state;

	(void)ZSTD_DCtx_reset(zstd->stream, ZSTD_reset_session_only);
	zstd->wanted = ZSTD_BLOCK_HEADER;
}

static enum codec_status
zstd_fail(size_t result, struct err *err)
{
	switch (ZSTD_getErrorCode(result)) {
	case ZSTD_error_memory_allocation:
		msg_out_of_memory();
	case ZSTD_error_checksum_wrong:
		return codec_corrupt(err, "zstd", "checksum does not match");
	case ZSTD_error_frameParameter_windowTooLarge:
		(void)err_set(err, "zstd data with a window over %d MiB",
		    1 << (ZSTD_WINDOW_LOG - 20));
		return CODEC_FAILED;
	default:
		return codec_corrupt(err, "zstd", ZSTD_getErrorName(result));
	}
}

static enum codec_status
zstd_step(void *state, struct codec_io *io, struct err *err)
{
	struct zstd *zstd = state;
	ZSTD_inBuffer in = { io->in.ptr, zstd->wanted, 0 };
	ZSTD_outBuffer out = { io->out, io->room, 0 };

	if (in.size > ZSTD_BLOCK_HEADER)
		in.size -= ZSTD_BLOCK_HEADER;
	if (in.size > io->in.len)
		in.size = io->in.len;
	zstd->wanted = ZSTD_decompressStream(zstd->stream, &out, &in);
	if (ZSTD_isError(zstd->wanted))
		return zstd_fail(zstd->wanted, err);
	codec_advance(io, io->in.len - in.pos, io->room - out.pos);
	return zstd->wanted == 0 ? CODEC_END : CODEC_MORE;
}

static void
zstd_close(void *state)
{
	struct zstd *zstd = state;

	(void)ZSTD_freeDStream(zstd->stream);
	free(zstd);
}

#endif

const struct codec codec_zstd = {
	.name = "zstd",
	/* A frame, and one that is to be skipped. */
	.magics = {
		{ { 0x28, 0xb5, 0x2f, 0xfd }, { 0x28, 0xb5, 0x2f, 0xfd }, 4 },
		{ { 0x50, 0x2a, 0x4d, 0x18 }, { 0x5f, 0x2a, 0x4d, 0x18 }, 4 },
	},
#ifdef HAVE_ZSTD
	.open = zstd_open,
	.start = zstd_start,
	.step = zstd_step,
	.close = zstd_close,
#endif
};
