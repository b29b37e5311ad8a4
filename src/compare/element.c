/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/element.h"

#include "model/operation.h"

static struct slice
directory_of(struct slice file)
{
	const char *slash = slice_rchr(file, '/');

	if (slash == NULL)
		return slice_str(".");
	return slice_between(file.ptr, slash == file.ptr ? slash + 1 : slash);
}

struct slice
element_name(enum level_kind kind, const struct change *change)
{
	const struct site *site = change_site(change);

	if (kind == LEVEL_DIRECTORY)
		return directory_of(site->file);
	if (kind == LEVEL_KIND)
		return operation_kind(site->operation);
	return slice_make(NULL, 0);
}

/* Names hold no NUL, but for such as were made to deceive. */
static void
add_part(struct buf *key, struct slice part)
{
	buf_add(key, part);
	buf_add_char(key, '\0');
}

bool
element_key(struct buf *key, enum level_kind kind, const struct change *change)
{
	const struct site *site = change_site(change);
	bool is_one = site->file.len > 0;

	buf_clear(key);
	switch (kind) {
	case LEVEL_OPERATION:
		add_part(key, site->operation);
		return site->operation.len > 0;
	case LEVEL_KIND:
		add_part(key, element_name(kind, change));
		return site->operation.len > 0;
	case LEVEL_DIRECTORY:
		add_part(key, element_name(kind, change));
		return is_one;
	case LEVEL_FUNCTION:
		add_part(key, change_function(change));
		is_one = is_one && change_function(change).len > 0;
		break;
	case LEVEL_CHANGE:
		add_part(key, site->operation);
		add_part(key, site->line);
		break;
	case LEVEL_SITE:
		add_part(key, site->line);
		break;
	case LEVEL_FILE:
	case LEVEL_NONE:
		break;
	}
	add_part(key, site->file);
	return is_one || kind == LEVEL_CHANGE;
}
