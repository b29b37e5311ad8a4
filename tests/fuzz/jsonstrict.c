/* SPDX-License-Identifier: MIT */
/*
 * What is strict JSON stays so: compacted again it is the same, the lenient
 * scanner reads it whole, and with its numbers made safe it is accepted. What
 * is no JSON is not made so, and leaves no trace in the buffer.
 */
#include "config.h"

#include <stdlib.h>

#include "base/json.h"

#include "fuzz.h"

/* The scanner goes to 64 levels only, so a text may be too deep for it. */
static void
check_compact(struct slice compact)
{
	struct buf again = { 0 };
	struct slice rest = compact;
	struct json_value value;

	if (!json_add_compact(&again, compact) ||
	    !slice_equal(buf_slice(&again), compact))
		abort();
	if (json_next_value(&rest, &value) && rest.len > 0)
		abort();
	buf_release(&again);
}

/* Made safe once, nothing is left to be done. */
static void
check_safe(struct slice text, bool fine)
{
	struct buf safe = { 0 };
	struct buf again = { 0 };

	json_add_safe_numbers(&safe, text);
	if (json_add_compact(NULL, buf_slice(&safe)) != fine)
		abort();
	json_add_safe_numbers(&again, buf_slice(&safe));
	if (fine && !slice_equal(buf_slice(&again), buf_slice(&safe)))
		abort();
	buf_release(&safe);
	buf_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	struct buf compact = { 0 };
	bool fine = json_add_compact(&compact, text);

	if (json_add_compact(NULL, text) != fine)
		abort();
	if (fine)
		check_compact(buf_slice(&compact));
	else if (compact.len != 0)
		abort();
	check_safe(text, fine);
	buf_release(&compact);
	return 0;
}
