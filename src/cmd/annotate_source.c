/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/annotate_source.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/source.h"
#include "compare/text.h"
#include "repo/blobs.h"
#include "repo/tree.h"

enum { PIECE = 1 << 16, ID_SHOWN = 10 };

/* Learns the fronts of the paths that logs name. */
static void
learn(struct tree *tree, const struct ranking *ranking)
{
	struct slice *paths = xcalloc(ranking->count, sizeof(paths[0]));

	for (size_t i = 0; i < ranking->count; i++)
		paths[i] = change_site(&ranking->changes[i])->file;
	tree_learn(tree, paths, ranking->count);
	free(paths);
}

static int
read_blob(const struct annotate_place *place, const struct tree_file *file,
    struct buf *bytes, struct err *err)
{
	struct blobs *blobs = blobs_open(place->git, err);
	enum blobs_found found;

	if (blobs == NULL)
		return -1;
	found = blobs_read(blobs, file->id, TEXT_BYTES_MOST, bytes, err);
	blobs_close(blobs);
	switch (found) {
	case BLOBS_READ:
		return 0;
	case BLOBS_TOO_LARGE:
		return err_set(err, "%.*s is larger than %d MiB",
		    SLICE_ARG(file->path), TEXT_BYTES_MOST >> 20);
	case BLOBS_MISSING:
		return err_set(err, "%.*s is not in the repository any more",
		    SLICE_ARG(file->path));
	case BLOBS_ERROR:
		break;
	}
	return -1;
}

static int
read_from_tree(const struct annotate_place *place, struct tree *tree,
    struct buf *bytes, struct buf *name, struct err *err)
{
	const struct tree_file *file;

	learn(tree, place->ranking);
	file = tree_resolve(tree, place->file);
	if (file == NULL)
		file = tree_find(tree, slice_str(place->given));
	if (file == NULL)
		return err_set(err, "no %.*s in the revision %.*s",
		    SLICE_ARG(place->file), ID_SHOWN, place->commit);
	buf_add_format(name, "%.*s at %.*s", SLICE_ARG(file->path), ID_SHOWN,
	    place->commit);
	return read_blob(place, file, bytes, err);
}

static int
read_from_git(const struct annotate_place *place, struct buf *bytes,
    struct buf *name, struct err *err)
{
	struct tree *tree = tree_open(place->git, place->commit, err);
	int status;

	if (tree == NULL)
		return -1;
	status = read_from_tree(place, tree, bytes, name, err);
	tree_free(tree);
	return status;
}

/* The path in the folder of the sources, which the caller frees. */
static char *
path_of(const struct annotate_place *place, struct slice file)
{
	if (place->root == NULL || slice_starts(file, "/"))
		return xmemdup(file.ptr, file.len);
	return xasprintf("%s/%.*s", place->root, SLICE_ARG(file));
}

/* As the user gave it, else as sites name it. */
static char *
find_path(const struct annotate_place *place)
{
	char *given = path_of(place, slice_str(place->given));
	char *named = path_of(place, place->file);

	if (access(given, F_OK) != 0 && access(named, F_OK) == 0) {
		free(given);
		return named;
	}
	free(named);
	return given;
}

/* Reads one byte beyond the limit, so that it is told. */
static int
read_file(const char *path, struct buf *bytes, struct err *err)
{
	struct source *source = source_open(path, err);
	ssize_t got = 1;

	if (source == NULL)
		return -1;
	while (got > 0 && bytes->len <= TEXT_BYTES_MOST) {
		got = source_read(source, buf_reserve(bytes, PIECE), PIECE,
		    err);
		if (got > 0)
			bytes->len += (size_t)got;
	}
	source_close(source);
	return got < 0 ? -1 : 0;
}

static int
read_from_disk(const struct annotate_place *place, struct buf *bytes,
    struct buf *name, struct err *err)
{
	char *path = find_path(place);
	int status = read_file(path, bytes, err);

	if (status == 0)
		buf_add_str(name, path);
	else if (access(path, F_OK) != 0)
		err_set(err,
		    "%s: no such file; --root DIR says where the sources are, "
		    "--repo DIR --new-rev REVISION which they were",
		    path);
	free(path);
	return status;
}

int
annotate_source_read(const struct annotate_place *place, struct buf *bytes,
    struct buf *name, struct err *err)
{
	int status = place->git != NULL ?
	    read_from_git(place, bytes, name, err) :
	    read_from_disk(place, bytes, name, err);

	if (status != 0)
		return -1;
	if (bytes->len > TEXT_BYTES_MOST)
		return err_set(err, "%.*s is larger than %d MiB",
		    (int)name->len, name->ptr, TEXT_BYTES_MOST >> 20);
	if (!text_is_one(buf_slice(bytes)))
		return err_set(err, "%.*s is binary, or has more than %d lines",
		    (int)name->len, name->ptr, TEXT_LINES_MOST);
	return 0;
}
