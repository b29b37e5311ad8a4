/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/ignored.h"

#include "base/buf.h"
#include "base/slice.h"

enum { PATH_MOST = 4096 };

/* The file, or NULL. A path that is not one of the repository is not read. */
static const struct tree_file *
find_file(const struct git *git, const struct tree *tree)
{
	static const char *const get[] = { "config", "--get",
		"blame.ignoreRevsFile", NULL };
	static const struct slice usual = SLICE(".git-blame-ignore-revs");
	const struct tree_file *file = NULL;
	struct buf path = { 0 };
	struct err unset;

	if (git_run(git, get, slice_make(NULL, 0), PATH_MOST, &path, &unset) ==
	    0)
		file = tree_find(tree, slice_trim(buf_slice(&path)));
	buf_release(&path);
	return file != NULL ? file : tree_find(tree, usual);
}

int
ignored_read(struct table *ids, const struct git *git, const struct tree *tree,
    struct versions *versions, struct err *err)
{
	const struct tree_file *file = find_file(git, tree);
	struct slice rest;
	struct slice line;
	int status;

	if (file == NULL)
		return 0;
	status = versions_bytes(versions, file->id, &rest, err);
	if (status <= 0)
		return status;
	while (slice_cut(&rest, '\n', &line)) {
		struct slice id;

		if (slice_cut(&line, '#', &id) && slice_trim(id).len > 0)
			(void)table_add(ids, slice_trim(id), NULL);
	}
	return 0;
}
