/* SPDX-License-Identifier: MIT */
/*
 * Any line: what is found lies in it. Any names, three divided by newlines:
 * what is written is read back. The second is the function's and the
 * revision's, which may be empty.
 */
#include "config.h"

#include <stdlib.h>

#include "fuzz.h"
#include "model/callcount.h"
#include "model/operation.h"

static void
check(bool held)
{
	if (!held)
		abort();
}

static bool
is_in(struct slice part, struct slice whole)
{
	return part.ptr >= whole.ptr &&
	    part.ptr + part.len <= whole.ptr + whole.len;
}

static void
check_find(struct slice line)
{
	struct callcount found;
	struct buf name = { 0 };

	if (callcount_find(line, &found) == CALLCOUNT_NONE)
		return;
	check(is_in(found.file, line) && found.file.len > 0);
	check(is_in(found.line, line) && found.line.len > 0);
	check(is_in(found.function, line));
	check(is_in(found.operations, line) && found.operations.len > 0);
	check(is_in(found.revision, line));
	check(is_in(found.before, line));
	while (callcount_next(&found.operations, &name)) {
		check(operation_kind(buf_slice(&name)).len > 0);
		buf_clear(&name);
	}
	check(found.operations.len == 0);
	buf_release(&name);
}

static void
check_name(struct slice escaped, struct slice plain)
{
	struct buf name = { 0 };

	callcount_unescape(&name, escaped);
	check(slice_equal(buf_slice(&name), plain));
	buf_release(&name);
}

static void
check_round_trip(struct slice names)
{
	struct slice file, function;
	struct callcount found;
	struct buf line = { 0 };
	struct buf name = { 0 };

	if (!slice_cut(&names, '\n', &file) || file.len == 0 ||
	    !slice_cut(&names, '\n', &function) ||
	    operation_kind(names).len == 0 || operation_verb(names).len == 0)
		return;
	callcount_add(&line, names.len, file, slice_str("7"), function, &names,
	    1, function);
	check(callcount_find(buf_slice(&line), &found) == CALLCOUNT_FOUND);
	check(found.count == names.len);
	check(slice_is(found.line, "7"));
	check_name(found.file, file);
	check_name(found.function, function);
	check_name(found.revision, function);
	check(callcount_next(&found.operations, &name));
	check(slice_equal(buf_slice(&name), names));
	check(!callcount_next(&found.operations, &name));
	buf_release(&line);
	buf_release(&name);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);

	check_find(text);
	check_round_trip(text);
	return 0;
}
