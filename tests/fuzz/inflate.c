/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as an input file. What is peeked at must be what is read then,
 * and the decoding must end.
 */
#include "config.h"

#include <stdlib.h>

#include "base/source.h"
#include "fuzz.h"

/* Of what is decoded, since a small input may grow for ever. */
enum { DECODED_MAX = 1 << 20, ROOM = 5000, PEEK = 100 };

static void
need(bool held)
{
	if (!held)
		abort();
}

static void
read_all(struct source *source)
{
	struct err err = { "" };
	char seen[PEEK];
	char bytes[ROOM];
	size_t total = 0;
	ssize_t n = 1;

	while (n > 0 && total < DECODED_MAX) {
		struct slice peek = source_peek(source, PEEK);

		if (peek.len > 0)
			memcpy(seen, peek.ptr, peek.len);
		n = source_read(source, bytes, total % 2 == 0 ? ROOM : 1, &err);
		need((n > 0) == (peek.len > 0));
		need((n < 0) == (err.text[0] != '\0'));
		for (size_t i = 0; i < peek.len && (ssize_t)i < n; i++)
			need(bytes[i] == seen[i]);
		total += n > 0 ? (size_t)n : 0;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = slice_make((const char *)data, size);
	struct err err;
	struct source *source = source_open_memory(bytes, &err);

	if (source != NULL)
		read_all(source);
	source_close(source);
	return 0;
}
