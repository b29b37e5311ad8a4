/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "model/callcount.h"
#include "model/operation.h"
#include "scan/lines.h"
#include "scan/reader.h"

/*
 * Lines of a counting hook (model/callcount.h), alone or behind whatever the
 * logger writes before them. Carried: the last time stamp.
 */

enum { MOST_OPERATIONS = 64 };

struct callcount_reader {
	struct reader reader;
	const struct reader_options *options;
	const struct reader_events *events;
	struct buf names; /* of the entry: its operations, unescaped names */
};

static struct reader *
callcount_new(const struct preset *preset, const struct reader_options *options,
    const struct reader_events *events)
{
	struct callcount_reader *self = xcalloc(1, sizeof(*self));

	(void)preset;
	self->reader.type = &reader_callcount;
	self->options = options;
	self->events = events;
	return &self->reader;
}

static void
callcount_free(struct reader *reader)
{
	struct callcount_reader *self = (struct callcount_reader *)reader;

	buf_release(&self->names);
	free(self);
}

/* The 2013 hook named a query by its properties: Kind.prop is a query. */
static void
fold(struct buf *names, size_t begin)
{
	struct slice operation = slice_from(buf_slice(names), begin);

	if (operation_verb_is_known(operation_verb(operation)))
		return;
	names->len = begin + operation_kind(operation).len;
	buf_add_str(names, ".query");
}

/* Adds a name behind the others and returns where it ends. */
static size_t
add_name(struct buf *names, struct slice name)
{
	callcount_unescape(names, name);
	return names->len;
}

/*
 * All names go into one buffer first, since it may move while it grows; the
 * slices are made when it is whole. ends[] holds where each name ends: file,
 * function, then the operations.
 */
static void
give(struct callcount_reader *self, struct slice line,
    const struct callcount *found)
{
	size_t ends[MOST_OPERATIONS + 2];
	struct slice operations[MOST_OPERATIONS];
	struct slice rest = found->operations;
	struct entry entry = {
		.caller.line = found->line,
		.operations = operations,
		.count = found->count,
		.stamp = self->reader.stamp,
		.text = line,
	};
	size_t n = 0;

	buf_clear(&self->names);
	ends[0] = add_name(&self->names, found->file);
	ends[1] = add_name(&self->names, found->function);
	while (n < MOST_OPERATIONS && callcount_next(&rest, &self->names)) {
		if (self->options->fold_queries)
			fold(&self->names, ends[n + 1]);
		ends[n + 2] = self->names.len;
		n++;
	}
	entry.caller.file = slice_make(self->names.ptr, ends[0]);
	entry.caller.function = slice_make(self->names.ptr + ends[0],
	    ends[1] - ends[0]);
	for (size_t i = 0; i < n; i++)
		operations[i] = slice_make(self->names.ptr + ends[i + 1],
		    ends[i + 2] - ends[i + 1]);
	entry.operation_count = n;
	self->events->entry(self->events->context, &entry);
	if (rest.len > 0)
		self->events->given_up(self->events->context, line,
		    "more than 64 operations in a line");
}

static void
read_line(struct callcount_reader *self, struct slice line)
{
	struct callcount found;
	enum callcount_found what = callcount_find(line, &found);

	reader_see_line(&self->reader,
	    what == CALLCOUNT_NONE ? line : found.before);
	if (what == CALLCOUNT_FOUND)
		give(self, line, &found);
	else if (what == CALLCOUNT_MALFORMED)
		self->events->malformed(self->events->context, line,
		    "a count beyond 2^64-1");
}

static void
callcount_read(struct reader *reader, struct slice block)
{
	struct callcount_reader *self = (struct callcount_reader *)reader;
	struct slice line;

	while (reader_next(reader, &block, &line))
		read_line(self, line);
}

/* A line with a date of its own needs nothing from the lines above it. */
static bool
callcount_is_sync(const struct preset *preset, struct slice line)
{
	struct callcount found;

	(void)preset;
	return reader_line_is_dated(
	    callcount_find(line, &found) == CALLCOUNT_NONE ? line :
							     found.before);
}

static const char *const callcount_keys[] = { NULL };

const struct reader_type reader_callcount = {
	.name = "callcount",
	.keys = callcount_keys,
	.new = callcount_new,
	.free = callcount_free,
	.read = callcount_read,
	.is_sync = callcount_is_sync,
};
