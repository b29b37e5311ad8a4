/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/codec.h"

#include <stdlib.h>

#ifdef HAVE_LZMA
#include <lzma.h>
#endif

#include "base/alloc.h"
#include "base/msg.h"

#ifdef HAVE_LZMA

enum { XZ_MEMORY_MIB = 256 }; /* "xz -9" needs 65 */

static void *
xz_open(void)
{
	return xcalloc(1, sizeof(lzma_stream));
}

static void
xz_start(void *state)
{
	if (lzma_stream_decoder(state, (uint64_t)XZ_MEMORY_MIB << 20, 0) !=
	    LZMA_OK)
		msg_out_of_memory();
}

static enum codec_status
xz_fail(lzma_ret result, struct err *err)
{
	switch (result) {
	case LZMA_MEM_ERROR:
		msg_out_of_memory();
	case LZMA_MEMLIMIT_ERROR:
		(void)err_set(err, "xz data that needs over %d MiB of memory",
		    XZ_MEMORY_MIB);
		return CODEC_FAILED;
	case LZMA_OPTIONS_ERROR:
		return codec_corrupt(err, "xz", "unknown options");
	default:
		return codec_corrupt(err, "xz", NULL);
	}
}

static enum codec_status
xz_step(void *state, struct codec_io *io, struct err *err)
{
	lzma_stream *stream = state;
	lzma_ret result;

	stream->next_in = (const uint8_t *)io->in.ptr;
	stream->avail_in = io->in.len;
	stream->next_out = (uint8_t *)io->out;
	stream->avail_out = io->room;
	result = lzma_code(stream, LZMA_RUN);
	codec_advance(io, stream->avail_in, stream->avail_out);
	if (result == LZMA_STREAM_END)
		return CODEC_END;
	if (result == LZMA_OK || result == LZMA_BUF_ERROR)
		return CODEC_MORE;
	return xz_fail(result, err);
}

static void
xz_close(void *state)
{
	lzma_end(state);
	free(state);
}

#endif

const struct codec codec_xz = {
	.name = "xz",
	.magics = { { { 0xfd, '7', 'z', 'X', 'Z', 0 },
	    { 0xfd, '7', 'z', 'X', 'Z', 0 }, 6 } },
#ifdef HAVE_LZMA
	.open = xz_open,
	.start = xz_start,
	.step = xz_step,
	.close = xz_close,
#endif
};
