/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/pages.h"

#include <errno.h>
#include <stdint.h>

#include "tap.h"

static bool
is_zero(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

static void
takes_pieces(void)
{
	struct pages pages = { 0 };
	char *pieces[3000];

	for (size_t i = 0; i < 3000; i++) {
		size_t size = 1 + i % 97;

		pieces[i] = pages_take(&pages, size);
		if (!CHECK(pieces[i] != NULL))
			return;
		if ((uintptr_t)pieces[i] % 64 != 0 || !is_zero(pieces[i], size))
			CHECK_INT(i, -1);
		memset(pieces[i], (int)(i % 256), size);
	}
	for (size_t i = 0; i < 3000; i++)
		if (pieces[i][0] != (char)(i % 256) ||
		    pieces[i][i % 97] != (char)(i % 256))
			CHECK_INT(i, -1);
}

static void
takes_large_pieces(void)
{
	struct pages pages = { 0 };
	char *small = pages_take(&pages, 16);
	char *large = pages_take(&pages, 10 << 20);

	if (!CHECK(large != NULL))
		return;
	CHECK(is_zero(large, 10 << 20));
	memset(large, 1, 10 << 20);
	CHECK(is_zero(small, 16));
	CHECK(pages_take(&pages, 16) == small + 64);
}

static void
fails(void)
{
	struct pages pages = { 0 };
	char *small = pages_take(&pages, 16);

	errno = 4711;
	CHECK(pages_take(&pages, SIZE_MAX) == NULL);
	CHECK(pages_take(&pages, SIZE_MAX / 2) == NULL);
	CHECK_INT(errno, 4711);
	CHECK(pages_take(&pages, 16) == small + 64);
}

static const struct tap_test tests[] = {
	{ "memory is taken piece by piece, zero and aligned", takes_pieces },
	{ "a large piece has a block of its own", takes_large_pieces },
	{ "where there is none, errno and the rest stay as they are", fails },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
