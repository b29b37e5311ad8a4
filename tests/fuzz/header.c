/* SPDX-License-Identifier: MIT */
/*
 * A block of fields. Whatever is found lies within the block, what steps comes
 * to an end, and what a value is split into is the same when split again.
 */
#include "config.h"

#include <stdlib.h>

#include "fetch/header.h"

#include "fuzz.h"

static void
check_within(struct slice part, struct slice whole)
{
	if (part.len > 0 &&
	    (part.ptr < whole.ptr ||
		part.ptr + part.len > whole.ptr + whole.len))
		abort();
}

static void
check_value(struct slice value)
{
	int64_t number;

	if (header_number(value, &number) && number < 0)
		abort();
	if (header_seconds(value, &number) && number < 0)
		abort();
	if (header_date(value, &number) && number < 0)
		abort();
}

static void
check_parameters(struct slice member)
{
	struct slice params = member;
	struct slice name;
	struct slice value;

	check_within(header_head(member), member);
	while (header_next_parameter(&params, &name, &value)) {
		if (name.len == 0)
			abort();
		check_within(name, member);
		check_within(value, member);
		check_value(value);
	}
}

static void
check_list(struct slice list)
{
	struct slice rest = list;
	struct slice member;
	struct slice alone;

	while (header_next_member(&rest, &member)) {
		check_within(member, list);
		alone = member;
		if (!header_next_member(&alone, &member) || alone.len != 0)
			abort();
		check_parameters(member);
	}
	if (rest.len != 0)
		abort();
}

static void
check_fields(struct slice block, const char *name)
{
	struct slice value;
	size_t before = 0;
	size_t at = 0;

	while (header_next(block, name, &at, &value)) {
		if (at <= before || at > block.len)
			abort();
		before = at;
		check_within(value, block);
		check_value(value);
		check_list(value);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice block = slice_make((const char *)data, size);
	struct slice target;

	check_fields(block, "Link");
	check_fields(block, "Date");
	check_fields(block, "A");
	check_value(block);
	check_list(block);
	if (header_link(block, "next", &target))
		check_within(target, block);
	return 0;
}
