/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/inflate.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/codec.h"

_Static_assert((int)INFLATE_HEAD == (int)CODEC_MAGIC_MAX,
    "the head of a file is as long as the longest magic");

struct inflate {
	const struct codec *codec;
	void *state;
	bool in_member; /* else between two, or before the first */
};

const char *
inflate_format(struct slice head)
{
	const struct codec *codec = codec_find(head);

	return codec == NULL ? NULL : codec->name;
}

struct inflate *
inflate_new(struct slice head, struct err *err)
{
	const struct codec *codec = codec_find(head);
	struct inflate *inflate;

	if (codec->open == NULL) {
		(void)err_set(err, "%s input, but this build has no %s",
		    codec->name, codec->name);
		return NULL;
	}
	inflate = xcalloc(1, sizeof(*inflate));
	inflate->codec = codec;
	inflate->state = codec->open();
	return inflate;
}

void
inflate_free(struct inflate *inflate)
{
	if (inflate == NULL)
		return;
	inflate->codec->close(inflate->state);
	free(inflate);
}

/* Passes over padding and starts the next member: INFLATE_MORE. */
static enum inflate_status
start_member(struct inflate *inflate, struct slice *in, bool last,
    struct err *err)
{
	while (in->len > 0 && in->ptr[0] == '\0')
		*in = slice_from(*in, 1);
	if (in->len < CODEC_MAGIC_MAX && !last)
		return INFLATE_HUNGRY;
	if (in->len == 0)
		return INFLATE_END;
	if (!codec_may_start(inflate->codec, *in)) {
		(void)err_set(err,
		    "trailing garbage after the compressed data");
		return INFLATE_FAILED;
	}
	inflate->codec->start(inflate->state);
	inflate->in_member = true;
	return INFLATE_MORE;
}

/* What it means that a member goes on, but a step led nowhere. */
static enum inflate_status
starve(const struct inflate *inflate, struct slice in, bool last,
    struct err *err)
{
	const char *name = inflate->codec->name;

	if (in.len > 0)
		(void)err_set(err, "corrupt %s data", name);
	else if (last)
		(void)err_set(err, "unexpected end of %s data", name);
	else
		return INFLATE_HUNGRY;
	return INFLATE_FAILED;
}

enum inflate_status
inflate_step(struct inflate *inflate, struct slice *in, bool last, char *out,
    size_t room, size_t *given, struct err *err)
{
	struct slice piece = slice_head(*in, CODEC_PIECE_MAX);
	struct codec_io io = { piece, out,
		room < CODEC_PIECE_MAX ? room : CODEC_PIECE_MAX };
	enum codec_status status;

	*given = 0;
	if (!inflate->in_member)
		return start_member(inflate, in, last, err);
	status = inflate->codec->step(inflate->state, &io, err);
	*given = (size_t)(io.out - out);
	*in = slice_from(*in, piece.len - io.in.len);
	if (status == CODEC_FAILED)
		return INFLATE_FAILED;
	if (status == CODEC_END)
		inflate->in_member = false;
	else if (*given == 0 && io.in.len == piece.len)
		return starve(inflate, *in, last, err);
	return INFLATE_MORE;
}
