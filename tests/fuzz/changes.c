/* SPDX-License-Identifier: MIT */
/*
 * Any bytes in the place of what git diff-tree prints: what is parsed has
 * whole ids, a known status and paths.
 */
#include "config.h"

#include <stdlib.h>

#include "fuzz.h"
#include "repo/changes.h"

static void
check(bool held)
{
	if (!held)
		abort();
}

static bool
is_id_or_none(struct slice id)
{
	return id.len == 0 || git_is_id(id);
}

static void
check_file(const struct changes_file *file)
{
	bool has_two = file->status == 'R' || file->status == 'C';

	check(memchr("ACDMRT", file->status, 6) != NULL);
	check(file->old_path.len > 0 && file->new_path.len > 0);
	check(has_two || file->old_path.ptr == file->new_path.ptr);
	check(is_id_or_none(file->old_id) && is_id_or_none(file->new_id));
}

static void
check_commit(const struct changes_commit *commit, bool is_first)
{
	check(git_is_id(commit->id) || (is_first && commit->id.len == 0));
	check(commit->time >= 0);
	for (size_t i = 0; i < commit->file_count; i++)
		check_file(&commit->files[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct changes changes;
	struct err err;

	if (changes_parse(&changes, slice_make((const char *)data, size),
		&err) == 0)
		for (size_t i = 0; i < changes.count; i++)
			check_commit(&changes.commits[i], i == 0);
	changes_release(&changes);
	return 0;
}
