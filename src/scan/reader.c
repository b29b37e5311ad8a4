/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/reader.h"

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
