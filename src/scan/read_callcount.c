/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "model/callcount.h"
#include "model/operation.h"
#include "scan/carry.h"
#include "scan/lines.h"
#include "scan/reader.h"

/*
 * Lines of a counting hook (model/callcount.h), alone or behind whatever the
 * logger writes before them. Carried: the last time stamp.
 *
 * Only lines that hold " -- ", or what the selection wants, are looked at;
 * those between are passed over, and asked for their stamps when an entry has
 * no date of its own. An entry whose site, operations and revision were read
 * before is counted again without taking them apart.
 */

/* An entry's, and its names before them. */
enum { MOST_OPERATIONS = 64, NAMES = 3 };

struct callcount_reader {
	struct reader reader;
	const struct reader_options *options;
	const struct reader_events *events;
	struct find_any dashes;
	struct carry carry;
	const char *end;  /* of the block */
	struct buf names; /* of the entry: its operations, unescaped names */
};

/* What of a line is looked at for its stamp. */
static struct slice
stamp_part(struct reader *reader, struct slice line)
{
	struct callcount found;

	(void)reader;
	return callcount_find(line, &found) == CALLCOUNT_NONE ? line :
								found.before;
}

static struct reader *
callcount_new(const struct preset *preset, const struct reader_options *options,
    const struct reader_events *events)
{
	struct callcount_reader *self = xcalloc(1, sizeof(*self));

	(void)preset;
	self->reader.type = &reader_callcount;
	self->options = options;
	self->events = events;
	self->carry.reader = &self->reader;
	self->carry.part = stamp_part;
	find_init(&self->dashes.items[0], slice_str(CALLCOUNT_DASHES));
	self->dashes.count = 1;
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

static struct slice
nth_name(const struct callcount_reader *self, const size_t *ends, size_t n)
{
	size_t begin = n == 0 ? 0 : ends[n - 1];

	return slice_make(self->names.ptr + begin, ends[n] - begin);
}

/*
 * All names go into one buffer first, since it may move while it grows; the
 * slices are made when it is whole. ends[] holds where each name ends: file,
 * function, revision, then the operations.
 */
static void
give(struct callcount_reader *self, struct slice line,
    const struct callcount *found, struct slice source)
{
	size_t ends[NAMES + MOST_OPERATIONS];
	struct slice operations[MOST_OPERATIONS];
	struct slice rest = found->operations;
	struct entry entry = {
		.caller.line = found->line,
		.operations = operations,
		.count = found->count,
		.stamp = self->reader.stamp,
		.text = line,
		.source = source,
	};
	size_t n = 0;

	buf_clear(&self->names);
	ends[0] = add_name(&self->names, found->file);
	ends[1] = add_name(&self->names, found->function);
	ends[2] = add_name(&self->names, found->revision);
	while (n < MOST_OPERATIONS && callcount_next(&rest, &self->names)) {
		if (self->options->fold_queries)
			fold(&self->names, ends[NAMES + n - 1]);
		ends[NAMES + n++] = self->names.len;
	}
	entry.caller.file = nth_name(self, ends, 0);
	entry.caller.function = nth_name(self, ends, 1);
	entry.revision = nth_name(self, ends, 2);
	for (size_t i = 0; i < n; i++)
		operations[i] = nth_name(self, ends, NAMES + i);
	entry.operation_count = n;
	if (rest.len > 0)
		entry.source.len = 0; /* to be told each time */
	self->events->entry(self->events->context, &entry);
	if (rest.len > 0)
		self->events->given_up(self->events->context, line,
		    "more than 64 operations in a line");
}

/* read_again() for an entry whose stamp must be read, and is forgotten if the
 * entry is not counted. */
static bool
read_stamp_again(struct callcount_reader *self, struct slice line,
    const struct callcount_front *front)
{
	struct stamp stamp = self->reader.stamp;
	struct carry carry = self->carry;

	(void)carry_see(&self->carry, line, front->before);
	if (reader_again(&self->reader, self->events, front->rest,
		front->count))
		return true;
	self->reader.stamp = stamp;
	self->carry = carry;
	return false;
}

/* Counts an entry whose site and operations are known; *rest is what they
 * would be known by. */
static bool
read_again(struct callcount_reader *self, struct slice line, struct slice *rest)
{
	struct callcount_front front;

	if (!callcount_front(line, self->end, &front))
		return false;
	*rest = front.rest;
	return carry_is_same(&self->carry, line, front.before) ?
	    reader_again(&self->reader, self->events, front.rest, front.count) :
	    read_stamp_again(self, line, &front);
}

static void
read_line(struct callcount_reader *self, struct slice line)
{
	struct slice rest = { NULL, 0 };
	struct callcount found;
	enum callcount_found what;

	if (read_again(self, line, &rest) || !callcount_may_be(line, self->end))
		return;
	what = callcount_find(line, &found);
	if (what == CALLCOUNT_NONE)
		return;
	(void)carry_see(&self->carry, line, found.before);
	if (what == CALLCOUNT_MALFORMED)
		self->events->malformed(self->events->context, line,
		    "a count beyond 2^64-1");
	else
		give(self, line, &found,
		    rest.ptr == found.file.ptr ? rest : slice_make(NULL, 0));
}

/* Reads line after line from `at` on, as long as each is known: where nearly
 * all lines are entries that is quicker than to search for the next one.
 * Returns where the first line begins that was not read. */
static const char *
read_known(struct callcount_reader *self, const char *at)
{
	struct slice rest;

	while (at < self->end) {
		const char *end = find_line_end(at, self->end);
		struct slice line = slice_between(at, end);

		if (!read_again(self, lines_without_cr(line), &rest))
			break;
		at = end + (end < self->end);
	}
	return at;
}

/* Reads the line around a hit and the known ones behind it, if the one before
 * it was read too; returns where the next line begins. */
static const char *
read_hit(struct callcount_reader *self, const char *hit, struct slice block,
    const char *at)
{
	const char *begin = find_line_begin(block.ptr, hit);
	const char *end = find_line_end(hit, self->end);
	struct slice line = slice_between(begin, end);
	bool is_next = begin == at;

	self->reader.at = begin;
	read_line(self, lines_without_cr(line));
	at = end + (end < self->end);
	return is_next && self->reader.wanted == NULL ? read_known(self, at) :
							at;
}

/* Whether a hit may be part of an entry: tells most of those in other texts
 * from the bytes before them. */
static bool
is_worth_reading(const struct callcount_reader *self, const char *begin,
    const char *hit)
{
	if (self->reader.wanted == NULL)
		return callcount_may_end(begin, hit);
	return !self->reader.wanted_begins ||
	    (hit > begin && callcount_divides(hit[-1]));
}

static void
callcount_read(struct reader *reader, struct slice block)
{
	struct callcount_reader *self = (struct callcount_reader *)reader;
	const struct find_any *sought = reader->wanted == NULL ? &self->dashes :
								 reader->wanted;
	const char *at = block.ptr;   /* lines before it were read */
	const char *from = block.ptr; /* hits before it were looked at */
	struct find_ahead ahead = { 0 };
	const char *hit;

	self->end = block.ptr + block.len;
	carry_begin(&self->carry, block.ptr);
	while ((hit = find_any_next(sought, &ahead, from, self->end)) != NULL) {
		if (is_worth_reading(self, block.ptr, hit))
			from = at = read_hit(self, hit, block, at);
		else
			from = hit + 1;
	}
	carry_catch_up(&self->carry, self->end);
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
	.can_filter = true,
	.keys = callcount_keys,
	.new = callcount_new,
	.free = callcount_free,
	.read = callcount_read,
	.is_sync = callcount_is_sync,
};
