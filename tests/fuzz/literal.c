/* SPDX-License-Identifier: MIT */
/*
 * The first line is a pattern, the rest what it is matched on. A text that it
 * matches must hold the literal that is said to be required.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "scan/literal.h"
#include "scan/pattern.h"

#include "fuzz.h"

enum { PATTERN_MOST = 256, SUBJECT_MOST = 8192, MATCH_LIMIT = 10000 };

static bool
holds(struct slice subject, const struct buf *literal)
{
	return literal->len == 0 ||
	    memmem(subject.ptr, subject.len, literal->ptr, literal->len) !=
	    NULL;
}

static void
check(const char *text, const struct pattern *pattern, struct slice subject)
{
	struct scratch *scratch = scratch_new(MATCH_LIMIT);
	struct buf literal = { 0 };
	struct buf second = { 0 };

	literal_required_two(text, NULL, &literal, &second);
	if (pattern_match(pattern, scratch, subject) == PATTERN_YES &&
	    (!holds(subject, &literal) || !holds(subject, &second)))
		abort();
	buf_release(&literal);
	buf_release(&second);
	scratch_free(scratch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice subject = { (const char *)data, size };
	struct pattern *pattern;
	struct slice line;
	struct err err;
	char *text;

	if (!slice_cut(&subject, '\n', &line) || line.len > PATTERN_MOST)
		return 0;
	text = xmemdup(line.ptr, line.len);
	pattern = pattern_new(text, 0, &err);
	if (pattern != NULL)
		check(text, pattern, slice_head(subject, SUBJECT_MOST));
	pattern_free(pattern);
	free(text);
	return 0;
}
