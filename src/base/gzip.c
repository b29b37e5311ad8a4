/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/codec.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_ISAL
#include <isa-l/igzip_lib.h>
#else
#define ZLIB_CONST
#include <zlib.h>
#endif

#include "base/alloc.h"
#include "base/msg.h"

#ifdef HAVE_ISAL

/*
 * ISA-L decodes ahead into a buffer of its own. After damage the bytes that
 * wait there are still good, so they are given before the failure is told.
 *
 * Seen in 2.30, and worked around here:
 * - isal_inflate() forgets half of a header that comes in two pieces, so the
 *   header is read by a call of our own;
 * - after an invalid symbol or distance it counts a match, up to 258 bytes,
 *   that it never wrote, so as many bytes before such damage are not given;
 *   and what it says of its input is wrong;
 * - when the input is cut, up to two bytes less come out than zlib gives.
 */
struct gzip {
	struct inflate_state state;
	struct isal_gzip_header header;
	bool in_header;
	int failure; /* what isal_inflate() returned, once it is below 0 */
};

static void *
gzip_open(void)
{
	struct gzip *gzip = xcalloc(1, sizeof(*gzip));

	isal_inflate_init(&gzip->state);
	return gzip;
}

static void
gzip_start(void *state)
{
	struct gzip *gzip = state;

	isal_inflate_reset(&gzip->state);
	gzip->state.crc_flag = ISAL_GZIP;
	isal_gzip_header_init(&gzip->header);
	gzip->in_header = true;
	gzip->failure = 0;
}

static const char *
gzip_reason(int failure)
{
	switch (failure) {
	case ISAL_INCORRECT_CHECKSUM:
		return "checksum does not match";
	case ISAL_UNSUPPORTED_METHOD:
		return "unknown compression method";
	case ISAL_INVALID_BLOCK:
		return "invalid block";
	case ISAL_INVALID_SYMBOL:
		return "invalid symbol";
	case ISAL_INVALID_LOOKBACK:
		return "invalid distance too far back";
	default:
		return NULL;
	}
}

/* Leaves out the match that was never written: it is the last of what waits
 * and, where that is less, of what was given in this call. */
static void
drop_match(struct gzip *gzip, size_t *given)
{
	struct inflate_state *state = &gzip->state;
	size_t waiting = (size_t)(state->tmp_out_valid -
	    state->tmp_out_processed);
	size_t n = ISAL_DEF_MAX_MATCH;

	if (waiting >= n) {
		state->tmp_out_valid -= (int32_t)n;
		return;
	}
	state->tmp_out_valid = state->tmp_out_processed;
	n -= waiting;
	*given -= n < *given ? n : *given;
}

/* Gives what waits, then tells the failure. */
static enum codec_status
gzip_fail(struct gzip *gzip, struct codec_io *io, struct err *err)
{
	struct inflate_state *state = &gzip->state;
	size_t n = (size_t)(state->tmp_out_valid - state->tmp_out_processed);

	if (n == 0)
		return codec_corrupt(err, "gzip", gzip_reason(gzip->failure));
	if (n > io->room)
		n = io->room;
	memcpy(io->out, state->tmp_out_buffer + state->tmp_out_processed, n);
	state->tmp_out_processed += (int32_t)n;
	codec_advance(io, io->in.len, io->room - n);
	return CODEC_MORE;
}

static int
gzip_decode(struct gzip *gzip)
{
	int result;

	if (gzip->in_header) {
		result = isal_read_gzip_header(&gzip->state, &gzip->header);
		if (result != ISAL_DECOMP_OK)
			return result;
		gzip->in_header = false;
	}
	return isal_inflate(&gzip->state);
}

/* When isal_inflate() has failed. */
static enum codec_status
gzip_meet_failure(struct gzip *gzip, int failure, struct codec_io *io,
    struct err *err)
{
	size_t given = io->room - gzip->state.avail_out;
	size_t written = (size_t)((char *)gzip->state.next_out - io->out);

	/* They may differ after an invalid symbol; the lesser one is right. */
	if (written < given)
		given = written;
	if (failure == ISAL_INVALID_SYMBOL || failure == ISAL_INVALID_LOOKBACK)
		drop_match(gzip, &given);
	gzip->failure = failure;
	codec_advance(io, io->in.len, io->room - given);
	return gzip_fail(gzip, io, err);
}

static enum codec_status
gzip_step(void *state, struct codec_io *io, struct err *err)
{
	struct gzip *gzip = state;
	int result;

	if (gzip->failure != 0)
		return gzip_fail(gzip, io, err);
	gzip->state.next_in = codec_input(io);
	gzip->state.avail_in = (uint32_t)io->in.len;
	gzip->state.next_out = (uint8_t *)io->out;
	gzip->state.avail_out = (uint32_t)io->room;
	result = gzip_decode(gzip);
	if (result < 0)
		return gzip_meet_failure(gzip, result, io, err);
	codec_advance(io, gzip->state.avail_in, gzip->state.avail_out);
	return gzip->state.block_state == ISAL_BLOCK_FINISH ? CODEC_END :
							      CODEC_MORE;
}

static void
gzip_close(void *state)
{
	free(state);
}

#else /* zlib */

static void *
gzip_open(void)
{
	z_stream *stream = xcalloc(1, sizeof(*stream));

	if (inflateInit2(stream, MAX_WBITS + 16) != Z_OK)
		msg_out_of_memory();
	return stream;
}

static void
gzip_start(void *state)
{
	(void)inflateReset(state);
}

/* zlib's words, but ISA-L's where it has the same ones for several faults. */
static const char *
gzip_reason(const char *msg)
{
	static const char *const checksums[] = { "incorrect data check",
		"incorrect length check", "header crc mismatch" };

	for (size_t i = 0; i < sizeof(checksums) / sizeof(checksums[0]); i++)
		if (msg != NULL && strcmp(msg, checksums[i]) == 0)
			return "checksum does not match";
	return msg;
}

static enum codec_status
gzip_step(void *state, struct codec_io *io, struct err *err)
{
	z_stream *stream = state;
	int result;

	stream->next_in = (const unsigned char *)io->in.ptr;
	stream->avail_in = (unsigned)io->in.len;
	stream->next_out = (unsigned char *)io->out;
	stream->avail_out = (unsigned)io->room;
	result = inflate(stream, Z_NO_FLUSH);
	codec_advance(io, stream->avail_in, stream->avail_out);
	if (result == Z_STREAM_END)
		return CODEC_END;
	if (result == Z_OK || result == Z_BUF_ERROR)
		return CODEC_MORE;
	if (result == Z_MEM_ERROR)
		msg_out_of_memory();
	return codec_corrupt(err, "gzip", gzip_reason(stream->msg));
}

static void
gzip_close(void *state)
{
	(void)inflateEnd(state);
	free(state);
}

#endif

const struct codec codec_gzip = {
	.name = "gzip",
	.magics = { { { 0x1f, 0x8b }, { 0x1f, 0x8b }, 2 } },
	.open = gzip_open,
	.start = gzip_start,
	.step = gzip_step,
	.close = gzip_close,
};
