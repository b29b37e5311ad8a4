/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/grouping.h"

const struct tally_keys grouping_whole = {
	{ TALLY_FILE, TALLY_LINE, TALLY_FUNCTION, TALLY_OPERATION },
	4,
};

struct site
grouping_site(const struct tally_keys *keys, const struct site *site)
{
	struct site group = { .count = 0 };

	if (tally_keys_have(keys, TALLY_FILE))
		group.file = site->file;
	if (tally_keys_have(keys, TALLY_LINE))
		group.line = site->line;
	if (tally_keys_have(keys, TALLY_FUNCTION))
		group.function = site->function;
	if (tally_keys_have(keys, TALLY_OPERATION) ||
	    tally_keys_have(keys, TALLY_KIND))
		group.operation = site->operation;
	return group;
}

void
grouping_key(struct buf *key, const struct tally_keys *keys,
    const struct site *site)
{
	const struct tally_row row = {
		.value = {
			[TALLY_FILE] = site->file,
			[TALLY_LINE] = site->line,
			[TALLY_FUNCTION] = site->function,
			[TALLY_OPERATION] = site->operation,
			[TALLY_KIND] = site->operation,
		},
	};

	buf_clear(key);
	tally_key_add(key, keys, &row);
}
