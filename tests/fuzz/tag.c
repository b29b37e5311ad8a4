/* SPDX-License-Identifier: MIT */
/*
 * Any statement: what is found of its caller lies in the text or the buffer,
 * and its line is a number.
 */
#include "config.h"

#include <stdlib.h>

#include "fuzz.h"
#include "scan/tag.h"

static void
check(bool held)
{
	if (!held)
		abort();
}

static bool
is_in(struct slice part, struct slice whole)
{
	return part.len == 0 ||
	    (part.ptr >= whole.ptr &&
		part.ptr + part.len <= whole.ptr + whole.len);
}

static void
check_caller(const struct caller *caller, struct slice text, struct slice buf)
{
	check(caller->file.len > 0);
	check(is_in(caller->file, text) || is_in(caller->file, buf));
	check(is_in(caller->line, text) || is_in(caller->line, buf));
	check(is_in(caller->function, text) || is_in(caller->function, buf));
	check(caller->line.len > 0);
	check(slice_digits(caller->line) == caller->line.len);
	(void)caller_is_resolved(caller);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	struct caller caller;
	struct buf buf = { 0 };

	if (tag_find(text, &buf, &caller))
		check_caller(&caller, text, buf_slice(&buf));
	if (caller_parse(text, &caller))
		check_caller(&caller, text, slice_make(NULL, 0));
	buf_release(&buf);
	return 0;
}
