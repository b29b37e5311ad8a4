/* SPDX-License-Identifier: MIT */
#ifndef BASE_INFLATE_H
#define BASE_INFLATE_H

/*
 * Decodes a compressed stream: encoded bytes in, decoded bytes out, a step at
 * a time and in memory of fixed size, however much a small input grows.
 *
 * Members one behind the other are decoded as one stream. Zero bytes between
 * and behind them are padding; anything else there is garbage, and said to
 * be. Whatever is wrong, the good bytes before it are given first.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

/* So many bytes tell the format. */
enum { INFLATE_HEAD = 6 };

/* What the first bytes of a file (INFLATE_HEAD or all) say it is: "gzip",
 * "zstd", "bzip2" or "xz"; NULL when it is none of these. */
const char *inflate_format(struct slice head);

struct inflate;

/* For a stream that begins with head, whose format is not NULL. NULL with err
 * set when this build cannot decode it ("zstd input, but this build has no
 * zstd"). */
struct inflate *inflate_new(struct slice head, struct err *err);
void inflate_free(struct inflate *inflate); /* NULL is allowed */

enum inflate_status {
	INFLATE_MORE,   /* call it again */
	INFLATE_HUNGRY, /* call it again with more input behind *in */
	INFLATE_END,    /* all was decoded */
	INFLATE_FAILED  /* err says why, without the file's name */
};

/*
 * Decodes from *in, whose front it cuts off as it goes, into out, which has
 * room for at least one byte. *given is how many bytes it wrote there,
 * whatever the status. `last` says that nothing follows *in. After
 * INFLATE_FAILED it must not be called again.
 */
enum inflate_status inflate_step(struct inflate *inflate, struct slice *in,
    bool last, char *out, size_t room, size_t *given, struct err *err);

#endif
