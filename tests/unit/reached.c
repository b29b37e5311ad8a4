/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/reached.h"

#include "tap.h"

enum { LONG = 3 * REACHED_TAIL };

/* Bytes of which no two runs of a few are the same. */
static struct slice
pattern(void)
{
	static char bytes[LONG];

	for (size_t i = 0; i < LONG; i += 4)
		(void)snprintf(bytes + i, 5 < LONG - i ? 5 : LONG - i, "%04zx",
		    i);
	return slice_make(bytes, LONG);
}

/* That the tail is what the text ends with. */
static void
ends_as(const struct reached *reached, struct slice text)
{
	size_t len = text.len < REACHED_TAIL ? text.len : REACHED_TAIL;

	text = slice_from(text, text.len - len);
	CHECK_BYTES(reached->tail.ptr, reached->tail.len, text.ptr, text.len);
}

/* The text in pieces of so many bytes; the tail is right behind each. */
static void
adds_pieces_of(size_t size)
{
	struct slice text = pattern();
	struct reached reached = { 0 };

	for (size_t upto = 0; upto < text.len;) {
		struct slice piece = slice_head(slice_from(text, upto), size);

		reached_add_tail(&reached, piece);
		upto += piece.len;
		ends_as(&reached, slice_head(text, upto));
	}
	reached_release(&reached);
}

static void
small_pieces(void)
{
	adds_pieces_of(1);
	adds_pieces_of(7);
	adds_pieces_of(1000);
}

static void
large_pieces(void)
{
	adds_pieces_of(REACHED_TAIL - 1);
	adds_pieces_of(REACHED_TAIL);
	adds_pieces_of(REACHED_TAIL + 1);
	adds_pieces_of(LONG);
}

/* A small piece before or behind a large one, and empty ones. */
static void
mixed_pieces(void)
{
	struct slice text = pattern();
	struct reached reached = { 0 };

	reached_add_tail(&reached, slice_make(NULL, 0));
	ends_as(&reached, slice_head(text, 0));
	reached_add_tail(&reached, slice_head(text, 10));
	reached_add_tail(&reached, slice_head(slice_from(text, 10), 2000));
	ends_as(&reached, slice_head(text, 2010));
	reached_add_tail(&reached, slice_head(slice_from(text, 2010), 10));
	ends_as(&reached, slice_head(text, 2020));
	reached_add_tail(&reached, slice_make(NULL, 0));
	ends_as(&reached, slice_head(text, 2020));
	reached_release(&reached);
}

/* What is missing is before: a piece as long as the tail has all of it. */
static void
lacks(void)
{
	struct slice text = pattern();
	struct reached reached = { .lacks_tail = true };

	reached_add_tail(&reached, slice_head(text, REACHED_TAIL - 1));
	CHECK(reached.lacks_tail);
	reached_add_tail(&reached, slice_head(text, REACHED_TAIL));
	CHECK(!reached.lacks_tail);
	ends_as(&reached, slice_head(text, REACHED_TAIL));
	reached_add_tail(&reached, slice_head(text, 1));
	CHECK(!reached.lacks_tail);
	reached_release(&reached);
}

static void
releases(void)
{
	struct reached reached = { 0 };

	reached_release(&reached);
	buf_add_str(&reached.state, "carried");
	reached_add_tail(&reached, slice_str("read"));
	reached_release(&reached);
	CHECK_INT(reached.state.len, 0);
	CHECK_INT(reached.tail.len, 0);
}

static const struct tap_test tests[] = {
	{ "the tail of small pieces is the last KiB of all", small_pieces },
	{ "so is that of large ones", large_pieces },
	{ "of both, and of empty ones", mixed_pieces },
	{ "a tail that lacks something has all behind a large piece", lacks },
	{ "it can be released at any time", releases },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
