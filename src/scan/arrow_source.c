/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/arrow_source.h"

#include <string.h>

#include "model/operation.h"

void
arrow_source_release(struct arrow_source *source)
{
	sql_operations_release(&source->operations);
	buf_release(&source->operation);
	buf_release(&source->what);
	buf_release(&source->bytes);
}

void
arrow_source_read(struct arrow_source *source, const struct waiting *waiting)
{
	struct sql_operations *operations = &source->operations;

	operations->count = 0;
	if (waiting == NULL)
		return;
	if (source->is_ecto) {
		sql_read(buf_slice(&waiting->sql), operations);
		return;
	}
	buf_clear(&source->operation);
	operation_add_rails(&source->operation, buf_slice(&waiting->name),
	    buf_slice(&waiting->sql));
	operations->items[0] = buf_slice(&source->operation);
	operations->count = source->operation.len > 0;
}

bool
arrow_source_is_named(struct arrow_source *source, struct slice name)
{
	buf_clear(&source->operation);
	return slice_chr(name, ' ') != NULL &&
	    operation_add_rails_name(&source->operation, name);
}

static void
add_part(struct buf *bytes, struct slice part)
{
	char *to = buf_reserve(bytes, sizeof(part.len) + part.len);

	memcpy(to, &part.len, sizeof(part.len));
	if (part.len > 0)
		memcpy(to + sizeof(part.len), part.ptr, part.len);
	bytes->len += sizeof(part.len) + part.len;
}

static struct slice
write_what(struct arrow_source *source, char kind, const struct slice *parts,
    size_t count)
{
	buf_clear(&source->what);
	buf_add_char(&source->what, kind);
	for (size_t i = 0; i < count; i++)
		add_part(&source->what, parts[i]);
	return buf_slice(&source->what);
}

struct slice
arrow_source_name(struct arrow_source *source, struct slice name)
{
	return write_what(source, 'n', &name, 1);
}

struct slice
arrow_source_operations(struct arrow_source *source,
    const struct waiting *waiting)
{
	arrow_source_read(source, waiting);
	return write_what(source, 'o', source->operations.items,
	    source->operations.count);
}

struct slice
arrow_source_make(struct arrow_source *source, struct slice text,
    struct slice what)
{
	buf_clear(&source->bytes);
	add_part(&source->bytes, text);
	buf_add(&source->bytes, what);
	return buf_slice(&source->bytes);
}
