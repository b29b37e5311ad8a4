/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/codec.h"

#include <stdint.h>

static const struct codec *const codecs[] = {
	&codec_gzip,
	&codec_zstd,
	&codec_bzip2,
	&codec_xz,
};

/* Whether bytes agree with magic as far as both go. */
static bool
agrees(const struct codec_magic *magic, struct slice bytes)
{
	for (size_t i = 0; i < magic->len && i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.ptr[i];

		if (c < magic->low[i] || c > magic->high[i])
			return false;
	}
	return magic->len > 0;
}

const struct codec *
codec_find(struct slice bytes)
{
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		const struct codec_magic *magics = codecs[i]->magics;

		for (size_t j = 0; j < 2; j++)
			if (bytes.len >= magics[j].len &&
			    agrees(&magics[j], bytes))
				return codecs[i];
	}
	return NULL;
}

bool
codec_may_start(const struct codec *codec, struct slice bytes)
{
	return agrees(&codec->magics[0], bytes) ||
	    agrees(&codec->magics[1], bytes);
}

void
codec_advance(struct codec_io *io, size_t in_left, size_t room_left)
{
	io->in = slice_from(io->in, io->in.len - in_left);
	io->out += io->room - room_left;
	io->room = room_left;
}

void *
codec_input(const struct codec_io *io)
{
	return (void *)(uintptr_t)io->in.ptr;
}

enum codec_status
codec_corrupt(struct err *err, const char *name, const char *why)
{
	(void)err_set(err, "corrupt %s data%s%s", name, why == NULL ? "" : ": ",
	    why == NULL ? "" : why);
	return CODEC_FAILED;
}
