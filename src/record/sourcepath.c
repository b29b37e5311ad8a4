/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/sourcepath.h"

/* Takes the last part off a path that is to go on with "..". False where it
 * has none to take: it is empty, or ends with ".." itself. */
static bool
go_up(struct buf *path)
{
	struct slice all = buf_slice(path);
	const char *slash = slice_rchr(all, '/');

	if (slice_is(all, "/"))
		return true;
	if (all.len == 0 || slice_is(all, "..") || slice_ends(all, "/.."))
		return false;
	if (slash == NULL)
		path->len = 0;
	else
		path->len = slash == all.ptr ? 1 : (size_t)(slash - all.ptr);
	return true;
}

static void
add_part(struct buf *path, struct slice part)
{
	if (part.len == 0 || slice_is(part, "."))
		return;
	if (slice_is(part, "..") && go_up(path))
		return;
	if (path->len > 0 && path->ptr[path->len - 1] != '/')
		buf_add_char(path, '/');
	buf_add(path, part);
}

static void
add_parts(struct buf *path, const char *parts)
{
	struct slice rest = slice_str(parts);
	struct slice part;

	if (*parts == '/' && path->len == 0)
		buf_add_char(path, '/');
	while (slice_cut(&rest, '/', &part))
		add_part(path, part);
}

/* Whether a path lies below the directory, which need not be in its plain
 * form. */
static size_t
length_below(struct slice path, const char *directory)
{
	struct buf plain = { 0 };
	size_t len;

	add_parts(&plain, directory);
	if (plain.len > 0 && plain.ptr[plain.len - 1] != '/')
		buf_add_char(&plain, '/');
	len = plain.len;
	if (path.len <= len ||
	    !slice_equal(slice_head(path, len), buf_slice(&plain)))
		len = 0;
	buf_release(&plain);
	return len;
}

size_t
sourcepath_join(struct buf *path, const char *directory, const char *file)
{
	buf_clear(path);
	if (directory != NULL && *file != '/')
		add_parts(path, directory);
	add_parts(path, file);
	*buf_reserve(path, 1) = '\0';
	return directory == NULL ? 0 : length_below(buf_slice(path), directory);
}
