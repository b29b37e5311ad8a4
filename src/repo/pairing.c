/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/pairing.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/table.h"

/* Of files of the same base name no more are compared. */
enum { SAME_NAME_MOST = 40 };

struct pairing {
	const struct git *git;
	const char *old, *new;
	const struct tree *old_tree;
	const struct tree *new_tree;
	struct table renamed;   /* from old paths to what between says */
	struct table added;     /* from base names to the first file, from 1, */
	size_t *next;           /* and from each to the next one, or 0 */
	struct changes history; /* read when it is first asked for */
	bool has_history;
	const struct changes_file **renames; /* of history, the oldest first */
	size_t rename_count;
	size_t rename_room;
};

/* What git's comparison of the two trees says. */
static void
note_renames(struct pairing *pairing, const struct changes *between)
{
	for (size_t c = 0; c < between->count; c++)
		for (size_t i = 0; i < between->commits[c].file_count; i++) {
			const struct changes_file *file =
			    &between->commits[c].files[i];
			const struct changes_file **rename;

			if (file->status != 'R')
				continue;
			rename = table_add(&pairing->renamed, file->old_path,
			    NULL);
			if (*rename == NULL)
				*rename = file;
		}
}

struct pairing *
pairing_new(const struct git *git, const char *old, const char *new,
    const struct tree *old_tree, const struct tree *new_tree,
    const struct changes *between)
{
	struct pairing *pairing = xcalloc(1, sizeof(*pairing));

	pairing->git = git;
	pairing->old = old;
	pairing->new = new;
	pairing->old_tree = old_tree;
	pairing->new_tree = new_tree;
	table_init(&pairing->renamed, sizeof(const struct changes_file *));
	table_init(&pairing->added, sizeof(size_t));
	note_renames(pairing, between);
	return pairing;
}

void
pairing_free(struct pairing *pairing)
{
	if (pairing == NULL)
		return;
	table_release(&pairing->renamed);
	table_release(&pairing->added);
	free(pairing->next);
	free(pairing->renames);
	changes_release(&pairing->history);
	free(pairing);
}

struct slice
path_base(struct slice path)
{
	const char *slash = slice_rchr(path, '/');

	return slash == NULL ? path :
			       slice_between(slash + 1, path.ptr + path.len);
}

static void
add_renames(struct pairing *pairing, const struct changes_commit *commit)
{
	for (size_t i = 0; i < commit->file_count; i++) {
		if (commit->files[i].status != 'R')
			continue;
		xgrow(&pairing->renames, &pairing->rename_room,
		    pairing->rename_count + 1, sizeof(*pairing->renames));
		pairing->renames[pairing->rename_count++] = &commit->files[i];
	}
}

static int
read_history(struct pairing *pairing, struct err *err)
{
	if (pairing->has_history)
		return 0;
	pairing->has_history = true;
	if (changes_commits(&pairing->history, pairing->git, pairing->old,
		pairing->new, err) != 0)
		return -1;
	for (size_t i = pairing->history.count; i > 0; i--)
		add_renames(pairing, &pairing->history.commits[i - 1]);
	return 0;
}

/* Where the renames of all commits, one after the other, lead to. */
static const struct tree_file *
follow_renames(const struct pairing *pairing, struct slice path)
{
	for (size_t i = 0; i < pairing->rename_count; i++)
		if (slice_equal(pairing->renames[i]->old_path, path))
			path = pairing->renames[i]->new_path;
	return tree_find(pairing->new_tree, path);
}

/* From the hashes of a text's lines to how often they are there. */
static void
count_lines(struct table *lines, const struct text *text)
{
	table_init(lines, sizeof(size_t));
	for (size_t i = 0; i < text->count; i++) {
		const struct text_line *line = &text->lines[i];
		size_t *count;

		if (line->text.len == 0)
			continue;
		count = table_add(lines,
		    slice_make((const char *)&line->hash, sizeof(line->hash)),
		    NULL);
		++*count;
	}
}

/* The share of lines that two texts have in common, 0 to 1. */
static double
share_of_lines(const struct text *old, const struct text *new)
{
	size_t common = 0;
	size_t all = old->count > new->count ? old->count : new->count;
	struct table lines;

	count_lines(&lines, old);
	for (size_t i = 0; i < new->count; i++) {
		size_t *count = table_find(&lines,
		    slice_make((const char *)&new->lines[i].hash,
			sizeof(new->lines[i].hash)));

		if (count != NULL && *count > 0) {
			--*count;
			common++;
		}
	}
	table_release(&lines);
	return all == 0 ? 0 : (double)common / (double)all;
}

/* Notes the files that the old tree has not, by their base names. */
static void
note_added(struct pairing *pairing)
{
	const struct tree_file *files = tree_files(pairing->new_tree);
	size_t count = tree_count(pairing->new_tree);

	if (pairing->next != NULL)
		return;
	pairing->next = xcalloc(count + 1, sizeof(*pairing->next));
	for (size_t i = count; i-- > 0;) {
		size_t *first;

		if (tree_find(pairing->old_tree, files[i].path) != NULL)
			continue;
		first = table_add(&pairing->added, path_base(files[i].path),
		    NULL);
		pairing->next[i] = *first;
		*first = i + 1;
	}
}

/* The most alike of the added files of the same base name. */
static int
find_namesake(struct pairing *pairing, struct versions *versions,
    const struct tree_file *old, const struct tree_file **found,
    struct err *err)
{
	const struct text *old_text;
	double best = .1;
	const size_t *at;
	int looked = 0;
	int status;

	note_added(pairing);
	at = table_find(&pairing->added, path_base(old->path));
	if (at == NULL)
		return 0;
	status = versions_text(versions, old->id, &old_text, err);
	for (; status > 0 && *at > 0 && looked < SAME_NAME_MOST; looked++) {
		const struct tree_file *file = &tree_files(
		    pairing->new_tree)[*at - 1];
		const struct text *text;
		int is_text = versions_text(versions, file->id, &text, err);
		double share;

		if (is_text < 0)
			return -1;
		share = is_text > 0 ? share_of_lines(old_text, text) : 0;
		if (share >= best) {
			best = share;
			*found = file;
		}
		at = &pairing->next[*at - 1];
	}
	return status < 0 ? -1 : 0;
}

int
pairing_find(struct pairing *pairing, struct versions *versions,
    const struct tree_file *old, const struct tree_file **file, struct err *err)
{
	const struct changes_file **rename;

	*file = tree_find(pairing->new_tree, old->path);
	if (*file != NULL)
		return 0;
	rename = table_find(&pairing->renamed, old->path);
	if (rename != NULL)
		*file = tree_find(pairing->new_tree, (*rename)->new_path);
	if (*file != NULL)
		return 0;
	if (read_history(pairing, err) != 0)
		return -1;
	*file = follow_renames(pairing, old->path);
	if (*file != NULL)
		return 0;
	return find_namesake(pairing, versions, old, file, err);
}
