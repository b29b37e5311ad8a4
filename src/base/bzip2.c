/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/codec.h"

#include <stdlib.h>

#ifdef HAVE_BZIP2
#include <bzlib.h>
#endif

#include "base/alloc.h"
#include "base/msg.h"

#ifdef HAVE_BZIP2

static void *
bzip2_open(void)
{
	return xcalloc(1, sizeof(bz_stream));
}

static void
bzip2_start(void *state)
{
	/* Before the first member there is nothing to end: it says so. */
	(void)BZ2_bzDecompressEnd(state);
	if (BZ2_bzDecompressInit(state, 0, 0) != BZ_OK)
		msg_out_of_memory();
}

static enum codec_status
bzip2_step(void *state, struct codec_io *io, struct err *err)
{
	bz_stream *stream = state;
	int result;

	stream->next_in = codec_input(io);
	stream->avail_in = (unsigned)io->in.len;
	stream->next_out = io->out;
	stream->avail_out = (unsigned)io->room;
	result = BZ2_bzDecompress(stream);
	codec_advance(io, stream->avail_in, stream->avail_out);
	if (result == BZ_STREAM_END)
		return CODEC_END;
	if (result == BZ_OK)
		return CODEC_MORE;
	if (result == BZ_MEM_ERROR)
		msg_out_of_memory();
	return codec_corrupt(err, "bzip2", NULL);
}

static void
bzip2_close(void *state)
{
	(void)BZ2_bzDecompressEnd(state);
	free(state);
}

#endif

const struct codec codec_bzip2 = {
	.name = "bzip2",
	.magics = { { { 'B', 'Z', 'h', '1' }, { 'B', 'Z', 'h', '9' }, 4 } },
#ifdef HAVE_BZIP2
	.open = bzip2_open,
	.start = bzip2_start,
	.step = bzip2_step,
	.close = bzip2_close,
#endif
};
