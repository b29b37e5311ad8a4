/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/reader.h"

#include "base/wire.h"
#include "scan/carried.h"

/* Of the form of what readers save; another one is not read. */
enum { SAVED_VERSION = 1 };

static const struct reader_type *const types[] = {
	&reader_callcount,
	&reader_arrow,
	&reader_ahead,
	&reader_tags,
	&reader_postgres,
	&reader_mysql,
	&reader_json,
	&reader_regex,
};

const struct reader_type *
reader_type_at(size_t n)
{
	return n < sizeof(types) / sizeof(types[0]) ? types[n] : NULL;
}

const struct reader_type *
reader_type_find(const char *name)
{
	const struct reader_type *type;

	for (size_t n = 0; (type = reader_type_at(n)) != NULL; n++) {
		if (strcmp(type->name, name) == 0)
			return type;
	}
	return NULL;
}

void
reader_see(struct reader *reader, const struct stamp *seen)
{
	struct stamp *stamp = &reader->stamp;
	struct civil date = stamp->civil;

	if (seen->has_date || !stamp->has_date) {
		*stamp = *seen;
		return;
	}
	stamp->civil = seen->civil;
	stamp->civil.year = date.year;
	stamp->civil.month = date.month;
	stamp->civil.day = date.day;
	stamp->has_time = seen->has_time;
	stamp->has_offset = seen->has_offset;
	stamp->offset = seen->offset;
}

void
reader_see_line(struct reader *reader, struct slice line)
{
	struct stamp seen;

	if (stamp_find(line, READER_HEAD, 0, &seen))
		reader_see(reader, &seen);
}

bool
reader_line_is_dated(struct slice line)
{
	struct stamp seen;

	return stamp_find(line, READER_HEAD, 0, &seen) && seen.has_date;
}

void
reader_save(const struct reader *reader, struct buf *bytes)
{
	wire_add_number(bytes, SAVED_VERSION);
	wire_add_bytes(bytes, slice_str(reader->type->name));
	carried_add_stamp(bytes, &reader->stamp);
	if (reader->type->save != NULL)
		reader->type->save(reader, bytes);
}

bool
reader_load(struct reader *reader, struct slice bytes)
{
	struct slice rest = bytes;
	struct slice name;
	uint64_t version;

	return wire_number(&rest, &version) && version == SAVED_VERSION &&
	    wire_bytes(&rest, &name) && slice_is(name, reader->type->name) &&
	    carried_stamp(&rest, &reader->stamp) &&
	    (reader->type->load == NULL || reader->type->load(reader, &rest)) &&
	    rest.len == 0;
}
