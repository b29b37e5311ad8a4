/* SPDX-License-Identifier: MIT */
/*
 * Any bytes in the place of what git ls-tree prints, up to a byte 0xff, and of
 * the paths of a log, a line each, behind it: what a path means is a file of
 * the tree, whose path or whose end is the same.
 */
#include "config.h"

#include <stdlib.h>

#include "fuzz.h"
#include "repo/tree.h"

enum { PATHS_MOST = 64 };

static void
check(bool held)
{
	if (!held)
		abort();
}

/* The last name of a path. */
static struct slice
base_name(struct slice path)
{
	struct slice last = slice_make(NULL, 0);
	struct slice name;

	while (path.len > 0) {
		if (!slice_cut(&path, '/', &name)) {
			name = path;
			path.len = 0;
		}
		if (name.len > 0 && !slice_is(name, "."))
			last = name;
	}
	return last;
}

static void
check_path(const struct tree *tree, struct slice path)
{
	const struct tree_file *file = tree_resolve(tree, path);

	if (file == NULL)
		return;
	check(file >= tree_files(tree) &&
	    file < tree_files(tree) + tree_count(tree));
	check(slice_equal(base_name(file->path), base_name(path)));
}

static size_t
cut_paths(struct slice text, struct slice *paths)
{
	size_t count = 0;

	while (count < PATHS_MOST && slice_cut(&text, '\n', &paths[count]))
		count++;
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_make((const char *)data, size);
	struct slice paths[PATHS_MOST];
	struct slice text;
	struct tree *tree;
	struct err err;
	size_t count;

	if (!slice_cut(&rest, '\xff', &text))
		return 0;
	tree = tree_parse(text, &err);
	if (tree == NULL)
		return 0;
	count = cut_paths(rest, paths);
	tree_learn(tree, paths, count);
	for (size_t i = 0; i < count; i++)
		check_path(tree, paths[i]);
	tree_free(tree);
	return 0;
}
