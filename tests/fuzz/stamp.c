/* SPDX-License-Identifier: MIT */
/*
 * A stamp that is read takes no more than there is, names a day and a time
 * that exist, and is the same when nothing stands behind it.
 */
#include "config.h"

#include <stdlib.h>

#include "scan/stamp.h"

#include "fuzz.h"

static void
check_stamp(const struct stamp *stamp)
{
	struct civil civil = stamp->civil;

	if (!stamp->has_date && !stamp->has_year && !stamp->has_time)
		abort();
	if (stamp->has_year && (civil.year < 1970 || civil.year > 2199))
		abort();
	if (!stamp->has_date) {
		civil.month = 1;
		civil.day = 1;
	}
	if (!civil_is_valid(&civil))
		abort();
	if (stamp->has_offset &&
	    (abs(stamp->offset) >= 16 * 3600 || !stamp->has_time))
		abort();
}

static bool
same(const struct stamp *a, const struct stamp *b)
{
	return civil_instant(&a->civil, a->offset) ==
	    civil_instant(&b->civil, b->offset) &&
	    a->has_date == b->has_date && a->has_year == b->has_year &&
	    a->has_time == b->has_time && a->has_offset == b->has_offset;
}

static void
check_read(struct slice text)
{
	struct stamp stamp;
	struct stamp again;
	size_t len = stamp_read(text, STAMP_EPOCH, &stamp);

	if (len == 0)
		return;
	if (len > text.len)
		abort();
	check_stamp(&stamp);
	if (stamp_read(slice_head(text, len), STAMP_EPOCH, &again) != len ||
	    !same(&stamp, &again))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	struct stamp stamp;

	check_read(text);
	for (unsigned flags = 0; flags <= STAMP_EPOCH; flags++)
		if (stamp_find(text, 100, flags, &stamp))
			check_stamp(&stamp);
	if (stamp_of_path(text, &stamp))
		check_stamp(&stamp);
	return 0;
}
