/* SPDX-License-Identifier: MIT */
#ifndef BASE_CODEC_H
#define BASE_CODEC_H

/*
 * The compressed formats that can be read: gzip (by ISA-L where it was built
 * in, else by zlib), zstd, bzip2 and xz. Each is told by the magic bytes that
 * its members begin with. (A member is what the format calls a member, a
 * frame or a stream: the unit that may be followed by another one.)
 *
 * A codec decodes one member at a time and knows nothing of what stands
 * between them: base/inflate.h does, and is what others use.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

/* No magic is longer. */
enum { CODEC_MAGIC_MAX = 6 };

/* What is left to decode, and where to. Each at most CODEC_PIECE_MAX bytes,
 * since the libraries count in 32 bits. */
struct codec_io {
	struct slice in;
	char *out;
	size_t room;
};

enum { CODEC_PIECE_MAX = 1 << 30 };

enum codec_status {
	CODEC_MORE,  /* goes on, with more input or more room */
	CODEC_END,   /* the member is whole and its checksum is right */
	CODEC_FAILED /* damaged; err says why, without the file's name */
};

struct codec {
	const char *name;
	/* Byte i of a magic is within low[i] and high[i]. The second one may
	 * be of length 0. */
	struct codec_magic {
		unsigned char low[CODEC_MAGIC_MAX];
		unsigned char high[CODEC_MAGIC_MAX];
		size_t len;
	} magics[2];

	/* NULL: this build has no library for it. */
	void *(*open)(void);

	/* To be called before each member. */
	void (*start)(void *state);

	/*
	 * Decodes some of io->in into io->out and moves them past what it
	 * took and gave. Good bytes come before CODEC_FAILED, in the same
	 * call or in earlier ones. When it neither takes nor gives anything
	 * it needs more input.
	 */
	enum codec_status (
	    *step)(void *state, struct codec_io *io, struct err *err);

	void (*close)(void *state);
};

/* One file each; codec.c keeps the list. */
extern const struct codec codec_gzip;
extern const struct codec codec_zstd;
extern const struct codec codec_bzip2;
extern const struct codec codec_xz;

/* The codec that bytes begin a member of; NULL when there is none. */
const struct codec *codec_find(struct slice bytes);

/* Whether bytes begin a member of it, or may do so when they are fewer than
 * its magic. */
bool codec_may_start(const struct codec *codec, struct slice bytes);

/* For the codecs themselves: moves io past what a library took and gave, when
 * it left these. */
void codec_advance(struct codec_io *io, size_t in_left, size_t room_left);

/* For libraries that promise only in words not to write to their input. */
void *codec_input(const struct codec_io *io);

/* Sets "corrupt NAME data: why", or without why where that is NULL. */
enum codec_status codec_corrupt(struct err *err, const char *name,
    const char *why);

#endif
