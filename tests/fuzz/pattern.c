/* SPDX-License-Identifier: MIT */
/*
 * The first line is a pattern, the rest what it is matched on. Groups must
 * lie within the subject, whatever the pattern does.
 */
#include "config.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "scan/pattern.h"

#include "fuzz.h"

enum { PATTERN_MOST = 256, SUBJECT_MOST = 8192, MATCH_LIMIT = 10000 };

static void
check_group(struct slice group, struct slice subject)
{
	if (group.ptr == NULL)
		return;
	if (group.ptr < subject.ptr ||
	    group.len > subject.len - (size_t)(group.ptr - subject.ptr))
		abort();
}

static void
match(const struct pattern *pattern, struct slice subject)
{
	struct scratch *scratch = scratch_new(MATCH_LIMIT);
	const char *name;

	if (pattern_match(pattern, scratch, subject) == PATTERN_YES) {
		check_group(scratch_group(scratch, 0), subject);
		for (unsigned n = 0;
		     (name = pattern_group_name(pattern, n)) != NULL; n++)
			check_group(scratch_group(scratch,
					pattern_group(pattern, name)),
			    subject);
	}
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
		match(pattern, slice_head(subject, SUBJECT_MOST));
	pattern_free(pattern);
	free(text);
	return 0;
}
